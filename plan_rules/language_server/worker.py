"""One request as JSON on stdin -> proofs, lint and reach of a plan as JSON on stdout, in a process of its own.

A process can be ended when the next key is struck, and takes no time from the one that answers the editor.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from plan_rules.authoring.draft import Mark, findings, marks_of_findings, read_draft
from plan_rules.authoring.reach import Reach, reach
from plan_rules.errors import Message, ScenariosInvalid, Severity, Span
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios

SCENARIOS = "scenarios.yaml"
_MOST_BYTES = 8 * 1024 * 1024


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """What was found: `marks` and `reach`, both empty where the text cannot be read.

    `request` holds the `text`, the `folder` it lies in (or None) and `today` as YYYY-MM-DD.
    """
    folder = Path(request["folder"]) if request["folder"] else None
    draft = read_draft(request["text"], folder=folder)
    if draft.plan is None:
        return {"marks": [], "reach": asdict(Reach(0, {}, {}))}
    found = findings(draft.plan, today=date.fromisoformat(request["today"]))
    return {
        "marks": [asdict(mark) for mark in marks_of_findings(found, draft)],
        "reach": asdict(reach(draft.plan, _scenarios(draft.plan, folder))),
    }


def marks_in(found: dict[str, Any]) -> tuple[Mark, ...]:
    """The marks of an answer."""
    return tuple(_mark(mark) for mark in found["marks"])


def reach_in(found: dict[str, Any]) -> Reach:
    """The reach in an answer."""
    told = found["reach"]
    tried = {clause: (passed, tried) for clause, (passed, tried) in told["tried"].items()}
    return Reach(told["situations"], told["fires"], tried)


def _mark(told: dict[str, Any]) -> Mark:
    return Mark(
        code=told["code"],
        severity=Severity(told["severity"]),
        line=told["line"],
        column=told["column"],
        end_line=told["end_line"],
        end_column=told["end_column"],
        message=Message(**told["message"]),
        help=Message(**told["help"]) if told["help"] else None,
        related=Span(**told["related"]) if told["related"] else None,
        related_label=Message(**told["related_label"]) if told["related_label"] else None,
        subject=told["subject"],
    )


def _scenarios(plan: Plan, folder: Path | None) -> tuple[Scenario, ...]:
    """The scenarios beside the plan; none where they are for another plan or cannot be read."""
    file = folder / SCENARIOS if folder is not None else None
    if file is None or not file.is_file() or file.stat().st_size > _MOST_BYTES:
        return ()
    try:
        return read_scenarios(file.read_bytes(), SCENARIOS, plan)
    except ScenariosInvalid:
        return ()


def main() -> None:
    """Answer one request."""
    if hasattr(os, "nice"):
        os.nice(10)  # whoever types comes first
    request = json.loads(sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer(request)).encode())


if __name__ == "__main__":
    main()
