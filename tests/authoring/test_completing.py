"""What may be written at a place of a plan is offered there, and nothing else."""

from __future__ import annotations

import pytest

from plan_rules.authoring.completing import completion
from plan_rules.loading import shipped

SHIPPED = shipped("plan.yaml").decode()
NORM = "      - {做: 个别处理, 责任: 现场负责人, 对象: 投诉客户, 次序: T1-7}"
WHEN = "    当: {一级处置: 是, 一时不能化解: 是}"
SERVES = "    服务于: [三.1.q]"


def offered(instead_of: str, written: str) -> tuple[str, set[str]]:
    """The characters that would be replaced at `‸` in what is written instead, and what is offered."""
    assert SHIPPED.count(instead_of) == 1
    text = SHIPPED.replace(instead_of, written)
    before = text[: text.index("‸")]
    text = text.replace("‸", "")
    line, column = before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1
    found = completion(text, line, column)
    return before.rpartition("\n")[2][found.column - 1 :], {proposal.label for proposal in found.proposals}


@pytest.mark.parametrize(
    ("instead_of", "written", "some", "others"),
    [
        (NORM, "      - {做: ‸, 责任: 现场负责人}", {"报警", "个别处理"}, {"现场负责人", "做"}),
        (NORM, "      - {做: ‸", {"报警", "个别处理"}, {"现场负责人"}),
        (NORM, "      - {做: 个别处理, ‸", {"责任", "对象", "时限", "可推翻"}, {"做", "原文", "报警"}),
        (NORM, "      - {做: 个别处理, 责任: [现场负责人, ‸", {"现场负责人", "保安人员"}, {"报警", "网点现场"}),
        (NORM, "      - {做: 个别处理, 责任: {‸", {"任一", "全部", "依次", "首接"}, {"报警"}),
        (NORM, "      - {做: 个别处理, 责任: {任一: [‸]}}", {"大堂经理"}, {"现场负责人", "报警"}),
        (NORM, "      - {做: 个别处理, 责任: 现场负责人, 对象: ‸}", {"投诉客户", "网点现场"}, {"报警"}),
        (NORM, "      - {做: 个别处理, 责任: 现场负责人, 时限: ‸}", {"立即", "及时"}, {"报警"}),
        (NORM, "      - {做: 个别处理, 责任: 现场负责人, 按解释: {‸}}", {"AMB-05"}, {"报警", "A"}),
        (NORM, "      - {做: 个别处理, 责任: 现场负责人, 按解释: {AMB-05: ‸}}", {"A", "B", "C"}, {"报警", "AMB-05"}),
        (NORM, "      - {做: 个别处理, 责任: 现场负责人, 可推翻: ‸}", {"是", "否", "AMB-11"}, {"报警"}),
        (WHEN, "    当: ‸", {"一级处置", "总是"}, {"一时不能化解"}),
        (WHEN, "    当: {‸}", {"一级处置", "一时不能化解", "任一", "除非", "等级", "解释"}, {"报警", "总是"}),
        (WHEN, "    当: {一级处置: 是, ‸}", {"一时不能化解"}, {"一级处置"}),
        (WHEN, "    当: {过激行为程度: ‸}", {"无", "轻微", "严重", "至少", "不是"}, {"是", "一级处置"}),
        (WHEN, "    当: {过激行为程度: 至少 ‸}", {"无", "轻微", "严重"}, {"是"}),
        (WHEN, "    当: {一级处置: ‸}", {"是", "否"}, {"轻微"}),
        (WHEN, "    当: {报警时间: ‸}", {"有", "无"}, {"是"}),
        (WHEN, "    当: {任一: [{等级: ‸}]}", {"一级", "三级", "至少"}, {"是"}),
        (SERVES, "    ‸", {"服务于", "当", "应当", "例外于"}, {"编号", "角色"}),
        (SERVES, "    when‸", {"serves", "when", "must"}, {"服务于", "id"}),
        (SERVES, "    定为: ‸", {"一级", "二级", "三级"}, {"报警"}),
        (SERVES, "    服务于: [‸]", {"三.1.q", "三.1"}, {"报警"}),
        ("  取: 最高", "  取: ‸", {"最高", "最低"}, {"是"}),
        ("\n情形:\n", "\n‸\n情形:\n", set(), {"角色", "正文"}),
    ],
)
def test_what_fits_is_offered(instead_of: str, written: str, some: set[str], others: set[str]) -> None:
    _, found = offered(instead_of, written)
    assert some <= found
    assert not others & found


@pytest.mark.parametrize(
    ("written", "replaced"),
    [
        ("      - {做: 个别‸", "个别"),
        ("      - {做: 个别处理, 责任: [现场负责人, 大堂‸", "大堂"),
        ("      - {做: 个别处理, 时‸: 立即}", "时"),
    ],
)
def test_only_the_word_that_is_being_written_is_replaced(written: str, replaced: str) -> None:
    assert offered(NORM, written)[0] == replaced


def test_a_name_is_found_by_its_id_and_by_how_it_is_spoken() -> None:
    text = SHIPPED.replace(NORM, "      - {做: gb")
    line = text[: text.index("{做: gb")].count("\n") + 1
    found = {proposal.label: proposal for proposal in completion(text, line, len("      - {做: gb") + 1).proposals}
    assert found["个别处理"].also == ("handle_individually", "gbcl")
    assert found["个别处理"].detail.zh == "动作 handle_individually"


def test_nothing_is_offered_where_the_text_around_cannot_be_read() -> None:
    assert completion("预案: [\n  a: }\n", 2, 4).proposals == ()
