"""(Story, instant) -> a case at one glance: the next thing to do first."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.cases.case_page import CasePage, case_page, lines
from plan_rules.entries import Entry
from tests.cases.paper_stories import (
    BREACHED,
    NOTED,
    REPORTED,
    REPORTED_LATE,
    S58,
    SEALED,
    SECRETS,
    cited,
    everything,
    fire,
    moved,
    s58,
    shipped,
    story,
    unresolved,
    when,
)


def entries(page: CasePage, key: str) -> tuple[Entry, ...]:
    return next((section.entries for section in page.sections if section.key == key), ())


def the(page: CasePage, key: str, head: str) -> Entry:
    return next(entry for entry in entries(page, key) if entry.head.startswith(head))


def test_the_banner_says_where_the_case_stands() -> None:
    page = case_page(unresolved(), when("2025-05-20T10:05"))

    assert (page.case, page.outlet, page.phase) == ("ZJ-2025-017", "城关支行", "正在处理")
    assert (page.tier, page.title, page.rank, page.peak, page.peak_rank) == ("三级", "有严重过激行为", 3, "三级", 3)
    assert (page.opened_at, page.elapsed, page.overdue) == (when("2025-05-20T09:15"), 50, 0)
    assert page.next_steps == ("向分管领导报告 - 网点人员",)


def test_what_is_to_be_done_stands_in_the_order_in_which_to_act() -> None:
    page = case_page(unresolved(), when("2025-05-20T10:05"))
    todo = entries(page, "todo")
    asked = [duty.label for duty in unresolved().case.decision.duties]

    assert [entry.head for entry in todo] == [label for label in asked if label in {entry.head for entry in todo}]
    assert todo[0] == Entry(
        "向分管领导报告",
        (("谁", "网点人员"), ("向", "分管“文优服务”的领导"), ("时限", "立即(同时)"), ("自", "09:40 (25 分)")),
        ("三.3.f",),
        todo[0].order,
        "now",
    )


def test_a_report_says_how_many_days_are_left_and_then_how_late_it_is() -> None:
    def until(at: str, *rows: object) -> str:
        page = case_page(story(*S58, *rows), when(at))  # type: ignore[arg-type]
        return dict(the(page, "todo", "将整个事件情况").details)["截止"]

    assert until("2025-05-21T10:00") == "2025-05-23(星期五), 还有 2 天"
    assert until("2025-05-23T20:00") == "2025-05-23(星期五), 还有 4 小时"
    assert until("2025-05-26T10:00") == "2025-05-23(星期五), 逾期 3 天"


def test_an_overdue_duty_is_the_next_thing_to_do_and_says_whom_the_ladder_told() -> None:
    late = story(*S58, ("2025-05-25T08:00", {"kind": "reviewed"}))
    page = case_page(late, when("2025-05-26T10:00"))
    report = the(page, "todo", "将整个事件情况")

    assert page.overdue == 1
    assert page.next_steps[0] == "将整个事件情况及处理结果报送发起行 - 我行 (可由综合部代办)"
    assert (report.status, dict(report.details)["已报"]) == ("overdue", "1. 综合部; 2. 分管“文优服务”的领导")
    assert the(page, "wrong", "将整个事件情况").status == "missed"


def test_a_late_report_is_among_what_went_wrong_and_what_was_done() -> None:
    page = case_page(story(*S58, REPORTED_LATE), when("2025-05-27T10:00"))

    assert the(page, "wrong", "将整个事件情况") == Entry(
        "将整个事件情况及处理结果报送发起行: 迟办",
        (("截止", "2025-05-23(星期五)"), ("办于", "2025-05-26 10:30")),
        ("四.7.a",),
        status="late",
    )
    assert dict(the(page, "done", "将整个事件情况").details)["由"] == "综合部"


def test_what_is_forbidden_says_what_to_do_instead_and_a_breach_what_to_do_now() -> None:
    page = case_page(story(*S58[:4], BREACHED), when("2025-05-20T09:36"))

    assert dict(the(page, "prohibition", "与客户发生争执").details) == {"改为": "讲明道理、耐心解释; 耐心听取投诉事由"}
    assert the(page, "wrong", "与客户发生争执").clauses == ("三.1.p",)
    assert the(page, "follow_up", "讲明道理") == Entry(
        "讲明道理、耐心解释; 耐心听取投诉事由", (("因为", "与客户发生争执"),)
    )


def test_handovers_and_overrides_are_shown() -> None:
    handed = story(*S58[:4], ("2025-05-20T09:33", {"kind": "handed_over", "role": "outlet_manager", "to": "b_role"}))
    page = case_page(handed, when("2025-05-20T09:36"))

    assert entries(page, "handover") == (Entry("网点负责人 → B角"),)
    assert dict(the(page, "todo", "尽力劝解").details)["交接"] == "网点负责人 → B角"
    assert entries(case_page(fire(), when("2026-03-07T11:00")), "override") == (
        Entry("疏散人员", (("", "2026-03-07 10:31"), ("理由", "火已扑灭"), ("批准", "boss-1"))),
    )


def test_the_latest_events_come_first_with_what_they_changed() -> None:
    page = case_page(unresolved(), when("2025-05-20T10:05"), recent=3)
    seen, called, blow = entries(page, "event")

    assert [entry.head for entry in (seen, called, blow)] == [
        "2025-05-20 09:55  警方已到现场: 是",
        "2025-05-20 09:41  办了: 报警(大堂经理)",
        "2025-05-20 09:40  过激行为程度: 轻微 → 严重; 对我行员工人身攻击: 是",
    ]
    assert [line for _, line in blow.details] == [
        "↑ 二级 → 三级",
        "新增: 报警; 向分管领导报告; 沉着冷静、随机应变; 等 9 项",
        "失效: 维护好营业秩序; 确保其他客户正常办理业务; 时刻提高警惕; 等 6 项",
        "不得: 把体貌信息用于警方侦破以外的目的",
        "不再禁止: 与客户发生争执",
        "继续 2 项",
    ]


def test_in_a_closed_case_nothing_is_to_be_done() -> None:
    summary = ("2025-05-22T11:00", {"kind": "done", "action": "summarise_lessons"})
    closed = story(*S58, BREACHED, REPORTED, summary, ("2025-05-22T12:00", {"kind": "closed"}))
    page = case_page(closed, when("2025-05-23T09:00"))

    assert (page.phase, page.next_steps) == ("已结案", ())
    assert not {"todo", "prohibition", "follow_up"} & {section.key for section in page.sections}


def test_a_case_of_a_year_that_nobody_has_published_is_shown_too() -> None:
    page = case_page(story(*moved(S58, "2031-05-21")), when("2031-05-22T09:00"))

    assert dict(the(page, "todo", "将整个事件情况").details)["截止"] == "2031-05-24(星期六), 还有 2 天"


def test_the_text_begins_with_the_case_and_the_next_thing_to_do() -> None:
    assert lines(case_page(unresolved(), when("2025-05-20T10:05")))[:6] == (
        "ZJ-2025-017 · 城关支行 · 正在处理 · 三级: 有严重过激行为",
        "开案 2025-05-20 09:15, 已 50 分",
        "下一步 ▶ 向分管领导报告 - 网点人员",
        "",
        "要办",
        "  ▶ 向分管领导报告 [三.3.f]",
    )
    assert lines(case_page(fire(), when("2026-03-07T11:05"), "en"), "en")[:3] == (
        "F-1 · open · tier_2: 严重",
        "opened 2026-03-07 10:00, 1 h 5 min ago",
        "next ▶ 查看现场 - 值班员",
    )


@settings(max_examples=40)
@given(
    st.integers(1, len(S58)),
    st.sets(st.sampled_from([0, 1, 2, 3])),
    st.integers(0, 10 * 24 * 60),
    st.sampled_from(["zh", "en"]),
)
def test_every_page_cites_clauses_of_the_plan_shows_no_secret_and_is_the_same_again(
    told: int, extra: set[int], minutes: int, lang: str
) -> None:
    more = [(BREACHED, SECRETS, NOTED, REPORTED)[n] for n in sorted(extra)] if told == len(S58) else []
    kept = story(*S58[:told], *more)
    at = kept.case.at + timedelta(minutes=minutes)
    page = case_page(kept, at, lang)
    text = "\n".join(lines(page, lang))

    assert cited(text) <= set(shipped().clauses)
    assert all(set(entry.clauses) <= set(shipped().clauses) for section in page.sections for entry in section.entries)
    assert not any(f"{fact.label}: " in text for fact in shipped().facts.values() if fact.sensitive)
    assert not any(sealed[name] in text for sealed in SEALED for name in ("ref", "commitment"))
    assert case_page(story(*S58[:told], *more), at, lang) == page
    assert {entry.head for entry in entries(page, "todo")} == {
        shipped().actions[life.action].label for life in kept.case.open_duties()
    }


def test_those_who_must_act_see_what_a_sensitive_fact_asks_for_but_not_the_fact() -> None:
    text = "\n".join(lines(case_page(story(*S58[:-1], SECRETS), when("2025-05-20T10:00"))))

    assert "对知名人士的投诉和意见表示感谢" in text
    assert "敏感事实 3 项(不列)" in text
    assert "有人受伤" not in text


def test_nothing_stands_in_two_sections_of_duties() -> None:
    for each in (s58(), everything(), unresolved(), fire()):
        page = case_page(each, each.case.at)
        lived = sum(len(entries(page, key)) for key in ("todo", "done", "lapsed")) + len(entries(page, "override"))
        assert lived == len(each.case.lives)
