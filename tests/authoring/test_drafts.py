"""A draft read again and again as it is written is what reading it whole gives, and each defect has its place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.authoring.draft import findings, marks, marks_of_findings, read_draft
from plan_rules.errors import Diagnostic
from plan_rules.language.document import parse
from plan_rules.language.pieces import Pieces
from plan_rules.language.reader import read
from plan_rules.language.tree import Items, Report, Text, Tree
from plan_rules.loading import shipped

SHIPPED = shipped("plan.yaml").decode()
RULES = Path(__file__).parents[2] / "rules"
SMALL = """\
# a comment
预案: {id: p, 名称: n}
角色:
  甲: {id: a}   # beside
  乙: "x
    y"
说明: |
  text
   more

正文:
- 章节: 一
  条款:
  - 编号: 一.a
    原文: '字'
- 章节: 二
# between
- 三
last: [a,
 b]
"""
NASTY = (
    "\n", " ", "x", "字", "- ", "\n- ", "\n- a: b\n", ": ", "：", ":", "\nk: v\n", "\nk:\n", '"', "'", "|\n", "\n|\n", ">", "[", "]",
    "{", "}", "#", "\n#\n", "\n---\n", "\n...\n", "\n%X 1\n", "&a ", "*a", "\n<<: x\n", "!t ", "\t", "? ", "\n? k\n: v\n", "\n[b]\n",
    "\n  deep: 1\n", "\r\n", "\r", "\u2028", "\ufeff", "预案:\n", "\nplan: x\n", '"k": v\n', "\n-\n", "\n--- x\n", "~", "- - - ",
)  # fmt: skip
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(NASTY)), min_size=1, max_size=6)


def whole(tree: Tree | None) -> object:
    """A tree with all that it knows of its place."""
    if tree is None:
        return None
    if isinstance(tree, Text):
        return (str(tree), tree.span, tree.plain)
    if isinstance(tree, Items):
        return ([whole(item) for item in tree], tree.span)
    return ([(whole(key), whole(value)) for key, value in tree.items()], tree.span)


def read_as(parser, text: str) -> tuple[object, list[Diagnostic]]:  # type: ignore[no-untyped-def]
    report = Report()
    return whole(parser(text, "plan.yaml", report)), report.found


def edited(text: str, edit: tuple[float, int, str]) -> str:
    at = int(edit[0] * len(text))
    return text[:at] + edit[2] + text[at + edit[1] :]


@given(EDITS)
@settings(max_examples=400)
def test_a_text_read_in_pieces_is_the_text_read_whole(edits: list[tuple[float, int, str]]) -> None:
    text, pieces = SMALL, Pieces()
    for edit in (None, *edits):
        text = text if edit is None else edited(text, edit)
        assert read_as(pieces, text) == read_as(parse, text)


@given(EDITS)
@settings(max_examples=15, deadline=None)
def test_the_shipped_plan_read_in_pieces_is_the_plan_read_whole(edits: list[tuple[float, int, str]]) -> None:
    text, pieces = SHIPPED, Pieces()
    for edit in (None, *edits):
        text = text if edit is None else edited(text, edit)
        assert read_as(pieces, text) == read_as(parse, text)


@given(EDITS)
@settings(max_examples=5, deadline=None)
def test_a_draft_has_the_plan_and_the_diagnostics_of_the_file(edits: list[tuple[float, int, str]]) -> None:
    text, pieces = SHIPPED, Pieces()
    for edit in (None, *edits[:3]):
        text = text if edit is None else edited(text, edit)
        draft, file = read_draft(text, folder=RULES, pieces=pieces), read(text, "plan.yaml", RULES)
        assert draft.diagnostics == file.diagnostics
        assert draft.plan == file.plan


def test_only_the_block_that_changed_is_parsed_again() -> None:
    pieces = Pieces()
    before = pieces(SMALL, "p", Report())
    after = pieces(SMALL.replace("'字'", "'句'"), "p", Report())
    assert before is not None and after is not None
    assert after["角色"] is before["角色"]  # type: ignore[index]
    assert after["正文"][0] is not before["正文"][0]  # type: ignore[index]
    assert after["正文"][1] is before["正文"][1]  # type: ignore[index]


def test_a_misfit_does_not_spoil_what_is_remembered() -> None:
    pieces = Pieces()
    text = SHIPPED.replace("  一级: {id:", "  一级: {笔误: 1, id:")
    first = read_draft(text, folder=RULES, pieces=pieces)
    second = read_draft(text, folder=RULES, pieces=pieces)
    assert [found.code for found in first.diagnostics] == ["PR020"]
    assert second.diagnostics == first.diagnostics


def test_a_mark_covers_the_word_that_is_meant() -> None:
    text = SHIPPED.replace("当: 二级处置", "当: 二级处治", 1)
    draft = read_draft(text, folder=RULES)
    (mark,) = marks(draft)
    line = text.split("\n")[mark.line - 1]
    assert line[mark.column - 1 : mark.end_column - 1] == "二级处治"
    assert (mark.code, mark.end_line) == ("PR038", mark.line)
    assert mark.message.en == "unknown situation `二级处治`"
    assert mark.help is not None and "二级处置" in mark.help.zh


@given(EDITS)
@settings(max_examples=100, deadline=None)
def test_every_mark_lies_within_the_text(edits: list[tuple[float, int, str]]) -> None:
    text = SMALL
    for edit in edits:
        text = edited(text, edit)
    lines = text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    for mark in marks(read_draft(text)):
        assert 1 <= mark.line == mark.end_line <= len(lines)
        assert 1 <= mark.column <= mark.end_column <= len(lines[mark.line - 1]) + 1


@pytest.mark.slow
def test_findings_are_those_of_prove_and_lint_each_at_its_line() -> None:
    text = SHIPPED.replace("当: {一级处置: 是, 超出处理权限: 是}", "当: {一级处置: 是, 超出处理权限: 是, 能解决: 是}")
    draft = read_draft(text, folder=RULES)
    assert draft.plan is not None and draft.diagnostics == ()
    shown = marks_of_findings(findings(draft.plan, today=date(2026, 1, 1)), draft)
    assert ("PF001", "三.1.l") in {(mark.code, mark.subject) for mark in shown}
    (never,) = (mark for mark in shown if mark.code == "PF001")
    assert "三.1.l" in text.split("\n")[never.line - 1]
