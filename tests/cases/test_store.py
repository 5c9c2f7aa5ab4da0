"""The store, on both databases: it agrees with the events folded, and what it refuses leaves no trace."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from sqlalchemy import text

import plan_rules as pr
from plan_rules.calendars import Calendar
from plan_rules.cases.case import Case, Phase
from plan_rules.cases.casebook import Cases
from plan_rules.cases.event import Done, Noted, Observed, Resolved, Reviewed, Upgraded
from plan_rules.cases.message import ESCALATED, REQUIRED
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.store import work
from plan_rules.digests import digest_of
from plan_rules.norm import Term
from tests.cases.store_stories import (
    BY,
    FEW,
    PLAN,
    START,
    STORIES,
    Clock,
    Story,
    amended,
    another_case,
    database,
    folded,
    opened,
    record,
    s58,
    tell,
    untouched,
)

ASSAULT = {"complaint_location": "counter", "staff_assaulted": True}
ANGRY = {"complaint_location": "counter", "aggression_level": "minor", "opinion_valid": False}


def code_of(refused: pytest.ExceptionInfo[EventRefused]) -> str:
    (found,) = refused.value.diagnostics
    assert found.message.zh and found.message.en and found.help
    return found.code


def deadlines_of(case: Case) -> set[tuple[str, int, str | None, datetime | None]]:
    """What a list of deadlines has to show of a case."""
    at_once = (Term.IMMEDIATE, Term.PROMPT)
    return {
        (life.action, life.occasion, life.due, life.overdue_from)
        for life in case.lives
        if life.open and (life.due is not None or life.term in at_once)
    }


def listed(cases: Cases, case: str) -> set[tuple[str, int, str | None, datetime | None]]:
    """What the lists of deadlines do show."""
    found = (*cases.due(case=case, limit=1_000), *cases.at_once(case=case, limit=1_000))
    return {(duty.action, duty.occasion, duty.due, duty.overdue_from) for duty in found}


# ------------------------------------------------------------------------------------------ it agrees with the fold


def agrees(cases: Cases, case: str) -> None:
    """What is stored of a case is what its events come to."""
    events = cases.events(case)
    *_, last = folded(events, case, {PLAN.digest: PLAN})
    stored = cases.load(case)
    entries = cases.audit.entries(case)

    assert stored.to_dict() == last.case.to_dict()
    assert stored.version == len(events) == len(entries)
    assert stored.decision.to_json() == last.case.decision.to_json()
    assert entries[-1].content["decision"] == digest_of(last.decision.to_json())
    # The event is decided on the highest tier before it; the case then stands at the highest tier with it.
    assert but_for_the_peak(stored.decision) == but_for_the_peak(last.decision)
    assert listed(cases, case) == deadlines_of(stored)
    duties = {duty.action: (duty.label, duty.roles, duty.recipient, duty.clauses) for duty in last.decision.duties}
    for found in (*cases.due(case=case, limit=1_000), *cases.at_once(case=case, limit=1_000)):
        assert (found.label, found.roles, found.recipient, found.clauses) == duties[found.action]


def but_for_the_peak(decision: pr.Decision) -> dict[str, Any]:
    plain = decision.to_dict()
    plain["facts"].pop("peak_tier", None)
    return plain


def test_the_scenario_through_all_tiers_is_stored_as_it_is_folded_at_every_step(cases: Cases, clock: Clock) -> None:
    story, case = s58(), another_case()
    tell(cases, clock, Story(story.facts), case)
    tiers = [cases.load(case).tier]
    for move in story.moves:
        clock.passes(minutes=move.minutes)
        told = cases.record(case, move.what, by=BY)
        assert told.case.to_dict() == cases.load(case).to_dict()
        tiers.append(told.case.tier)
        agrees(cases, case)

    assert [tier and tier[:6] for tier in tiers[:4]] == ["tier_1", "tier_2", "tier_2", "tier_3"]
    assert cases.load(case).peak == "tier_3_serious_aggression"
    assert cases.due(case=case) == ()  # it was reported to the sponsor in time
    assert clock.now == datetime(2025, 5, 22, 11)


@FEW
@given(STORIES)
def test_any_story_is_stored_as_it_is_folded(cases: Cases, clock: Clock, story: Story) -> None:
    case = tell(cases, clock, Story(story.facts))
    agrees(cases, case)
    for move in story.moves:
        clock.passes(minutes=move.minutes)
        record(cases, case, move.what)
        assert listed(cases, case) == deadlines_of(cases.load(case))
    agrees(cases, case)


def test_cases_are_listed_the_latest_first_by_their_phase(cases: Cases, clock: Clock) -> None:
    for case in ("A", "B", "C"):
        clock.passes(minutes=1)
        cases.open(PLAN, ANGRY, by=BY, case=case, outlet="城关支行")
    clock.passes(minutes=1)
    cases.resolve("A", by=BY)

    assert [line.id for line in cases.list()] == ["A", "C", "B"]
    assert [line.id for line in cases.list([Phase.OPEN])] == ["C", "B"]
    assert [line.id for line in cases.list(limit=1)] == ["A"]
    (line,) = cases.list([Phase.RESOLVED])
    case = cases.load("A")
    assert (line.tier, line.at, line.opened_at, line.version) == (case.tier, case.at, case.opened_at, case.version)
    assert line.outlet == "城关支行"
    assert cases.list([Phase.CLOSED]) == ()


def test_what_is_due_comes_the_soonest_first_and_says_who_and_why(cases: Cases, clock: Clock) -> None:
    for case in ("A", "B"):
        cases.open(PLAN, ASSAULT, by=BY, case=case)
        cases.resolve(case, by=BY)
        clock.passes(days=1)
    due = cases.due()

    assert [(duty.case, duty.action, duty.due) for duty in due] == [
        ("A", "report_to_sponsor", "2025-05-23"),
        ("B", "report_to_sponsor", "2025-05-24"),
    ]
    decided = next(duty for duty in cases.load("A").decision.duties if duty.action == "report_to_sponsor")
    assert (due[0].label, due[0].roles, due[0].recipient, due[0].clauses) == (
        decided.label,
        decided.roles,
        decided.recipient,
        decided.clauses,
    )
    assert due[0].overdue_from == datetime(2025, 5, 24)
    assert not due[0].overdue(datetime(2025, 5, 23, 23, 59, 59))
    assert due[0].overdue(datetime(2025, 5, 24))
    assert [duty.case for duty in cases.due(before=datetime(2025, 5, 24))] == ["A"]
    assert cases.due(before=datetime(2025, 5, 23, 23, 59, 59)) == ()
    assert [duty.case for duty in cases.due(limit=1)] == ["A"]
    assert [duty.case for duty in cases.due(case="B")] == ["B"]


def test_what_is_to_be_done_at_once_comes_the_newest_first(cases: Cases, clock: Clock) -> None:
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    clock.passes(minutes=1)
    cases.open(PLAN, ASSAULT, by=BY, case="B")
    found = [(duty.case, duty.action) for duty in cases.at_once()]

    assert ("A", "call_police") in found
    assert [case for case, _ in found] == sorted((case for case, _ in found), reverse=True)
    cases.done("B", "call_police", by=BY)
    assert "call_police" not in [duty.action for duty in cases.at_once(case="B")]
    assert all(duty.due is None and not duty.overdue(datetime(2099, 1, 1)) for duty in cases.at_once())


# ------------------------------------------------------------------------------------------------- told more than once


def test_an_event_told_twice_has_no_second_effect(cases: Cases, clock: Clock, store_url: str) -> None:
    cases.open(PLAN, ANGRY, by=BY, case="A", event="e-1")
    first = cases.observe("A", {"staff_assaulted": True}, withdrawn=["aggression_level"], by=BY, event="e-2")
    clock.passes(minutes=5)
    with untouched(store_url):
        again = cases.observe("A", {"staff_assaulted": True}, withdrawn=["aggression_level"], by=BY, event="e-2")
        opened_again = cases.open(PLAN, ANGRY, by=BY, case="A", event="e-1")

    assert (first.repeated, again.repeated, opened_again.repeated) == (False, True, True)
    assert again.change is None
    assert again.case.to_dict() == first.case.to_dict()
    assert but_for_the_peak(again.decision) == but_for_the_peak(first.decision)


@pytest.mark.parametrize(
    ("what", "told"),
    [
        (Observed(facts={"staff_assaulted": False}), {}),
        (Observed(facts={"staff_assaulted": 1}), {}),
        (Reviewed(), {}),
        (Observed(facts={"staff_assaulted": True}), {"by": "somebody-else"}),
        (Observed(facts={"staff_assaulted": True}), {"at": START + timedelta(seconds=1)}),
    ],
)
def test_an_event_id_that_was_used_for_something_else_is_refused(
    cases: Cases, clock: Clock, store_url: str, what: Any, told: dict[str, Any]
) -> None:
    cases.open(PLAN, {}, by=BY, case="A")
    cases.observe("A", {"staff_assaulted": True}, by=BY, event="e-2")
    clock.passes(minutes=5)

    with untouched(store_url), pytest.raises(EventRefused) as refused:
        cases.record("A", what, event="e-2", **{"by": BY, **told})
    assert code_of(refused) == "CS017"


def test_the_same_event_id_in_another_case_is_another_event(cases: Cases) -> None:
    for case in ("A", "B"):
        cases.open(PLAN, ANGRY, by=BY, case=case, event="e-1")

    assert not cases.observe("A", {"order_disrupted": True}, by=BY, event="e-2").repeated
    assert not cases.observe("B", {"media_present": True}, by=BY, event="e-2").repeated


# ------------------------------------------------------------------------------------------------------------- refused


def test_what_is_based_on_an_old_version_is_refused(cases: Cases, store_url: str) -> None:
    cases.open(PLAN, ANGRY, by=BY, case="A")
    assert cases.observe("A", {"order_disrupted": True}, by=BY, expected=1).case.version == 2

    for expected in (1, 3):
        with untouched(store_url), pytest.raises(EventRefused) as refused:
            cases.observe("A", {"media_present": True}, by=BY, expected=expected)
        assert code_of(refused) == "CS015"


def test_a_case_that_is_not_there_is_refused_by_everything(cases: Cases, store_url: str) -> None:
    asked: list[Callable[[], object]] = [
        lambda: cases.load("nobody"),
        lambda: cases.events("nobody"),
        lambda: cases.observe("nobody", {"staff_assaulted": True}, by=BY),
        lambda: cases.done("nobody", "call_police", by=BY),
        lambda: cases.upgrade("nobody", PLAN, by=BY),
        lambda: cases.personal.read("nobody", role="outlet_manager", by=BY, reason="x"),
    ]
    for ask in asked:
        with untouched(store_url), pytest.raises(EventRefused) as refused:
            ask()
        assert code_of(refused) == "CS018"
    assert cases.due(case="nobody") == cases.at_once(case="nobody") == ()
    assert cases.outbox.of_case("nobody") == ()
    assert cases.audit.entries("nobody") == ()


def test_an_event_of_the_future_is_refused_beyond_a_minute(cases: Cases, clock: Clock, store_url: str) -> None:
    cases.open(PLAN, ANGRY, by=BY, case="A")
    with untouched(store_url), pytest.raises(EventRefused) as refused:
        cases.observe("A", {"order_disrupted": True}, by=BY, at=clock.now + timedelta(seconds=61))
    assert code_of(refused) == "CS019"
    with untouched(store_url), pytest.raises(EventRefused):
        cases.open(PLAN, {}, by=BY, at=clock.now + timedelta(days=1))

    recorded = cases.observe("A", {"order_disrupted": True}, by=BY, at=clock.now + timedelta(seconds=60))
    assert recorded.case.at == START + timedelta(seconds=60)


def test_a_clock_that_stepped_back_is_refused(cases: Cases, clock: Clock, store_url: str) -> None:
    clock.passes(minutes=10)
    cases.open(PLAN, ANGRY, by=BY, case="A", at=START)
    clock.passes(seconds=-61)

    with untouched(store_url), pytest.raises(EventRefused) as refused:
        cases.observe("A", {"order_disrupted": True}, by=BY)
    assert code_of(refused) == "CS016"


def test_a_clock_that_stepped_back_a_little_is_tolerated_and_what_is_recorded_stays_in_order(
    cases: Cases, clock: Clock
) -> None:
    cases.open(PLAN, ANGRY, by=BY, case="A")
    clock.passes(seconds=-60)
    cases.observe("A", {"order_disrupted": True}, by=BY)
    clock.passes(seconds=90)
    cases.observe("A", {"media_present": True}, by=BY)
    stamps = [entry.content["recorded_at"] for entry in cases.audit.entries("A")]

    assert stamps == ["2025-05-20T09:15:00", "2025-05-20T09:15:00", "2025-05-20T09:15:30"]
    assert [event.at for event in cases.events("A")] == [datetime.fromisoformat(stamp) for stamp in stamps]
    assert cases.audit.verify().whole


@pytest.mark.parametrize(
    "case", ["", " A", "A B", "@access", "a/b", "案件", "-a", "A\n", "A\x00", "a" * 65, "'; DROP TABLE cases; --"]
)
def test_a_case_cannot_be_called_anything(cases: Cases, store_url: str, case: str) -> None:
    with untouched(store_url), pytest.raises(EventRefused) as refused:
        cases.observe(case, {"order_disrupted": True}, by=BY)
    assert code_of(refused) == "CS001"
    if case:  # an empty one is the same as none
        with untouched(store_url), pytest.raises(EventRefused):
            cases.open(PLAN, {}, by=BY, case=case)


def test_a_case_without_an_id_is_given_one_that_no_other_has(cases: Cases) -> None:
    names = {cases.open(PLAN, {}, by=BY).case.id for _ in range(3)}

    assert len(names) == 3
    assert {line.id for line in cases.list()} == names


REFUSED: dict[str, Callable[[Cases], object]] = {
    "open again": lambda cases: cases.open(PLAN, {}, by=BY, case="A"),
    "open with facts that cannot be": lambda cases: cases.open(
        PLAN, {"staff_assaulted": True, "aggression_level": "minor"}, by=BY
    ),
    "open with an unknown fact": lambda cases: cases.open(PLAN, {"nonsense": True}, by=BY),
    "open by nobody": lambda cases: cases.open(PLAN, {}, by=""),
    "open with a bad event id": lambda cases: cases.open(PLAN, {}, by=BY, event="a b"),
    "an unknown fact": lambda cases: cases.observe("A", {"nonsense": True}, by=BY),
    "facts that cannot be": lambda cases: cases.observe("A", {"staff_assaulted": True}, by=BY),
    "a fact withdrawn that was never told": lambda cases: cases.observe("A", {}, withdrawn=["media_present"], by=BY),
    "a duty that is not asked": lambda cases: cases.done("A", "call_police", by=BY),
    "an unknown role": lambda cases: cases.hand_over("A", "nobody", "outlet_manager", by=BY),
    "an event before the last": lambda cases: cases.observe(
        "A", {"media_present": True}, by=BY, at=START - timedelta(seconds=1)
    ),
    "reopening what is open": lambda cases: cases.reopen("A", reason="x", by=BY),
    "closing what is not resolved": lambda cases: cases.finish("A", by=BY),
    "a plan that is not stored": lambda cases: cases.record("A", Upgraded(plan="sha256:" + "0" * 64), by=BY),
    "another plan than the event names": lambda cases: cases.record(
        "A", Upgraded(plan="sha256:" + "0" * 64), by=BY, plan=PLAN
    ),
    "personal data without a key": lambda cases: cases.note("A", "incident_note", "话", by=BY),
    "personal data that no plan keeps": lambda cases: cases.note("A", "nonsense", "话", by=BY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_leaves_no_trace_in_any_table(cases: Cases, store_url: str, name: str) -> None:
    cases.open(PLAN, ANGRY, by=BY, case="A")

    with untouched(store_url), pytest.raises(pr.PlanRulesError):
        REFUSED[name](cases)
    assert cases.observe("A", {"order_disrupted": True}, by=BY).case.version == 2  # the store is as usable as before


def test_nothing_at_all_is_written_by_looking(cases: Cases, store_url: str) -> None:
    tell(cases, Clock(), Story(ASSAULT), "A")
    with untouched(store_url):
        cases.load("A")
        cases.events("A")
        cases.list()
        cases.due()
        cases.at_once()
        cases.outbox.counts()
        cases.audit.verify()
        cases.audit.replay("A")
        cases.plan(PLAN.digest)


# ------------------------------------------------------------------------------------------------------- kept for good


def test_everything_is_there_after_the_store_was_closed_and_opened_again(store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as cases:
        case = tell(cases, clock, s58())
        before = (cases.load(case).to_dict(), cases.events(case), cases.audit.entries(case), cases.at_once())
    with opened(store_url, clock) as cases, untouched(store_url):
        assert (cases.load(case).to_dict(), cases.events(case), cases.audit.entries(case), cases.at_once()) == before
        assert cases.load(case).plan == PLAN


def test_a_case_can_be_moved_to_a_plan_whose_file_is_gone(store_url: str, clock: Clock, tmp_path: Path) -> None:
    file = amended(tmp_path)
    newer = pr.load(file)
    with opened(store_url, clock) as cases:
        cases.open(PLAN, ANGRY, by=BY, case="A")
        cases.open(newer, ANGRY, by=BY, case="B")
    file.unlink()
    (tmp_path / "source.yaml").unlink()
    with opened(store_url, clock) as cases:
        cases.record("A", Upgraded(plan=newer.digest), by=BY)  # it is stored, since another case is held to it
    with opened(store_url, clock) as cases:
        case, old, again = cases.load("A"), cases.plan(PLAN.digest), cases.plan(newer.digest)

        assert (case.plan.digest, case.plan.text) == (newer.digest, newer.text)
        assert old is not None and again is not None
        assert (old.text, again.text) == (PLAN.text, newer.text)
        assert old.source is not None and PLAN.source is not None and old.source.raw == PLAN.source.raw
        assert all(each.same for each in cases.audit.replay("A"))
        steps = folded(cases.events("A"), "A", {PLAN.digest: old, newer.digest: again})
        assert [*steps][-1].case.to_dict() == case.to_dict()
        assert cases.plan("sha256:" + "0" * 64) is None


def test_a_plan_that_comes_with_the_upgrade_is_stored_with_it(cases: Cases, store_url: str, tmp_path: Path) -> None:
    newer = pr.load(amended(tmp_path))
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    told = cases.upgrade("A", newer, by=BY)

    assert told.case.plan.digest == newer.digest
    assert told.change is not None and told.change.new == told.change.lapsed == told.change.altered == ()
    with database(store_url) as connection:
        kinds = connection.execute(text("SELECT kind, count(*) FROM documents GROUP BY kind ORDER BY kind")).all()
    assert [tuple(row) for row in kinds] == [("calendar", 1), ("plan", 2), ("source", 1)]


def test_a_text_that_many_cases_are_held_to_is_stored_once(cases: Cases, store_url: str) -> None:
    for case in ("A", "B", "C"):
        cases.open(PLAN, {}, by=BY, case=case)

    with database(store_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM documents")).scalar() == 3


def test_a_case_is_counted_by_its_own_calendar_for_ever(store_url: str, clock: Clock) -> None:
    rest = frozenset(date(2025, 5, 20) + timedelta(days=number) for number in range(7))
    calendar = Calendar("本行", rest=rest)
    in_working_days = {"policy_reading": {"AMB-13": "B"}}
    with opened(store_url, clock) as cases:
        for case, told in (("A", {}), ("B", {"calendar": calendar})):
            cases.open(PLAN, {**ASSAULT, **in_working_days}, by=BY, case=case, **told)
    with opened(store_url, clock) as cases:
        assert cases.load("B").calendar == calendar == cases.calendar(calendar.digest)
        for case in ("A", "B"):
            cases.resolve(case, by=BY)
        due = {duty.case: duty.due for duty in cases.due()}
        assert due["A"] is not None and due["B"] is not None
        assert due["A"] < due["B"]
        assert all(each.same for case in ("A", "B") for each in cases.audit.replay(case))


def test_instants_with_an_offset_are_kept_in_local_time(cases: Cases, clock: Clock) -> None:
    at = datetime.fromisoformat("2025-05-20T01:00:30.999+00:00")
    told = cases.open(PLAN, ANGRY, by=BY, case="A", at=at)

    assert told.case.at == datetime(2025, 5, 20, 9, 0, 30)
    assert cases.events("A")[0].at == datetime(2025, 5, 20, 9, 0, 30)


def test_facts_in_chinese_and_strange_letters_are_kept(cases: Cases) -> None:
    outlet = "城关支行 🏦 'quoted' \"double\" \\ %s {x} :y"
    cases.open(PLAN, ANGRY, by=BY, case="A", outlet=outlet)

    assert cases.load("A").outlet == outlet
    assert cases.list()[0].outlet == outlet
    assert all(message.body["outlet"] == outlet for message, _ in cases.outbox.of_case("A"))


# --------------------------------------------------------------------------------------------------------------- review


def test_time_alone_is_reviewed_once_for_every_rung_of_the_ladder(cases: Cases, clock: Clock, store_url: str) -> None:
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    cases.resolve("A", by=BY)
    told = []
    for now in ("05-23T23:59:59", "05-24T00:00", "05-24T12:00", "05-25T00:00", "05-27T00:00", "06-30T00:00"):
        clock.now = datetime.fromisoformat(f"2025-{now}")
        told.append(len(cases.review(by="clock")))
        with untouched(store_url):
            assert cases.review(by="clock") == ()  # nothing more happens at the same instant
    escalated = [
        (message.body["action"], message.body["rung"], message.body["to"], message.at)
        for message, _ in cases.outbox.of_case("A")
        if message.kind == ESCALATED
    ]

    assert told == [0, 1, 0, 1, 1, 0]
    assert escalated == [
        ("report_to_sponsor", 1, ["general_affairs_dept"], datetime(2025, 5, 24)),
        ("report_to_sponsor", 2, ["service_quality_executive"], datetime(2025, 5, 25)),
        ("report_to_sponsor", 3, ["president"], datetime(2025, 5, 27)),
    ]
    (life,) = [life for life in cases.load("A").lives if life.action == "report_to_sponsor"]
    assert (life.violation, life.rungs) == ("missed", 3)
    agrees(cases, "A")


def test_a_review_that_comes_late_tells_every_rung_at_once_and_only_once(cases: Cases, clock: Clock) -> None:
    for case in ("A", "B"):
        cases.open(PLAN, ASSAULT, by=BY, case=case)
        cases.resolve(case, by=BY)
    clock.passes(days=60)

    assert len(cases.review(by="clock", limit=1)) == 1
    assert len(cases.review(by="clock")) == 1
    assert cases.review(by="clock") == ()
    for case in ("A", "B"):
        kinds = [message.kind for message, _ in cases.outbox.of_case(case)]
        assert kinds.count(ESCALATED) == 3


def test_two_clocks_that_review_at_once_record_it_once(store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as one, opened(store_url, clock) as other:
        one.open(PLAN, ASSAULT, by=BY, case="A")
        one.resolve("A", by=BY)
        clock.passes(days=5)
        version = other.load("A").version
        (first,) = one.review(by="clock")
        # What the other saw before the first was done: it records the same event.
        again = other.record("A", Reviewed(), by="clock", at=clock.now, event=f"review.{version}")

        assert (first.repeated, again.repeated) == (False, True)
        assert other.review(by="clock") == ()


@pytest.mark.parametrize("name", ["clock", "another"])
def test_a_clock_that_comes_second_leaves_the_case_as_it_is(
    store_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with opened(store_url, clock) as one, opened(store_url, clock) as other:
        one.open(PLAN, ASSAULT, by=BY, case="A")
        one.resolve("A", by=BY)
        clock.passes(days=5)
        looked = work.to_review

        def overtaken(*arguments: Any, **named: Any) -> Any:
            """What is to be reviewed; before anything is made of it, the other clock is done, at another second."""
            found = looked(*arguments, **named)
            monkeypatch.undo()
            assert len(other.review(by=name)) == 1
            clock.passes(seconds=1)
            return found

        monkeypatch.setattr(work, "to_review", overtaken)

        assert one.review(by="clock") == ()
        assert one.load("A").version == 3
        agrees(one, "A")


def test_a_closed_case_is_reviewed_no_more(cases: Cases, clock: Clock) -> None:
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    cases.resolve("A", by=BY)
    clock.passes(days=1)
    cases.done("A", "report_to_sponsor", by=BY)
    cases.finish("A", by=BY)
    clock.passes(days=400)

    assert cases.review(by="clock") == ()
    assert cases.due() == ()
    with pytest.raises(EventRefused) as refused:
        cases.observe("A", {"media_present": True}, by=BY)
    assert code_of(refused) == "CS004"


# ------------------------------------------------------------------------------------------------- two at one store


def test_two_stores_opened_at_once_see_the_same(store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as one, opened(store_url, clock) as other:
        one.open(PLAN, ANGRY, by=BY, case="A", event="e-1")
        told = other.observe("A", {"order_disrupted": True}, by=BY, event="e-2")
        again = one.observe("A", {"order_disrupted": True}, by=BY, event="e-2")

        assert (told.case.version, again.case.version, again.repeated) == (2, 2, True)
        with pytest.raises(EventRefused) as refused:
            one.observe("A", {"media_present": True}, by=BY, expected=1)
        assert code_of(refused) == "CS015"
        assert one.load("A").to_dict() == other.load("A").to_dict()
        assert one.list() == other.list()
        assert one.outbox.counts() == other.outbox.counts()
        agrees(one, "A")


def test_a_message_is_written_with_the_event_that_requires_it(cases: Cases) -> None:
    told = cases.open(PLAN, ASSAULT, by=BY, case="A", outlet="城关支行")
    messages = [message for message, _ in cases.outbox.of_case("A")]

    assert {message.body["action"] for message in messages if message.kind == REQUIRED} == {
        life.action for life in told.case.lives if life.open
    }
    assert all(json.dumps(message.body) for message in messages)
    cases.record("A", Done(action="call_police"), by=BY)
    cases.record("A", Resolved(), by=BY)
    kinds = [(message.body["action"], message.body["occasion"]) for message, _ in cases.outbox.of_case("A")]
    assert kinds.count(("call_police", 1)) == 1


def test_noting_nothing_is_an_event_all_the_same(cases: Cases) -> None:
    cases.open(PLAN, {}, by=BY, case="A")

    assert cases.record("A", Noted(), by=BY).case.version == 2


def test_a_deadline_that_moves_is_moved_in_the_list(cases: Cases) -> None:
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    cases.resolve("A", by=BY)
    before = [(duty.action, duty.due) for duty in cases.due()]
    cases.observe("A", {"incident_resolved_on": "2025-05-19"}, by=BY)  # it was resolved the day before, it turns out

    assert before == [("report_to_sponsor", "2025-05-23")]
    assert [(duty.action, duty.due) for duty in cases.due()] == [("report_to_sponsor", "2025-05-22")]
    assert listed(cases, "A") == deadlines_of(cases.load("A"))


@pytest.mark.parametrize(
    "record",
    [
        lambda cases: cases.open(PLAN, ASSAULT, by=BY, case="B", outlet="长" * 101),
        lambda cases: cases.override("A", "handle_on_site", reason="", approver="10031", by=BY),
        lambda cases: cases.reopen("A", reason="", by=BY),
        lambda cases: cases.observe("A", {"staff_assaulted": 1.5}, by=BY),
        lambda cases: cases.done("A", "", by=BY),
        lambda cases: cases.done("A", "call_police", by="罗某"),
    ],
)
def test_what_is_malformed_is_refused_before_anything_is_written(cases: Cases, record: Callable[[Cases], Any]) -> None:
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    with pytest.raises(EventRefused) as refused:
        record(cases)

    assert refused.value.diagnostics[0].code == "CS001"
    assert [line.id for line in cases.list()] == ["A"]
    assert cases.load("A").version == 1
