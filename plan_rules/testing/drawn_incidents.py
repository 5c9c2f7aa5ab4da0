"""(Plan, a set of points of its space) -> incidents out of it, drawn number by number, as `decide` takes them.

`decide` never refuses a drawn incident.  It rests on this: of a complete incident that can be, less said is less that
can be contradicted, as long as no presumption has to guess; what presumptions might fill in is therefore always stated.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from plan_rules.analysis.diagram import OverBudget, Points
from plan_rules.analysis.scales import Scale
from plan_rules.analysis.space import Drawing, Incident, Space
from plan_rules.condition import Unstated
from plan_rules.errors import FactsInvalid, Message, ToldError
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.facts import fact_reader
from plan_rules.plan import Plan
from plan_rules.testing.chances import Chances, Pick, Weigh

_PACES = (1, 7, 40)  # minutes (or days) from one thing that happens to the next
_LATEST = 240  # days within one year: the calendar of working days knows no other
_RANKS = 6
_ONE_IN = 6  # so few facts are unknown


class RegionInvalid(ToldError, ValueError):
    """No incident can be drawn: there is none, or what was asked for is nothing that the plan has."""


@lru_cache(maxsize=32)
def drawing_of(plan: Plan) -> Drawing:
    """The plan drawn, once.  Raises RegionInvalid where it is too large."""
    try:
        return Drawing(plan, Space([plan]))
    except OverBudget:
        raise RegionInvalid(
            Message(f"预案“{plan.name}”太大, 画不成图, 抽不出事件", f"the plan {plan.id} is too large to be drawn")
        ) from None


class DrawnIncidents:
    """Draws incidents of a plan out of a set of points of its space.

    Points are drawn as often as `weigh` says, all alike without it; `at_cuts` takes the ends of ranges of numbers only.
    """

    def __init__(self, drawing: Drawing, points: Points, weigh: Weigh | None = None, *, at_cuts: bool = False) -> None:
        self._plan = drawing.plan
        self._drawing = drawing
        self._scales = drawing.space.scales
        self._at_cuts = at_cuts
        names = {*self._scales, *drawing.space.readings}
        self._chances = Chances(drawing.diagram, points, names, *(() if weigh is None else (weigh,)))

    # ----------------------------------------------------------------- incidents

    def whole(self, pick: Pick) -> Incident:
        """A complete incident; usual values are left out where saying nothing means the same."""
        return self._shortened(*self._complete(pick))

    def with_unknowns(self, pick: Pick) -> Incident:
        """A complete incident of which some facts are not known."""
        point, facts = self._complete(pick)
        told = self._shortened(point, facts)
        for name, fact in self._plan.facts.items():
            usual = fact.default is UNKNOWN
            unknown = pick(2) == 0 if usual else _seldom(pick)
            if not unknown or name not in facts or name in self._must_be_known:
                continue
            if usual and name not in self._filled:
                told.pop(name, None)
            else:
                told[name] = UNKNOWN.value
        return told

    def as_told(self, pick: Pick) -> Incident:
        """Some facts of a complete incident, usual or not, a few of them unknown; nothing of the others."""
        _, facts = self._complete(pick)
        said = {name: (pick(2) == 1, _seldom(pick)) for name in self._plan.facts}
        told = {name: UNKNOWN.value if said[name][1] else value for name, value in facts.items() if said[name][0]}
        try:
            fact_reader(self._plan).read(told)
        except FactsInvalid:  # a presumption guessed otherwise than the incident is: leave it nothing to guess
            known = {name: facts[name] for name in self._must_be_known}
            return {name: facts[name] for name in self._filled} | told | known
        return told

    # ----------------------------------------------------------------- values

    def _complete(self, pick: Pick) -> tuple[Mapping[str, int], Incident]:
        """A point, and a value for every fact that conditions are about; for some of the others too."""
        point = self._chances.point(pick)
        late = self._lateness(point, pick)
        facts = {name: self._value(scale, point[name], late.get(name, 0), pick) for name, scale in self._scales.items()}
        for name, scale in self._besides.items():
            place, rank = pick(len(scale.values) + 1), pick(_RANKS)
            value = self._value(scale, max(0, place - 1), rank, pick)
            if place:
                facts[name] = value
        return point, facts

    def _value(self, scale: Scale, place: int, late: int, pick: Pick) -> object:
        return self._number(scale, place, pick) if scale.fact.kind is Kind.INTEGER else scale.stated(place, late)

    def _number(self, scale: Scale, place: int, pick: Pick) -> int:
        """A number of the range; the usual one, or the lowest, is the simplest."""
        (low, high), first = _range(scale, place), scale.stated(place)
        assert isinstance(first, int)
        if self._at_cuts:
            ends = (high, low) if first == high else (low, high)
            return ends[pick(2)]
        many = high - low + 1
        return low + (first - low + pick(max(scale.weights)) % many) % many

    def _lateness(self, point: Mapping[str, int], pick: Pick) -> dict[str, int]:
        """How late each day or instant is that has come, in days or minutes, in an order that can be."""
        picked = {name: pick(_RANKS) for name, scale in self._scales.items() if scale.fact.dated}
        pace = pick(len(_PACES)) if picked else 0
        ranks = {name: rank for name, rank in picked.items() if point[name]}
        ranks |= self._order(point, ranks)
        apart = min(_PACES[pace], max(1, _LATEST // (1 + max(ranks.values(), default=0))))
        return {name: rank * apart for name, rank in ranks.items()}

    def _order(self, point: Mapping[str, int], picked: Mapping[str, int]) -> dict[str, int]:
        """Of the days and instants that conditions compare, places in time near those picked."""
        compared = {name: rank for name in picked if (rank := self._drawing.space.rank(name)) is not None}
        if not compared:
            return {}
        diagram = self._drawing.diagram
        found: dict[str, int] = {}
        here = self._in_time & diagram.cube({name: (point[name],) for name in self._scales})
        for name, rank in compared.items():
            at = {place: here & diagram.where(rank, (place,)) for place in range(len(self._drawing.space.ranks))}
            open_ = [place for place, points in at.items() if points != diagram.nothing]
            found[name] = open_[picked[name] % len(open_)]
            here = at[found[name]]
        return found

    @cached_property
    def _in_time(self) -> Points:
        """What can be, with the order in which things happened."""
        return self._drawing.possible & self._drawing.diagram.all(possible for _, possible in self._drawing.bounds)

    @cached_property
    def _besides(self) -> Mapping[str, Scale]:
        """The facts that no condition is about."""
        return {
            fact.id: _scale(fact)
            for fact in self._plan.facts.values()
            if fact.id not in self._scales and fact.kind is not Kind.READINGS
        }

    # ----------------------------------------------------------------- what need not be said

    def _shortened(self, point: Mapping[str, int], facts: Incident) -> Incident:
        declared = self._plan.facts
        return {
            name: value
            for name, value in facts.items()
            if value != declared[name].default or name in self._must_be_known or self._could_be_filled(name, point)
        }

    def _could_be_filled(self, fact: str, point: Mapping[str, int]) -> bool:
        diagram = self._drawing.diagram
        return any(diagram.holds_at(where, point) for where in self._filled.get(fact, ()))

    @cached_property
    def _filled(self) -> Mapping[str, list[Points]]:
        """The facts that presumptions fill in, and where each presumption does."""
        found: dict[str, list[Points]] = {}
        for item in self._plan.presumptions:
            for fact, _ in item.fills:
                found.setdefault(fact, []).append(self._drawing.holds(item.condition))
        return {fact: where for fact, where in found.items() if fact in self._scales}

    @cached_property
    def _must_be_known(self) -> frozenset[str]:
        """The facts about which it can be impossible to say nothing."""
        return frozenset(
            leaf.fact
            for item in self._plan.impossibles
            if not item.warn
            for leaf in self._plan.leaves(item.condition)
            if isinstance(leaf, Unstated)
        )


def _seldom(pick: Pick) -> bool:
    return pick(_ONE_IN) == _ONE_IN - 1


def _scale(fact: Fact) -> Scale:
    """The values of a fact that no condition tells apart."""
    if fact.kind is Kind.INTEGER:
        return Scale(fact, ((fact.low, fact.high),), 0)
    return Scale(fact, fact.domain or (False, True), 0)


def _range(scale: Scale, place: int) -> tuple[int, int]:
    value = scale.values[place]
    assert isinstance(value, tuple)
    return value
