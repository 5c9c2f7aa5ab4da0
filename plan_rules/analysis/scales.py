"""Plans -> the scale of every fact that they use: finitely many values that no condition tells apart within.

A number is cut where some condition begins or ends; a day or instant has happened or not.  With two plans a scale has
what either of them tells apart, so that one incident means something in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from plan_rules.condition import Condition, Earlier, Is, Present, Scalar, UnderReading, Unstated, Within
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.invariant import Invariant
from plan_rules.plan import Deputy, Impossible, Notice, Plan, Presumption

Interval: TypeAlias = tuple[int, int]
NOMINAL_DAY = date(2026, 1, 5)  # stands for "some day": only whether and in which order things happened counts
_READINGS = "reading:"


@dataclass(frozen=True, slots=True)
class Scale:
    """The values of one fact: domain values, whether it has happened, or intervals of whole numbers.

    `usual` is the place of the value a fact has when nothing is said of it; the first where that is unknown.
    """

    fact: Fact
    values: tuple[Scalar | Interval, ...]
    usual: int

    @property
    def weights(self) -> tuple[int, ...]:
        """How many values of the fact each value of the scale stands for."""
        return tuple(value[1] - value[0] + 1 if isinstance(value, tuple) else 1 for value in self.values)

    def places(self, leaf: Is | Within | Present) -> tuple[int, ...]:
        """Where on the scale the leaf holds."""
        return tuple(place for place, value in enumerate(self.values) if _holds(leaf, value))

    def place(self, value: object) -> int | None:
        """Where on the scale a value of the fact lies; of a day or instant, whether it has happened."""
        for place, found in enumerate(self.values):
            if isinstance(found, tuple):
                if isinstance(value, int) and found[0] <= value <= found[1]:
                    return place
            elif found == value and type(found) is type(value):
                return place
        return None

    def stated(self, place: int, rank: int = 0) -> Scalar | date | datetime:
        """A value to state for a place of the scale; `rank` says how late, among others, something happened."""
        value = self.values[place]
        if isinstance(value, tuple):
            default = self.fact.default
            return default if isinstance(default, int) and value[0] <= default <= value[1] else value[0]
        if self.fact.kind is Kind.DATE:
            return NOMINAL_DAY + timedelta(days=rank) if value else None
        if self.fact.kind is Kind.DATETIME:
            return datetime.combine(NOMINAL_DAY, time(9)) + timedelta(minutes=rank) if value else None
        return value


def _holds(leaf: Is | Within | Present, value: Scalar | Interval) -> bool:
    match leaf:
        case Is(_, values):
            return value in values
        case Present(_, present):
            return value is present
        case Within(_, low, high):
            assert isinstance(value, tuple)
            assert low is None or not value[0] < low <= value[1], "the scale is cut where the condition begins"
            assert high is None or not value[0] <= high < value[1], "the scale is cut where the condition ends"
            return (low is None or low <= value[0]) and (high is None or value[1] <= high)


def reading_name(reading: str) -> str:
    """The name of the dimension along which a reading is chosen."""
    return _READINGS + reading


def reading_of(name: str) -> str | None:
    """The reading chosen along a dimension; None where it is a fact's."""
    return name.removeprefix(_READINGS) if name.startswith(_READINGS) else None


def conditions(plan: Plan) -> Iterator[Condition]:
    """Every condition of the plan that says something of an incident."""
    yield plan.scope
    for clause in plan.clauses.values():
        yield clause.condition
        for norm in clause.norms:
            yield norm.condition
            yield from (each for each in (norm.done_by, norm.broken_by, *norm.gates().values()) if each is not None)
    owners: tuple[Notice | Invariant | Impossible | Presumption | Deputy, ...] = (
        *plan.notices,
        *plan.invariants,
        *plan.impossibles,
        *plan.presumptions,
        *plan.deputies,
    )
    yield from (owner.condition for owner in owners)
    yield from (situation.condition for situation in plan.situations.values())


def scales(plans: Sequence[Plan], *, finer: bool = False) -> dict[str, Scale]:
    """The scale of every fact that some condition of the plans is about, in the order of the plans.

    A `finer` scale also tells apart what a bound moved by one would.
    """
    leaves = [leaf for plan in plans for condition in conditions(plan) for leaf in plan.leaves(condition)]
    filled: dict[str, list[object]] = {}
    for fact, values in (fill for plan in plans for item in plan.presumptions for fill in item.fills):
        if values[0] is not UNKNOWN:
            filled.setdefault(fact, []).extend(values)
    used = {fact for leaf in leaves for fact in _facts(leaf)} | filled.keys()
    order = dict.fromkeys(fact for plan in plans for fact in plan.facts if fact in used)
    near = (-1, 0, 1) if finer else (0,)
    return {fact: _scale(_versions(plans, fact), leaves, filled.get(fact, ()), near) for fact in order}


