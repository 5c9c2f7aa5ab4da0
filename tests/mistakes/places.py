"""Text of a plan file -> its Places: every word with its line, column and the keys that lead to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.language.document import parse
from plan_rules.language.tree import Fields, Items, Report, Text, Tree

PROSE = frozenset(
    "说明 提问 内容 题 标题 原文 扫描文 目的 理由 决定 依据 名称 来源 类别 单位 所属单位 版本 选项 又称 底本".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Place:
    """One word of a plan file.  `line` and `column` count from 0; `path` holds the keys and positions above it."""

    path: tuple[str | int, ...]
    word: str
    line: int
    column: int
    is_key: bool
    plain: bool

    @property
    def within(self) -> str:
        """The section of the file."""
        return str(self.path[0]) if self.path else self.word

    @property
    def key(self) -> str:
        """The nearest key above."""
        return next((str(step) for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def prose(self) -> bool:
        """Is it a sentence that people read, or a key of the reader's own choosing among such?"""
        return not PROSE.isdisjoint(self.path)


def places(text: str) -> list[Place]:
    """Every word that stands whole on one line, in the order of the text."""
    tree = parse(text, "plan.yaml", Report())
    assert tree is not None
    lines = text.split("\n")
    return [place for place in _words(tree, ()) if lines[place.line].startswith(place.word, place.column)]


def _words(tree: Tree, path: tuple[str | int, ...]) -> Iterator[Place]:
    if isinstance(tree, Text):
        yield _place(tree, path, is_key=False)
    elif isinstance(tree, Items):
        for number, item in enumerate(tree):
            yield from _words(item, (*path, number))
    elif isinstance(tree, Fields):
        for key, value in tree.items():
            yield _place(key, path, is_key=True)
            yield from _words(value, (*path, str(key)))


def _place(word: Text, path: tuple[str | int, ...], *, is_key: bool) -> Place:
    return Place(path, str(word), word.span.line - 1, word.span.column - 1 + (not word.plain), is_key, word.plain)
