"""(Facts, the clauses that fired, the instant) -> Decision: the one place where an answer is put together.

Engines say only which clauses fire.  Everything after that, reasons, deadlines, what is unknown, is here and in
`skeleton`, the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from plan_rules.calendars import CHINA, Calendar
from plan_rules.condition import All, AnyOf, Condition
from plan_rules.deadlines import Standing, due, standing
from plan_rules.decision import (
    ApprovalAnswer,
    Bearer,
    Decision,
    Due,
    Duty,
    ExclusionAnswer,
    FactUsed,
    HandoffAnswer,
    NoticeAnswer,
    Permission,
    PlanIdentity,
    Prohibition,
    Reason,
    Violation,
)
from plan_rules.fact import UNKNOWN
from plan_rules.fact_values import shown
from plan_rules.facts import Facts
from plan_rules.instants import written
from plan_rules.norm import TimeLimit
from plan_rules.normal import Lowered, Normal
from plan_rules.plan import Plan
from plan_rules.predicate import Predicate, compiled
from plan_rules.readings_used import ReadingsUsed
from plan_rules.skeleton import Articulation, Demand
from plan_rules.truth import Wide
from plan_rules.unknowns import Unknowns

T = TypeVar("T")
Made: TypeAlias = Callable[[Demand, Mapping[str, Reason], Wide], T]
_KEPT = 8192  # of what comes again and again, before it is made anew


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
        self._unknowns = Unknowns(lowered)
        supports = {condition: _Support(condition) for condition in lowered.conditions.values()}
        self._supports = {clause: supports[lowered.conditions[clause]] for clause in plan.clauses}
        self._by_support = lru_cache(maxsize=4096)(self._grouped)
        self._reasons_of = lru_cache(maxsize=_KEPT)(_reasons_of)
        self._kept: dict[tuple[int, ...], tuple[Demand, tuple[Reason, ...], Any]] = {}
        self._one = lru_cache(maxsize=_KEPT, typed=True)(_itself)  # the first of those that are equal
        self._deputies = [
            (deputy, compiled(deputy.condition, plan, lowered.readings))
            for deputy in plan.deputies
            if all(lowered.readings[under.reading] in under.options for under in deputy.under)
        ]
        self._warnings = {item.id: item.text for item in plan.impossibles} | {
            item.id: item.note for item in plan.presumptions
        }
        self._by_default = {
            fact.id: FactUsed(fact.id, shown(fact.default), "default", fact.confirm_by) for fact in plan.facts.values()
        }
        self._defaults = {fact.id: shown(fact.default) for fact in plan.facts.values() if not fact.of_case}

    def amended(self, plan: Plan) -> Assembler:
        """What puts decisions together for another version of the plan: other norms, under conditions as they are."""
        other = copy(self)
        other._articulation = Articulation(replace(self._lowered, plan=plan, key=(plan.digest, self._lowered.key[1])))
        return other

    def decision(
        self, facts: Facts, fired: frozenset[str], at: datetime | None, calendar: Calendar = CHINA
    ) -> Decision:
        """The Decision; raises CalendarUnknown where a deadline needs working days nobody has published."""
        wide = facts.wide
        fired = self._articulation.in_scope(fired)
        deputies = tuple(deputy for deputy, acting in self._deputies if acting(wide))
        skeleton = self._articulation.of(fired, deputies)
        reasons = self.reasons(skeleton.fired, facts)
        duties: list[Duty] = []
        violations: list[Violation] = []
        never: list[NoticeAnswer] = []
        for demand in skeleton.duties:
            if not demand.varies and not demand.state and not demand.approvals:
                duties.append(self._same(demand, reasons, wide, _fixed_duty))
                continue
            bearers, deadline, stands = (
                self._judged(demand, facts, at, calendar)
                if demand.varies and not demand.state
                else (_pending(demand), demand.deadline, Standing(demand.state))
                if demand.state
                else (demand.bearers, demand.deadline, _OPEN)
            )
            duties.append(_duty(demand, bearers, deadline, stands.status, reasons, wide))
            if (
                not demand.state
                and demand.limit is not None
                and demand.limit.every
                and deadline is not None
                and deadline.due is None
            ):
                never.append(_never_done(demand))
            if stands.days is not None:
                violations.append(Violation(demand.action, stands.status, stands.days, demand.clauses))
        for demand in skeleton.prohibitions:
            if demand.broken_by is not None and demand.broken_by(wide):
                violations.append(Violation(demand.action, "done", None, demand.clauses))
        return Decision(
            plan=self._identity,
            tier=skeleton.tier,
            duties=tuple(duties),
            prohibitions=tuple([self._same(demand, reasons, wide, _prohibition) for demand in skeleton.prohibitions]),
            permissions=tuple([self._same(demand, reasons, wide, _permission) for demand in skeleton.permissions]),
            undetermined=() if skeleton.exclusions else self._unknowns.of(facts, fired),
            violations=tuple(violations),
            principles=skeleton.principles,
            readings=MappingProxyType(self._readings_used.of(wide, skeleton.fired)),
            facts=MappingProxyType(self._shown(facts)),
            notices=(*skeleton.notices, *never, *self._warned(facts)) if never or facts.warned else skeleton.notices,
            fired=skeleton.fired,
            sources=skeleton.sources,
            overrides=skeleton.overrides,
            exclusions=tuple(
                ExclusionAnswer(name, self._plan.clauses[name].text, (reasons[name],)) for name in skeleton.exclusions
            ),
            handoffs=tuple(
                HandoffAnswer(plan, to, clauses, tuple(reasons[name] for name in clauses))
                for plan, to, clauses in skeleton.handoffs
            ),
            ladders=skeleton.ladders,
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
        reasons: dict[str, Reason] = {}
        for support, clauses in self._by_support(fired):
            names = support.facts(facts.wide)
            for name in names:
                if name not in used:
                    used[name] = self._used(name, facts)
            found = tuple([used[name] for name in names])
            try:
                reasons |= self._reasons_of(clauses, found)
            except TypeError:  # a value that is a mapping
                reasons |= _reasons_of(clauses, found)
        return reasons

    def _same(self, demand: Demand, reasons: Mapping[str, Reason], wide: Wide, made: Made[T]) -> T:
        """What is made of a demand; the very same object for the same reasons, unless approvals count.

        The table is by identity, and holds what it is by: no identity is used again while it is there.
        """
        if demand.approvals:
            return made(demand, reasons, wide)
        why = tuple([reasons[clause] for clause in demand.clauses])
        key = (id(demand), *map(id, why))
        found = self._kept.get(key)
        if found is not None:
            return found[2]  # type: ignore[no-any-return]
        new = self._one(made(demand, reasons, wide))
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        self._kept[key] = demand, why, new
        return new  # type: ignore[no-any-return]

    def _grouped(self, fired: tuple[str, ...]) -> tuple[tuple[_Support, tuple[str, ...]], ...]:
        """The clauses that fired, those with one and the same condition together."""
        groups: dict[int, tuple[_Support, list[str]]] = {}
        for clause in fired:
            support = self._supports[clause]
            groups.setdefault(id(support), (support, []))[1].append(clause)
        return tuple((support, tuple(clauses)) for support, clauses in groups.values())

    def _used(self, name: str, facts: Facts) -> FactUsed:
        if name not in facts.source:
            return self._by_default[name]
        return FactUsed(name, shown(facts.values[name]), facts.source[name], self._plan.facts[name].confirm_by)

    # ----------------------------------------------------------------- deadlines

    def _judged(
        self, demand: Demand, facts: Facts, at: datetime | None, calendar: Calendar
    ) -> tuple[tuple[Bearer, ...], Due | None, Standing]:
        """Who must act, each by its own deadline; when the duty is due, and how it stands at the worst."""
        done = demand.done_by is not None and demand.done_by(facts.wide) is True
        done_on = _instant(facts, demand.done_on) if done and demand.done_on else None

        def timed(limit: TimeLimit | None, deadline: Due | None) -> tuple[Due | None, Standing]:
            start = limit.start if limit is not None else None
            when = due(limit, _instant(facts, start), calendar) if limit is not None and start is not None else None
            if when is None or deadline is None:
                return deadline, _DONE if done else _OPEN
            return deadline._replace(due=written(when)), standing(when, done, done_on, at)

        deadline, stands = timed(demand.limit, demand.deadline)
        if not any(demand.own):
            return demand.bearers, deadline, stands
        judged = [timed(own, bearer.deadline) for own, bearer in zip(demand.own, demand.bearers, strict=True)]
        bearers = tuple(
            bearer._replace(deadline=mine, status=mine_stands.status) if own else bearer
            for own, bearer, (mine, mine_stands) in zip(demand.own, demand.bearers, judged, strict=True)
        )
        owned = [each for own, (_, each) in zip(demand.own, judged, strict=True) if own]
        late = max(owned, key=lambda each: -1 if each.days is None else each.days)
        return bearers, deadline, stands if stands.days is not None or late.days is None else late


def _itself(made: T) -> T:
    return made


def _reasons_of(clauses: tuple[str, ...], found: tuple[FactUsed, ...]) -> dict[str, Reason]:
    """Why clauses with one and the same condition fired.  In one plan a fact has one type: `True` is never 1."""
    return {clause: Reason(clause, found) for clause in clauses}


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


def _instant(facts: Facts, name: str | None) -> Any:
    value = facts.values.get(name) if name is not None else None
    return None if value is UNKNOWN else value


def _never_done(demand: Demand) -> NoticeAnswer:
    """What is to be done again and again, of which no last time is known."""
    assert demand.limit is not None
    text = f"没有上一次“{demand.label}”的记录: {demand.limit.text}应做一次, 没有做过的现在就该做"
    return NoticeAnswer(f"{demand.clauses[0]}:{demand.action}", text, demand.clauses[0], demand.clauses)


def _fixed_duty(demand: Demand, reasons: Mapping[str, Reason], wide: Wide) -> Duty:
    """A duty whose bearers, deadline and status are the same in every incident."""
    return _duty(demand, demand.bearers, demand.deadline, _OPEN.status, reasons, wide)


def _duty(
    demand: Demand,
    bearers: tuple[Bearer, ...],
    deadline: Due | None,
    status: str,
    reasons: Mapping[str, Reason],
    wide: Wide,
) -> Duty:
    return Duty(
        demand.action,
        demand.label,
        demand.roles,
        demand.recipient,
        deadline,
        demand.order,
        status,
        demand.clauses,
        demand.defeasible,
        tuple([reasons[clause] for clause in demand.clauses]),
        bearers,
        _approval(demand, wide),
        demand.discretion,
        demand.ladder,
        demand.form,
    )


def _pending(demand: Demand) -> tuple[Bearer, ...]:
    """Who must act, once it is in force: nobody is late with it."""
    return tuple(bearer._replace(status=demand.state) if bearer.status else bearer for bearer in demand.bearers)


def _approval(demand: Demand, wide: Wide) -> ApprovalAnswer | None:
    """Who approved, and who has not yet; nobody is missing where enough did."""
    if not demand.approvals:
        return None
    given = tuple([role for role, shown_by in demand.approvals if shown_by(wide) is True])
    missing = tuple([role for role, _ in demand.approvals if role not in given])
    return ApprovalAnswer(demand.need, given, () if given and demand.need == "any" else missing)


def _prohibition(demand: Demand, reasons: Mapping[str, Reason], wide: Wide) -> Prohibition:
    return Prohibition(
        demand.action,
        demand.label,
        demand.roles,
        demand.clauses,
        demand.defeasible,
        demand.instead,
        tuple([reasons[clause] for clause in demand.clauses]),
        demand.bearers,
        _approval(demand, wide),
    )


def _permission(demand: Demand, reasons: Mapping[str, Reason], wide: Wide) -> Permission:
    found = tuple([reasons[clause] for clause in demand.clauses])
    return Permission(
        demand.action,
        demand.label,
        demand.roles,
        demand.clauses,
        found,
        demand.state,
        _approval(demand, wide),
        demand.discretion,
    )
