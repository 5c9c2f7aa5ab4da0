"""Amendments: everything a change does is told, nothing that it does not, and some changes may not pass."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

import plan_rules as pr
from plan_rules.analysis import diff
from plan_rules.analysis.changes import said
from plan_rules.analysis.difference import Difference
from plan_rules.analysis.edits import edits_between
from plan_rules.analysis.meaning import Outcome
from plan_rules.difference_object import difference_object
from plan_rules.difference_page import page
from plan_rules.loading import shipped
from plan_rules.pages import as_html, as_markdown, as_text
from plan_rules.plan import Plan
from plan_rules.scenarios import read_scenarios
from tests.conformance.plans import random_plan
from tests.pace import seconds_of

TEXT = shipped("plan.yaml").decode()
PLAN = pr.load()


def amended(*edits: tuple[str, str]) -> Plan:
    text = TEXT
    for before, after in edits:
        assert before in text, before
        text = text.replace(before, after)
    return pr.loads(text)


def outcomes(told: Difference) -> set[tuple[Outcome, bool]]:
    return {(change.outcome, change.gained) for change in told.changes}


NARROWED = (
    "当: {二级处置: 是, 继续在柜面无理取闹: 是}",
    "当: {二级处置: 是, 继续在柜面无理取闹: 是, 引起群众围观: 是}",
)
LATER = (
    "时限: 3自然日(处理完的三日内),\n         起算: 事件处理完之日, 次序: R-1, 完成: 报送发起行之日, 按解释: {AMB-13: A, AMB-13-roll: A1}",
    "时限: 5自然日(处理完的三日内),\n         起算: 事件处理完之日, 次序: R-1, 完成: 报送发起行之日, 按解释: {AMB-13: A, AMB-13-roll: A1}",
)


def test_a_plan_does_not_differ_from_itself() -> None:
    told = diff(PLAN, PLAN)
    assert told.same
    assert told.may_pass
    assert (told.changes, told.edits, told.findings) == ((), (), ())


@pytest.mark.parametrize("seed", range(15))
def test_no_plan_differs_from_itself(seed: int) -> None:
    plan = random_plan(Random(seed), clauses=12, facts=8)
    assert diff(plan, replace(plan, digest=plan.digest + "?")).same


def test_other_words_for_the_same_rules_change_no_decision_and_are_named_as_such() -> None:
    told = diff(
        PLAN, amended(("提问: 客户有没有对员工动手?", "提问: 客户动手打员工了吗?"), ("(不是原文)", "(不是原文的)"))
    )
    assert told.same
    assert {(edit.subject, edit.what) for edit in told.edits} == {("staff_assaulted", "wording")}
    assert "只改文字" in as_text(page(told))


def test_a_condition_written_in_another_way_changes_no_decision() -> None:
    told = diff(
        PLAN, amended(("当: {三级处置: 是, 警方已到现场: 否}", "当: {三级处置: 是, 除非: [{警方已到现场: 是}]}"))
    )
    assert told.same
    assert {edit.what for edit in told.edits} == {"rule"}


def test_a_narrowed_clause_is_told_as_the_region_that_loses_its_duty() -> None:
    told = diff(PLAN, amended(NARROWED))
    lost = next(change for change in told.changes if change.outcome == Outcome("duty", "report_to_ga_or_po"))
    assert not lost.gained
    assert lost.protective
    assert lost.shown is not None
    assert lost.shown.facts == {"counter_disturbance_continues": True}
    assert said(lost.shown.old, lost.outcome)
    assert not said(lost.shown.new, lost.outcome)
    assert len(lost.regions) == 1
    assert lost.regions[0]["crowd_gathered"] == (0,)
    assert lost.rest == 0


def test_a_changed_deadline_is_told_with_what_it_was() -> None:
    told = diff(PLAN, amended(LATER))
    change = next(change for change in told.changes if change.outcome.aspect == "deadline")
    assert (change.before or "").startswith("natural_days|3|")
    assert change.outcome.value.startswith("natural_days|5|")
    assert "3自然日" in as_text(page(told)) and "5自然日" in as_text(page(told))


def test_losing_a_protective_duty_keeps_an_amendment_from_passing_until_it_is_acknowledged() -> None:
    unmarked = (
        TEXT[TEXT.index("  - 编号: 红线-闹柜必报告") : TEXT.index("  - 编号: 红线-有错即改")],
        "",
    )
    without_line = amended(unmarked)
    lost = amended(unmarked, NARROWED)
    told = diff(without_line, lost)
    assert {found.code for found in told.findings} == {"DF001"}
    assert not told.may_pass
    acknowledged = pr.loads(
        lost_text(unmarked, NARROWED)
        + "  - {发现: DF001, 涉及: [向综合部或行长室报告], 理由: 改由总值班直接处置, 决定: 行长办公会}\n"
    )
    assert diff(without_line, acknowledged).may_pass


def lost_text(*edits: tuple[str, str]) -> str:
    text = TEXT
    for before, after in edits:
        text = text.replace(before, after)
    return text


def test_breaking_a_red_line_keeps_an_amendment_from_passing_whatever_is_acknowledged_elsewhere() -> None:
    told = diff(
        PLAN,
        amended(
            (
                "- {做: 报警, 责任: 现场负责人, 对象: 警方, 时限: 立即,",
                "- {做: 报警, 责任: 保安人员, 对象: 警方, 时限: 及时,",
            )
        ),
    )
    assert not told.may_pass
    broken = {found.subject.partition("/")[0] for found in told.findings if found.code == "DF002"}
    assert broken == {"红线-打人必报警", "红线-冲砸必报警", "红线-严重过激必报警"}
    for found in told.findings:
        assert found.witness is not None
        assert found.witness.decision.requires("call_police")


def test_dropping_a_red_line_together_with_what_it_guards_does_not_help() -> None:
    text = TEXT
    start = text.index("  - 编号: 红线-打人必报警")
    end = text.index("  - 编号: 红线-打砸即三级")
    text = text[:start] + text[end:]
    text = text.replace(
        "- {做: 报警, 责任: 现场负责人, 对象: 警方, 时限: 立即,",
        "- {做: 报警, 责任: 现场负责人, 对象: 警方, 时限: 及时,",
    )
    told = diff(PLAN, pr.loads(text))
    assert {"DF002", "DF003"} <= {found.code for found in told.findings}
    assert not told.may_pass


def test_a_new_impossible_combination_is_told_as_incidents_no_longer_taken() -> None:
    told = diff(
        PLAN,
        amended(
            (
                "不可能:\n",
                "不可能:\n  - {编号: X99, 组合: {现场有新闻媒体记者采访: 是, 投诉发生地: 非现场}, 说明: 试}\n",
            )
        ),
    )
    assert told.newly_refused > 0
    assert told.newly_taken == 0
    assert not told.same


def test_a_fact_that_only_the_new_plan_knows_divides_its_regions() -> None:
    told = diff(
        PLAN,
        amended(
            (
                "  # 以下事实本预案的条款不用",
                "  夜间: {id: at_night, 类型: 是否, 默认: 否}\n  # 以下事实本预案的条款不用",
            ),
            ("当: {三级处置: 是, 警方已到现场: 否}", "当: {三级处置: 是, 警方已到现场: 否, 夜间: 否}"),
        ),
    )
    lost = next(change for change in told.changes if change.outcome == Outcome("duty", "remain_calm_and_adapt"))
    assert not lost.gained
    assert all(region["at_night"] == (1,) for region in lost.regions)


def test_another_choice_of_reading_is_told_with_what_it_changes() -> None:
    told = diff(
        PLAN,
        amended(
            (
                "    选项: {a: 任何过激事件, b: 仅严重过激事件}\n    采用: b",
                "    选项: {a: 任何过激事件, b: 仅严重过激事件}\n    采用: a",
            )
        ),
    )
    assert {(edit.kind, edit.what, edit.before, edit.after) for edit in told.edits} == {("reading", "chosen", "b", "a")}
    assert (Outcome("duty", "report_to_sponsor"), True) in outcomes(told)


def test_scenarios_that_change_are_named() -> None:
    scenarios = read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", PLAN)
    told = diff(PLAN, amended(NARROWED), scenarios)
    assert all(change.passed_before for change in told.scenarios)
    assert {change.passes_now for change in told.scenarios} >= {False}
    assert diff(PLAN, PLAN, scenarios).scenarios == ()


def test_gains_of_one_direction_are_losses_of_the_other() -> None:
    new = amended(NARROWED, LATER)
    there, back = diff(PLAN, new), diff(new, PLAN)
    single = {(o, g) for o, g in outcomes(there) if o.aspect not in ("deadline", "recipient", "step")}
    assert single == {(o, not g) for o, g in outcomes(back) if o.aspect not in ("deadline", "recipient", "step")}
    counts = {change.outcome: change.count for change in there.changes if not change.outcome.aspect}
    assert counts == {change.outcome: change.count for change in back.changes if not change.outcome.aspect}


@pytest.mark.parametrize("seed", range(20))
def test_every_shown_incident_really_is_decided_otherwise(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random, clauses=10, facts=6)
    other = random_plan(random, clauses=10, facts=6)
    new = replace(
        plan,
        clauses={
            **plan.clauses,
            **{k: replace(plan.clauses[k], condition=other_condition(plan, random)) for k in list(plan.clauses)[4:7]},
        },
        digest=f"{other.digest}?mixed",
    )
    for change in diff(plan, new).changes:
        if change.shown:
            assert change.shown.differs(change.outcome)
            assert 0 < change.count <= change.total


def other_condition(plan: Plan, random: Random) -> object:
    return random.choice([clause.condition for clause in plan.clauses.values() if clause.tier is None])


def test_a_comparison_that_does_not_fit_the_budget_does_not_pass() -> None:
    told = diff(PLAN, amended(NARROWED), budget=500)
    assert told.undecided
    assert not told.may_pass
    assert not told.same


def test_comparing_takes_less_than_half_a_second_of_the_processor() -> None:
    new = amended(NARROWED, LATER)
    assert seconds_of(lambda: diff(PLAN, new)) < 0.5


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_the_same_in_every_form_and_markup_in_names_is_only_text(lang: str) -> None:
    told = diff(PLAN, amended(NARROWED, ("提问: 客户有没有对员工动手?", "提问: <b>动手</b> & *打人* 了吗?")))
    read = page(told, lang)
    text, markdown, html = as_text(read), as_markdown(read), as_html(read, passes=told.may_pass, lang=lang)
    for section in read.sections:
        assert section.title in text
        assert len(section.items) > 0
    assert "<b>动手</b>" in text
    assert "<b>动手</b>" not in html and "&lt;b&gt;动手&lt;/b&gt;" in html
    assert "\\*打人\\*" in markdown
    assert "http" not in html
    assert difference_object(told, lang)["may_pass"] is False


@pytest.mark.parametrize(
    ("before", "after", "edit"),
    [
        ("版本: 1.0.0", "版本: 1.0.1", ("plan", "wording", "1.0.0", "1.0.1")),
        ("取: 最高 ", "取: 最低 ", ("plan", "rule", "", "")),
        (
            "适用: {收到客户投诉: 是}\n\n# ---",
            "适用: {收到客户投诉: 是, 投诉人数: 至少 1}\n\n# ---",
            ("plan", "rule", "", ""),
        ),
        ("题: 发起行,", "题: 主发起行,", ("remark", "wording", "发起行", "主发起行")),
        ("题: 发起行, 涉及: [四.7.a]", "题: 发起行, 涉及: [四.7.b]", ("remark", "wording", "四.7.a", "四.7.b")),
        ("同于: 综合部, 按解释: {AMB-01: A}", "同于: 综合部, 按解释: {AMB-01: B}", ("alias", "removed", "", "")),
        ("{替补: B角, 当: {A角在岗: 否}", "{替补: B角, 当: {A角在岗: 是}", ("deputy", "rule", "", "")),
    ],
)
def test_an_edit_of_what_is_no_clause_is_told(before: str, after: str, edit: tuple[str, str, str, str]) -> None:
    new = amended((before, after))

    assert edit in {(each.kind, each.what, each.before, each.after) for each in edits_between(pr.load(), new)}
