"""(Facts, the clauses that fired, the instant) -> Decision: the one place where an answer is put together.

Engines say only which clauses fire.  Everything after that, reasons, deadlines, what is unknown, is here and in
`skeleton`, the same for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from plan_rules.condition import All, AnyOf, Condition, Within
from plan_rules.deadlines import Standing, due, standing
from plan_rules.decision import (
    Decision,
    Due,
    Duty,
    FactUsed,
    NoticeAnswer,
    Permission,
    PlanIdentity,
    Prohibition,
    Reason,
    Undetermined,
    Violation,
)
from plan_rules.facts import FactReader, Facts, fact_reader, shown
from plan_rules.instants import written
from plan_rules.normal import Lowered, Normal
from plan_rules.plan import UNKNOWN, Fact, Kind, Plan
from plan_rules.predicate import Predicate, compiled
from plan_rules.readings_used import ReadingsUsed
from plan_rules.skeleton import Articulation, Demand


@lru_cache(maxsize=256)
def assembler(lowered: Lowered) -> Assembler:
    """The assembler of a lowered plan, made once."""
    return Assembler(lowered)


class Assembler:
    """Puts decisions of one lowered plan together."""

    def __init__(self, lowered: Lowered) -> None:
        plan = lowered.plan
        self._lowered = lowered
        self._plan: Plan = plan
        self._identity = PlanIdentity(plan.id, plan.name, plan.version, plan.digest)
        self._articulation = Articulation(lowered)
        self._readings_used = ReadingsUsed(lowered)
        self._reader: FactReader = fact_reader(plan)
        self._conditions: dict[str, Predicate] = {
            key: compiled(condition, plan, lowered.readings) for key, condition in lowered.conditions.items()
        }
        self._supports = {clause: _Support(lowered.conditions[clause]) for clause in plan.clauses}
        self._deputies = [
            (deputy.deputy, compiled(deputy.condition, plan, lowered.readings))
            for deputy in plan.deputies
            if all(lowered.readings[under.reading] in under.options for under in deputy.under)
        ]
        self._warnings = {item.id: item.text for item in plan.impossibles} | {
            item.id: item.note for item in plan.presumptions
        }
        self._defaults = {fact.id: shown(fact.default) for fact in plan.facts.values() if not fact.of_case}

    def decision(self, facts: Facts, fired: frozenset[str], at: datetime | None) -> Decision:
        """The Decision; raises CalendarUnknown where a deadline needs working days nobody has published."""
        wide = facts.wide
        deputies = tuple(role for role, acting in self._deputies if acting(wide))
        skeleton = self._articulation.of(fired, deputies)
        reasons = self.reasons(skeleton.fired, facts)
        judged = [self._judged(demand, facts, at) for demand in skeleton.duties]
        duties = tuple(
            _duty(demand, when, stands, reasons) for demand, (when, stands) in zip(skeleton.duties, judged, strict=True)
        )
        return Decision(
            plan=self._identity,
            tier=skeleton.tier,
            duties=duties,
            prohibitions=tuple(_prohibition(demand, reasons) for demand in skeleton.prohibitions),
            permissions=tuple(_permission(demand, reasons) for demand in skeleton.permissions),
            undetermined=tuple(self._undetermined(facts, fired)),
            violations=(
                *_overdue(skeleton.duties, judged),
                *(
                    Violation(demand.action, "done", None, demand.clauses)
                    for demand in skeleton.prohibitions
                    if demand.broken_by is not None and demand.broken_by(wide)
                ),
            ),
            principles=skeleton.principles,
            readings=MappingProxyType(self._readings_used.of(wide)),
            facts=MappingProxyType(self._shown(facts)),
            notices=(*skeleton.notices, *self._warned(facts)) if facts.warned else skeleton.notices,
            fired=skeleton.fired,
        )

    def _shown(self, facts: Facts) -> dict[str, Any]:
        """Every fact as JSON, in the plan's order; what only a case knows comes last, where it is known."""
        values = self._defaults.copy()
        for fact in facts.source:
            values[fact] = shown(facts.values[fact])
        return values

    def _warned(self, facts: Facts) -> Iterator[NoticeAnswer]:
        for name in facts.warned:
            yield NoticeAnswer(name, self._warnings[name], "推定", ())

    # ----------------------------------------------------------------- reasons

    def reasons(self, fired: tuple[str, ...], facts: Facts) -> dict[str, Reason]:
        """Why each of these clauses fired."""
        used: dict[str, FactUsed] = {}
        shared: dict[tuple[str, ...], tuple[FactUsed, ...]] = {}
        reasons = {}
        for clause in fired:
            names = self._supports[clause].facts(facts.wide)
            found = shared.get(names)
            if found is None:
                for name in names:
                    if name not in used:
                        used[name] = self._used(name, facts)
                found = shared[names] = tuple([used[name] for name in names])
            reasons[clause] = Reason(clause, found)
        return reasons

    def _used(self, name: str, facts: Facts) -> FactUsed:
        return FactUsed(
            name, shown(facts.values[name]), facts.source.get(name, "default"), self._plan.facts[name].confirm_by
        )

    # ----------------------------------------------------------------- deadlines

    def _judged(self, demand: Demand, facts: Facts, at: datetime | None) -> tuple[date | datetime | None, Standing]:
        limit = demand.limit
        when = due(limit, _instant(facts, limit.start)) if limit is not None and limit.start is not None else None
        done = demand.done_by is not None and demand.done_by(facts.wide) is True
        if when is None:
            return None, _DONE if done else _OPEN
        return when, standing(when, done, _instant(facts, demand.done_on) if demand.done_on else None, at)

    # ----------------------------------------------------------------- what is unknown

    def _undetermined(self, facts: Facts, fired: frozenset[str]) -> Iterator[Undetermined]:
        """Each unknown fact that, with all else as it stands, would decide whether a clause fires."""
        wide = facts.wide
        unknown = [fact for fact, value in facts.values.items() if value is UNKNOWN and fact in self._lowered.mentioned]
        if not unknown:
            return
        open_ = {
            key
            for key in {key for fact in unknown for key in self._lowered.mentioned[fact]}
            if key not in fired and self._conditions[key](wide) is None
        }
        blocked: dict[str, set[str]] = {}
        for fact in unknown:
            keys = {key for key in self._lowered.mentioned[fact] if key in open_}
            blocked[fact] = set(self._decides(fact, keys, facts)) if keys else set()
        settled = set().union(*blocked.values())
        for key in open_ - settled:  # no single fact settles it: ask for each of them, unless it cannot be true at all
            for fact in unknown:
                if key in self._lowered.mentioned[fact] and not self._excluded(fact, key, facts):
                    blocked[fact].add(key)
        for fact in unknown:
            clauses = tuple(self._clauses_of(blocked[fact]))
            if clauses:
                yield Undetermined(fact, self._plan.facts[fact].question, clauses)

    def _clauses_of(self, keys: set[str]) -> Iterator[str]:
        named = {key.partition("#")[0] for key in keys}
        return (clause for clause in self._plan.clauses if clause in named)

    def _decides(self, fact: str, keys: set[str], facts: Facts) -> Iterator[str]:
        outcomes = self._outcomes(fact, keys, facts)
        for key in keys:
            seen = outcomes[key]
            if (True in seen or False in seen) and seen != {False}:
                yield key

    def _excluded(self, fact: str, key: str, facts: Facts) -> bool:
        return self._outcomes(fact, {key}, facts)[key] == {False}

    def _outcomes(self, fact_id: str, keys: set[str], facts: Facts) -> dict[str, set[bool | None]]:
        """What each condition comes to over the values that the fact may have, given what else is stated."""
        fact = self._plan.facts[fact_id]
        stated: dict[str, Any] = {
            name: facts.values[name] for name in facts.source if facts.values[name] is not UNKNOWN
        }
        outcomes: dict[str, set[bool | None]] = {key: set() for key in keys}
        for value in trial_values(fact, [self._lowered.conditions[key] for key in keys]):
            if fact.domain and not self._reader.consistent({**stated, fact_id: value}):
                continue
            trial = {**facts.wide, fact_id: value}
            for key in keys:
                outcomes[key].add(self._conditions[key](trial))
        return outcomes


