"""What a clause may ask of an incident: a closed set of condition nodes over facts, tiers, readings, named conditions.

Nothing here evaluates anything: what it means for a condition to hold is in `truth`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

Scalar: TypeAlias = bool | int | str | None


@dataclass(frozen=True, slots=True)
class Is:
    """The fact (bool, enum, ordinal) has one of these values, kept in the order of its domain."""

    fact: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The integer fact lies in the closed interval; None is no bound."""

    fact: str
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Present:
    """The date or datetime fact has (or has not) a value: it has happened (or not)."""

    fact: str
    present: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """Both date or datetime facts have values and the first lies before the second (only in 不可能)."""

    fact: str
    than: str


@dataclass(frozen=True, slots=True)
class Unstated:
    """Nothing was stated about the fact, or it is unknown (only in 不可能)."""

    fact: str


@dataclass(frozen=True, slots=True)
class TierIs:
    """The incident's tier is one of these."""

    tiers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class InSituation:
    """The named condition (情形) holds."""

    situation: str


@dataclass(frozen=True, slots=True)
class UnderReading:
    """The reading chosen for an ambiguity is one of these options."""

    reading: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; an empty one is always true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; an empty one is never true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition: TypeAlias = (
    Is | Within | Present | Earlier | Unstated | TierIs | InSituation | UnderReading | All | AnyOf | Not
)


def leaves(condition: Condition) -> Iterator[Condition]:
    """The parts of a condition that have no parts, left to right."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield condition


def mentioned(condition: Condition) -> tuple[str, ...]:
    """The facts a condition names itself, once each."""
    found: dict[str, None] = {}
    for leaf in leaves(condition):
        match leaf:
            case Is(fact) | Within(fact) | Present(fact) | Unstated(fact):
                found[fact] = None
            case Earlier(fact, than):
                found[fact] = found[than] = None
            case _:
                pass
    return tuple(found)


ALWAYS = All(())
NEVER = AnyOf(())
