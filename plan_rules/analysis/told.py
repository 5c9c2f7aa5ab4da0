"""Meaning of incidents as told: beside every fact stands whether it is known, and conditions are true, false or open.

A point is a complete incident with a mark on the facts that nobody knows yet: the incident is one of those that may
turn out to be the case.  What holds of the marked incident is what decisions say (Kleene's three values); what holds of
the incident without marks is what they will say once all is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.space import Drawing, Space, unknown_name
from plan_rules.condition import (
    ALWAYS,
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
from plan_rules.fact import UNKNOWN
from plan_rules.plan import Plan, norm_key
from plan_rules.truth import tiers_condition


class Told:
    """What one plan asks of incidents of which something is not known."""

    def __init__(self, plan: Plan, budget: int) -> None:
        self.meaning = Meaning(Drawing(plan, Space([plan], budget, unknowns=True)))
        self.plan = plan
        self.diagram = self.meaning.diagram
        self._rules = plan.rules()
        self._known: dict[Condition, Points] = {}
        self._certain: Mapping[str, Points] = {}
        self._what_follows()
        self._as_told = Meaning(self.meaning.drawing, self.surely)

    # ----------------------------------------------------------------- true, false or open

    def surely(self, condition: Condition) -> Points:
        """Where the condition is true, whatever is not known."""
        if condition not in self._known:
            self._known[condition] = self._surely(condition)
        return self._known[condition]

    def _surely(self, condition: Condition) -> Points:
        match condition:
            case All(parts):
                return self.diagram.all(self.surely(part) for part in parts)
            case AnyOf(parts):
                return self.diagram.any(self.surely(part) for part in parts)
            case Not(part):
                return self._surely_not(part)
            case Is(fact) | Within(fact) | Present(fact):
                return self.meaning.drawing.holds(condition) & self._is_known(fact)
            case InSituation(name):
                return self.surely(self.plan.situations[name].condition)
            case TierIs(tiers):
                return self.surely(tiers_condition(self.plan, tiers))
            case UnderReading() | Earlier() | Unstated():
                return self.meaning.drawing.holds(condition)

    def _surely_not(self, condition: Condition) -> Points:
        match condition:
            case All(parts):
                return self.diagram.any(self.surely(Not(part)) for part in parts)
            case AnyOf(parts):
                return self.diagram.all(self.surely(Not(part)) for part in parts)
            case Not(part):
                return self.surely(part)
            case Is(fact) | Within(fact) | Present(fact):
                return ~self.meaning.drawing.holds(condition) & self._is_known(fact)
            case InSituation(name):
                return self.surely(Not(self.plan.situations[name].condition))
            case TierIs(tiers):
                return self.surely(Not(tiers_condition(self.plan, tiers)))
            case UnderReading() | Earlier() | Unstated():
                return ~self.meaning.drawing.holds(condition)

    def _is_known(self, fact: str) -> Points:
        """Where the fact is known, or what is known leaves it one value only."""
        return self._certain[fact]

    def _what_follows(self) -> None:
        """Where each fact is certain: its mark says so, or presumptions do that rest on what is certain in turn."""
        marked = {fact: self.diagram.where(unknown_name(fact), (0,)) for fact in self._facts}
        filled = dict.fromkeys(
            fact for item in self.plan.presumptions for fact, values in item.fills if values[0] is not UNKNOWN
        )
        self._certain = marked
        while True:
            self._known.clear()
            more = {fact: marked[fact] | self._settled(fact) for fact in filled}
            if all(self._certain[fact] == points for fact, points in more.items()):
                return
            self._certain = {**self._certain, **more}

    def _settled(self, fact: str) -> Points:
        """Where presumptions that surely hold allow the fact one value only; of days and instants they say nothing."""
        if self.plan.facts[fact].dated:
            return self.diagram.nothing
        allowing = [
            (self.surely(item.condition), frozenset(values))
            for item in self.plan.presumptions
            for name, values in item.fills
            if name == fact and values[0] is not UNKNOWN
        ]
        named = dict.fromkeys(value for _, allowed in allowing for value in sorted(allowed, key=str))
        values = [*self._values(fact, named)]
        applying = self.diagram.any(where for where, _ in allowing)
        return applying & self.diagram.any(
            self.diagram.all(self._excluded(other, allowing) for other in values if other != value) for value in named
        )

    def _values(self, fact: str, named: Iterable[object]) -> Iterable[object]:
        """The values of a fact; of a number, those that presumptions name and any other."""
        return self.plan.facts[fact].domain or (*named, None)

    def _excluded(self, value: object, allowing: Iterable[tuple[Points, frozenset[object]]]) -> Points:
        return self.diagram.any(where for where, allowed in allowing if value not in allowed)

    # ----------------------------------------------------------------- what decisions demand

    def demanded(self, action: str) -> Points:
        """Where decisions demand the action."""
        return self._as_told.asked("duty", action)

    def _open(self, action: str) -> Points:
        """Where a clause that demands the action is neither sure to fire nor sure not to: its question is asked."""
        keys = {
            key
            for bound in self.meaning.norms("duty", action)
            for key in (*self.plan.firing_keys(bound.clause.id), *self._own(bound))
        }
        return self.diagram.any(
            ~self.surely(self._rules[key]) & ~self.surely(Not(self._rules[key])) for key in sorted(keys)
        )

    def _own(self, bound: Bound) -> Iterable[str]:
        key = norm_key(bound.clause.id, bound.index)
        own = () if bound.norm.condition == ALWAYS else (key,)
        return (*own, *(key + end for end in bound.norm.gates()))

    # ----------------------------------------------------------------- what must not be

    def silently_lost(self, action: str) -> Points:
        """Where the action will be demanded, is not as told, and no clause that demands it waits for an answer."""
        return self.meaning.asked("duty", action) & ~self.demanded(action) & ~self._open(action)

    def withheld(self, action: str) -> Points:
        """Where the action will be demanded whatever the unknown facts turn out to be, and is not as told."""
        return (
            self.meaning.asked("duty", action)
            & ~self.demanded(action)
            & ~self._some_time(self.meaning.drawing.possible & ~self.meaning.asked("duty", action))
        )

    def _some_time(self, points: Points) -> Points:
        """Where the unknown facts may turn out so that the incident is among these."""
        for fact in self._facts:
            points = (points & self._is_known(fact)) | (self.diagram.some(points, (fact,)) & ~self._is_known(fact))
        return points

    @cached_property
    def _facts(self) -> tuple[str, ...]:
        return tuple(self.meaning.drawing.space.scales)
