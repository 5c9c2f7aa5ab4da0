"""截点: a clock of days that starts after a time of day starts on the next day."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis import diff, prove
from plan_rules.calendars import Calendar
from plan_rules.deadlines import due
from plan_rules.language.reader import read
from plan_rules.norm import Term, TimeLimit
from plan_rules.urgency import urgency
from tests.command_line import run

SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
LIMIT = "时限: 10分钟, 起算: 发现时间"
FIVE = time(17)
WEEKS = Calendar("", years=frozenset(range(2024, 2060)))  # nothing but Mondays to Fridays

instants = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31))


def limit(term: Term, amount: int, cutoff: time | None = FIVE, *, roll: bool = False) -> TimeLimit:
    return TimeLimit(term, "", amount, "seen_at", roll, cutoff)


def with_limit(words: str) -> str:
    assert LIMIT in SMALL
    return SMALL.replace(LIMIT, words)


def found(words: str) -> list[tuple[str, int]]:
    lines = with_limit(words)
    told = [item for item in read(lines, "small.yaml").diagnostics if item.code != "PR066"]
    assert all(item.help and item.span for item in told)
    return [(item.code, item.span.line if item.span else 0) for item in told]


# --------------------------------------------------------------------------- days


@pytest.mark.parametrize(
    ("limit_", "start", "end"),
    [
        (limit(Term.WORKING_DAYS, 3), "2026-03-02T17:00", "2026-03-05"),  # a Monday
        (limit(Term.WORKING_DAYS, 3), "2026-03-02T17:00:01", "2026-03-06"),
        (limit(Term.WORKING_DAYS, 1), "2026-03-06T16:59", "2026-03-09"),  # a Friday
        (limit(Term.WORKING_DAYS, 1), "2026-03-06T17:01", "2026-03-10"),
        (limit(Term.NATURAL_DAYS, 3), "2026-03-06T17:01", "2026-03-10"),
        (limit(Term.NATURAL_DAYS, 3), "2026-03-06T09:00", "2026-03-09"),
        (limit(Term.NATURAL_DAYS, 3, roll=True), "2026-03-06T17:01", "2026-03-12"),
        (limit(Term.NATURAL_DAYS, 1, roll=True), "2026-03-05T17:01", "2026-03-09"),
        (limit(Term.NATURAL_DAYS, 3, None), "2026-03-06T23:59", "2026-03-09"),
    ],
)
def test_a_start_after_the_cut_off_counts_as_one_on_the_next_day(limit_: TimeLimit, start: str, end: str) -> None:
    assert due(limit_, datetime.fromisoformat(start), WEEKS) == date.fromisoformat(end)


@given(start=instants, amount=st.integers(1, 30), roll=st.booleans(), cutoff=st.times(), term=st.sampled_from(Term))
def test_a_cut_off_only_puts_off(start: datetime, amount: int, roll: bool, cutoff: time, term: Term) -> None:
    plain = due(limit(term, amount, None, roll=roll), start, WEEKS)
    cut = due(limit(term, amount, cutoff, roll=roll), start, WEEKS)

    if plain is None:
        assert cut is None
        return
    assert cut is not None
    assert cut >= plain
    counts_working_days = roll or term is Term.WORKING_DAYS
    if start.time() <= cutoff and (WEEKS.is_working_day(start.date()) or not counts_working_days):
        assert cut == plain


@given(
    start=instants, later=st.timedeltas(timedelta(), timedelta(days=10)), amount=st.integers(1, 30), roll=st.booleans()
)
@example(start=datetime.fromisoformat("2026-03-06T18:00"), later=timedelta(hours=16), amount=1, roll=False)
@pytest.mark.parametrize("term", [Term.WORKING_DAYS, Term.NATURAL_DAYS])
def test_what_starts_later_is_never_due_earlier(
    term: Term, start: datetime, later: timedelta, amount: int, roll: bool
) -> None:
    limit_ = limit(term, amount, roll=roll)
    first, second = due(limit_, start, WEEKS), due(limit_, start + later, WEEKS)

    assert first is not None and second is not None
    assert first <= second


@given(start=instants, amount=st.integers(1, 30), term=st.sampled_from([Term.WORKING_DAYS, Term.NATURAL_DAYS]))
def test_after_the_cut_off_a_day_more_is_counted(start: datetime, amount: int, term: Term) -> None:
    late = start.replace(hour=20)

    assert due(limit(term, amount), late, WEEKS) == due(limit(term, amount + 1, None), late, WEEKS)


def test_of_two_limits_the_one_that_is_put_off_less_is_the_more_urgent() -> None:
    none, late, early = (limit(Term.NATURAL_DAYS, 3, cutoff) for cutoff in (None, time(23), time(9)))

    assert urgency(none) < urgency(late) < urgency(early) < urgency(limit(Term.NATURAL_DAYS, 4, None))


# --------------------------------------------------------------------------- in a plan file


def test_a_plan_file_says_it_in_either_language() -> None:
    for words in (
        '时限: 3工作日, 起算: 发现时间, 截点: "17:00"',
        "limit: 3 working days, start: found_at, cutoff: '17:00'",
    ):
        plan = pr.loads(with_limit(words))
        (norm,) = [norm for norm in plan.clauses["一.b"].norms if norm.action == "call_119"]
        assert norm.limit
        assert (norm.limit.amount, norm.limit.cutoff) == (3, FIVE)


def test_a_decision_counts_by_it() -> None:
    plan = pr.loads(with_limit('时限: 3工作日, 起算: 发现时间, 截点: "17:00"'))

    def when(found_at: str) -> str | None:
        duties = pr.decide(plan, {"flames": True, "found_at": found_at}).duties
        (call,) = [duty for duty in duties if duty.action == "call_119"]
        return call.deadline.due if call.deadline else None

    assert when("2026-03-02T17:00") == "2026-03-05"
    assert when("2026-03-02T17:01") == "2026-03-06"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ('时限: 10分钟, 起算: 发现时间, 截点: "17:00"', "PR048"),
        ('时限: 2小时, 起算: 发现时间, 截点: "17:00"', "PR048"),
        ('时限: 立即, 截点: "17:00"', "PR048"),
        ('起算: 发现时间, 截点: "17:00"', "PR048"),
        ('时限: 3自然日, 起算: 扑灭之日, 截点: "17:00"', "PR048"),
        ('时限: 3自然日, 起算: 发现时间, 截点: "25:00"', "PR042"),
        ('时限: 3自然日, 起算: 发现时间, 截点: "17:00:30"', "PR042"),
        ("时限: 3自然日, 起算: 发现时间, 截点: 下班", "PR042"),
    ],
)
def test_a_cut_off_that_cannot_apply_is_reported(words: str, code: str) -> None:
    (line,) = [number for number, text in enumerate(SMALL.splitlines(), 1) if LIMIT in text]

    assert found(words) == [(code, line)]


# --------------------------------------------------------------------------- held against another


def test_a_changed_cut_off_is_a_change() -> None:
    old, new = (pr.loads(with_limit(f'时限: 3自然日, 起算: 发现时间, 截点: "{at}"')) for at in ("17:00", "16:30"))
    difference = diff(old, new)

    assert not difference.same
    values = {change.outcome.value for change in difference.changes if change.outcome.aspect == "deadline"}
    assert "natural_days|3|found_at||16:30" in values
    assert [(edit.kind, edit.what) for edit in difference.edits] == [("clause", "rule")]


@pytest.mark.parametrize(("lang", "word"), [("zh", "截点 17:00"), ("en", "cut-off 17:00")])
def test_a_changed_cut_off_is_shown(lang: str, word: str, tmp_path: Path) -> None:
    cut = with_limit('时限: 3自然日, 起算: 发现时间, 截点: "17:00"')
    (tmp_path / "old.yaml").write_text(with_limit("时限: 3自然日, 起算: 发现时间"), encoding="utf-8")
    (tmp_path / "new.yaml").write_text(cut, encoding="utf-8")

    told = run("diff", str(tmp_path / "old.yaml"), str(tmp_path / "new.yaml"), "--lang", lang).stdout
    assert word in told
    assert word in run("show", "一.b", "--plan", str(tmp_path / "new.yaml"), "--lang", lang).stdout


@pytest.mark.parametrize(
    ("evacuating", "calling", "too_soon"),
    [
        ("2自然日", "3自然日", True),
        ('2自然日, 截点: "17:00"', "3自然日", False),
        ('2自然日, 截点: "17:00"', '3自然日, 截点: "17:00"', True),
        ('2自然日, 截点: "17:00"', '3自然日, 截点: "18:00"', False),
        ('2自然日, 截点: "18:00"', '3自然日, 截点: "17:00"', True),
        ('2工作日, 截点: "17:00"', "4工作日", True),
        ('1自然日, 截点: "18:00"', "54小时", True),
        ('1自然日, 截点: "18:00"', "53小时", False),
        ("30小时", '1自然日, 截点: "17:00"', True),
        ("31小时", '1自然日, 截点: "17:00"', False),
    ],
)
def test_a_cut_off_is_counted_where_one_deadline_must_leave_time_for_another(
    evacuating: str, calling: str, too_soon: bool
) -> None:
    text = with_limit(f"时限: {calling}, 起算: 发现时间").replace(
        "{做: 疏散人员, 责任: 经理,", f"{{做: 疏散人员, 责任: 经理, 时限: {evacuating}, 起算: 发现时间,"
    )

    assert any(finding.code == "PF008" for finding in prove(pr.loads(text))) is too_soon
    assert too_soon is ends_sooner_whenever(evacuating, calling)


def ends_sooner_whenever(evacuating: str, calling: str) -> bool:
    """The same, tried for every half minute of a week."""
    first, second = (
        norm.limit
        for words in (evacuating, calling)
        for norm in pr.loads(with_limit(f"时限: {words}, 起算: 发现时间")).clauses["一.b"].norms
        if norm.action == "call_119"
    )
    assert first
    assert second
    starts = [datetime(2026, 3, 2) + timedelta(seconds=30 * n) for n in range(7 * 24 * 60 * 2)]
    return all(up(first, start) < up(second, start) for start in starts)


def up(limit_: TimeLimit, start: datetime) -> datetime:
    end = due(limit_, start, WEEKS)
    assert end is not None
    return end if isinstance(end, datetime) else datetime.combine(end, time()) + timedelta(days=1)
