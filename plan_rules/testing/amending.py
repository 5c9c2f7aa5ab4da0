"""Plan -> Amendments: the plan changed in one place, as an edit of its file might, each with what was done in words.

They are what tests of a plan ought to notice: change the plan, and something that is checked should fail.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from plan_rules.analysis.mutation import mutants
from plan_rules.errors import Message
from plan_rules.plan import Clause, Plan
from plan_rules.testing.chances import DIGIT, number_of

_DIGITS = 3
_NUMBERS: int = DIGIT**_DIGITS


@dataclass(frozen=True, slots=True, repr=False)
class Amendment:
    """A plan changed in one place: `before` and `plan` after it, and in `description` what was done.

    `about` is the id of the clause, section, situation or reading that was changed.
    """

    before: Plan
    plan: Plan
    about: str
    description: Message

    def __str__(self) -> str:
        return f"{self.about}: {self.description.zh} / {self.description.en}"

    def __repr__(self) -> str:  # not two whole plans
        return f"<Amendment {self}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would write out the fields


def amendments(plan: Plan) -> st.SearchStrategy[Amendment]:
    """The plan changed in one place, every one as likely as the other.

    A clause is dropped, a reading chosen otherwise, or one of the small mistakes made that `plan-rules cover` looks
    for: a part of a condition negated or left out, a number moved by one, a norm, a bearer or a time limit changed.
    Not every such change makes a difference to decisions.
    """
    every = _amendments(plan)  # picked by number: Hypothesis writes out what strategies are made of
    digits = st.tuples(*[st.integers(0, DIGIT - 1)] * _DIGITS)
    return digits.map(lambda picked: every[_fraction_of(len(every), picked)])


def _fraction_of(many: int, digits: Iterable[int]) -> int:
    """Which of so many the digits point to, when all numbers of so many digits are shared out among them."""
    return number_of(digits) * many // _NUMBERS


@lru_cache(maxsize=4)
def _amendments(plan: Plan) -> tuple[Amendment, ...]:
    mistakes = (Amendment(plan, mutant.plan, mutant.about, mutant.mistake) for mutant in mutants(plan))
    return (*_without_a_clause(plan), *_with_other_readings(plan), *mistakes)


def _without_a_clause(plan: Plan) -> Iterator[Amendment]:
    """The plan without one of its clauses, and without what others say of it."""
    for name in plan.clauses:
        rest = (clause for clause in plan.clauses.values() if clause.id != name)
        clauses = {clause.id: _forgetting(clause, name) for clause in rest}
        amended = replace(plan, digest=f"{plan.digest}?without={name}", clauses=clauses)
        yield Amendment(plan, amended, name, Message("删去本条", "the clause dropped"))


def _forgetting(clause: Clause, other: str) -> Clause:
    return replace(
        clause,
        exemptions=tuple(each for each in clause.exemptions if each.clause != other),
        serves=tuple(name for name in clause.serves if name != other),
        governs=tuple(name for name in clause.governs if name != other),
    )


def _with_other_readings(plan: Plan) -> Iterator[Amendment]:
    for reading in plan.readings.values():
        for option in reading.options:
            if option.id != reading.chosen:
                readings = {**plan.readings, reading.id: replace(reading, chosen=option.id)}
                amended = replace(plan, digest=f"{plan.digest}?{reading.id}={option.id}", readings=readings)
                yield Amendment(plan, amended, reading.id, Message(f"改用 {option.id}", f"{option.id} is chosen"))
