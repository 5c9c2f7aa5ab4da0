"""What a row states -> why it is refused, and its wide fact: what follows from what is stated, and defaults.

As `inference` does it: impossible combinations first, on what is stated; then presumptions in rounds, each round on
what the rounds before it filled in; then defaults.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plan_rules.columns import simple
from plan_rules.columns.conditions import Conditions
from plan_rules.columns.formula import FALSE, TRUE, Column, Constant, Formula, Type
from plan_rules.columns.notebook import Notebook
from plan_rules.columns.program import Rejection
from plan_rules.columns.stated import Stated, seen_type
from plan_rules.condition import InSituation, TierIs, leaves, mentioned
from plan_rules.fact import UNKNOWN, Fact, Unknown
from plan_rules.plan import Impossible, Plan, Presumption
from plan_rules.predicate import compiled


class Presumed:
    """The rejections and wide facts of a plan's rows under one choice of readings."""

    def __init__(
        self, plan: Plan, readings: Mapping[str, str], notebook: Notebook, stated: Mapping[str, Stated]
    ) -> None:
        self._plan = plan
        self._readings = readings
        self._notebook = notebook
        self._stated = stated
        self._instants = {fact: each.instant for fact, each in stated.items()}
        self._rules = tuple(enumerate(plan.presumptions))
        self._ever: dict[int, Formula] = {index: FALSE for index, _ in self._rules}  # where each was applied so far
        self._contradicting: list[tuple[str, Formula]] = []  # in the order in which they are found
        self._contradiction: Formula = Constant(None, Type.TEXT)
        self._reasons: list[tuple[str, Formula]] = []  # the others, in the order in which they are told
        self.rejections: list[Rejection] = []
        self._refused: Formula = FALSE
        self._seen: Mapping[str, Formula] = {fact: each.value for fact, each in stated.items()}
        self._misfits()
        self._impossible()
        self._presume()

    @property
    def accepted(self) -> Formula:
        """Is the row not refused?"""
        return self._notebook.define("accepted", simple.no(self._notebook.known(self.rejected)), "the row is accepted")

    @property
    def rejected(self) -> Formula:
        """The code of the first reason for which the row is refused; null where there is none."""
        reasons = (*self._reasons, *self._contradicting)
        first = simple.choice(((where, simple.constant(code)) for code, where in reasons), Constant(None, Type.TEXT))
        return self._notebook.define("rejected", first, "why the row is refused")

    def wide(self) -> dict[str, Formula]:
        """Each fact as conditions of clauses see it: null where it is unknown."""
        return {fact: self._wide(self._plan.facts[fact]) for fact in self._stated}

    def _wide(self, fact: Fact) -> Formula:
        stated = self._stated[fact.id]
        asked = [self._ever[index] for index, item in self._rules if (fact.id, (UNKNOWN,)) in item.fills]
        unknown = simple.some((stated.unknown, *(each for each in asked if each != FALSE)))
        nothing = Constant(None, seen_type(fact))
        usual: Formula = nothing
        if fact.dated and fact.default is not UNKNOWN:
            usual = Constant(fact.default is not None)
        elif not isinstance(fact.default, Unknown) and fact.default is not None:
            usual = simple.constant(fact.default)
        rest = simple.choice([(unknown, nothing)], usual)
        filled = self._notebook.default(self._seen[fact.id], rest)
        return self._notebook.define("fact", filled, f"fact {fact.id}")

    # ----------------------------------------------------------------- what is refused

    def _misfits(self) -> None:
        for fact, stated in self._stated.items():
            self._reasons.append((stated.code, stated.misfit))
            self._refuse(stated.code, fact, stated.misfit, f"{fact} has no such value")
        self._end()

    def _impossible(self) -> None:
        conditions = self._conditions()
        for item in self._plan.impossibles:
            if not item.warn:
                holds = simple.every((self._gate(item), self._notebook.sure(conditions.of(item.condition))))
                self._reasons.append((item.id, holds))
                self._refuse(item.id, "", holds, f"{item.id}: cannot be")
        self._end()

    def _contradictions(self) -> None:
        """Of presumptions that contradict what is stated, the first in the order in which they apply is told."""
        cases = [(where, simple.constant(code)) for code, where in self._contradicting]
        first = simple.choice(cases, self._contradiction)
        first = self._notebook.define("contradiction", first, "the first presumption that is contradicted")
        self._contradiction = first
        for code in dict.fromkeys(code for code, where in self._contradicting if where != FALSE):
            told = self._notebook.sure(simple.among(first, (code,), ()))
            self._refuse(code, "", told, f"{code}: contradicted by what is stated")
        self._end()

    def _refuse(self, code: str, fact: str, where: Formula, about: str) -> None:
        """Refuse these rows of those that nothing before it refused."""
        column = self._notebook.define("rejection", simple.every((where, simple.no(self._refused))), about)
        if isinstance(column, Column):
            self.rejections.append(Rejection(code, fact, column.name))

    def _end(self) -> None:
        found = simple.some(Column(each.column) for each in self.rejections)
        self._refused = self._notebook.define("refused", found, "refused so far")

    def _gate(self, item: Impossible | Presumption) -> Formula:
        """Only what something was stated about is tried; TRUE where it could not hold otherwise."""
        facts = item.facts if isinstance(item, Impossible) else mentioned(item.condition)
        whole = not any(isinstance(leaf, InSituation | TierIs) for leaf in leaves(item.condition))
        if whole and compiled(item.condition, self._plan, self._readings)({}) is not True:
            return TRUE
        return simple.some(self._stated[fact].anything for fact in facts)

    # ----------------------------------------------------------------- what follows

    def _conditions(self) -> Conditions:
        return Conditions(self._plan, self._readings, self._notebook, self._seen, self._instants)

    def _presume(self) -> None:
        """Round by round, until no presumption can follow from what the last round filled in."""
        waiting: Sequence[int] = [index for index, _ in self._rules]
        gates = {index: self._gate(item) for index, item in self._rules}
        for number in range(1, len(self._rules) + 1):
            applied = self._round(number, waiting, gates)
            filled = {fact for index in applied for fact in self._fills(index)}
            stirred = simple.some(stirs for _, stirs in applied.values())
            self._seen = {fact: self._filled(self._plan.facts[fact]) for fact in self._stated}
            if stirred == FALSE:
                break
            late = {index for index, gate in gates.items() if gate != TRUE}
            waiting = [i for i, item in self._rules if filled & self._about(item) or (number == 1 and i in late)]
            gates = {index: stirred if index in late else TRUE for index, _ in self._rules}
        self._contradictions()

    def _round(
        self, number: int, waiting: Sequence[int], gates: Mapping[int, Formula]
    ) -> dict[int, tuple[Formula, Formula]]:
        """Where each presumption is first applied in this round, and where that fills in what another names."""
        conditions, before = self._conditions(), dict(self._ever)
        applied: dict[int, tuple[Formula, Formula]] = {}
        for index in waiting:
            item = self._plan.presumptions[index]
            holds = self._notebook.sure(conditions.of(item.condition))
            where = simple.every((gates[index], holds, simple.no(before[index])))
            where = self._notebook.define("presumed", where, f"presumption {item.id}, round {number}")
            if where != FALSE:
                self._ever[index] = simple.some((before[index], where))
                self._contradicting.append((item.id, simple.every((where, self._contradicted(item)))))
                applied[index] = where, simple.every((where, simple.some(self._stirs(index))))
        return applied

    def _contradicted(self, item: Presumption) -> Formula:
        return simple.some(
            self._contradicts(self._plan.facts[fact], values) for fact, values in item.fills if values != (UNKNOWN,)
        )

    def _contradicts(self, fact: Fact, values: tuple[object, ...]) -> Formula:
        stated = self._stated[fact.id]
        allowed = tuple(value for value in values if isinstance(value, bool | int | str))
        if fact.dated:
            return self._notebook.sure(simple.no(simple.among(stated.value, allowed, (False, True))))
        own = self._notebook.sure(simple.no(self._is(fact, stated.value, allowed)))
        narrow = simple.every(simple.some(self._excluding(fact, value)) for value in allowed)
        return simple.some((own, simple.every((simple.no(self._notebook.known(stated.value)), narrow))))

    @staticmethod
    def _is(fact: Fact, value: Formula, values: tuple[bool | int | str, ...]) -> Formula:
        if fact.domain:
            return simple.among(value, values, fact.domain)
        return simple.some(simple.between(value, int(each), int(each)) for each in values)

    # ----------------------------------------------------------------- what is filled in

    def _filling(self, fact: Fact) -> Iterator[tuple[int, tuple[object, ...]]]:
        for index, item in self._rules:
            for name, values in item.fills:
                if name == fact.id and values != (UNKNOWN,) and not fact.dated:
                    yield index, values

    def _fillings(self, fact: Fact) -> tuple[object, ...]:
        return tuple(dict.fromkeys(value for _, values in self._filling(fact) for value in values))

    def _excluding(self, fact: Fact, value: object) -> Iterator[Formula]:
        return (self._ever[index] for index, values in self._filling(fact) if value not in values)

    def _allowing(self, fact: Fact, value: object) -> Iterator[Formula]:
        return (self._ever[index] for index, values in self._filling(fact) if value in values)

    def _filled(self, fact: Fact) -> Formula:
        """What is stated, or else the first value that everything applied so far leaves.

        What is stated to be unknown stays so while more than one is left.
        """
        stated = self._stated[fact.id]
        nothing = Constant(None, seen_type(fact))
        only, first = (simple.choice(self._left(fact, alone=alone), nothing) for alone in (True, False))
        told = simple.choice([(stated.unknown, only)], first)
        about = f"{fact.id}, stated or presumed"
        return self._notebook.define("presumed", self._notebook.default(stated.value, told), about)

    def _left(self, fact: Fact, *, alone: bool) -> Iterator[tuple[Formula, Formula]]:
        """Where everything applied so far, something at least, leaves this value (`alone`: and no other); and it."""
        domain: tuple[object, ...] = fact.domain or self._fillings(fact)
        for value in domain:
            if isinstance(value, bool | int | str):
                left = [simple.some(self._allowing(fact, value)), simple.no(simple.some(self._excluding(fact, value)))]
                if alone and fact.domain:
                    left += [simple.some(self._excluding(fact, other)) for other in domain if other != value]
                yield simple.every(left), simple.constant(value)

    def _about(self, item: Presumption) -> set[str]:
        """The facts that its condition is about, situations and tiers opened."""
        if any(isinstance(leaf, TierIs) for leaf in self._plan.leaves(item.condition)):
            return set(self._plan.facts)
        return {fact for leaf in self._plan.leaves(item.condition) for fact in mentioned(leaf)}

    def _fills(self, index: int) -> Iterator[str]:
        """The facts that it gives a value."""
        for fact, values in self._plan.presumptions[index].fills:
            if values != (UNKNOWN,) and not self._plan.facts[fact].dated:
                yield fact

    def _stirs(self, index: int) -> Iterator[Formula]:
        """Where it fills in something that some presumption names: what is not stated, or is settled by now."""
        named = {fact for _, other in self._rules for fact in mentioned(other.condition)}
        for name in self._fills(index):
            if name in named:
                fact, stated = self._plan.facts[name], self._stated[name]
                settled = simple.some(only for only, _ in self._left(fact, alone=True))
                open_ = simple.some((simple.no(stated.unknown), settled))
                yield simple.every((simple.no(self._notebook.known(stated.value)), open_))
