"""(Plan, scenarios) -> Reach: to what share of situations each clause applies, and the scenarios that try it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from plan_rules.analysis.diagram import BUDGET, OverBudget
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.space import Drawing, Space
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, run


@dataclass(frozen=True, slots=True)
class Reach:
    """For each clause: `fires` in so many of `situations`; of the scenarios that try it, how many pass.

    Situations are the incidents that some condition of the plan tells apart, as the readings stand.  `situations` is 0
    where the budget did not suffice to count.  `tried` maps a clause to (passed, all) of the scenarios that fire it.
    """

    situations: int
    fires: Mapping[str, int]
    tried: Mapping[str, tuple[int, int]]


def reach(plan: Plan, scenarios: Iterable[Scenario] = (), *, budget: int = BUDGET) -> Reach:
    """The reach of every clause.  Takes seconds for a large plan."""
    situations, fires = _fires(plan, budget)
    return Reach(situations, fires, _tried(plan, scenarios))


def _fires(plan: Plan, budget: int) -> tuple[int, dict[str, int]]:
    try:
        meaning = Meaning(Drawing(plan, Space([plan], budget)))
        drawing = meaning.drawing
        _, situations = drawing.counts
        return situations, {
            clause: drawing.space.counts(meaning.fires(clause) & drawing.here)[1] for clause in plan.clauses
        }
    except OverBudget:
        return 0, {}


def _tried(plan: Plan, scenarios: Iterable[Scenario]) -> dict[str, tuple[int, int]]:
    counted: dict[str, tuple[int, int]] = {}
    for verdict in run(plan, scenarios):
        for clause in {clause for step in verdict.steps for clause in step.fired}:
            passed, tried = counted.get(clause, (0, 0))
            counted[clause] = (passed + verdict.passed, tried + 1)
    return counted
