"""Single claims, to the point: what is no defect is not reported, and a witness shows its defect by what it states."""

from __future__ import annotations

import plan_rules as pr
from plan_rules.analysis import prove

HEAD = """
预案: {编号: small, 名称: 小预案, 版本: "1", 适用: 总是}
角色: {众人: {id: everyone, 类别: group}, 甲: {id: one, 类别: person, 属于: [众人]}, 乙: {id: two, 类别: person, 属于: [众人]}}
事实:
  有火: {id: fire, 类型: 是否, 默认: 否, 加重: 递增}
  有烟: {id: smoke, 类型: 是否, 默认: 未知}
动作: {报警: {id: call, 保护: 是}, 撤离: {id: leave}}
正文:
- 章节: 一
  标题: 处置
  条款:
"""


def codes(body: str) -> set[str]:
    return {finding.code for finding in prove(pr.loads(HEAD + body))}


def test_whoever_is_excepted_from_a_prohibition_may_be_asked_to_act() -> None:
    body = """
  - {编号: 一.a, 原文: 甲, 当: {有火: 是}, 应当: {做: 撤离, 责任: 乙}}
  - {编号: 一.b, 原文: 乙, 当: {有烟: 是}, 不得: {做: 撤离, 责任: 众人EXCEPTED}}
"""
    assert "PF005" in codes(body.replace("EXCEPTED", ""))
    assert "PF005" in codes(body.replace("EXCEPTED", ", 除外: [甲]"))
    assert "PF005" not in codes(body.replace("EXCEPTED", ", 除外: [乙]"))


def test_a_clause_that_contradicts_itself_is_not_told_to_be_an_exception_to_itself() -> None:
    body = "  - {编号: 一.a, 原文: 甲, 当: {有火: 是}, 应当: {做: 撤离, 责任: 乙}, 不得: {做: 撤离, 责任: 乙}}\n"
    (found,) = (finding for finding in prove(pr.loads(HEAD + body)) if finding.code == "PF005")

    assert "两项只留一项" in found.diagnostic.help.zh
    assert "例外于" not in found.diagnostic.help.zh
    assert "两条" not in found.diagnostic.message.zh


def test_a_clause_that_never_fires_is_told_once() -> None:
    assert codes("  - {编号: 一.a, 原文: 甲, 当: {全部: [{有火: 是}, {有火: 否}]}, 应当: {做: 撤离, 责任: 乙}}\n") == {
        "PF001"
    }


def test_a_witness_states_what_its_claim_turns_on_though_it_is_unknown_by_default() -> None:
    body = "  - {编号: 一.a, 原文: 甲, 当: {有火: 否, 有烟: 是}, 应当: {做: 报警, 责任: 甲}}\n"
    (found,) = (finding for finding in prove(pr.loads(HEAD + body)) if finding.code == "PF012")
    assert found.witness is not None
    assert found.witness.facts == {"fire": True, "smoke": True}


def test_a_presumption_that_only_asks_for_an_unused_fact_is_no_trouble() -> None:
    body = "  - {编号: 一.a, 原文: 甲, 当: {有火: 否}, 应当: {做: 撤离, 责任: 甲}}\n推定: [{编号: I1, 若: {有火: 是}, 则: {有烟: 未知}}]\n"
    assert codes(body) == set()


LINE = "红线: [{编号: R1, 名称: 有火必报警, 若: {有火: 是}, 则: {应当: [报警]}}]\n"
FIRE = "  - {编号: 一.a, 原文: 甲, 当: {有火: 是CONDITION}, 应当: {做: 报警, 责任: 甲}}\n"
READING = "解释: {how: {题: 甲, 涉及: [一.a], 选项: {a: 甲, b: 乙}, 采用: CHOSEN, 决定: 合规}}\n"
ACCEPTED = "认可: [{发现: PF014, 涉及: [R1], 理由: 丙, 决定: 合规EXTRA}]\n"


def lines(chosen: str, extra: str = "") -> list[tuple[str, bool]]:
    clause = FIRE.replace("CONDITION", ", 解释: {how: a}")
    text = HEAD + clause + LINE + READING.replace("CHOSEN", chosen) + ACCEPTED.replace("EXTRA", extra)
    return [(f.severity.value, f.accepted is not None) for f in prove(pr.loads(text)) if f.code == "PF014"]


def test_nobody_can_accept_that_a_red_line_is_broken_as_the_readings_stand() -> None:
    assert lines("b") == [("error", False)]
    assert lines("a") == [("note", True)]


def test_an_acceptance_for_other_readings_only_covers_nothing_else() -> None:
    body = "  - {编号: 一.a, 原文: 甲, 当: {有火: 否CONDITION}, 应当: {做: 报警, 责任: 甲}}\n"
    accepted = "认可: [{发现: PF012, 涉及: [报警], 理由: 丙, 决定: 合规, 仅换用解释时: 是}]\n"

    def found(condition: str) -> list[tuple[str, bool]]:
        text = HEAD + body.replace("CONDITION", condition) + READING.replace("CHOSEN", "a") + accepted
        return [(f.severity.value, f.accepted is not None) for f in prove(pr.loads(text)) if f.code == "PF012"]

    assert found("") == [("warning", False)]
    assert found(", 解释: {how: b}") == [("note", True)]
