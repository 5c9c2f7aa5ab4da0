"""(Plan, code, subject) -> the verdict on a claim by an SMT solver (z3), from the plan's own semantics alone.

Nothing of `plan_rules.analysis` is used, but for one thing: which part of a condition the path in the subject of a
PF002 leads to (`analysis.parts`).  What clauses, exceptions and readings come to is written once, over any algebra of
truth values (`Semantics`): formulas of z3 decide claims; sets of enumerated incidents count them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, cached_property
from itertools import combinations, product
from typing import Any, Generic, TypeVar

import z3

from plan_rules.analysis.parts import Part, parts  # only to find the part that a subject names
from plan_rules.condition import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.norm import Norm, Strength, Term, TimeLimit
from plan_rules.plan import Action, Clause, Plan

T = TypeVar("T")
ABOUT_SOME = frozenset({"PF001", "PF002", "PF009", "PF011", "PF015"})  # refuted where no incident shows it
AS_TOLD = frozenset({"PF013", "PF017"})
BINDING = frozenset({Strength.STRICT, Strength.DEFEASIBLE})
_DATED = (Kind.DATE, Kind.DATETIME)


# --------------------------------------------------------------------------- what a plan asks, over any truth values


class Semantics(Generic[T]):
    """What clauses and norms come to where it is known what it is for a condition to hold."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.fires = cache(self._fires)
        self.active = cache(self._active)
        self.binds = cache(self._binds)
        self.asked = cache(self._asked)

    def holds(self, condition: Condition) -> T:
        """Where the condition is true."""
        raise NotImplementedError

    def both(self, *truths: T) -> T:
        """Where all are true."""
        raise NotImplementedError

    def either(self, *truths: T) -> T:
        """Where one is true."""
        raise NotImplementedError

    def no(self, truth: T) -> T:
        """Where it is not true."""
        raise NotImplementedError

    def with_better(self, fact: Fact, truth: T) -> T:
        """Where it would be true, were this one fact better."""
        raise NotImplementedError

    def is_empty(self, truth: T) -> bool:
        """Is it true of no incident that can be?"""
        raise NotImplementedError

    # ----------------------------------------------------------------- clauses and norms

    def _fires(self, clause: str) -> T:
        found = self.plan.clauses[clause]
        own = self.either(*map(self.holds, firing(found)))
        return own if found.excludes else self.both(own, self.no(self.excluded))

    @cached_property
    def excluded(self) -> T:
        """Where the plan does not apply."""
        return self.either(*(self.holds(each.condition) for each in self.plan.clauses.values() if each.excludes))

    def _active(self, clause: str) -> T:
        """Where it fires and is not wholly excepted: only then its own exemptions count."""
        return self.both(self.fires(clause), self.no(self.waived(clause, None)))

    def waived(self, clause: str, action: str | None) -> T:
        return self.either(
            *(
                self.active(other.id)
                for other in self.plan.clauses.values()
                for exemption in other.exemptions
                if exemption.clause == clause and (exemption.actions == () or action in exemption.actions)
            )
        )

    def under(self, readings: Iterable[UnderReading]) -> T:
        return self.both(*(self.holds(reading) for reading in readings))

    def strength(self, norm: Norm, wanted: frozenset[Strength]) -> T:
        if norm.strength_by is None:
            return self.holds(ALWAYS if norm.strength in wanted else NEVER)
        options = self.plan.readings[norm.strength_by].options
        standing = tuple(option.id for option in options if (option.strength or norm.strength) in wanted)
        return self.holds(UnderReading(norm.strength_by, standing))

    def unexcepted(self, clause: str, index: int, wanted: frozenset[Strength] = BINDING) -> T:
        """Where the norm would bind, were there no exceptions."""
        found = self.plan.clauses[clause]
        norm = found.norms[index]
        own = self.holds(All((found.condition, norm.condition)))
        return self.both(
            self.fires(clause), own, self.under(norm.under), self.strength(norm, wanted), *self._waited(norm)
        )

    def _waited(self, norm: Norm) -> Iterator[T]:
        """What has come about of what the norm waits for."""
        settled, ending = waits_for(norm)
        yield from map(self.holds, settled)
        yield from (self.no(self.holds(condition)) for condition in ending)

    def _binds(self, clause: str, index: int, wanted: frozenset[Strength] = BINDING) -> T:
        action = self.plan.clauses[clause].norms[index].action
        return self.both(self.unexcepted(clause, index, wanted), self.no(self.waived(clause, action)))

    def norms(self, modality: str | None = None, action: str | None = None) -> Iterator[tuple[Clause, int, Norm]]:
        for clause in self.plan.clauses.values():
            for index, norm in enumerate(clause.norms):
                if modality in (None, norm.modality) and action in (None, norm.action):
                    yield clause, index, norm

    def _asked(self, modality: str, action: str) -> T:
        return self.either(*(self.binds(clause.id, index) for clause, index, _ in self.norms(modality, action)))

    def tier(self, tier: str) -> T:
        return self.both(self.holds(TierIs((tier,))), self.no(self.excluded))

    # ----------------------------------------------------------------- what a claim says

    def telling(self, code: str, subject: str) -> T:
        """The incidents that refute the claim; or, where it is about some incident, that show it."""
        return _TELLING[code](self, subject)

    # PF001 PF003 PF004

    def can_fire(self, subject: str) -> T:
        return self.fires(subject)

    def no_tier(self, subject: str) -> T:
        assert subject == self.plan.id
        given = (self.fires(clause.id) for clause in self.plan.clauses.values() if clause.tier)
        return self.both(self.holds(self.plan.scope), self.no(self.excluded), self.no(self.either(*given)))

    def two_tiers(self, subject: str) -> T:
        return self.both(*map(self.fires, subject.split("+")))

    # PF002

    def part_matters(self, subject: str) -> T:
        """Where putting always or never in the part's place changes something: nothing, if one of them never does."""
        owner, _, place = subject.rpartition("/")
        always, never = [self._changed(owner, place, by) for by in (ALWAYS, NEVER)]
        return self.holds(NEVER) if self.is_empty(always) or self.is_empty(never) else self.either(always, never)

    def _changed(self, owner: str, place: str, by: Condition) -> T:
        return self.either(
            *(self.no(self._same(before, after)) for before, after in _with_part(self.plan, owner, place, by))
        )

    def _same(self, one: Condition, other: Condition) -> T:
        here, there = self.holds(one), self.holds(other)
        return self.either(self.both(here, there), self.both(self.no(here), self.no(there)))

    # PF005 PF006 PF007 PF008

    def both_bind(self, subject: str) -> T:
        return self.both(*(self.binds(clause, index) for clause, index in self._pair(subject)))

    def _pair(self, subject: str) -> list[tuple[str, int]]:
        return [(clause, int(index)) for clause, _, index in (each.rpartition("#") for each in subject.split("+"))]

    def steps_contradict(self, subject: str) -> T:
        first, then = (self.plan.clauses[clause].norms[index] for clause, index in self._pair(subject))
        assert first.step and then.step
        contradicts = (then.step.stage, then.step.number) < (first.step.stage, first.step.number)
        return self._waiting(subject, first, then) if contradicts else self.holds(NEVER)

    def deadline_too_soon(self, subject: str) -> T:
        first, then = (self.plan.clauses[clause].norms[index] for clause, index in self._pair(subject))
        assert first.limit and then.limit
        too_soon = always_up_before(then.limit, first.limit)
        return self._waiting(subject, first, then) if too_soon else self.holds(NEVER)

    def _waiting(self, subject: str, first: Norm, then: Norm) -> T:
        """Where both bind, and the later action waits for the earlier one along some way of actions that are due."""
        ways = [
            self.both(*(self.asked("duty", name) for name in way))
            for way in ways_back(self.plan, then.action, first.action)
        ]
        return self.both(self.both_bind(subject), self.either(*ways))

    # PF009 PF010

    def exception_leaves_something(self, subject: str) -> T:
        exception, base, index = self._exception(subject)
        before = self.unexcepted(base, index)
        if self.is_empty(before):
            return self.holds(ALWAYS)
        return self.both(before, self.no(self.active(exception)))

    def exception_strips(self, subject: str) -> T:
        exception, base, index = self._exception(subject)
        action = self.plan.clauses[base].norms[index].action
        return self.both(self.unexcepted(base, index), self.active(exception), self.no(self.asked("duty", action)))

    def _exception(self, subject: str) -> tuple[str, str, int]:
        exception, _, norm = subject.partition(">")
        base, _, index = norm.rpartition("#")
        return exception, base, int(index)

    # PF011

    def adds_something(self, subject: str) -> T:
        return self._adds(subject, self._dropped(subject))

    def _dropped(self, subject: str) -> frozenset[str]:
        """The clauses after this one that add nothing: of several that ask the same the first is kept."""
        following = list(self.plan.clauses)[list(self.plan.clauses).index(subject) + 1 :]
        return frozenset(name for name in following if self._superfluous[name])

    @cached_property
    def _superfluous(self) -> Mapping[str, bool]:
        found: dict[str, bool] = {}
        for clause in reversed(list(self.plan.clauses.values())):
            counts = clause.norms and not clause.tier and not clause.exemptions
            dropped = frozenset(name for name, gone in found.items() if gone)
            found[clause.id] = bool(counts) and self.is_empty(self._adds(clause.id, dropped))
        return found

    def _adds(self, subject: str, dropped: frozenset[str]) -> T:
        """Where the clause asks something that no other clause then asks at least as fully; all where it never asks."""
        asks = self.either(*(self.binds(subject, index) for index in range(len(self.plan.clauses[subject].norms))))
        if self.is_empty(asks):
            return self.either(self.no(asks), asks)
        return self.either(
            *(
                self.both(
                    self.binds(subject, index),
                    *(
                        self.no(self.binds(other.id, place))
                        for other, place, there in self.norms(norm.modality, norm.action)
                        if other.id not in {subject, *dropped} and as_full(there, norm)
                    ),
                )
                for index, norm in enumerate(self.plan.clauses[subject].norms)
            )
        )

    # PF012 PF014

    def lost_as_it_gets_worse(self, subject: str) -> T:
        action, _, fact = subject.rpartition("/")
        return self._lost(action, self.plan.facts[fact])

    def _lost(self, action: str, fact: Fact) -> T:
        asked = self.asked("duty", action)
        return self.both(self.with_better(fact, asked), self.no(asked))

    def red_line_broken(self, subject: str) -> T:
        name, _, part = subject.rpartition("/")
        item = next(item for item in self.plan.invariants if item.id == name)
        if part == "tier":
            broken = self.no(self.holds(TierIs(item.tiers)))
        elif part in item.monotone:
            worse = [fact for fact in self.plan.facts.values() if fact.worse]
            broken = self.either(*(self._lost(part, fact) for fact in worse))
        else:
            broken = self.no(self._meets(item.requirements[int(part)]))
        return self.both(self.holds(item.condition), broken)

    def _meets(self, requirement: Any) -> T:
        if requirement.modality.startswith("no_"):
            return self.no(self.asked(requirement.modality.removeprefix("no_"), requirement.action))
        asked = self.asked(requirement.modality, requirement.action)
        if requirement.modality != "duty":
            return asked
        borne = [
            self.either(
                *(
                    self.both(self.binds(clause.id, index), self.under(group.under))
                    for clause, index, norm in self.norms("duty", requirement.action)
                    for group in norm.bearers.groups
                    if role in group.roles
                )
            )
            for role in requirement.roles
        ]
        if requirement.term:
            borne.append(
                self.either(
                    *(
                        self.binds(clause.id, index)
                        for clause, index, norm in self.norms("duty", requirement.action)
                        if norm.limit and norm.limit.term is requirement.term
                    )
                )
            )
        return self.both(asked, *borne)

    # PF013 PF015 PF017: only where there are marks and where readings vary

    def option_changes_something(self, subject: str) -> T:
        raise NotImplementedError

    def silently_lost(self, subject: str) -> T:
        raise NotImplementedError

    def withheld(self, subject: str) -> T:
        raise NotImplementedError

    # ----------------------------------------------------------------- everything that a decision says

    def said(self) -> Iterator[tuple[tuple[str, ...], T]]:
        """Each thing that a decision says, and where it does (`skeleton` and `assembly`, for every fired set)."""
        for tier in self.plan.tiers:
            yield ("tier", tier), self.tier(tier)
        for modality, action in dict.fromkeys((norm.modality, norm.action) for _, _, norm in self.norms()):
            yield (modality, action), self.asked(modality, action)
            for about, where in self._said_of(modality, action):
                yield (modality, action, *about), where
        yield from self._said_besides()
        yield from self._handed_over()

    def _said_besides(self) -> Iterator[tuple[tuple[str, ...], T]]:
        for clause, index, norm in self.norms():
            yield ("advice", clause.id, norm.action), self.binds(clause.id, index, frozenset({Strength.ADVISORY}))
        for notice in self.plan.notices:
            yield ("notice", notice.id), self.both(self.holds(notice.condition), self.no(self.excluded))
        for clause in self.plan.clauses.values():
            for name in clause.governs if clause.principle else ():
                if name in self.plan.clauses:
                    yield ("principle", clause.id, name), self.both(self.fires(clause.id), self.fires(name))
        in_turn = self.either(
            *(
                self.both(self.binds(clause.id, index), self.under(group.under))
                for clause, index, norm in self.norms()
                for group in norm.bearers.groups
                if group.choice == "first_available"
            )
        )
        for deputy in self.plan.deputies:
            acting = self.both(self.holds(deputy.condition), self.under(deputy.under))
            yield ("deputy", deputy.deputy), self.both(acting, in_turn)
        for item in self.plan.presumptions:
            for fact, values in item.fills:
                if values[0] is UNKNOWN:
                    yield ("question", fact, item.id), self.both(self.holds(item.condition), self.no(self.excluded))

    def _handed_over(self) -> Iterator[tuple[tuple[str, ...], T]]:
        for clause in self.plan.clauses.values():
            if clause.excludes:
                yield ("exclusion", clause.id), self.fires(clause.id)
            if clause.handoff:
                yield ("handoff", clause.handoff.plan, clause.id), self.fires(clause.id)

    def _said_of(self, modality: str, action: str) -> Iterator[tuple[tuple[str, ...], T]]:
        found = [
            (norm, self.binds(clause.id, index), clause, index) for clause, index, norm in self.norms(modality, action)
        ]
        asked = self.asked(modality, action)
        for norm, binds, clause, _ in found:
            yield ("clause", clause.id), binds
            for group in norm.bearers.groups:
                yield ("group", group.choice, *group.roles), self.both(binds, self.under(group.under))
            for group in norm.bearers.through:
                yield ("through", *group.roles), self.both(binds, self.under(group.under))
            for role in norm.bearers.excepted:
                yield ("excepted", role), binds
                for alias in self.plan.aliases:
                    if role in (alias.role, alias.same_as):
                        other = alias.same_as if role == alias.role else alias.role
                        yield ("excepted", other), self.both(binds, self.under((alias.under,)))
            for name in norm.instead:
                yield ("instead", name), binds
        strict = [self.binds(clause.id, index, frozenset({Strength.STRICT})) for _, _, clause, index in found]
        yield ("strict",), self.either(*strict)
        yield from self._first(
            "recipient", [(str(norm.recipient), binds) for norm, binds, _, _ in found if norm.recipient]
        )
        limited = [(norm.limit, binds) for norm, binds, _, _ in found if norm.limit]
        urgent = sorted(limited, key=lambda pair: _urgency(pair[0]))
        yield from self._first("limit", [(repr(replace(limit, text="")), binds) for limit, binds in urgent])
        if modality == "duty":
            told = [(norm, str(norm.recipient), binds) for norm, binds, _, _ in found if norm.recipient]
            yield from self._own("own recipient", told)
            timed = [(norm, repr(replace(norm.limit, text="")), binds) for norm, binds, _, _ in found if norm.limit]
            yield from self._own("own limit", sorted(timed, key=lambda each: _urgency(each[0].limit)))
        stepped = sorted(((norm.step, binds) for norm, binds, _, _ in found if norm.step), key=lambda pair: pair[0])
        yield from self._first("step", [(f"{step.stage}-{step.number}", binds) for step, binds in stepped])
        shown = [(norm.done_by if modality == "duty" else norm.broken_by, binds) for norm, binds, _, _ in found]
        taken: list[T] = []
        for condition, binds in shown:
            if condition is not None:
                counts = self.both(asked, binds, *(self.no(before) for before in taken), self.holds(condition))
                yield ("status",), counts
                taken.append(binds)

    def _own(self, aspect: str, values: Sequence[tuple[Norm, str, T]]) -> Iterator[tuple[tuple[str, ...], T]]:
        """Where others that bind say something else first."""
        for place, (norm, value, binds) in enumerate(values):
            before = [where for _, other, where in values[:place] if other != value]
            dropped = [
                self.no(where)
                for one, _, where in values[:place]
                if aspect == "own limit"
                and (one.bearers, str(one.recipient)) == (norm.bearers, str(norm.recipient))
                and one.limit
                and norm.limit
                and (norm.limit.amount is None or one.limit.start == norm.limit.start)
            ]
            yield (aspect, *norm.bearers.roles, value), self.both(binds, self.either(*before), *dropped)

    def _first(self, aspect: str, values: Sequence[tuple[str, T]]) -> Iterator[tuple[tuple[str, ...], T]]:
        """Of those that bind together, the first says it."""
        taken: list[T] = []
        for value, binds in values:
            yield (aspect, value), self.both(binds, *(self.no(before) for before in taken))
            taken.append(binds)


