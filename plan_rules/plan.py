"""The one idea: an immutable Plan, compiled once from YAML; every engine and page is a function of it.

Nothing here reads files, evaluates conditions or knows an engine.  Names are those of the field: a *Clause* is a
numbered unit of the source text with a *Condition* and *Norms* (duty, prohibition, permission); a *Fact* is a declared,
typed, bounded input; a *Reading* is a named choice where the source is ambiguous.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from plan_rules.case_rules import CaseRules
from plan_rules.condition import ALWAYS, All, Condition, InSituation, Scalar, UnderReading, leaves
from plan_rules.errors import Span
from plan_rules.fact import Fact, Unknown
from plan_rules.invariant import Acceptance, Invariant
from plan_rules.layer import Layering, Provision
from plan_rules.norm import Exemption, Handoff, Norm, Role, Strength

if TYPE_CHECKING:
    from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class Clause:
    """A numbered unit of the source: its text, when it applies, and what follows.

    `condition` is the whole of it: the section's and the clause's own.  `serves` names the clauses whose purpose this
    one states, and `supports` the actions it is cited for.  `governs` lists the clauses a principle stands behind.
    Where a clause `excludes`, the plan does not apply; its `handoff` is the plan that takes the incident over.
    """

    id: str
    text: str
    scraped: str
    section: str
    condition: Condition
    span: Span
    modality: str  # duty | prohibition | permission | definition | purpose | principle | mixed
    tier: str | None = None
    norms: tuple[Norm, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    serves: tuple[str, ...] = ()
    supports: tuple[str, ...] = ()
    principle: str | None = None
    governs: tuple[str, ...] = ()
    defines: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()  # atomic items of the source carried by this clause
    note: str = ""
    layer: str = ""  # the id of the layer that adds it; '' of the plan's own
    excludes: bool = False
    handoff: Handoff | None = None


# --------------------------------------------------------------------------- the rest of the vocabulary


@dataclass(frozen=True, slots=True)
class Action:
    """Something a role must, must not or may do.

    `after` lists actions that come first when both are due, `excludes` those that cannot be done besides.
    """

    id: str
    label: str
    span: Span
    after: tuple[str, ...] = ()
    protective: bool = False
    note: str = ""
    excludes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tier:
    """A level of severity.  `rank` is the number as written, `name` what the plan file calls it.

    Most plans count up to the most severe; where `smaller_is_worse` they count down to it, as from Ⅳ to Ⅰ.
    """

    id: str
    label: str
    rank: int
    span: Span
    name: str = ""
    smaller_is_worse: bool = False

    @property
    def severity(self) -> int:
        """What tiers are compared by: more is more severe."""
        return -self.rank if self.smaller_is_worse else self.rank


@dataclass(frozen=True, slots=True)
class Principle:
    """A principle of the plan: it makes no duty by itself, it stands behind the clauses it governs."""

    id: str
    label: str
    span: Span


@dataclass(frozen=True, slots=True)
class Situation:
    """A condition given a name once (情形)."""

    name: str
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the source, with the condition shared by its clauses."""

    id: str
    title: str
    condition: Condition
    span: Span


@dataclass(frozen=True, slots=True)
class Presumption:
    """推定: when the condition holds, fill these facts in where nothing is stated.

    `fills` pairs a fact with the values it may then have (a tuple of domain values; the first is filled in), with
    UNKNOWN (somebody must be asked), or with True/False for a date fact (it must, or must not, have a value).
    """

    id: str
    condition: Condition
    fills: tuple[tuple[str, tuple[Scalar | Unknown, ...]], ...]
    span: Span
    note: str = ""


@dataclass(frozen=True, slots=True)
class Impossible:
    """不可能: a combination of stated facts that cannot be; `warn` makes it a notice instead of a refusal."""

    id: str
    condition: Condition
    facts: tuple[str, ...]
    span: Span
    warn: bool = False
    text: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """提示: something to tell the people at the scene that is not in the source text."""

    id: str
    condition: Condition
    text: str
    origin: str
    clauses: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read an ambiguity; `strength` is what norms that name the reading then have."""

    id: str
    text: str
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class Alias:
    """Under these options of a reading the two roles are one."""

    role: str
    same_as: str
    under: UnderReading


@dataclass(frozen=True, slots=True)
class Reading:
    """解释: an ambiguity of the source that changes the answer, its options, the one chosen, and who decided."""

    id: str
    topic: str
    clauses: tuple[str, ...]
    options: tuple[Option, ...]
    chosen: str
    decided_by: str
    span: Span
    note: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """An ambiguity or gap of the source that is recorded and does not change the answer."""

    id: str
    topic: str
    clauses: tuple[str, ...]
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class FormField:
    """One field of a form, as a fact is declared; `text` takes any words.

    It must be filled in where `mandatory` holds, a condition over the other fields of the form.
    """

    fact: Fact
    mandatory: Condition
    text: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """表单: a report to be filled in; `fields` by id."""

    id: str
    label: str
    fields: Mapping[str, FormField]
    span: Span
    note: str = ""


# --------------------------------------------------------------------------- the plan


@dataclass(frozen=True, slots=True)
class SourceItem:
    """One atomic item (or heading) of the source document: its restored wording and the wording as scraped."""

    id: str
    text: str
    scraped: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class SourceText:
    """底本: the source document, item by item; the yardstick that a plan file must carry whole.

    `file` is the name by which the plan file calls it, `raw` the bytes it was read from.
    """

    id: str
    name: str
    items: Mapping[str, SourceItem]
    file: str = field(default="", compare=False)
    raw: bytes = field(default=b"", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Deputy:
    """When the condition holds, `deputy` stands in for these roles; without any, for those acting in turn (A、B角)."""

    deputy: str
    condition: Condition
    under: tuple[UnderReading, ...]
    roles: tuple[str, ...] = ()


def norm_key(clause: str, index: int) -> str:
    """The key of a norm's own condition in `Plan.rules`."""
    return f"{clause}#{index}"


