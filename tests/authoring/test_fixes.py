"""A fix that is sure gives back the file as it was before the slip."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_rules.authoring.draft import marks, read_draft
from plan_rules.authoring.fixes import fixes
from plan_rules.authoring.index import Index
from plan_rules.language.document import parse
from plan_rules.language.tree import Report
from plan_rules.loading import shipped

RULES = Path(__file__).parents[2] / "rules"
SHIPPED = shipped("plan.yaml").decode()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("当: {一级处置: 是, 一时不能化解: 是}", "当: {一级处置: 是, 一时不能化姐: 是}"),
        ("{做: 个别处理, 责任", "{做: 个别处里, 责任"),
        ("编号: 三.1.q\n    原文: '一时", "编号: 三.1.q\n    原文: '一事"),
        ("编号: 三.1.q\n", "编号：三.1.q\n"),
        ("编号: 三.1.q\n", "编号: 三.1.\u200bq\n"),
        ("    服务于: [三.1.q]", "\u3000\u3000服务于: [三.1.q]"),
        ("    服务于: [三.1.q]", "     服务于: [三.1.q]"),
        ("    服务于: [三.1.q]", "    服务于: [三.1.q"),
        ("责任: 现场负责人, 对象: 投诉客户, 次序: T1-7}", "责任: 现场负责人, 对象: 投诉客户, 次序: T1-7"),
    ],
)
def test_a_slip_is_mended(right: str, wrong: str) -> None:
    assert SHIPPED.count(right) == 1
    text = SHIPPED.replace(right, wrong)
    tree = parse(text, "plan.yaml", Report())
    index = Index.of(tree) if tree is not None else None
    mended = []
    for mark in marks(read_draft(text, folder=RULES)):
        for fix in fixes(mark, text, index):
            lines = text.split("\n")
            line, at = lines[fix.span.line - 1], fix.span.column - 1
            lines[fix.span.line - 1] = line[:at] + fix.text + line[at + fix.span.width :]
            mended.append((fix.sure, "\n".join(lines) == SHIPPED))
    assert (True, True) in mended
