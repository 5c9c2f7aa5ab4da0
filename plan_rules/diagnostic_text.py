"""(Diagnostics, the lines they are about, language) -> the page a person reads: place, excerpt, carets, what to write.

    error[unknown-fact] 没有名为“投诉地典”的事实
      --> plan.yaml:12:7
       |
    12 |     投诉地典: 营业大厅
       |     ^^^^^^^^
      帮助: 是否想写“投诉地点”?

Carets stand under the characters meant, counted in columns of the terminal (a full-width character is two).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from plan_rules.display_width import visible, width
from plan_rules.errors import Diagnostic, Message, Severity, Span

LONGEST_EXCERPT = 96  # columns; a longer line is shown in part, around the place meant

Lines = Mapping[str, Sequence[str]]  # the lines of each source, by its name

_SEVERITY = {
    Severity.ERROR: Message("错误", "error"),
    Severity.WARNING: Message("警告", "warning"),
    Severity.NOTE: Message("提示", "note"),
}
_HELP = Message("帮助", "help")
_SEE = Message("另见", "see")


def lines_of(text: str | bytes) -> tuple[str, ...]:
    """A text as lines to quote: bytes that are no UTF-8 are shown as replacement characters, never an error."""
    if isinstance(text, bytes):
        text = text.decode("utf-8", errors="replace")
    return tuple(text.removeprefix("\ufeff").split("\n"))


def render(diagnostics: Iterable[Diagnostic], sources: Lines, lang: str = "zh") -> str:
    """Every diagnostic with its excerpt, a blank line between two; empty when there are none."""
    return "\n\n".join(render_one(diagnostic, sources, lang) for diagnostic in diagnostics)


def render_one(diagnostic: Diagnostic, sources: Lines, lang: str = "zh") -> str:
    """One diagnostic: headline, place and excerpt, the second place, help."""
    severity = _SEVERITY[diagnostic.severity].within(lang)
    lines = [f"{severity}[{diagnostic.code}] {visible(diagnostic.message.within(lang))}"]
    if diagnostic.span:
        lines += _place("-->", diagnostic.span, sources, "^")
    if diagnostic.related:
        label = diagnostic.related_label or _SEE
        lines += _place(f"{visible(label.within(lang))}:", diagnostic.related, sources, "-")
    if diagnostic.help:
        lines.append(f"  {_HELP.within(lang)}: {visible(diagnostic.help.within(lang))}")
    return "\n".join(lines)


def _place(arrow: str, span: Span, sources: Lines, mark: str) -> list[str]:
    heading = f"  {arrow} {visible(str(span))}"
    lines = sources.get(span.source)
    if lines is None or not 1 <= span.line <= len(lines):
        return [heading]
    number = str(span.line)
    gutter = " " * len(number)
    text, carets = excerpt(lines[span.line - 1], span, mark)
    return [heading, f" {gutter} |", f" {number} | {text}".rstrip(), f" {gutter} | {carets}"]


def excerpt(line: str, span: Span, mark: str = "^") -> tuple[str, str]:
    """The line as shown and the marks below it; of a long line, the part around the span."""
    line = line.rstrip("\r\n")
    start = min(max(span.column - 1, 0), len(line))
    end = min(start + max(span.width, 1), len(line))
    first, last = _window(line, start, end)
    lead = "…" if first else ""
    text = lead + visible(line[first:last]) + ("…" if last < len(line) else "")
    before = width(lead) + width(line[first:start])
    return text, " " * before + mark * max(1, width(line[start : min(end, last)]))


def _window(line: str, start: int, end: int) -> tuple[int, int]:
    """The characters to show: all of the line if it fits, else what stands around the span, within the limit."""
    if width(line) <= LONGEST_EXCERPT:
        return 0, len(line)
    room = LONGEST_EXCERPT - 2
    first = start
    lead = min(room // 3, max(0, room - width(line[start:end])))
    while first > 0 and width(line[first - 1 : start]) <= lead:
        first -= 1
    last = first
    used = 0
    while last < len(line) and (used := used + width(line[last])) <= room:
        last += 1
    return first, max(last, start + 1) if start < len(line) else last


def summary(diagnostics: Sequence[Diagnostic], source: str, lang: str = "zh") -> str:
    """One line: how many errors, warnings and notes, and whether the text can be used."""
    counts = [sum(found.severity is severity for found in diagnostics) for severity in Severity]
    errors, warnings, notes = counts
    if lang == "en":
        verdict = "cannot be used" if errors else "can be used"
        return f"{source}: {_many(errors, 'error')}, {_many(warnings, 'warning')}, {_many(notes, 'note')}; it {verdict}"
    return f"{source}: {errors} 个错误, {warnings} 个警告, {notes} 个提示; {'不能使用' if errors else '可以使用'}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
