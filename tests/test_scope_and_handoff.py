"""Where the plan does not apply, nothing is demanded; whoever takes over is named, with clauses and reasons."""

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.analysis import diff, prove
from plan_rules.decision_page import page
from plan_rules.engines import ENGINES
from plan_rules.finding_text import answer_phrase
from plan_rules.language.reader import read
from plan_rules.scenarios import read_scenarios, run

TEXT = (Path(__file__).parent / "data" / "order_plan.yaml").read_text(encoding="utf-8")
PLAN = pr.loads(TEXT)
LATE = {"trouble": "late", "own_order": True, "head_stops": False}


def codes(text: str) -> set[str]:
    return {found.code for found in read(text, "order.yaml").diagnostics} - {"PR066"}


@pytest.mark.parametrize("engine", list(ENGINES))
def test_where_the_plan_does_not_apply_it_gives_no_tier_and_demands_nothing(engine: str) -> None:
    decision = pr.decide(PLAN, LATE | {"crime": True, "ill": True}, engine=engine)

    assert [each.clause for each in decision.exclusions] == ["一.1"]
    assert [(each.plan, each.recipient, each.clauses) for each in decision.handoffs] == [
        ("刑事案件协助办法", "police", ("一.1",))
    ]
    assert decision.tier is None
    assert not (decision.duties or decision.prohibitions or decision.permissions or decision.undetermined)
    assert decision.fired == ("一.1",)


def test_the_reason_of_an_exclusion_and_of_a_handoff_is_the_fact_behind_it() -> None:
    decision = pr.decide(PLAN, LATE | {"crime": True})

    for answer in (*decision.exclusions, *decision.handoffs):
        (reason,) = answer.reasons
        assert [(fact.fact, fact.value) for fact in reason.facts] == [("crime", True)]


def test_a_handoff_by_itself_takes_nothing_away() -> None:
    decision = pr.decide(PLAN, LATE | {"ill": True})

    assert [(each.plan, each.recipient) for each in decision.handoffs] == [("food_incident", "platform,food_safety")]
    assert decision.tier is not None
    assert decision.requires("call_customer")


def test_until_it_is_known_that_the_plan_does_not_apply_it_does_and_the_question_is_asked() -> None:
    decision = pr.decide(PLAN, {"trouble": "late", "head_stops": False})

    assert decision.requires("call_customer")
    assert [(each.fact, each.blocks) for each in decision.undetermined] == [("own_order", ("一.2",))]


def test_a_plan_without_them_says_nothing_of_them_in_json() -> None:
    assert not {"exclusions", "handoffs"} & pr.decide(pr.load(), {"staff_assaulted": True}).to_dict().keys()
    assert not {"exclusions", "handoffs"} & pr.decide(PLAN, LATE).to_dict().keys()
    assert pr.decide(PLAN, LATE | {"crime": True}).to_dict()["handoffs"][0]["plan"] == "刑事案件协助办法"


def test_incidents_to_which_the_plan_does_not_apply_need_no_tier() -> None:
    without = TEXT.replace(
        '原文: "订单异常, 定为一般。", 定为: 一般}',
        '原文: "订单异常, 定为一般。", 当: {涉嫌犯罪: 否}, 定为: 一般}',
    )
    assert codes(without) == set()
    assert not [found for found in prove(pr.loads(without)) if found.code == "PF003"]
    assert codes(without.replace("不适用: 是\n    移交: {预案: 刑", "移交: {预案: 刑")) == {"PR061"}


def test_why_not_tells_that_the_plan_would_have_to_apply() -> None:
    told = pr.explain(PLAN, LATE | {"crime": True})

    assert told.why_not("二.4").changes == (("crime", False),)
    assert [why.clause for why in told.why] == ["一.1"]


def test_an_amendment_that_no_longer_excludes_is_told() -> None:
    amended = pr.loads(TEXT.replace("当: {本站订单: 否}\n    不适用: 是", "当: {本站订单: 否}\n    移交: 别的预案"))
    told = {(change.outcome.kind, change.outcome.subject, change.gained) for change in diff(PLAN, amended).changes}

    assert {("exclusion", "一.2", False), ("handoff", "别的预案", True)} <= told


def test_an_excluding_clause_demands_nothing_itself() -> None:
    assert codes(TEXT.replace("    不适用: 是\n- 章", "    不适用: 是\n    定为: 一般\n- 章")) == {"PR090"}
    assert "PR091" in codes(TEXT.replace("    当: {本站订单: 否}\n", ""))


def test_english_says_the_same() -> None:
    english = TEXT.replace("不适用: 是", "excluded: yes").replace("移交:", "handoff:").replace("{预案:", "{plan:")
    facts = LATE | {"crime": True}

    assert pr.decide(pr.loads(english), facts).to_dict() | {"plan": 0} == pr.decide(PLAN, facts).to_dict() | {"plan": 0}


def test_scenarios_expect_them() -> None:
    text = """
    - {id: a, facts: {trouble: late, own_order: true, crime: true}, expected: {tier: null, exclusions: [一.1], handoffs: [刑事案件协助办法]}}
    - {id: b, facts: {trouble: late, own_order: true}, expected: {exclusions: [], handoffs: []}}
    - {id: c, facts: {trouble: late, own_order: true}, expected: {exclusions: [一.2], handoffs: [food_incident]}}
    """
    first, second, third = run(PLAN, read_scenarios(text, "s.yaml", PLAN))

    assert first.passed
    assert second.passed
    assert {each.aspect for each in third.steps[0].mismatches} == {"exclusions", "handoffs"}


def test_the_page_says_that_the_plan_does_not_apply_and_who_takes_over() -> None:
    told = page(pr.decide(PLAN, LATE | {"crime": True}), PLAN)

    assert told.tier == "不适用本预案"
    assert [section.key for section in told.sections] == ["exclusion", "handoff"]
    assert told.sections[1].entries[0].details == (("交给", "公安机关"),)


def test_a_broken_red_line_says_that_the_plan_does_not_apply_there() -> None:
    plan = pr.loads("红线:\n- {编号: R1, 名称: 总有等级, 则: {定级: 至少 一般}}\n" + TEXT)
    told = [
        answer_phrase(pr.decide(plan, {**LATE, "crime": True}), each, plan)
        for each in prove(plan)
        if each.code == "PF014"
    ]

    assert told and all(each.startswith("不适用本预案") for each in told)
