"""The text of an overlay file, a day -> its shape as it stands on that day; what is wrong with it as Diagnostics.

An overlay declares words and clauses as a plan file does.  A value that changed over time is written by date (按日期);
the one in force on the day is taken; before the first date it is the one written 起初, or there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from pydantic import Field

from plan_rules.digests import digest_of
from plan_rules.instants import read_day
from plan_rules.language.clause_shape import Norms
from plan_rules.language.document import parse
from plan_rules.language.fitting import shaped
from plan_rules.language.keywords import canonical, value_word
from plan_rules.language.names import check_id
from plan_rules.language.shape import (
    AcceptanceShape,
    ActionShape,
    AnyTree,
    FactShape,
    ImpossibleShape,
    InvariantShape,
    NoticeShape,
    PartyShape,
    PresumptionShape,
    RemarkShape,
    RoleShape,
    Shape,
    Word,
    Words,
)
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.suggestion import did_you_mean

_VERSION = re.compile(r"\d{1,9}(\.\d{1,9}){0,5}")


class OverlayHead(Shape):
    """叠加: what this file is, and which plan it is laid over."""

    id: Word
    name: Word
    version: Word
    over: Words
    versions: Word | None = None
    authority: Word
    origin: Word
    effective: Word | None = None
    repealed: Word | None = None
    scope: AnyTree = None
    note: Word | None = None


class AddedClauseShape(Shape):
    """条款 of a provision: what it demands, forbids or allows, and what it takes away from other clauses."""

    id: Word
    when: AnyTree = None
    assigns: Word | None = None
    must: Norms = Field(default_factory=list)
    must_not: Norms = Field(default_factory=list)
    may: Norms = Field(default_factory=list)
    exception_to: Words = Field(default_factory=list)
    waives: Words = Field(default_factory=list)
    supports: Words = Field(default_factory=list)
    note: Word | None = None


class ProvisionShape(Shape):
    """条目: one rule of an instrument."""

    id: Word
    basis: Word
    article: Word | None = None
    summary: Word
    figures: Word | None = None
    relation: Word
    about: Words = Field(default_factory=list)
    authority: Word | None = None
    to_confirm: Word | None = None
    effective: Word | None = None
    repealed: Word | None = None
    clauses: list[AddedClauseShape] = Field(default_factory=list)
    note: Word | None = None


class ResolutionShape(Shape):
    """裁决: which of two clauses prevails."""

    winner: Word
    loser: Word
    actions: Words = Field(default_factory=list)
    reason: Word
    decided_by: Word


class ConfirmationShape(Shape):
    """确认: the bank confirms provisions that are to be confirmed."""

    items: Words
    decided_by: Word
    confirmed_on: Word
    note: Word | None = None


class OverlayShape(Shape):
    """A whole overlay file."""

    overlay: OverlayHead
    roles: dict[Word, RoleShape] = Field(default_factory=dict)
    parties: dict[Word, PartyShape] = Field(default_factory=dict)
    facts: dict[Word, FactShape] = Field(default_factory=dict)
    actions: dict[Word, ActionShape] = Field(default_factory=dict)
    tracks: dict[Word, Word] = Field(default_factory=dict)
    situations: dict[Word, AnyTree] = Field(default_factory=dict)
    presumptions: list[PresumptionShape] = Field(default_factory=list)
    impossible: list[ImpossibleShape] = Field(default_factory=list)
    notices: list[NoticeShape] = Field(default_factory=list)
    remarks: list[RemarkShape] = Field(default_factory=list)
    invariants: list[InvariantShape] = Field(default_factory=list)
    acceptances: list[AcceptanceShape] = Field(default_factory=list)
    items: list[ProvisionShape] = Field(default_factory=list)
    resolutions: list[ResolutionShape] = Field(default_factory=list)
    confirmations: list[ConfirmationShape] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Overlay:
    """An overlay file as it stands on a day.  `turns` are all the days on which something in it changes."""

    shape: OverlayShape
    text: bytes
    digest: str
    turns: frozenset[date]


@dataclass(slots=True)
class Dates:
    """Reads the days of an overlay file, and keeps them."""

    day: date
    report: Report
    turns: set[date] = field(default_factory=set)

    def read(self, word: Text | None) -> date | None:
        """The day; one that is none is reported."""
        if word is None:
            return None
        found = read_day(word)
        if found is None:
            self.report.add(
                "OV001",
                (f"“{word}”不是日期", f"`{word}` is no day"),
                word.span,
                ("写成 2026-01-01", "write it as 2026-01-01"),
            )
            return None
        self.turns.add(found)
        return found

    def settle(self, tree: Tree) -> Tree | None:
        """The tree with every value by date as it stands on the day; None of one that is not there yet."""
        if isinstance(tree, Fields):
            return self._chosen(tree) if any(canonical(key) == "by_date" for key in tree) else self._fields(tree)
        if isinstance(tree, Items):
            kept = Items(found for item in tree if (found := self.settle(item)) is not None)
            kept.span = tree.span
            return kept
        return tree

    def _fields(self, tree: Fields) -> Fields:
        kept = Fields({key: found for key, value in tree.items() if (found := self.settle(value)) is not None})
        kept.span = tree.span
        return kept

    def _chosen(self, tree: Fields) -> Tree | None:
        (key, versions), *others = tree.items()
        if others or not isinstance(versions, Fields):
            self.report.add(
                "OV002",
                ("“按日期”的写法不对", "`by_date` is written wrongly"),
                key.span,
                (
                    "只写“按日期: {2020-03-01: 值, 2026-01-01: 值}”, 旁边不写别的",
                    "write `by_date: {2020-03-01: value, 2026-01-01: value}` and nothing besides",
                ),
            )
            return None
        known: list[tuple[date, Tree]] = []
        for word, value in versions.items():
            since = date.min if canonical(word) == "initially" else self.read(word)
            known += [(since, value)] if since is not None else []
        past = [(since, value) for since, value in known if since <= self.day]
        return self.settle(max(past, key=lambda found: found[0])[1]) if past else None


def read_overlay(text: bytes, source: str, day: date, report: Report) -> Overlay | None:
    """The overlay as it stands on the day, or None where its form is wrong; defects go to the report."""
    tree = parse(text, source, report)
    if tree is None:
        return None
    dates = Dates(day, report)
    settled = dates.settle(tree)
    shape = shaped(OverlayShape, settled, report) if settled is not None else None
    if shape is None:
        return None
    check_id(shape.overlay.id, report)
    heads: list[OverlayHead | ProvisionShape] = [shape.overlay, *shape.items]
    for head in heads:
        effective, repealed = dates.read(head.effective), dates.read(head.repealed)
        if effective and repealed and head.repealed is not None and repealed <= effective:
            report.add(
                "OV004",
                (f"“{head.id}”还没有施行就废止了", f"`{head.id}` is repealed before it takes effect"),
                head.repealed.span,
                ("“废止”写在“施行”之后的日子", "`repealed` must be a later day than `effective`"),
                subject=str(head.id),
            )
    for confirmation in shape.confirmations:
        dates.read(confirmation.confirmed_on)
    return Overlay(shape, text, digest_of(text), frozenset(dates.turns))


Meaning = TypeVar("Meaning")


def word_of(word: Text, known: Mapping[str, Meaning], default: Meaning, report: Report) -> Meaning:
    """What a closed word means, in either language; an unknown one is reported."""
    if word in known:
        return known[word]
    report.add(
        "PR031",
        (f"这里不能写“{word}”", f"`{word}` cannot be written here"),
        word.span,
        did_you_mean(word, known) or ("可以写: " + "、".join(known), "write one of: " + ", ".join(known)),
    )
    return default


def check_base(head: OverlayHead, plan: Text, version: Text, report: Report) -> bool:
    """Is an overlay meant for this plan, in whatever version?  One for another plan or version is reported."""
    if plan not in head.over:
        report.add(
            "OV003",
            (
                f"“{head.id}”叠加于 {'、'.join(head.over)}, 这份预案是 {plan}",
                f"`{head.id}` is not meant for plan `{plan}`",
            ),
            head.id.span,
            (f"换用它的预案, 或在“叠加于”里加上 {plan}", f"use the plan it is meant for, or add `{plan}` to `over`"),
            related=plan.span,
            subject=str(head.id),
        )
    elif head.versions is not None and not _within(head.versions, version, report):
        report.add(
            "OV003",
            (
                f"“{head.id}”用于版本 {head.versions} 的预案, 这份是 {version}",
                f"`{head.id}` is meant for versions {head.versions} of the plan; this one is {version}",
            ),
            head.versions.span,
            ("核对以后改“版本范围”", "look it through, then mend `versions`"),
            related=version.span,
            subject=str(head.id),
        )
    return plan in head.over


def _within(bounds: Text, version: Text, report: Report) -> bool:
    """Does the version lie within bounds such as `至少 1.0.0 且不足 2`?  What is no bound is reported, and met."""
    here = _numbers(version)
    for part in re.split(r"\s*且\s*|\s+and\s+", bounds):
        words = re.match(r"(至少|至多|超过|不足)\s*(\S+)$", value_word(part.strip()))
        bound = _numbers(words.group(2)) if words else None
        if words is None or bound is None or here is None:
            report.add(
                "OV002",
                (f"“版本范围”“{bounds}”的写法不对", f"`versions` cannot be read: `{bounds}`"),
                bounds.span,
                ("写成“至少 1.0.0 且不足 2”", "write `at least 1.0.0 and less than 2`"),
            )
            return True
        order = (here > bound) - (here < bound)
        if not {"至少": order >= 0, "至多": order <= 0, "超过": order > 0, "不足": order < 0}[words.group(1)]:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...] | None:
    """`1.2.0` as numbers without zeros at the end; None of what is not made of numbers."""
    if not _VERSION.fullmatch(version):
        return None
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
