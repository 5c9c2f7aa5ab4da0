"""What the plan asks, moment by moment: the conventions of the domain as sentences, and the form of the answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.errors import CalendarUnknown
from plan_rules.fact import Kind

PLAN = pr.load()
SERIOUS = {"aggression_level": "serious"}
CLOSED = {**SERIOUS, "incident_resolved_on": "2025-03-10"}  # the third day ends on 13 March at midnight


def decided(facts: Mapping[str, Any], at: str | None = None, **readings: str) -> pr.Decision:
    """The decision under these options of readings, written AMB_06 for AMB-06."""
    chosen = {name.replace("_", "-"): option for name, option in readings.items()}
    return pr.decide(PLAN, {**facts, **({"policy_reading": chosen} if chosen else {})}, at=at)


def duty(decision: pr.Decision, action: str) -> pr.Duty:
    (found,) = [duty for duty in decision.duties if duty.action == action]
    return found


def prohibition(decision: pr.Decision, action: str) -> pr.Prohibition:
    (found,) = [item for item in decision.prohibitions if item.action == action]
    return found


def report(at: str | None, **facts: str) -> tuple[str, list[str]]:
    """How the report to the sponsor stands at this instant, and what went wrong."""
    decision = decided({**CLOSED, **facts}, at)
    return duty(decision, "report_to_sponsor").status, [str(violation) for violation in decision.violations]


def rank(facts: Mapping[str, Any], **readings: str) -> int | None:
    tier = decided(facts, **readings).tier
    return tier.rank if tier else None


# --------------------------------------------------------------------------- what is unknown (5)


def test_an_unknown_fact_that_would_decide_a_clause_is_named_with_the_clauses() -> None:
    (found,) = [
        item
        for item in decided({"bank_responsible": "unknown", "public_figure": True}).undetermined
        if item.fact == "bank_responsible"
    ]

    assert "四.3.d" in found.blocks


def test_an_unknown_fact_that_decides_nothing_is_not_named() -> None:
    named = {item.fact for item in decided({"public_figure": False, "bank_responsible": "unknown"}).undetermined}

    assert "bank_responsible" not in named


def test_an_unknown_fact_once_known_decides_the_clauses_it_blocked() -> None:
    for incident in INCIDENTS:
        for item in pr.decide(PLAN, incident).undetermined:
            fact = PLAN.facts[item.fact]
            if not fact.domain:
                continue
            outcomes = {clause: set() for clause in item.blocks}
            for value in fact.domain:
                try:
                    fired = pr.decide(PLAN, {**incident, item.fact: value}).fired
                except pr.FactsInvalid:
                    continue
                for clause in item.blocks:
                    outcomes[clause].add(clause in fired)
            assert outcomes
            assert all(outcomes.values())


# --------------------------------------------------------------------------- done, late, missed (6, 7)


def test_police_called_stays_listed_as_done() -> None:
    before, after = decided(SERIOUS), decided({**SERIOUS, "police_called_at": "2025-03-10T09:41"})

    assert duty(before, "call_police").status == "open"
    assert duty(after, "call_police").status == "done"
    assert [item.action for item in before.duties] == [item.action for item in after.duties]


@pytest.mark.parametrize(
    ("action", "facts"),
    [
        ("report_to_executive", {**SERIOUS, "exec_notified_at": "09:30"}),
        ("leaders_go_to_scene", {**SERIOUS, "exec_arrived_at": "09:50"}),
        ("executive_go_to_scene", {"order_disrupted": True, "exec_notified_at": "09:30", "exec_arrived_at": "09:50"}),
        (
            "report_to_ga_or_po",
            {"order_disrupted": True, "counter_disturbance_continues": True, "reported_to_ga_or_po_at": "09:30"},
        ),
        ("report_media_to_imd", {"media_present": True, "media_reported_to_imd_at": "09:30"}),
        ("report_to_sponsor", {**CLOSED, "sponsor_report_sent_on": "2025-03-13"}),
    ],
)
def test_a_duty_that_a_fact_shows_performed_is_done(action: str, facts: Mapping[str, Any]) -> None:
    shown = list(facts)[-1]

    assert duty(decided(facts), action).status == "done"
    assert duty(decided({name: facts[name] for name in facts if name != shown}), action).status == "open"


def test_the_report_is_open_up_to_the_end_of_the_third_day_and_missed_from_the_fourth() -> None:
    assert report("2025-03-10T18:00") == ("open", [])
    assert report("2025-03-13") == ("open", [])
    assert report("2025-03-13T23:59:59") == ("open", [])
    assert report("2025-03-14T00:00") == ("missed", ["report_to_sponsor:missed:1"])
    assert report("2025-03-20T12:00") == ("missed", ["report_to_sponsor:missed:7"])


def test_a_report_sent_late_counts_the_days_at_the_day_it_was_sent() -> None:
    assert report("2025-04-01", sponsor_report_sent_on="2025-03-13") == ("done", [])
    assert report("2025-04-01", sponsor_report_sent_on="2025-03-14") == ("late", ["report_to_sponsor:late:1"])
    assert report(None, sponsor_report_sent_on="2025-03-15") == ("late", ["report_to_sponsor:late:2"])


def test_without_an_instant_nothing_is_missed() -> None:
    assert report(None) == ("open", [])
    assert duty(decided(CLOSED), "report_to_sponsor").deadline == (
        "3自然日(处理完的三日内)",
        "natural_days",
        3,
        "incident_resolved_on",
        "2025-03-13",
    )


def test_at_once_has_no_number_so_it_is_never_missed() -> None:
    decision = decided({**SERIOUS, "exec_notified_at": "2025-03-10T09:00"}, "2030-01-01")

    assert decision.violations == ()
    assert {item.status for item in decision.duties} == {"open", "done"}


# --------------------------------------------------------------------------- working days


def due(resolved: str, **readings: str) -> str | None:
    deadline = duty(decided({**SERIOUS, "incident_resolved_on": resolved}, **readings), "report_to_sponsor").deadline
    assert deadline is not None
    return deadline.due


def test_natural_days_run_through_a_public_holiday() -> None:
    assert due("2025-09-29") == "2025-10-02"
    assert due("2025-09-29", AMB_13="A", AMB_13_roll="A1") == "2025-10-02"


def test_a_last_day_in_a_holiday_rolls_to_the_next_working_day() -> None:
    assert due("2025-09-29", AMB_13_roll="A2") == "2025-10-09"


def test_a_last_day_that_is_a_working_day_does_not_roll() -> None:
    assert due("2025-03-10", AMB_13_roll="A2") == "2025-03-13"


def test_working_days_skip_a_public_holiday() -> None:
    assert due("2025-09-29", AMB_13="B") == "2025-10-10"


def test_a_sunday_worked_for_the_holiday_is_a_working_day() -> None:
    assert due("2025-09-26", AMB_13="B") == "2025-09-30"


@pytest.mark.parametrize("readings", [{"AMB_13": "B"}, {"AMB_13_roll": "A2"}])
def test_working_days_of_an_unpublished_year_are_refused_not_guessed(readings: dict[str, str]) -> None:
    with pytest.raises(CalendarUnknown) as caught:
        due("2099-03-10", **readings)

    assert caught.value.year == 2099
    assert isinstance(caught.value, pr.PlanRulesError)


def test_natural_days_need_no_calendar() -> None:
    assert due("2099-03-10") == "2099-03-13"
    assert due("9999-12-28") == "9999-12-31"


@pytest.mark.parametrize("resolved", ["9999-12-29", "9999-12-31"])
@pytest.mark.parametrize("readings", [{}, {"AMB_13": "B"}, {"AMB_13_roll": "A2"}])
def test_a_day_past_the_end_of_the_calendar_is_an_error_of_ours(resolved: str, readings: dict[str, str]) -> None:
    with pytest.raises(pr.PlanRulesError):
        due(resolved, **readings)


# --------------------------------------------------------------------------- tiers (8, 9, 13, 17)


def test_the_tier_is_the_highest_that_applies() -> None:
    assert rank({}) == 1
    assert rank({"aggression_level": "minor"}) == 1
    assert rank({"order_disrupted": True, "aggression_level": "minor"}) == 2
    assert rank({"order_disrupted": True, **SERIOUS}) == 3
    assert rank({"complaint_received": False}) is None


def test_a_tier_once_reached_does_not_bind_the_present_one() -> None:
    assert rank({"peak_tier": "tier_3_serious_aggression"}) == 1
    assert rank({"peak_tier": "tier_3_serious_aggression"}, AMB_24="B") == 3


def test_at_tier_3_the_leaders_go_to_the_scene_from_the_start_and_coordinate_after_arriving() -> None:
    decision = decided(SERIOUS)
    going, coordinating = duty(decision, "leaders_go_to_scene"), duty(decision, "leaders_coordinate")

    assert (going.clauses, coordinating.clauses) == (("三.3.g",), ("三.3.h",))
    assert going.order is not None
    assert coordinating.order is not None
    assert going.order < coordinating.order


def test_at_tier_2_the_executive_goes_to_the_scene_only_once_notified() -> None:
    before = decided({"order_disrupted": True})
    after = decided({"order_disrupted": True, "exec_notified_at": "09:30"})

    assert not before.requires("executive_go_to_scene")
    assert not before.requires("executive_handle")
    assert after.requires("executive_go_to_scene")
    assert after.requires("executive_handle")


def test_once_the_police_are_there_only_staying_calm_lapses() -> None:
    called = {**SERIOUS, "police_called_at": "09:30"}
    before, after = decided(called), decided({**called, "police_arrived": True})

    assert set(before.fired) - set(after.fired) == {"三.3.i", "三.3.j"}
    assert {item.action for item in before.duties} - {item.action for item in after.duties} == {"remain_calm_and_adapt"}
    assert duty(after, "protect_people_and_property").clauses == ("三.3.l",)


@pytest.mark.parametrize("location", ["lobby", "counter", "outside", "reception_room"])
def test_handling_in_public_is_forbidden_wherever_the_customer_stands(location: str) -> None:
    assert decided({"complaint_location": location}).forbids("handle_in_public")
    assert decided({"complaint_location": location, "customer_in_reception_room": True}).forbids("handle_in_public")


def test_an_invitation_declined_or_taken_is_not_repeated() -> None:
    assert decided({}).requires("invite_to_reception_room")
    assert not decided({"customer_in_reception_room": True}).requires("invite_to_reception_room")
    assert not decided({"reception_room_declined": True}).requires("invite_to_reception_room")
    assert not decided(SERIOUS).requires("invite_to_reception_room")


# --------------------------------------------------------------------------- what remains (10, 11, 12, 14)


EVERYTHING = {
    **SERIOUS,
    "media_present": True,
    "public_figure": True,
    "bank_at_fault": True,
    "compensation_involved": True,
    "mediator_available": True,
    "aggression_caused_by_mishandling": True,
    "explanation_needed": True,
    "rule_text_requested": True,
    "rule_text_public": False,
    "written_reply_requested": True,
    "group_complaint": True,
    "complainant_count": 9,
}


def test_after_resolution_only_what_is_owed_afterwards_remains() -> None:
    decision = decided({**EVERYTHING, "incident_resolved_on": "2025-03-10"}, "2025-03-11")

    assert {item.action for item in decision.duties} == {
        "pursue_accountability",
        "decline_or_avoid_interview",
        "report_media_to_imd",
        "brief_media_uniformly",
        "crisis_pr",
        "engage_mediator",
        "compensate_with_care",
        "report_to_sponsor",
        "summarise_lessons",
    }
    assert {item.action for item in decision.prohibitions} == {
        "mishandle_to_aggression",
        "reuse_features",
        "casual_statement",
        "unauthorized_media_briefing",
    }
    assert decision.permissions == ()


def test_media_duties_last_as_long_as_the_media_are_there() -> None:
    gone = {**EVERYTHING, "incident_resolved_on": "2025-03-10", "media_present": False}

    assert not decided(gone).requires("crisis_pr")
    assert not decided(gone).forbids("casual_statement")


def test_nothing_is_reported_to_the_sponsor_before_resolution() -> None:
    assert not decided(SERIOUS).requires("report_to_sponsor")


def test_the_report_is_owed_for_serious_aggression_and_for_minor_only_by_reading() -> None:
    minor = {"aggression_level": "minor", "incident_resolved_on": "2025-03-10"}

    assert decided(CLOSED).requires("report_to_sponsor")
    assert not decided(minor).requires("report_to_sponsor")
    assert decided(minor, AMB_13_scope="a").requires("report_to_sponsor")
    assert not decided({"incident_resolved_on": "2025-03-10"}, AMB_13_scope="a").requires("report_to_sponsor")


def test_the_report_is_owed_by_the_peak_of_the_case() -> None:
    calmed = {"incident_resolved_on": "2025-03-10", "peak_tier": "tier_3_serious_aggression"}

    assert decided(calmed).requires("report_to_sponsor")


def test_a_remote_complaint_has_no_duties_on_the_spot() -> None:
    here, remote = decided({}), decided({"complaint_location": "remote"})

    assert {item.action for item in here.duties} - {item.action for item in remote.duties} == {
        "handle_on_site",
        "assist_handling",
        "invite_to_reception_room",
    }
    assert not remote.forbids("handle_in_public")
    assert remote.requires("listen_patiently")


def test_what_is_our_fault_is_handled_at_once_and_reported_level_by_level_too() -> None:
    decision = decided({"public_figure": True, "bank_responsible": True, "exceeds_authority": True})

    assert duty(decision, "resolve_immediately").clauses == ("四.3.d",)
    assert decision.requires("escalate_level_by_level")


# --------------------------------------------------------------------------- strength, principles, judgement (15, 16, 18)


def test_only_handling_on_the_spot_and_mediation_are_defeasible_duties() -> None:
    facts = {**EVERYTHING, "aggression_level": "minor", "customer_in_reception_room": False}
    decisions = [decided(incident) for incident in (*INCIDENTS, EVERYTHING, facts)]

    assert {item.action for found in decisions for item in found.duties if item.defeasible} == {
        "handle_on_site",
        "engage_mediator",
    }


GENERALLY = {"media_present": True, "explanation_needed": True, "rule_text_requested": True, "rule_text_public": False}
GENERALLY_NOT = ("give_written_reply", "provide_internal_rule_text", "casual_statement")


def test_generally_may_be_overridden_by_default() -> None:
    decision = decided(GENERALLY)

    assert duty(decision, "handle_on_site").defeasible
    assert all(prohibition(decision, action).defeasible for action in GENERALLY_NOT)
    assert decision.readings["AMB-11"] == "A"


def test_generally_is_strict_under_the_strict_reading() -> None:
    decision = decided(GENERALLY, AMB_11="B")

    assert not duty(decision, "handle_on_site").defeasible
    assert not any(prohibition(decision, action).defeasible for action in GENERALLY_NOT)


def test_generally_is_a_notice_under_the_reading_that_takes_it_for_advice() -> None:
    decision = decided(GENERALLY, AMB_11="C")
    advised = {notice.id.partition(":")[2] for notice in decision.notices}

    assert not decision.requires("handle_on_site")
    assert not any(decision.forbids(action) for action in GENERALLY_NOT)
    assert {"handle_on_site", *GENERALLY_NOT} <= advised


def test_a_strict_prohibition_is_strict_under_every_reading() -> None:
    for option in "ABC":
        decision = decided({"media_present": True}, AMB_11=option)
        assert not prohibition(decision, "unauthorized_media_briefing").defeasible


def test_every_prohibition_says_what_to_do_instead() -> None:
    for incident in (*INCIDENTS, EVERYTHING, GENERALLY):
        for item in decided(incident).prohibitions:
            assert item.instead
            assert set(item.instead) <= set(PLAN.actions)


def test_the_principles_make_no_duty_and_name_the_fired_clauses_that_carry_them_out() -> None:
    for incident in (*INCIDENTS, EVERYTHING):
        decision = decided(incident)
        cited = {clause for item in (*decision.duties, *decision.prohibitions) for clause in item.clauses}
        assert not {clause for clause in cited if clause.startswith("二.")}
        for principle in decision.principles:
            assert principle.clauses
            assert set(principle.clauses) <= set(decision.fired)


@pytest.mark.parametrize(
    ("fact", "facts"),
    [
        ("aggression_level", SERIOUS),
        ("public_figure", {"public_figure": True}),
        ("group_complaint", {"group_complaint": True, "complainant_count": 9}),
        ("bank_at_fault", {"bank_at_fault": True, "compensation_involved": True, "mediator_available": True}),
        ("order_disrupted", {"order_disrupted": True}),
    ],
)
def test_what_rests_on_a_persons_judgement_says_whose(fact: str, facts: Mapping[str, Any]) -> None:
    used = [
        item for duty in decided(facts).duties for reason in duty.reasons for item in reason.facts if item.fact == fact
    ]

    assert used
    assert all(item.confirm_by and set(item.confirm_by) <= set(PLAN.roles) for item in used)


def test_a_number_of_people_makes_no_group_complaint_but_a_question() -> None:
    decision = decided({"complainant_count": 500})

    assert decision.facts["group_complaint"] == "unknown"
    assert not decision.requires("control_group_situation")
    assert "group_complaint" in {item.fact for item in decision.undetermined}


def test_what_was_done_though_forbidden_is_a_violation() -> None:
    decision = decided({"media_present": True, "casual_statement_made": True})

    assert [(item.action, item.kind, item.days) for item in decision.violations] == [("casual_statement", "done", None)]
    assert not decided({"casual_statement_made": True}).violations


# --------------------------------------------------------------------------- order


def orders(decision: pr.Decision) -> dict[str, int | None]:
    return {item.action: item.order for item in decision.duties}


def test_calling_the_police_and_reporting_to_the_executive_are_done_together_and_first() -> None:
    for more in ({}, {"public_figure": True, "media_present": True}, {"explanation_needed": True}):
        decision = decided({**SERIOUS, **more})
        assert orders(decision)["call_police"] == orders(decision)["report_to_executive"] == 1
    assert [item.action for item in decided(SERIOUS).duties][:2] == ["call_police", "report_to_executive"]


@pytest.mark.parametrize(
    ("first", "second", "facts"),
    [
        ("dissuade_customer", "stay_vigilant", {"order_disrupted": True}),
        ("call_police", "dissuade_customer", SERIOUS),
        ("prepare_talking_points", "explain_patiently", {"explanation_needed": True}),
        ("prepare_talking_points", "accurate_consistent_wording", {"explanation_needed": True}),
        (
            "prepare_talking_points",
            "reason_and_explain_policy",
            {"explanation_needed": True, "public_figure": True, "customer_misunderstanding": True},
        ),
        ("handle_on_site", "invite_to_reception_room", {}),
        ("listen_patiently", "communicate_to_consensus", {}),
        ("leaders_go_to_scene", "leaders_coordinate", SERIOUS),
        ("executive_go_to_scene", "executive_handle", {"order_disrupted": True, "exec_notified_at": "09:30"}),
        ("report_to_sponsor", "summarise_lessons", CLOSED),
    ],
)
def test_one_duty_comes_before_another(first: str, second: str, facts: Mapping[str, Any]) -> None:
    decision = decided(facts)
    before, after = orders(decision)[first], orders(decision)[second]
    actions = [item.action for item in decision.duties]

    assert before is not None
    assert after is not None
    assert before < after
    assert actions.index(first) < actions.index(second)


def test_duties_are_listed_in_order_from_1_and_what_goes_on_throughout_last() -> None:
    for incident in (*INCIDENTS, EVERYTHING):
        found = [item.order for item in decided(incident).duties]
        numbered = [order for order in found if order is not None]
        assert found == [*numbered, *[None] * (len(found) - len(numbered))]
        assert numbered == sorted(numbered)
        assert set(numbered) == set(range(1, max(numbered, default=0) + 1))


# --------------------------------------------------------------------------- exceptions


EXCEPTED = """
预案: {编号: small, 名称: 小预案, 版本: '1'}
角色: {甲: {id: someone}}
事实:
  雨: {id: rain, 类型: 是否, 默认: 否}
  棚: {id: roof, 类型: 是否, 默认: 否}
  热: {id: heat, 类型: 是否, 默认: 否}
