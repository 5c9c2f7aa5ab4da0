"""The text of a plan file -> the same laid out evenly: every comment stays, and it means what it meant.

Two spaces a level, one space after `:` and `,` and `-`, none inside brackets, no space at the end of a line, at most
one empty line in a row.  What is written over several lines stays so; words, quotes and their order are not touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from plan_rules.errors import Diagnostic
from plan_rules.language.characters import decoded
from plan_rules.language.document import parse
from plan_rules.language.tree import Fields, Items, Report, Text, Tree

_LOADER: Any = getattr(yaml, "CLoader", yaml.SafeLoader)
_OPEN = (yaml.FlowMappingStartToken, yaml.FlowSequenceStartToken)
_CLOSE = (yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
_BEGIN = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken)
_EMPTY = re.compile(r"\n(?:[ \t]*\n){2,}")
STEP = 2


@dataclass(frozen=True, slots=True)
class Formatted:
    """The text laid out, or None where it cannot be read, with every defect that hinders it."""

    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def formatted(text: str | bytes, source: str = "plan.yaml") -> Formatted:
    """The text of a plan or scenario file laid out.  Laid out once more it stays as it is."""
    report = Report()
    plain = decoded(text, source, report)
    before = parse(text, source, report) if plain is not None else None
    if plain is None or before is None or report.failed:
        return Formatted(None, report.sorted())
    for laid_out in (_laid_out, _tidied):
        told = laid_out(plain)
        if (
            _same(before, parse(told, source, Report()))
            and comments(told) == comments(plain)
            and laid_out(told) == told
        ):
            return Formatted(told)
    return Formatted(plain)


def comments(text: str) -> list[str]:
    """Every comment, in the order of the text."""
    lines = text.split("\n")
    found: list[str] = []
    line, column = 0, 0
    for token in _tokens(text):
        found += _comments_between(lines, (line, column), _start(token))
        line, column = _end(token, lines)
    return found + _comments_between(lines, (line, column), (len(lines) - 1, len(lines[-1])))


def _comments_between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> list[str]:
    found = []
    for number in range(start[0], end[0] + 1):
        line = lines[number][: end[1]] if number == end[0] else lines[number]
        rest = line[start[1] :] if number == start[0] else line
        if "#" in rest:
            found.append(rest[rest.index("#") :].rstrip())
    return found


def _same(one: Tree, other: Tree | None) -> bool:
    """Do two trees say the same?"""
    if isinstance(one, Text) or isinstance(other, Text | None):
        return isinstance(one, Text) and isinstance(other, Text) and one == other
    if isinstance(one, Items):
        return isinstance(other, Items) and len(one) == len(other) and all(map(_same, one, other))
    return isinstance(other, Fields) and [*one] == [*other] and all(map(_same, one.values(), other.values()))


# --------------------------------------------------------------------------- the layout


def _tidied(text: str) -> str:
    """No more than space at the ends of lines taken off, where no text runs over several lines."""
    lines = text.split("\n")
    kept = {n for token in _tokens(text) for n in range(_start(token)[0], _end(token, lines)[0])}
    return "\n".join(line if n in kept else line.rstrip() for n, line in enumerate(lines)).rstrip("\n") + "\n"


def _laid_out(text: str) -> str:
    return _Layout(text.split("\n")).of(text)


@dataclass(slots=True)
class _Block:
    """A block mapping or sequence: the column it stood in, and the one it gets."""

    old: int
    new: int


@dataclass(slots=True)
class _Layout:
    """Lays out one text, token by token."""

    lines: list[str]
    out: list[str] = field(default_factory=list)
    blocks: list[_Block] = field(default_factory=list)
    beginning: list[int] = field(default_factory=list)  # columns of blocks whose first token comes next
    depth: int = 0  # of brackets
    row: str = ""
    at: tuple[int, int] = (0, 0)  # where what is laid out so far ends in the text
    last: Any = None

    def of(self, text: str) -> str:
        """The whole text laid out."""
        for token in yaml.scan(text, Loader=_LOADER):
            if isinstance(token, _BEGIN):
                self.beginning.append(token.start_mark.column)
            elif isinstance(token, yaml.BlockEndToken):
                self.blocks.pop()
            elif _is_real(token):
                self._place(token)
        self._end_row()
        self._between(len(self.lines), 0)
        return _without_gaps(self.out)

    def _place(self, token: Any) -> None:
        line, column = _start(token)
        if isinstance(token, _CLOSE):
            self.depth -= 1
        if self.last is None or line > self.at[0]:
            indent = self._indent(column)
            if self.last is not None:
                self._end_row()
            self._between(line, indent - column)
            self.row = " " * indent
        else:
            self.row += self._gap(token)
        for old in self.beginning:
            self.blocks.append(_Block(old, len(self.row)))
        self.beginning.clear()
        self._write(token)
        if isinstance(token, _OPEN):
            self.depth += 1
        self.last = token

    def _indent(self, column: int) -> int:
        """The column of a token that begins a line."""
        if not self.blocks:
            return 0
        inmost = self.blocks[-1]
        if self.beginning:
            return inmost.new + STEP
        if self.depth or column != inmost.old:
            return max(inmost.new + STEP, column + inmost.new - inmost.old)
        return inmost.new

    def _gap(self, token: Any) -> str:
        last = self.last
        if isinstance(last, _OPEN) or isinstance(token, (*_CLOSE, yaml.FlowEntryToken, yaml.ValueToken)):
            return ""
        return " "

    def _write(self, token: Any) -> None:
        (line, column), (end_line, end_column) = _start(token), _end(token, self.lines)
        shift = self.blocks[-1].new - self.blocks[-1].old if self.blocks else 0
        if line == end_line:
            self.row += self.lines[line][column:end_column]
        else:
            self.row += self.lines[line][column:]
            block = isinstance(token, yaml.ScalarToken) and token.style in ("|", ">")
            for number in range(line + 1, end_line + 1):
                self.out.append(self.row)
                written = self.lines[number] if number < end_line else self.lines[number][:end_column]
                self.row = _shifted(written, shift, block, self.blocks[-1].new + 1 if self.blocks else 0)
        self.at = (end_line, end_column)

    def _end_row(self) -> None:
        """What follows the last token of a line: nothing, or a comment, with the space it stood at."""
        line, column = self.at
        rest = self.lines[line][column:].rstrip()
        self.out.append(self.row + rest if rest or self._raw_end() else self.row.rstrip())
        self.at = (line + 1, 0)

    def _raw_end(self) -> bool:
        """Does the row end within a text whose spaces count?"""
        return isinstance(self.last, yaml.ScalarToken) and self.last.style in ("|", ">")

    def _between(self, line: int, shift: int) -> None:
        """The empty lines and comments before a line; comments move with it."""
        for number in range(self.at[0], line):
            comment = self.lines[number].strip(" \t")
            indent = len(self.lines[number]) - len(self.lines[number].lstrip(" "))
            self.out.append(" " * max(indent + shift, 0) + comment if comment else "\0")


def _without_gaps(out: list[str]) -> str:
    """The lines, at most one empty one in a row and none at the end; those within texts are not marked by a NUL."""
    kept = [line for n, line in enumerate(out) if line != "\0" or (n > 0 and out[n - 1] != "\0")]
    while kept and kept[-1] == "\0":
        kept.pop()
    return "\n".join("" if line == "\0" else line for line in kept) + "\n"


def _shifted(line: str, shift: int, block: bool, least: int) -> str:
    """A further line of a text that runs over several, as far in as the rest of it."""
    bare = line.lstrip(" ")
    if not bare.strip():
        return line if block else bare
    indent = len(line) - len(bare) + shift
    return " " * (max(indent, 0) if block else max(indent, least)) + bare


def _tokens(text: str) -> Iterator[Any]:
    return (token for token in yaml.scan(text, Loader=_LOADER) if _is_real(token))


def _is_real(token: Any) -> bool:
    """Does the token stand for characters of the text?"""
    if isinstance(token, (*_BEGIN, yaml.BlockEndToken, yaml.StreamStartToken, yaml.StreamEndToken)):
        return False
    return bool(isinstance(token, yaml.ScalarToken) or _start(token) != (token.end_mark.line, token.end_mark.column))


def _start(token: Any) -> tuple[int, int]:
    return token.start_mark.line, token.start_mark.column


def _end(token: Any, lines: list[str]) -> tuple[int, int]:
    """Where a token ends; a block text ends with its last line, whatever empty lines follow."""
    line, column = token.end_mark.line, token.end_mark.column
    if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
        keep = "+" in lines[token.start_mark.line][token.start_mark.column : token.start_mark.column + 3]
        line = min(line, len(lines))
        if column == 0 or line == len(lines):
            line -= 1
        while not keep and line > token.start_mark.line and not lines[line].strip():
            line -= 1
        return line, len(lines[line])
    return line, column
