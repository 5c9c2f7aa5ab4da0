"""A file laid out keeps every comment and every word, means what it meant, and stays as it is when laid out again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.authoring.formatting import comments, formatted
from plan_rules.language.document import parse
from plan_rules.language.tree import Items, Report, Text, Tree
from plan_rules.loading import shipped
from tests.authoring.test_drafts import EDITS, SMALL, edited
from tests.command_line import run

ROOT = Path(__file__).parents[2]
FILES = [*sorted((ROOT / "rules").glob("*.yaml")), *sorted((ROOT / "examples" / "plans").glob("*/*.yaml"))]


def said(tree: Tree | None) -> object:
    if isinstance(tree, Text | None):
        return tree and str(tree)
    if isinstance(tree, Items):
        return [said(item) for item in tree]
    return [(str(key), said(value)) for key, value in tree.items()]


def meaning(text: str) -> object:
    return said(parse(text, "p", Report()))


def test_what_is_uneven_is_laid_out() -> None:
    uneven = """\
预案:   {id: p,名称: n }


# 谁
角色:
    甲:   { id: a,类别 : person }   # 第一个
    乙:
          id: b
          # 没有说明
          说明:   "多行
             文字"
正文:
-   章节: 一
    条款:
    -   编号: 一.a
        应当:
             -   {做: x,
                   责任: [甲,乙] }
        说明: |
            照抄
              的文字

            不动
"""
    even = """\
预案: {id: p, 名称: n}

# 谁
角色:
  甲: {id: a, 类别: person}   # 第一个
  乙:
    id: b
    # 没有说明
    说明: "多行
       文字"
正文:
- 章节: 一
  条款:
  - 编号: 一.a
    应当:
      - {做: x,
            责任: [甲, 乙]}
    说明: |
        照抄
          的文字

        不动
"""
    result = formatted(uneven).text
    assert result is not None
    assert meaning(result) == meaning(uneven)
    assert result == even


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_the_files_of_the_project_mean_the_same_laid_out_and_stay_so(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    result = formatted(text).text
    assert result is not None
    assert meaning(result) == meaning(text)
    assert comments(result) == comments(text)
    assert formatted(result).text == result


def test_the_shipped_plan_is_laid_out_already() -> None:
    text = shipped("plan.yaml").decode()
    assert formatted(text).text == text


@given(EDITS, st.integers(1, 4))
@settings(max_examples=400, deadline=None)
def test_layout_keeps_meaning_and_comments_of_whatever_can_be_read(
    edits: list[tuple[float, int, str]], times: int
) -> None:
    text = SMALL.replace("  ", " " * times)
    for edit in edits:
        text = edited(text, edit)
    report = Report()
    tree = parse(text, "p", report)
    result = formatted(text)
    if report.failed or tree is None:
        assert result.text is None
        assert result.diagnostics
        return
    assert result.text is not None
    assert meaning(result.text) == said(tree)
    assert comments(result.text) == comments(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    assert formatted(result.text).text == result.text


def test_a_file_that_cannot_be_read_is_left_and_its_defects_are_told() -> None:
    result = formatted("预案: [\n")
    assert result.text is None
    assert [found.code for found in result.diagnostics] == ["TX016"]


def test_fmt_writes_in_place_and_check_only_tells(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    uneven, even = "a:   1   # one\n\n\n\nb: [x,y]\n", "a: 1   # one\n\nb: [x, y]\n"
    file.write_text(uneven, encoding="utf-8")
    told = run("fmt", "--check", str(file))
    assert (told.returncode, told.stdout) == (1, f"没有排好: {file}\n")
    assert file.read_text(encoding="utf-8") == uneven
    assert run("fmt", str(file)).returncode == 0
    assert file.read_text(encoding="utf-8") == even
    assert run("fmt", "--check", str(file)).returncode == 0


def test_fmt_leaves_a_file_with_errors_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text("a: [\n", encoding="utf-8")
    told = run("fmt", str(file))
    assert told.returncode == 3
    assert "TX016" in told.stderr and "有错误的文件不排版" in told.stderr
    assert file.read_text(encoding="utf-8") == "a: [\n"
