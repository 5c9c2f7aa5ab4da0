"""(Condition, wide fact) -> true, false or undetermined: what it means, in Kleene's sense, for a condition to hold.

This is the definition.  Conditions are read as they stand in the plan.  A wide fact maps fact ids to values; a date or
datetime fact is whether it has happened; an unknown fact is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias, assert_never

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

Wide: TypeAlias = Mapping[str, bool | int | str]


def truth(condition: Condition, wide: Wide, plan: Plan, readings: Mapping[str, str]) -> bool | None:
    """True, False, or None where an unknown fact leaves it open."""

    def of(part: Condition) -> bool | None:
        return truth(part, wide, plan, readings)

    match condition:
        case All(parts):
            return _all(of(part) for part in parts)
        case AnyOf(parts):
            return _not(_all(_not(of(part)) for part in parts))
        case Not(part):
            return _not(of(part))
        case Is(fact, values):
            return wide[fact] in values if fact in wide else None
        case Within(fact, low, high):
            value = wide.get(fact)
            return None if value is None else (low is None or low <= value) and (high is None or value <= high)  # type: ignore[operator]
        case Present(fact, present):
            return wide[fact] is present if fact in wide else None
        case UnderReading(reading, options):
            return readings[reading] in options
        case InSituation(name):
            return of(plan.situations[name].condition)
        case TierIs(tiers):
            return of(tiers_condition(plan, tiers))
        case Earlier() | Unstated():
            raise AssertionError("only 不可能 may compare dates or ask what was stated")
        case _:
            assert_never(condition)


def tier_condition(plan: Plan, tier: str) -> Condition:
    """When the incident has this tier: a clause assigns it and no clause assigns one that takes precedence."""
    return _run_condition(plan, (tier,))


def tiers_condition(plan: Plan, tiers: tuple[str, ...]) -> Condition:
    """When the incident has one of these tiers.

    Tiers next to each other are asked for together: which of them it is may be open though it is certain
    that it is one of them, as `at least II` is of an incident that is II and may be I.
    """
    order = sorted(plan.tiers, key=lambda tier: _precedence(plan, tier))
    runs: list[list[str]] = []
    for before, tier in zip((None, *order), order, strict=False):
        if tier in tiers:
            if before not in tiers:
                runs.append([])
            runs[-1].append(tier)
    return AnyOf(tuple(_run_condition(plan, tuple(run)) for run in runs))


def _run_condition(plan: Plan, run: tuple[str, ...]) -> Condition:
    """When the tier is one of these, which no other lies between."""
    top = max(_precedence(plan, tier) for tier in run)
    assigning = [(clause.tier, clause.condition) for clause in plan.clauses.values() if clause.tier]
    ours = AnyOf(tuple(condition for tier, condition in assigning if tier in run))
    return All((ours, *(Not(condition) for tier, condition in assigning if _precedence(plan, tier) > top)))


def _precedence(plan: Plan, tier: str) -> int:
    """The greater takes precedence."""
    return plan.tiers[tier].severity * (1 if plan.highest_tier else -1)


def _all(truths: Iterable[bool | None]) -> bool | None:
    seen = set(truths)
    return False if False in seen else None if None in seen else True


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value
