"""Every engine agrees on the plan that comes with the library: likely incidents, boundary incidents, every reading."""

from __future__ import annotations

from itertools import product
from random import Random
from typing import Any

import pytest

import plan_rules
from plan_rules.engines import ENGINES
from plan_rules.errors import FactsInvalid
from plan_rules.fact import Fact, Kind
from plan_rules.facts import fact_reader
from plan_rules.normal import Lowered, lower
from plan_rules.plan import Plan
from plan_rules.truth import Wide
from tests.conformance.plans import disagreements, lowered

MOMENTS = {Kind.DATE: "2025-05-20", Kind.DATETIME: "2025-05-20T09:30"}

fast_engine = pytest.mark.parametrize("name", [name for name in ENGINES if name != "reference"])


def _stated(fact: Fact, random: Random) -> Any:
    if fact.kind in MOMENTS:
        return MOMENTS[fact.kind]
    if fact.kind is Kind.INTEGER:
        return random.choice((fact.low, fact.high, random.randint(fact.low, min(fact.high, fact.low + 30))))
    return random.choice((*fact.domain, "unknown"))


def _incidents(plan: Plan, random: Random, count: int) -> list[Wide]:
    """Incidents that can be, as an engine sees them."""
    usable = [fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS]
    found: list[Wide] = []
    while len(found) < count:
        facts = random.sample(usable, random.randint(0, 20))
        try:
            found.append(fact_reader(plan).read({fact.id: _stated(fact, random) for fact in facts}).wide)
        except FactsInvalid:
            continue
    return found


def _boundaries(plan: Plan) -> list[Wide]:
    """From nothing known and from the defaults: each fact at each end of its range, and pairs of often used facts."""
    base = dict(fact_reader(plan).read({}).wide)
    ends = {fact.id: _ends(fact) for fact in plan.facts.values() if fact.kind is not Kind.READINGS}
    single = [{fact: value} for fact, values in ends.items() for value in values]
    often = sorted(ends, key=lambda fact: -len(lowered(plan).mentioned.get(fact, ())))[:8]
    pairs = [
        {first: one, second: other}
        for first, second in product(often, often)
        if first < second
        for one, other in product(ends[first], ends[second])
    ]
    without = [{name: value for name, value in base.items() if name != fact} for fact in base]
    return [{}, base, *single, *({**base, **change} for change in (*single, *pairs)), *without]


def _ends(fact: Fact) -> tuple[Any, ...]:
    if fact.kind is Kind.INTEGER:
        return (fact.low, fact.low + 1, fact.high - 1, fact.high)
    return fact.domain or (False, True)


def _every_reading(plan: Plan) -> list[Lowered]:
    """The plan under each option of each reading, the others as they stand."""
    chosen = plan.chosen()
    return [
        lower(plan, {**chosen, reading.id: option.id})
        for reading in plan.readings.values()
        for option in reading.options
    ]


@fast_engine
def test_engines_agree_on_incidents_of_the_shipped_plan(name: str) -> None:
    plan = plan_rules.load()
    assert not list(disagreements(name, lowered(plan), _incidents(plan, Random(1), 150)))


@fast_engine
def test_engines_agree_at_the_boundaries_of_the_shipped_plan(name: str) -> None:
    plan = plan_rules.load()
    assert not list(disagreements(name, lowered(plan), _boundaries(plan)))


@fast_engine
def test_engines_agree_under_every_reading_of_the_shipped_plan(name: str) -> None:
    plan = plan_rules.load()
    incidents = _incidents(plan, Random(2), 12)
    for normal in _every_reading(plan):
        assert not list(disagreements(name, normal, incidents))
