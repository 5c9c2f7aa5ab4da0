"""(A text, an editor's unit of columns) -> its positions as ours and ours as its: ours count characters from 1."""

from __future__ import annotations

from dataclasses import dataclass

from lsprotocol import types as lsp

from plan_rules.authoring.draft import Mark
from plan_rules.errors import Span

_UNITS = {
    lsp.PositionEncodingKind.Utf8: ("utf-8", 1),
    lsp.PositionEncodingKind.Utf16: ("utf-16-le", 2),
    lsp.PositionEncodingKind.Utf32: ("utf-32-le", 4),
}


@dataclass(frozen=True, slots=True)
class Places:
    """Places in one text.  Lines that are no longer there stand for its end."""

    lines: tuple[str, ...]
    encoding: lsp.PositionEncodingKind | str = lsp.PositionEncodingKind.Utf16

    @classmethod
    def of(cls, text: str, encoding: lsp.PositionEncodingKind | str) -> Places:
        """The places of a text."""
        return cls(tuple(line.removesuffix("\r") for line in text.split("\n")), encoding)

    def position(self, line: int, column: int) -> lsp.Position:
        """A place of ours in the editor's terms."""
        line = min(max(line, 1), len(self.lines))
        codec, size = self._unit
        before = self.lines[line - 1][: max(column - 1, 0)]
        return lsp.Position(line - 1, len(before.encode(codec, "surrogatepass")) // size)

    def place(self, position: lsp.Position) -> tuple[int, int]:
        """A place of the editor's as our line and column."""
        if position.line >= len(self.lines):
            return len(self.lines), len(self.lines[-1]) + 1
        codec, size = self._unit
        before = self.lines[position.line].encode(codec, "surrogatepass")[: position.character * size]
        return position.line + 1, len(before.decode(codec, "ignore")) + 1

    def span(self, span: Span) -> lsp.Range:
        """The range of a span, which lies in one line."""
        return lsp.Range(self.position(span.line, span.column), self.position(span.line, span.column + span.width))

    def mark(self, mark: Mark) -> lsp.Range:
        """The range of a mark."""
        return lsp.Range(self.position(mark.line, mark.column), self.position(mark.end_line, mark.end_column))

    @property
    def end(self) -> lsp.Position:
        """Behind the last character."""
        return self.position(len(self.lines), len(self.lines[-1]) + 1)

    @property
    def _unit(self) -> tuple[str, int]:
        return _UNITS[lsp.PositionEncodingKind(self.encoding)]
