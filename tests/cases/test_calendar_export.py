"""Cases -> an iCalendar file that calendars read, change and do not double."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from plan_rules.cases.calendar_export import as_calendar
from plan_rules.cases.extra import ExtraMissing
from tests.cases.paper_stories import FIRE, REPORTED, S58, everything, s58, small, story, unresolved


def entries(content: bytes):
    return Calendar.from_ical(content).walk("VEVENT")


def test_the_report_of_s58_is_a_whole_day_with_two_alarms() -> None:
    (entry,) = entries(as_calendar([s58().case]))

    assert (entry["DTSTART"].dt, entry["DTEND"].dt) == (date(2025, 5, 23), date(2025, 5, 24))
    assert str(entry["SUMMARY"]) == "【期限】将整个事件情况及处理结果报送发起行 (ZJ-2025-017)"
    assert (entry["SEQUENCE"], str(entry["STATUS"]), str(entry["TRANSP"])) == (8, "CONFIRMED", "TRANSPARENT")
    assert entry["DTSTAMP"].dt == datetime(2025, 5, 20, 8, 0, tzinfo=UTC)
    assert [alarm["TRIGGER"].dt for alarm in entry.walk("VALARM")] == [timedelta(hours=-15), timedelta(hours=9)]
    assert str(entry["DESCRIPTION"]).split("\n") == [
        "应当: 将整个事件情况及处理结果报送发起行",
        "由谁: 我行",
        "时限: 3自然日(处理完的三日内)",
        "依据: 四.7.a",
        "案件: ZJ-2025-017",
        "预案: 织金惠民村镇银行客户投诉应急预案 1.0.0",
    ]


def test_what_is_due_at_an_instant_is_there_to_the_minute_in_utc() -> None:
    (entry,) = entries(as_calendar([story(*FIRE[:2], plan=small(), id_="F-1").case]))

    assert entry["DTSTART"].dt == datetime(2026, 3, 7, 2, 14, tzinfo=UTC)
    assert "DTEND" not in entry
    assert len(entry.walk("VALARM")) == 1


def test_a_later_file_changes_an_entry_and_does_not_double_it() -> None:
    (before,), (after,) = entries(as_calendar([s58().case])), entries(as_calendar([story(*S58, REPORTED).case]))

    assert before["UID"] == after["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert str(after["SUMMARY"]).startswith("✓ 已办 ")
    assert after.walk("VALARM") == []


def test_what_lapsed_is_cancelled() -> None:
    (entry,) = entries(as_calendar([story(*S58, ("2025-05-20T17:00", {"kind": "reopened", "reason": "又来了"})).case]))

    assert str(entry["STATUS"]) == "CANCELLED"


def test_a_case_without_time_limits_gives_a_calendar_without_entries() -> None:
    assert entries(as_calendar([unresolved().case])) == []
    assert entries(as_calendar([])) == []


def test_cases_each_have_their_own_entries_in_one_order() -> None:
    cases = [story(*S58, id_=id_).case for id_ in ("B", "A")]

    assert as_calendar(cases) == as_calendar(reversed(cases))
    assert len({str(entry["UID"]) for entry in entries(as_calendar(cases))}) == 2


def test_it_speaks_english() -> None:
    (entry,) = entries(as_calendar([s58().case], "en"))

    assert str(entry["SUMMARY"]).startswith("Due: ")
    assert "clauses: 四.7.a" in str(entry["DESCRIPTION"])


def test_nothing_personal_and_no_fact_is_in_the_file() -> None:
    text = as_calendar([everything().case]).replace(b"\r\n ", b"").decode()

    for name, value in everything().case.facts.items():
        assert name not in text
        assert not isinstance(value, str) or value.startswith("2025-05-2") or value not in text
    assert "0123456789abcdef" not in text and "zj-0007" not in text


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "icalendar", None)

    with pytest.raises(ExtraMissing, match=r"icalendar.*pip install 'plan-rules\[cases\]'"):
        as_calendar([s58().case])


LABELS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(LABELS)
def test_any_label_is_folded_and_escaped_so_that_it_reads_back(label: str) -> None:
    case = s58().case
    action = replace(case.plan.actions["report_to_sponsor"], label=label)
    plan = replace(case.plan, actions={**case.plan.actions, "report_to_sponsor": action}, digest="sha256:x")
    content = as_calendar([_with_plan(case, plan)])

    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert not any(sign < 32 and sign not in (9, 10, 13) for sign in content)
    (entry,) = entries(content)
    assert _shown(label) in str(entry["SUMMARY"])
    assert content == as_calendar([_with_plan(case, plan)])


def _with_plan(case, plan):
    relabelled = replace(case, plan=plan)
    relabelled.__dict__["decision"] = case.decision  # the same answer; only the label differs
    return relabelled


def _shown(label: str) -> str:
    from plan_rules.display_width import visible

    return visible(label)