def clause_of(key: str) -> str:
    """The clause (or notice) that a key of `Plan.rules` is about."""
    return key.partition("#")[0]


@dataclass(frozen=True)
class Plan:
    """A whole plan.  Equal texts give equal plans; `digest` is the SHA-256 of `text`, the bytes it was read from."""

    id: str
    name: str
    version: str
    digest: str
    purpose: str
    facts: Mapping[str, Fact]
    roles: Mapping[str, Role]
    tiers: Mapping[str, Tier]
    principles: Mapping[str, Principle]
    actions: Mapping[str, Action]
    situations: Mapping[str, Situation]
    sections: Mapping[str, Section]
    clauses: Mapping[str, Clause]
    presumptions: tuple[Presumption, ...] = ()
    impossibles: tuple[Impossible, ...] = ()
    notices: tuple[Notice, ...] = ()
    readings: Mapping[str, Reading] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    aliases: tuple[Alias, ...] = ()
    deputies: tuple[Deputy, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    parties: Mapping[str, str] = field(default_factory=dict)  # recipients that are no roles: id -> label
    invariants: tuple[Invariant, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    source: SourceText | None = None
    scope: Condition = ALWAYS  # where an incident must have a tier
    highest_tier: bool = True  # where several tiers are assigned: the most severe, or the least
    case: CaseRules = field(default_factory=CaseRules)
    text: bytes = b""  # with `source.raw`, all that `loading.reload` needs
    layering: Layering | None = None  # what is laid over it, if anything is

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Plan {self.id} {self.version} {self.digest[:19]}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and other.digest == self.digest

    def rules(self) -> dict[str, Condition]:
        """Every condition an engine answers for, by key: clauses and notices by id, a norm's own as `clause#index`.

        What a norm waits for has that key and an end of `gates`.
        """
        found: dict[str, Condition] = {}
        for clause in self.clauses.values():
            found[clause.id] = clause.condition
            for index, norm in enumerate(clause.norms):
                own = clause.condition if norm.condition == ALWAYS else All((clause.condition, norm.condition))
                if norm.condition != ALWAYS:
                    found[norm_key(clause.id, index)] = own
                for end, gate in norm.gates().items() if norm.waits else ():
                    found[norm_key(clause.id, index) + end] = All((own, gate))
        found.update((notice.id, notice.condition) for notice in self.notices)
        return found

    def firing_keys(self, clause: str) -> tuple[str, ...]:
        """The keys in `rules` of which one has to hold for the clause to fire.

        A clause that does nothing but ask, and all of whose norms have conditions of their own, fires with one of them.
        """
        found = self.clauses[clause]
        norms = found.norms
        asks_only = found.tier is None and not found.exemptions and found.handoff is None
        if norms and asks_only and all(norm.condition != ALWAYS for norm in norms):
            return tuple(norm_key(clause, index) for index in range(len(norms)))
        return (clause,)

    @cached_property
    def exclusions(self) -> tuple[str, ...]:
        """The clauses that say where the plan does not apply."""
        return tuple(clause.id for clause in self.clauses.values() if clause.excludes)

    def leaves(self, condition: Condition) -> Iterator[Condition]:
        """The leaves of a condition with its situations opened."""
        for leaf in leaves(condition):
            if isinstance(leaf, InSituation):
                yield from self.leaves(self.situations[leaf.situation].condition)
            else:
                yield leaf

    def provision(self, clause: str) -> Provision | None:
        """The provision that a clause comes from; None of the plan's own."""
        return self.layering.provisions.get(clause) if self.layering else None

    @property
    def incident_model(self) -> type[BaseModel]:
        """The pydantic model of an incident of this plan: one optional field a fact, exact types, no unknown names."""
        from plan_rules.incident import incident_model  # noqa: PLC0415  the one arrow up: a façade for users

        return incident_model(self)

    def severity(self, tier: str | None) -> int:
        """The tier's place by severity, 1 for the least severe; 0 for none, and for one that the plan does not have."""
        found = self.tiers.get(tier or "")
        return sum(other.severity <= found.severity for other in self.tiers.values()) if found else 0

    def chosen(self) -> dict[str, str]:
        """The option each reading stands at in the file."""
        return {reading.id: reading.chosen for reading in self.readings.values()}
