"""Time limits in months, again and again, by tier and by who must act; nothing that a norm says is lost on the way."""

import calendar
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis import diff, lint, prove
from plan_rules.deadlines import due
from plan_rules.decision_page import page
from plan_rules.errors import CalendarUnknown
from plan_rules.language.intentions import limits_meant
from plan_rules.language.reader import read
from plan_rules.norm import Term, TimeLimit
from plan_rules.wording import Wording, who
from tests.cases.case_stories import opened

TEXT = (Path(__file__).parent / "data" / "estate_plan.yaml").read_text(encoding="utf-8")
PLAN = pr.loads(TEXT)
ENGINES = ("durable", "generated", "reference")
REPORTED = {"reported_at": "2026-03-02T09:00"}


def duty(
    action: str, facts: dict[str, Any], at: str | None = None, plan: pr.Plan = PLAN, engine: str = "reference"
) -> Any:
    return next(each for each in pr.decide(plan, facts, at=at, engine=engine).duties if each.action == action)


def codes(text: str) -> set[str]:
    return {found.code for found in read(text, "example.yaml").diagnostics} - {"PR066"}


# --------------------------------------------------------------------------- weeks, months, years


def limit(term: Term, amount: int) -> TimeLimit:
    return TimeLimit(term, "", amount, "on")


@pytest.mark.parametrize(
    ("term", "amount", "start", "end"),
    [
        (Term.MONTHS, 1, date(2026, 1, 31), date(2026, 2, 28)),
        (Term.MONTHS, 1, date(2028, 1, 31), date(2028, 2, 29)),
        (Term.MONTHS, 3, date(2025, 11, 30), date(2026, 2, 28)),
        (Term.MONTHS, 12, date(2026, 5, 20), date(2027, 5, 20)),
        (Term.YEARS, 1, date(2028, 2, 29), date(2029, 2, 28)),
        (Term.YEARS, 4, date(2028, 2, 29), date(2032, 2, 29)),
        (Term.WEEKS, 2, date(2026, 2, 20), date(2026, 3, 6)),
    ],
)
def test_a_month_ends_on_the_same_day_or_on_the_last_of_its_month(
    term: Term, amount: int, start: date, end: date
) -> None:
    assert due(limit(term, amount), start) == end


@given(start=st.dates(date(1900, 1, 1), date(2200, 1, 1)), amount=st.integers(1, 400))
def test_months_go_by_the_calendar(start: date, amount: int) -> None:
    end = due(limit(Term.MONTHS, amount), start)

    assert isinstance(end, date)
    assert (end.year - start.year) * 12 + end.month - start.month == amount
    assert end.day == min(start.day, calendar.monthrange(end.year, end.month)[1])
    assert due(limit(Term.WEEKS, amount), start) == start + timedelta(days=7 * amount)


@pytest.mark.parametrize("term", [Term.WEEKS, Term.MONTHS, Term.YEARS])
def test_a_limit_beyond_the_calendar_is_said_to_be_so(term: Term) -> None:
    with pytest.raises(CalendarUnknown):
        due(limit(term, 100_000 if term is not Term.WEEKS else 500_000), date(9000, 1, 1))


@pytest.mark.parametrize(
    ("words", "term", "amount", "every"),
    [
        ("每3个月", Term.MONTHS, 3, True),
        ("every 3 months", Term.MONTHS, 3, True),
        ("every 1 year", Term.YEARS, 1, True),
        ("2周", Term.WEEKS, 2, False),
        ("1 week", Term.WEEKS, 1, False),
        ("3个月(合同约定)", Term.MONTHS, 3, False),
    ],
)
def test_a_limit_is_read_in_either_language(words: str, term: Term, amount: int, every: bool) -> None:
    plan = pr.loads(TEXT.replace("时限: 每3个月", f"时限: {words}"))
    read_ = plan.clauses["三.a"].norms[0].limit

    assert read_
    assert (read_.term, read_.amount, read_.every) == (term, amount, every)


# --------------------------------------------------------------------------- again and again


def test_what_is_to_be_done_every_three_months_is_due_three_months_after_the_last_time() -> None:
    in_time, too_late = (duty("drill", {"drilled_on": "2026-01-31"}, at) for at in ("2026-04-30", "2026-05-02"))

    assert (in_time.deadline.due, in_time.status) == ("2026-04-30", "open")
    assert too_late.status == "missed"
    assert [str(item) for item in pr.decide(PLAN, {"drilled_on": "2026-01-31"}, at="2026-05-02").violations] == [
        "drill:missed:2"
    ]


def test_what_was_never_done_is_said_to_be_so() -> None:
    never = pr.decide(PLAN, {"signed_on": "2026-01-01"})

    assert duty("drill", {}).status == "open"
    assert [(notice.id, notice.clauses) for notice in never.notices] == [("三.a:drill", ("三.a",))]
    assert "每3个月" in never.notices[0].text
    assert pr.decide(PLAN, {"signed_on": "2026-01-01", "drilled_on": "2026-01-01"}).notices == ()


