"""`plan-rules triage`: a plan -> one HTML file that decides without a network."""

from __future__ import annotations

from plan_rules.analysis.diagram import OutOfBudget
from plan_rules.cli import output
from plan_rules.cli.cases.files import write
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import BAD_PLAN, OK, Stop
from plan_rules.documents.triage import triage_page
from plan_rules.errors import Message


def run(file: str | None, to: str | None, trust: str | None, *, lang: str) -> int:
    """Write the page."""
    plan = trusted_plan_of(file, trust)
    try:
        page = triage_page(plan)
    except OutOfBudget as failure:
        message = Message("预案太大, 算不出先问什么", "the plan is too large to find what to ask first")
        raise Stop(BAD_PLAN, "plan_unusable", message) from failure
    write(page, to)
    if to is not None and to != "-":
        output.say([f"写好了 {to}" if lang == "zh" else f"wrote {to}"])
    return OK
