"""Pieces: a text read again and again as it is written -> the tree that `parse` gives, from the blocks that changed.

A block is a key at the left margin with all that belongs to it, or one item of a list at the left margin.  A text whose
blocks do not all stand on their own, or that has a defect, is read whole: what comes out is the same, only later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from plan_rules.errors import Span
from plan_rules.language.document import MAX_DEPTH, MAX_NODES, Builder, build, parse
from plan_rules.language.tree import Fields, Items, Place, Report, Text, Tree, placed_block

_KEY = re.compile(r"[^\W\d_][\w\-]*:(?=\s|$)")
_ITEM = "- "
_UNREADABLE = (yaml.YAMLError, RecursionError, ValueError, MemoryError)
_WHOLE_ONLY = re.compile(r"^(?:---|\.\.\.|%)", re.MULTILINE)  # what parts documents is seen in the whole text alone


@dataclass(frozen=True, slots=True)
class _Block:
    """One block as it was read: where it began (1-based), its tree, and how much it holds."""

    line: int
    tree: Fields | Items
    nodes: int


@dataclass(slots=True)
class Pieces:
    """Remembers the blocks of the text read last, by their text; call it as `parse` is called."""

    _blocks: dict[str, _Block] = field(default_factory=dict)

    def __call__(self, text: str | bytes, source: str, report: Report) -> Tree | None:
        """The tree, and the defects to the report, both as `parse` gives them."""
        return parse(text, source, report, self._build)

    def sound(self, text: str, source: str) -> Tree | None:
        """The tree of a text that has no error of syntax; None for another, without a search for what is wrong."""
        try:
            return self._build(text, source, Report())
        except _UNREADABLE:
            return None

    def _build(self, text: str, source: str, report: Report) -> Tree | None:
        joined = self._joined(text, source)
        return joined if joined is not None else build(text, source, report)

    def _joined(self, text: str, source: str) -> Fields | None:
        """The blocks as one mapping; None where the text must be read whole."""
        if _WHOLE_ONLY.search(text):
            return None
        blocks: dict[str, _Block] = {}
        whole = Fields()
        key: Text | None = None
        listed: Items | None = None  # the list of that key, item by item
        nodes = 0
        for line, block in _split(text):
            read = self._block(block, line, source)
            if read is None:
                return None
            blocks[block] = read
            nodes += read.nodes
            if isinstance(read.tree, Items):
                listed = _opened(whole, key, read.tree) if listed is None else listed
                if listed is None:
                    return None
                listed.extend(read.tree)
                continue
            ((key, value),) = read.tree.items()
            listed = None
            if key in whole:
                return None
            if not whole:
                whole.span = read.tree.span
            whole[key] = value
        self._blocks = blocks
        return whole if whole and nodes < MAX_NODES else None

    def _block(self, block: str, line: int, source: str) -> _Block | None:
        known = self._blocks.get(block)
        if known is not None and known.tree.span.source == source:
            return (
                known
                if known.line == line
                else _Block(line, placed_block(known.tree, _further_down(line - known.line)), known.nodes)
            )
        report = Report()
        builder = Builder(source, report, first_line=line)
        try:
            tree = builder.build(block)
        except _UNREADABLE:
            return None
        if report.found or builder.deepest >= MAX_DEPTH - 1:
            return None
        if (isinstance(tree, Fields) and not block.startswith(_ITEM)) or isinstance(tree, Items):
            return _Block(line, tree, builder.nodes) if len(tree) == 1 else None
        return None


def _split(text: str) -> Iterator[tuple[int, str]]:
    """Each block with the number of its first line; what precedes the first key goes with it."""
    lines = text.split("\n")
    start = 0
    begun = False
    for number, line in enumerate(lines):
        if line[:1] in ("", " ", "#") or not (line.startswith(_ITEM) or _KEY.match(line)):
            continue
        if begun:
            yield start + 1, "\n".join(lines[start:number]) + "\n"
            start = number
        begun = True
    yield start + 1, "\n".join(lines[start:])


def _opened(whole: Fields, key: Text | None, items: Items) -> Items | None:
    """A list for the key that has no value yet, where that of these items begins; None where it cannot have one."""
    value = whole[key] if key is not None else None
    if key is None or not isinstance(value, Text) or value or not value.plain:
        return None
    opened = Items()
    opened.span = items.span
    whole[key] = opened
    return opened


def _further_down(by: int) -> Place:
    """A place so many lines further down."""
    return lambda span: Span(span.source, span.line + by, span.column, span.width)
