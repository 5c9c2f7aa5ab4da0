"""Lowered plan -> the clauses that fire, by the definition in `truth`: what every other engine is held to."""

from __future__ import annotations

from collections.abc import Callable

from plan_rules.normal import Lowered
from plan_rules.truth import Wide, truth


def lower(lowered: Lowered) -> Callable[[Wide], frozenset[str]]:
    """The engine of a plan: a function from a wide fact to the keys of the conditions that are true."""
    plan, readings, rules = lowered.plan, lowered.readings, lowered.plan.rules()
    return lambda wide: frozenset(key for key, condition in rules.items() if truth(condition, wide, plan, readings))
