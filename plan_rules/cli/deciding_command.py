"""`plan-rules decide`: an incident -> the plan's answer, as JSON, plain lines or drawn."""

from __future__ import annotations

from plan_rules.cli import output
from plan_rules.cli.inputs import Asked, calendar_of, facts_of, instant_of, refused
from plan_rules.cli.plain import lines
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import OK
from plan_rules.deciding import decide
from plan_rules.decision_page import page
from plan_rules.errors import FactsInvalid


def run(asked: Asked, *, engine: str) -> int:
    """Decide one incident and print the answer."""
    instant = instant_of(asked.at)
    plan = trusted_plan_of(asked.plan, asked.trust, at=asked.at, overlays=asked.overlays)
    calendar = calendar_of(asked.calendar)
    facts, sources = facts_of(asked.facts, plan, asked.readings)
    try:
        decision = decide(plan, facts, at=instant, engine=engine, calendar=calendar)
    except FactsInvalid as invalid:
        raise refused(invalid, sources) from invalid
    if asked.as_json:
        output.say([decision.to_json(indent=2)])
    elif output.to_terminal():
        from plan_rules.cli.drawn import draw  # noqa: PLC0415  loads rich, which a pipe does not need

        draw(page(decision, plan, asked.lang), output.console(), asked.lang)
    else:
        output.say(lines(page(decision, plan, asked.lang), asked.lang))
    return OK
