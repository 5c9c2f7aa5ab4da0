"""(Story, instant) -> the report of 四.7: what was recorded, nothing invented, nothing secret."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.cases.report import draft, report_duty
from plan_rules.pages import Page, as_html, as_markdown, as_text
from tests.cases.paper_stories import (
    BREACHED,
    NOTED,
    REPORTED,
    REPORTED_LATE,
    S58,
    SECRETS,
    cited,
    everything,
    fire,
    leaks,
    moved,
    s58,
    shipped,
    small,
    story,
    unresolved,
    when,
)


def section(page: Page, title: str) -> list[tuple[str, tuple[str, ...]]]:
    return next(
        ([(item.head, item.details) for item in part.items] for part in page.sections if title in part.title), []
    )


def test_the_report_duty_is_found_in_the_plan_and_not_by_its_name() -> None:
    found = report_duty(shipped())

    assert found is not None and (found.action, found.clause) == ("report_to_sponsor", "四.7.a")
    assert report_duty(small()) is None


def test_the_report_of_s58_says_to_whom_by_when_and_how_it_stands() -> None:
    page = draft(s58(), when("2025-05-21T11:00"))

    assert page.title == "关于客户投诉过激行为事件情况及处理结果的报告"
    assert page.summary == "草稿; 已处理完; 最高曾达三级; 没有报送, 还有 2 天"
    assert page.about == (
        ("报送", "发起行"),
        ("期限", "2025-05-23(星期五)"),
        ("报送情况", "没有报送, 还有 2 天"),
        ("案件", "ZJ-2025-017"),
        ("网点", "城关支行"),
        ("等级", "三级: 有严重过激行为"),
        ("开案", "2025-05-20 09:15"),
        ("起草", "2025-05-21 11:00"),
    )


def test_what_happened_is_told_in_order_with_the_steps_of_the_tier() -> None:
    told = section(draft(s58(), when("2025-05-21T11:00")), "事件经过")

    assert told == [
        (
            "2025-05-20 09:15  开案, 城关支行",
            ("投诉发生地: 柜面; 过激行为程度: 轻微; 客户意见正确: 否; 客户要求与现行规章制度相悖: 是", "↑ 未定级 → 一级"),
        ),
        ("2025-05-20 09:22  已影响正常工作秩序: 是", ("↑ 一级 → 二级",)),
        ("2025-05-20 09:32  继续在柜面无理取闹: 是; 客户拒绝进接待室: 是", ()),
        ("2025-05-20 09:32  办了: 向综合部或行长室报告(网点负责人)", ("向综合部或行长室报告时间: 2025-05-20 09:32",)),
        ("2025-05-20 09:40  过激行为程度: 轻微 → 严重; 对我行员工人身攻击: 是", ("↑ 二级 → 三级",)),
        ("2025-05-20 09:41  办了: 报警(大堂经理)", ("报警时间: 2025-05-20 09:41",)),
        ("2025-05-20 09:55  警方已到现场: 是", ()),
        ("2025-05-20 16:00  事件处理完", ("事件处理完之日: 2025-05-20",)),
    ]  # fmt: skip


def test_what_was_done_says_when_by_whom_to_whom_and_after_which_clause() -> None:
    assert section(draft(s58(), when("2025-05-21T11:00")), "采取的措施") == [
        ("2025-05-20 09:32  向综合部或行长室报告", ("由: 网点负责人 · 向: 综合部或行长室 [三.2.h]",)),
        ("2025-05-20 09:41  报警", ("由: 大堂经理 · 向: 警方 [三.3.c]",)),
    ]


@pytest.mark.parametrize(
    ("rows", "at", "says"),
    [
        ((), "2025-05-23T10:00", "没有报送, 今天到期"),
        ((), "2025-05-26T10:00", "没有报送, 逾期 3 天"),
        ((REPORTED,), "2025-05-26T10:00", "2025-05-22 10:30 已报送, 提前 1 天"),
        ((REPORTED_LATE,), "2025-05-27T10:00", "2025-05-26 10:30 已报送, 迟 3 天"),
    ],
)
def test_a_report_that_is_early_late_or_overdue_says_so(rows: tuple, at: str, says: str) -> None:
    assert dict(draft(story(*S58, *rows), when(at)).about)["报送情况"] == says


def test_a_due_day_without_work_is_pointed_out_where_the_year_is_known() -> None:
    saturday, unknown = story(*moved(S58, "2025-05-21")), story(*moved(S58, "2031-05-21"))

    assert dict(draft(saturday, when("2025-05-22T10:00")).about)["期限"] == "2025-05-24(周六, 非工作日)"
    assert dict(draft(unknown, when("2031-05-22T10:00")).about)["期限"] == "2031-05-24(星期六)"


def test_what_was_not_done_is_said_a_late_report_a_breach_and_what_nobody_recorded() -> None:
    heads = [head for head, _ in section(draft(everything(), when("2025-05-26T11:00")), "未做到的")]
    breach = dict(section(draft(everything(), when("2025-05-26T11:00")), "未做到的"))[
        "违反禁止: 与客户发生争执(网点人员)"
    ]

    assert heads == [
        "将整个事件情况及处理结果报送发起行: 迟 3 天",
        "违反禁止: 与客户发生争执(网点人员)",
        "要求过、没有登记办没办的 24 项(由填写人核实)",
        "还要办的 1 项",
    ]
    assert breach == ("2025-05-20 09:35 · 改为: 讲明道理、耐心解释; 耐心听取投诉事由 [三.1.p]",)


def test_an_override_is_reported_with_its_reason_and_who_approved() -> None:
    assert section(draft(fire(), when("2026-03-08T11:00")), "未做到的")[:2] == [
        ("拨打119: 迟 16 分", ("期限: 2026-03-07 10:14(星期六) [一.b]",)),
        ("例外, 不按一般规定: 疏散人员", ("2026-03-07 10:31", "理由: 火已扑灭", "批准: boss-1")),
    ]


def test_what_has_to_be_judged_is_left_to_be_filled_in() -> None:
    assert section(draft(s58(), when("2025-05-21T11:00")), "经验教训") == [
        ("起因: (由综合部填写)", ()),
        ("经验教训: (由综合部填写)", ()),
        ("改进措施: (由综合部填写)", ()),
    ]


def test_the_grounds_name_the_plan_its_digest_the_clause_and_the_readings() -> None:
    grounds = dict(section(draft(s58(), when("2025-05-21T11:00")), "依据"))

    assert grounds[f"{shipped().name} 1.0.0"] == (shipped().digest,)
    assert grounds["四.7.a"] == (f"“{shipped().clauses['四.7.a'].text}”",)
    assert any(line.startswith("AMB-13=A ") for line in grounds["采用的解释"])


def test_an_incident_that_is_not_resolved_has_no_report_to_send_yet() -> None:
    page = draft(unresolved(), when("2025-05-20T10:00"))

    assert page.title == "事件报告"
    assert dict(page.about)["报送"] == "预案现在没有要求报送"
    assert page.summary == "草稿; 还没有处理完; 最高曾达三级"


def test_a_case_that_was_reopened_has_no_report_to_send_either() -> None:
    again = story(*S58, ("2025-05-21T09:00", {"kind": "reopened", "reason": "客户又来了"}))

    assert dict(draft(again, when("2025-05-21T10:00")).about)["报送"] == "预案现在没有要求报送"


def test_a_plan_without_such_a_duty_gives_a_plain_report() -> None:
    page = draft(fire(), when("2026-03-08T11:00"), "en")

    assert page.title == "Report on an incident"
    assert "to" not in dict(page.about)


def test_secrets_are_counted_and_not_said() -> None:
    page = draft(everything(), when("2025-05-26T11:00"))

    assert [head for head, _ in section(page, "没有列入的")] == [
        "敏感事实的值: 3 项",
        "只因敏感事实而有的事项: 2 项",
        "个人信息: 1 件(客户姓名 1)",
    ]


EXTRA = (BREACHED, SECRETS, NOTED, REPORTED, ("2025-05-25T08:00", {"kind": "reviewed"}))


@settings(max_examples=25)
@given(st.sets(st.sampled_from(range(len(EXTRA)))), st.sampled_from(["zh", "en"]), st.integers(1, len(S58)))
def test_every_report_cites_clauses_of_the_plan_gives_away_nothing_and_is_the_same_again(
    extra: set[int], lang: str, told: int
) -> None:
    last = S58[told - 1][0]
    rows = [row for n, row in enumerate(EXTRA) if n in extra and (told == len(S58) or row[0] <= last)]
    rows = [row for row in rows if row is not BREACHED or told >= 4]
    kept = story(*S58[:told], *rows)
    page = draft(kept, when("2025-05-26T11:00"), lang)
    texts = [as_text(page), as_markdown(page), as_html(page, passes=True, lang=lang)]

    assert cited(texts[0]) <= set(shipped().clauses)
    assert [leaks(text, kept) for text in texts] == [[], [], []]
    assert draft(story(*S58[:told], *rows), when("2025-05-26T11:00"), lang) == page
