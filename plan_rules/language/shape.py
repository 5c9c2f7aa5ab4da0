"""A tree -> what a plan file declares, checked for shape only; what is missing, extra or misshapen as Diagnostics.

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


def listed(value: object) -> object:
    """One thing where a list is asked for is a list of one."""
    return value if isinstance(value, list) or value is None else [value]


Words = Annotated[list[Word], BeforeValidator(listed)]


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
