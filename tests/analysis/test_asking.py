"""Questions: what is called certain holds whatever turns out, what is possible can be, and few questions settle the tier."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings

import plan_rules as pr
from plan_rules.analysis import Answer, ask
from plan_rules.analysis.meaning import Outcome
from plan_rules.errors import FactsInvalid
from plan_rules.testing import incidents, stated_incidents
from tests.conformance.plans import random_plan

ROOT = Path(__file__).parents[2]
PLAN = pr.load()
TIERS = ("tier_1_general", "tier_2_order_disrupted", "tier_3_serious_aggression")


def asked(answer: Answer) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    return {(o.kind, o.subject) for o in answer.certain}, {(o.kind, o.subject) for o in answer.possible}


def said(decision: pr.Decision) -> set[tuple[str, str]]:
    return {
        *(("duty", item.action) for item in decision.duties),
        *(("prohibition", item.action) for item in decision.prohibitions),
        *(("permission", item.action) for item in decision.permissions),
    }


def test_with_nothing_known_two_questions_settle_the_tier() -> None:
    answer = ask(PLAN)
    assert answer.tiers == TIERS
    assert answer.questions_to_tier == 2
    assert answer.next is not None
    assert answer.next.fact == "aggression_level"
    assert answer.next.confirm_by == ("outlet_manager", "lobby_manager")


def test_where_a_plan_does_not_apply_by_default_it_is_asked_whether_it_does() -> None:
    """The plan of a fire applies to smoke or flames; flames make it serious."""
    plan = pr.load(ROOT / "tests" / "data" / "small_plan.yaml")

    assert ask(plan).tiers == ("tier_1", "tier_2", None)
    assert ask(plan, {"flames": True}).tiers == ("tier_2",)
    assert ask(plan, {"smoke": True}).tiers == ("tier_1", "tier_2")
    assert ask(plan, {"flames": False, "smoke": False}).tiers == (None,)


@pytest.mark.parametrize(
    ("facts", "tier"),
    [
        ({"staff_assaulted": True}, TIERS[2]),
        ({"premises_attacked": True}, TIERS[2]),
        ({"aggression_level": "serious"}, TIERS[2]),
        ({"aggression_level": "none", "order_disrupted": True}, TIERS[1]),
        ({"aggression_level": "minor", "counter_disturbance_continues": True}, TIERS[1]),
        ({"aggression_level": "none", "order_disrupted": False}, TIERS[0]),
    ],
)
def test_what_settles_the_tier_leaves_no_question_about_it(facts: dict[str, Any], tier: str) -> None:
    answer = ask(PLAN, facts)
    assert answer.tiers == (tier,)
    assert answer.tier_settled
    assert answer.questions_to_tier == 0


def test_an_incident_reported_before_it_is_told_to_be_resolved_is_not_resolved() -> None:
    """推定 I10 asks for the day on which it was resolved; until that is told the report is a preliminary one."""
    reported = {"sponsor_report_sent_on": date(2026, 1, 5), "aggression_level": "none", "order_disrupted": False}
    resolved = {**reported, "incident_resolved_on": date(2026, 1, 5)}
    assert Outcome("duty", "handle_on_site") in ask(PLAN, reported).certain
    assert Outcome("duty", "handle_on_site") not in {*ask(PLAN, resolved).certain, *ask(PLAN, resolved).possible}


def test_what_people_have_heard_of_abuse_does_not_yet_rule_out_serious_aggression() -> None:
    assert set(ask(PLAN, {"verbal_abuse": True}).tiers) == set(TIERS)


@settings(max_examples=20)
@given(facts=incidents(PLAN))
def test_asking_until_the_tier_is_settled_takes_no_more_questions_than_promised(facts: dict[str, Any]) -> None:
    known: dict[str, Any] = {}
    answer = ask(PLAN, known)
    promised = answer.questions_to_tier
    assert promised <= 3
    truth = pr.decide(
        PLAN, {**facts, "complaint_received": True, "incident_resolved_on": None, "sponsor_report_sent_on": None}
    )
    for _ in range(promised):
        if answer.tier_settled or answer.next is None:
            break
        known[answer.next.fact] = facts.get(answer.next.fact, PLAN.facts[answer.next.fact].default)
        answer = ask(PLAN, known)
    assert answer.tier_settled
    assert truth.tier is not None
    assert answer.tiers == (truth.tier.id,)


@settings(max_examples=100)
@given(facts=stated_incidents(PLAN))
@example(facts={"demand_conflicts_with_rules": True, "sponsor_report_sent_on": date(2026, 1, 5)})
@example(facts={"sponsor_report_sent_on": date(2026, 1, 5), "peak_tier": TIERS[2]})
def test_decisions_on_what_is_stated_lie_between_what_is_certain_and_what_is_possible(facts: dict[str, Any]) -> None:
    known = {"complaint_received": True, **{k: v for k, v in facts.items() if k != "complaint_received"}}
    try:
        answer = ask(PLAN, known)
    except FactsInvalid:
        return
    certain, possible = asked(answer)
    whole = pr.decide(PLAN, known)
    if not whole.undetermined:
        assert certain <= said(whole)
        assert said(whole) <= certain | possible


@pytest.mark.parametrize("seed", range(25))
def test_on_plans_of_every_shape_what_is_certain_is_in_every_decision_that_can_turn_out(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random, clauses=8, facts=4)
    answer = ask(plan)
    assert set(answer.certain).isdisjoint(answer.possible)
    if answer.next is not None:
        assert len(answer.next.choices) > 1
        for choice in answer.next.choices:
            assert set(choice.tiers) <= set(answer.tiers)


def test_facts_that_cannot_be_are_refused_as_a_decision_refuses_them() -> None:
    with pytest.raises(FactsInvalid) as refused:
        ask(PLAN, {"staff_assaulted": True, "aggression_level": "minor"})
    assert refused.value.diagnostics[0].code == "X1"


def test_a_reading_chosen_with_the_facts_is_the_one_that_counts() -> None:
    assert ask(PLAN, {"verbal_abuse": True, "policy_reading": {"AMB-06": "B"}}).tiers == (TIERS[2],)
