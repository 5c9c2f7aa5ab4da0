"""What a norm waits for: approvals, somebody's judgement, a step that failed before it; until then it is no must."""

from pathlib import Path
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis import ask, diff, prove
from plan_rules.decision_page import page
from plan_rules.documents.sentence import norm_sentence
from plan_rules.engines import ENGINES
from plan_rules.language.reader import read
from plan_rules.scenarios import read_scenarios, run

TEXT = (Path(__file__).parent / "data" / "order_plan.yaml").read_text(encoding="utf-8")
PLAN = pr.loads(TEXT)
LATE = {"trouble": "late", "own_order": True, "head_stops": False, "found_at": "2026-03-02T09:00"}
DEAR = LATE | {"amount": 2000, "finance_agreed": False}
every_engine = pytest.mark.parametrize("engine", list(ENGINES))


def codes(text: str) -> set[str]:
    return {found.code for found in read(text, "order.yaml").diagnostics} - {"PR066"}


def duty(facts: dict[str, Any], action: str, engine: str = "durable", at: str | None = None) -> pr.Duty | None:
    found = pr.decide(PLAN, facts, engine=engine, at=at).duties
    return next((each for each in found if each.action == action), None)


# --------------------------------------------------------------------------- approvals


@every_engine
@pytest.mark.parametrize(
    ("area", "finance", "status", "missing"),
    [
        (False, False, "awaiting_approval", ("area_manager", "finance")),
        (True, False, "awaiting_approval", ("finance",)),
        (True, "unknown", "awaiting_approval", ("finance",)),
        (True, True, "open", ()),
    ],
)
def test_a_duty_waits_until_all_have_approved_and_says_whose_approval_is_missing(
    engine: str, area: Any, finance: Any, status: str, missing: tuple[str, ...]
) -> None:
    found = duty(DEAR | {"area_agreed": area, "finance_agreed": finance}, "pay", engine)

    assert found
    assert found.status == status
    assert found.approval
    assert found.approval.missing == missing


def test_what_waits_for_approval_is_no_must_is_never_late_and_violates_nothing() -> None:
    decision = pr.decide(PLAN, DEAR, at="2026-03-05T09:00")

    assert not decision.requires("pay")
    assert "pay" not in {each.action for each in (*decision.in_force, *decision.violations)}
    assert duty(DEAR | {"area_agreed": True, "finance_agreed": True}, "pay", at="2026-03-05T09:00").status == "missed"  # type: ignore[union-attr]


def test_an_approval_that_nobody_knows_of_is_asked_for() -> None:
    asked = pr.decide(PLAN, DEAR | {"area_agreed": True, "finance_agreed": "unknown"}).undetermined

    assert [(each.fact, each.blocks) for each in asked] == [("finance_agreed", ("三.1",))]


@every_engine
def test_a_prohibition_ends_once_one_of_them_approved(engine: str) -> None:
    found = pr.decide(PLAN, LATE, engine=engine)

    assert [each.approval and each.approval.missing for each in found.prohibitions] == [("area_manager", "head_office")]
    for approved in ({"area_agreed": True}, {"cleared_on": "2026-03-02"}):
        assert not pr.decide(PLAN, LATE | approved, engine=engine).forbids("speak")


def test_a_permission_is_not_given_before_it_is_approved() -> None:
    before, after = pr.decide(PLAN, LATE), pr.decide(PLAN, LATE | {"area_agreed": True})

    assert [each.status for each in before.permissions] == ["awaiting_approval"]
    assert not before.allowed
    assert [each.action for each in after.allowed] == ["waive_fee"]


def test_another_clause_that_demands_the_same_without_approval_is_enough() -> None:
    plain = "  - {编号: 三.9, 原文: 站长应当赔付。, 应当: {做: 赔付, 责任: 站长}}\n"
    decision = pr.decide(pr.loads(TEXT + plain), DEAR)
    (found,) = [each for each in decision.duties if each.action == "pay"]

    assert (found.status, found.clauses, found.approval) == ("open", ("三.9",), None)


# --------------------------------------------------------------------------- discretion


@every_engine
@pytest.mark.parametrize(("chosen", "status"), [("unknown", "at_discretion"), (True, "open"), (False, None)])
def test_what_is_left_to_a_judgement_is_no_must_until_they_choose_to(
    engine: str, chosen: Any, status: str | None
) -> None:
    found = duty(LATE | {"head_stops": chosen}, "stop_orders", engine)

    assert (found.status if found else None) == status
    if found:
        assert found.discretion == (("station_head",), ("人手", "天气", "在途订单"), "head_stops")
    assert pr.decide(PLAN, LATE | {"head_stops": chosen}, engine=engine).requires("stop_orders") is (status == "open")