class _Support:
    """The facts that make a condition hold: all of a conjunction's, the first part's that holds of a disjunction."""

    def __init__(self, condition: Normal) -> None:
        literals, self._choices = _split(condition)
        self._fixed = tuple(dict.fromkeys(literals))

    def facts(self, wide: Mapping[str, Any]) -> tuple[str, ...]:
        """The facts, in the order of the condition, of a condition that is true of `wide`."""
        if not self._choices:
            return self._fixed
        names = dict.fromkeys(self._fixed)
        for options in self._choices:
            for holds, support in options:
                if holds(wide) is True:
                    names.update(dict.fromkeys(support.facts(wide)))
                    break
        return tuple(names)


def _split(condition: Condition) -> tuple[list[str], list[list[tuple[Predicate, _Support]]]]:
    """The facts that always count, and the disjunctions of which one part does."""
    match condition:
        case All(parts):
            literals: list[str] = []
            choices: list[list[tuple[Predicate, _Support]]] = []
            for part in parts:
                more, further = _split(part)
                literals += more
                choices += further
            return literals, choices
        case AnyOf(parts):
            return [], [[(_literal_predicate(part), _Support(part)) for part in parts]]  # type: ignore[arg-type]
        case _:
            return [condition.fact], []  # type: ignore[union-attr]


