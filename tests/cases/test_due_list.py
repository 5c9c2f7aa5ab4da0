"""(Cases, instant) -> what is still to be done, the most pressing first."""

from __future__ import annotations

import json
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.days import due_words, length, rest_note, weekday
from plan_rules.cases.due_list import due_list
from tests.cases.paper_stories import FIRE, REPORTED, S58, moved, s58, shipped, small, story, unresolved, when


def report_of(story_, at: str, lang: str = "zh"):
    return next(due for due in due_list([story_.case], when(at), lang) if due.action == "report_to_sponsor")


def test_the_three_day_report_of_s58_is_due_on_friday() -> None:
    due = report_of(s58(), "2025-05-21T08:00")

    assert (due.due, due.weekday, due.note) == ("2025-05-23", "星期五", "")
    assert (due.since, due.due_by) == (when("2025-05-20T16:00"), when("2025-05-24T00:00"))
    assert (due.overdue, due.days_late, due.within) == (False, None, "3自然日(处理完的三日内)")
    assert (due.roles, due.recipient, due.clauses) == (("bank",), "sponsor_bank", ("四.7.a",))
    assert report_of(s58(), "2025-05-21T08:00", "en").weekday == "Friday"


def test_a_report_is_overdue_only_once_its_last_day_is_over() -> None:
    assert not report_of(s58(), "2025-05-23T23:59:59").overdue
    assert report_of(s58(), "2025-05-24T00:00").overdue
    assert report_of(s58(), "2025-05-26T09:00").days_late == 3


def test_a_due_day_without_work_says_so() -> None:
    saturday = story(*moved(S58, "2025-05-21"))

    assert report_of(saturday, "2025-05-21T17:00").note == "周六, 非工作日"
    assert report_of(saturday, "2025-05-21T17:00", "en").note == "Saturday, no working day"


def test_nothing_is_noted_of_a_year_that_nobody_has_published() -> None:
    far = story(*moved(S58, "2031-05-21"))

    assert report_of(far, "2031-05-21T17:00").due == "2031-05-24"  # a Saturday
    assert (report_of(far, "2031-05-21T17:00").weekday, report_of(far, "2031-05-21T17:00").note) == ("星期六", "")


def test_a_working_saturday_of_the_bank_is_not_a_day_of_rest() -> None:
    assert rest_note(date(2025, 5, 24), CHINA) == "周六, 非工作日"
    assert rest_note(date(2025, 5, 24), Calendar(work=frozenset({date(2025, 5, 24)}))) == ""
    assert rest_note(date(2025, 5, 23), Calendar(rest=frozenset({date(2025, 5, 23)}))) == "周五, 非工作日"


def test_overdue_comes_first_then_what_is_to_be_done_at_once_then_by_due_day_then_the_rest() -> None:
    old, new = story(*moved(S58, "2025-05-12"), id_="OLD"), story(*S58, id_="NEW")
    older = story(*moved(S58, "2025-05-05"), id_="OLDER")
    cases = [new.case, story(*S58[:-1], id_="NOW").case, old.case, older.case]

    rows = due_list(cases, when("2025-05-21T08:00"))

    assert [(row.case, row.action) for row in rows[:2]] == [
        ("OLDER", "report_to_sponsor"),
        ("OLD", "report_to_sponsor"),
    ]
    at_once = [row for row in rows if row.immediate]
    assert rows[2 : 2 + len(at_once)] == tuple(at_once)
    assert {row.action for row in at_once} == {"report_to_executive", "leaders_go_to_scene"}
    assert [row.due_by for row in at_once] == [row.since for row in at_once]
    assert (rows[2 + len(at_once)].case, rows[2 + len(at_once)].action) == ("NEW", "report_to_sponsor")
    assert due_list(reversed(cases), when("2025-05-21T08:00")) == rows


def test_what_was_done_and_what_is_closed_is_on_no_list() -> None:
    rows = due_list([story(*S58, REPORTED).case], when("2025-05-22T11:00"))
    summary = ("2025-05-22T11:00", {"kind": "done", "action": "summarise_lessons"})
    closed = story(*S58, REPORTED, summary, ("2025-05-22T12:00", {"kind": "closed"}))

    assert [row.action for row in rows] == ["summarise_lessons"]
    assert due_list([closed.case], when("2025-05-23T00:00")) == ()


def test_it_says_whom_the_ladder_has_told_and_who_acts_after_a_handover() -> None:
    looked = ("2025-05-25T08:00", {"kind": "reviewed"})
    told = report_of(story(*S58, looked), "2025-05-25T09:00").told
    handed = story(*S58[:-1], ("2025-05-20T10:00", {"kind": "handed_over", "role": "outlet_manager", "to": "b_role"}))
    row = next(due for due in due_list([handed.case], when("2025-05-20T11:00")) if "outlet_manager" in due.roles)

    assert told == (("general_affairs_dept",), ("service_quality_executive",))
    assert "b_role" in row.acting and "outlet_manager" not in row.acting


def test_minutes_and_plans_without_a_section_of_cases_are_listed_too() -> None:
    rows = due_list([story(*FIRE[:2], plan=small()).case], when("2026-03-07T10:20"))

    assert [(row.action, row.overdue) for row in rows][:2] == [("call_119", True), ("inspect", False)]
    assert (rows[0].due_by, rows[0].days_late) == (when("2026-03-07T10:14:01"), 0)
    assert (rows[0].weekday, rows[0].note) == ("星期六", "")  # minutes count on a day of rest too


def test_rows_are_json_and_cite_clauses_of_the_plan() -> None:
    for row in due_list([unresolved().case, s58().case], when("2025-05-21T08:00")):
        assert json.loads(json.dumps(row.to_dict()))["action"] == row.action
        assert row.clauses and set(row.clauses) <= set(shipped().clauses)


@given(st.integers(0, 12 * 24 * 60))
def test_a_duty_once_overdue_stays_so(minutes: int) -> None:
    at = when("2025-05-20T16:00") + timedelta(minutes=minutes)
    now, later = (
        {(row.action, row.occasion) for row in due_list([s58().case], instant) if row.overdue}
        for instant in (at, at + timedelta(hours=7))
    )

    assert now <= later


def test_days_and_lengths_in_words() -> None:
    assert weekday(date(2025, 5, 23)) == "星期五"
    assert due_words("2025-05-23", CHINA) == "2025-05-23(星期五)"
    assert due_words("2025-05-24", CHINA) == "2025-05-24(周六, 非工作日)"
    assert due_words("2025-05-23T10:14", CHINA, "en") == "2025-05-23 10:14 (Friday)"
    assert [length(timedelta(minutes=m)) for m in (0, 59, 60, 405, 1440, 4000)] == [
        "0 分", "59 分", "1 小时", "6 小时 45 分", "1 天", "2 天 18 小时",
    ]  # fmt: skip
    assert length(timedelta(minutes=405), "en") == "6 h 45 min"
