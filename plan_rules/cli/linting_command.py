"""`plan-rules lint`: a plan -> where its rules and its text differ, and what it declares for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules.analysis.linting import lint
from plan_rules.cli import findings, output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import DEFECTS, OK, as_json


def run(path: str | None, *, form: str, every: bool, day: str | None, lang: str, overlays: Sequence[str] = ()) -> int:
    """Lint one plan; 1 when there is an error or a warning that nobody stands by."""
    plan = plan_of(path, overlays, day)
    found = lint(plan, today=findings.day_of(day))
    name = path or "plan.yaml"
    if form == "json":
        output.say([as_json({"source": name, "findings": findings.objects(found, lang)})])
    elif form == "sarif":
        findings.say_sarif(found, lang)
    else:
        findings.say(found, plan, path, every=every, lang=lang, overlays=overlays)
        output.say([f"{name}: {findings.counted(found, lang)}"])
    return DEFECTS if findings.heavy(found) else OK
