"""A declared input (事实): its type, its values or bounds, its default, and the values that tell conditions apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any, assert_never

from plan_rules.condition import Condition, Scalar, Within
from plan_rules.errors import Span


class Kind(StrEnum):
    """What values a fact may take."""

    BOOL = "bool"  # True | False
    ENUM = "enum"  # one of `values`, unordered
    ORDINAL = "ordinal"  # one of `values`, from least to most
    INTEGER = "integer"  # low <= n <= high
    DATE = "date"  # a day, or null: it has not happened
    DATETIME = "datetime"  # an instant, or null: it has not happened
    READINGS = "readings"  # a mapping of reading id to option id


class Unknown(StrEnum):
    """The value of a fact that nobody knows yet (未知)."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True)
class Value:
    """One value of an enum or ordinal fact: its id in the API and its name in the plan."""

    id: str
    label: str


@dataclass(frozen=True)
class Fact:
    """A declared input.  `default` holds when nothing is stated; `confirm_by` are the roles whose judgement it is."""

    id: str
    label: str
    kind: Kind
    span: Span
    values: tuple[Value, ...] = ()
    low: int = 0
    high: int = 0
    default: Scalar | Unknown = None
    question: str = ""
    confirm_by: tuple[str, ...] = ()
    of_case: bool = False  # known from the case's history, not from the incident as it stands
    note: str = ""
    sensitive: bool = False  # its value is left out of what is exported
    worse: str = ""  # the direction in which the incident gets worse: "up", "down" or ""
    unit: str = ""  # what an integer counts, such as 人

    def measured(self, number: str) -> str:
        """A number of the fact, or a range, with what it counts."""
        return f"{number} {self.unit}" if self.unit else number

    @cached_property
    def dated(self) -> bool:
        """Does it say when something happened: a day or an instant?"""
        return self.kind in (Kind.DATE, Kind.DATETIME)

    @cached_property
    def domain(self) -> tuple[Scalar, ...]:
        """The finite values of a bool, enum or ordinal fact, in order; empty for the other kinds."""
        match self.kind:
            case Kind.BOOL:
                return (False, True)
            case Kind.ENUM | Kind.ORDINAL:
                return tuple(value.id for value in self.values)
            case Kind.INTEGER | Kind.DATE | Kind.DATETIME | Kind.READINGS:
                return ()
            case _:
                assert_never(self.kind)


def telling_values(fact: Fact, about: Iterable[Condition]) -> tuple[Any, ...]:
    """Values of a fact that meet every case these leaves tell apart; of a day or instant, whether it has come."""
    if fact.domain:
        return fact.domain
    if fact.kind is not Kind.INTEGER:
        return (False, True)
    edges = {fact.low, fact.high}
    for leaf in about:
        if isinstance(leaf, Within) and leaf.fact == fact.id:
            edges |= set() if leaf.low is None else {leaf.low - 1, leaf.low}
            edges |= set() if leaf.high is None else {leaf.high, leaf.high + 1}
    return tuple(sorted(edge for edge in edges if fact.low <= edge <= fact.high))
