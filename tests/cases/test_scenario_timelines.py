"""The timelines of the shipped scenarios, told as cases: each step is an event, and the answer is that of the step."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_rules.cases.advance import Step as CaseStep
from plan_rules.cases.duty_life import Life
from plan_rules.cases.event import Observed
from plan_rules.deciding import decide
from plan_rules.decision import outline
from plan_rules.scenarios import Scenario, compare, read_scenarios
from plan_rules.scenarios.running import stated_facts
from tests.cases.case_stories import PLAN, Story, opened

ROOT = Path(__file__).parents[2]
TIMELINES = {
    scenario.id: scenario
    for scenario in read_scenarios((ROOT / "rules/scenarios.yaml").read_bytes(), "scenarios.yaml", PLAN)
    if scenario.kind == "timeline"
}


def told(scenario: Scenario) -> Story:
    """The scenario as a case: of each step only what is new, changed or no longer so."""
    story, known = Story(), {}
    for number, step in enumerate(scenario.steps):
        facts = stated_facts(step)
        fresh = {name: value for name, value in facts.items() if name not in known or known[name] != value}
        gone = tuple(name for name in known if name not in facts)
        assert step.at
        if number == 0:
            story = opened(fresh, step.at)
        else:
            story.tell(step.at, Observed(facts=fresh, withdrawn=gone))
        known = facts
    return story


def test_the_timelines_are_there() -> None:
    assert {"S58", "S60", "S61"} <= {*TIMELINES}


@pytest.mark.parametrize("name", sorted(TIMELINES))
def test_every_step_of_a_timeline_is_answered_as_expected(name: str) -> None:
    story = told(TIMELINES[name])

    for step, answered in zip(TIMELINES[name].steps, story.steps, strict=True):
        assert list(compare(step.expected, answered.decision)) == [], step.event


@pytest.mark.parametrize("name", sorted(TIMELINES))
def test_every_step_of_a_timeline_is_answered_as_if_it_stood_alone(name: str) -> None:
    story = told(TIMELINES[name])

    for step, answered in zip(TIMELINES[name].steps, story.steps, strict=True):
        alone = decide(PLAN, stated_facts(step), at=step.at)
        assert outline(answered.decision) == outline(alone), step.event
        assert answered.decision.duties == alone.duties
        assert answered.decision.violations == alone.violations
        assert answered.decision.undetermined == alone.undetermined


@pytest.mark.parametrize("name", sorted(TIMELINES))
def test_the_lives_of_a_timeline_are_the_duties_of_each_step(name: str) -> None:
    for answered in told(TIMELINES[name]).steps:
        standing = {life.action: life.violation or life.status for life in answered.case.lives if life.required}

        assert standing == {
            duty.action: {"open": "in_force"}.get(duty.status, duty.status) for duty in answered.decision.duties
        }


# ----------------------------------------------------------------------------------- S58, step by step

FIRST = (
    "handle_on_site",
    "assist_handling",
    "invite_to_reception_room",
    "listen_patiently",
    "communicate_to_consensus",
    "thank_customer",
    "explain_patiently",
    "coordinate_local_complaints",
    "follow_handling_principle",
    "prevent_escalation",
)
SECOND = (
    "dissuade_customer",
    "maintain_business_order",
    "keep_serving_others",
    "stay_vigilant",
    "prepare_contingency",
    "handle_by_rules",
    "contain_conflict",
)
THIRD = (
    "call_police",
    "report_to_executive",
    "remain_calm_and_adapt",
    "protect_people_and_property",
    "leaders_go_to_scene",
    "leaders_coordinate",
    "prevent_escalation",
    "act_with_reason_and_restraint",
    "observe_features",
)


@pytest.fixture(name="s58")
def _s58() -> list[CaseStep]:
    return told(TIMELINES["S58"]).steps


def test_s58_begins_as_a_general_complaint(s58: list[CaseStep]) -> None:
    change = s58[0].change

    assert (change.tier_before, change.tier_after) == (None, "tier_1_general")
    assert (change.new, change.lapsed, change.carried, change.done, change.violated) == (FIRST, (), (), (), ())
    assert {*change.forbidden} == {"mishandle_to_aggression", "handle_in_public", "argue_with_customer"}
    assert tuple(message.body["action"] for message in s58[0].messages) == FIRST


def test_s58_steps_up_when_the_counter_is_occupied(s58: list[CaseStep]) -> None:
    change = s58[1].change

    assert (change.tier_before, change.tier_after) == ("tier_1_general", "tier_2_order_disrupted")
    assert change.new == SECOND
    assert change.lapsed == tuple(
        action for action in FIRST if action not in ("invite_to_reception_room", "coordinate_local_complaints")
    )
    assert change.carried == ("invite_to_reception_room", "coordinate_local_complaints")
    assert change.allowed_again == ("handle_in_public",)


def test_s58_reports_and_calls_the_executive_when_the_customer_returns(s58: list[CaseStep]) -> None:
    step = s58[2]

    assert step.change.new == ("report_to_ga_or_po", "executive_go_to_scene", "executive_handle")
    assert step.change.done == ("report_to_ga_or_po",)  # by the time it is told, the report has been made
    assert step.change.lapsed == ("invite_to_reception_room",)
    assert [message.body["action"] for message in step.messages] == ["executive_go_to_scene", "executive_handle"]


def test_s58_the_police_are_to_be_called_once_a_teller_is_hit(s58: list[CaseStep]) -> None:
    step = s58[3]

    assert (step.change.tier_after, step.case.peak) == ("tier_3_serious_aggression", "tier_3_serious_aggression")
    assert step.change.new == THIRD
    assert step.change.done == ("report_to_executive",)  # he knows since 09:35
    assert step.change.lapsed == (*SECOND[1:], "executive_go_to_scene", "executive_handle")
    assert step.change.carried == ("coordinate_local_complaints", "dissuade_customer")
    assert step.messages[0].body["action"] == "call_police"
    assert step.messages[0].body["tier"] == "tier_3_serious_aggression"


def test_s58_the_call_to_the_police_is_done_at_0941(s58: list[CaseStep]) -> None:
    step = s58[4]
    call = step.case.life("call_police")

    assert (step.change.new, step.change.lapsed, step.change.done) == ((), (), ("call_police",))
    assert call
    assert (call.status, call.since.isoformat(), call.until and call.until.isoformat()) == (
        Life.DONE,
        "2025-05-20T09:40:00",
        "2025-05-20T09:41:00",
    )
    assert call.required
    assert step.messages == ()


def test_s58_staying_calm_lapses_when_the_police_arrive(s58: list[CaseStep]) -> None:
    step = s58[5]

    assert step.change.lapsed == ("remain_calm_and_adapt",)
    assert "protect_people_and_property" in step.change.carried
    assert "act_with_reason_and_restraint" in step.change.carried


def test_s58_the_report_to_the_sponsor_is_due_three_days_after_the_end(s58: list[CaseStep]) -> None:
    step = s58[6]
    report = step.case.life("report_to_sponsor")

    assert step.change.new == ("report_to_sponsor", "summarise_lessons")
    assert "call_police" not in step.change.lapsed  # done, and no longer asked for
    assert report
    assert (report.due, report.status) == ("2025-05-23", Life.IN_FORCE)
    assert step.case.facts["police_called_at"] == "2025-05-20T09:41"


def test_s58_the_report_is_made_in_time(s58: list[CaseStep]) -> None:
    step = s58[7]
    report = step.case.life("report_to_sponsor")

    assert (step.change.new, step.change.lapsed, step.change.done) == ((), (), ("report_to_sponsor",))
    assert report
    assert (report.status, report.violation, report.due) == (Life.DONE, "", "2025-05-23")
    assert step.case.facts["police_called_at"] == "2025-05-20T09:41"  # a time of day stays on its day
    assert step.case.peak == "tier_3_serious_aggression"
    assert {life.occasion for life in step.case.lives if life.action != "prevent_escalation"} == {1}


def test_s58_every_message_is_told_once(s58: list[CaseStep]) -> None:
    ids = [message.id for step in s58 for message in step.messages]

    assert len(ids) == len({*ids})


# ----------------------------------------------------------------------------------- S60 and S61


def test_s60_the_press_adds_duties_and_an_attack_replaces_those_of_the_second_tier() -> None:
    _, press, attack = told(TIMELINES["S60"]).steps

    assert press.change.new == (
        "decline_or_avoid_interview",
        "report_media_to_imd",
        "brief_media_uniformly",
        "crisis_pr",
    )
    assert {*press.change.forbidden} == {"casual_statement", "unauthorized_media_briefing"}
    assert press.change.lapsed == ()
    assert attack.change.new[0] == "call_police"
    assert {*press.change.new} <= {*attack.change.carried}  # the press is still there
    assert "aggression_level" not in attack.case.facts  # withdrawn, and presumed serious
    assert attack.case.tier == attack.case.peak == "tier_3_serious_aggression"


def test_s61_what_is_settled_on_the_spot_asks_for_nothing_more() -> None:
    _, settled = told(TIMELINES["S61"]).steps

    assert settled.change.new == ()
    assert settled.decision.duties == ()
    assert "resolve_immediately" in settled.change.lapsed
    assert settled.case.open_duties() == ()
    assert settled.case.peak == "tier_1_general"
