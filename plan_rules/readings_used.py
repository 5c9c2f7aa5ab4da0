"""(Lowered plan, wide fact) -> the readings a decision used: those that bear on a clause that fires or else might.

A reading that kept a clause from firing was used as much as one that made it fire.  So a clause counts where it would
fire under some choice of readings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias

from plan_rules.condition import Condition, TierIs, UnderReading
from plan_rules.norm import Bearers
from plan_rules.normal import Lowered, Normaliser, facts_of
from plan_rules.plan import Clause, Plan
from plan_rules.predicate import Predicate, compiled
from plan_rules.truth import tier_condition

_Test: TypeAlias = tuple[Predicate, frozenset[str], tuple[str, ...]]  # with what bears on it, and the facts it reads


class ReadingsUsed:
    """Tells which readings of one lowered plan a decision used."""

    def __init__(self, lowered: Lowered) -> None:
        plan = lowered.plan
        self._readings = lowered.readings
        self._order = tuple(plan.readings)
        self._clauses: dict[str, frozenset[str]] = {}
        grouped: dict[Condition, set[str]] = {}
        for clause in plan.clauses.values():
            bearing = frozenset(_of_clause(clause, plan))
            if bearing:
                self._clauses[clause.id] = bearing
                grouped.setdefault(clause.condition, set()).update(bearing)
        for item in plan.presumptions:
            if bearing := frozenset(_of(item.condition, plan)):
                grouped.setdefault(item.condition, set()).update(bearing)
        free = Normaliser(plan, None)
        normal = [(free.normal(condition), frozenset(bearing)) for condition, bearing in grouped.items()]
        self._tests = [(compiled(condition, plan, {}), bearing, facts_of(condition)) for condition, bearing in normal]
        self._after = lru_cache(maxsize=4096)(self._left_after)
        self._seen = lru_cache(maxsize=8192)(self._of_values)
        self._chosen = lru_cache(maxsize=4096)(self._with_options)

    def of(self, wide: Mapping[str, Any], fired: tuple[str, ...]) -> Mapping[str, str]:
        """Reading id -> option id, in the plan's order."""
        facts = self._after(fired)[2]
        return self._seen(fired, tuple([wide.get(fact) for fact in facts]))

    def _of_values(self, fired: tuple[str, ...], values: tuple[Any, ...]) -> Mapping[str, str]:
        """The same, of the values (None: unknown) of the facts that the tests read."""
        used, tests, facts = self._after(fired)
        known = {fact: value for fact, value in zip(facts, values, strict=True) if value is not None}
        for might, bearing, _ in tests:
            if not bearing <= used and might(known) is True:
                used |= bearing
        return self._chosen(used)

    def _with_options(self, used: frozenset[str]) -> Mapping[str, str]:
        return MappingProxyType({name: self._readings[name] for name in self._order if name in used})

    def _left_after(self, fired: tuple[str, ...]) -> tuple[frozenset[str], list[_Test], tuple[str, ...]]:
        """The readings that bear on clauses that fired, the tests that could still add to them, and what those read."""
        used = frozenset().union(*(self._clauses.get(clause, frozenset()) for clause in fired))
        tests = [test for test in self._tests if not test[1] <= used]
        return used, tests, tuple(dict.fromkeys(fact for _, _, facts in tests for fact in facts))


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
    for leaf in plan.leaves(condition):
        match leaf:
            case UnderReading(reading):
                yield reading
            case TierIs(tiers):
                for tier in tiers:
                    yield from _of(tier_condition(plan, tier), plan)
            case _:
                pass
