"""(Plan, scenarios) -> Suite: the scenarios decided once, and whether they notice that a plan is not the one meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from plan_rules.analysis.mutation import Mutant
from plan_rules.assembly import Assembler, assembler
from plan_rules.condition import Condition
from plan_rules.deciding import moment
from plan_rules.engines import engine
from plan_rules.errors import CalendarUnknown, Message, ToldError
from plan_rules.facts import Facts, fact_reader
from plan_rules.normal import Lowered, lower
from plan_rules.plan import Plan, clause_of
from plan_rules.predicate import Predicate, compiled
from plan_rules.scenarios import Expected, Scenario, Step, compare, run_step
from plan_rules.scenarios.running import stated_facts


class ScenarioFails(ToldError):
    """A scenario fails on the plan itself: what it notices of other plans says nothing."""

    def __init__(self, scenario: str) -> None:
        self.scenario = scenario
        super().__init__(
            Message(f"场景“{scenario}”在预案上就不通过", f"scenario `{scenario}` fails on the plan itself")
        )


@dataclass(frozen=True, slots=True)
class Decided:
    """A step of a scenario: its facts as read, and the rules that hold of them."""

    scenario: str
    number: int
    expected: Expected
    facts: Facts
    at: datetime | None
    lowered: Lowered
    holding: frozenset[str]


class Suite:
    """The steps of some scenarios that the plan takes."""

    def __init__(self, plan: Plan, scenarios: Iterable[Scenario]) -> None:
        self.plan = plan
        self.rules = plan.rules()
        self.steps: list[Decided] = []
        self._last: tuple[object, Assembler | None] = (None, None)  # mutants come one after the other
        for scenario in scenarios:
            self.add(scenario)

    def add(self, scenario: Scenario) -> None:
        """Take in one more scenario.  Raises ScenarioFails."""
        for number, step in enumerate(scenario.steps):
            if run_step(self.plan, step).mismatches:
                raise ScenarioFails(scenario.id)
            if not step.expected.invalid:
                self.steps.append(self._decided(scenario.id, number, step))

    def _decided(self, scenario: str, number: int, step: Step) -> Decided:
        at = moment(step.at)
        facts = fact_reader(self.plan).read(stated_facts(step), at)
        lowered = lower(self.plan, facts.readings or self.plan.chosen())
        holding = engine("durable", lowered)(facts.wide)
        # What is unknown is asked of conditions as they are; that an answer is asked for is no part of the answer.
        return Decided(scenario, number, replace(step.expected, unknown_blocking=None), facts, at, lowered, holding)

    # ----------------------------------------------------------------- mutants

    def kills(self, mutant: Mutant, changed: Mapping[str, Condition | None]) -> Decided | None:
        """The first step that fails on the mutant.  `changed` are the rules that are not as in the plan, None gone."""
        tests: dict[tuple[object, str], Predicate] = {}
        for step in self.steps:
            holding = self._holding(mutant, changed, step, tests)
            if holding == step.holding and not mutant.in_norms and not self._other_tier(mutant):
                continue
            if self._fails(mutant, step, holding):
                return step
        return None

    def _other_tier(self, mutant: Mutant) -> bool:
        clause = self.plan.clauses.get(mutant.about)
        return clause is not None and mutant.plan.clauses[mutant.about].tier != clause.tier

    def _holding(
        self,
        mutant: Mutant,
        changed: Mapping[str, Condition | None],
        step: Decided,
        tests: dict[tuple[object, str], Predicate],
    ) -> frozenset[str]:
        holding = set(step.holding)
        for key, condition in changed.items():
            holding.discard(key)
            if condition is not None:
                known = (step.lowered.key, key)
                if known not in tests:
                    tests[known] = compiled(condition, mutant.plan, step.lowered.readings)
                if tests[known](step.facts.wide) is True:
                    holding.add(key)
        return frozenset(holding)

    def _fails(self, mutant: Mutant, step: Decided, holding: frozenset[str]) -> bool:
        if mutant.in_norms and not any(clause_of(key) == mutant.about for key in holding | step.holding):
            return False
        putting = assembler(step.lowered)
        if mutant.in_norms or self._other_tier(mutant):
            putting = self._amended(mutant, putting, step.lowered)
        try:
            decision = putting.decision(step.facts, holding, step.at)
        except CalendarUnknown:
            return True
        return any(True for _ in compare(step.expected, decision))

    def _amended(self, mutant: Mutant, putting: Assembler, lowered: Lowered) -> Assembler:
        known = (mutant.plan.digest, lowered.key)
        if self._last[0] != known:
            self._last = known, putting.amended(mutant.plan)
        return self._last[1] or putting
