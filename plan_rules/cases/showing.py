"""(Plan, action) -> the facts that say it was done, broken, or taken over: what `完成`, `违反` and `顶岗` name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from plan_rules.condition import All, Condition, Is, Present, mentioned
from plan_rules.fact import Kind
from plan_rules.facts import Facts
from plan_rules.instants import written
from plan_rules.norm import Norm
from plan_rules.plan import Plan
from plan_rules.predicate import compiled


@lru_cache(maxsize=64)
def _by_action(plan: Plan) -> Mapping[tuple[str, str], tuple[Norm, ...]]:
    """The norms of a plan by modality and action; found once, since every event asks."""
    found: dict[tuple[str, str], tuple[Norm, ...]] = {}
    for clause in plan.clauses.values():
        for norm in clause.norms:
            key = (norm.modality, norm.action)
            found[key] = (*found.get(key, ()), norm)
    return found


def _norms(plan: Plan, modality: str, action: str) -> tuple[Norm, ...]:
    return _by_action(plan).get((modality, action), ())


def shown_done_by(plan: Plan, action: str, at: datetime) -> dict[str, Any]:
    """The facts that show the duty done at this instant; empty where the plan names none."""
    for norm in _norms(plan, "duty", action):
        if norm.done_by is not None:
            return _made_true(plan, norm.done_by, at)
    return {}


def shown_broken_by(plan: Plan, action: str) -> dict[str, Any]:
    """The facts that show the prohibition broken."""
    for norm in _norms(plan, "prohibition", action):
        if norm.broken_by is not None:
            return _made_true(plan, norm.broken_by, None)
    return {}


def standing_in(plan: Plan, role: str) -> dict[str, Any]:
    """The facts under which this role stands in (顶岗)."""
    for deputy in plan.deputies:
        if deputy.deputy == role:
            return _made_true(plan, deputy.condition, None)
    return {}


def _made_true(plan: Plan, condition: Condition, at: datetime | None) -> dict[str, Any]:
    """The facts that make a plain condition hold; empty where there is more than one way."""
    match condition:
        case Present(fact, True) if at is not None:
            day = plan.facts[fact].kind is Kind.DATE
            return {fact: at.date().isoformat() if day else written(at)}
        case Is(fact, (value,)):
            return {fact: value}
        case All(parts):
            return {name: value for part in parts for name, value in _made_true(plan, part, at).items()}
        case _:
            return {}


def is_shown_done(plan: Plan, action: str, facts: Facts) -> bool:
    """Do the facts show the duty done, whether or not it is still required?"""
    readings = facts.readings or plan.chosen()
    return any(
        compiled(norm.done_by, plan, readings)(facts.wide) is True
        for norm in _norms(plan, "duty", action)
        if norm.done_by is not None and all(readings[under.reading] in under.options for under in norm.under)
    )


def tells_when(plan: Plan, action: str) -> bool:
    """Does the fact that shows the duty done say when?"""
    return any(norm.done_on is not None for norm in _norms(plan, "duty", action))


def showing_what_is_due_from(plan: Plan, start: str) -> tuple[str, ...]:
    """The facts that show duties done whose clock this fact starts."""
    return tuple(
        dict.fromkeys(
            fact
            for clause in plan.clauses.values()
            for norm in clause.norms
            if norm.done_by is not None and norm.limit is not None and norm.limit.start == start
            for fact in mentioned(norm.done_by)
        )
    )
