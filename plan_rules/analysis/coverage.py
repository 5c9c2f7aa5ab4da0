"""(Plan, scenarios) -> Coverage: what of the plan the scenarios try, and every mistake they would not notice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from plan_rules.analysis.diagram import BUDGET, OutOfBudget, OverBudget, Points
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.mutation import Mutant, mutants
from plan_rules.analysis.parts import own_condition, parts
from plan_rules.analysis.scales import conditions
from plan_rules.analysis.space import Drawing, Space
from plan_rules.analysis.suite import Suite
from plan_rules.condition import ALWAYS, NEVER, Condition, Within
from plan_rules.errors import Message
from plan_rules.phrases import condition_phrase
from plan_rules.plan import Plan, norm_key
from plan_rules.predicate import compiled
from plan_rules.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that scenarios have not tried: the incidents that would, with what else must be stated of them."""

    told: Message
    points: Points
    stated: Mapping[str, int]
    tried: Callable[[Suite], bool]


class Tally(NamedTuple):
    """How many of how many, and what is missing."""

    covered: int
    of: int
    missing: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no scenario notices, and the incidents at which one would."""

    mutant: Mutant
    telling: Points


@dataclass(frozen=True, slots=True)
class Coverage:
    """What scenarios cover of a plan.

    Of its mutants so many are `killed`; `survivors` are not, and `equivalent` ones decide every incident as the plan
    does, so that nothing could notice them.
    """

    plan: Plan
    steps: int
    clauses: Tally
    conditions: Tally
    boundaries: Tally
    exceptions: Tally
    killed: int
    equivalent: tuple[Mutant, ...]
    survivors: tuple[Survivor, ...]
    meaning: Meaning
    suite: Suite

    @property
    def complete(self) -> bool:
        """Would every mistake be noticed that can be?"""
        return not self.survivors

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Everything that no scenario has tried."""
        return (*self.clauses.missing, *self.conditions.missing, *self.boundaries.missing, *self.exceptions.missing)


def cover(plan: Plan, scenarios: Iterable[Scenario], *, budget: int = BUDGET) -> Coverage:
    """What the scenarios cover.

    Raises ScenarioFails where one does not pass on the plan itself, and OutOfBudget.
    """
    suite = Suite(plan, scenarios)
    try:
        return _covered(plan, suite, budget)
    except OverBudget as over:
        raise OutOfBudget from over


def _covered(plan: Plan, suite: Suite, budget: int) -> Coverage:
    meaning = Meaning(Drawing(plan, Space([plan], budget, finer=True)))
    killed, equivalent, survivors = _mutation(meaning, suite)
    return Coverage(
        plan=plan,
        steps=len(suite.steps),
        clauses=_tally(_clauses(meaning), suite),
        conditions=_tally(_conditions(meaning), suite),
        boundaries=_tally(_boundaries(meaning), suite),
        exceptions=_tally(_exceptions(meaning), suite),
        killed=killed,
        equivalent=tuple(equivalent),
        survivors=tuple(survivors),
        meaning=meaning,
        suite=suite,
    )


# --------------------------------------------------------------------------- mutants


def _mutation(meaning: Meaning, suite: Suite) -> tuple[int, list[Mutant], list[Survivor]]:
    before = observed(meaning)
    killed, equivalent, survivors = 0, [], []
    for mutant in mutants(meaning.plan):
        drawing = meaning.drawing.amended(mutant.plan, same_words=not mutant.in_words)
        telling = _telling(meaning, before, Meaning(drawing))
        if telling == meaning.diagram.nothing:
            equivalent.append(mutant)
        elif suite.kills(mutant, changed_rules(meaning, drawing, suite)) is not None:
            killed += 1
        else:
            survivors.append(Survivor(mutant, telling))
    return killed, equivalent, survivors


def observed(meaning: Meaning) -> dict[tuple[str, ...], Points]:
    """Everything that a scenario can tell of a decision, and where it is so."""
    plan = meaning.plan
    found: dict[tuple[str, ...], Points] = {("fires", clause): meaning.fires(clause) for clause in plan.clauses}
    found |= {("tier", tier): meaning.tier(tier) for tier in plan.tiers}
    for outcome, where in (*meaning.pending().items(), *meaning.demands(("role", "deadline", "own")).items()):
        found[outcome] = where
    return found


def _telling(meaning: Meaning, before: Mapping[tuple[str, ...], Points], mutated: Meaning) -> Points:
    """The incidents at which the mutant is seen not to be the plan."""
    after = observed(mutated)
    nothing = meaning.diagram.nothing
    differing = (
        before.get(key, nothing) ^ after.get(key, nothing)
        for key in dict.fromkeys((*before, *after))
        if before.get(key, nothing) != after.get(key, nothing)
    )
    return meaning.diagram.any(differing) & meaning.drawing.possible


def changed_rules(meaning: Meaning, drawing: Drawing, suite: Suite) -> dict[str, Condition | None]:
    """The rules of a mutant that are not those of the plan; None where one is gone."""
    rules = drawing.plan.rules()
    changed: dict[str, Condition | None] = {key: None for key in suite.rules if key not in rules}
    for key, condition in rules.items():
        was = suite.rules.get(key)
        if was is None or meaning.drawing.holds(was) != drawing.holds(condition):
            changed[key] = condition
    return changed


# --------------------------------------------------------------------------- clauses, parts, boundaries, exceptions


