"""Places in a text with slips mended -> the places in the text as it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from plan_rules.errors import Diagnostic, Span


class Written:
    """A text as it was written beside the same text mended, line for line.  `source` is its name in places."""

    def __init__(self, source: str, written: Sequence[str], mended: Sequence[str]) -> None:
        self._source = source
        self._written = written
        self._mended = mended
        self._alike: dict[int, int] = {}  # line -> how many characters at its beginning no mend touched

    def diagnostic(self, found: Diagnostic) -> Diagnostic:
        """The diagnostic with its places as written."""
        span, related = found.span and self.place(found.span), found.related and self.place(found.related)
        return found if (span, related) == (found.span, found.related) else replace(found, span=span, related=related)

    def place(self, span: Span) -> Span:
        """The place as written: what follows a mend on its line stands where it stood before."""
        if span.source != self._source or not 1 <= span.line <= min(len(self._written), len(self._mended)):
            return span
        was, now = self._written[span.line - 1], self._mended[span.line - 1]
        if was == now:
            return span
        alike = self._alike.get(span.line)
        if alike is None:
            alike = self._alike[span.line] = _alike(was, now)
        column = span.column
        if column > alike + 1:
            column = max(column + len(was) - len(now), alike + 1)
        return replace(span, column=min(column, len(was) + 1))


def _alike(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))
