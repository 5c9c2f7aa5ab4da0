"""YAML text -> a tree of texts, lists and mappings that know their place; every defect of the text as a Diagnostic.

Scalars stay text: nothing here guesses a type.  Sizes, depth and node counts are bounded before anything is built, and
what YAML adds beyond plain data (anchors, aliases, tags, merge keys, several documents) is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeAlias

import yaml

from plan_rules.errors import Diagnostic, Message, Span
from plan_rules.language.characters import check_characters, decoded
from plan_rules.language.mending import blanks_meant, refuse_run_together
from plan_rules.language.syntax import report_syntax
from plan_rules.language.tree import Fields, Items, Report, Text, Tree, placed
from plan_rules.language.written import Written

MAX_SCALAR = 16 * 1024
MAX_DEPTH = 32
MAX_NODES = 500_000
_MOST_REPAIRS = 50

_LOADER: Any = getattr(yaml, "CLoader", yaml.SafeLoader)


Build: TypeAlias = Callable[[str, str, Report], Tree | None]


def build(text: str, source: str, report: Report) -> Tree | None:
    """The tree of a text; an error of syntax is raised: YAMLError, RecursionError, ValueError or MemoryError."""
    return Builder(source, report).build(text)


def parse(text: str | bytes, source: str, report: Report, build: Build = build) -> Tree | None:
    """The tree of a YAML text, or None where it cannot be built; defects go to the report.

    `build` may be another that gives the same: one that remembers what it built before.
    """
    plain = decoded(text, source, report)
    if plain is None:
        return None
    check_characters(plain, source, report)
    if report.failed:
        report.found[:] = [_with_blanks(found, plain.split("\n")) for found in report.found]
        return None
    return _built(plain, source, report, build)


def _with_blanks(found: Diagnostic, lines: list[str]) -> Diagnostic:
    """The diagnostic, for a tab or wide space at the margin with the number of spaces that are meant."""
    span = found.span
    if found.code != "TX005" or span is None or lines[span.line - 1][: span.column].strip(" \t\u3000"):
        return found
    blanks = blanks_meant(lines, span.line - 1)
    if blanks is None or found.help is None:
        return found
    zh = f"行首改成 {blanks} 个半角空格, 与同一层的其他行对齐"
    return replace(found, help=Message(zh, f"begin the line with {blanks} spaces"))


def _built(text: str, source: str, report: Report, build: Build) -> Tree | None:
    """The tree of a text.

    A full-width mark that breaks the syntax is reported and read as its ASCII form, so that it hides nothing after it.
    """
    mended, written = text, None
    for _ in range(_MOST_REPAIRS):
        before, tree, repaired = len(report.found), None, None
        try:
            tree = build(mended, source, report)
        except yaml.MarkedYAMLError as error:
            repaired = report_syntax(error, mended, source, report)
        except (yaml.YAMLError, RecursionError, ValueError, MemoryError):
            report.add(
                "TX004",
                ("无法读取这个文件", "the file cannot be read"),
                Span(source, 1, 1),
                ("检查文件是不是文本文件", "check that it is a text file"),
            )
        if written is not None:
            report.found[before:] = map(written.diagnostic, report.found[before:])
            tree = None if tree is None else placed(tree, written.place)
        if repaired is None:
            return tree
        mended, written = repaired, Written(source, text.split("\n"), repaired.split("\n"))
    return None


class _TooMuch(ValueError):
    """A bound was passed; already reported."""


class Builder:
    """Builds the tree from parser events, without recursion, within the bounds.

    `nodes` and `deepest` tell how much it built; `first_line` is the number of the line that the text begins with.
    """

    def __init__(self, source: str, report: Report, *, first_line: int = 1) -> None:
        self.nodes = 0
        self.deepest = 0
        self._source = source
        self._report = report
        self._first_line = first_line

    def build(self, text: str) -> Tree | None:
        """The tree of the one document."""
        documents: list[Tree] = []
        stack: list[Items | _Open] = []
        try:
            for event in self._events(text):
                node = self._step(event, stack)
                if node is not None and not self._attach(node, stack):
                    documents.append(node)
        except _TooMuch:
            return None
        if len(documents) != 1:
            where = documents[1].span if len(documents) > 1 else Span(self._source, 1, 1)
            self._report.add(
                "TX012",
                (
                    "文件是空的" if not documents else "一个文件只能有一份文档",
                    "the file is empty" if not documents else "there is more than one document",
                ),
                where,
                (
                    "写上内容" if not documents else "删去分隔线“---”及其后的内容",
                    "write the content" if not documents else "remove `---` and what follows",
                ),
            )
            return None
        return documents[0]

    @staticmethod
    def _events(text: str) -> Iterator[Any]:
        loader = _LOADER(text)
        following = loader.get_event
        try:
            while (event := following()) is not None:
                yield event
        finally:
            loader.dispose()

    def _step(self, event: Any, stack: list[Any]) -> Tree | None:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            self._bound(event)
            return self._scalar(event)
        if kind is yaml.SequenceStartEvent or kind is yaml.MappingStartEvent:
            self._bound(event)
            if len(stack) >= MAX_DEPTH:
                self._stop("TX003", f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep", event)
            node: Items | Fields = Items() if kind is yaml.SequenceStartEvent else Fields()
            node.span = self._span(event, 1)
            self.deepest = max(self.deepest, len(stack))
            stack.append(_Open(node))
        elif kind is yaml.SequenceEndEvent or kind is yaml.MappingEndEvent:
            closed: Tree = stack.pop().node
            return closed
        elif kind is yaml.AliasEvent:
            self._bound(event)
            return Text("", self._span(event, 1))
        return None

    def _scalar(self, event: Any) -> Text:
        if len(event.value) > MAX_SCALAR:
            self._stop(
                "TX003", f"一段文字超过 {MAX_SCALAR} 字", f"a text is longer than {MAX_SCALAR} characters", event
            )
        if "{" in event.value or "[" in event.value:
            refuse_run_together(event)
        start, end = event.start_mark, event.end_mark
        column = start.column
        width = end.column - column if start.line == end.line else 1
        span = Span(self._source, start.line + self._first_line, column + 1, width if width > 1 else 1)
        return Text(event.value, span, plain=not event.style)

    def _attach(self, node: Tree, stack: list[Any]) -> bool:
        """Put a finished node into the open one; False at the top."""
        if not stack:
            return False
        open_ = stack[-1]
        if isinstance(open_.node, Items):
            open_.node.append(node)
        elif open_.key is None and not open_.spoilt:
            self._take_key(node, open_)
        else:
            if open_.key is not None:
                open_.node[open_.key] = node
            open_.key, open_.spoilt = None, False
        return True

    def _take_key(self, node: Tree, open_: _Open) -> None:
        if not isinstance(node, Text):
            self._report.add(
                "TX014", ("键必须是文字", "a key must be text"), node.span, ("写成“名称: 值”", "write `name: value`")
            )
            open_.spoilt = True
        elif node == "<<" and node.plain:
            self._report.add(
                "TX010",
                ("不能用合并键“<<”", "merge keys (`<<`) are not allowed"),
                node.span,
                ("把内容写全", "write the content out"),
            )
            open_.spoilt = True
        elif node in open_.node:
            earlier = open_.node.key(node) or node
            self._report.add(
                "TX011",
                (f"“{node}”写了两次", f"duplicate key `{node}`"),
                node.span,
                ("删去一处, 或改名", "remove one, or rename it"),
                related=earlier.span,
                related_label=("第一次写在这里", "first written here"),
            )
            open_.spoilt = True
        else:
            open_.key = node

    def _bound(self, event: Any) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self._stop("TX003", f"内容超过 {MAX_NODES} 项", f"more than {MAX_NODES} items", event)
        if event.anchor is not None or getattr(event, "tag", None) is not None:
            self._plain_only(event)

    def _plain_only(self, event: Any) -> None:
        if event.anchor is not None:
            self._report.add(
                "TX008",
                ("不能用锚点(&)或引用(*)", "anchors (`&`) and aliases (`*`) are not allowed"),
                self._span(event, 1),
                (
                    "把内容写全; 文字以 & 或 * 开头时加引号",
                    "write the content out; quote a text that begins with & or *",
                ),
            )
        if getattr(event, "tag", None) is not None:
            self._report.add(
                "TX009",
                (f"不能用标签“{event.tag}”", f"tags (`{event.tag}`) are not allowed"),
                self._span(event, 1),
                ("删去标签; 文字以 ! 开头时加引号", "remove the tag; quote a text that begins with !"),
            )

    def _stop(self, code: str, zh: str, en: str, event: Any) -> None:
        self._report.add(
            code, (zh, en), self._span(event, 1), ("拆分或简化这里的内容", "split or simplify the content here")
        )
        raise _TooMuch

    def _span(self, event: Any, width: int) -> Span:
        return Span(self._source, event.start_mark.line + self._first_line, event.start_mark.column + 1, width)


class _Open:
    """A node being filled, and for a mapping the key that waits for its value."""

    __slots__ = ("key", "node", "spoilt")

    def __init__(self, node: Any) -> None:
        self.node = node
        self.key: Text | None = None
        self.spoilt = False
