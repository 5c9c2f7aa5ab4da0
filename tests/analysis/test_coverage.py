"""Scenarios as tests of a plan: which mistakes they notice, which they would miss, and what is missing."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

import plan_rules as pr
from plan_rules.analysis import ScenarioFails, cover, missing
from plan_rules.analysis.coverage import Coverage
from plan_rules.analysis.mutation import mutants
from plan_rules.loading import shipped
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios, run_step
from plan_rules.scenarios.running import stated_facts
from plan_rules.scenarios.writing import write_scenarios

SMALL = """
预案: {编号: small, 名称: 小预案, 版本: "1", 适用: 总是}
角色: {甲: {id: a, 类别: person}, 乙: {id: b, 类别: person}}
等级: {一级: {id: t1, 级: 1}, 二级: {id: t2, 级: 2}}
事实:
  起火: {id: fire, 类型: 是否, 默认: 否}
  人数: {id: people, 类型: 整数, 最小: 0, 最大: 100, 默认: 0}
  风力: {id: wind, 类型: 等次, 取值: {小: low, 中: mid, 大: high}, 默认: 小}
  夜间: {id: night, 类型: 是否, 默认: 否}
动作: {报警: {id: call}, 疏散: {id: leave}, 清点: {id: count}}
正文:
- 章节: 一
  标题: 处置
  条款:
  - {编号: 一.a, 原文: 甲, 当: {任一: [{起火: 否}, {人数: 不足 5}]}, 定为: 一级}
  - {编号: 一.b, 原文: 乙, 当: {起火: 是, 人数: 至少 5}, 定为: 二级, 应当: {做: 报警, 责任: [甲, 乙], 时限: 立即}}
  - {编号: 一.c, 原文: 丙, 当: {起火: 是, 风力: 至少 中}, 应当: {做: 疏散, 责任: 甲}}
  - {编号: 一.d, 原文: 丁, 当: {夜间: 是}, 例外于: 一.c, 免除: [疏散], 应当: {做: 清点, 责任: 乙}}
"""
ONE = """
scenarios:
- id: S1
  title: 一处
  kind: snapshot
  facts: {fire: true, people: 9}
  expected: {tier: t2, required: [call]}
