"""What the plan asks of an incident, in sentences; each rests on a clause or on how the plan is read."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import plan_rules as pr
from plan_rules import loading
from plan_rules.errors import CalendarUnknown
from plan_rules.explanation import explain

PLAN = pr.load()
ASSAULT: dict[str, Any] = {"staff_assaulted": True}
RESOLVED = ASSAULT | {"incident_resolved_on": "2025-03-10"}
ENGINES = ("durable", "generated", "reference")


def decide(at: str | None = None, **facts: Any) -> pr.Decision:
    """The decision on these facts."""
    return pr.decide(PLAN, facts, at=at)


def duty(decision: pr.Decision, action: str) -> pr.Duty:
    """The duty of this action."""
    return next(found for found in decision.duties if found.action == action)


# ------------------------------------------------------------------ what is asked


def test_an_assault_always_calls_the_police_and_tells_the_executive_first() -> None:
    decision = decide(**ASSAULT)

    assert decision.tier and decision.tier.rank == 3
    assert {found.action for found in decision.duties if found.order == 1} == {"call_police", "report_to_executive"}
    assert duty(decision, "call_police").clauses == ("三.3.c",)


def test_the_police_once_called_stay_listed_as_done() -> None:
    assert duty(decide("2025-05-20", **ASSAULT, police_called_at="09:41"), "call_police").status == "done"


def test_only_calm_and_adapting_lapses_when_the_police_arrive() -> None:
    before = decide(**ASSAULT, police_called_at="10:05")
    after = decide(**ASSAULT, police_called_at="10:05", police_arrived=True)

    gone = {found.action for found in before.duties} - {found.action for found in after.duties}
    assert gone == {"remain_calm_and_adapt"}


def test_a_remote_complaint_has_no_duties_on_the_spot() -> None:
    decision = decide(complaint_location="remote")

    for action in ("handle_on_site", "assist_handling", "invite_to_reception_room"):
        assert not decision.requires(action)
    assert not decision.forbids("handle_in_public")
    assert decision.requires("listen_patiently")


def test_resolution_ends_the_duties_on_the_spot_and_leaves_the_rest() -> None:
    decision = decide(**RESOLVED, media_present=True, compensation_involved=True, group_complaint=True)

    assert {found.action for found in decision.duties} == {
        "decline_or_avoid_interview",
        "report_media_to_imd",
        "brief_media_uniformly",
        "crisis_pr",
        "compensate_with_care",
        "report_to_sponsor",
        "summarise_lessons",
    }
    assert decision.forbids("reuse_features")


@pytest.mark.parametrize(
    ("sent", "at", "status", "violations"),
    [
        (None, "2025-03-13T23:59", "open", []),
        (None, "2025-03-14", "missed", ["report_to_sponsor:missed:1"]),
        ("2025-03-13", "2025-03-20", "done", []),
        ("2025-03-15", "2025-03-20", "late", ["report_to_sponsor:late:2"]),
    ],
)
def test_the_report_to_the_sponsor_is_due_by_the_third_day(
    sent: str | None, at: str, status: str, violations: list[str]
) -> None:
    decision = decide(at, **RESOLVED, **({"sponsor_report_sent_on": sent} if sent else {}))

    found = duty(decision, "report_to_sponsor")
    assert found.deadline and found.deadline.due == "2025-03-13"
    assert found.status == status
    assert [str(violation) for violation in decision.violations] == violations


def test_working_days_skip_the_national_holidays() -> None:
    facts = ASSAULT | {"incident_resolved_on": "2025-09-30"}
    by_working_day = duty(decide(**facts, policy_reading={"AMB-13": "B"}), "report_to_sponsor").deadline
    rolled = duty(decide(**facts, policy_reading={"AMB-13-roll": "A2"}), "report_to_sponsor").deadline

    assert by_working_day and by_working_day.due == "2025-10-11"  # 10-09, 10-10 and the make-up Saturday
    assert rolled and rolled.due == "2025-10-09"


def test_working_days_of_a_year_nobody_has_published_are_an_error() -> None:
    with pytest.raises(CalendarUnknown, match="2099"):
        decide(**ASSAULT, incident_resolved_on="2099-03-10", policy_reading={"AMB-13": "B"})


def test_a_public_figure_is_helped_at_once_even_beyond_authority() -> None:
    decision = decide(public_figure=True, bank_responsible=True, exceeds_authority=True)

    assert decision.requires("resolve_immediately") and decision.requires("escalate_level_by_level")


def test_the_executive_goes_at_tier_two_only_when_told() -> None:
    assert not decide(order_disrupted=True).requires("executive_go_to_scene")
    assert decide(order_disrupted=True, exec_notified_at="10:22").requires("executive_go_to_scene")


def test_talking_points_come_before_explaining() -> None:
    decision = decide(explanation_needed=True)

    first, then = duty(decision, "prepare_talking_points").order, duty(decision, "explain_patiently").order
    assert first is not None and then is not None and first < then


def test_a_norm_in_general_is_defeasible_strict_or_advice_as_it_is_read() -> None:
    facts = {"written_reply_requested": True, "explanation_needed": True}

    def reply(option: str) -> list[bool]:
        decision = decide(**facts, policy_reading={"AMB-11": option})
        return [found.defeasible for found in decision.prohibitions if found.action == "give_written_reply"]

    assert reply("A") == [True]
    assert reply("B") == [False]
    assert reply("C") == []
    advised = decide(**facts, policy_reading={"AMB-11": "C"}).notices
    assert any("书面答复" in notice.text for notice in advised)


def test_an_unknown_that_decides_is_named_with_its_question() -> None:
    decision = decide(rule_text_requested=True)

    (found,) = [item for item in decision.undetermined if item.fact == "rule_text_public"]
    assert found.blocks == ("四.4.e",)
    assert found.question
    assert not decision.forbids("provide_internal_rule_text")


def test_an_unknown_that_cannot_make_a_clause_fire_is_not_asked_for() -> None:
    decision = decide(opinion_valid=True, exceeds_authority=True)

    assert "resolvable_now" not in {found.fact for found in decision.undetermined}


# ------------------------------------------------------------------ readings

INCIDENTS: list[dict[str, Any]] = [
    {"explanation_needed": True, "written_reply_requested": True},
    {"aggression_level": "minor"},
    {"order_disrupted": True, "counter_disturbance_continues": True, "reported_to_ga_or_po_at": "09:40"},
    {"verbal_abuse": True},
    {"crowd_gathered": True},
    {"media_present": True},
    {"complainant_count": 3},
    {"complainant_count": 2},
    {"complainant_count": 5},
    {"complainant_count": 20},
    {"peak_tier": "tier_3_serious_aggression"},
    {"explanation_needed": True, "incident_resolved_on": "2025-03-10"},
    {"aggression_level": "minor", "incident_resolved_on": "2025-03-10"},
    {"public_figure": True, "aggression_level": "minor"},
    {"staff_assaulted": True, "incident_resolved_on": "2025-03-05"},
    {"staff_assaulted": True},
]


@pytest.mark.parametrize("reading", PLAN.readings)
def test_every_option_of_a_reading_decides_and_each_makes_a_difference(reading: str) -> None:
    seen = []
    for option in PLAN.readings[reading].options:
        answers = []
        for facts in INCIDENTS:
            by_engine = [
                pr.decide(PLAN, {**facts, "policy_reading": {reading: option.id}}, engine=engine).to_dict()
                for engine in ENGINES
            ]
            assert by_engine[0] == by_engine[1] == by_engine[2]
            answers.append({key: value for key, value in by_engine[0].items() if key not in ("facts", "readings")})
        seen.append(json.dumps(answers))

    assert len(set(seen)) == len(seen)


def test_readings_used_are_named_and_a_choice_for_one_incident_shows() -> None:
    assert decide(verbal_abuse=True).readings["AMB-06"] == "A"
    assert decide(verbal_abuse=True, policy_reading={"AMB-06": "B"}).readings["AMB-06"] == "B"


# ------------------------------------------------------------------ answers


def test_a_decision_has_the_keys_of_the_contract() -> None:
    answer = decide(**ASSAULT).to_dict()

    assert list(answer)[:10] == [
        "plan", "tier", "duties", "prohibitions", "permissions",
        "undetermined", "violations", "principles", "readings", "facts",
    ]  # fmt: skip
    assert {"action", "label", "roles", "recipient", "deadline", "order", "status", "clauses", "defeasible"} <= set(
        answer["duties"][0]
    )
    assert {"action", "label", "roles", "clauses", "defeasible", "instead", "reasons"} <= set(answer["prohibitions"][0])


def test_the_same_input_gives_the_same_bytes_in_every_process() -> None:
    program = (
        "import plan_rules as pr; p = pr.load();"
        "print(pr.decide(p, {'staff_assaulted': True, 'media_present': True}, at='2025-05-20').to_json())"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True, check=True, cwd=loading.__file__.rsplit("/", 2)[0],
        ).stdout
        for seed in ("1", "2", "3")
    }  # fmt: skip
    assert len(answers) == 1


@pytest.mark.parametrize("facts", INCIDENTS[::3], ids=str)
def test_the_change_that_why_not_names_makes_the_clause_fire(facts: dict[str, Any]) -> None:
    explanation = explain(PLAN, facts)
    fired = {why.clause for why in explanation.why}

    for clause in PLAN.clauses:
        if clause in fired:
            continue
        changes = {}
        for fact, value in explanation.why_not(clause).changes:
            kind = PLAN.facts[fact].kind.value
            happened = {"date": "2025-01-01", "datetime": "2025-01-01T09:00"}.get(kind)
            changes[fact] = (happened if value else None) if happened else value
        if changes:
            assert clause in pr.decide(PLAN, {**facts, **changes}).fired


def test_what_follows_from_facts_follows_the_reading_of_the_incident_in_why_not_too() -> None:
    text = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
    for old, new in (
        ("不可能:", "推定:\n  - {编号: I1, 若: {解释: {R1: B}, 闻到烟味: 是}, 则: {火势: 大}}\n\n不可能:"),
        ("当: {看到明火: 是, 火势: 至少 小}", "当: {看到明火: 是, 火势: 小}"),
        ("  发现时间:", "  读法: {id: policy_reading, 类型: 解释选择}\n  发现时间:"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    plan = pr.loads(text)
    facts = {"smoke": True, "policy_reading": {"R1": "B"}}

    changes = dict(explain(plan, facts).why_not("一.b").changes)

    assert changes == {"flames": True, "smoke": False}
    assert "一.b" in pr.decide(plan, {**facts, **changes}).fired
