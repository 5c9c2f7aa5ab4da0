"""Plans -> the space of all incidents: what can be, as sets of points of one diagram.

An incident here is complete: every fact that some condition is about is known.  It can be when no 不可能 holds of it
and every 推定 does, whichever way its days and instants lie to each other.  Along further dimensions lie the readings.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import cached_property
from typing import Any, Self, assert_never

from plan_rules.analysis.diagram import BUDGET, Diagram, Dimension, Points
from plan_rules.analysis.scales import Scale, groups, in_good_order, reading_name, reading_of, scales
from plan_rules.condition import (
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.fact import UNKNOWN, Kind, Unknown
from plan_rules.plan import Impossible, Plan, Presumption
from plan_rules.truth import tiers_condition

_RANK = "rank:"
_UNKNOWN = "unknown:"
Incident = dict[str, Any]  # facts to state, as `decide` takes them


class Space:
    """The incidents that one plan, or two versions of it, can tell apart."""

    def __init__(
        self, plans: Sequence[Plan], budget: int = BUDGET, *, unknowns: bool = False, finer: bool = False
    ) -> None:
        self.plans = tuple(plans)
        self.scales: Mapping[str, Scale] = scales(plans, finer=finer)
        self.readings = {
            reading_name(reading.id): tuple(option.id for option in reading.options)
            for reading in plans[0].readings.values()
            if len(plans) == 1
        }
        self._ranks = _ranks(plans)
        names = in_good_order(
            [*self.scales, *self.readings, *self._ranks], [group for plan in plans for group in groups(plan)]
        )
        dimensions = [self._dimension(name) for name in names]
        self.marked = unknowns
        self.usual_readings = {each.name: each.usual for each in dimensions if each.name in self.readings}
        if unknowns:
            dimensions = [each for one in dimensions for each in (one, *self._mark(one.name))]
        self.diagram = Diagram(dimensions, budget)

    def _mark(self, name: str) -> Iterator[Dimension]:
        if name in self.scales:
            yield Dimension(unknown_name(name), (1, 1))

    def _dimension(self, name: str) -> Dimension:
        if name in self._ranks:
            return Dimension(name, (1,) * self._ranks[name])
        if name in self.readings:
            reading = self.plans[0].readings[reading_of(name) or ""]
            return Dimension(name, (1,) * len(reading.options), self.readings[name].index(reading.chosen))
        scale = self.scales[name]
        return Dimension(name, scale.weights, scale.usual)

    def count(self, points: Points, *, plain: bool = False) -> int:
        """How many incidents are among these, exactly; `plain` counts those apart that some condition tells apart."""
        orders: int = len(self._ranks) ** len(self._ranks)
        return self.diagram.count(points, plain=plain) // orders

    def counts(self, points: Points) -> tuple[int, int]:
        """How many incidents are among these, and how many situations that some condition tells apart."""
        return self.count(points), self.count(points, plain=True)

    @property
    def ranks(self) -> tuple[str, ...]:
        """The dimensions along which days and instants come one after the other."""
        return tuple(self._ranks)

    def rank(self, fact: str) -> str | None:
        """The dimension that says how late a day or instant is; None where no condition compares it."""
        return _RANK + fact if _RANK + fact in self._ranks else None


def unknown_name(fact: str) -> str:
    """The name of the dimension along which a fact is known (0) or not (1)."""
    return _UNKNOWN + fact


def _ranks(plans: Iterable[Plan]) -> dict[str, int]:
    """As many places in time as facts that are compared: enough for every order of them."""
    compared = {
        fact: None
        for plan in plans
        for item in plan.impossibles
        for leaf in plan.leaves(item.condition)
        if isinstance(leaf, Earlier)
        for fact in (leaf.fact, leaf.than)
    }
    return dict.fromkeys((_RANK + fact for fact in compared), len(compared))


class Drawing:
    """One plan drawn in a space: where each of its conditions holds."""

    def __init__(self, plan: Plan, space: Space) -> None:
        self.plan = plan
        self.space = space
        self.diagram: Diagram = space.diagram
        self._drawn: dict[Condition, Points] = {}
        self.bounds = tuple(self._bounds())
        timed = self.diagram.all((self._in_domain(), *(possible for _, possible in self.bounds)))
        self._timed = timed
        self.possible: Points = self.diagram.some(timed, space.ranks)
        self.as_chosen: Points = self.diagram.all(
            self.diagram.where(name, (options.index(plan.readings[reading_of(name) or ""].chosen),))
            for name, options in space.readings.items()
        )

    @cached_property
    def here(self) -> Points:
        """What can be as the readings stand."""
        return self.possible & self.as_chosen

    @cached_property
    def counts(self) -> tuple[int, int]:
        """How many incidents can be as the readings stand, and how many situations."""
        return self.space.counts(self.here)

    def amended(self, plan: Plan, *, same_words: bool) -> Self:
        """Another version of the plan, drawn beside this one: with the same facts, readings, 推定 and 不可能.

        With `same_words` situations and tiers mean the same, so what is drawn of conditions is drawn for both.
        """
        other = copy(self)
        other.plan = plan
        other._drawn = self._drawn if same_words else {}
        return other

    # ----------------------------------------------------------------- conditions

    def holds(self, condition: Condition) -> Points:
        """Where the condition is true."""
        if condition not in self._drawn:
            self._drawn[condition] = self._draw(condition)
        return self._drawn[condition]

    def _draw(self, condition: Condition) -> Points:
        diagram = self.diagram
        match condition:
            case All(parts):
                return diagram.all(self.holds(part) for part in parts)
            case AnyOf(parts):
                return diagram.any(self.holds(part) for part in parts)
            case Not(part):
                return ~self.holds(part)
            case Is(fact) | Within(fact) | Present(fact):
                return diagram.where(fact, self.space.scales[fact].places(condition))
            case InSituation(name):
                return self.holds(self.plan.situations[name].condition)
            case TierIs(tiers):
                return self.holds(tiers_condition(self.plan, tiers))
            case UnderReading(reading, options):
                return self._under(reading, options)
            case Earlier(fact, than):
                return self._earlier(fact, than)
            case Unstated():
                return diagram.nothing
            case _:
                assert_never(condition)

    def _under(self, reading: str, options: tuple[str, ...]) -> Points:
        name = reading_name(reading)
        if name not in self.space.readings:  # two plans: each as its readings stand
            return self.diagram.everything if self.plan.readings[reading].chosen in options else self.diagram.nothing
        known = self.space.readings[name]
        return self.diagram.where(name, (known.index(option) for option in options))

    def _earlier(self, fact: str, than: str) -> Points:
        one, other = self.space.rank(fact), self.space.rank(than)
        assert one is not None and other is not None
        size = len(self.space.ranks)
        before = self.diagram.any(
            self.diagram.where(one, (rank,)) & self.diagram.where(other, range(rank + 1, size)) for rank in range(size)
        )
        return before & self.holds(Present(fact, True)) & self.holds(Present(than, True))

    # ----------------------------------------------------------------- what can be

    def _in_domain(self) -> Points:
        """Facts have the values that this plan gives them."""
        return self.diagram.all(
            self.diagram.where(name, (place for place, value in enumerate(scale.values) if self._knows(name, value)))
            for name, scale in self.space.scales.items()
            if name in self.plan.facts
        )

    def _knows(self, name: str, value: object) -> bool:
        fact = self.plan.facts[name]
        if isinstance(value, tuple):
            return fact.kind is Kind.INTEGER and fact.low <= value[0] and value[1] <= fact.high
        return not fact.domain or value in fact.domain

    def _bounds(self) -> Iterator[tuple[Impossible | Presumption, Points]]:
        """Each 不可能 and 推定, and what it leaves possible."""
        for item in self.plan.impossibles:
            if not item.warn:
                yield item, ~self.holds(item.condition)
        for presumption in self.plan.presumptions:
            yield presumption, self._bound(presumption, presumption.fills)

    def possible_but(self, untold: Container[str]) -> Points:
        """What can be where these presumptions say nothing of days and instants: nobody has told them."""
        bounds = (
            self._bound(item, [fill for fill in item.fills if not self.plan.facts[fill[0]].dated])
            if isinstance(item, Presumption) and item.id in untold
            else possible
            for item, possible in self.bounds
        )
        return self.diagram.some(self.diagram.all((self._in_domain(), *bounds)), self.space.ranks)

    def _bound(self, item: Presumption, fills: Iterable[tuple[str, tuple[Scalar | Unknown, ...]]]) -> Points:
        """Where the presumption says nothing, or the facts that it fills in have values that it allows."""
        return ~self.holds(item.condition) | self.diagram.all(
            self.diagram.where(
                fact, (place for value in values if (place := self.space.scales[fact].place(value)) is not None)
            )
            for fact, values in fills
            if values[0] is not UNKNOWN
        )

    # ----------------------------------------------------------------- back to incidents

    def incident(self, point: Mapping[str, int], facts: Iterable[str]) -> Incident:
        """These facts of a point as facts to state; days and instants in an order in which they can be."""
        stated: Incident = {}
        ranks = self._ranked(point)
        for name in facts:
            scale = self.space.scales[name]
            rank = ranks.get(self.space.rank(name) or "", 0)
            stated[name] = scale.stated(self.place(point, name), rank)
        return stated

    def place(self, point: Mapping[str, int], name: str) -> int:
        """The point's value of a fact; the usual one where the point does not name it."""
        return point.get(name, self.space.scales[name].usual)

    def _ranked(self, point: Mapping[str, int]) -> Mapping[str, int]:
        if not self.space.ranks:
            return {}
        here = self.diagram.all(self.diagram.where(name, (self.place(point, name),)) for name in self.space.scales)
        return self.diagram.smallest(self._timed & here) or {}

    def chosen_at(self, point: Mapping[str, int]) -> dict[str, str]:
        """The readings that a point chooses otherwise than the plan."""
        return {
            reading_of(name) or "": options[point[name]]
            for name, options in self.space.readings.items()
            if name in point and options[point[name]] != self.plan.readings[reading_of(name) or ""].chosen
        }
