"""(Lowered plan, wide fact) -> the readings a decision used: those that bear on a clause that fires or else might.

A reading that kept a clause from firing was used as much as one that made it fire.  So a clause counts where it would
fire under some choice of readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plan_rules.condition import All, AnyOf, Condition, InSituation, Not, TierIs, UnderReading
from plan_rules.normal import Lowered
from plan_rules.plan import Bearers, Clause, Plan
from plan_rules.predicate import Predicate, compiled
from plan_rules.truth import tier_condition


class ReadingsUsed:
    """Tells which readings of one lowered plan a decision used."""

    def __init__(self, lowered: Lowered) -> None:
        plan = lowered.plan
        self._readings = lowered.readings
        self._order = tuple(plan.readings)
        grouped: dict[Condition, set[str]] = {}
        for clause in plan.clauses.values():
            bearing = set(_of_clause(clause, plan))
            if bearing:
                grouped.setdefault(clause.condition, set()).update(bearing)
        for item in plan.presumptions:
            bearing = set(_of(item.condition, plan))
            if bearing:
                grouped.setdefault(item.condition, set()).update(bearing)
        self._tests: list[tuple[Predicate, frozenset[str]]] = [
            (compiled(condition, plan, None), frozenset(bearing)) for condition, bearing in grouped.items()
        ]

    def of(self, wide: Mapping[str, Any]) -> dict[str, str]:
        """Reading id -> option id, in the plan's order."""
        used: set[str] = set()
        for might, bearing in self._tests:
            if not bearing <= used and might(wide) is True:
                used |= bearing
        return {reading: self._readings[reading] for reading in self._order if reading in used}


def _of_clause(clause: Clause, plan: Plan) -> Iterable[str]:
    """The readings that bear on whether a clause fires and on what it then says."""
    yield from _of(clause.condition, plan)
    for norm in clause.norms:
        yield from _of(norm.condition, plan)
        yield from (under.reading for under in norm.under)
        if norm.strength_by:
            yield norm.strength_by
        yield from _of_bearers(norm.bearers)
        named = {*norm.bearers.roles, *norm.bearers.excepted, *(norm.recipient.parties if norm.recipient else ())}
        yield from (alias.under.reading for alias in plan.aliases if named & {alias.role, alias.same_as})


def _of_bearers(bearers: Bearers) -> Iterable[str]:
    for group in (*bearers.groups, *bearers.through):
        yield from (under.reading for under in group.under)


def _of(condition: Condition, plan: Plan) -> Iterable[str]:
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _of(part, plan)
        case Not(part):
            yield from _of(part, plan)
        case UnderReading(reading):
            yield reading
        case InSituation(name):
            yield from _of(plan.situations[name].condition, plan)
        case TierIs(tiers):
            for tier in tiers:
                yield from _of(tier_condition(plan, tier), plan)
        case _:
            return