def _tally(gaps: Iterable[Gap], suite: Suite) -> Tally:
    every = list(gaps)
    missing = tuple(gap for gap in every if not gap.tried(suite))
    return Tally(len(every) - len(missing), len(every), missing)


def _clauses(meaning: Meaning) -> Iterator[Gap]:
    """Every clause that can fire does so in some scenario."""
    for clause in meaning.plan.clauses:
        points = meaning.fires(clause) & meaning.drawing.here
        if points != meaning.diagram.nothing:
            told = Message(f"条款“{clause}”没有触发过", f"clause `{clause}` never fires")
            yield Gap(told, points, {}, partial(_fired, frozenset(meaning.plan.firing_keys(clause))))


def _fired(keys: frozenset[str], suite: Suite) -> bool:
    return any(keys & step.holding for step in suite.steps)


def _conditions(meaning: Meaning) -> Iterator[Gap]:
    """Every part of a condition decides it both ways in some scenario (masking MC/DC), where it can."""
    plan, holds = meaning.plan, meaning.drawing.holds
    for owner, condition, around in _owned(meaning):
        for part in parts(condition):
            ends = part.replaced(ALWAYS), part.replaced(NEVER)
            decides = (holds(ends[0]) ^ holds(ends[1])) & around & meaning.drawing.here
            for value in (True, False):
                points = decides & (holds(part.node) if value else ~holds(part.node))
                if points != meaning.diagram.nothing:
                    zh, en = condition_phrase(part.node, plan), condition_phrase(part.node, plan, "en")
                    word = ("成立", "true") if value else ("不成立", "false")
                    told = Message(
                        f"“{owner}”的 {zh} {word[0]}时没有起过决定作用",
                        f"{en} of `{owner}` never decides it while {word[1]}",
                    )
                    yield Gap(told, points, {}, partial(_decided, ends, part.node, value))


def _owned(meaning: Meaning) -> Iterator[tuple[str, Condition, Points]]:
    """Conditions with what they belong to, and where they count."""
    plan, everything, holds = meaning.plan, meaning.diagram.everything, meaning.drawing.holds
    for clause in plan.clauses.values():
        own = own_condition(plan, clause)
        if own != ALWAYS:
            whole = own == clause.condition
            yield clause.id, own, everything if whole else holds(plan.sections[clause.section].condition)
        for index, norm in enumerate(clause.norms):
            if norm.condition != ALWAYS:
                yield norm_key(clause.id, index), norm.condition, holds(clause.condition)
    for situation in plan.situations.values():
        yield situation.name, situation.condition, everything


def _decided(ends: tuple[Condition, Condition], node: Condition, value: bool, suite: Suite) -> bool:
    """Does the part, with this value, decide its condition in some step?"""
    for step in suite.steps:
        readings, wide = step.lowered.readings, step.facts.wide
        told = {compiled(end, suite.plan, readings)(wide) for end in ends}
        if told == {True, False} and compiled(node, suite.plan, readings)(wide) is value:
            return True
    return False


def _boundaries(meaning: Meaning) -> Iterator[Gap]:
    """Both sides of every number that a condition names are in some scenario, where they can be."""
    plan, scales = meaning.plan, meaning.drawing.space.scales
    for fact, edges in _edges(plan).items():
        for edge in edges:
            place = scales[fact].place(edge)
            points = meaning.drawing.here & meaning.diagram.where(fact, () if place is None else (place,))
            if points != meaning.diagram.nothing:
                told = Message(f"{plan.facts[fact].label} 没有取过 {edge}", f"`{fact}` is never {edge}")
                yield Gap(told, points, {fact: edge}, partial(_taken, fact, edge))


def _taken(fact: str, edge: int, suite: Suite) -> bool:
    return any(step.facts.values.get(fact) == edge for step in suite.steps)


def _edges(plan: Plan) -> dict[str, list[int]]:
    """The numbers on both sides of every bound."""
    found: dict[str, set[int]] = {}
    for condition in conditions(plan):
        for leaf in plan.leaves(condition):
            if isinstance(leaf, Within):
                fact = plan.facts[leaf.fact]
                near = {leaf.low, leaf.low - 1} if leaf.low is not None else set()
                near |= {leaf.high, leaf.high + 1} if leaf.high is not None else set()
                found.setdefault(leaf.fact, set()).update(n for n in near if fact.low <= n <= fact.high)
    return {fact: sorted(numbers) for fact, numbers in found.items()}


def _exceptions(meaning: Meaning) -> Iterator[Gap]:
    """Every exception both takes something away in some scenario and leaves it in another, where it can."""
    for clause in meaning.plan.clauses.values():
        for exemption in clause.exemptions:
            base, active = meaning.fires(exemption.clause), meaning.active(clause.id)
            for takes in (True, False):
                points = base & (active if takes else ~active) & meaning.drawing.here
                if points != meaning.diagram.nothing:
                    word = ("适用", "applies") if takes else ("不适用", "does not apply")
                    told = Message(
                        f"没有过“{exemption.clause}”触发而例外“{clause.id}”{word[0]}的",
                        f"`{exemption.clause}` never fires while its exception `{clause.id}` {word[1]}",
                    )
                    yield Gap(told, points, {}, partial(_excepted, exemption.clause, clause.id, takes))


def _excepted(base: str, exception: str, takes: bool, suite: Suite) -> bool:
    keys = {*suite.plan.firing_keys(base)}, {*suite.plan.firing_keys(exception)}
    return any(bool(step.holding & keys[0]) and bool(step.holding & keys[1]) is takes for step in suite.steps)
