"""(Condition, plan, readings) -> a compiled function from values to true, false or undetermined.

The same meaning as `truth`, compiled once to closures, for what is asked about single conditions: impossible
combinations, presumptions, what an unknown fact blocks, whether a duty is done.  Values are those of a wide fact; for
two dates to be compared, their instants stand under `instant_key`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, assert_never

from plan_rules.condition import (
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.plan import Plan
from plan_rules.truth import tiers_condition

Predicate: TypeAlias = Callable[[Mapping[str, Any]], bool | None]


def instant_key(fact: str) -> str:
    """Where a mapping of values keeps the instant of a date or datetime fact."""
    return "=" + fact


def compiled(condition: Condition, plan: Plan, readings: Mapping[str, str]) -> Predicate:
    """The condition as a function."""
    match condition:
        case All(parts):
            return _all(*_split(parts, plan, readings))
        case AnyOf(parts):
            return _any(*_split(parts, plan, readings))
        case Not(part):
            return _not(compiled(part, plan, readings))
        case Is(fact, values):
            return lambda w: w[fact] in values if fact in w else None
        case Within(fact, low, high):
            return _within(fact, low, high)
        case Present(fact, present):
            return lambda w: w[fact] is present if fact in w else None
        case Earlier(fact, than):
            return _earlier(instant_key(fact), instant_key(than))
        case Unstated(fact):
            return lambda w: fact not in w
        case UnderReading(reading, options):
            holds = readings[reading] in options
            return lambda _: holds
        case InSituation(name):
            return compiled(plan.situations[name].condition, plan, readings)
        case TierIs(tiers):
            return compiled(tiers_condition(plan, tiers), plan, readings)
        case _:
            assert_never(condition)


def _not(inside: Predicate) -> Predicate:
    def negated(w: Mapping[str, Any]) -> bool | None:
        value = inside(w)
        return None if value is None else not value

    return negated


def _split(
    parts: tuple[Condition, ...], plan: Plan, readings: Mapping[str, str]
) -> tuple[list[tuple[str, tuple[Scalar, ...]]], list[Predicate]]:
    """The parts that ask one fact for some of its values, which need no function each, and the others."""
    asking = [part for part in parts if isinstance(part, Is)]
    others = [compiled(part, plan, readings) for part in parts if not isinstance(part, Is)]
    return [(part.fact, part.values) for part in asking], others


def _all(asking: list[tuple[str, tuple[Scalar, ...]]], others: list[Predicate]) -> Predicate:
    def every(w: Mapping[str, Any]) -> bool | None:
        result: bool | None = True
        for fact, values in asking:
            if fact not in w:
                result = None
            elif w[fact] not in values:
                return False
        for part in others:
            value = part(w)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return others[0] if not asking and len(others) == 1 else every


def _any(asking: list[tuple[str, tuple[Scalar, ...]]], others: list[Predicate]) -> Predicate:
    def some(w: Mapping[str, Any]) -> bool | None:
        result: bool | None = False
        for fact, values in asking:
            if fact not in w:
                result = None
            elif w[fact] in values:
                return True
        for part in others:
            value = part(w)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return others[0] if not asking and len(others) == 1 else some


def _within(fact: str, low: int | None, high: int | None) -> Predicate:
    def within(w: Mapping[str, Any]) -> bool | None:
        value = w.get(fact)
        return None if value is None else (low is None or low <= value) and (high is None or value <= high)

    return within


def _earlier(first: str, second: str) -> Predicate:
    def earlier(w: Mapping[str, Any]) -> bool | None:
        one, other = w.get(first), w.get(second)
        if one is None or other is None or type(one) is not type(other):
            return None
        return bool(one < other)

    return earlier
