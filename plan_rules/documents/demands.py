"""Plan -> what is asked of each role in each tier, and exactly when: found over every incident, not by example."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.changes import places
from plan_rules.analysis.diagram import BUDGET, Cube, OutOfBudget, OverBudget, Points
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.space import Drawing, Space
from plan_rules.condition import mentioned
from plan_rules.documents.bearing import Bears, borne_by
from plan_rules.documents.sentence import fact_words
from plan_rules.norm import Norm, Term, TimeLimit
from plan_rules.plan import Plan
from plan_rules.urgency import urgency

_MOST_CUBES = 4
_STANDING = (Term.STANDING, Term.PERIODIC)


@dataclass(frozen=True, slots=True)
class Demand:
    """An action asked of a role in a tier, forbidden or allowed.  `when` is empty where it always is, in that tier.

    `norms` are those that ask for it, `clauses` theirs; `limit` is the most urgent time limit that lasts throughout.
    It is `proper` to the tier where no other tier asks for it.
    """

    modality: str
    action: str
    bears: Bears
    when: str
    norms: tuple[Norm, ...]
    clauses: tuple[str, ...]
    limit: TimeLimit | None
    proper: bool

    @property
    def at_once(self) -> bool:
        """Is it to be done immediately?"""
        return self.limit is not None and self.limit.term is Term.IMMEDIATE

    @property
    def place(self) -> tuple[bool, bool, bool, int, int, bool]:
        """Where it comes in the order of acting: at once first, then what is the tier's own, step by step."""
        steps = [norm.step for norm in self.norms if norm.step]
        first = min(steps, default=None)
        standing = self.limit is not None and self.limit.term in _STANDING
        stage, number = (first.stage, first.number) if first else (1, 1_000)
        return (not self.at_once, standing, not self.proper, stage, number, bool(self.when))


class Demands:
    """What a plan asks, tier by tier, as its readings stand.  Raises OutOfBudget."""

    def __init__(self, plan: Plan, budget: int = BUDGET) -> None:
        self.plan = plan
        try:
            self._meaning = Meaning(Drawing(plan, Space([plan], budget)))
            self._here = self._meaning.drawing.here
            self._tiers = {tier: self._meaning.tier(tier) & self._here for tier in plan.tiers}
        except OverBudget as over:
            raise OutOfBudget from over

    def tier_when(self, tier: str) -> str:
        """When an incident is of this tier."""
        return self._words(self._tiers[tier], self._here, ())

    def of(self, tier: str, role: str) -> tuple[Demand, ...]:
        """Everything asked of a role in a tier, in the order in which to act."""
        grouped: dict[tuple[str, str, Bears], list[Bound]] = {}
        for bound in self._meaning.bound:
            for bears in self._bearers[id(bound)]:
                if bears.role == role and _listed(bound) & self._tiers[tier] != self._nothing:
                    grouped.setdefault((bound.norm.modality, bound.norm.action, bears), []).append(bound)
        found = (self._demand(key, bounds, self._tiers[tier]) for key, bounds in grouped.items())
        return tuple(sorted(found, key=lambda demand: demand.place))

    @property
    def _nothing(self) -> Points:
        return self._meaning.diagram.nothing

    @cached_property
    def _bearers(self) -> dict[int, tuple[Bears, ...]]:
        return {id(bound): borne_by(bound.norm, self.plan) for bound in self._meaning.bound}

    def _demand(self, key: tuple[str, str, Bears], bounds: list[Bound], within: Points) -> Demand:
        modality, action, bears = key
        anywhere = self._meaning.diagram.any(_listed(bound) for bound in bounds) & self._here
        where = anywhere & within
        lasting = [bound for bound in bounds if _listed(bound) & within == where] or bounds
        named = [fact for bound in bounds for fact in self._named(bound)]
        return Demand(
            modality,
            action,
            bears,
            self._words(where, within, named),
            tuple(bound.norm for bound in bounds),
            tuple(dict.fromkeys(bound.clause.id for bound in bounds)),
            min((bound.norm.limit for bound in lasting if bound.norm.limit), key=urgency, default=None),
            anywhere & ~within == self._nothing,
        )

    def _named(self, bound: Bound) -> Iterator[str]:
        for condition in (bound.clause.condition, bound.norm.condition):
            yield from (fact for leaf in self.plan.leaves(condition) for fact in mentioned(leaf))

    # ----------------------------------------------------------------- when, in words

    def _words(self, points: Points, within: Points, named: Iterable[str]) -> str:
        cubes, rest = self._meaning.diagram.regions(points, within, _MOST_CUBES)
        needed = self._needed(cubes, points, frozenset(named)) if rest == self._nothing else cubes
        told = [self._cube(cube) for cube in needed]
        if "" in told:
            return ""
        more = ["其他情形(见手册)"] if rest != self._nothing else []
        return ", 或".join((*dict.fromkeys(told), *more))

    def _needed(self, cubes: list[Cube], points: Points, named: frozenset[str]) -> list[Cube]:
        """The regions without those that the others cover; those that the clauses do not speak of go first."""
        kept = list(cubes)
        for cube in sorted(cubes, key=lambda cube: {*cube} <= named):
            others = [each for each in kept if each is not cube]
            if others and points & ~self._meaning.diagram.any(map(self._meaning.diagram.cube, others)) == self._nothing:
                kept = others
        return kept

    def _cube(self, cube: Cube) -> str:
        resolved = self.plan.case.resolved_on
        said = []
        for name, values in places(cube, self._meaning.drawing.space.scales).items():
            if name == resolved:
                said += ["处理完以后"] if values == (True,) else []  # that it goes on is what a card is for
            elif not self._given(name, values):
                said.append(fact_words(self.plan.facts[name], values))
        return ", 且".join(said)

    def _given(self, name: str, values: tuple[object, ...]) -> bool:
        """Is it what the plan is about at all: its scope?"""
        return any(
            name == fact and values == (True,) for leaf in self.plan.leaves(self.plan.scope) for fact in mentioned(leaf)
        )


def _listed(bound: Bound) -> Points:
    """Where it is asked; what waits, where it is that too: the card says for what."""
    return bound.listed if bound.norm.waits else bound.where
