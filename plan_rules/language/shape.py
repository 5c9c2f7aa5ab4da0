"""A tree -> the document of a plan file, checked for shape only; what is missing, extra or misshapen as Diagnostics.

The models say which keys each part of a plan file has.  Names are not resolved here, and conditions stay trees: their
keys are names of facts.
"""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, model_validator

from plan_rules.language.keywords import canonical
from plan_rules.language.tree import Fields, Text

Word = InstanceOf[Text]
AnyTree = Any  # a condition, a phrase or a bearer: read later, with names at hand


def _listed(value: object) -> object:
    """One thing where a list is asked for is a list of one."""
    return value if isinstance(value, list) or value is None else [value]


Words = Annotated[list[Word], BeforeValidator(_listed)]


class Shape(BaseModel):
    """A mapping of the file with known keys, in either language."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _to_english(cls, value: object) -> object:
        return {canonical(key): item for key, item in value.items()} if isinstance(value, dict) else value


class PlanHead(Shape):
    """预案: what this plan is."""

    id: Word
    name: Word
    version: Word
    purpose: Word | None = None
    source: Word | None = None
    take: Word | None = None
    rank_order: Word | None = None
    scope: AnyTree = None


class RoleShape(Shape):
    """角色."""

    id: Word
    kind: Word | None = None
    member_of: Words = Field(default_factory=list)
    also_called: Words = Field(default_factory=list)
    leader: Word | None = None
    members: Words = Field(default_factory=list)
    organisation: Word | None = None
    note: Word | None = None


class PartyShape(Shape):
    """相对方: a recipient that is no role."""

    id: Word


class GroupShape(Shape):
    """责任组: roles of which any, all, the first available or whoever received it first must act."""

    any: Words | None = None
    all: Words | None = None
    in_order: Words | None = None
    first_contact: Words | None = None
    under: AnyTree = None


class AliasShape(Shape):
    """别名: two names for one role, under a reading."""

    id: Word
    same_as: Word
    under: AnyTree


class DeputyShape(Shape):
    """顶岗: who stands in."""

    model_config = ConfigDict(populate_by_name=True)

    deputy: Word
    roles: Words = Field(default_factory=list, alias="for")
    when: AnyTree = None
    under: AnyTree = None


class TierShape(Shape):
    """等级."""

    id: Word
    rank: Word
    title: Word | None = None


class PrincipleShape(Shape):
    """原则."""

    id: Word


class FactShape(Shape):
    """事实."""

    id: Word
    type: Word
    values: InstanceOf[Fields] | None = None
    min: Word | None = None
    max: Word | None = None
    unit: Word | None = None
    default: Word | None = None
    question: Word | None = None
    confirm_by: Words = Field(default_factory=list)
    worse: Word | None = None
    sensitive: Word | None = None
    origin: Word | None = None
    note: Word | None = None


class ActionShape(Shape):
    """动作."""

    id: Word
    after: Words = Field(default_factory=list)
    excludes: Words = Field(default_factory=list)
    protective: Word | None = None
    note: Word | None = None


class PresumptionShape(Shape):
    """推定."""

    model_config = ConfigDict(populate_by_name=True)

    id: Word
    condition: AnyTree = Field(alias="if")
    then: InstanceOf[Fields]
    note: Word | None = None


class ImpossibleShape(Shape):
    """不可能."""

    id: Word
    combination: AnyTree
    severity: Word | None = None
    note: Word | None = None


class NoticeShape(Shape):
    """提示."""

    id: Word
    when: AnyTree
    text: Word
    origin: Word
    about: Words = Field(default_factory=list)


class OptionShape(Shape):
    """One option of a reading, with more than words."""

    text: Word
    strength: Word | None = None


class ReadingShape(Shape):
    """解释."""

    topic: Word
    about: Words
    options: InstanceOf[Fields]
    chosen: Word
    decided_by: Word
    note: Word | None = None


class RemarkShape(Shape):
    """备注."""

    id: Word
    topic: Word
    about: Words = Field(default_factory=list)
    text: Word


class ThenShape(Shape):
    """What a 红线 says must hold."""

    must: Words = Field(default_factory=list)
    must_not: Words = Field(default_factory=list)
    may: Words = Field(default_factory=list)
    no_duty: Words = Field(default_factory=list)
    no_prohibition: Words = Field(default_factory=list)
    bearers: Words = Field(default_factory=list)
    limit: Word | None = None
    tier: AnyTree = None


class InvariantShape(Shape):
    """红线: what no amendment may break."""

    model_config = ConfigDict(populate_by_name=True)

    id: Word
    name: Word
    condition: AnyTree = Field(default=None, alias="if")
    then: ThenShape | None = None
    monotone: Words = Field(default_factory=list)
    note: Word | None = None


class AcceptanceShape(Shape):
    """认可: findings that somebody has looked at and stands by."""

    finding: Word
    about: Words
    reason: Word
    decided_by: Word
    until: Word | None = None
    otherwise_only: Word | None = None


class RungShape(Shape):
    """催办: who is told when a duty has been overdue for so long."""

    overdue: Word
    to: Words
    note: Word | None = None


class PersonalShape(Shape):
    """个人信息: one item of personal data."""

    id: Word
    purpose: Word
    basis: Word
    readers: Words
    keep: Word


class CaseShape(Shape):
    """案件: how incidents are kept as cases."""

    resolved_on: Word | None = None
    reminders: dict[Word, Word] = Field(default_factory=dict)
    ladder: list[RungShape] = Field(default_factory=list)
    personal: dict[Word, PersonalShape] = Field(default_factory=dict)


class FieldShape(Shape):
    """One field of a form."""

    id: Word
    type: Word
    values: InstanceOf[Fields] | None = None
    min: Word | None = None
    max: Word | None = None
    unit: Word | None = None
    mandatory: AnyTree = None
    note: Word | None = None


class FormShape(Shape):
    """表单: a report to be filled in."""

    id: Word
    fields_: dict[Word, FieldShape] = Field(alias="fields")
    note: Word | None = None


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


Norms = Annotated[list[NormShape], BeforeValidator(_listed)]


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


Named = dict[Any, Any]


class DocumentShape(Shape):
    """A whole plan file."""

    plan: PlanHead
    roles: dict[Word, RoleShape]
    parties: dict[Word, PartyShape] = Field(default_factory=dict)
    groups: dict[Word, Annotated[list[GroupShape], BeforeValidator(_listed)]] = Field(default_factory=dict)
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
