"""The triage page decides as the engine does: its JavaScript, run in node, against `plan_rules.decide`."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.documents.triage import triage_page
from plan_rules.documents.triage.lowering import lowered_object
from plan_rules.scenarios import read_scenarios
from plan_rules.scenarios.running import stated_facts
from plan_rules.testing import strategies

ROOT = Path(__file__).parents[2]
NODE = shutil.which("node")
PLAN = pr.load()
SMALL = pr.load(ROOT / "tests" / "data" / "small_plan.yaml")
RUN = """
const { evaluator } = require(process.argv[1]);
let given = "";
process.stdin.on("data", (chunk) => { given += chunk; }).on("end", () => {
  for (const { plan, incidents } of JSON.parse(given)) {
    const { decide, Contradiction } = evaluator(plan);
    for (const facts of incidents) {
      let said;
      try { said = decide(facts); } catch (refused) {
        if (!(refused instanceof Contradiction)) throw refused;
        said = { refused: refused.id };
      }
      console.log(JSON.stringify(said));
    }
  }
});
"""
needs_node = pytest.mark.skipif(NODE is None, reason="node is not installed: the page's script cannot be run")
DRAWN = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime | time) else value for name, value in facts.items()
    }


@lru_cache(maxsize=4)
def lowered_once(plan: pr.Plan) -> dict[str, Any]:
    return lowered_object(plan)


def by_script(plan: pr.Plan, incidents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    script = ROOT / "plan_rules" / "documents" / "triage" / "evaluator.js"
    given_ = json.dumps([{"plan": lowered_once(plan), "incidents": incidents}])
    done = subprocess.run([str(NODE), "-e", RUN, str(script)], input=given_, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_engine(plan: pr.Plan, facts: dict[str, Any]) -> dict[str, Any]:
    try:
        decision = pr.decide(plan, facts)
    except pr.FactsInvalid as refused:
        return {"refused": sorted(found.code for found in refused.diagnostics)}
    return {
        "tier": decision.tier.id if decision.tier else None,
        "duties": [
            # The page counts no calendar, so a duty done late is one that is done.
            (duty.action, list(duty.roles), duty.recipient, duty.deadline.text if duty.deadline else None, duty.order,
             "done" if duty.status == "late" else duty.status, list(duty.clauses), duty.defeasible, people(duty), waits(duty))
            for duty in decision.duties
        ],
        "prohibitions": [
            (each.action, list(each.roles), list(each.clauses), each.defeasible, list(each.instead), people(each), approval(each))
            for each in decision.prohibitions
        ],
        "broken": [each.action for each in decision.violations if each.kind == "done"],
        "permissions": [
            (each.action, list(each.roles), list(each.clauses), each.status, approval(each)) for each in decision.permissions
        ],
        "ladders": [(each.ladder, each.step, each.of, each.exhausted, list(each.clauses)) for each in decision.ladders],
        "undetermined": [(each.fact, list(each.blocks)) for each in decision.undetermined],
        "notices": [each.id for each in decision.notices],
        "exclusions": [each.clause for each in decision.exclusions],
        "handoffs": [(each.plan, each.recipient, list(each.clauses)) for each in decision.handoffs],
        "fired": list(decision.fired),
    }  # fmt: skip


def approval(demand: pr.Duty | pr.Prohibition | pr.Permission) -> Any:
    given = demand.approval
    return given and (given.need, list(given.given), list(given.missing))


def waits(duty: pr.Duty) -> Any:
    return (
        approval(duty),
        duty.discretion and (list(duty.discretion.roles), list(duty.discretion.considerations), duty.discretion.choice),
        duty.ladder and tuple(duty.ladder),
        duty.form,
    )


def people(demand: pr.Duty | pr.Prohibition) -> list[Any]:
    return [
        ([(list(group.roles), group.choice) for group in each.groups], list(each.through), list(each.deputies), list(each.excepted),
         each.recipient, each.deadline.text if each.deadline else None)
        for each in demand.bearers
    ]  # fmt: skip


def told(said: dict[str, Any]) -> dict[str, Any]:
    """What the script said, in the form of `by_engine`."""
    if "refused" in said:
        return said

    def bearers(demand: dict[str, Any]) -> list[Any]:
        return [
            ([(group["roles"], group["choice"]) for group in each["groups"]], each["through"], each["deputies"], each["excepted"],
             each["recipient"], each["limit"]["text"] if each["limit"] else None)
            for each in demand["bearers"]
        ]  # fmt: skip

    def approved(demand: dict[str, Any]) -> Any:
        found = demand["approval"]
        return found and (found["need"], found["given"], found["missing"])

    def waited(demand: dict[str, Any]) -> Any:
        judged, rung = demand["discretion"], demand["rung"]
        return (
            approved(demand),
            judged and (judged["roles"], judged["considerations"], judged["choice"]),
            rung and (rung["ladder"], rung["step"], rung["of"]),
            demand["form"],
        )

    def pending(demand: dict[str, Any]) -> str:
        return demand["status"] if demand["status"] not in ("open", "done") else ""

    return {
        "tier": said["tier"]["id"] if said["tier"] else None,
        "duties": [
            (each["action"], each["roles"], each["recipient"], each["limit"]["text"] if each["limit"] else None, each["order"],
             each["status"], each["clauses"], each["defeasible"], bearers(each), waited(each))
            for each in said["duties"]
        ],
        "prohibitions": [
            (each["action"], each["roles"], each["clauses"], each["defeasible"], each["instead"], bearers(each), approved(each))
            for each in said["prohibitions"]
        ],
        "broken": [each["action"] for each in said["prohibitions"] if each["broken"]],
        "permissions": [
            (each["action"], each["roles"], each["clauses"], pending(each), approved(each)) for each in said["permissions"]
        ],
        "ladders": [
            (each["ladder"], each["step"], each["of"], each["exhausted"], each["clauses"]) for each in said["ladders"]
        ],
        "undetermined": [(each["fact"], each["blocks"]) for each in said["undetermined"]],
        "notices": said["notices"],
        "exclusions": said["exclusions"],
        "handoffs": [(each["plan"], each["recipient"], each["clauses"]) for each in said["handoffs"]],
        "fired": said["fired"],
    }  # fmt: skip


def assert_same(plan: pr.Plan, incidents: list[dict[str, Any]]) -> None:
    for facts, said in zip(incidents, by_script(plan, [plain(facts) for facts in incidents]), strict=True):
        wanted, found = by_engine(plan, facts), told(said)
        if "refused" in wanted:
            assert found.get("refused") in wanted["refused"], facts
        else:
            assert found == wanted, facts


def scenario_incidents() -> Iterator[dict[str, Any]]:
    """The facts of every step that stays with the readings of the plan: the page has no others."""
    text = (ROOT / "rules" / "scenarios.yaml").read_bytes()
    for scenario in read_scenarios(text, "scenarios.yaml", PLAN):
        for step in scenario.steps:
            facts = stated_facts(step)
            if not isinstance(facts.get("policy_reading"), Mapping):
                yield {name: value for name, value in facts.items() if name != "policy_reading"}


@needs_node
def test_the_page_decides_every_scenario_as_the_engine_does() -> None:
    incidents = [*scenario_incidents()]

    assert len(incidents) > 50
    assert_same(PLAN, incidents)


def without_readings(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "policy_reading"}


@needs_node
@pytest.mark.parametrize("kind", ["whole", "unknowns", "stated", "any"])
@DRAWN
@given(data=st.data())
def test_the_page_decides_drawn_incidents_of_the_shipped_plan_as_the_engine_does(
    kind: str, data: st.DataObject
) -> None:
    drawn = {
        "whole": strategies.incidents(PLAN),
        "unknowns": strategies.incidents(PLAN, unknowns=True),
        "stated": strategies.stated_incidents(PLAN),
        "any": st.dictionaries(
            st.sampled_from([fact.id for fact in PLAN.facts.values() if fact.domain]), st.just(None), max_size=12
        ).flatmap(lambda some: st.fixed_dictionaries({name: st.sampled_from([*PLAN.facts[name].domain, "unknown"]) for name in some})),
    }[kind]  # fmt: skip
    assert_same(PLAN, [without_readings(facts) for facts in data.draw(st.lists(drawn, min_size=4, max_size=12))])


@needs_node
@pytest.mark.parametrize("trade", ["hospital", "property", "telecom", "order"])
@DRAWN
@given(data=st.data())
def test_the_page_decides_drawn_incidents_of_plans_of_other_trades_as_the_engine_does(
    trade: str, data: st.DataObject
) -> None:
    drawn_up = ROOT / "tests" / "data" / "order_plan.yaml"
    plan = pr.load(drawn_up if trade == "order" else ROOT / "examples" / "plans" / trade / "plan.yaml")
    drawn = st.one_of(strategies.incidents(plan, unknowns=True), strategies.stated_incidents(plan))
    assert_same(plan, [without_readings(facts) for facts in data.draw(st.lists(drawn, min_size=4, max_size=12))])


@needs_node
@DRAWN
@given(plan=strategies.plans(), data=st.data())
def test_the_page_decides_incidents_of_drawn_plans_as_the_engine_does(plan: pr.Plan, data: st.DataObject) -> None:
    drawn = st.one_of(strategies.incidents(plan, unknowns=True), strategies.stated_incidents(plan))
    readings = {fact.id for fact in plan.facts.values() if fact.kind == "readings"}
    incidents = data.draw(st.lists(drawn, min_size=1, max_size=8))
    assert_same(plan, [{name: value for name, value in facts.items() if name not in readings} for facts in incidents])


def test_a_tier_takes_at_most_five_taps() -> None:
    def taps(question: dict[str, Any] | None) -> int:
        return 0 if question is None else 1 + max(taps(each["next"]) for each in question["choices"])

    assert 1 <= taps(lowered_object(PLAN)["question"]) <= 5
    assert taps(lowered_object(SMALL)["question"]) == 2  # whether there are flames, or smoke


def test_the_same_plan_gives_the_same_page_and_it_fetches_nothing() -> None:
    page = triage_page(PLAN)

    assert page == triage_page(PLAN)
    assert "default-src 'none'" in page.replace("&#x27;", "'")
    assert not [
        word for word in ("http://", "https://", "localStorage", "fetch(", "unsafe-inline", "src=") if word in page
    ]
