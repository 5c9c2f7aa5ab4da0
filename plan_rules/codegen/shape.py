"""The JSON of a decision as data: its records, their fields and types, from which every language's types are written.

`plan_rules.decision` makes the JSON; here is said of each text which ids it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from plan_rules.gates import PENDING
from plan_rules.norm import Term


@dataclass(frozen=True, slots=True)
class Plain:
    """A JSON type of no name: `text`, `flag`, `number`, `scalar` (a value of a fact)."""

    name: str


@dataclass(frozen=True, slots=True)
class Named:
    """An enumeration or a record."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list."""

    of: Type


@dataclass(frozen=True, slots=True)
class MapTo:
    """An object from ids of a kind to values."""

    key: str
    of: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value or null."""

    of: Type


Type: TypeAlias = Plain | Named | ListOf | MapTo | Nullable


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a record; one that is not `always` there is left out where there is nothing to say.

    A list `beside` another is left out where there is nothing to say in that one.
    """

    name: str
    type: Type
    always: bool = True
    beside: str = ""


TEXT, FLAG, NUMBER, SCALAR = Plain("text"), Plain("flag"), Plain("number"), Plain("scalar")
ACTION, ROLE, CLAUSE, FACT = Named("Action"), Named("Role"), Named("Clause"), Named("FactId")
ROLES, CLAUSES = ListOf(ROLE), ListOf(CLAUSE)
REASONS, BEARERS = ListOf(Named("Reason")), ListOf(Named("Bearer"))
APPROVAL, DISCRETION = Named("Approval"), Named("Discretion")

FIXED: tuple[tuple[str, tuple[str, tuple[str, ...]]], ...] = (
    ("Status", ("How a duty stands, or what a permission waits for", ("open", "done", "late", "missed", *PENDING))),
    ("ViolationKind", ("What went wrong", ("late", "missed", "done"))),
    ("Choice", ("Who of a group acts", ("any", "first_available", "first_contact"))),
    ("Need", ("How many approvals are needed", ("all", "any"))),
    ("Term", ("What a time limit means", tuple(term.value for term in Term))),
)

