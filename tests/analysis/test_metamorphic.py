"""What is shown of a plan, and decided by it, does not hang on how the plan is written: order, names, detours."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from random import Random
from typing import Any, TypeAlias

import pytest

import plan_rules as pr
from plan_rules.analysis.proving import proof
from plan_rules.condition import ALWAYS, All, AnyOf, Condition, Not
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.plan import Clause, Plan
from tests.analysis.plans import dated, random_plan

SEEDS = range(600, 625 if os.environ.get("PLAN_RULES_SOAK") else 610)
Names: TypeAlias = Mapping[str, str]
Shown: TypeAlias = Counter[tuple[str, str, str, int | None]]
_PART = re.compile(r"([/+>#])")

PLANS = [
    pytest.param(pr.load, id="shipped", marks=pytest.mark.slow),
    *(pytest.param(lambda seed=seed: random_plan(seed), id=f"seed {seed}") for seed in SEEDS),
]
over_plans = pytest.mark.parametrize("made", PLANS)


# --------------------------------------------------------------------------- what is compared


@lru_cache(maxsize=4)
def _proof(plan: Plan) -> Any:
    return proof(plan)


def shown(plan: Plan, *, names: Names | None = None, without: Iterable[str] = ()) -> tuple[int, int, Shown]:
    """How many incidents there are, and of every claim its code, subject (renamed), verdict and count.

    A part of a condition is named by what it is a part of only: where it stands changes.
    """
    found = _proof(plan)
    results = [result for result in found.results if result.claim.code not in {*without}]
    return (
        found.total,
        found.situations,
        Counter(
            (r.claim.code, _subject(r.claim.code, r.claim.subject, names or {}), r.verdict, r.count) for r in results
        ),
    )


def _subject(code: str, subject: str, names: Names) -> str:
    if code == "PF002":
        subject = subject.rpartition("/")[0]
    if code == "PF004":
        return "+".join(sorted(names.get(each, each) for each in subject.split("+")))
    return "".join(names.get(each, each) for each in _PART.split(subject))


def decided(plan: Plan, facts: Mapping[str, Any]) -> tuple[Any, ...] | str:
    """What the plan asks of an incident: its tier, what must, must not and may be done, and by when."""
    try:
        decision = pr.decide(plan, facts)
    except pr.FactsInvalid as invalid:
        return type(invalid).__name__
    return (
        decision.tier,
        {(duty.action, duty.deadline and duty.deadline[1:3], duty.defeasible) for duty in decision.duties},
        {(prohibition.action, prohibition.defeasible) for prohibition in decision.prohibitions},
        {permission.action for permission in decision.permissions},
        {notice.id for notice in decision.notices},
    )


def incidents(plan: Plan, how_many: int = 20) -> list[dict[str, Any]]:
    """Facts at random, some of them unknown and some not stated."""
    random = Random(plan.digest)
    facts = [fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS]
    return [
        {fact.id: _value(random, fact) for fact in facts if random.random() < random.choice((0.2, 0.9))}
        for _ in range(how_many)
    ]


def _value(random: Random, fact: Fact) -> Any:
    if random.random() < 0.1:
        return UNKNOWN
    if fact.kind is Kind.INTEGER:
        return min(fact.high, max(fact.low, random.randint(0, 12)))
    day = date(2026, 1, 5) + timedelta(days=random.randint(0, 3))
    if fact.kind is Kind.DATE:
        return random.choice((None, day))
    if fact.kind is Kind.DATETIME:
        return random.choice((None, datetime(day.year, day.month, day.day, 9)))
    return random.choice(fact.domain)


def assert_same(plan: Plan, other: Plan, *, without: Iterable[str] = ()) -> None:
    """The two plans are shown to be the same, and decide the same."""
    assert other.digest != plan.digest
    assert shown(other, without=without) == shown(plan, without=without)
    for facts in incidents(plan):
        assert decided(other, facts) == decided(plan, facts)


# --------------------------------------------------------------------------- order


@over_plans
def test_the_order_of_clauses_changes_nothing_but_which_of_several_is_kept(made: Callable[[], Plan]) -> None:
    plan = made()
    clauses = list(plan.clauses.values())
    Random(plan.digest).shuffle(clauses)

    assert_same(plan, dated(replace(plan, clauses={clause.id: clause for clause in clauses})), without=("PF011",))


@over_plans
def test_the_order_within_conditions_changes_nothing(made: Callable[[], Plan]) -> None:
    plan = made()

    assert_same(plan, _everywhere(plan, _reversed))


def _reversed(condition: Condition) -> Condition:
    match condition:
        case All(parts):
            return All(tuple(map(_reversed, reversed(parts))))
        case AnyOf(parts):
            return AnyOf(tuple(map(_reversed, reversed(parts))))
        case Not(part):
            return Not(_reversed(part))
        case _:
            return condition


@over_plans
def test_saying_twice_that_it_is_not_so_changes_nothing(made: Callable[[], Plan]) -> None:
    plan = made()

    assert_same(plan, _everywhere(plan, lambda condition: condition if condition == ALWAYS else Not(Not(condition))))


def _everywhere(plan: Plan, by: Callable[[Condition], Condition]) -> Plan:
    """The plan with every condition rewritten; a clause's stays that of its section and its own."""

    def whole(clause: Clause) -> Condition:
        section = plan.sections.get(clause.section)
        match clause.condition:
            case All((around, own)) if section and around == section.condition:
                return All((by(around), by(own)))
            case AnyOf(parts) if clause.serves and len(parts) == len(clause.serves):
                return AnyOf(tuple(whole(plan.clauses[name]) for name in clause.serves))
            case condition:
                return by(condition)

    def rewritten(clause: Clause) -> Clause:
        norms = tuple(replace(norm, condition=by(norm.condition)) for norm in clause.norms)
        return replace(clause, condition=whole(clause), norms=norms)

    def each(items: Iterable[Any]) -> tuple[Any, ...]:
        return tuple(replace(item, condition=by(item.condition)) for item in items)

    return dated(
        replace(
            plan,
            clauses={name: rewritten(clause) for name, clause in plan.clauses.items()},
            situations=dict(zip(plan.situations, each(plan.situations.values()), strict=True)),
            sections=dict(zip(plan.sections, each(plan.sections.values()), strict=True)),
            presumptions=each(plan.presumptions),
            impossibles=each(plan.impossibles),
            notices=each(plan.notices),
            invariants=each(plan.invariants),
            scope=by(plan.scope),
        )
    )


