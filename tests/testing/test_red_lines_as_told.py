"""The red lines of the shipped plan hold of incidents as people tell them too: in part, the rest left to defaults."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

import plan_rules as pr
from plan_rules.facts import fact_reader
from plan_rules.invariant import Invariant, Requirement
from plan_rules.testing import stated_incidents
from plan_rules.truth import truth

PLAN = pr.load()


def broken(decision: pr.Decision, item: Invariant) -> list[str]:
    """What an invariant says that the decision does not."""
    wrong = [requirement.action for requirement in item.requirements if not met(decision, requirement)]
    if item.tiers and (decision.tier is None or decision.tier.id not in item.tiers):
        wrong.append("tier")
    return wrong


def met(decision: pr.Decision, requirement: Requirement) -> bool:
    asked = {
        "duty": {duty.action: duty for duty in decision.duties},
        "prohibition": {item.action: item for item in decision.prohibitions},
        "permission": {item.action: item for item in decision.permissions},
    }
    kind = requirement.modality.removeprefix("no_")
    found: Any = asked[kind].get(requirement.action)
    if requirement.modality.startswith("no_"):
        return found is None
    if found is None or not {*requirement.roles} <= {*found.roles}:
        return False
    return requirement.term is None or (found.deadline is not None and found.deadline.kind == requirement.term)


def waits(decision: pr.Decision, item: Invariant) -> bool:
    """Does the decision say what is missing for a clause that the invariant turns on?"""
    actions = {requirement.action for requirement in item.requirements}
    turning = {
        clause.id for clause in PLAN.clauses.values() if clause.tier or actions & {norm.action for norm in clause.norms}
    }
    return any(turning & {*open_.blocks} for open_ in decision.undetermined)


@settings(max_examples=300)
@given(facts=stated_incidents(PLAN))
def test_no_red_line_is_broken_whatever_people_leave_unsaid(facts: dict[str, Any]) -> None:
    """Where an answer is still missing, the decision names the question instead."""
    wide = fact_reader(PLAN).read(facts).wide
    decision = pr.decide(PLAN, facts)
    for item in PLAN.invariants:
        if truth(item.condition, wide, PLAN, PLAN.chosen()) is True:
            assert broken(decision, item) == [] or waits(decision, item), item.id
