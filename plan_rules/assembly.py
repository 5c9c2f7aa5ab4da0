"""(Facts, the clauses that fired, the instant) -> Decision: the one place where an answer is put together.

Engines say only which clauses fire.  Everything after that, reasons, deadlines, what is unknown, is here, in
`skeleton` and in `reasons`, the same for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from plan_rules.calendars import CHINA, Calendar
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
from plan_rules.normal import Lowered
from plan_rules.plan import Plan
from plan_rules.predicate import compiled
from plan_rules.readings_used import ReadingsUsed
from plan_rules.reasons import KEPT, Group, Reasons, Why
from plan_rules.skeleton import Articulation, Demand, Skeleton
from plan_rules.truth import Wide
from plan_rules.unknowns import Unknowns

T = TypeVar("T")
Made: TypeAlias = Callable[[Demand, Mapping[str, Reason], Wide], T]
Whose: TypeAlias = Why | tuple[Why, ...]  # of one group of clauses, or of several


@lru_cache(maxsize=256)
def assembler(lowered: Lowered) -> Assembler:
    """The assembler of a lowered plan, made once."""
    return Assembler(lowered)


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A demand, one and the same object wherever it is equal; `same`: the same reasons make the same of it."""

    kind: str  # what is made of it: a duty, a prohibition, a permission
    demand: Demand
    same: bool = field(init=False)

    def __post_init__(self) -> None:
        demand = self.demand
        object.__setattr__(self, "same", not (demand.varies or demand.state or demand.approvals))


_Placed: TypeAlias = tuple[_Part, Callable[[list[Why]], Whose]]  # a part, and its reasons among those of all groups


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all decisions with one set of fired clauses have in common."""

    fired: frozenset[str]
    skeleton: Skeleton
    groups: tuple[Group, ...]
    duties: tuple[_Placed, ...]
    prohibitions: tuple[_Placed, ...]
    permissions: tuple[_Placed, ...]


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
        self._reasons = Reasons(lowered)
        self._laid_out = lru_cache(maxsize=4096)(self._layout)
        self._part = lru_cache(maxsize=KEPT, typed=True)(_Part)
        self._kept: dict[tuple[_Part, Whose, tuple[Any, ...]], Any] = {}
        self._one = lru_cache(maxsize=KEPT, typed=True)(_itself)  # the first of those that are equal
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
        other._laid_out = lru_cache(maxsize=4096)(other._layout)
        return other

    def decision(
        self, facts: Facts, fired: frozenset[str], at: datetime | None, calendar: Calendar = CHINA
    ) -> Decision:
        """The Decision; raises CalendarUnknown where a deadline needs working days nobody has published."""
        wide = facts.wide
        acting = tuple([index for index, (_, acts) in enumerate(self._deputies) if acts(wide)])
        layout = self._laid_out(fired, acting)
        skeleton, whys = layout.skeleton, self._reasons.whys(layout.groups, facts)
        duties: list[Duty] = []
        violations: list[Violation] = []
        never: list[NoticeAnswer] = []
        for part, whose in layout.duties:
            if part.same:
                duties.append(self._same(part, whose(whys), wide, _fixed_duty))
                continue
            demand = part.demand
            bearers, deadline, stands = (
                self._judged(demand, facts, at, calendar)
                if demand.varies and not demand.state
                else (_pending(demand), demand.deadline, Standing(demand.state))
                if demand.state
                else (demand.bearers, demand.deadline, _OPEN)
            )
            duties.append(self._varying(part, whose(whys), (bearers, deadline, stands.status), wide))
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
            prohibitions=tuple([self._same(part, of(whys), wide, _prohibition) for part, of in layout.prohibitions]),
            permissions=tuple([self._same(part, of(whys), wide, _permission) for part, of in layout.permissions]),
            undetermined=() if skeleton.exclusions else self._unknowns.of(facts, layout.fired),
            violations=tuple(violations),
            principles=skeleton.principles,
            readings=self._readings_used.of(wide, skeleton.fired),
            facts=MappingProxyType(self._shown(facts)),
            notices=(*skeleton.notices, *never, *self._warned(facts)) if never or facts.warned else skeleton.notices,
            fired=skeleton.fired,
            sources=skeleton.sources,
            overrides=skeleton.overrides,
            exclusions=self._excluding(skeleton, whys),
            handoffs=_handed_off(skeleton, whys),
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

    def reasons(self, fired: tuple[str, ...], facts: Facts) -> Mapping[str, Reason]:
        """Why each of these clauses fired."""
        return _merged(self._reasons.whys(self._reasons.groups(fired), facts))

    # ----------------------------------------------------------------- what does not depend on values

    def _layout(self, fired: frozenset[str], acting: tuple[int, ...]) -> _Layout:
        """What follows from the clauses that fired and the deputies (by number) who act."""
        fired = self._articulation.in_scope(fired)
        skeleton = self._articulation.of(fired, tuple(self._deputies[index][0] for index in acting))
        groups = self._reasons.groups(skeleton.fired)
        place = {clause: index for index, group in enumerate(groups) for clause in group.clauses}

        def placed(kind: str) -> tuple[_Placed, ...]:
            demands: tuple[Demand, ...] = getattr(skeleton, kind)
            return tuple(
                (self._part(kind, demand), itemgetter(*dict.fromkeys(place[clause] for clause in demand.clauses)))
                for demand in demands
            )

        return _Layout(fired, skeleton, groups, placed("duties"), placed("prohibitions"), placed("permissions"))

    def _varying(
        self, part: _Part, whose: Whose, found: tuple[tuple[Bearer, ...], Due | None, str], wide: Wide
    ) -> Duty:
        """A duty of these bearers, deadline and status; the very same object for the same ones and reasons."""

        def made(demand: Demand, reasons: Mapping[str, Reason], wide: Wide) -> Duty:
            return _duty(demand, *found, reasons, wide)

        own = found if found[0] is not part.demand.bearers else found[1:]
        return self._same(part, whose, wide, made, own)

    def _same(self, part: _Part, whose: Whose, wide: Wide, made: Made[T], by: tuple[Any, ...] = ()) -> T:
        """What is made of a demand; the very same object for the same reasons, unless approvals count."""
        if part.demand.approvals:
            return made(part.demand, _merged(whose), wide)
        found = self._kept.get((part, whose, by))
        if found is None:
            found = self._one(made(part.demand, _merged(whose), wide))
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[part, whose, by] = found
        return found  # type: ignore[no-any-return]

    def _excluding(self, skeleton: Skeleton, whys: list[Why]) -> tuple[ExclusionAnswer, ...]:
        if not skeleton.exclusions:
            return ()
        reasons, clauses = _merged(whys), self._plan.clauses
        return tuple(ExclusionAnswer(name, clauses[name].text, (reasons[name],)) for name in skeleton.exclusions)

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


def _merged(whose: Whose | Iterable[Why]) -> Mapping[str, Reason]:
    """The reasons of every clause of these groups."""
    if isinstance(whose, Why):
        return whose.of
    merged: dict[str, Reason] = {}
    for why in whose:
        merged |= why.of
    return merged


def _handed_off(skeleton: Skeleton, whys: list[Why]) -> tuple[HandoffAnswer, ...]:
    if not skeleton.handoffs:
        return ()
    reasons = _merged(whys)
    return tuple(
        HandoffAnswer(plan, to, clauses, tuple(reasons[name] for name in clauses))
        for plan, to, clauses in skeleton.handoffs
    )


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