def test_what_is_done_again_and_again_is_not_done_for_good() -> None:
    assert codes(TEXT.replace("起算: 上次演练日", "起算: 上次演练日, 完成: 上次演练日")) == {"PR084"}


# --------------------------------------------------------------------------- by tier


@pytest.mark.parametrize("engine", ENGINES)
def test_a_limit_by_tier_is_that_of_the_tier(engine: str) -> None:
    for facts, end in (
        ({"fault": "lift"}, "2026-03-02T09:30"),
        ({"fault": "water", "homes": 60}, "2026-03-02T11:00"),
        ({"fault": "water", "beyond_watch": True}, "2026-03-02T11:00"),
        ({"fault": "water"}, "2026-03-03"),
    ):
        found = duty("repair", {**facts, **REPORTED}, engine=engine)

        assert (found.deadline.due, len(found.bearers), found.bearers[0].deadline) == (end, 1, None)


def test_a_duty_with_limits_for_some_tiers_holds_in_all() -> None:
    plan = pr.loads(TEXT.replace(", 其余: 1自然日", "").replace("一级三十分钟、二级二小时内抢修，其余一日", "抢修"))

    assert duty("repair", {"fault": "water", **REPORTED}, plan=plan).deadline is None
    assert duty("repair", {"fault": "lift", **REPORTED}, plan=plan).deadline.due == "2026-03-02T09:30"


def test_tiers_may_be_bounded() -> None:
    plan = pr.loads(TEXT.replace("{一级: 30分钟, 二级: 2小时, 其余: 1自然日}", "{至少 二级: 2小时, 其余: 1自然日}"))

    assert duty("repair", {"fault": "lift", **REPORTED}, plan=plan).deadline.due == "2026-03-02T11:00"
    assert duty("repair", {"fault": "water", **REPORTED}, plan=plan).deadline.due == "2026-03-03"


# --------------------------------------------------------------------------- by who must act


@pytest.mark.parametrize("engine", ENGINES)
def test_each_of_those_who_must_act_has_a_deadline_of_its_own(engine: str) -> None:
    found = duty("arrive", {"fault": "water", **REPORTED}, at="2026-03-02T09:10", engine=engine)

    assert (found.deadline.due, found.status) == ("2026-03-02T09:05", "missed")
    assert [
        (each.groups[0].roles, each.deadline and (each.deadline.kind, each.deadline.due), each.status)
        for each in found.bearers
    ] == [
        (("watch",), None, ""),
        (("manager",), ("minutes", "2026-03-02T09:15"), "open"),
        (("engineering",), ("prompt", None), "open"),
    ]


def test_who_is_in_time_is_told_from_who_is_late() -> None:
    found = duty("arrive", {"fault": "water", **REPORTED, "handled_at": "2026-03-02T09:12"})

    assert found.status == "late"
    assert [each.status for each in found.bearers] == ["", "done", "done"]


def test_only_what_differs_is_in_the_json() -> None:
    found = pr.decide(PLAN, {"fault": "water", **REPORTED}).to_dict()["duties"]
    arrive = next(each for each in found if each["action"] == "arrive")

    assert [list(each)[4:] for each in arrive["bearers"]] == [[], ["deadline", "status"], ["deadline", "status"]]


def test_the_page_says_who_has_how_long() -> None:
    found = duty("arrive", {"fault": "water", **REPORTED})

    assert who(found.bearers, Wording(PLAN, "zh")) == (
        "值班员; 经理 (时限 15分钟 (截止 2026-03-02T09:15)); 工程部 (时限 及时)"
    )
    assert page(pr.decide(PLAN, {"fault": "water"}), PLAN).sections


def test_what_is_to_be_done_at_once_comes_next_though_it_has_no_place_in_the_order() -> None:
    small = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
    plan = pr.loads(small.replace("时限: 10分钟, 起算: 发现时间, 次序: F-1", "时限: 立即").replace("[拨打119]", "[]"))
    decision = pr.decide(plan, {"smoke": True, "flames": True})
    called = next(duty for duty in decision.duties if duty.action == "call_119")

    assert called.order is None
    assert any(step.startswith("拨打119") for step in page(decision, plan).next_steps)


def test_the_page_says_that_minutes_passed_are_less_than_a_day() -> None:
    at = datetime.fromisoformat("2026-03-02T09:16")
    decision = pr.decide(PLAN, {"fault": "water", **REPORTED}, at=at)
    missed = [
        entry.head for section in page(decision, PLAN).sections for entry in section.entries if "逾期" in entry.head
    ]

    assert missed
    assert all(head.endswith("逾期未办 不足 1 天") for head in missed)


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        ("{按责任: {业主: 5分钟}}", "PR033"),
        ("{按责任: {}}", "PR022"),
        ("{按人: {经理: 5分钟}}", "PR022"),
        ("{按等级: {四级: 5分钟}}", "PR034"),
        ("{按等级: {一级: 马上}}", "PR042"),
        ("{按等级: {一级: [5分钟]}}", "PR022"),
        ("[5分钟, 10分钟]", "PR022"),
    ],
)
def test_a_limit_that_makes_no_sense_is_pointed_out(limits: str, code: str) -> None:
    assert codes(TEXT.replace("{按责任: {值班员: 5分钟, 经理: 15分钟, 其余: 及时}}", limits)) == {code}


