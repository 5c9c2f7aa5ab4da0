"""Scenarios against the shipped plan: all of them pass, and a wrong expectation is told precisely."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from plan_rules.loading import load
from plan_rules.scenarios import Mismatch, Scenario, read_scenarios, run
from plan_rules.scenarios.failure_text import describe
from plan_rules.scenarios.junit import to_junit

PLAN = load()
FILE = Path(__file__).parent.parent / "rules" / "scenarios.yaml"
SCENARIOS = read_scenarios(FILE.read_bytes(), "scenarios.yaml", PLAN)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.id)
@pytest.mark.parametrize("engine", ["durable", "reference", "generated"])
def test_the_plan_answers_as_a_careful_reader_expects(scenario: Scenario, engine: str) -> None:
    (verdict,) = run(PLAN, [scenario], engine=engine)
    assert [line for step in verdict.steps for line in describe(step.mismatches, PLAN)] == []


def mismatches(expected: str, facts: str = "{staff_assaulted: true}", more: str = "") -> tuple[Mismatch, ...]:
    text = f"- {{id: a, facts: {facts}, expected: {expected}{more}}}"
    (verdict,) = run(PLAN, read_scenarios(text, "s.yaml", PLAN))
    return verdict.steps[0].mismatches


def test_a_duty_that_is_missing_and_one_too_many_are_told_apart() -> None:
    (found,) = mismatches("{required: [report_to_sponsor]}")
    assert found.aspect == "required"
    assert found.missing == ("report_to_sponsor",)
    assert "call_police" in found.unexpected


def test_what_may_also_come_out_is_neither_missing_nor_unexpected() -> None:
    derived = "may_also: [improve_service_culture, prevent_group_complaint, report_to_sponsor]"
    assert mismatches(f"{{required: [], {derived}}}", "{complaint_received: false}") == ()


def test_a_wrong_tier_names_both() -> None:
    assert mismatches("{tier: tier_1_general}") == (
        Mismatch("tier", expected="tier_1_general", got="tier_3_serious_aggression"),
    )
    assert mismatches("{tier: null}")[0].expected == "null"
    assert mismatches("{tier: tier_3_serious_aggression}") == ()


def test_a_refusal_that_nobody_expected_fails_and_says_why() -> None:
    (found,) = mismatches("{required: []}", "{staff_assaulted: true, aggression_level: minor}")
    assert found.aspect == "invalid"
    assert "X1" in (found.got or "")


def test_an_expected_refusal_must_happen_for_the_reason_given() -> None:
    impossible = "{staff_assaulted: true, aggression_level: minor}"
    assert mismatches("{invalid: [X1]}", impossible) == ()
    assert mismatches("{invalid: X1}", impossible) == ()
    assert mismatches("{invalid: [X2]}", impossible)[0].missing == ("X2",)
    assert mismatches("{invalid: [X1]}")[0].missing == ("X1",)


def test_a_late_report_is_a_violation_with_its_days_and_its_due_date() -> None:
    facts = "{staff_assaulted: true, incident_resolved_on: 2025-03-10, sponsor_report_sent_on: 2025-03-15}"
    good = "{violations: ['report_to_sponsor:late:2'], deadlines: {report_to_sponsor: 2025-03-13}}"
    assert mismatches(good, facts, ", as_of: 2025-03-16") == ()
    bad = "{violations: [], deadlines: {report_to_sponsor: 2025-03-14}}"
    violation, deadline = mismatches(bad, facts, ", as_of: 2025-03-16")
    assert violation.unexpected == ("report_to_sponsor:late:2",)
    assert (deadline.expected, deadline.got) == ("2025-03-14", "2025-03-13")


def test_a_reading_of_the_scenario_changes_its_answer() -> None:
    facts = "{verbal_abuse: true}"
    assert mismatches("{tier: tier_1_general}", facts) == ()
    assert mismatches("{tier: tier_3_serious_aggression}", facts, ", readings: {AMB-06: B}") == ()


@pytest.mark.parametrize("stated", ["null", "defaults", "{AMB-06: A}"])
def test_a_reading_of_the_scenario_goes_before_what_its_facts_say_of_readings(stated: str) -> None:
    facts = f"{{verbal_abuse: true, policy_reading: {stated}}}"
    assert mismatches("{tier: tier_1_general}", facts) == ()
    assert mismatches("{tier: tier_3_serious_aggression}", facts, ", readings: {AMB-06: B}") == ()


def test_failures_are_told_with_the_words_of_the_plan() -> None:
    lines = describe(mismatches("{required: [report_to_sponsor]}"), PLAN)
    assert lines[0] == f"应当: - 缺少 report_to_sponsor ({PLAN.actions['report_to_sponsor'].label})"
    assert f"应当: + 多出 call_police ({PLAN.actions['call_police'].label})" in lines
    assert describe(mismatches("{tier: null}"), PLAN, "en")[0].startswith("tier: expected null, got tier_3_serious")


def test_junit_has_a_case_for_every_step_and_a_failure_for_every_failed_one() -> None:
    text = '- {id: a, title: "bad \\u0001 <&>", facts: {}, expected: {tier: null}}\n- {id: b, expected: {}}'
    root = ET.fromstring(to_junit("t", run(PLAN, read_scenarios(text, "s.yaml", PLAN)), PLAN))
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [case.get("name", "")[:1] for case in root.iter("testcase")] == ["a", "b"]
    assert [len(case.findall("failure")) for case in root.iter("testcase")] == [1, 0]