_TELLING: Mapping[str, Callable[[Semantics[Any], str], Any]] = {
    "PF001": Semantics.can_fire,
    "PF002": lambda rules, subject: rules.part_matters(subject),
    "PF003": Semantics.no_tier,
    "PF004": Semantics.two_tiers,
    "PF005": Semantics.both_bind,
    "PF006": Semantics.both_bind,
    "PF007": Semantics.steps_contradict,
    "PF008": Semantics.deadline_too_soon,
    "PF009": Semantics.exception_leaves_something,
    "PF010": Semantics.exception_strips,
    "PF011": Semantics.adds_something,
    "PF012": Semantics.lost_as_it_gets_worse,
    "PF013": lambda rules, subject: rules.silently_lost(subject),
    "PF014": Semantics.red_line_broken,
    "PF015": lambda rules, subject: rules.option_changes_something(subject),
    "PF017": lambda rules, subject: rules.withheld(subject),
}


# --------------------------------------------------------------------------- what is so of a plan as it is written


def firing(clause: Clause) -> list[Condition]:
    """The conditions of which one must hold for the clause to fire: one that only asks, asks something when it does."""
    asks_only = clause.norms and clause.tier is None and not clause.exemptions and clause.handoff is None
    if asks_only and all(norm.condition != ALWAYS for norm in clause.norms):
        return [All((clause.condition, norm.condition)) for norm in clause.norms]
    return [clause.condition]