def _facts(leaf: Condition) -> tuple[str, ...]:
    match leaf:
        case Is(fact) | Within(fact) | Present(fact) | Unstated(fact):
            return (fact,)
        case Earlier(fact, than):
            return (fact, than)
        case _:
            return ()


def _versions(plans: Sequence[Plan], fact: str) -> list[Fact]:
    return [plan.facts[fact] for plan in plans if fact in plan.facts]


def _scale(versions: list[Fact], leaves: Iterable[Condition], filled: Iterable[object], near: tuple[int, ...]) -> Scale:
    fact = versions[0]
    if fact.kind is Kind.INTEGER:
        values: tuple[Scalar | Interval, ...] = tuple(_intervals(versions, leaves, filled, near))
    elif fact.dated:
        values = (False, True)
    else:
        values = tuple(dict.fromkeys(value for version in versions for value in version.domain))
    bare = Scale(fact, values, 0)
    usual = False if fact.dated else fact.default
    return Scale(fact, values, bare.place(usual) or 0)


def _intervals(
    versions: list[Fact], leaves: Iterable[Condition], filled: Iterable[object], near: tuple[int, ...]
) -> Iterator[Interval]:
    low, high = min(fact.low for fact in versions), max(fact.high for fact in versions)
    starts = {low, *(fact.low for fact in versions), *(fact.high + 1 for fact in versions)}
    for leaf in leaves:
        if isinstance(leaf, Within) and leaf.fact == versions[0].id:
            starts |= set() if leaf.low is None else {leaf.low + step for step in near}
            starts |= set() if leaf.high is None else {leaf.high + 1 + step for step in near}
    for value in filled:
        starts |= {value, value + 1} if isinstance(value, int) else set()
    cuts = sorted(start for start in starts if low <= start <= high)
    yield from zip(cuts, (*(cut - 1 for cut in cuts[1:]), high), strict=True)


# --------------------------------------------------------------------------- the order of decision

_ROUNDS = 20


def in_good_order(names: Sequence[str], groups: Iterable[Iterable[str]]) -> list[str]:
    """The names so that those of one group lie near each other: diagrams stay small.

    FORCE (Aloul, Markov, Sakallah: "FORCE: a fast and easy-to-implement variable-ordering heuristic", 2003): every
    group pulls its members to its centre of gravity, again and again; the tightest order seen is kept.
    """
    known = set(names)
    edges = [list(edge) for group in groups if len(edge := known.intersection(group)) > 1]
    edges = [sorted(edge, key=names.index) for edge in edges]
    order = list(names)
    best, least = order, _spread(order, edges)
    for _ in range(_ROUNDS):
        order = _pulled(order, edges)
        spread = _spread(order, edges)
        if spread >= least:
            break
        best, least = order, spread
    return best


def _spread(order: Sequence[str], edges: Iterable[Sequence[str]]) -> int:
    place = {name: index for index, name in enumerate(order)}
    return sum(max(places) - min(places) for edge in edges if (places := [place[name] for name in edge]))


def _pulled(order: Sequence[str], edges: Iterable[Sequence[str]]) -> list[str]:
    place = {name: index for index, name in enumerate(order)}
    pulls: dict[str, list[int]] = {name: [] for name in order}
    for edge in edges:
        centre = 1000 * sum(place[name] for name in edge) // len(edge)  # whole numbers: the same on every machine
        for name in edge:
            pulls[name].append(centre)
    aim: Mapping[str, int] = {
        name: sum(found) // len(found) if found else 1000 * place[name] for name, found in pulls.items()
    }
    return sorted(order, key=lambda name: (aim[name], place[name]))


def groups(plan: Plan) -> Iterator[tuple[str, ...]]:
    """The facts and readings that each condition of the plan brings together; what settles the tier is one group."""
    settling = [clause.condition for clause in plan.clauses.values() if clause.tier]
    yield tuple(name for condition in settling for name in _names(plan, condition))
    for condition in conditions(plan):
        yield tuple(_names(plan, condition))
    for item in plan.presumptions:
        yield (*_names(plan, item.condition), *(fact for fact, _ in item.fills))


def _names(plan: Plan, condition: Condition) -> Iterator[str]:
    for leaf in plan.leaves(condition):
        yield from _facts(leaf)
        if isinstance(leaf, UnderReading):
            yield reading_name(leaf.reading)
