"""(Plan, some facts) -> Answer: what is certain already, what is still possible, and the question that settles most.

The tier comes first: what decides it is open until it is stated.  Of the rest only what has no default is open, as in a
decision.  Everything is exact over the incidents that the open facts leave.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from pydantic import BaseModel

from plan_rules.analysis.diagram import OutOfBudget, OverBudget, Points
from plan_rules.analysis.meaning import MODALITIES, Meaning, Outcome
from plan_rules.analysis.scales import Scale, reading_name
from plan_rules.analysis.space import Drawing, Space
from plan_rules.condition import TierIs
from plan_rules.fact import UNKNOWN
from plan_rules.facts import Facts, fact_reader
from plan_rules.inference import inference
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer to a question, and the tiers that are possible once it is given; None is no tier."""

    value: Any
    tiers: tuple[str | None, ...]

    @property
    def stated(self) -> Any:
        """The value to state for this answer: of a range any will do."""
        return self.value[0] if isinstance(self.value, tuple) else self.value


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask next, who is to judge it, and what each answer leads to.

    The value of a choice is a value of the fact, (low, high) of a number, or whether a day or instant has come.
    """

    fact: str
    text: str
    confirm_by: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of an incident of which some facts are stated.

    `tiers` are those still possible, None for no tier: one of them means it is settled.  `certain` outcomes are in
    every decision on what may turn out, `possible` ones in some.  `next` settles most; None when nothing open matters.
    `questions_to_tier` is how many more questions at most settle the tier.
    """

    tiers: tuple[str | None, ...]
    certain: tuple[Outcome, ...]
    possible: tuple[Outcome, ...]
    next: Question | None
    questions_to_tier: int

    @property
    def tier_settled(self) -> bool:
        """Is one tier left?"""
        return len(self.tiers) == 1


def ask(plan: Plan, facts: Mapping[str, Any] | BaseModel | None = None) -> Answer:
    """What these facts settle, and what to ask next.  Raises FactsInvalid where `decide` would, and OutOfBudget."""
    told = fact_reader(plan).read(facts or {})
    try:
        return _asker(plan).answer(told)
    except OverBudget as over:
        raise OutOfBudget from over


def tiers_left(plan: Plan, facts: Mapping[str, Any]) -> tuple[str | None, ...]:
    """The tiers that these facts leave possible, as `ask` gives them.  Raises FactsInvalid and OutOfBudget."""
    told = fact_reader(plan).read(facts)
    try:
        return _asker(plan).tiers_left(told)
    except OverBudget as over:
        raise OutOfBudget from over


@lru_cache(maxsize=16)
def _asker(plan: Plan) -> _Asker:
    return _Asker(plan)