def _literal_predicate(part: Condition) -> Predicate:
    return compiled(part, _NO_PLAN, {})


_NO_PLAN: Any = None  # a normal form names no situation, tier or reading
_OPEN = Standing("open")
_DONE = Standing("done")


def trial_values(fact: Fact, conditions: list[Normal]) -> tuple[Any, ...]:
    """Values of the fact that meet every case the conditions tell apart."""
    if fact.domain:
        return fact.domain
    if fact.kind is not Kind.INTEGER:
        return (False, True)
    edges = {fact.low, fact.high}
    for condition in conditions:
        edges |= _edges(condition, fact.id)
    return tuple(sorted(edge for edge in edges if fact.low <= edge <= fact.high))


def _edges(condition: Condition, fact: str) -> set[int]:
    match condition:
        case All(parts) | AnyOf(parts):
            return {edge for part in parts for edge in _edges(part, fact)}
        case Within(name, low, high) if name == fact:
            return {edge for bound in (low, high) if bound is not None for edge in (bound - 1, bound, bound + 1)}
        case _:
            return set()


def _instant(facts: Facts, name: str | None) -> Any:
    value = facts.values.get(name) if name is not None else None
    return None if value is UNKNOWN else value


def _duty(demand: Demand, when: date | datetime | None, stands: Standing, reasons: Mapping[str, Reason]) -> Duty:
    limit = demand.limit
    return Duty(
        demand.action,
        demand.label,
        demand.roles,
        demand.recipient,
        None
        if limit is None
        else Due(limit.text, limit.term.value, limit.amount, limit.start, None if when is None else written(when)),
        demand.order,
        stands.status,
        demand.clauses,
        demand.defeasible,
        tuple([reasons[clause] for clause in demand.clauses]),
        demand.bearers,
    )


def _prohibition(demand: Demand, reasons: Mapping[str, Reason]) -> Prohibition:
    return Prohibition(
        demand.action,
        demand.label,
        demand.roles,
        demand.clauses,
        demand.defeasible,
        demand.instead,
        tuple([reasons[clause] for clause in demand.clauses]),
        demand.bearers,
    )


def _permission(demand: Demand, reasons: Mapping[str, Reason]) -> Permission:
    found = tuple([reasons[clause] for clause in demand.clauses])
    return Permission(demand.action, demand.label, demand.roles, demand.clauses, found)


def _overdue(demands: tuple[Demand, ...], judged: list[tuple[date | datetime | None, Standing]]) -> Iterator[Violation]:
    for demand, (_, stands) in zip(demands, judged, strict=True):
        if stands.days is not None:
            yield Violation(demand.action, stands.status, stands.days, demand.clauses)