def waits_for(norm: Norm) -> tuple[list[Condition], list[Condition]]:
    """What must have come about for the norm to be in force, and what must not."""
    settled: list[Condition] = []
    ending = [norm.rung.failed] if norm.rung and norm.rung.failed is not None else []
    if norm.approvals:
        shown = tuple(part.shown_by for part in norm.approvals.parts)
        given: Condition = AnyOf(shown) if norm.approvals.need == "any" else All(shown)
        if norm.modality == "prohibition":
            ending = [given]
        else:
            settled.append(given)
    if norm.discretion and norm.modality != "prohibition":
        settled.append(Is(norm.discretion.choice, (True,)) if norm.discretion.choice else NEVER)
    return settled, ending


def as_full(there: Norm, here: Norm) -> bool:
    """Does the one norm ask, of the same people, all that the other does?"""

    def amount(limit: TimeLimit | None) -> object:
        return limit and (limit.term, limit.amount)

    return (
        all(group in there.bearers.groups for group in here.bearers.groups)
        and there.bearers.through == here.bearers.through
        and there.bearers.excepted == here.bearers.excepted
        and (here.recipient is None or here.recipient == there.recipient)
        and (here.limit is None or amount(here.limit) == amount(there.limit))
        and (here.done_by is None or here.done_by == there.done_by)
        and (here.broken_by is None or here.broken_by == there.broken_by)
        and here.strength == there.strength
        and here.strength_by == there.strength_by
    )