class _Asker:
    """Answers for one plan, drawn once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._meaning = Meaning(Drawing(plan, Space([plan])))
        self._diagram = self._meaning.diagram
        self._scales: Mapping[str, Scale] = self._meaning.drawing.space.scales
        self._tiers: dict[str | None, Points] = {tier: self._meaning.tier(tier) for tier in plan.tiers}
        self._tiers[None] = ~self._diagram.any(self._tiers.values())

    def answer(self, told: Facts) -> Answer:
        deciding = self._settle_the_tier(told)
        open_ = self._left_open(told, deciding | self._said_of(deciding, told))
        here = self._incidents(told, open_)
        tiers = self._possible_tiers(here)
        if len(tiers) == 1:  # what only says something of the tier need not be asked any more
            open_ = self._left_open(told, deciding)
            here = self._incidents(told, open_)
        outcomes = [(outcome, where) for outcome, where in self._outcomes(here) if where != self._diagram.nothing]
        certain = tuple(outcome for outcome, where in outcomes if here & ~where == self._diagram.nothing)
        undecided = [(outcome, where) for outcome, where in outcomes if outcome not in certain]
        sought = list(self._tiers.values()) if len(tiers) > 1 else [where for _, where in undecided]
        fact = self._best(here, open_, sought)
        return Answer(
            tiers=tiers,
            certain=certain,
            possible=tuple(outcome for outcome, _ in undecided),
            next=self._question(fact, here) if fact else None,
            questions_to_tier=self._questions_to_tier(here, open_),
        )

    def tiers_left(self, told: Facts) -> tuple[str | None, ...]:
        """The tiers that are still possible."""
        deciding = self._settle_the_tier(told)
        return self._possible_tiers(
            self._incidents(told, self._left_open(told, deciding | self._said_of(deciding, told)))
        )

    def _outcomes(self, here: Points) -> Iterator[tuple[Outcome, Points]]:
        """Where among these incidents an action is demanded, forbidden or allowed.

        Each norm is cut to them before norms are joined: over all incidents, those of hundreds of clauses that have
        no fact in common would take more nodes than there are.
        """
        for modality in MODALITIES:
            for action in self._plan.actions:
                norms = self._meaning.norms(modality, action)
                yield Outcome(modality, action), self._diagram.any(norm.where & here for norm in norms)

    # ----------------------------------------------------------------- which incidents are meant

    def _left_open(self, told: Facts, sought: frozenset[str]) -> list[str]:
        """The facts that may still turn out either way, in the plan's order: unknown ones, and unstated ones sought."""
        return [
            name
            for name, scale in self._scales.items()
            if not scale.fact.of_case
            and (told.values[name] is UNKNOWN or (name in sought and told.source.get(name) != "stated"))
        ]

    def _settle_the_tier(self, told: Facts) -> frozenset[str]:
        """The facts that decide the tier; also whether the plan applies, where that is not so by default."""
        plan = self._plan
        chosen = self._chosen(told)
        deciding = {
            name
            for tier in plan.tiers
            for name in self._diagram.support(self._cut(self._meaning.drawing.holds(TierIs((tier,))), chosen))
        }
        applying = () if self._applies(told) else self._diagram.support(self._scope)
        return frozenset(name for name in (*(deciding - self._given), *applying) if name in self._scales)

    @cached_property
    def _scope(self) -> Points:
        return self._meaning.drawing.holds(self._plan.scope)

    @cached_property
    def _given(self) -> frozenset[str]:
        """The facts that are the same in every incident in scope, as that there is a complaint: nobody is asked."""
        return frozenset(
            name
            for name, scale in self._scales.items()
            for place in range(len(scale.values))
            if self._scope & ~self._diagram.where(name, (place,)) == self._diagram.nothing
        )

    def _said_of(self, deciding: Iterable[str], told: Facts) -> frozenset[str]:
        """The facts that 推定 and 不可能 tie to these."""
        inferring = inference(self._plan, told.readings or self._plan.chosen())
        return frozenset(other for name in deciding for other in inferring.linked(name) if other in self._scales)

    def _chosen(self, told: Facts) -> dict[str, int]:
        readings = told.readings or self._plan.chosen()
        return {
            name: options.index(readings[name.removeprefix(reading_name(""))])
            for name, options in self._meaning.drawing.space.readings.items()
        }

    def _cut(self, points: Points, chosen: Mapping[str, int]) -> Points:
        for name, option in chosen.items():
            points = self._diagram.at(points, name, option)
        return points

    def _incidents(self, told: Facts, open_: Iterable[str]) -> Points:
        """What may turn out: with what is stated and follows, and defaults where they can be.

        The plan is taken to apply where a decision on what is told would take it so.
        """
        left = {*open_}
        here = self._narrowed(told, [name for name in self._scales if name not in left])
        in_scope = here & self._scope
        return in_scope if self._applies(told) and in_scope != self._diagram.nothing else here

    def _applies(self, told: Facts) -> bool:
        """Does the plan apply to what is told, with defaults for the rest?"""
        return self._narrowed(told, list(self._scales)) & self._scope != self._diagram.nothing

    def _narrowed(self, told: Facts, fixed: list[str]) -> Points:
        """The incidents in which these facts are as told, or else by default where that can be.

        A day or instant that is presumed to have come, and of which nothing is told, has not: decisions take it so.
        """
        here = self._possible(told) & self._diagram.all(
            self._diagram.where(name, (option,)) for name, option in self._chosen(told).items()
        )
        for name in sorted(fixed, key=lambda each: each not in told.source):  # what is stated before what is presumed
            narrowed = here & self._diagram.where(name, (self._place(told, name),))
            here = here if narrowed == self._diagram.nothing else narrowed
        return here

    def _possible(self, told: Facts) -> Points:
        drawing = self._meaning.drawing
        return drawing.possible_but(told.warned) if told.warned else drawing.possible

    def _place(self, told: Facts, name: str) -> int:
        scale, value = self._scales[name], told.values[name]
        place = scale.place(value is not None if scale.fact.dated else value)
        return scale.usual if place is None else place

    # ----------------------------------------------------------------- which question settles most

    def _possible_tiers(self, here: Points) -> tuple[str | None, ...]:
        return tuple(tier for tier, where in self._tiers.items() if where & here != self._diagram.nothing)

    def _best(self, here: Points, open_: Iterable[str], sought: list[Points]) -> str | None:
        """The open fact whose answer leaves least in doubt (Gini impurity, exact); None where none helps."""
        doubt = self._doubt(here, sought)
        best, least = None, doubt
        for name in open_:
            expected = self._expected_doubt(here, name, sought)
            if expected < least:
                best, least = name, expected
        return best

    def _expected_doubt(self, here: Points, name: str, sought: list[Points]) -> Fraction:
        total = self._diagram.count(here, plain=True)
        return sum(
            (
                Fraction(self._diagram.count(part, plain=True), total) * self._doubt(part, sought)
                for part in self._parts(here, name)
            ),
            Fraction(0),
        )

    def _parts(self, here: Points, name: str) -> list[Points]:
        """The incidents apart by the value of a fact; values that cannot be are left out."""
        parts = (here & self._diagram.where(name, (place,)) for place in range(len(self._scales[name].values)))
        return [part for part in parts if part != self._diagram.nothing]

    def _doubt(self, here: Points, sought: list[Points]) -> Fraction:
        """How much is in doubt: of each thing sought, the chance that two incidents differ in it."""
        total = self._diagram.count(here, plain=True)
        doubt = Fraction(0)
        for where in sought:
            chance = Fraction(self._diagram.count(here & where, plain=True), total)
            doubt += chance * (1 - chance)
        return doubt

    def _questions_to_tier(self, here: Points, open_: list[str]) -> int:
        if len(self._possible_tiers(here)) <= 1:
            return 0
        fact = self._best(here, open_, list(self._tiers.values()))
        if fact is None:
            return 0
        return 1 + max(self._questions_to_tier(part, open_) for part in self._parts(here, fact))

    def _question(self, name: str, here: Points) -> Question:
        fact = self._scales[name].fact
        choices = []
        for place, value in enumerate(self._scales[name].values):
            part = here & self._diagram.where(name, (place,))
            if part != self._diagram.nothing:
                choices.append(Choice(value, self._possible_tiers(part)))
        return Question(name, fact.question, fact.confirm_by, tuple(choices))
