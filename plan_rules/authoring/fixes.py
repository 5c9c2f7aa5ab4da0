"""(A mark, the text) -> Fixes: what its help says to write instead, as an edit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.authoring.draft import Mark
from plan_rules.authoring.index import Index
from plan_rules.errors import Message, Span
from plan_rules.language.keywords import canonical
from plan_rules.language.tree import Fields, Text

_QUOTED = re.compile("“([^”]+)”")
_LISTED = re.compile(r"几个名称写成列表: (\[.+\])")
_SOURCE_SAYS = "底本写的是: "
_INDENT = re.compile(r"行首改成 (\d+) 个")
_MOST = 6


@dataclass(frozen=True, slots=True)
class Fix:
    """An edit: the characters of `span` become `text`.  `sure` where nothing else can be meant."""

    title: Message
    span: Span
    text: str
    sure: bool = False


def fixes(mark: Mark, text: str, index: Index | None) -> tuple[Fix, ...]:
    """The edits that mend what the mark is about; none where its help takes more than one of them."""
    return tuple(_fixes(mark, text.split("\n"), index))


def _fixes(mark: Mark, lines: list[str], index: Index | None) -> Iterator[Fix]:
    help_ = mark.help.zh if mark.help else ""
    span = Span("", mark.line, mark.column, mark.end_column - mark.column)
    match mark.code:
        case "TX006":
            yield Fix(Message("删去这个字符", "delete this character"), Span("", mark.line, mark.column, 1), "", True)
        case "TX005" | "TX015" if indent := _INDENT.search(help_):
            yield _indented(mark, lines[mark.line - 1], int(indent[1]))
        case "TX005":
            yield _spaces(mark, lines[mark.line - 1])
        case "TX016":
            yield from _closed(mark, help_, lines[mark.line - 1])
        case "TX007":
            yield from _half_width(mark, help_, lines[mark.line - 1])
        case "PR063":
            yield from _as_the_source(mark, help_, index)
        case _:
            listed = _LISTED.match(help_)
            if listed:
                yield _instead(span, listed[1], sure=True)
            elif help_.startswith("是不是"):
                near = _QUOTED.findall(help_)
                yield from (_instead(span, word, sure=len(near) == 1) for word in near[:_MOST])
            elif mark.code == "PR031":
                told = _QUOTED.findall(help_) or help_.partition(": ")[2].split("、")
                yield from (_instead(span, word) for word in told[:_MOST] if word)


def _instead(span: Span, word: str, *, sure: bool = False) -> Fix:
    return Fix(Message(f"改成“{word}”", f"change to `{word}`"), span, word, sure)


def _indented(mark: Mark, line: str, blanks: int) -> Fix:
    """The line begun with so many spaces."""
    now = len(line) - len(line.lstrip(" \t\u3000"))
    title = Message(f"行首改成 {blanks} 个空格", f"begin the line with {blanks} spaces")
    return Fix(title, Span("", mark.line, 1, now), " " * blanks, True)


def _closed(mark: Mark, help_: str, line: str) -> Iterator[Fix]:
    """A bracket closed at the end of its line, or one that closes nothing taken out."""
    told = _QUOTED.search(help_)
    if told is None:
        return
    if help_.startswith("在这一行的末尾补上") and "#" not in line:
        title = Message(f"在行末补上“{told[1]}”", f"write `{told[1]}` at the end of the line")
        yield Fix(title, Span("", mark.line, len(line.rstrip()) + 1, 0), told[1], True)
    elif help_.startswith("删去多出的") and line[mark.column - 1 : mark.column] == told[1]:
        title = Message(f"删去“{told[1]}”", f"remove `{told[1]}`")
        yield Fix(title, Span("", mark.line, mark.column, 1), "", True)


def _spaces(mark: Mark, line: str) -> Fix:
    """The layout of the line in ordinary spaces, two for each tab or wide space."""
    wide = re.match("[ \t\u3000]*", line)
    indent = wide.group() if wide else ""
    if mark.column <= len(indent):
        told = indent.replace("\t", "  ").replace("\u3000", "  ")
        return Fix(Message("改用半角空格", "use ordinary spaces"), Span("", mark.line, 1, len(indent)), told, True)
    return Fix(Message("改用半角空格", "use ordinary spaces"), Span("", mark.line, mark.column, 1), " ", True)


def _half_width(mark: Mark, help_: str, line: str) -> Iterator[Fix]:
    told = _QUOTED.search(help_)
    if told is None:
        return
    ascii_mark = told[1]
    if ascii_mark.endswith(" ") and line[mark.column : mark.column + 1] == " ":
        ascii_mark = ascii_mark.rstrip()
    title = Message(f"改成半角“{ascii_mark}”", f"write the ASCII `{ascii_mark.strip()}`")
    yield Fix(title, Span("", mark.line, mark.column, max(mark.end_column - mark.column, 1)), ascii_mark, True)


def _as_the_source(mark: Mark, help_: str, index: Index | None) -> Iterator[Fix]:
    """The wording, the scraped text or the title as the source has it, where it stands in one line."""
    keyword = "title" if "标题" in mark.message.zh else "scraped" if "扫描文" in mark.message.zh else "wording"
    thing = index and index.thing("section" if keyword == "title" else "clause", mark.subject or "")
    record = index.record(thing) if index and thing else None
    if not isinstance(record, Fields) or not help_.startswith(_SOURCE_SAYS):
        return
    for key, value in record.items():
        if canonical(key) == keyword and isinstance(value, Text) and value.span.width >= len(value):
            quoted = "'" + help_.removeprefix(_SOURCE_SAYS).replace("'", "''") + "'"
            yield Fix(Message("照抄底本", "copy the source"), value.span, quoted, True)
