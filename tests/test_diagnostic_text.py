"""Diagnostics as people read them: excerpts, carets under the characters meant, help."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from plan_rules.diagnostic_text import LONGEST_EXCERPT, excerpt, lines_of, render, summary
from plan_rules.display_width import visible
from plan_rules.errors import Diagnostic, Message, Severity, Span

EAST_ASIAN = st.text(
    st.sampled_from("投诉客户应急预案，。：（）“”ＡＢｃabc 012:-_'\"#é\u0301か゛ｶﾞ한글\t\u200b\u202e🙂"),
    min_size=1,
    max_size=40,
)


@st.composite
def a_line_and_a_span(draw: st.DrawFn, text: st.SearchStrategy[str] = EAST_ASIAN) -> tuple[str, Span]:
    line = draw(text)
    column = draw(st.integers(1, len(line)))
    return line, Span("plan.yaml", 1, column, draw(st.integers(1, len(line) - column + 1)))


def columns_by_definition(text: str) -> int:
    """Full-width two, combining none, everything else one: written apart from the code under test."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    none = sum(unicodedata.category(character) in ("Mn", "Me") for character in text)
    return len(text) + wide - none


@given(a_line_and_a_span())
def test_the_carets_lie_exactly_under_the_span(case: tuple[str, Span]) -> None:
    line, span = case
    shown, carets = excerpt(line, span)
    start, end = span.column - 1, span.column - 1 + span.width
    before, meant = visible(line[:start]), visible(line[start:end])
    assert len(carets) - len(carets.lstrip(" ")) == columns_by_definition(before)
    assert carets.count("^") == max(1, columns_by_definition(meant))
    assert shown == visible(line)


@given(a_line_and_a_span(st.text(st.sampled_from("投诉客户abc ，e\u0301"), min_size=60, max_size=400)))
def test_of_a_long_line_the_excerpt_shows_the_part_that_holds_the_span(case: tuple[str, Span]) -> None:
    line, span = case
    shown, carets = excerpt(line, span)
    assert columns_by_definition(shown) <= LONGEST_EXCERPT
    before = len(carets) - len(carets.lstrip(" "))
    position, column = 0, 0
    while column < before:
        column += columns_by_definition(shown[position])
        position += 1
    while unicodedata.category(shown[position]) == "Mn" != unicodedata.category(line[span.column - 1]):
        position += 1
    assert column == before
    assert shown[position] == line[span.column - 1]


@given(st.text(max_size=60), st.integers(-3, 80), st.integers(0, 80), st.integers(-3, 5))
def test_any_span_in_any_text_gives_a_page_and_never_an_error(text: str, column: int, size: int, line: int) -> None:
    found = Diagnostic("X", Severity.ERROR, Message(text, text), Span("a", line, column, size))
    page = render([found], {"a": lines_of(text)})
    assert page.startswith("错误[X]")


@given(st.text(max_size=80))
def test_a_page_holds_no_control_or_direction_characters(text: str) -> None:
    page = render([Diagnostic("X", Severity.ERROR, Message(text, text), Span("a", 1, 1))], {"a": lines_of(text)})
    assert all(character == "\n" or unicodedata.category(character) not in ("Cc", "Cf", "Cs") for character in page)


def test_a_diagnostic_reads_like_this_in_chinese() -> None:
    lines = lines_of("事实:\n  - 投诉发生地: 营业大厅\n当:\n  投诉地典: 营业大厅\n")
    found = Diagnostic(
        "PL001",
        Severity.ERROR,
        Message("没有名为“投诉地典”的事实", "no fact is called `投诉地典`"),
        Span("plan.yaml", 4, 3, 4),
        help=Message("是不是“投诉发生地”?", "did you mean `投诉发生地`?"),
        related=Span("plan.yaml", 2, 5, 5),
        related_label=Message("声明在这里", "declared here"),
    )
    assert (
        render([found], {"plan.yaml": lines})
        == """\
错误[PL001] 没有名为“投诉地典”的事实
  --> plan.yaml:4:3
   |
 4 |   投诉地典: 营业大厅
   |   ^^^^^^^^
  声明在这里: plan.yaml:2:5
   |
 2 |   - 投诉发生地: 营业大厅
   |     ----------
  帮助: 是不是“投诉发生地”?"""
    )
    assert render([found], {}, "en").splitlines() == [
        "error[PL001] no fact is called `投诉地典`",
        "  --> plan.yaml:4:3",
        "  declared here: plan.yaml:2:5",
        "  help: did you mean `投诉发生地`?",
    ]


def test_the_summary_counts_and_says_whether_the_text_can_be_used() -> None:
    kinds = [Severity.ERROR, Severity.WARNING, Severity.WARNING]
    found = [Diagnostic("X", kind, Message("", "")) for kind in kinds]
    assert summary(found, "plan.yaml") == "plan.yaml: 1 个错误, 2 个警告, 0 个提示; 不能使用"
    assert summary(found, "p", "en") == "p: 1 error, 2 warnings, 0 notes; it cannot be used"
    assert summary((), "p", "en").endswith("it can be used")
