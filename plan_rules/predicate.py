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
            return _all([compiled(part, plan, readings) for part in parts])
        case AnyOf(parts):
            return _any([compiled(part, plan, readings) for part in parts])
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


def _all(parts: list[Predicate]) -> Predicate:
    def every(w: Mapping[str, Any]) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(w)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return parts[0] if len(parts) == 1 else every


def _any(parts: list[Predicate]) -> Predicate:
    def some(w: Mapping[str, Any]) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(w)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return parts[0] if len(parts) == 1 else some


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
