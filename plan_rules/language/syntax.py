"""A YAML syntax error -> a Diagnostic in words that need no programmer; where its cause is plain, the text mended."""

from __future__ import annotations

import yaml

from plan_rules.errors import Span
from plan_rules.language.mending import mended
from plan_rules.language.tree import Report


def report_syntax(error: yaml.MarkedYAMLError, text: str, source: str, report: Report) -> str | None:
    """Report a syntax error; where what was meant is plain, the text with it mended, so that it hides nothing after."""
    found = mended(text, error)
    if found is None:
        _report_unread(error, source, report)
        return None
    mend, whole = found
    if mend.code is not None:
        report.add(mend.code, mend.message, Span(source, mend.line + 1, mend.column), mend.help)
    return whole


def _report_unread(error: yaml.MarkedYAMLError, source: str, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    zh, en = _told(error.problem or error.context or "")
    report.add(
        "TX004",
        (f"从这里起读不下去: {zh}", f"cannot be read from here on: {en}"),
        Span(source, (mark.line if mark else 0) + 1, (mark.column if mark else 0) + 1),
        (
            "检查本行和上一行的缩进、冒号后的空格、引号和括号是否成对",
            "check this line and the one above: indentation, the space after a colon, paired quotes and brackets",
        ),
    )


_TOLD = (
    (
        "mapping values are not allowed",
        "这里不能再有冒号(可能是缩进不齐, 或文字里的冒号没有加引号)",
        "no second colon may stand here (a line that is badly indented, or a text with a colon that needs quotes)",
    ),
    ("could not find expected ':'", "少了冒号", "a colon is missing"),
    (
        "did not find expected key",
        "缩进不齐, 或上面少了一个括号",
        "a line is badly indented, or a bracket is missing above",
    ),
    ("did not find expected '-' indicator", "列表项的缩进不齐", "an item of a list is badly indented"),
    (
        "did not find expected ',' or ']'",
        "方括号没有写完, 或项之间少了逗号",
        "a square bracket is not closed, or a comma is missing",
    ),
    (
        "did not find expected ',' or '}'",
        "花括号没有写完, 或项之间少了逗号",
        "a brace is not closed, or a comma is missing",
    ),
    ("found unexpected end of stream", "引号或括号没有写完", "a quote or bracket is not closed"),
    (
        "found character that cannot start any token",
        "文字不能以这个字符开头(要写它就给文字加引号)",
        "no text begins with this character, except in quotes",
    ),
    ("block sequence entries are not allowed", "列表项“- ”不能放在这里", "no item of a list may stand here"),
    (
        "found undefined tag handle",
        "文字不能以“!”开头(要写它就给文字加引号)",
        "no text begins with `!`, except in quotes",
    ),
    ("found unknown escape", "双引号里的“\\”不能这样写(改用单引号)", "a backslash in double quotes; use single quotes"),
    ("found unexpected ':'", "冒号放得不对", "a colon stands where none may be"),
    ("found undefined alias", "文字不能以“*”开头(要写它就给文字加引号)", "no text begins with `*`, except in quotes"),
)


def _told(problem: str) -> tuple[str, str]:
    """What the parser found, in words of those who write plans."""
    return next(
        ((zh, en) for told, zh, en in _TOLD if told in problem),
        ("标点或缩进不对", "a mark or an indentation is wrong"),
    )
