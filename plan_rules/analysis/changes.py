"""Two plans -> their Changes: what decisions say otherwise, on which incidents, with one that shows it.

Exact over every incident that both plans take: each thing that a decision can say holds on a set of incidents in the
old plan and on another in the new, and the difference is told as regions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from plan_rules.analysis.diagram import Cube, OverBudget, Points
from plan_rules.analysis.meaning import MODALITIES, Meaning, Outcome
from plan_rules.analysis.scales import Scale
from plan_rules.analysis.space import Drawing, Space
from plan_rules.analysis.witnesses import Disagreement
from plan_rules.deciding import decide
from plan_rules.decision import Decision, Duty, Permission, Prohibition
from plan_rules.errors import FactsInvalid, Message
from plan_rules.gates import PENDING
from plan_rules.plan import Plan

MOST_REGIONS = 6
_ONE_VALUE = ("deadline", "recipient", "step")  # aspects of which a demand has one at a time
_NONE = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """An incident on which two plans decide otherwise: the facts to state, and both decisions."""

    facts: Mapping[str, Any]
    old: Decision
    new: Decision

    def differs(self, outcome: Outcome) -> bool:
        """Do the decisions differ in what the outcome is about?"""
        return said(self.old, outcome) != said(self.new, outcome)


@dataclass(frozen=True, slots=True)
class Change:
    """Something that decisions say on some incidents under one plan only.

    `outcome` is gained by the new plan or lost by it; where a demand stays and a value of it changes, `before` is the
    value it had and `outcome.value` the one it has.  `regions` cover the incidents, `rest` of which lie beyond them;
    `count` of `total` incidents are concerned, `situations` of `all_situations` where each is counted once.
    """

    outcome: Outcome
    gained: bool
    regions: tuple[Cube, ...]
    count: int
    total: int
    situations: int
    all_situations: int
    rest: int
    shown: Shown | None
    protective: bool = False
    before: str | None = None


class Compared:
    """Two plans drawn in one space."""

    def __init__(self, old: Plan, new: Plan, budget: int) -> None:
        self.space = Space([old, new], budget)
        self.old, self.new = Meaning(Drawing(old, self.space)), Meaning(Drawing(new, self.space))
        self.diagram = self.space.diagram
        self.both: Points = self.old.drawing.possible & self.new.drawing.possible
        self.undecided: list[Outcome] = []

    def changes(self) -> Iterator[Change]:
        """Every change, in the order of the plans."""
        totals = self.space.counts(self.both)
        for outcome, gained, points, before in self._differences():
            try:
                if points & self.both != self.diagram.nothing:
                    yield self._change(outcome, gained, points & self.both, before, totals)
            except OverBudget:
                self.undecided.append(outcome)

    def _differences(self) -> Iterator[tuple[Outcome, bool, Points, str | None]]:
        before, after = self.old.outcomes(), self.new.outcomes()
        nothing = self.diagram.nothing
        for outcome in dict.fromkeys((*before, *after)):
            if outcome.aspect in _ONE_VALUE:
                continue
            was, now = before.get(outcome, nothing), after.get(outcome, nothing)
            if outcome.aspect:
                demand = outcome._replace(aspect="", value="")
                kept = before.get(demand, nothing) & after.get(demand, nothing)
                was, now = was & kept, now & kept
            yield outcome, False, was & ~now, None
            yield outcome, True, now & ~was, None
        for aspect in _ONE_VALUE:
            yield from self._other_values(aspect, before, after)

    def _other_values(
        self, aspect: str, before: Mapping[Outcome, Points], after: Mapping[Outcome, Points]
    ) -> Iterator[tuple[Outcome, bool, Points, str | None]]:
        nothing = self.diagram.nothing
        for kind in MODALITIES:
            for action in dict.fromkeys((*self.old.plan.actions, *self.new.plan.actions)):
                demand = Outcome(kind, action)
                kept = before.get(demand, nothing) & after.get(demand, nothing)
                if kept == nothing:
                    continue
                was = self._values(demand, aspect, before, kept)
                for value, now in self._values(demand, aspect, after, kept).items():
                    for old_value, then in was.items():
                        if old_value != value:
                            yield Outcome(kind, action, aspect, value), True, then & now, old_value

    def _values(self, demand: Outcome, aspect: str, where: Mapping[Outcome, Points], kept: Points) -> dict[str, Points]:
        """The values of an aspect and where a demand has each; the empty one where it has none."""
        found = {
            outcome.value: points & kept
            for outcome, points in where.items()
            if outcome.aspect == aspect and (outcome.kind, outcome.subject) == (demand.kind, demand.subject)
        }
        return {**found, _NONE: kept & ~self.diagram.any(found.values())}

    def _change(
        self, outcome: Outcome, gained: bool, points: Points, before: str | None, totals: tuple[int, int]
    ) -> Change:
        regions, rest = self.diagram.regions(points, self.both, MOST_REGIONS)
        count, situations = self.space.counts(points)
        actions = [plan.actions.get(outcome.subject) for plan in (self.old.plan, self.new.plan)]
        return Change(
            outcome=outcome,
            gained=gained,
            regions=tuple(regions),
            count=count,
            total=totals[0],
            situations=situations,
            all_situations=totals[1],
            rest=self.space.count(rest, plain=True),
            shown=self.shown(points, outcome),
            protective=outcome.kind == "duty" and any(action is not None and action.protective for action in actions),
            before=before,
        )

    # ----------------------------------------------------------------- an incident that shows it

    def shown(self, points: Points, outcome: Outcome) -> Shown | None:
        """The smallest incident of these, in as few words as show that the plans decide otherwise on it.

        None where decisions do not tell the difference by themselves: how a deputy is chosen, what is asked.
        """
        point = self.diagram.smallest(points)
        assert point is not None
        facts = self.old.drawing.incident(point, self.space.scales)
        found = self._decided(facts)
        if found is None:
            return None  # a fact that changed its type is stated in one way or the other
        if not found.differs(outcome):
            if outcome.aspect == "" and outcome.kind in ("tier", *MODALITIES):
                raise Disagreement(
                    Message(f"图与引擎对“{outcome}”的结论不同", f"the diagram and the engine disagree on {outcome}")
                )
            return None
        for fact in reversed(list(facts)):
            fewer = {name: value for name, value in facts.items() if name != fact}
            shorter = self._decided(fewer)
            if shorter and all(
                said(less, outcome) == said(more, outcome)
                for less, more in ((shorter.old, found.old), (shorter.new, found.new))
            ):
                facts, found = fewer, shorter
        return found

    def _decided(self, facts: Mapping[str, Any]) -> Shown | None:
        """Both decisions, where both plans take the facts."""
        plans = (self.old.plan, self.new.plan)
        known = ({name: value for name, value in facts.items() if name in plan.facts} for plan in plans)
        try:
            old, new = (decide(plan, stated) for plan, stated in zip(plans, known, strict=True))
        except FactsInvalid:
            return None
        return Shown(facts, old, new)


_ATTRIBUTES = {
    "role": "roles",
    "clause": "clauses",
    "recipient": "recipient",
    "deadline": "deadline",
    "own": "bearers",
    "defeasible": "defeasible",
    "step": "order",
    "status": "status",
    "instead": "instead",
    "choice": "bearers",
    "through": "bearers",
    "excepted": "bearers",
}


def said(decision: Decision, outcome: Outcome) -> object:
    """What the decision says of the thing that the outcome is about."""
    match outcome.kind:
        case "tier":
            return decision.tier is not None and decision.tier.id == outcome.subject
        case "notice":
            return any(notice.id == outcome.subject for notice in decision.notices)
        case "exclusion":
            return any(each.clause == outcome.subject for each in decision.exclusions)
        case "handoff":
            return any(each.plan == outcome.subject for each in decision.handoffs)
        case kind if kind in PENDING:
            return any(item.action == outcome.subject and item.status == outcome.kind for item in decision.pending)
        case "principle":
            stated = [each for each in decision.principles if each.id == outcome.subject]
            pairs = {f"{each.clause} > {name}" for each in stated for name in each.clauses}
            return outcome.value in pairs if outcome.aspect else bool(stated)
        case "question":
            return any(item.fact == outcome.subject for item in decision.undetermined)
        case "duty" | "prohibition" | "permission":
            items = demands(decision, outcome.kind)
            item = next((each for each in items if each.action == outcome.subject), None)
            return item is not None if not outcome.aspect else getattr(item, _ATTRIBUTES[outcome.aspect], None)
        case _:
            return None


def demands(decision: Decision, modality: str) -> tuple[Duty | Prohibition | Permission, ...]:
    """What a decision demands, forbids or allows."""
    match modality:
        case "duty":
            return decision.in_force
        case "prohibition":
            return decision.prohibitions
        case _:
            return decision.allowed


def places(cube: Cube, scales: Mapping[str, Scale]) -> dict[str, tuple[object, ...]]:
    """A cube as the values that its facts may have, numbers as intervals joined where they touch."""
    found: dict[str, tuple[object, ...]] = {}
    for name, taken in cube.items():
        if name not in scales:
            continue
        values: list[object] = []
        for place in taken:
            value = scales[name].values[place]
            last = values[-1] if values else None
            if isinstance(value, tuple) and isinstance(last, tuple) and last[1] + 1 == value[0]:
                values[-1] = (last[0], value[1])
            else:
                values.append(value)
        found[name] = tuple(values)
    return found