def ways_back(plan: Plan, action: str, earlier: str) -> Iterator[tuple[str, ...]]:
    """Every way from an action back to one that must come before it: the actions in between."""
    for name in plan.actions[action].after:
        if name == earlier:
            yield ()
        elif name in plan.actions:
            yield from ((name, *way) for way in ways_back(plan, name, earlier))


_ORDER = (*(Term.MINUTES, Term.HOURS, Term.NATURAL_DAYS, Term.WORKING_DAYS), *(t for t in Term))
_PHASES = {
    Term.STANDING: 0,
    Term.BEFOREHAND: 1,
    Term.IMMEDIATE: 2,
    Term.PROMPT: 2,
    Term.DURING: 2,
    Term.AFTERWARDS: 3,
}


def _urgency(limit: TimeLimit) -> tuple[int, int]:
    return _ORDER.index(limit.term), limit.amount or 0


def always_up_before(limit: TimeLimit, other: TimeLimit) -> bool:
    """Whenever their common clock starts, is `limit` up before `other`?  Tried for every hour of a week."""
    if limit.amount is not None and other.amount is not None:
        starts = [datetime(2026, 3, 2, 0, 1) + timedelta(minutes=59 * n) for n in range(24 * 7)]
        return limit.start == other.start and all(_up(limit, start) < _up(other, start) for start in starts)
    if other.amount is not None:
        return limit.term is Term.IMMEDIATE
    return _PHASES.get(limit.term, 9) < _PHASES.get(other.term, -1)


def _up(limit: TimeLimit, start: datetime) -> datetime:
    amount = limit.amount or 0
    if limit.term in (Term.MINUTES, Term.HOURS):
        return start + timedelta(minutes=amount * (60 if limit.term is Term.HOURS else 1))
    day = start.replace(hour=0, minute=0)
    while amount:
        day += timedelta(days=1)
        amount -= limit.term is Term.NATURAL_DAYS or day.weekday() < 5
    return day + timedelta(days=1)


