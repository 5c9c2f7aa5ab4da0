"""(A text, what was reported of it) -> what is reported where the line of an unknown key stands further in.

A line that lost its indentation is read as part of what it stands under, where its key is unknown.  That it belongs
further in is said only where it is so: where the text, read again with the line there, has fewer defects.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plan_rules.errors import Diagnostic, Message, Severity, Span
from plan_rules.language.mending import deeper
from plan_rules.language.written import Written

_MOST = 4  # each is a reading


def read_further_in(
    text: str | bytes, found: Sequence[Diagnostic], again: Callable[[str], Sequence[Diagnostic]]
) -> tuple[Diagnostic, ...] | None:
    """The diagnostics of the text with the line where it belongs, and one that says so; None where it belongs nowhere.

    `again` gives the diagnostics of a text.
    """
    astray = next((each for each in found if each.code == "PR020" and not _guessed(each)), None)
    if astray is None or astray.span is None:
        return None
    lines = (text.decode("utf-8-sig", "replace") if isinstance(text, bytes) else text).split("\n")
    at = astray.span.line - 1
    if lines[at][: astray.span.column - 1].strip():
        return None  # it stands within a line
    best, fewest = None, _errors(found)
    for mend in list(deeper(lines, at))[:_MOST]:
        moved = [*lines[:at], mend.text, *lines[at + 1 :]]
        told = again("\n".join(moved))
        if _errors(told) < fewest:
            span = Span(astray.span.source, at + 1, mend.column)
            here = Diagnostic("TX015", Severity.ERROR, Message(*mend.message), span, Message(*mend.help))
            there = map(Written(span.source, lines, moved).diagnostic, told)
            best, fewest = tuple(sorted((here, *there), key=Diagnostic.sort_key)), _errors(told)
    return best


def _errors(found: Sequence[Diagnostic]) -> int:
    return sum(each.severity is Severity.ERROR for each in found)


def _guessed(found: Diagnostic) -> bool:
    return found.help is not None and "是不是" in found.help.zh