# --------------------------------------------------------------------------- names


@over_plans
def test_other_names_for_facts_actions_and_clauses_change_nothing_else(made: Callable[[], Plan]) -> None:
    plan = made()
    names = _new_names(plan)
    other = dated(_renamed(plan, names))

    assert [*other.facts] == [names.get(fact, fact) for fact in plan.facts]
    assert shown(other) == shown(plan, names=names)
    for facts in incidents(plan):
        there = decided(other, {names.get(fact, fact): value for fact, value in facts.items()})
        assert there == _renamed(decided(plan, facts), names)


def _new_names(plan: Plan) -> Names:
    """New names for what has a name of its own: not for one that something else has too."""
    taken = {
        *plan.roles,
        *plan.parties,
        *plan.tiers,
        *plan.sections,
        *plan.situations,
        *plan.readings,
        *plan.principles,
    }
    taken |= {str(value) for fact in plan.facts.values() for value in fact.domain}
    taken |= {option.id for reading in plan.readings.values() for option in reading.options}
    ids = {name for name in (*plan.facts, *plan.actions, *plan.clauses) if name not in taken}
    return {name: f"n{number}·{name}" for number, name in enumerate(sorted(ids))}


def _renamed(thing: Any, names: Names) -> Any:
    """The same with every name, wherever it stands, replaced; a notice of advice is named by clause and action."""
    if isinstance(thing, Enum) or thing is None or isinstance(thing, bool | int | date):
        return thing
    if isinstance(thing, str):
        clause, _, action = thing.partition(":")
        return f"{names[clause]}:{names[action]}" if {clause, action} <= names.keys() else names.get(thing, thing)
    if is_dataclass(thing):
        changed = {field.name: _renamed(getattr(thing, field.name), names) for field in fields(thing)}
        return type(thing)(**changed)  # type: ignore[arg-type]
    if isinstance(thing, Mapping):
        return {_renamed(key, names): _renamed(value, names) for key, value in thing.items()}
    if hasattr(thing, "_fields"):
        return type(thing)(*(_renamed(part, names) for part in thing))
    return type(thing)(_renamed(part, names) for part in thing)


# --------------------------------------------------------------------------- one clause or two


@over_plans
def test_a_clause_for_either_of_two_cases_is_as_good_as_two_clauses(made: Callable[[], Plan]) -> None:
    plan = made()
    cut = [clause for clause in plan.clauses.values() if _can_be_cut(plan, clause)]
    if not cut:
        pytest.skip("no clause of this plan is for either of two cases")
    clause = cut[0]
    without = ("PF002", "PF011", "PF015")  # the parts, what is said twice, and the clauses cited are others

    one, other = _about_others(_cut(plan, clause), clause.id, without), _about_others(plan, clause.id, without)
    assert one == other
    for facts in incidents(plan):
        assert _besides_advice(decided(_cut(plan, clause), facts)) == _besides_advice(decided(plan, facts))


def _can_be_cut(plan: Plan, clause: Clause) -> bool:
    """Is it for either of some cases, and not spoken of by another?"""
    spoken_of = any(
        clause.id in (*other.serves, *other.governs, *(exemption.clause for exemption in other.exemptions))
        for other in plan.clauses.values()
    )
    own = _split_condition(plan, clause)[1]
    return isinstance(own, AnyOf) and len(own.parts) > 1 and not spoken_of and not clause.serves and bool(clause.norms)


def _split_condition(plan: Plan, clause: Clause) -> tuple[Condition, Condition]:
    section = plan.sections.get(clause.section)
    match clause.condition:
        case All((around, own)) if section and around == section.condition:
            return around, own
        case condition:
            return ALWAYS, condition


def _cut(plan: Plan, clause: Clause) -> Plan:
    around, own = _split_condition(plan, clause)
    assert isinstance(own, AnyOf)
    halves = own.parts[0], AnyOf(own.parts[1:])
    clauses: dict[str, Clause] = {}
    for name, each in plan.clauses.items():
        cut = [replace(each, id=f"{name}~{n}", condition=All((around, half))) for n, half in enumerate(halves)]
        clauses |= {part.id: part for part in cut} if name == clause.id else {name: each}
    return dated(replace(plan, clauses=clauses))


def _about_others(plan: Plan, clause: str, without: Iterable[str]) -> tuple[int, int, Shown]:
    """What is shown, apart from claims about the clause or one of its halves."""
    total, situations, found = shown(plan, without=without)
    halves = {clause, f"{clause}~0", f"{clause}~1"}
    return total, situations, Counter({key: n for key, n in found.items() if not halves & {*_PART.split(key[1])}})


def _besides_advice(decision: tuple[Any, ...] | str) -> Any:
    return decision[:-1]  # advice is named by the clause that gives it