def _with_part(plan: Plan, owner: str, place: str, by: Condition) -> Iterator[tuple[Condition, Condition]]:
    """The conditions that the owner's condition is part of, as they are and with the part replaced."""
    clause, _, index = owner.rpartition("#")
    if clause in plan.clauses and index.isdigit():
        found = plan.clauses[clause]
        own = found.norms[int(index)].condition
        yield All((found.condition, own)), All((found.condition, _put(own, place, by)))
    elif owner in plan.situations:
        own = plan.situations[owner].condition
        yield own, _put(own, place, by)
    elif owner in plan.clauses:
        around, own = _own(plan, plan.clauses[owner])
        yield All((around, own)), All((around, _put(own, place, by)))
    else:
        heading = plan.sections[owner].condition
        for found in plan.clauses.values():
            if found.section == owner and not _only_serves(plan, found):
                own = _own(plan, found)[1]
                yield All((heading, own)), All((_put(heading, place, by), own))


def _put(whole: Condition, place: str, by: Condition) -> Condition:
    part: Part = next(part for part in parts(whole) if part.place == place)
    return part.replaced(by)


def _only_serves(plan: Plan, clause: Clause) -> bool:
    served = tuple(plan.clauses[name].condition for name in clause.serves if name in plan.clauses)
    return bool(clause.serves) and clause.condition == AnyOf(served)


def _own(plan: Plan, clause: Clause) -> tuple[Condition, Condition]:
    """The condition of a clause's section, and the clause's own besides it."""
    heading = plan.sections[clause.section].condition if clause.section in plan.sections else ALWAYS
    if heading == ALWAYS:
        return ALWAYS, clause.condition
    match clause.condition:
        case All((around, own)) if around == heading:
            return heading, own
        case condition if condition == heading:
            return heading, ALWAYS
        case condition:
            return heading, condition


def expected(plan: Plan) -> Iterator[tuple[str, str]]:  # noqa: C901  one arm for each code
    """The claims that ought to be made of a plan, by code and subject; not those of PF002."""
    rules = [(clause, index, norm) for clause in plan.clauses.values() for index, norm in enumerate(clause.norms)]
    duties = [rule for rule in rules if rule[2].modality == "duty"]
    protective = [
        a for a in plan.actions.values() if a.protective and any(norm.action == a.id for _, _, norm in duties)
    ]
    tiered = [clause for clause in plan.clauses.values() if clause.tier]
    yield from (("PF001", name) for name in plan.clauses)
    yield from [("PF003", plan.id)] if tiered else []
    yield from (("PF004", f"{one.id}+{other.id}") for one, other in combinations(tiered, 2) if one.tier != other.tier)
    for (one, i, asking), (other, j, forbidding) in product(rules, rules):
        subject = f"{one.id}#{i}+{other.id}#{j}"
        if (
            forbidding.modality == "prohibition" != asking.modality
            and asking.action == forbidding.action
            and _same_people(plan, asking, forbidding)
        ):
            yield "PF005", subject
        if asking.modality == forbidding.modality == "duty":
            yield from _of_two_duties(plan, subject, asking, forbidding)
    for clause in plan.clauses.values():
        for exemption in clause.exemptions:
            for index, norm in enumerate(
                plan.clauses[exemption.clause].norms if exemption.clause in plan.clauses else ()
            ):
                if not exemption.actions or norm.action in exemption.actions:
                    yield "PF009", f"{clause.id}>{exemption.clause}#{index}"
                    if norm.modality == "duty" and plan.actions[norm.action].protective:
                        yield "PF010", f"{clause.id}>{exemption.clause}#{index}"
        if clause.norms and not clause.tier and not clause.exemptions:
            yield "PF011", clause.id
    for action in protective:
        yield from (("PF012", f"{action.id}/{fact.id}") for fact in plan.facts.values() if fact.worse)
        yield "PF013", action.id
        yield "PF017", action.id
    for item in plan.invariants:
        yield from (("PF014", f"{item.id}/{number}") for number in range(len(item.requirements)))
        yield from [("PF014", f"{item.id}/tier")] if item.tiers else []
        yield from (("PF014", f"{item.id}/{action}") for action in item.monotone)
    for reading in plan.readings.values():
        yield from (("PF015", f"{reading.id}/{o.id}") for o in reading.options if o.id != reading.chosen)


def _of_two_duties(plan: Plan, subject: str, one: Norm, other: Norm) -> Iterator[tuple[str, str]]:
    first, then = plan.actions[one.action], plan.actions[other.action]
    names = list(plan.actions)
    if names.index(first.id) < names.index(then.id) and (then.id in first.excludes or first.id in then.excludes):
        yield "PF006", subject
    if first.id != then.id and any(True for _ in ways_back(plan, then.id, first.id)):
        if one.step and other.step:
            yield "PF007", subject
        if one.limit and other.limit:
            yield "PF008", subject


def _same_people(plan: Plan, one: Norm, other: Norm) -> bool:
    """Does some role lie within what both name, by itself, its groups or its other names, and is not excepted?"""
    excepted = {*one.bearers.excepted, *other.bearers.excepted}
    for here, there in product(one.bearers.roles, other.bearers.roles):
        if there in _belongs_to(plan, here) and here not in excepted:
            return True
        if there not in _belongs_to(plan, here) and here in _belongs_to(plan, there) and there not in excepted:
            return True
    return False


