"""What stands after a slip that was mended is told where it stands in the text as written."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_rules.errors import Diagnostic
from plan_rules.language.reader import read

TEXT = (Path(__file__).parents[1] / "rules" / "plan.yaml").read_text("utf-8")


def slipped(*edits: tuple[str, str]) -> tuple[str, tuple[Diagnostic, ...]]:
    text = TEXT
    for was, now in edits:
        assert text.count(was) == 1
        text = text.replace(was, now)
    return text, read(text, "plan.yaml").diagnostics


def shown(text: str, found: Diagnostic) -> str:
    """What the place of a diagnostic covers."""
    assert found.span is not None
    line = text.split("\n")[found.span.line - 1]
    return line[found.span.column - 1 :][: found.span.width]


@pytest.mark.parametrize("marks", [("：",), ("：", "，"), (": ", "，")])
def test_a_name_after_marks_that_were_mended_is_told_where_it_is_written(marks: tuple[str, ...]) -> None:
    line = "  行长: {id: president, 类别: person, 属于: [我行人员], 说明: 领导小组组长}"
    broken = line.replace("[我行人员]", "[我行人负]").replace(": ", marks[0], 1)
    if marks[1:]:
        broken = broken.replace(", ", marks[1], 1)
    text, found = slipped((line, broken))

    unknown = [each for each in found if each.code == "PR033"]

    assert [shown(text, each) for each in unknown] == ["我行人负"]
    assert any(each.code == "TX007" for each in found)


def test_a_name_on_a_line_that_lost_its_indentation_is_told_where_it_is_written() -> None:
    line = "  行长: {id: president, 类别: person, 属于: [我行人员], 说明: 领导小组组长}"
    text, found = slipped((line, " " + line.lstrip().replace("[我行人员]", "[我行人负]")))

    assert "我行人负" in [shown(text, each) for each in found]
