"""Certificates: the same bytes each time, and nothing in one can be changed without being found out."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis import certificate, certificate_text, verify

SMALL = """
预案: {编号: small, 名称: 小预案, 版本: "1", 适用: 总是}
角色: {甲: {id: a, 类别: person}}
等级: {一级: {id: t1, 级: 1}, 二级: {id: t2, 级: 2}}
事实:
  起火: {id: fire, 类型: 是否, 默认: 否, 加重: 递增}
  有烟: {id: smoke, 类型: 是否, 默认: 否}
动作: {报警: {id: call, 保护: 是}, 查看: {id: look}}
正文:
- 章节: 一
  标题: 处置
  条款:
  - {编号: 一.a, 原文: 甲, 当: {起火: 否}, 定为: 一级, 应当: {做: 查看, 责任: 甲}}
  - {编号: 一.b, 原文: 乙, 当: {起火: 是}, 定为: 二级, 应当: {做: 报警, 责任: 甲, 时限: 立即}}
红线:
  - {编号: R1, 名称: 起火必报警, 若: {起火: 是}, 则: {应当: [报警], 时限: 立即}}
"""
PLAN = pr.loads(SMALL)
CERTIFIED = certificate(PLAN)


def read_back(certified: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(certificate_text(certified))
    return found


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert certificate_text(certificate(PLAN)) == certificate_text(certificate(pr.loads(SMALL)))


def test_a_certificate_holds_of_the_plan_it_was_written_for() -> None:
    assert verify(PLAN, read_back(CERTIFIED)) == ()


def test_it_says_of_which_plan_by_which_tools_and_how_many_incidents() -> None:
    told = read_back(CERTIFIED)
    assert told["plan"]["digest"] == PLAN.digest
    assert set(told["tools"]) == {"plan-rules", "oxidd", "durable-rules"}
    assert told["incidents"] == "2"
    assert "PF014[R1/0]" in {claim["claim"] for claim in told["claims"]}


def test_it_does_not_hold_of_another_plan() -> None:
    other = pr.loads(SMALL.replace("起火必报警", "着火必报警"))
    assert [problem.en for problem in verify(other, read_back(CERTIFIED))] == [
        "the certificate is of another plan: the digests differ"
    ]


def claim_of(told: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(claim for claim in told["claims"] if claim["claim"] == name)
    return found


def _forged_verdict(told: dict[str, Any]) -> None:
    claim_of(told, "PF014[R1/0]")["verdict"] = "refuted"


def _forged_count(told: dict[str, Any]) -> None:
    told["incidents"] = "3"


def _forged_witness(told: dict[str, Any]) -> None:
    claim_of(told, "PF001[一.b]")["witness"]["facts"] = {"fire": False}


def _forged_decision(told: dict[str, Any]) -> None:
    claim_of(told, "PF001[一.b]")["witness"]["decision"]["duties"] = ["look"]


def _left_out(told: dict[str, Any]) -> None:
    told["claims"] = told["claims"][1:]


def _made_clean(told: dict[str, Any]) -> None:
    told["clean"] = not told["clean"]


def _other_format(told: dict[str, Any]) -> None:
    told["format"] = "plan-rules-certificate/0"


def _no_budget(told: dict[str, Any]) -> None:
    told["budget"] = "1000"


def _nonsense_facts(told: dict[str, Any]) -> None:
    claim_of(told, "PF001[一.b]")["witness"]["facts"] = {"no_such_fact": 1}


@pytest.mark.parametrize(
    "forge",
    [
        _forged_verdict,
        _forged_count,
        _forged_witness,
        _forged_decision,
        _left_out,
        _made_clean,
        _other_format,
        _no_budget,
        _nonsense_facts,
    ],
)
def test_whatever_is_changed_in_it_is_found_out(forge: Any) -> None:
    told = deepcopy(read_back(CERTIFIED))
    forge(told)
    problems = verify(PLAN, told)
    assert problems
    assert all(problem.zh and problem.en for problem in problems)


@pytest.mark.parametrize("nonsense", [{}, {"format": 1}, {"format": CERTIFIED["format"], "plan": 3}, {"claims": 7}])
def test_what_is_no_certificate_is_said_to_be_none(nonsense: dict[str, Any]) -> None:
    assert len(verify(PLAN, nonsense)) == 1


def test_a_plan_with_defects_gets_a_certificate_that_says_so() -> None:
    broken = pr.loads(SMALL.replace("时限: 立即}}\n红线", "时限: 及时}}\n红线"))
    told = certificate(broken)
    assert told["clean"] is False
    assert claim_of(told, "PF014[R1/0]")["verdict"] == "refuted"
    assert claim_of(told, "PF014[R1/0]")["count"] == "1"
    assert verify(broken, read_back(told)) == ()


@pytest.mark.slow
def test_the_certificate_of_the_shipped_plan_holds() -> None:
    plan = pr.load()
    told = certificate(plan)
    assert told["clean"]
    assert verify(plan, read_back(told)) == ()