def _belongs_to(plan: Plan, role: str) -> set[str]:
    found = {role}
    while True:
        more = {group for name in found if name in plan.roles for group in plan.roles[name].member_of}
        more |= {alias.same_as for alias in plan.aliases if alias.role in found}
        more |= {alias.role for alias in plan.aliases if alias.same_as in found}
        if more <= found:
            return found
        found |= more


# --------------------------------------------------------------------------- formulas


class Formulas(Semantics[z3.BoolRef]):
    """The semantics as formulas over one incident: constants for facts, times and readings."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.facts = {fact.id: self._constant(fact) for fact in plan.facts.values() if fact.kind is not Kind.READINGS}
        self.times = {fact.id: z3.Int(f"when {fact.id}") for fact in plan.facts.values() if fact.kind in _DATED}
        self.readings = {name: z3.Int(f"reading {name}") for name in plan.readings}
        self.holds = cache(self._holds)  # type: ignore[method-assign]
        self.as_chosen = z3.And(
            [
                self.readings[reading.id] == [option.id for option in reading.options].index(reading.chosen)
                for reading in plan.readings.values()
            ]
        )
        self.possible = z3.And(*self._domains(), *self._bounds())
        self.solver = z3.Solver()
        self.solver.add(self.possible)
        self._fresh = 0

    def _constant(self, fact: Fact) -> Any:
        return z3.Bool(fact.id) if fact.kind is Kind.BOOL or fact.kind in _DATED else z3.Int(fact.id)

    def value(self, fact: str, value: object) -> z3.BoolRef:
        """That a fact has this value; of a day or instant, whether it has happened."""
        found = self.plan.facts[fact]
        constant = self.facts[fact]
        if z3.is_bool(constant):
            return constant == z3.BoolVal(bool(value))
        if found.domain:
            return z3.BoolVal(False) if value not in found.domain else constant == found.domain.index(value)  # type: ignore[arg-type]
        return constant == value

    def _domains(self) -> Iterator[z3.BoolRef]:
        for name, constant in self.facts.items():
            fact = self.plan.facts[name]
            if fact.kind is Kind.INTEGER:
                yield z3.And(fact.low <= constant, constant <= fact.high)
            elif z3.is_int(constant):
                yield z3.And(constant >= 0, constant < len(fact.domain))
        for name, constant in self.readings.items():
            yield z3.And(constant >= 0, constant < len(self.plan.readings[name].options))

    def _bounds(self) -> Iterator[z3.BoolRef]:
        yield from (z3.Not(self.holds(item.condition)) for item in self.plan.impossibles if not item.warn)
        for item in self.plan.presumptions:
            fills = [
                z3.Or([self.value(fact, value) for value in values])
                for fact, values in item.fills
                if UNKNOWN not in values
            ]
            yield z3.Implies(self.holds(item.condition), z3.And(fills))

    # ----------------------------------------------------------------- the algebra

    def both(self, *truths: z3.BoolRef) -> z3.BoolRef:
        return z3.And(truths)

    def either(self, *truths: z3.BoolRef) -> z3.BoolRef:
        return z3.Or(truths)

    def no(self, truth: z3.BoolRef) -> z3.BoolRef:
        return z3.Not(truth)

    def _holds(self, condition: Condition) -> z3.BoolRef:
        match condition:
            case All(inner):
                return z3.And([self.holds(part) for part in inner])
            case AnyOf(inner):
                return z3.Or([self.holds(part) for part in inner])
            case Not(part):
                return z3.Not(self.holds(part))
            case Is(fact, values):
                return z3.Or([self.value(fact, value) for value in values])
            case Within(fact, low, high):
                constant = self.facts[fact]
                return z3.And(
                    z3.BoolVal(True) if low is None else low <= constant,
                    z3.BoolVal(True) if high is None else constant <= high,
                )
            case Present(fact, present):
                return self.facts[fact] == z3.BoolVal(present)
            case Earlier(fact, than):
                return z3.And(self.facts[fact], self.facts[than], self.times[fact] < self.times[than])
            case Unstated():
                return z3.BoolVal(False)
            case InSituation(name):
                return self.holds(self.plan.situations[name].condition)
            case TierIs(tiers):
                return z3.Or([self._has_tier(tier) for tier in tiers])
            case UnderReading(reading, options):
                known = [option.id for option in self.plan.readings[reading].options]
                return z3.Or([self.readings[reading] == known.index(option) for option in options])

    def _has_tier(self, tier: str) -> z3.BoolRef:
        """Some clause gives it and none gives one that counts for more."""
        mine = self.plan.tiers[tier].rank
        given = [clause for clause in self.plan.clauses.values() if clause.tier]
        ranks = {clause.id: self.plan.tiers[clause.tier or ""].rank for clause in given}
        more = [c for c in given if (ranks[c.id] > mine if self.plan.highest_tier else ranks[c.id] < mine)]
        return z3.And(
            z3.Or([self.holds(clause.condition) for clause in given if clause.tier == tier]),
            z3.Not(z3.Or([self.holds(clause.condition) for clause in more])),
        )

    def with_better(self, fact: Fact, truth: z3.BoolRef) -> z3.BoolRef:
        """Of another incident that can be, the same but for this fact (and for when things happened)."""
        self._fresh += 1
        here = self.facts[fact.id]
        there = z3.Const(f"better {self._fresh} {fact.id}", here.sort())
        times = [(time, z3.Int(f"better {self._fresh} when {name}")) for name, time in self.times.items()]
        better = z3.And(z3.Not(there), here) if z3.is_bool(here) else there < here
        worse = z3.And(there, z3.Not(here)) if z3.is_bool(here) else there > here
        moved = z3.substitute(z3.And(truth, self.possible), (here, there), *times)
        return z3.And(moved, better if fact.worse == "up" else worse)

    def is_empty(self, truth: z3.BoolRef) -> bool:
        return not self.is_possible(truth)

    def is_possible(self, *truths: z3.BoolRef) -> bool:
        """Is there an incident that can be of which all these are true?"""
        self.solver.push()
        self.solver.add(*truths)
        found = self.solver.check()
        self.solver.pop()
        assert found != z3.unknown
        return bool(found == z3.sat)

    def option_changes_something(self, subject: str) -> z3.BoolRef:
        name, _, wanted = subject.rpartition("/")
        options = [option.id for option in self.plan.readings[name].options]
        here, there = options.index(wanted), options.index(self.plan.readings[name].chosen)
        changed = self._said_at(name, here), self._said_at(name, there)
        differs = [
            z3.Xor(changed[0][key], changed[1][key]) for key in changed[0] if not changed[0][key].eq(changed[1][key])
        ]
        return z3.And(self.readings[name] == here, z3.Or(differs))

    def _said_at(self, reading: str, option: int) -> dict[tuple[str, ...], z3.BoolRef]:
        at = (self.readings[reading], z3.IntVal(option))
        return {key: z3.simplify(z3.substitute(where, at)) for key, where in self._all_said.items()}

    @cached_property
    def _all_said(self) -> dict[tuple[str, ...], z3.BoolRef]:
        found: dict[tuple[str, ...], list[z3.BoolRef]] = {}
        for key, where in self.said():
            found.setdefault(key, []).append(where)
        return {key: z3.Or(where) for key, where in found.items()}

    # ----------------------------------------------------------------- what is known

    @cached_property
    def told(self) -> Told:
        """The same with some facts not known."""
        return Told(self)

    def silently_lost(self, subject: str) -> z3.BoolRef:
        return z3.And(self.asked("duty", subject), self.told.lost(subject))

    def withheld(self, subject: str) -> z3.BoolRef:
        """Without the condition that the action be asked whatever the unknown facts are: see `verdict`."""
        return z3.And(self.asked("duty", subject), z3.Not(self.told.demanded(subject)))

    # ----------------------------------------------------------------- verdicts

    def verdict(self, code: str, subject: str) -> str:
        """proved, refuted or refuted_otherwise."""
        telling = self.telling(code, subject)
        if code in ABOUT_SOME:
            return "proved" if self.is_possible(telling) else "refuted"
        if self.shows(code, subject, telling, self.as_chosen):
            return "refuted"
        return "refuted_otherwise" if self.shows(code, subject, telling) else "proved"

    def shows(self, code: str, subject: str, *truths: z3.BoolRef) -> bool:
        """Is there an incident that can be of which all these are true, and that tells against the claim?"""
        return self.told.is_withheld(subject, truths) if code == "PF017" else self.is_possible(*truths)


# --------------------------------------------------------------------------- what decisions say of what is not known


class Told:
    """Kleene's truth values as pairs of formulas: a mark beside each fact says that nobody knows it.

    A marked fact is known all the same where presumptions that are surely true leave it one value, and they may follow
    from one another: so often is it gone over as there are facts to fill in.
    """

    def __init__(self, rules: Formulas) -> None:
        self.rules = rules
        self.plan = rules.plan
        self.marks = {fact: z3.Bool(f"unknown {fact}") for fact in rules.facts}
        self.known: dict[str, z3.BoolRef] = {fact: z3.Not(mark) for fact, mark in self.marks.items()}
        self._filled: dict[str, list[tuple[Condition, tuple[Any, ...]]]] = {}
        for item in self.plan.presumptions:
            for fact, values in item.fills:
                if UNKNOWN not in values and self.plan.facts[fact].kind not in _DATED:
                    self._filled.setdefault(fact, []).append((item.condition, values))
        self._memo: dict[Condition, tuple[z3.BoolRef, z3.BoolRef]] = {}
        for _ in self._filled:
            settled = {fact: self._settled(fact) for fact in self._filled}
            self.known |= {fact: z3.Or(z3.Not(self.marks[fact]), found) for fact, found in settled.items()}
            self._memo.clear()
        self._active = cache(self._is_active)

    def _settled(self, fact: str) -> z3.BoolRef:
        """All values but one are excluded by some presumption that is surely true."""
        ways = [(self.kleene(condition)[0], values) for condition, values in self._filled[fact]]
        every = self.plan.facts[fact].domain or tuple({value for _, values in ways for value in values})
        left = [z3.And([z3.Not(sure) for sure, values in ways if value not in values]) for value in every]
        applied = z3.Or([sure for sure, _ in ways])
        return z3.And(applied, z3.AtMost(*left, 1)) if left else z3.BoolVal(False)

    def kleene(self, condition: Condition) -> tuple[z3.BoolRef, z3.BoolRef]:
        """Where it is true, and where it is false; neither where what is not known leaves it open."""
        if condition not in self._memo:
            self._memo[condition] = self._kleene(condition)
        return self._memo[condition]

    def _kleene(self, condition: Condition) -> tuple[z3.BoolRef, z3.BoolRef]:
        match condition:
            case All(inner):
                pairs = [self.kleene(part) for part in inner]
                return z3.And([true for true, _ in pairs]), z3.Or([false for _, false in pairs])
            case AnyOf(inner):
                pairs = [self.kleene(part) for part in inner]
                return z3.Or([true for true, _ in pairs]), z3.And([false for _, false in pairs])
            case Not(part):
                true, false = self.kleene(part)
                return false, true
            case Is(fact) | Within(fact) | Present(fact):
                truth = self.rules.holds(condition)
                return z3.And(truth, self.known[fact]), z3.And(z3.Not(truth), self.known[fact])
            case InSituation(name):
                return self.kleene(self.plan.situations[name].condition)
            case TierIs(tiers):
                return self.kleene(AnyOf(tuple(map(self._tier, tiers))))
            case _:
                truth = self.rules.holds(condition)
                return truth, z3.Not(truth)

    def _tier(self, tier: str) -> Condition:
        given = [(self.plan.tiers[clause.tier].rank, clause) for clause in self.plan.clauses.values() if clause.tier]
        mine = self.plan.tiers[tier].rank
        more = [c.condition for rank, c in given if (rank > mine if self.plan.highest_tier else rank < mine)]
        return All((AnyOf(tuple(c.condition for _, c in given if c.tier == tier)), *map(Not, more)))

    # ----------------------------------------------------------------- as decisions are made

    def fires(self, clause: str) -> z3.BoolRef:
        found = self.plan.clauses[clause]
        own = z3.Or([self.kleene(rule)[0] for rule in firing(found)])
        excluded = [self.kleene(each.condition)[0] for each in self.plan.clauses.values() if each.excludes]
        return own if found.excludes else z3.And(own, z3.Not(z3.Or(excluded)))

    def _is_active(self, clause: str) -> z3.BoolRef:
        return z3.And(self.fires(clause), z3.Not(self._waived(clause, None)))

    def _waived(self, clause: str, action: str | None) -> z3.BoolRef:
        return z3.Or(
            [
                self._active(other.id)
                for other in self.plan.clauses.values()
                for exemption in other.exemptions
                if exemption.clause == clause and (exemption.actions == () or action in exemption.actions)
            ]
        )

    def demanded(self, action: str) -> z3.BoolRef:
        """Where decisions demand the action."""
        return z3.Or(
            [
                z3.And(
                    self.fires(clause.id),
                    self.kleene(All((clause.condition, norm.condition)))[0],
                    self.rules.under(norm.under),
                    self.rules.strength(norm, BINDING),
                    z3.Not(self._waived(clause.id, action)),
                    *(self.kleene(each)[0] for each in waits_for(norm)[0]),
                    *(z3.Not(self.kleene(each)[0]) for each in waits_for(norm)[1]),
                )
                for clause, _, norm in self.rules.norms("duty", action)
            ]
        )

    def lost(self, action: str) -> z3.BoolRef:
        """Where decisions do not demand it, and every clause that does so is settled."""
        rules = [
            rule
            for clause, _, norm in self.rules.norms("duty", action)
            for rule in (*firing(clause), *self._own(clause, norm))
        ]
        return z3.And(z3.Not(self.demanded(action)), *(z3.Or(*self.kleene(rule)) for rule in rules))

    def _own(self, clause: Clause, norm: Norm) -> list[Condition]:
        own = All((clause.condition, norm.condition))
        settled, ending = waits_for(norm)
        waited = [All((own, each)) for each in (*settled, *ending) if each != NEVER]
        return [*([] if norm.condition == ALWAYS else [own]), *waited]

    # ----------------------------------------------------------------- whatever the unknown facts turn out to be

    def is_withheld(self, action: str, truths: Iterable[z3.BoolRef]) -> bool:
        """Is there such an incident whose every completion demands the action?

        One is proposed, and a completion sought that does not; what it changes is then open to no further proposal.
        """
        rules = self.rules
        lacking = z3.And(rules.possible, z3.Not(rules.asked("duty", action)))
        propose, complete = z3.Solver(), z3.Solver()
        propose.add(rules.possible, *truths)
        complete.add(lacking)
        while propose.check() == z3.sat:
            model = propose.model()
            completion = self._completion(complete, model)
            if completion is None:
                return True
            changed, turned = completion
            propose.add(
                z3.Not(z3.And(*(z3.Not(self.known[fact]) for fact in changed), z3.substitute(lacking, *turned)))
            )
        return False

    def _completion(self, complete: z3.Solver, model: z3.ModelRef) -> tuple[list[str], list[tuple[Any, Any]]] | None:
        """A completion that changes few of the unknown facts: which, and what they, and all times, turn out to be."""

        def here(constant: Any) -> Any:
            return constant == model.eval(constant, model_completion=True)

        facts = self.rules.facts
        unknown = [fact for fact in facts if not z3.is_true(model.eval(self.known[fact], model_completion=True))]
        fixed = [here(constant) for fact, constant in facts.items() if fact not in unknown]
        fixed += [here(constant) for constant in self.rules.readings.values()]
        if complete.check(*fixed) != z3.sat:
            return None
        changed = []
        for fact in unknown:
            if complete.check(*fixed, here(facts[fact])) == z3.sat:
                fixed.append(here(facts[fact]))
            else:
                changed.append(fact)
        assert complete.check(*fixed) == z3.sat
        found = complete.model()
        turned = [facts[fact] for fact in changed] + list(self.rules.times.values())
        return changed, [(constant, found.eval(constant, model_completion=True)) for constant in turned]


def at_value(rules: Formulas, fact: str, value: object) -> z3.BoolRef:
    """That a fact of the incident is as it is stated: unknown leaves it free, a day or instant fixes its time."""
    if value is UNKNOWN:
        return z3.BoolVal(True)
    if fact not in rules.times:
        return rules.value(fact, value)
    if value is None:
        return z3.Not(rules.facts[fact])
    assert isinstance(value, date)
    minutes = value.toordinal() * 24 * 60 + (value.hour * 60 + value.minute if isinstance(value, datetime) else 0)
    return z3.And(rules.facts[fact], rules.times[fact] == minutes)


__all__ = ["ABOUT_SOME", "AS_TOLD", "Action", "Formulas", "Semantics", "at_value", "expected"]
