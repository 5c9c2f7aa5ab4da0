"""A whole plan as columns: inputs, stages of named definitions, and the answers of each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plan_rules.columns.formula import Formula, Type

VALUE, UNKNOWN, NONE = "value", "unknown", "none"  # the parts of a fact that a table may have a column of


@dataclass(frozen=True, slots=True)
class Input:
    """A column of the caller's table.  It may be missing, and null in a row: nothing is stated.

    `part` is `value`: the fact's value (text for an option; a day or an instant for what happened); `unknown`: true
    where it is stated that nobody knows it, whatever its value; or `none`: true where it is stated that it has not
    happened, though it has no value.
    """

    name: str
    fact: str
    part: str
    type: Type


@dataclass(frozen=True, slots=True)
class Definition:
    """A column worked out of inputs and of definitions of earlier stages.  `about` says what it is, for people."""

    name: str
    formula: Formula
    type: Type
    about: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A reason why `decide` refuses a row: the code of its diagnostic, the fact it is about if it is about one.

    `column` names a definition that is true in the rows refused for it, else false.
    """

    code: str
    fact: str
    column: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that is said of a row, null in a row that is refused.

    `kind` is one of `rejected`, `tier`, `excluded`, `clause`, `duty`, `prohibition`, `permission`, `pending_duty`,
    `pending_permission`, `handoff`; `subject` the id of the clause, action or plan; `name` what its column is called.
    """

    name: str
    kind: str
    subject: str
    formula: Formula
    type: Type


@dataclass(frozen=True, slots=True)
class Program:
    """What is asked of a row by one plan under one choice of readings.

    A stage reads inputs and earlier stages only.  Every name is used once.
    """

    plan: str
    digest: str
    readings: Mapping[str, str]
    inputs: tuple[Input, ...]
    stages: tuple[tuple[Definition, ...], ...]
    answers: tuple[Answer, ...]
    rejections: tuple[Rejection, ...]

    def of_kind(self, kind: str) -> tuple[Answer, ...]:
        """The answers of a kind, in the plan's order."""
        return tuple(answer for answer in self.answers if answer.kind == kind)
