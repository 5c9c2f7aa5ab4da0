"""A YAML syntax error -> a Diagnostic in two languages; where a full-width mark may be its cause, the text mended."""

from __future__ import annotations

import re

import yaml

from plan_rules.errors import Span
from plan_rules.language.characters import FULL_WIDTH, FULL_WIDTH_MARK, report_full_width
from plan_rules.language.tree import Report


def report_syntax(error: yaml.MarkedYAMLError, text: str, source: str, report: Report) -> str | None:
    """Report a syntax error; where a full-width mark may be its cause, the text with that mark mended."""
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.split("\n")
    for index in (line, line - 1):
        if 0 <= index < len(lines):
            bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", lambda hit: " " * len(hit.group()), lines[index])
            if report_full_width(bare, Span(source, index + 1, 1), report):
                lines[index] = _mended(lines[index], bare)
                return "\n".join(lines)
    problem = error.problem or error.context or "YAML"
    report.add(
        "TX004",
        (f"YAML 语法错误: {_syntax_zh(problem)}", f"YAML syntax error: {problem}"),
        Span(source, line + 1, (mark.column if mark else 0) + 1),
        (
            "检查本行和上一行的缩进、冒号后的空格、引号和括号是否成对",
            "check this line and the one above: indentation, the space after a colon, paired quotes and brackets",
        ),
    )
    return None


def _mended(line: str, bare: str) -> str:
    """The line with the first full-width mark outside quotes in its ASCII form."""
    hit = FULL_WIDTH_MARK.search(bare)
    assert hit is not None
    mark = FULL_WIDTH[hit.group()]
    space = " " if mark in ":," and not line[hit.end() :].startswith(" ") else ""
    return line[: hit.start()] + mark + space + line[hit.end() :]


_SYNTAX_ZH = (
    ("mapping values are not allowed", "这里不能再有冒号(可能是缩进不齐, 或文字里的冒号没有加引号)"),
    ("could not find expected ':'", "少了冒号"),
    ("did not find expected key", "缩进不齐, 或上面少了一个括号"),
    ("did not find expected '-' indicator", "列表项的缩进不齐"),
    ("did not find expected ',' or ']'", "方括号没有写完, 或项之间少了逗号"),
    ("did not find expected ',' or '}'", "花括号没有写完, 或项之间少了逗号"),
    ("found unexpected end of stream", "引号或括号没有写完"),
    ("found character that cannot start any token", "这个字符不能放在开头"),
    ("block sequence entries are not allowed", "列表项“- ”不能放在这里"),
    ("found undefined tag handle", "不能用标签(!)"),
    ("found undefined alias", "不能用引用(*)"),
)


def _syntax_zh(problem: str) -> str:
    return next((zh for en, zh in _SYNTAX_ZH if en in problem), problem)
