"""Which days are working days: the public holidays, a bank's own days before them, and no guess at unknown years."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.calendars import CHINA, Calendar, read_calendar
from plan_rules.deadlines import due
from plan_rules.errors import CalendarInvalid, CalendarUnknown, DiagnosedError
from plan_rules.norm import Term, TimeLimit
from tests.command_line import run

OF_2027 = """\
名称: 本行 2027 年
年份: [2027]
休息: [2027-01-01, 2027-02-08]
上班: [2027-02-07]
"""
RESOLVED = {"staff_assaulted": True, "incident_resolved_on": "2027-02-05", "policy_reading": {"AMB-13": "B"}}

days = st.dates(date(2024, 1, 1), date(2026, 12, 31))
lists = st.frozensets(days, max_size=30)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    rest = draw(lists)
    return Calendar("行历", rest, draw(lists) - rest, draw(st.frozensets(st.integers(2024, 2027))))


def limit(term: Term, amount: int, *, roll: bool = False) -> TimeLimit:
    return TimeLimit(term, "", amount, "seen_on", roll)


def due_day(limit_: TimeLimit, start: date, calendar: Calendar) -> date:
    try:
        found = due(limit_, start, calendar)
    except CalendarUnknown as unknown:
        assert unknown.year not in calendar.years
        assert unknown.year > 2026
        return date.max
    assert found is not None
    return found


def codes(text: str) -> list[str]:
    with pytest.raises(CalendarInvalid) as refused:
        read_calendar(text, "bank.yaml")
    assert all(found.help and found.span for found in refused.value.diagnostics)
    return [found.code for found in refused.value.diagnostics]


# --------------------------------------------------------------------------- which days


@pytest.mark.parametrize(
    ("day", "worked"),
    [("2025-10-01", False), ("2025-09-28", True), ("2025-10-09", True), ("2025-10-11", True), ("2025-10-12", False)],
)
def test_public_holidays_and_make_up_days_count_in_china(day: str, worked: bool) -> None:
    assert CHINA.is_working_day(date.fromisoformat(day)) is worked


def test_a_year_nobody_knows_is_named() -> None:
    with pytest.raises(CalendarUnknown, match="2027") as caught:
        CHINA.is_working_day(date(2027, 2, 5))

    assert caught.value.year == 2027
    assert "年份: [2027]" in str(caught.value)
    assert "years: [2027]" in str(caught.value)


def test_a_year_that_the_bank_lists_is_known() -> None:
    calendar = read_calendar(OF_2027, "bank.yaml")

    assert calendar.name == "本行 2027 年"
    worked = [day for day in range(5, 11) if calendar.is_working_day(date(2027, 2, day))]
    assert worked == [5, 7, 9, 10]
    with pytest.raises(CalendarUnknown, match="2028"):
        calendar.is_working_day(date(2028, 1, 3))


@given(calendar=calendars(), day=days)
def test_the_banks_own_days_win(calendar: Calendar, day: date) -> None:
    worked = calendar.is_working_day(day)

    if day in calendar.work | calendar.rest:
        assert worked is (day in calendar.work)
    elif day.year in calendar.years:
        assert worked is (day.weekday() < 5)
    else:
        assert worked is CHINA.is_working_day(day)


@given(calendar=calendars(), start=days, amount=st.integers(1, 40), more=st.integers(1, 5))
def test_more_working_days_end_later_and_a_later_start_no_sooner(
    calendar: Calendar, start: date, amount: int, more: int
) -> None:
    end = due_day(limit(Term.WORKING_DAYS, amount), start, calendar)

    longer = due_day(limit(Term.WORKING_DAYS, amount + more), start, calendar)
    assert longer > end or longer == date.max
    assert due_day(limit(Term.WORKING_DAYS, amount), start + timedelta(days=more), calendar) >= end


@given(calendar=calendars(), start=days, amount=st.integers(1, 40))
def test_as_many_working_days_lie_between_as_were_counted(calendar: Calendar, start: date, amount: int) -> None:
    end = due_day(limit(Term.WORKING_DAYS, amount), start, calendar)

    if end != date.max:
        between = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
        assert sum(map(calendar.is_working_day, between)) == amount


@given(calendar=calendars(), start=days, amount=st.integers(1, 40))
def test_a_rolled_day_is_never_a_day_of_rest(calendar: Calendar, start: date, amount: int) -> None:
    end = due_day(limit(Term.NATURAL_DAYS, amount, roll=True), start, calendar)

    if end != date.max:
        assert calendar.is_working_day(end)
        last = start + timedelta(days=amount)
        assert not any(calendar.is_working_day(last + timedelta(days=n)) for n in range((end - last).days))


def test_natural_days_ask_no_calendar() -> None:
    assert due(limit(Term.NATURAL_DAYS, 3), date(2099, 1, 1), CHINA) == date(2099, 1, 4)


# --------------------------------------------------------------------------- stored


@given(calendar=calendars())
def test_a_stored_calendar_is_the_same_calendar(calendar: Calendar) -> None:
    again = Calendar.from_dict(json.loads(json.dumps(calendar.to_dict())))

    assert again == calendar
    assert again.digest == calendar.digest


def test_the_digest_tells_calendars_apart_and_stays_what_it_is() -> None:
    assert CHINA.digest == Calendar().digest
    assert CHINA.digest != read_calendar(OF_2027, "bank.yaml").digest
    assert re.fullmatch("sha256:[0-9a-f]{64}", CHINA.digest)
    assert CHINA.digest == "sha256:8ca98026d7e915cfd7471819778832ea50bc80e3f26ec6547c5911c020f8be13"
    assert Calendar.base == "chinesecalendar"


@pytest.mark.parametrize(
    "change", [{"base": "other"}, {"rest": ["soon"]}, {"rest": None}, {"rest": ["2027-01-01"], "work": ["2027-01-01"]}]
)
def test_what_is_no_stored_calendar_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="."):
        Calendar.from_dict({**CHINA.to_dict(), **change})
    with pytest.raises(ValueError, match="no calendar"):
        Calendar.from_dict({})


# --------------------------------------------------------------------------- files


def test_a_file_may_be_written_in_english() -> None:
    english = OF_2027.replace("名称", "name").replace("年份", "years").replace("休息", "rest").replace("上班", "work")

    assert read_calendar(english, "bank.yaml") == read_calendar(OF_2027.encode(), "bank.yaml")


def test_every_defect_of_a_file_is_told_at_once() -> None:
    text = "放假: [2027-01-01]\n名称: [a]\n休息: [2027-02-30, 2027-01-01]\n上班: [2027-01-01, 2027-01-04, 2027-01-04]\n年份: [二七]\n"

    assert codes(text) == ["CA001", "CA002", "CA003", "CA004", "CA004", "CA003"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[2027-01-01]", "CA002"),
        ("休息: [[2027-01-01]]", "CA002"),
        ("休息: [今天]", "CA003"),
        ("年份: [0000]", "CA003"),
        ("休息: [2027-01-01]\nrest: [2027-01-02]", "TX011"),
        ("", "TX012"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(text: str, code: str) -> None:
    assert codes(text) == [code]
    assert issubclass(CalendarInvalid, DiagnosedError)


def test_a_list_may_be_empty_or_a_single_day() -> None:
    assert read_calendar("休息:\n上班: []\n名称: 空", "bank.yaml") == Calendar("空")
    assert read_calendar("休息: 2025-06-16", "bank.yaml").rest == {date(2025, 6, 16)}


# --------------------------------------------------------------------------- decisions


def test_a_decision_in_a_year_that_the_bank_lists_is_made() -> None:
    plan = pr.load()
    with pytest.raises(CalendarUnknown, match="2027"):
        pr.decide(plan, RESOLVED)

    calendar = read_calendar(OF_2027, "bank.yaml")
    decision = pr.decide(plan, RESOLVED, calendar=calendar)
    (report,) = [duty for duty in decision.duties if duty.action == "report_to_sponsor"]
    assert report.deadline
    assert report.deadline.due == "2027-02-10"
    assert pr.explain(plan, RESOLVED, calendar=calendar).decision == decision


def test_the_default_calendar_changes_no_byte() -> None:
    facts = {**RESOLVED, "incident_resolved_on": "2025-09-29"}

    assert pr.decide(pr.load(), facts).to_json() == pr.decide(pr.load(), facts, calendar=Calendar()).to_json()


@pytest.mark.parametrize("command", ["decide", "explain"])
def test_the_command_line_takes_a_calendar_file(command: str, tmp_path: Path) -> None:
    facts, file = tmp_path / "facts.json", tmp_path / "bank.yaml"
    facts.write_text(json.dumps(RESOLVED), encoding="utf-8")
    file.write_text(OF_2027, encoding="utf-8")

    assert run(command, str(facts), "--json").returncode == 3
    assert run(command, str(facts), "--json", "--calendar", str(file)).returncode == 0


def test_a_calendar_file_with_defects_stops_the_command(tmp_path: Path) -> None:
    file = tmp_path / "bank.yaml"
    file.write_text("休息: [2027-02-30]", encoding="utf-8")

    done = run("decide", "-", "--json", "--calendar", str(file), stdin=b"{}")
    told = json.loads(done.stdout)
    assert (done.returncode, told["error"]) == (2, "calendar_invalid")
    assert [found["code"] for found in told["diagnostics"]] == ["CA003"]
    assert run("decide", "-", "--calendar", str(tmp_path / "none.yaml"), stdin=b"{}").returncode == 2
