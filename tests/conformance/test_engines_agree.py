"""Every engine gives the answers of the reference; an engine added to ENGINES is held to it at once."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plan_rules import engines
from plan_rules.engines import ENGINES, EngineUnknown, engine
from plan_rules.errors import PlanRulesError
from plan_rules.normal import Lowered
from plan_rules.plan import Plan
from plan_rules.truth import Wide, truth
from tests.conformance.plans import disagreements, lowered, plans, random_plan, random_wide, seeds

DRAWN = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
# A large plan says no more when its seed is smaller, so nothing is shrunk.
LARGE = settings(DRAWN, max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])

every_engine = pytest.mark.parametrize("name", list(ENGINES))


@every_engine
@DRAWN
@given(plan=plans(), random=st.randoms(use_true_random=False))
def test_every_engine_fires_what_the_reference_fires(name: str, plan: Plan, random: Random) -> None:
    wides: list[Wide] = [random_wide(random, plan) for _ in range(12)]
    assert not list(disagreements(name, lowered(plan), wides))


@every_engine
@LARGE
@given(random=seeds())
def test_every_engine_agrees_on_plans_of_hundreds_of_clauses(name: str, random: Random) -> None:
    plan = random_plan(random, clauses=random.choice((60, 400)), facts=random.choice((15, 60, 200)))
    wides: list[Wide] = [random_wide(random, plan) for _ in range(20)]
    assert not list(disagreements(name, lowered(plan), wides))


@every_engine
@pytest.mark.parametrize("clauses", [25, 250, 2500])
def test_every_engine_takes_plans_of_any_size_and_agrees(name: str, clauses: int) -> None:
    random = Random(clauses)
    plan = random_plan(random, clauses, facts=60)
    assert not list(disagreements(name, lowered(plan), [random_wide(random, plan) for _ in range(10)]))


@every_engine
def test_nothing_known_fires_only_what_always_holds(name: str) -> None:
    plan = lowered(random_plan(Random(7), 60, 20))
    assert engine(name, plan)({}) == engine("reference", plan)({})


@DRAWN
@given(plan=plans(), random=st.randoms(use_true_random=False))
def test_a_normal_form_is_true_exactly_where_its_source_is(plan: Plan, random: Random) -> None:
    normal = lowered(plan)
    for wide in [random_wide(random, plan) for _ in range(12)]:
        for key, source in plan.rules().items():
            is_true = truth(source, wide, plan, normal.readings) is True
            assert is_true == (truth(normal.conditions[key], wide, plan, normal.readings) is True), (key, wide)


def test_an_unknown_engine_is_named_with_those_that_exist() -> None:
    with pytest.raises(EngineUnknown, match=r"没有名为 'drools' 的引擎.*durable, reference, generated") as caught:
        engine("drools", lowered(random_plan(Random(1), 1, 1)))
    assert isinstance(caught.value, PlanRulesError)
    assert isinstance(caught.value, ValueError)


# --------------------------------------------------------------------------- the check itself


def _forgets_a_clause(right: frozenset[str], wide: Wide) -> frozenset[str]:
    return frozenset(sorted(right)[1:])


def _remembers_a_clause(right: frozenset[str], wide: Wide) -> frozenset[str]:
    return right | {"0.条"}


def _forgets_what_is_unknown(right: frozenset[str], wide: Wide) -> frozenset[str]:
    return right if len(wide) > 3 else frozenset()


@pytest.mark.parametrize("broken", [_forgets_a_clause, _remembers_a_clause, _forgets_what_is_unknown])
def test_a_wrong_engine_turns_this_suite_red(
    broken: Callable[[frozenset[str], Wide], frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(name: str, plan: Lowered) -> Callable[[Wide], frozenset[str]]:
        right = engine("reference", plan)
        return right if name == "reference" else lambda wide: broken(right(wide), wide)

    random = Random(11)
    plan = random_plan(random, 25, 12)
    wides: list[Wide] = [random_wide(random, plan) for _ in range(40)]
    assert not list(disagreements("generated", lowered(plan), wides))
    monkeypatch.setattr("tests.conformance.plans.engine", build)
    assert list(disagreements("wrong", lowered(plan), wides))
    assert "wrong" not in engines.ENGINES