"""
PLAN = pr.loads(SMALL)


def scenarios(text: str, plan: Plan = PLAN) -> tuple[Scenario, ...]:
    return read_scenarios(text, "scenarios.yaml", plan)


@pytest.fixture(scope="module")
def small() -> Coverage:
    return cover(PLAN, scenarios(ONE))


@pytest.fixture(scope="module")
def whole() -> Coverage:
    plan = pr.load()
    return cover(plan, scenarios(shipped("scenarios.yaml").decode(), plan))


@pytest.mark.slow
def test_the_scenarios_that_come_with_the_plan_notice_every_mistake_that_changes_a_decision(whole: Coverage) -> None:
    assert whole.complete
    assert whole.killed > 800
    assert len(whole.equivalent) < 60
    assert whole.gaps == ()


@pytest.mark.slow
@pytest.mark.skipif(not os.environ.get("PLAN_RULES_SOAK"), reason="PLAN_RULES_SOAK=1: as long as the test above")
def test_without_one_of_the_generated_scenarios_some_mistake_goes_unnoticed() -> None:
    plan = pr.load()
    kept = [each for each in scenarios(shipped("scenarios.yaml").decode(), plan) if each.id != "G001"]
    assert not cover(plan, kept).complete


def test_few_scenarios_leave_survivors_and_gaps_that_are_named(small: Coverage) -> None:
    assert small.survivors
    told = " ".join(gap.told.zh for gap in small.gaps)
    assert "条款“一.d”没有触发过" in told
    assert "人数 没有取过 5" in told
    assert "例外“一.d”适用" in told
    assert "“一.c”" in told


def test_the_missing_scenarios_make_the_suite_complete_and_read_back_as_written(small: Coverage) -> None:
    found = missing(small)
    text = "scenarios:\n" + write_scenarios((each.scenario for each in found), PLAN)
    again = scenarios(text)
    assert [stated_facts(each.steps[0]) for each in again] == [stated_facts(each.scenario.steps[0]) for each in found]
    complete = cover(PLAN, (*scenarios(ONE), *again))
    assert complete.complete
    assert complete.gaps == ()
    assert len(complete.equivalent) == len(small.equivalent)


def test_each_missing_scenario_passes_on_the_plan_and_fails_on_the_mistakes_it_is_for(small: Coverage) -> None:
    for each in missing(small):
        step = each.scenario.steps[0]
        assert not run_step(PLAN, step).mismatches
        for mutant in each.kills:
            assert run_step(mutant.plan, step).mismatches, mutant.mistake.zh


def test_mistakes_said_to_change_nothing_change_no_decision(small: Coverage) -> None:
    plan = small.plan
    for mutant in small.equivalent:
        for fire in (True, False):
            for people in (0, 4, 5, 6, 100):
                for wind in ("low", "mid", "high"):
                    for night in (True, False):
                        facts = {"fire": fire, "people": people, "wind": wind, "night": night}
                        one, other = pr.decide(plan, facts), pr.decide(mutant.plan, facts)
                        assert one.fired == other.fired
                        assert one.tier == other.tier
                        assert [duty.action for duty in one.duties] == [duty.action for duty in other.duties]


def test_what_a_suite_kills_is_what_running_its_scenarios_on_the_mutant_says(small: Coverage) -> None:
    alive = {survivor.mutant.number for survivor in small.survivors}
    equal = {mutant.number for mutant in small.equivalent}
    step = scenarios(ONE)[0].steps[0]
    for mutant in mutants(PLAN):
        if mutant.number not in equal:
            assert bool(run_step(mutant.plan, step).mismatches) == (mutant.number not in alive), mutant.mistake.zh


def test_every_mutant_is_another_plan_and_all_have_names() -> None:
    every = list(mutants(PLAN))
    assert len({mutant.plan.digest for mutant in every}) == len(every)
    assert len({mutant.name for mutant in every}) == len(every)
    assert all(mutant.mistake.zh and mutant.mistake.en for mutant in every)
    assert [mutant.name for mutant in mutants(PLAN)] == [mutant.name for mutant in every]


def test_a_scenario_that_fails_on_the_plan_itself_is_an_error_that_names_it() -> None:
    with pytest.raises(ScenarioFails, match="S1"):
        cover(PLAN, scenarios(ONE.replace("[call]", "[leave]")))


def test_a_scenario_can_say_exactly_what_fires_who_acts_and_how_soon() -> None:
    exact = ONE.replace("required: [call]", "fired: [一.b], roles: {call: [a, b]}, limits: {call: immediate}")
    step = scenarios(exact)[0].steps[0]
    assert not run_step(PLAN, step).mismatches
    for wrong in ("fired: [一.b, 一.c]", "fired: []"):
        told = run_step(PLAN, scenarios(exact.replace("fired: [一.b]", wrong))[0].steps[0]).mismatches
        assert [each.aspect for each in told] == ["fired"]
    told = run_step(PLAN, scenarios(exact.replace("[a, b]", "[a]"))[0].steps[0]).mismatches
    assert [each.aspect for each in told] == ["roles.call"]
    told = run_step(PLAN, scenarios(exact.replace("immediate", "prompt"))[0].steps[0]).mismatches
    assert [(each.aspect, each.expected, each.got) for each in told] == [("limits.call", "prompt", "immediate")]


def test_an_incomplete_expectation_is_not_rewritten_by_writing_it() -> None:
    scenario = scenarios(ONE)[0]
    again = scenarios("scenarios:\n" + write_scenarios((scenario,), PLAN))[0]
    assert replace(again.steps[0].expected, span=scenario.steps[0].expected.span) == scenario.steps[0].expected