RECORDS: dict[str, tuple[str, tuple[Part, ...]]] = {
    "PlanIdentity": (
        "Which plan decided",
        (Part("id", TEXT), Part("name", TEXT), Part("version", TEXT), Part("digest", TEXT)),
    ),
    "TierAnswer": ("The tier", (Part("id", Named("Tier")), Part("label", TEXT), Part("rank", NUMBER))),
    "FactUsed": (
        "A fact that made a clause fire; `source` is stated, default, or the id of a presumption",
        (Part("fact", FACT), Part("value", Nullable(SCALAR)), Part("source", TEXT), Part("confirm_by", ROLES)),
    ),
    "Reason": ("Why a clause fired", (Part("clause", CLAUSE), Part("facts", ListOf(Named("FactUsed"))))),
    "BearerGroup": ("Roles of which one acts", (Part("roles", ROLES), Part("choice", Named("Choice")))),
    "Due": (
        "By when; `due` is an ISO day or instant, once it is known",
        (
            Part("text", TEXT),
            Part("kind", Named("Term")),
            Part("amount", Nullable(NUMBER)),
            Part("start", Nullable(FACT)),
            Part("due", Nullable(TEXT)),
        ),
    ),
    "Post": (
        "What the plan says of a role",
        (
            Part("role", ROLE),
            Part("organisation", TEXT),
            Part("leader", Nullable(ROLE)),
            Part("members", ROLES),
        ),
    ),
    "Bearer": (
        "Who must act: of each group one; what is left out is as the duty has it",
        (
            Part("groups", ListOf(Named("BearerGroup"))),
            Part("through", ROLES),
            Part("deputies", ROLES),
            Part("excepted", ROLES),
            Part("recipient", TEXT, always=False),
            Part("deadline", Named("Due"), always=False),
            Part("status", Named("Status"), always=False),
            Part("posts", ListOf(Named("Post")), always=False),
        ),
    ),
    "Approval": (
        "Whose approval is needed",
        (Part("need", Named("Need")), Part("given", ROLES), Part("missing", ROLES)),
    ),
    "Discretion": (
        "Who judges whether it is done; `choice` is the fact that records it",
        (Part("roles", ROLES), Part("considerations", ListOf(TEXT)), Part("choice", Nullable(FACT))),
    ),
    "LadderPlace": ("Which step of a ladder", (Part("ladder", TEXT), Part("step", NUMBER), Part("of", NUMBER))),
    "Duty": (
        "What must be done, by whom, to whom, by when; `order` 1 is first, null goes on throughout",
        (
            Part("action", ACTION),
            Part("label", TEXT),
            Part("roles", ROLES),
            Part("recipient", Nullable(TEXT)),
            Part("deadline", Nullable(Named("Due"))),
            Part("order", Nullable(NUMBER)),
            Part("status", Named("Status")),
            Part("clauses", CLAUSES),
            Part("defeasible", FLAG),
            Part("reasons", REASONS),
            Part("bearers", BEARERS),
            Part("approval", APPROVAL, always=False),
            Part("discretion", DISCRETION, always=False),
            Part("ladder", Named("LadderPlace"), always=False),
            Part("form", Named("Form"), always=False),
        ),
    ),
    "Prohibition": (
        "What must not be done; `instead` is what to do in its place",
        (
            Part("action", ACTION),
            Part("label", TEXT),
            Part("roles", ROLES),
            Part("clauses", CLAUSES),
            Part("defeasible", FLAG),
            Part("instead", ListOf(ACTION)),
            Part("reasons", REASONS),
            Part("bearers", BEARERS),
            Part("approval", APPROVAL, always=False),
        ),
    ),
    "Permission": (
        "What may be done; not yet where it has a status",
        (
            Part("action", ACTION),
            Part("label", TEXT),
            Part("roles", ROLES),
            Part("clauses", CLAUSES),
            Part("reasons", REASONS),
            Part("status", Named("Status"), always=False),
            Part("approval", APPROVAL, always=False),
            Part("discretion", DISCRETION, always=False),
        ),
    ),
    "Undetermined": (
        "A fact to find out, and the clauses that wait for it",
        (Part("fact", FACT), Part("question", TEXT), Part("blocks", CLAUSES)),
    ),
    "Violation": (
        "What went wrong",
        (
            Part("action", ACTION),
            Part("kind", Named("ViolationKind")),
            Part("days", Nullable(NUMBER)),
            Part("clauses", CLAUSES),
        ),
    ),
    "PrincipleAnswer": (
        "A principle in force: the clause that states it, and those that it stands behind",
        (Part("id", Named("Principle")), Part("label", TEXT), Part("clause", CLAUSE), Part("clauses", CLAUSES)),
    ),
    "NoticeAnswer": (
        "Something to tell people that is not the plan's text",
        (Part("id", TEXT), Part("text", TEXT), Part("origin", TEXT), Part("clauses", CLAUSES)),
    ),
    "Exclusion": (
        "A clause that says that the plan does not apply",
        (Part("clause", CLAUSE), Part("text", TEXT), Part("reasons", REASONS)),
    ),
    "Handoff": (
        "Another plan takes the incident over",
        (Part("plan", TEXT), Part("recipient", Nullable(TEXT)), Part("clauses", CLAUSES), Part("reasons", REASONS)),
    ),
    "LadderAnswer": (
        "Which step of a ladder the incident is at",
        (
            Part("ladder", TEXT),
            Part("step", NUMBER),
            Part("of", NUMBER),
            Part("exhausted", FLAG),
            Part("clauses", CLAUSES),
        ),
    ),
    "Basis": (
        "What a clause of an overlay rests on",
        (
            Part("clause", CLAUSE),
            Part("provision", TEXT),
            Part("instrument", TEXT),
            Part("article", TEXT),
            Part("authority", TEXT),
        ),
    ),
    "LayerInForce": (
        "An overlay in force, and which of its clauses fired",
        (
            Part("id", TEXT),
            Part("name", TEXT),
            Part("version", TEXT),
            Part("origin", TEXT),
            Part("authority", TEXT),
            Part("effective", Nullable(TEXT)),
            Part("digest", TEXT),
            Part("clauses", ListOf(Named("Basis"))),
        ),
    ),
    "Side": (
        "One side of a conflict between layers",
        (
            Part("clause", CLAUSE),
            Part("says", Nullable(TEXT)),
            Part("layer", TEXT),
            Part("instrument", TEXT),
            Part("article", TEXT),
            Part("authority", TEXT),
        ),
    ),
    "LayerOverride": (
        "A clause of one layer that prevails over one of another",
        (
            Part("action", ACTION),
            Part("label", TEXT),
            Part("winner", Named("Side")),
            Part("loser", Named("Side")),
            Part("reason", TEXT),
            Part("decided_by", TEXT),
        ),
    ),
    "Decision": (
        "What the plan asks at one moment of one incident",
        (
            Part("plan", Named("PlanIdentity")),
            Part("tier", Nullable(Named("TierAnswer"))),
            Part("duties", ListOf(Named("Duty"))),
            Part("prohibitions", ListOf(Named("Prohibition"))),
            Part("permissions", ListOf(Named("Permission"))),
            Part("undetermined", ListOf(Named("Undetermined"))),
            Part("violations", ListOf(Named("Violation"))),
            Part("principles", ListOf(Named("PrincipleAnswer"))),
            Part("readings", MapTo("ReadingId", TEXT)),
            Part("facts", MapTo("FactId", Nullable(SCALAR))),
            Part("notices", ListOf(Named("NoticeAnswer")), always=False),
            Part("exclusions", ListOf(Named("Exclusion")), always=False),
            Part("handoffs", ListOf(Named("Handoff")), always=False),
            Part("ladders", ListOf(Named("LadderAnswer")), always=False),
            Part("sources", ListOf(Named("LayerInForce")), always=False),
            Part("overrides", ListOf(Named("LayerOverride")), always=False, beside="sources"),
        ),
    ),
}
