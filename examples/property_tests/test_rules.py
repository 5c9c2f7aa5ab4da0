"""Property tests of a desk that rests on a plan: what it tells its users holds for every incident there can be.

pip install 'plan-rules[testing]' && pytest examples/property_tests
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

import plan_rules as pr
from plan_rules.testing import any_facts, boundary_incidents, incidents, region, stated_incidents

PLAN = pr.load()
few = settings(max_examples=40, deadline=None)


def headline(facts: dict[str, Any]) -> str:
    """What the desk shows first: a stand-in for your own program."""
    try:
        decision = pr.decide(PLAN, facts)
    except pr.FactsInvalid as refused:
        return f"refused: {refused.diagnostics[0].message.zh}"
    if decision.requires("call_police"):
        return "先报警"
    return decision.duties[0].label if decision.duties else "无须处置"


@few
@given(region(PLAN, duty="call_police"))
def test_where_the_police_must_be_called_the_desk_says_so_first(facts: dict[str, Any]) -> None:
    assert headline(facts) == "先报警"


@few
@given(boundary_incidents(PLAN))
def test_nothing_is_both_demanded_and_forbidden(facts: dict[str, Any]) -> None:
    decision = pr.decide(PLAN, facts)

    assert not {duty.action for duty in decision.duties} & {item.action for item in decision.prohibitions}


@few
@given(incidents(PLAN, unknowns=True))
def test_every_open_question_can_be_asked(facts: dict[str, Any]) -> None:
    assert all(open_.question for open_ in pr.decide(PLAN, facts).undetermined)


@few
@given(stated_incidents(PLAN))
def test_whatever_people_tell_the_desk_has_an_answer(facts: dict[str, Any]) -> None:
    assert not headline(facts).startswith("refused")


@few
@given(any_facts(PLAN))
def test_nonsense_never_stops_the_desk(facts: dict[Any, Any]) -> None:
    assert headline(facts)