def test_whoever_judges_is_asked_what_they_chose() -> None:
    asked = pr.decide(PLAN, LATE | {"head_stops": "unknown"}).undetermined

    assert [(each.fact, each.question) for each in asked] == [("head_stops", "站长决定停派没有?")]


def test_without_a_fact_for_the_choice_it_stays_with_them_for_good() -> None:
    plan = pr.loads(TEXT.replace(", 选定: 站长决定停派", "").replace("  站长决定停派: ", "  闲置: "))

    assert [each.action for each in pr.decide(plan, LATE).pending] == ["stop_orders", "waive_fee"]
    assert not [found for found in prove(plan) if found.severity == "error"]


# --------------------------------------------------------------------------- ladders


@every_engine
@pytest.mark.parametrize(
    ("failed", "steps"),
    [
        ([], [("agent_talks", "open", 1)]),
        (["agent_failed"], [("agent_talks", "failed", 1), ("head_visits", "open", 2)]),
        (["head_failed"], [("agent_talks", "open", 1)]),
        (
            ["agent_failed", "head_failed", "office_failed"],
            [("agent_talks", "failed", 1), ("head_visits", "failed", 2), ("office_talks", "failed", 3)],
        ),
    ],
)
def test_only_the_steps_reached_are_listed_in_order(
    engine: str, failed: list[str], steps: list[tuple[str, str, int]]
) -> None:
    decision = pr.decide(PLAN, LATE | dict.fromkeys(failed, True), engine=engine)
    found = [each for each in decision.duties if each.ladder]

    assert [(each.action, each.status, each.ladder and each.ladder.step) for each in found] == steps
    assert [each.order for each in found] == sorted(each.order or 0 for each in found)
    (ladder,) = decision.ladders
    assert (ladder.step, ladder.of, ladder.exhausted) == (len(steps), 3, len(failed) == 3)


def test_steps_may_stand_in_clauses_of_their_own() -> None:
    steps = """
  - 编号: 三.8
    原文: 骑手先致歉; 客户不接受的, 由客服致歉。
    应当:
    - {做: 骑手致歉, 责任: 骑手, 递进: 致歉-1, 失败: {客服没谈成: 是}}
    - {做: 客服致歉, 责任: 客服, 递进: 致歉-2}
"""
    actions = "  骑手致歉: {编号: rider_sorry}\n  客服致歉: {编号: agent_sorry}\n"
    plan = pr.loads((TEXT + steps).replace("动作:\n", "动作:\n" + actions, 1))

    assert not pr.decide(plan, LATE).requires("agent_sorry")
    decision = pr.decide(plan, LATE | {"agent_failed": True})
    assert decision.requires("agent_sorry")
    assert {each.ladder: each.step for each in decision.ladders} == {"三.4": 2, "致歉": 2}


# --------------------------------------------------------------------------- everywhere else


def test_a_plan_without_them_says_nothing_of_them_in_json() -> None:
    told = pr.decide(pr.load(), {"staff_assaulted": True}).to_dict()
    new = {"approval", "discretion", "ladder"}

    assert "ladders" not in told
    assert not [item for key in ("duties", "prohibitions", "permissions") for item in told[key] if new & item.keys()]
    assert not [item for item in told["permissions"] if "status" in item]


def test_json_says_what_is_missing() -> None:
    told = pr.decide(PLAN, DEAR).to_dict()
    (pay,) = [each for each in told["duties"] if each["action"] == "pay"]

    assert pay["approval"] == {"need": "all", "given": [], "missing": ["area_manager", "finance"]}
    assert told["ladders"] == [{"ladder": "三.4", "step": 1, "of": 3, "exhausted": False, "clauses": ["三.4"]}]


def test_scenarios_expect_what_waits() -> None:
    facts = "{trouble: late, own_order: true, head_stops: unknown, amount: 2000, agent_failed: true}"
    right = "{awaiting_approval: [pay, waive_fee], at_discretion: [stop_orders], failed: [agent_talks]}"
    text = f"""
    - {{id: a, facts: {facts}, expected: {right}}}
    - {{id: b, facts: {facts}, expected: {{required: [call_customer, head_visits]}}}}
    - {{id: c, facts: {facts}, expected: {{awaiting_approval: [], at_discretion: [pay], failed: []}}}}
    """
    first, second, third = run(PLAN, read_scenarios(text, "s.yaml", PLAN))

    assert first.passed
    assert second.passed
    assert {each.aspect for each in third.steps[0].mismatches} == {"awaiting_approval", "at_discretion", "failed"}


