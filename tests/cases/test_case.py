"""Case: what each event does, what is refused and why, and how duties live, lapse, are missed, told of and taken up."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.case_rules import Rung
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.case import Breach, FollowUp, Override, Phase, case_of
from plan_rules.cases.duty_life import Life
from plan_rules.cases.event import (
    Breached,
    Closed,
    Done,
    Erased,
    Event,
    HandedOver,
    Noted,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Sealed,
    Upgraded,
    made,
    read,
    what_of,
    written,
)
from plan_rules.cases.lives import next_review
from plan_rules.cases.message import ESCALATED, REMINDED, REQUIRED, message_id
from plan_rules.cases.refusal import EventRefused
from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.norm import Term
from tests.cases.case_stories import ASSAULT, CASE_ID, PLAN, Story, event, instant, kept_otherwise, opened

SMALL = (Path(__file__).parents[1] / "data" / "small_plan.yaml").read_text(encoding="utf-8")
KEPT = """
案件:
  办结: 扑灭之日
  提醒: {立即: 5分钟}
  催办:
  - {逾期: 0日, 报: 值班员}
  - {逾期: 1日, 报: [经理]}
"""
CALLED_AT = "10分钟, 起算: 发现时间, 完成: 报警时间, 次序: F-1"
FIRE = pr.loads(SMALL.replace("10分钟, 起算: 发现时间, 次序: F-1", CALLED_AT) + KEPT)
FLAMES = {"flames": True, "found_at": "09:00"}
WRITTEN_REPLY = {"explanation_needed": True, "written_reply_requested": True}
REPLY = Overridden(action="give_written_reply", reason="监管要求书面答复", approver="2002")


PEAKED = SMALL.replace(
    "  闻到烟味:",
    "  曾达: {id: peak, 类型: 等次, 取值: {未定: none, 一般: tier_1, 严重: tier_2}, 默认: 未定, 来源: 案件}\n  闻到烟味:",
).replace("当: {在场人数: 至少 1}", "当: {曾达: 严重}")


def refusal(code: str, zh: str, en: str, help_zh: str, help_en: str, subject: str | None = None) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, Message(zh, en), help=Message(help_zh, help_en), subject=subject)


def fire(at: str = "2025-05-20T09:00", **facts: Any) -> Story:
    return opened(FLAMES | facts, at, FIRE)


def messages(story: Story, kind: str) -> list[tuple[str, int]]:
    return [
        (message.body["action"], message.body.get("rung", 0)) for message in story.last.messages if message.kind == kind
    ]


def ended(at: str = "2025-05-20T16:00", plan: pr.Plan = PLAN) -> Story:
    """An assault, resolved."""
    story = opened(ASSAULT, plan=plan)
    story.tell(at, Resolved())
    return story


# ----------------------------------------------------------------------------------- opened, observed


def test_a_case_begins_with_what_is_known() -> None:
    story = opened(ASSAULT)
    case = story.case

    assert (case.id, case.version, case.phase, case.tier) == (CASE_ID, 1, Phase.OPEN, "tier_3_serious_aggression")
    assert case.opened_at == case.at == instant("2025-05-20T09:00")
    assert case.facts == ASSAULT
    assert case.decision.requires("call_police")
    assert case.decision == story.last.decision


def test_a_duty_that_comes_into_force_is_told_of() -> None:
    step = begin(CASE_ID, PLAN, event(1, "2025-05-20T09:00", Opened(plan=PLAN.digest, facts=ASSAULT, outlet="城关")))
    message = step.messages[0]

    assert message.id == message_id(CASE_ID, REQUIRED, "call_police", 1)
    assert (message.case, message.kind, message.at) == (CASE_ID, REQUIRED, instant("2025-05-20T09:00"))
    assert message.body == {
        "action": "call_police",
        "label": "报警",
        "occasion": 1,
        "roles": ["outlet_manager", "lobby_manager"],
        "recipient": "police",
        "deadline": {"text": "立即", "kind": "immediate", "amount": None, "start": None, "due": None},
        "clauses": ["三.3.c"],
        "outlet": "城关",
        "tier": "tier_3_serious_aggression",
        "plan": {"id": PLAN.id, "version": PLAN.version, "digest": PLAN.digest},
    }


def test_a_time_of_day_belongs_to_the_day_on_which_it_was_told() -> None:
    story = opened(ASSAULT | {"police_called_at": "09:32"})
    story.see("2025-05-21T10:00", police_arrived=True)
    story.see("2025-05-22T10:00", exec_notified_at="09:35")

    assert story.case.facts["police_called_at"] == "2025-05-20T09:32"
    assert story.case.facts["exec_notified_at"] == "2025-05-22T09:35"
    assert story.case.facts["police_arrived"] is True


def test_a_fact_withdrawn_is_as_if_never_stated_and_can_be_stated_again() -> None:
    story = opened(ASSAULT | {"crowd_gathered": True})
    story.see("2025-05-20T09:10", withdrawn=("staff_assaulted",))
    assert story.case.facts == {"crowd_gathered": True}
    assert story.case.tier == "tier_1_general"

    story.see("2025-05-20T09:20", **ASSAULT)
    assert story.case.tier == "tier_3_serious_aggression"
    assert (story.life("call_police").occasion, story.life("call_police").since) == (2, instant("2025-05-20T09:20"))
    assert story.last.messages[0].id == message_id(CASE_ID, REQUIRED, "call_police", 2)


def test_a_fact_withdrawn_and_stated_in_one_event_is_stated() -> None:
    story = opened({"police_called_at": "09:32"} | ASSAULT)
    story.see("2025-05-21T09:10", withdrawn=("police_called_at",), police_called_at="09:05")

    assert story.case.facts["police_called_at"] == "2025-05-21T09:05"


def test_readings_chosen_hold_until_they_are_chosen_otherwise() -> None:
    story = opened({"verbal_abuse": True, "policy_reading": {"AMB-06": "B"}})
    assert story.case.tier == "tier_3_serious_aggression"

    story.see("2025-05-20T09:10", crowd_gathered=True)
    assert story.case.tier == "tier_3_serious_aggression"
    assert story.case.facts["policy_reading"] == {"AMB-06": "B"}

    story.see("2025-05-20T09:20", policy_reading={"AMB-06": "A"})
    assert story.case.tier == "tier_1_general"
    story.see("2025-05-20T09:30", withdrawn=("policy_reading",))
    assert "policy_reading" not in story.case.facts


def test_what_is_presumed_is_not_stated() -> None:
    story = opened(ASSAULT)
    assert "aggression_level" not in story.case.facts

    story.see("2025-05-20T09:10", withdrawn=("staff_assaulted",))
    assert story.case.decision.facts["aggression_level"] == "none"


def test_what_is_stated_to_be_unknown_stays_so_whatever_follows_meanwhile() -> None:
    story = opened({"order_disrupted": "unknown"})
    story.see("2025-05-20T09:10", counter_disturbance_continues=True)
    assert story.case.facts == {"order_disrupted": "unknown", "counter_disturbance_continues": True}
    assert story.case.decision.facts["order_disrupted"] is True  # I4

    step = story.see("2025-05-20T09:20", withdrawn=("counter_disturbance_continues",))
    assert story.case.facts == {"order_disrupted": "unknown"}
    assert "order_disrupted" in {item.fact for item in step.decision.undetermined}


def test_facts_that_cannot_all_be_true_are_refused_with_their_own_code() -> None:
    story = opened(ASSAULT)
    before = story.case.to_dict()

    with pytest.raises(FactsInvalid) as caught:
        story.see("2025-05-20T09:10", aggression_level="minor")
    assert [found.code for found in caught.value.diagnostics] == ["X1"]
    assert story.case.to_dict() == before


# ----------------------------------------------------------------------------------- done


def test_what_was_done_is_stated_as_a_fact_with_its_time() -> None:
    story = opened(ASSAULT)
    step = story.tell("2025-05-20T09:05", Done(action="call_police", role="lobby_manager"))

    assert story.case.facts["police_called_at"] == "2025-05-20T09:05"
    assert step.change.done == ("call_police",)
    assert next(duty for duty in step.decision.duties if duty.action == "call_police").status == "done"
    life = story.life("call_police")
    assert (life.status, life.until, life.by, life.said) == (
        Life.DONE,
        instant("2025-05-20T09:05"),
        "lobby_manager",
        True,
    )


def test_the_fact_that_was_stated_already_stays_when_the_duty_is_said_done() -> None:
    story = opened(ASSAULT)
    story.see("2025-05-20T09:06", police_called_at="09:02")
    story.tell("2025-05-20T09:30", Done(action="call_police", role="lobby_manager"))

    assert story.case.facts["police_called_at"] == "2025-05-20T09:02"
    assert (story.life("call_police").until, story.life("call_police").by) == (
        instant("2025-05-20T09:06"),
        "lobby_manager",
    )


def test_a_fact_stated_to_be_unknown_is_stated_when_the_duty_is_done() -> None:
    story = opened(ASSAULT | {"police_called_at": "unknown"})
    step = story.tell("2025-05-20T09:05", Done(action="call_police"))

    assert story.case.facts["police_called_at"] == "2025-05-20T09:05"
    assert "police_called_at" not in {item.fact for item in step.decision.undetermined}


def test_a_duty_without_a_fact_is_done_when_somebody_says_so() -> None:
    story = opened(ASSAULT)
    story.tell("2025-05-20T09:05", Done(action="dissuade_customer"))
    story.see("2025-05-20T09:10", crowd_gathered=True)

    assert (story.standing()["dissuade_customer"], story.life("dissuade_customer").until) == (
        "done",
        instant("2025-05-20T09:05"),
    )


def test_a_duty_said_done_once_more_was_done_when_it_was_first_said() -> None:
    story = fire(people=30)
    story.tell("2025-05-20T09:05", Done(action="evacuate", role="manager"))
    story.tell("2025-05-20T09:30", Done(action="evacuate", role="guard"))

    assert story.life("evacuate").until == instant("2025-05-20T09:05")


def test_a_duty_is_not_done_any_more_once_the_fact_that_shows_it_is_taken_back() -> None:
    story = opened(ASSAULT)
    story.tell("2025-05-20T09:05", Done(action="call_police", role="lobby_manager"))
    step = story.see("2025-05-20T09:10", withdrawn=("police_called_at",))

    life = story.life("call_police")
    assert (life.status, life.until, life.by, life.said, life.occasion) == (Life.IN_FORCE, None, "", False, 1)
    assert next(duty for duty in step.decision.duties if duty.action == "call_police").status == "open"

    story.tell("2025-05-20T09:12", Done(action="call_police"))
    assert story.case.facts["police_called_at"] == "2025-05-20T09:12"
    story.see("2025-05-20T09:15", police_called_at=None)
    assert story.life("call_police").open


def test_a_duty_that_is_done_as_it_comes_into_force_is_not_told_of() -> None:
    story = opened({"exec_notified_at": "09:00"} | ASSAULT)

    assert "report_to_executive" in story.last.change.new
    assert "report_to_executive" in story.last.change.done
    assert ("report_to_executive", 0) not in messages(story, REQUIRED)


def test_what_was_done_as_it_stopped_being_asked_for_was_done() -> None:
    story = opened(ASSAULT)
    story.see("2025-05-20T10:00", police_called_at="09:30", incident_resolved_on="2025-05-20")

    assert story.life("call_police").status is Life.DONE
    assert "call_police" not in story.last.change.lapsed
    assert story.life("dissuade_customer").status is Life.LAPSED


def test_where_two_reports_are_asked_for_one_does_not_show_them_made() -> None:
    story = opened({"counter_disturbance_continues": True, "policy_reading": {"AMB-10": "B"}})
    story.see("2025-05-20T09:10", reported_to_ga_or_po_at="09:05")
    assert story.life("report_to_ga_or_po").open

    story.tell("2025-05-20T10:00", Resolved())
    assert story.life("report_to_ga_or_po").status is Life.LAPSED


# ----------------------------------------------------------------------------------- breached


def test_what_is_forbidden_and_done_calls_for_what_to_do_instead() -> None:
    story = opened({"aggression_level": "minor"})
    step = story.tell("2025-05-20T09:05", Breached(action="argue_with_customer", role="lobby_manager"))

    assert story.case.breaches == (
        Breach(
            "argue_with_customer",
            instant("2025-05-20T09:05"),
            "lobby_manager",
            ("三.1.p",),
            ("explain_patiently", "listen_patiently"),
        ),
    )
    assert story.case.facts["staff_argued"] is True
    assert step.change.violated == ("argue_with_customer",)
    assert [str(item) for item in step.decision.violations] == ["argue_with_customer:done"]
    assert story.case.follow_ups() == (
        FollowUp("argue_with_customer", "breached", ("explain_patiently", "listen_patiently")),
    )


def test_a_duty_that_began_done_and_was_not_is_told_of_once() -> None:
    story = opened({**ASSAULT, "police_called_at": "2025-05-20T08:59"})
    assert "call_police" not in [message.body["action"] for message in story.last.messages]

    step = story.see("2025-05-20T09:05", withdrawn=("police_called_at",))
    assert [message.body["action"] for message in step.messages] == ["call_police"]

    story.tell("2025-05-20T09:06", Done(action="call_police"))
    assert story.see("2025-05-20T09:10", withdrawn=("police_called_at",)).messages == ()


def test_a_breach_is_made_good_by_what_is_done_in_its_place_afterwards() -> None:
    story = opened({"aggression_level": "minor"})
    story.tell("2025-05-20T09:02", Done(action="listen_patiently"))
    story.tell("2025-05-20T09:05", Breached(action="argue_with_customer"))
    assert len(story.case.follow_ups()) == 1  # what was done before it does not count

    story.tell("2025-05-20T09:10", Done(action="explain_patiently"))
    assert story.case.follow_ups() == ()


def test_a_breach_left_so_when_the_incident_is_resolved_is_recorded_and_past_mending() -> None:
    story = opened({"aggression_level": "minor"})
    story.tell("2025-05-20T09:05", Breached(action="argue_with_customer"))
    story.tell("2025-05-20T10:00", Resolved())

    assert story.case.follow_ups() == ()
    assert [item.action for item in story.case.breaches] == ["argue_with_customer"]


def test_a_breach_of_what_was_set_aside_is_excused() -> None:
    story = opened(WRITTEN_REPLY)
    story.tell("2025-05-20T09:05", REPLY)
    step = story.tell("2025-05-20T09:10", Breached(action="give_written_reply"))

    assert story.case.breaches[0].excused
    assert step.change.violated == ()
    assert story.case.follow_ups() == ()


# ----------------------------------------------------------------------------------- overridden


def test_what_binds_as_a_rule_is_set_aside_with_a_reason_and_an_approver() -> None:
    story = opened({})
    story.tell("2025-05-20T09:05", Overridden(action="handle_on_site", reason="客户要求到总行", approver="2002"))

    assert story.case.overrides == (Override("handle_on_site", instant("2025-05-20T09:05"), "客户要求到总行", "2002"),)
    life = story.life("handle_on_site")
    assert (life.status, life.until, life.by) == (Life.OVERRIDDEN, instant("2025-05-20T09:05"), "2002")
    assert "handle_on_site" not in {open_.action for open_ in story.case.open_duties()}
    story.see("2025-05-20T09:10", crowd_gathered=True)
    assert story.life("handle_on_site").status is Life.OVERRIDDEN


def test_a_duty_that_was_set_aside_can_be_done_all_the_same() -> None:
    story = opened({})
    story.tell("2025-05-20T09:05", Overridden(action="handle_on_site", reason="客户要求到总行", approver="2002"))
    story.tell("2025-05-20T09:10", Done(action="handle_on_site", role="outlet_manager"))

    life = story.life("handle_on_site")
    assert (life.status, life.until, life.by) == (Life.DONE, instant("2025-05-20T09:10"), "outlet_manager")


def test_a_reason_and_an_approver_have_to_be_given() -> None:
    for fields in ({"reason": "", "approver": "2002"}, {"reason": "急", "approver": ""}, {"reason": "急"}):
        with pytest.raises(EventRefused) as caught:
            what_of({"kind": "overridden", "action": "handle_on_site", **fields})
        assert caught.value.diagnostics[0].code == "CS001"


# ----------------------------------------------------------------------------------- handed over


def test_where_the_case_is_handed_to_the_b_role_the_deputies_of_the_decision_are_b() -> None:
    story = opened({})

    def deputies() -> set[tuple[str, ...]]:
        duty = next(duty for duty in story.case.decision.duties if duty.action == "handle_on_site")
        return {bearer.deputies for bearer in duty.bearers}

    assert deputies() == {("a_role",)}
    story.tell("2025-05-20T09:05", HandedOver(role="a_role", to="b_role"))
    assert deputies() == {("b_role",)}
    assert (story.case.handovers, story.case.facts) == ({"a_role": "b_role"}, {"a_role_on_duty": False})

    story.tell("2025-05-20T09:30", HandedOver(role="b_role", to="a_role"))
    assert deputies() == {("a_role",)}
    assert story.case.handovers == {"b_role": "a_role"}


def test_a_role_without_deputies_is_handed_over_without_a_fact() -> None:
    story = opened({})
    story.tell("2025-05-20T09:05", HandedOver(role="lobby_manager", to="outlet_manager"))

    assert (story.case.handovers, story.case.facts) == ({"lobby_manager": "outlet_manager"}, {})


# ----------------------------------------------------------------------------------- noted, erased, reviewed


@pytest.mark.parametrize("what", [Noted(), Reviewed(), Erased(items=("customer_name",), reason="到期")])
def test_notes_reviews_and_erasures_change_nothing_but_the_time(what: Any) -> None:
    story = opened(ASSAULT)
    before = story.case.to_dict()
    step = story.tell("2025-05-20T09:30", what)

    assert story.case.to_dict() == {**before, "version": 2, "at": "2025-05-20T09:30"}
    assert step.messages == ()
    assert step.change.carried == tuple(life.action for life in story.case.lives)


# ----------------------------------------------------------------------------------- resolved, reopened, closed


def test_a_case_is_resolved_on_the_day_of_the_event() -> None:
    story = ended()

    assert (story.case.phase, story.case.facts["incident_resolved_on"]) == (Phase.RESOLVED, "2025-05-20")
    assert story.standing() == {"report_to_sponsor": "in_force", "summarise_lessons": "in_force"}
    assert story.life("report_to_sponsor").due == "2025-05-23"


def test_the_day_of_the_end_that_was_stated_by_hand_is_kept() -> None:
    story = opened(ASSAULT | {"incident_resolved_on": "2025-05-19"})
    story.tell("2025-05-20T16:00", Resolved())

    assert (story.case.phase, story.case.facts["incident_resolved_on"]) == (Phase.RESOLVED, "2025-05-19")
    assert story.life("report_to_sponsor").due == "2025-05-22"


@pytest.mark.parametrize("stated", ["unknown", None])
def test_a_day_of_the_end_that_nobody_knew_is_that_of_the_event(stated: str | None) -> None:
    story = opened(ASSAULT | {"incident_resolved_on": stated})
    story.tell("2025-05-20T16:00", Resolved())

    assert story.case.facts["incident_resolved_on"] == "2025-05-20"


def test_a_case_reopened_asks_again_for_what_had_lapsed() -> None:
    story = ended()
    story.tell("2025-05-21T09:00", Reopened(reason="客户又来了"))

    assert (story.case.phase, "incident_resolved_on" in story.case.facts) == (Phase.OPEN, False)
    assert (story.life("call_police").occasion, story.standing()["call_police"]) == (2, "in_force")
    assert story.life("report_to_sponsor").status is Life.LAPSED
    assert [life.status for life in story.case.lives if life.action == "dissuade_customer"] == [
        Life.LAPSED,
        Life.IN_FORCE,
    ]


def test_a_case_reopened_after_its_report_owes_another_report() -> None:
    story = ended()
    story.tell("2025-05-21T09:00", Done(action="report_to_sponsor", role="general_affairs_dept"))
    story.tell("2025-05-21T10:00", Reopened(reason="客户又来了"))
    assert "sponsor_report_sent_on" not in story.case.facts
    assert (story.life("report_to_sponsor").status, story.life("report_to_sponsor").by) == (
        Life.DONE,
        "general_affairs_dept",
    )

    story.tell("2025-05-24T10:00", Resolved())  # a report made before the end would be X7
    life = story.life("report_to_sponsor")
    assert (life.occasion, life.status, life.due) == (2, Life.IN_FORCE, "2025-05-27")
    assert ("report_to_sponsor", 0) in messages(story, REQUIRED)


def test_a_report_in_advance_presumes_the_end_and_does_not_state_it() -> None:
    story = opened(ASSAULT | {"sponsor_report_sent_on": "2025-05-20"})
    assert [notice.id for notice in story.last.decision.notices if notice.id == "I10"] == ["I10"]
    assert "incident_resolved_on" not in story.case.facts

    story.tell("2025-05-20T16:00", Resolved())
    assert story.standing()["report_to_sponsor"] == "done"


def test_a_case_is_closed_once_what_is_due_is_done_and_then_takes_notes_only() -> None:
    story = ended()
    story.tell("2025-05-21T09:00", Done(action="report_to_sponsor"))
    story.tell("2025-05-21T10:00", Closed())
    assert story.case.phase is Phase.CLOSED
    assert next_review(story.case) is None

    story.tell("2025-05-22T09:00", Noted())
    story.tell("2025-05-22T09:00", Erased(items=("customer_name",), reason="到期"))
    story.tell("2025-05-22T10:00", Reopened(reason="漏了一项"))
    assert story.case.phase is Phase.OPEN


def test_a_closed_case_reminds_of_nothing() -> None:
    plan = kept_otherwise(PLAN, reminders={Term.AFTERWARDS: 60})
    story = ended(plan=plan)
    story.tell("2025-05-20T16:10", Done(action="report_to_sponsor"))
    story.tell("2025-05-20T16:20", Closed())
    assert story.life("summarise_lessons").open  # nobody can be late with it

    assert next_review(story.case) is None
    assert story.tell("2025-05-20T18:00", Noted()).messages == ()


# ----------------------------------------------------------------------------------- tiers and their peak


def test_the_peak_stays_when_the_tier_steps_down_and_the_report_is_owed_by_it() -> None:
    story = opened(ASSAULT)
    story.see("2025-05-20T09:30", withdrawn=("staff_assaulted",))
    assert (story.case.tier, story.case.peak) == ("tier_1_general", "tier_3_serious_aggression")
    assert (story.last.change.tier_before, story.last.change.tier_after) == (
        "tier_3_serious_aggression",
        "tier_1_general",
    )

    story.tell("2025-05-20T16:00", Resolved())
    assert story.standing() == {"report_to_sponsor": "in_force", "summarise_lessons": "in_force"}


def test_a_complaint_that_was_never_serious_owes_no_report() -> None:
    story = opened({"aggression_level": "minor"})
    story.tell("2025-05-20T16:00", Resolved())

    assert story.standing() == {}


def test_a_peak_stated_by_hand_is_not_believed() -> None:
    story = opened({"peak_tier": "tier_3_serious_aggression"})

    assert (story.case.facts, story.case.peak) == ({}, "tier_1_general")


def test_what_a_plan_asks_of_the_peak_it_asks_as_soon_as_it_is_reached() -> None:
    story = opened(FLAMES, plan=pr.loads(PEAKED))

    assert story.standing()["warn_people"] == "in_force"
    assert story.last.decision == story.case.decision
    assert story.tell("2025-05-20T09:01", Reviewed()).messages == ()


# ----------------------------------------------------------------------------------- overdue, late, told, reminded


def test_what_is_missed_is_late_once_done() -> None:
    story = ended()
    story.tell("2025-05-23T23:59", Reviewed())
    assert story.standing()["report_to_sponsor"] == "in_force"

    step = story.tell("2025-05-24T00:00", Reviewed())
    assert (step.change.violated, story.life("report_to_sponsor").days) == (("report_to_sponsor",), 1)
    assert story.case.follow_ups() == (FollowUp("report_to_sponsor", "missed", ("report_to_sponsor",)),)

    step = story.tell("2025-05-26T09:00", Done(action="report_to_sponsor"))
    life = story.life("report_to_sponsor")
    assert (life.status, life.violation, life.days) == (Life.DONE, "late", 3)
    assert [str(item) for item in step.decision.violations] == ["report_to_sponsor:late:3"]
    assert story.case.follow_ups() == ()


def test_a_late_entry_of_what_was_done_in_time_is_not_late() -> None:
    story = ended()
    story.tell("2025-05-25T09:00", Reviewed())
    assert story.life("report_to_sponsor").violation == "missed"

    story.see("2025-05-26T09:00", sponsor_report_sent_on="2025-05-22")
    assert (story.life("report_to_sponsor").status, story.life("report_to_sponsor").violation) == (Life.DONE, "")


def test_a_duty_due_within_minutes_is_missed_a_second_after() -> None:
    story = fire()
    assert (story.life("call_119").due, next_review(story.case)) == (
        "2025-05-20T09:10",
        instant("2025-05-20T09:05"),  # to remind of what is to be done at once
    )
    story.tell("2025-05-20T09:10", Reviewed())
    assert story.standing()["call_119"] == "in_force"
    assert next_review(story.case) == instant("2025-05-20T09:10:01")

    story.tell("2025-05-20T09:10:01", Reviewed())
    assert (story.standing()["call_119"], story.life("call_119").days) == ("missed", 0)


@pytest.mark.parametrize("shown_by", ["", "完成: 已拨打, "])
def test_what_somebody_says_was_done_after_it_was_due_is_late_where_no_fact_says_when(shown_by: str) -> None:
    text = SMALL.replace("  扑灭之日:", "  已拨打: {id: called, 类型: 是否, 默认: 否}\n  扑灭之日:")
    plan = pr.loads(text.replace("起算: 发现时间, ", f"起算: 发现时间, {shown_by}"))
    story = opened(FLAMES, plan=plan)
    story.tell("2025-05-20T09:20", Reviewed())
    assert story.life("call_119").violation == "missed"

    story.tell("2025-05-22T09:20", Done(action="call_119"))
    for _ in range(2):
        life = story.life("call_119")
        assert (life.status, life.violation, life.days) == (Life.DONE, "late", 2)
        story.tell("2025-05-25T09:20", Reviewed())


def test_each_rung_of_the_ladder_is_told_once() -> None:
    story = ended()
    told: list[tuple[str, str, int, tuple[str, ...]]] = []
    for day in range(20, 32):
        for hour in ("17:00", "23:00"):
            for message in story.tell(f"2025-05-{day}T{hour}", Reviewed()).messages:
                told.append((f"{day}", message.kind, message.body["rung"], tuple(message.body["to"])))

    assert told == [
        ("24", ESCALATED, 1, ("general_affairs_dept",)),
        ("25", ESCALATED, 2, ("service_quality_executive",)),
        ("27", ESCALATED, 3, ("president",)),
    ]
    assert next_review(story.case) is None


def test_rungs_passed_without_a_review_are_told_at_once_and_in_order() -> None:
    story = ended()
    assert next_review(story.case) == instant("2025-05-24T00:00")
    story.tell("2025-06-10T09:00", Noted())

    assert messages(story, ESCALATED) == [("report_to_sponsor", 1), ("report_to_sponsor", 2), ("report_to_sponsor", 3)]
    assert len({message.id for message in story.last.messages}) == 3


def test_a_duty_to_be_done_at_once_is_reminded_of_once() -> None:
    story = fire()
    assert next_review(story.case) == instant("2025-05-20T09:05")
    story.tell("2025-05-20T09:04:59", Reviewed())
    assert story.last.messages == ()

    story.tell("2025-05-20T09:05", Reviewed())
    assert messages(story, REMINDED) == [("inspect", 0)]
    story.tell("2025-05-20T09:06", Reviewed())
    assert story.last.messages == ()


def test_a_duty_done_in_time_is_not_reminded_of() -> None:
    story = fire()
    story.tell("2025-05-20T09:03", Done(action="inspect"))
    story.tell("2025-05-20T09:09", Reviewed())

    assert messages(story, REMINDED) == []


def test_the_end_of_the_calendar_is_no_obstacle() -> None:
    story = opened(ASSAULT | {"incident_resolved_on": "9999-12-27"}, "9999-12-31T23:59:59")
    assert (story.life("report_to_sponsor").due, story.standing()["report_to_sponsor"]) == ("9999-12-30", "missed")
    assert messages(story, ESCALATED) == [("report_to_sponsor", 1)]
    assert next_review(story.case) is None

    last = opened(FLAMES | {"found_at": "23:49:59"}, "9999-12-31T23:59:59", FIRE)
    assert last.life("call_119").due == "9999-12-31T23:59:59"
    assert next_review(last.case) is None


# ----------------------------------------------------------------------------------- upgraded


AMENDED = pr.loads(
    SMALL.replace("不得使用电梯。", "不得使用电梯。不得打开门窗。")
    .replace("- {做: 提醒在场人员, 责任: 值班员, 当: {在场人数: 至少 1}}", "- {做: 清点人数, 责任: 值班员}")
    .replace("动作:", "动作:\n  清点人数: {id: count_people}")
    .replace("{做: 疏散人员, 责任: 经理,", "{做: 疏散人员, 责任: 值班员,")
    + KEPT
)


def test_an_upgrade_shows_what_is_new_what_lapsed_and_what_is_altered() -> None:
    story = fire(people=30)
    story.tell("2025-05-20T09:02", Done(action="evacuate", role="manager"))
    step = story.tell("2025-05-20T09:04", Upgraded(plan=AMENDED.digest), plan=AMENDED)

    assert story.case.plan is AMENDED
    assert step.change.new == ("count_people",)
    assert step.change.lapsed == ("warn_people",)
    assert "evacuate" in step.change.altered  # another bears it now
    assert "inspect" not in step.change.altered
    assert story.standing()["evacuate"] == "done"
    assert step.decision.plan.digest == AMENDED.digest
    assert [message.body["action"] for message in step.messages] == ["count_people"]


def test_a_plan_without_the_tier_that_was_the_peak_is_no_obstacle() -> None:
    other = pr.loads(PEAKED.replace("tier_2", "tier_3"))
    story = opened(FLAMES, plan=pr.loads(PEAKED))
    story.see("2025-05-20T09:02", flames=False, smoke=True)
    assert (story.case.tier, story.case.peak) == ("tier_1", "tier_2")
    story.tell("2025-05-20T09:04", Upgraded(plan=other.digest), plan=other)

    assert (story.case.tier, story.case.peak) == ("tier_1", "tier_1")


def test_a_ladder_that_grew_is_told_from_where_it_was() -> None:
    story = ended()
    story.tell("2025-06-10T09:00", Reviewed())
    longer = kept_otherwise(PLAN, ladder=(*PLAN.case.ladder, Rung(10, ("vice_president",))))
    story.tell("2025-06-10T10:00", Upgraded(plan=longer.digest), plan=longer)

    assert messages(story, ESCALATED) == [("report_to_sponsor", 4)]


# ----------------------------------------------------------------------------------- what is refused


def test_cs001_an_event_that_is_malformed_is_refused_and_its_values_are_not_shown() -> None:
    with pytest.raises(EventRefused) as caught:
        what_of({"kind": "done", "action": 7, "role": "张三"})

    assert caught.value.diagnostics == (
        refusal(
            "CS001",
            "事件的“done.action”写法不对",
            "`done.action` of the event is malformed",
            "见参考文档“案件”里各种事件的写法",
            "see the reference on cases for the form of each event",
            "done.action",
        ),
    )
    assert "张三" not in str(caught.value)


RING: dict[str, Any] = {"kind": "noted"}
RING["self"] = RING
DEEP: list[Any] = []
for _ in range(100_000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        None,
        {"kind": "unheard_of"},
        {"kind": "done"},
        {"kind": "noted", "more": 1},
        {"kind": "noted", "more": object()},
        {"kind": "observed", "facts": {"a": 1.5}},
        {"kind": "observed", "facts": {"": True}},
        {"kind": "observed", "facts": {"a": "\ud800"}},
        {"kind": "observed", "facts": {"a": 10**5000}},
        {"kind": "observed", "facts": {"a": float("nan")}},
        {"kind": "overridden", "action": "a", "reason": "b", "approver": "张三"},
        {"kind": "observed", "withdrawn": [1]},
        RING,
        {"kind": "observed", "facts": {"a": DEEP}},
    ],
)
def test_cs001_whatever_is_handed_in_is_refused_and_not_raised(body: Any) -> None:
    whole = {"id": "e1", "at": "2025-05-20T09:00", "by": "1001", "what": body}
    for attempt in (what_of, lambda given: read({**whole, "what": given})):
        with pytest.raises(EventRefused) as caught:
            attempt(body)
        assert [found.code for found in caught.value.diagnostics] == ["CS001"]


@pytest.mark.parametrize(
    "fields",
    [{"by": "张三"}, {"id": ""}, {"id": "a b"}, {"at": "gestern"}, {"at": None}, {"what": {"kind": "noted", "x": 1}}],
)
def test_cs001_who_when_and_under_what_number_have_their_form(fields: dict[str, Any]) -> None:
    whole = {"id": "e1", "at": instant("2025-05-20T09:00"), "by": "1001", "what": Noted()}
    with pytest.raises(EventRefused) as caught:
        made(**{**whole, **fields})
    assert [found.code for found in caught.value.diagnostics] == ["CS001"]


def test_cs002_a_case_begins_with_opened_and_its_plan() -> None:
    for what in (Noted(), Opened(plan="sha256:0")):
        with pytest.raises(EventRefused) as caught:
            begin(CASE_ID, PLAN, event(1, "2025-05-20T09:00", what))
        assert caught.value.diagnostics == (
            refusal(
                "CS002",
                "案件要从“opened”事件开始, 并写明预案",
                "a case begins with an `opened` event that names its plan",
                "先开案: plan-rules case open",
                "open it first: plan-rules case open",
            ),
        )


def test_cs002_a_case_is_opened_once() -> None:
    assert opened().refused("2025-05-20T09:05", Opened(plan=PLAN.digest)) == refusal(
        "CS002",
        f"案件 {CASE_ID} 已经开了",
        f"case {CASE_ID} is open already",
        "换一个案件编号, 或登记新的事实",
        "choose another case id, or record new facts",
    )


def test_cs003_events_come_in_the_order_of_time() -> None:
    assert opened().refused("2025-05-20T08:59:59", Noted()) == refusal(
        "CS003",
        "事件时间 2025-05-20T08:59:59 早于本案上一事件 2025-05-20T09:00",
        "the event at 2025-05-20T08:59:59 lies before the last one, at 2025-05-20T09:00",
        "检查时钟; 补记较早的事, 用现在的时间登记, 在事实里写发生时间",
        "check the clock; to record what happened earlier, use the time now and state the time in a fact",
    )
    opened().tell("2025-05-20T09:00", Noted())  # at the same moment is in order


def test_cs004_a_closed_case_takes_nothing_more() -> None:
    story = opened({})
    story.tell("2025-05-20T10:00", Resolved())
    story.tell("2025-05-20T10:00", Closed())

    for what in (Observed(), Reviewed(), Closed(), Resolved(), Done(action="call_police"), Opened(plan=PLAN.digest)):
        assert story.refused("2025-05-20T10:05", what) == refusal(
            "CS004",
            f"案件 {CASE_ID} 已关闭",
            f"case {CASE_ID} is closed",
            "要继续处理, 先重开: plan-rules case reopen",
            "reopen it first: plan-rules case reopen",
        )


def test_cs005_only_what_was_stated_can_be_withdrawn() -> None:
    assert opened(ASSAULT).refused("2025-05-20T09:05", Observed(withdrawn=("aggression_level",))) == refusal(
        "CS005",
        "本案没有登记过“aggression_level”, 不能撤回",
        "`aggression_level` was never stated, so it cannot be withdrawn",
        "可撤回: staff_assaulted",
        "stated: staff_assaulted",
        "aggression_level",
    )
    nothing = opened().refused("2025-05-20T09:05", Observed(withdrawn=("aggression_level",)))
    assert nothing.help == Message("可撤回: 没有", "stated: none")


def test_cs006_what_is_not_required_is_neither_done_nor_set_aside() -> None:
    story = ended()
    expected = refusal(
        "CS006",
        "现在不要求“报警”",
        "`call_police` is not required now",
        "现在要求的: report_to_sponsor、summarise_lessons",
        "required now: report_to_sponsor, summarise_lessons",
        "call_police",
    )

    assert story.refused("2025-05-20T17:00", Done(action="call_police")) == expected
    assert story.refused("2025-05-20T17:00", Overridden(action="call_police", reason="急", approver="2002")) == expected
    assert story.refused("2025-05-20T17:00", Done(action="无此事")).message == Message(
        "现在不要求“无此事”", "`无此事` is not required now"
    )


def test_cs007_what_is_not_forbidden_cannot_be_breached() -> None:
    assert opened({}).refused("2025-05-20T09:05", Breached(action="casual_statement")) == refusal(
        "CS007",
        "现在不禁止“随意表态”",
        "`casual_statement` is not forbidden now",
        "现在禁止的: handle_in_public、mishandle_to_aggression",
        "forbidden now: handle_in_public, mishandle_to_aggression",
        "casual_statement",
    )


def test_cs008_what_is_strict_is_not_set_aside() -> None:
    story = opened(ASSAULT)
    assert story.refused(
        "2025-05-20T09:05", Overridden(action="call_police", reason="不想惊动", approver="2002")
    ) == refusal(
        "CS008",
        "“报警”不能推翻(三.3.c)",
        "`call_police` cannot be set aside",
        "只有“一般应当”“一般不得”可以例外",
        "only what binds as a rule has exceptions",
        "call_police",
    )
    forbidden = Overridden(action="mishandle_to_aggression", reason="急", approver="2002")
    assert story.refused("2025-05-20T09:05", forbidden).code == "CS008"


def test_cs009_whoever_asks_does_not_approve() -> None:
    assert opened(WRITTEN_REPLY).refused("2025-05-20T09:05", REPLY, by="2002") == refusal(
        "CS009",
        "批准人不能是申请的人自己",
        "whoever asks for an exception cannot approve of it",
        "写另一人的工号",
        "name somebody else as the approver",
    )


@pytest.mark.parametrize(
    "what",
    [
        Done(action="handle_on_site", role="nobody"),
        Breached(action="handle_in_public", role="nobody"),
        HandedOver(role="nobody", to="b_role"),
        HandedOver(role="a_role", to="nobody"),
    ],
)
def test_cs010_roles_are_those_of_the_plan(what: Any) -> None:
    assert opened({}).refused("2025-05-20T09:05", what) == refusal(
        "CS010",
        "预案里没有角色“nobody”",
        "the plan has no role `nobody`",
        "可写: " + "、".join(PLAN.roles),
        "roles: " + ", ".join(PLAN.roles),
        "nobody",
    )


def test_cs011_a_case_is_resolved_once() -> None:
    assert ended().refused("2025-05-20T17:00", Resolved()) == refusal(
        "CS011",
        "案件已经办结",
        "the case is resolved already",
        "要改办结日, 先重开",
        "to change the day, reopen it first",
    )


def test_cs012_an_open_case_is_not_reopened() -> None:
    assert opened().refused("2025-05-20T17:00", Reopened(reason="急")) == refusal(
        "CS012", "案件没有办结, 不用重开", "the case is open", "直接登记新的事实", "record what is new"
    )


def test_cs013_a_case_moves_to_a_plan_that_is_at_hand() -> None:
    story = opened()
    for plan in (None, FIRE):
        assert story.refused("2025-05-20T09:05", Upgraded(plan="sha256:0123456789abcdef"), plan=plan) == refusal(
            "CS013",
            "没有存过这个版本的预案 sha256:0123456789ab",
            "this version of the plan is not stored: sha256:0123456789ab",
            "先把新预案存进去, 再升级案件",
            "store the new plan before moving the case to it",
        )


def test_cs014_a_case_is_closed_when_it_is_over_and_what_is_due_is_done() -> None:
    help_ = ("办完并登记, 再关闭", "do and record it, then close")

    assert opened(ASSAULT).refused("2025-05-20T09:05", Closed()) == refusal(
        "CS014", "还不能关闭: 事件没有处理完", "cannot be closed: the incident is not resolved", *help_
    )
    assert ended().refused("2025-05-20T17:00", Closed()) == refusal(
        "CS014",
        "还不能关闭: 将整个事件情况及处理结果报送发起行没有办",
        "cannot be closed: report_to_sponsor not done",
        *help_,
    )


# ----------------------------------------------------------------------------------- as JSON


SEAL = Sealed(item="customer_name", ref="0" * 32, commitment=f"sha256:{'a' * 64}")
EVENTS = [
    Opened(plan=PLAN.digest, facts={"police_called_at": "09:32", "policy_reading": {"AMB-06": "B"}}, outlet="城关"),
    Observed(facts={"complainant_count": 2, "bank_at_fault": None}, withdrawn=("crowd_gathered",)),
    Done(action="call_police", role="lobby_manager"),
    Breached(action="casual_statement"),
    REPLY,
    HandedOver(role="a_role", to="b_role"),
    Noted(),
    Resolved(),
    Reopened(reason="客户又来了"),
    Upgraded(plan=PLAN.digest),
    Reviewed(),
    Closed(),
    Erased(items=("customer_name",), reason="到期"),
]


@pytest.mark.parametrize("what", EVENTS, ids=lambda what: what.kind)
def test_an_event_is_read_as_it_was_written(what: Any) -> None:
    whole = Event(id="e1", at=instant("2025-05-20T09:00:01"), by="1001", what=what, sealed=(SEAL,))

    assert read(written(whole)) == whole
    assert what_of(written(whole)["what"]) == what


def test_an_instant_with_an_offset_is_local_time() -> None:
    body = {"id": "e1", "at": "2025-05-20T01:00:00.7Z", "by": "1001", "what": {"kind": "noted"}}

    assert read(body).at == instant("2025-05-20T09:00")


def test_a_case_is_read_as_it_was_written() -> None:
    story = opened(WRITTEN_REPLY | {"aggression_level": "minor", "policy_reading": {"AMB-13": "B"}})
    story.tell("2025-05-20T09:05", REPLY)
    story.tell("2025-05-20T09:06", Breached(action="argue_with_customer", role="lobby_manager"))
    story.tell("2025-05-20T09:07", HandedOver(role="a_role", to="b_role"))
    story.tell("2025-05-20T09:08", Done(action="listen_patiently", role="lobby_manager"))
    again = case_of(story.case.to_dict(), PLAN)

    assert again == story.case
    assert again.to_dict() == story.case.to_dict()
    assert advance(again, event(6, "2025-05-20T10:00", Resolved())) == advance(
        story.case, event(6, "2025-05-20T10:00", Resolved())
    )


def test_what_changed_is_told_as_json() -> None:
    plain = opened(ASSAULT).last.change.to_dict()

    assert plain["tier_after"] == "tier_3_serious_aggression"
    assert plain["new"][0] == "call_police"
    assert plain["lapsed"] == []
