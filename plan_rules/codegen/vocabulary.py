"""Plan -> what is named in another language: the ids that there are of each kind, the facts with their types."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from plan_rules.codegen.identifiers import escaped, type_name
from plan_rules.codegen.shape import FIXED, RECORDS
from plan_rules.fact import Fact, Kind
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A closed set of ids, with the plan's own words for each."""

    name: str
    about: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Field:
    """A fact of an incident; `type` names the enumeration of its values, where it has one."""

    fact: Fact
    type: str | None


@dataclass(frozen=True)
class Vocabulary:
    """What a plan gives names to."""

    plan: Plan
    enumerations: tuple[Enumeration, ...]
    fields: tuple[Field, ...]

    @cached_property
    def by_name(self) -> dict[str, Enumeration]:
        """The enumerations by name."""
        return {each.name: each for each in self.enumerations}


def vocabulary(plan: Plan) -> Vocabulary:
    """The names of a plan, in the plan's order."""
    reserved = frozenset({*RECORDS, *(name for name, _ in FIXED), *_OF_THE_PLAN, *_OF_THE_FILE.split()})
    fields = tuple(
        Field(fact, escaped(type_name(fact.id), reserved) if fact.kind in (Kind.ENUM, Kind.ORDINAL) else None)
        for fact in plan.facts.values()
        if not fact.of_case
    )
    of_facts = (
        Enumeration(
            field.type,
            f"{field.fact.label}: what `{field.fact.id}` can be",
            tuple((value.id, value.label) for value in field.fact.values),
        )
        for field in fields
        if field.type
    )
    fixed = (Enumeration(name, about, tuple((id_, "") for id_ in ids)) for name, (about, ids) in dict(FIXED).items())
    return Vocabulary(plan, (*_of_the_plan(plan), *of_facts, *fixed), fields)


_OF_THE_PLAN = ("Action", "Role", "Tier", "Clause", "Principle", "FactId", "Form", "ReadingId")
# What the files of any language name besides.
_OF_THE_FILE = """Facts Json Scalar Unknown Any Literal Annotated Field BaseModel ConfigDict StrEnum StrictBool
    StrictInt Partial Readonly Record Map List LinkedHashMap LocalDate LocalDateTime DateTimeFormatter Collectors Stream
    Object String Long Boolean Override IllegalArgumentException Objects Builder Function"""


def _of_the_plan(plan: Plan) -> Iterable[Enumeration]:
    abouts_and_members = (
        ("等级: the tiers", ((each.id, each.label) for each in plan.tiers.values())),
        ("行动: the actions", ((each.id, each.label) for each in plan.actions.values())),
        ("角色: the roles", ((each.id, each.label) for each in plan.roles.values())),
        ("条款: the clauses", ((each.id, each.text) for each in plan.clauses.values())),
        ("原则: the principles", ((each.id, each.label) for each in plan.principles.values())),
        ("事实: the facts", ((each.id, each.label) for each in plan.facts.values())),
        ("表单: the forms", ((each.id, each.label) for each in plan.forms.values())),
        ("解释: the readings", ((each.id, each.topic) for each in plan.readings.values())),
    )
    names = ("Tier", "Action", "Role", "Clause", "Principle", "FactId", "Form", "ReadingId")
    assert sorted(names) == sorted(_OF_THE_PLAN)
    for name, (about, members) in zip(names, abouts_and_members, strict=True):
        yield Enumeration(name, about, tuple((id_, " ".join(label.split())) for id_, label in members))