def test_those_of_whom_one_acts_share_a_limit() -> None:
    assert codes(TEXT.replace("责任: [值班员, 经理, 工程部]", "责任: {任一: [值班员, 经理, 工程部]}")) == {"PR085"}


# --------------------------------------------------------------------------- nothing is lost


def test_of_two_recipients_neither_is_lost() -> None:
    found = duty("report", {"fault": "lift", **REPORTED}, at="2026-03-02T10:30")

    assert (found.recipient, found.deadline.due, found.status) == ("owners", "2026-03-02T10:00", "missed")
    assert [(each.recipient, each.deadline and each.deadline.due, each.status) for each in found.bearers] == [
        (None, None, ""),
        ("street", "2026-03-02T11:00", "open"),
    ]
    assert who(found.bearers, Wording(PLAN, "en")) == (
        "经理; 经理 (to 街道办事处) (within 2小时 (due 2026-03-02T11:00))"
    )


def test_of_two_clocks_the_one_that_runs_decides_the_status() -> None:
    text = TEXT.replace("时限: 2小时, 起算: 接报时间}", "时限: 1自然日, 起算: 上次演练日}")
    found = duty("report", {"fault": "lift", "drilled_on": "2026-03-01"}, at="2026-03-05", plan=pr.loads(text))

    assert (found.deadline.due, found.status) == (None, "missed")
    assert [each.status for each in found.bearers] == ["", "missed"]


# --------------------------------------------------------------------------- the analyses


def test_the_plan_is_proved_and_linted_without_an_error() -> None:
    assert [item for item in prove(PLAN) if item.severity == "error"] == []
    assert [item for item in lint(PLAN) if item.code == "LN001"] == []


def test_another_limit_of_one_tier_or_one_bearer_is_a_change() -> None:
    for old, new in (("一级: 30分钟", "一级: 20分钟"), ("经理: 15分钟", "经理: 20分钟"), ("每3个月", "3个月")):
        assert diff(PLAN, pr.loads(TEXT.replace(old, new))).changes, old
    assert not diff(PLAN, PLAN).changes


# --------------------------------------------------------------------------- cases


def test_a_duty_of_a_case_is_overdue_from_the_first_deadline_that_runs_out() -> None:
    text = TEXT.replace("时限: 1小时, 起算: 接报时间}", "时限: 1小时, 起算: 处置完成时间}")
    story = opened({"fault": "lift", **REPORTED}, "2026-03-02T09:00", pr.loads(text))
    due_by = {life.action: life.due for life in story.case.lives}

    assert due_by["arrive"] == "2026-03-02T09:05"
    assert due_by["report"] == "2026-03-02T11:00"


# --------------------------------------------------------------------------- what must come first

SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
UNITS = st.sampled_from(("分钟", "小时", "自然日", "周", "个月", "年"))
LENGTHS = st.tuples(st.integers(1, 40), UNITS).map(lambda said: f"{said[0]}{said[1]}")


@settings(max_examples=60, deadline=None)
@given(
    before=LENGTHS,
    limit_=LENGTHS,
    starts=st.lists(st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)), min_size=5),
)
@example(before="29自然日", limit_="1个月", starts=[datetime(2025, 1, 1)])
@example(before="366自然日", limit_="1年", starts=[datetime(2027, 6, 1)])
@example(before="12个月", limit_="1年", starts=[datetime(2028, 2, 29)])
def test_a_limit_said_to_leave_no_time_is_up_first_whenever_the_clock_starts(
    before: str, limit_: str, starts: list[datetime]
) -> None:
    text = SMALL.replace("时限: 10分钟", f"时限: {before}").replace(
        "责任: 经理, 可推翻: R1", f"责任: 经理, 时限: {limit_}, 起算: 发现时间, 可推翻: R1"
    )
    plan = pr.loads(text)
    first, then = (plan.clauses["一.b"].norms[at].limit for at in (0, 1))
    assert first
    assert then
    if "PF008" in {found.code for found in prove(plan)}:
        assert all(end(then, start) < end(first, start) for start in starts)
    elif then.term is first.term:
        assert (then.amount or 0) >= (first.amount or 0)


def end(limit_: TimeLimit, start: datetime) -> datetime:
    """The last instant in time."""
    found = due(limit_, start)
    assert found is not None
    return found if isinstance(found, datetime) else datetime.combine(found, time.max)


@pytest.mark.parametrize(
    ("written", "meant"), [("每季度", "每3个月"), ("一个季度", "3个月"), ("每半年", "每6个月"), ("每年", "每1年")]
)
def test_a_quarter_is_three_months(written: str, meant: str) -> None:
    assert limits_meant(written) == (meant,)
