"""`plan-rules certify`: a plan -> a certificate of what was shown of it; or a certificate shown again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_rules.analysis.certificate import certificate, certificate_text, verify
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of, read
from plan_rules.cli.proving_command import budget_of
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop
from plan_rules.display_width import visible
from plan_rules.errors import Message


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be certified, or verified."""

    file: str | None
    output: str | None = None
    verify: str | None = None
    budget: int | None = None
    lang: str = "zh"


def run(asked: Asked) -> int:
    """Write the certificate, 1 where the plan does not prove clean; or verify one, 1 where it does not hold."""
    plan = plan_of(asked.file)
    if asked.verify is not None:
        problems = verify(plan, _certificate(asked.verify))
        output.say([visible(problem.within(asked.lang)) for problem in problems])
        if not problems:
            output.say(
                [
                    "证书成立: 每一项都重新证明过"
                    if asked.lang == "zh"
                    else "the certificate holds: every claim was shown again"
                ]
            )
        return DEFECTS if problems else OK
    certified = certificate(plan, budget=budget_of(asked.budget))
    text = certificate_text(certified)
    if asked.output is None:
        output.say([text.rstrip("\n")])
    else:
        _write(asked.output, text)
    return OK if certified["clean"] else DEFECTS


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8")
    except OSError as failure:
        why = failure.strerror or "?"
        raise Stop(BAD_INPUT, "usage", Message(f"写不了 {path}: {why}", f"cannot write {path}: {why}")) from failure


def _certificate(path: str) -> dict[str, Any]:
    text = read(path, exit_code=BAD_INPUT, error="certificate_unreadable")
    try:
        certified = json.loads(text)
    except (ValueError, RecursionError) as failure:
        message = Message(f"{path} 不是证书: 不是 JSON", f"{path} is no certificate: it is not JSON")
        raise Stop(BAD_INPUT, "certificate_invalid", message) from failure
    if not isinstance(certified, dict):
        message = Message(f"{path} 不是证书: 应是一个 JSON 对象", f"{path} is no certificate: not a JSON object")
        raise Stop(BAD_INPUT, "certificate_invalid", message)
    return certified