def test_an_approval_taken_out_is_a_change_from_waiting_to_a_must() -> None:
    amended = pr.loads(TEXT.replace("须经: {区域经理: 区域经理同意, 财务部: 财务同意}, ", ""))
    told = {(change.outcome.kind, change.outcome.subject, change.gained) for change in diff(PLAN, amended).changes}

    assert {("duty", "pay", True), ("awaiting_approval", "pay", False)} <= told


def test_a_red_line_is_not_kept_by_what_only_waits() -> None:
    line = "\n红线:\n- {编号: 红线-1, 名称: 大额必赔, 若: {金额: 至少 1000, 异常: 超时}, 则: {应当: [赔付]}}\n"

    assert "PF014" in {found.code for found in prove(pr.loads(TEXT + line)) if found.severity == "error"}


def test_questions_take_what_waits_for_no_must() -> None:
    answer = ask(PLAN, DEAR)

    assert ("duty", "pay", "", "") not in answer.certain


def test_the_page_sets_apart_what_is_no_must_and_says_which_step_it_is() -> None:
    told = page(pr.decide(PLAN, DEAR | {"head_stops": "unknown", "agent_failed": True}), PLAN)
    sections = {section.key: section for section in told.sections}

    assert {entry.head for entry in sections["duty"].entries} == {"联系客户", "站长上门"}
    assert {entry.head for entry in sections["pending"].entries} == {"客服协商", "赔付", "停派新单", "减免配送费"}
    assert sections["ladder"].entries[0].head == "三.4: 第 2 步, 共 3 步"
    (pay,) = [entry for entry in sections["pending"].entries if entry.head == "赔付"]
    assert ("还须批准", "区域经理、财务部") in pay.details


def test_sentences_say_what_a_norm_waits_for() -> None:
    said = {norm.action: norm_sentence(norm, PLAN) for clause in PLAN.clauses.values() for norm in clause.norms}

    assert "须经区域经理、财务部批准" in said["pay"]
    assert "由站长裁量, 考量: 人手、天气、在途订单" in said["stop_orders"]
    assert "递进“三.4”第 2 步, 共 3 步" in said["head_visits"]


def test_english_says_the_same() -> None:
    english = TEXT
    for zh, en in {"须经": "approvals", "裁量": "discretion", "考量": "considerations", "选定": "choice",
                   "递进": "escalation", "失败": "failed", "任一": "any"}.items():  # fmt: skip
        english = english.replace(f"{zh}:", f"{en}:")
    facts = DEAR | {"agent_failed": True}

    assert pr.decide(pr.loads(english), facts).to_dict() | {"plan": 0} == pr.decide(PLAN, facts).to_dict() | {"plan": 0}


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("须经: {区域经理: 区域经理同意}", "须经: 区域经理", "PR092"),
        ("须经: {区域经理: 区域经理同意}", "须经: {}", "PR092"),
        ("须经: {区域经理: 区域经理同意}", "须经: {大区经理: 区域经理同意}", "PR033"),
        ("须经: {区域经理: 区域经理同意}", "须经: {区域经理: 区域同意}", "PR030"),
        ("选定: 站长决定停派", "选定: 客服没谈成", "PR093"),
        ("责任: [站长, 客服], 须经", "责任: [站长, 客服], 裁量: 站长, 须经", "PR093"),
        ("责任: 骑手, 时限: 立即", "责任: 骑手, 失败: 客服没谈成, 时限: 立即", "PR094"),
        ("责任: 骑手, 时限: 立即", "责任: 骑手, 递进: 升级, 时限: 立即", "PR094"),
        ("可以: {做: 减免配送费, 责任: 客服", "可以: {做: 减免配送费, 递进: 升级-1, 责任: 客服", "PR094"),
        (", 失败: {站长没谈成: 是}", "", "PR095"),
        ("责任: 骑手, 时限: 立即", "责任: 骑手, 递进: 升级-2, 时限: 立即", "PR095"),
        ("做: 总部约谈", "做: 客服协商", "PR095"),
    ],
)
def test_what_is_wrong_with_them_is_reported(right: str, wrong: str, code: str) -> None:
    assert right in TEXT
    found = [each for each in read(TEXT.replace(right, wrong, 1), "order.yaml").diagnostics if each.code != "PR066"]

    assert code in {each.code for each in found}
    assert all(each.help and each.span for each in found)
