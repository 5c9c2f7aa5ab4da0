"""A value of one row, said with columns: a closed set of nodes, each of which SQL, data frames and JSON Logic can say.

Values are true, false, text, integers, days and instants; null is *not known*.  Logic is Kleene's, as SQL's is: an
`And` is false where a part is false, else null where one is null.  What each node means is in `evaluation`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, TypeVar, assert_never

T = TypeVar("T")


class Type(StrEnum):
    """What a column holds, besides null."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    TEXT = "text"
    DATE = "date"
    INSTANT = "instant"  # local time without an offset, in whole seconds


Value: TypeAlias = bool | int | str


@dataclass(frozen=True, slots=True)
class Constant:
    """Always this value; a null has a type too."""

    value: Value | None
    type: Type = Type.BOOLEAN


@dataclass(frozen=True, slots=True)
class Column:
    """The value of an input, or of a definition of an earlier stage."""

    name: str


@dataclass(frozen=True, slots=True)
class Among:
    """Text or a boolean is one of these values; null where it is null."""

    part: Formula
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """An integer lies in the closed interval, of which an end may be open (None); null where it is null."""

    part: Formula
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Known:
    """It is not null: true or false, never null."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Earlier:
    """The first day (instant) lies before the second; null where either is null."""

    part: Formula
    than: Formula


@dataclass(frozen=True, slots=True)
class And:
    """Every part, of two or more, is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Some part, of two or more, is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false."""

    part: Formula


@dataclass(frozen=True, slots=True)
class Default:
    """The part; the other where it is null."""

    part: Formula
    otherwise: Formula


@dataclass(frozen=True, slots=True)
class Choice:
    """The value beside the first condition that is true (null is not); without one, `otherwise`."""

    cases: tuple[tuple[Formula, Formula], ...]
    otherwise: Formula


Formula: TypeAlias = Constant | Column | Among | Between | Known | Earlier | And | Or | Not | Default | Choice

TRUE = Constant(True)
FALSE = Constant(False)
OPEN = Constant(None)


def parts_of(formula: Formula) -> tuple[Formula, ...]:
    """What a formula is made of, left to right."""
    match formula:
        case Constant() | Column():
            return ()
        case Among(part) | Between(part) | Known(part) | Not(part):
            return (part,)
        case Earlier(part, than):
            return (part, than)
        case And(parts) | Or(parts):
            return parts
        case Default(part, otherwise):
            return (part, otherwise)
        case Choice(cases, otherwise):
            return (*(each for case in cases for each in case), otherwise)
        case _:
            assert_never(formula)


def with_parts(formula: Formula, parts: tuple[Formula, ...]) -> Formula:
    """The same node made of other parts, as many, in the order of `parts_of`."""
    match formula:
        case Constant() | Column():
            return formula
        case Among(_, values):
            return Among(parts[0], values)
        case Between(_, low, high):
            return Between(parts[0], low, high)
        case Known():
            return Known(parts[0])
        case Not():
            return Not(parts[0])
        case Earlier():
            return Earlier(parts[0], parts[1])
        case And():
            return And(parts)
        case Or():
            return Or(parts)
        case Default():
            return Default(parts[0], parts[1])
        case Choice():
            pairs = iter(parts[:-1])
            return Choice(tuple(zip(pairs, pairs, strict=True)), parts[-1])
        case _:
            assert_never(formula)


def columns_of(formula: Formula) -> Iterator[str]:
    """The columns a formula reads, left to right, as often as it does."""
    if isinstance(formula, Column):
        yield formula.name
    for part in parts_of(formula):
        yield from columns_of(part)


def balanced(parts: Sequence[T], joined: Callable[[T, T], T]) -> T:
    """All parts, as a backend has them, joined two by two: of hundreds in a chain, some nest too deeply."""
    while len(parts) > 1:
        pairs = zip(parts[::2], parts[1::2], strict=False)
        parts = [*(joined(one, other) for one, other in pairs), *(parts[-1:] if len(parts) % 2 else ())]
    return parts[0]
