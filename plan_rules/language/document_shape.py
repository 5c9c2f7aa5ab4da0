"""A tree -> a whole plan file, checked for shape only: what it declares, and its clauses."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from plan_rules.language.clause_shape import SectionShape
from plan_rules.language.shape import (
    AcceptanceShape,
    ActionShape,
    AliasShape,
    AnyTree,
    CaseShape,
    DeputyShape,
    FactShape,
    FormShape,
    GroupShape,
    ImpossibleShape,
    InvariantShape,
    NoticeShape,
    PartyShape,
    PlanHead,
    PresumptionShape,
    PrincipleShape,
    ReadingShape,
    RemarkShape,
    RoleShape,
    Shape,
    TierShape,
    Word,
    listed,
)


class DocumentShape(Shape):
    """A whole plan file."""

    plan: PlanHead
    roles: dict[Word, RoleShape]
    parties: dict[Word, PartyShape] = Field(default_factory=dict)
    groups: dict[Word, Annotated[list[GroupShape], BeforeValidator(listed)]] = Field(default_factory=dict)
    aliases: list[AliasShape] = Field(default_factory=list)
    deputies: list[DeputyShape] = Field(default_factory=list)
    tiers: dict[Word, TierShape] = Field(default_factory=dict)
    principles: dict[Word, PrincipleShape] = Field(default_factory=dict)
    facts: dict[Word, FactShape]
    actions: dict[Word, ActionShape]
    tracks: dict[Word, Word] = Field(default_factory=dict)
    situations: dict[Word, AnyTree] = Field(default_factory=dict)
    forms: dict[Word, FormShape] = Field(default_factory=dict)
    presumptions: list[PresumptionShape] = Field(default_factory=list)
    impossible: list[ImpossibleShape] = Field(default_factory=list)
    readings: dict[Word, ReadingShape] = Field(default_factory=dict)
    notices: list[NoticeShape] = Field(default_factory=list)
    remarks: list[RemarkShape] = Field(default_factory=list)
    invariants: list[InvariantShape] = Field(default_factory=list)
    acceptances: list[AcceptanceShape] = Field(default_factory=list)
    case: CaseShape | None = None
    body: list[SectionShape]
