"""A phrase -> the bounds it sets: `至少 10`, or two joined, `至少 10 且不足 50`, in either order; empty ones reported.

What is bounded may be numbers, or the places of a row of values or tiers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from plan_rules.errors import Span
from plan_rules.language.keywords import value_word
from plan_rules.language.tree import Report, Text

_WORDS = ("至少", "超过", "至多", "不足")
_LOWER = _WORDS[:2]
_BOUND = re.compile(rf"({'|'.join(_WORDS)})\s*(.+)")
_JOINT = re.compile(rf"\s*(?:且|\band\b)\s*(?={'|'.join((*_WORDS, 'at least', 'more than', 'at most', 'less than'))})")


@dataclass(frozen=True, slots=True)
class Bound:
    """One bound: its word in Chinese, and what stands after it."""

    word: str
    limit: Text


@dataclass(frozen=True, slots=True)
class Range:
    """A closed interval of whole numbers; None is no bound."""

    low: int | None
    high: int | None

    @property
    def empty(self) -> bool:
        """Does nothing lie in it?"""
        return self.low is not None and self.high is not None and self.low > self.high

    def __contains__(self, number: int) -> bool:
        return (self.low is None or self.low <= number) and (self.high is None or number <= self.high)


def bounds(phrase: Text) -> tuple[Bound, ...]:
    """The bounds of a phrase, in order; none where it is another kind of phrase."""
    if _BOUND.match(value_word(phrase)) is None:
        return ()  # most phrases are of another kind, and a plan has thousands
    starts = [0, *(joint.end() for joint in _JOINT.finditer(phrase))]
    ends = [*(joint.start() for joint in _JOINT.finditer(phrase)), len(phrase)]
    parts = [part(phrase, start, end) for start, end in zip(starts, ends, strict=True)]
    found = [(piece, _BOUND.fullmatch(value_word(piece))) for piece in parts]
    if any(match is None for _, match in found):
        return ()
    return tuple(Bound(match[1], part(piece, len(piece) - len(match[2]))) for piece, match in found if match)


def joined(found: tuple[tuple[Bound, int], ...], phrase: Text, report: Report) -> Range:
    """The range between bounds, given each with the number it stands at; one that makes no sense is reported."""
    low = [at + (bound.word == "超过") for bound, at in found if bound.word in _LOWER]
    high = [at - (bound.word == "不足") for bound, at in found if bound.word not in _LOWER]
    if len(low) > 1 or len(high) > 1:
        side = ("下限", "lower") if len(low) > 1 else ("上限", "upper")
        report.add(
            "PR082",
            (f"“{phrase}”有两个{side[0]}", f"`{phrase}` has two {side[1]} bounds"),
            phrase.span,
            (
                "下限写一个“至少”或“超过”, 上限写一个“至多”或“不足”, 如“至少 10 且不足 50”",
                "write one lower and one upper bound, such as `at least 10 and less than 50`",
            ),
        )
    return Range(max(low, default=None), min(high, default=None))


def report_empty(phrase: Text, report: Report, related: Span | None) -> None:
    """Report a range in which nothing lies."""
    report.add(
        "PR081",
        (f"没有什么符合“{phrase}”", f"nothing is `{phrase}`"),
        phrase.span,
        (
            "下限要比上限小(上下限写反了就对调), 范围里至少要有一个值",
            "the lower bound must lie below the upper one (swap them if they are reversed), with a value in between",
        ),
        related=related,
        related_label=("声明在这里", "declared here"),
    )


def part(whole: Text, start: int, end: int | None = None) -> Text:
    """A part of a text, at its own place."""
    at = whole.span
    text = str(whole)[start:end]
    return Text(
        text, Span(at.source, at.line, at.column + start + (0 if whole.plain else 1), len(text)), plain=whole.plain
    )
