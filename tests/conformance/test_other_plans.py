"""Plans of other houses: tiers that count down, ranges, limits by tier and by bearer, working groups; all views agree."""

from pathlib import Path
from random import Random

import pytest

import plan_rules as pr
from plan_rules.analysis import ask, cover, diff, missing, prove
from plan_rules.engines import ENGINES
from plan_rules.incident import json_schema
from plan_rules.plan import Plan
from plan_rules.scenarios import run
from plan_rules.truth import Wide
from tests.conformance.plans import disagreements, lowered, random_wide

DATA = Path(__file__).parents[1] / "data"
PLANS = {
    name: pr.loads((DATA / f"{name}_plan.yaml").read_text(encoding="utf-8"))
    for name in ("hall", "estate", "hospital", "order")
}

every_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)


@every_plan
@pytest.mark.parametrize("name", list(ENGINES))
def test_every_engine_fires_what_the_reference_fires(name: str, plan: Plan) -> None:
    random = Random(3)
    wides: list[Wide] = [random_wide(random, plan) for _ in range(200)]

    assert not list(disagreements(name, lowered(plan), wides))


@every_plan
def test_it_is_proved_without_an_error_each_witness_replayed(plan: Plan) -> None:
    assert [found.code for found in prove(plan) if found.severity == "error"] == []


@every_plan
def test_it_does_not_differ_from_itself(plan: Plan) -> None:
    assert not diff(plan, plan).changes


@every_plan
def test_what_is_asked_settles_the_tier(plan: Plan) -> None:
    facts: dict[str, object] = {}
    while (answer := ask(plan, facts)).next is not None and not answer.tier_settled:
        value = answer.next.choices[-1].value
        facts[answer.next.fact] = value[0] if isinstance(value, tuple) else value
    tier = pr.decide(plan, facts).tier

    assert answer.tiers == (tier.id if tier else None,)


@every_plan
def test_its_incidents_fit_its_schema_and_are_explained(plan: Plan) -> None:
    assert json_schema(plan)["properties"].keys() == plan.incident_model.model_fields.keys()
    decision = pr.decide(plan, {})
    assert {why.clause for why in pr.explain(plan, {}).why} == set(decision.fired)


@every_plan
def test_the_scenarios_written_for_it_pass_and_leave_no_mistake_untold(plan: Plan) -> None:
    written = [each.scenario for each in missing(cover(plan, ()))]

    assert written
    assert all(verdict.passed for verdict in run(plan, written))
    assert cover(plan, written).complete
    assert not [mutant for mutant in cover(plan, written).equivalent if "时限误写" in mutant.mistake.zh]
