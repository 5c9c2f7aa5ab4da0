"""Bytes -> text, character by character: encoding, size, invisible characters, tabs, full-width marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from plan_rules.errors import Span
from plan_rules.language.tree import MAX_DIAGNOSTICS, Report

MAX_BYTES = 8 * 1024 * 1024


def decoded(text: str | bytes, source: str, report: Report) -> str | None:
    """The text, or None where it is too large or no UTF-8."""
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        report.add(
            "TX002",
            (
                f"文件有 {size} 字节, 超过上限 {MAX_BYTES}",
                f"the file has {size} bytes, more than the limit of {MAX_BYTES}",
            ),
            Span(source, 1, 1),
            ("删去不需要的内容", "remove what is not needed"),
        )
        return None
    if isinstance(text, str):
        return text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return text.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        report.add(
            "TX001",
            ("文件不是 UTF-8 编码的文本", "the file is not UTF-8 text"),
            Span(source, line, 1),
            ("在编辑器里“另存为”, 编码选 UTF-8", "save the file again with the encoding UTF-8"),
        )
        return None


_SUSPECT = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]"
)
_INDENT = re.compile("[ \u3000]*[\t\u3000]|[ ]*- *\t|[^\"'#]*:[ ]*\t")


def hides_characters(text: str) -> bool:
    """Has the text a character that cannot be seen, which reading refuses (TX006)?"""
    return _SUSPECT.search(text) is not None


def check_characters(text: str, source: str, report: Report) -> None:
    """Report characters that cannot be seen, and tabs and wide spaces where the layout counts; not without end."""
    starts = _line_starts(text)
    for hit in islice(_SUSPECT.finditer(text), MAX_DIAGNOSTICS + 1):
        character = hit.group()
        name = f"U+{ord(character):04X}"
        zh, en = (f"{name} {unicodedata.name(character, other)}" for other in ("控制字符", "control character"))
        report.add(
            "TX006",
            (f"有看不见的字符 {zh}", f"invisible character {en}"),
            _place(starts, hit.start(), source),
            ("删去这个字符后重新输入", "delete this character and type again"),
        )
    for number, column, wide in islice(_badly_laid_out(text), MAX_DIAGNOSTICS + 1):
        report.add(
            "TX005",
            (
                "缩进用了全角空格" if wide else "用了制表符(Tab)",
                "an ideographic space is used to indent" if wide else "a tab is used",
            ),
            Span(source, number, column),
            ("改用半角空格缩进, 每层两个", "use ordinary spaces, two a level"),
        )


def _badly_laid_out(text: str) -> Iterator[tuple[int, int, bool]]:
    """Line and column of each tab or wide space that counts for the layout, and whether it is a wide space."""
    for number, line in enumerate(text.split("\n"), 1):
        if ("\t" in line or "\u3000" in line) and (hit := _INDENT.match(line)):
            yield number, hit.end(), line[hit.end() - 1] == "\u3000"


def _line_starts(text: str) -> list[int]:
    return [0, *(hit.end() for hit in re.finditer("\n", text))]


def _place(starts: list[int], offset: int, source: str) -> Span:
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= offset else (low, middle)
    return Span(source, low + 1, offset - starts[low] + 1)


FULL_WIDTH = {
    "：": ":",
    "，": ",",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "＃": "#",
    "－": "-",
    "＂": '"',
    "【": "[",
    "】": "]",
}
FULL_WIDTH_MARK = re.compile("[" + "".join(FULL_WIDTH) + "]")
_FULL_WIDTH = re.compile(f"{FULL_WIDTH_MARK.pattern}|[\uff10-\uff19]+")  # marks, and numbers
_NUMBERS = {0xFF10 + digit: str(digit) for digit in range(10)}


def report_full_width(text: str, span: Span, report: Report) -> bool:
    """Report the first full-width mark or number in a scalar that stood where structure was meant; was there one?"""
    hit = _FULL_WIDTH.search(text)
    if not hit:
        return False
    message, help_ = full_width_said(hit.group())
    if hit.end() <= span.width:  # a text folded from several lines is told where it begins
        span = Span(span.source, span.line, span.column + hit.start(), len(hit.group()))
    report.add("TX007", message, span, help_)
    return True


def full_width_said(wide: str, mark: str | None = None) -> tuple[tuple[str, str], tuple[str, str]]:
    """What is said of a full-width mark: that it is one, and what to write instead."""
    mark = mark or FULL_WIDTH.get(wide) or wide.translate(_NUMBERS)
    shown = ": " if mark == ":" else mark
    after = {":": "(冒号后留一个空格)", "- ": "(横线后留一个空格)"}.get(mark, "")
    return (
        (f"这里的“{wide}”是全角{'数字' if mark.isdigit() else '符号'}", f"`{wide}` is of full width"),
        (
            f"改成半角“{shown}”{after}",
            f"write the half-width `{mark.strip()}`" + (" followed by a space" if after else ""),
        ),
    )
