"""The card that tells the tier says what the engine decides."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.documents.content import Table
from plan_rules.documents.grading import Grading, grading
from plan_rules.testing import incidents
from tests.documents.papers import PLAN, made

EXAMPLES = Path(__file__).parents[2] / "examples" / "plans"
PLANS = [PLAN, *(pr.load(EXAMPLES / trade / "plan.yaml") for trade in ("hospital", "telecom", "property"))]
GRADINGS = [Grading(plan) for plan in PLANS]
NAMES = [plan.id for plan in PLANS]


def test_the_six_cells_of_the_shipped_plan_are_right() -> None:
    """预案 三.1 to 三.3: serious aggression is tier 3, else a disturbed order tier 2, else tier 1."""
    found = {}
    for graded in GRADINGS[0].answers:
        told = dict(graded.told)
        disturbed = (told["order_disrupted"],) if "order_disrupted" in told else (False, True)
        found |= {(told["aggression_level"], each): graded.tiers for each in disturbed}

    assert found == {
        (level, disturbed): (
            "tier_3_serious_aggression"
            if level == "serious"
            else "tier_2_order_disrupted"
            if disturbed
            else "tier_1_general",
        )
        for level, disturbed in product(("none", "minor", "serious"), (False, True))
    }


def test_the_shipped_plan_asks_what_a_branch_asks() -> None:
    signs = {tier: {sign.fact for sign in GRADINGS[0].signs if sign.tier == tier} for tier in PLAN.tiers}

    assert signs["tier_3_serious_aggression"] == {"staff_assaulted", "premises_attacked", "aggression_level"}
    assert "order_disrupted" in signs["tier_2_order_disrupted"]
    assert GRADINGS[0].otherwise() == ("tier_1_general",)


@pytest.mark.parametrize("grading_", GRADINGS, ids=NAMES)
def test_whatever_was_answered_the_engine_decides_the_tier_on_the_card(grading_: Grading) -> None:
    for graded in grading_.answers:
        facts = {fact: value[0] if isinstance(value, tuple) else value for fact, value in graded.told}
        tier = pr.decide(grading_.plan, facts).tier

        assert graded.tiers == (tier.id if tier else None,)


@pytest.mark.parametrize("grading_", GRADINGS, ids=NAMES)
@given(data=st.data())
def test_an_incident_that_shows_a_sign_is_of_its_tier_or_of_a_worse_one(grading_: Grading, data: st.DataObject) -> None:
    plan = grading_.plan
    sign = data.draw(st.sampled_from(grading_.signs))
    value = data.draw(st.integers(*sign.answer)) if isinstance(sign.answer, tuple) else sign.answer
    facts = {**data.draw(incidents(plan)), sign.fact: value}

    try:
        tier = pr.decide(plan, facts).tier
    except pr.FactsInvalid:
        return
    if tier is not None:  # an incident out of scope has none
        assert plan.severity(tier.id) >= plan.severity(sign.tier)


def test_where_answers_are_too_many_for_a_card_it_says_so() -> None:
    hospital, telecom = (grading(plan) for plan in PLANS[1:3])

    assert [block.title for block in hospital.blocks if isinstance(block, Table)] == ["看什么", "逐项对照"]
    assert [block.title for block in telecom.blocks if isinstance(block, Table)] == ["看什么"]
    assert any("plan-rules ask" in text.words for text in telecom.texts())


def test_the_card_fits_one_page() -> None:
    (card,) = made("grading")

    assert sum(len(block.rows) for block in card.blocks if isinstance(block, Table)) <= 10
