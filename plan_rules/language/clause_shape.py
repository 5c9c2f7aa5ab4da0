"""A tree -> clauses and their norms, checked for shape only: which keys each has."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from plan_rules.language.shape import AnyTree, Shape, Word, Words, listed
from plan_rules.language.tree import Text


class DiscretionShape(Shape):
    """裁量: who judges, what they weigh, and which fact records what they chose."""

    by: Words = Field(default_factory=list)
    considerations: Words = Field(default_factory=list)
    choice: Word | None = None


def _judged_by(value: object) -> object:
    """Those who judge, where no more is said of it."""
    return {"by": value} if isinstance(value, Text | list) else value


class NormShape(Shape):
    """One duty, prohibition or permission."""

    action: Word
    bearers: AnyTree = None
    when: AnyTree = None
    through: AnyTree = None
    excepted: Words = Field(default_factory=list)
    recipient: AnyTree = None
    limit: AnyTree = None
    start: Word | None = None
    roll: Word | None = None
    cutoff: Word | None = None
    step: Word | None = None
    defeasible: Word | None = None
    done_by: AnyTree = None
    broken_by: AnyTree = None
    instead: Words = Field(default_factory=list)
    approvals: AnyTree = None
    discretion: Annotated[DiscretionShape | None, BeforeValidator(_judged_by)] = None
    escalation: Word | None = None
    failed: AnyTree = None
    form: Word | None = None
    under: AnyTree = None
    inferred: Words = Field(default_factory=list)
    note: Word | None = None


Norms = Annotated[list[NormShape], BeforeValidator(listed)]


class HandoffShape(Shape):
    """移交: the plan that takes over, and to whom the incident is handed."""

    plan: Word
    recipient: AnyTree = None
    note: Word | None = None


def _named_plan(value: object) -> object:
    """The name of a plan where no more is said of the handoff."""
    return {"plan": value} if isinstance(value, Text) else value


class ClauseShape(Shape):
    """条款."""

    id: Word
    wording: Word | None = None
    scraped: Word | None = None
    when: AnyTree = None
    assigns: Word | None = None
    excluded: Word | None = None
    handoff: Annotated[HandoffShape | None, BeforeValidator(_named_plan)] = None
    must: Norms = Field(default_factory=list)
    must_not: Norms = Field(default_factory=list)
    may: Norms = Field(default_factory=list)
    escalation: Norms = Field(default_factory=list)
    exception_to: Words = Field(default_factory=list)
    waives: Words = Field(default_factory=list)
    serves: Words = Field(default_factory=list)
    supports: Words = Field(default_factory=list)
    states: Word | None = None
    governs: Words = Field(default_factory=list)
    defines: Words = Field(default_factory=list)
    carries: Words = Field(default_factory=list)
    note: Word | None = None


class SectionShape(Shape):
    """正文: a heading and its clauses."""

    section: Word
    title: Word | None = None
    scope: AnyTree = None
    clauses: list[ClauseShape] = Field(default_factory=list)