动作: {走: {id: walk}, 跑: {id: run}, 停: {id: stop}}
正文:
- 章节: 一
  条款:
  - {编号: 一.a, 原文: 走和跑, 应当: [{做: 走, 责任: 甲}, {做: 跑, 责任: 甲}]}
  - {编号: 一.b, 原文: 下雨不跑, 当: {雨: 是}, 例外于: 一.a, 免除: 跑}
  - {编号: 一.c, 原文: 有棚照跑, 当: {棚: 是}, 例外于: 一.b}
  - {编号: 一.d, 原文: 热则停, 当: {热: 是}, 例外于: 一.a, 应当: [{做: 停, 责任: 甲}]}
"""


@pytest.mark.parametrize(
    ("facts", "actions"),
    [
        ({}, ["walk", "run"]),
        ({"rain": True}, ["walk"]),
        ({"rain": True, "roof": True}, ["walk", "run"]),
        ({"roof": True}, ["walk", "run"]),
        ({"heat": True}, ["stop"]),
        ({"heat": True, "rain": True, "roof": True}, ["stop"]),
    ],
)
def test_an_exception_takes_away_what_it_waives_unless_it_is_itself_excepted(
    facts: dict[str, bool], actions: list[str]
) -> None:
    plan = pr.loads(EXCEPTED)

    assert [item.action for item in pr.decide(plan, facts).duties] == actions


# --------------------------------------------------------------------------- explanation


INCIDENTS: tuple[Mapping[str, Any], ...] = (
    {},
    {"complaint_received": False},
    {"staff_assaulted": True},
    {"order_disrupted": True, "aggression_level": "minor"},
    {"complaint_location": "remote", "opinion_valid": "unknown"},
    CLOSED,
)


def changed(incident: Mapping[str, Any], changes: tuple[tuple[str, Any], ...]) -> dict[str, Any]:
    """The incident as stated, with these changes: a date that has happened is some day."""
    facts = dict(incident)
    for fact, value in changes:
        kind = PLAN.facts[fact].kind
        if kind in (Kind.DATE, Kind.DATETIME):
            facts[fact] = ("2000-01-03" if kind is Kind.DATE else "2000-01-03T00:00") if value else None
        else:
            facts[fact] = value
    return facts


@pytest.mark.parametrize("incident", INCIDENTS, ids=str)
def test_the_change_that_why_not_names_makes_the_clause_fire_and_no_part_of_it_does(
    incident: Mapping[str, Any],
) -> None:
    explanation = pr.explain(PLAN, incident)
    for clause in PLAN.clauses:
        if clause in explanation.decision.fired:
            continue
        answer = explanation.why_not(clause)
        assert answer.changes, clause
        assert clause in pr.decide(PLAN, changed(incident, answer.changes)).fired, (clause, answer.changes)
        for index in range(len(answer.changes)):
            part = answer.changes[:index] + answer.changes[index + 1 :]
            try:
                fired = pr.decide(PLAN, changed(incident, part)).fired
            except pr.FactsInvalid:
                continue
            assert clause not in fired, (clause, answer.changes)


@pytest.mark.parametrize("incident", INCIDENTS, ids=str)
def test_why_gives_each_fired_clause_with_its_text_and_true_facts(incident: Mapping[str, Any]) -> None:
    explanation = pr.explain(PLAN, incident)
    decision = explanation.decision

    assert [item.clause for item in explanation.why] == list(decision.fired)
    for item in explanation.why:
        assert item.text == PLAN.clauses[item.clause].text
        for used in item.facts:
            assert used.value == decision.facts[used.fact]


# --------------------------------------------------------------------------- the form of the answer


SHAPES = {
    "plan": ["id", "name", "version", "digest"],
    "tier": ["id", "label", "rank"],
    "duties": [
        "action",
        "label",
        "roles",
        "recipient",
        "deadline",
        "order",
        "status",
        "clauses",
        "defeasible",
        "reasons",
        "bearers",
    ],
    "prohibitions": ["action", "label", "roles", "clauses", "defeasible", "instead", "reasons", "bearers"],
    "permissions": ["action", "label", "roles", "clauses", "reasons"],
    "undetermined": ["fact", "question", "blocks"],
    "violations": ["action", "kind", "days", "clauses"],
    "principles": ["id", "label", "clause", "clauses"],
    "notices": ["id", "text", "origin", "clauses"],
}


def test_the_json_object_has_the_keys_of_the_contract() -> None:
    found = json.loads(decided({**EVERYTHING, "rule_text_public": True}).to_json())

    assert list(found) == [
        "plan",
        "tier",
        "duties",
        "prohibitions",
        "permissions",
        "undetermined",
        "violations",
        "principles",
        "readings",
        "facts",
        "notices",
    ]
    for name, keys in SHAPES.items():
        items = found[name] if isinstance(found[name], list) else [found[name]]
        assert items or name == "undetermined"
        assert all(list(item) == keys for item in items), name
    duty_ = found["duties"][0]
    assert list(duty_["deadline"]) == ["text", "kind", "amount", "start", "due"]
    assert list(duty_["reasons"][0]) == ["clause", "facts"]
    assert list(duty_["reasons"][0]["facts"][0]) == ["fact", "value", "source", "confirm_by"]
    assert list(duty_["bearers"][0]) == ["groups", "through", "deputies", "excepted"]


def test_there_are_notices_in_the_json_only_when_there_is_something_to_say() -> None:
    assert "notices" not in decided({}).to_dict()


def test_the_json_names_every_fact_of_an_incident_and_only_ids_of_the_plan() -> None:
    found = decided(EVERYTHING).to_dict()

    assert set(found["facts"]) == {fact.id for fact in PLAN.facts.values() if not fact.of_case}
    for item in (*found["duties"], *found["prohibitions"], *found["permissions"]):
        assert item["action"] in PLAN.actions
        assert set(item["roles"]) <= set(PLAN.roles)
        assert item["clauses"]
        assert set(item["clauses"]) <= set(PLAN.clauses)
        assert [reason["clause"] for reason in item["reasons"]] == item["clauses"]


PRINTED = """
import json, sys
import plan_rules as pr
plan = pr.load()
for facts in json.load(sys.stdin):
    print(pr.decide(plan, facts, at="2025-03-20").to_json())
    print(json.dumps(pr.explain(plan, facts).to_dict(), ensure_ascii=False))
    print(pr.explain(plan, facts).why_not("四.3.d"))
"""


def test_the_same_incident_gives_the_same_bytes_in_every_process() -> None:
    asked = json.dumps([*INCIDENTS, EVERYTHING, GENERALLY])
    printed = {
        subprocess.run(
            [sys.executable, "-c", PRINTED],
            input=asked.encode(),
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
        ).stdout
        for seed in ("0", "1", "4242")
    }

    assert len(printed) == 1


def test_the_order_in_which_facts_are_given_does_not_matter() -> None:
    forward = decided(EVERYTHING).to_dict()
    backward = decided(dict(reversed(EVERYTHING.items()))).to_dict()

    assert forward == backward
    assert list(forward["facts"]) == list(backward["facts"])


def test_deciding_leaves_the_facts_as_they_were() -> None:
    facts = {**EVERYTHING, "policy_reading": {"AMB-06": "B"}}
    before = json.dumps(facts)
    decision = pr.decide(PLAN, facts)

    assert json.dumps(facts) == before
    with pytest.raises(TypeError):
        decision.facts["staff_assaulted"] = True  # type: ignore[index]
