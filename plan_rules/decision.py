"""The answer: a frozen Decision, with reasons, and the one JSON form of it.

A Decision says what is in force at one moment: duties in the order in which to act, prohibitions with what to do
instead, permissions, what is still unknown and what it blocks, violations, the principles and readings it rests on.
All names are ids of the plan; labels are the plan's own words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from plan_rules.gates import PENDING
from plan_rules.layer_answers import LayerInForce, Override

Jsonable: TypeAlias = bool | int | str | Mapping[str, str] | None


class PlanIdentity(NamedTuple):
    """Which plan decided: `digest` is `sha256:` and the hex SHA-256 of the text of the plan file."""

    id: str
    name: str
    version: str
    digest: str


class TierAnswer(NamedTuple):
    """The incident's present tier."""

    id: str
    label: str
    rank: int


class FactUsed(NamedTuple):
    """One fact that made a clause fire, where its value came from, and whose judgement it is.

    `source` is `stated`, `default`, or the id of the presumption (推定) that filled it in.
    """

    fact: str
    value: Jsonable
    source: str
    confirm_by: tuple[str, ...]


class Reason(NamedTuple):
    """Why a clause fired: the facts of its condition that hold."""

    clause: str
    facts: tuple[FactUsed, ...]


class BearerGroup(NamedTuple):
    """Roles of which one suffices (`any`), or the first available one acts (`first_available`).

    Of `first_contact` the one acts who was the first to receive it.
    """

    roles: tuple[str, ...]
    choice: str


class Post(NamedTuple):
    """What the plan says of a role: the organisation it belongs to; of a working group, its leader and members."""

    role: str
    organisation: str
    leader: str | None
    members: tuple[str, ...]


class Bearer(NamedTuple):
    """Who exactly: each group must; `through` does the work; `deputies` stand in; `excepted` are not bound.

    A `recipient` or `deadline` of its own (with its `status`) is there, in JSON too, only where the duty's differs;
    `posts` only where a role has an organisation, a leader or members.
    """

    groups: tuple[BearerGroup, ...]
    through: tuple[str, ...]
    deputies: tuple[str, ...]
    excepted: tuple[str, ...]
    recipient: str | None = None
    deadline: Due | None = None
    status: str = ""
    posts: tuple[Post, ...] = ()


class Due(NamedTuple):
    """By when.  `kind` is a Term; `due` is an ISO date or instant, once the fact that starts the clock is known."""

    text: str
    kind: str
    amount: int | None
    start: str | None
    due: str | None


class ApprovalAnswer(NamedTuple):
    """Whose approval is needed: of `all` of them or of `any`; who gave it, and whose is missing still."""

    need: str
    given: tuple[str, ...]
    missing: tuple[str, ...]


class DiscretionAnswer(NamedTuple):
    """Who judges whether it is done, what they are to weigh, and the fact that records the choice, if there is one."""

    roles: tuple[str, ...]
    considerations: tuple[str, ...]
    choice: str | None


class LadderPlace(NamedTuple):
    """Which step of a ladder it is, counted from 1, of how many."""

    ladder: str
    step: int
    of: int


class Duty(NamedTuple):
    """A role must do an action, to a recipient, by a deadline.

    `order`: 1 is first; duties of equal order are done together; None goes on throughout.  `status` is open, done,
    late or missed; or it is not in force: `awaiting_approval`, `at_discretion`, or a step that `failed`.  A defeasible
    duty can be overridden with a reason and an approver, both recorded.
    """

    action: str
    label: str
    roles: tuple[str, ...]
    recipient: str | None
    deadline: Due | None
    order: int | None
    status: str
    clauses: tuple[str, ...]
    defeasible: bool
    reasons: tuple[Reason, ...]
    bearers: tuple[Bearer, ...]
    approval: ApprovalAnswer | None = None
    discretion: DiscretionAnswer | None = None
    ladder: LadderPlace | None = None
    form: str | None = None

    @property
    def in_force(self) -> bool:
        """Is it a must now?"""
        return self.status not in PENDING


class Prohibition(NamedTuple):
    """A role must not do an action; `instead` lists the actions to take in its place.

    With an `approval` it ends once the approvals are given.
    """

    action: str
    label: str
    roles: tuple[str, ...]
    clauses: tuple[str, ...]
    defeasible: bool
    instead: tuple[str, ...]
    reasons: tuple[Reason, ...]
    bearers: tuple[Bearer, ...]
    approval: ApprovalAnswer | None = None


class Permission(NamedTuple):
    """A role may do an action; not yet while its `status` is `awaiting_approval` or `at_discretion`."""

    action: str
    label: str
    roles: tuple[str, ...]
    clauses: tuple[str, ...]
    reasons: tuple[Reason, ...]
    status: str = ""
    approval: ApprovalAnswer | None = None
    discretion: DiscretionAnswer | None = None

    @property
    def in_force(self) -> bool:
        """Is it allowed now?"""
        return self.status not in PENDING


class Undetermined(NamedTuple):
    """An unknown fact that would decide whether a clause fires, the question to ask, and the clauses it blocks."""

    fact: str
    question: str
    blocks: tuple[str, ...]


class Violation(NamedTuple):
    """What went wrong: `late` or `missed` by `days`, or `done` though forbidden (`days` is None)."""

    action: str
    kind: str
    days: int | None
    clauses: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.action}:{self.kind}" if self.days is None else f"{self.action}:{self.kind}:{self.days}"


class PrincipleAnswer(NamedTuple):
    """A principle in force: `clause` states it, `clauses` are the fired clauses that it governs."""

    id: str
    label: str
    clause: str
    clauses: tuple[str, ...]


class NoticeAnswer(NamedTuple):
    """Something to tell people that is not the plan's text; `origin` says where it comes from."""

    id: str
    text: str
    origin: str
    clauses: tuple[str, ...]


class ExclusionAnswer(NamedTuple):
    """A clause that says that the plan does not apply to this incident, and why it fires."""

    clause: str
    text: str
    reasons: tuple[Reason, ...]


class HandoffAnswer(NamedTuple):
    """Another plan takes the incident over: its name or id, to whom it is handed, by which clauses and why."""

    plan: str
    recipient: str | None
    clauses: tuple[str, ...]
    reasons: tuple[Reason, ...]


class LadderAnswer(NamedTuple):
    """Which step of a ladder the incident is at, of how many; `exhausted` where the last one failed too."""

    ladder: str
    step: int
    of: int
    exhausted: bool
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What the plan asks at one moment of one incident.  `fired` lists every clause that fires, in the plan's order.

    `sources` and `overrides` are empty, and not in the JSON, where nothing is laid over the plan.
    Where there are `exclusions` the plan does not apply: no tier, nothing demanded, forbidden or allowed, and only the
    excluding clauses are listed as fired.
    """

    plan: PlanIdentity
    tier: TierAnswer | None
    duties: tuple[Duty, ...]
    prohibitions: tuple[Prohibition, ...]
    permissions: tuple[Permission, ...]
    undetermined: tuple[Undetermined, ...]
    violations: tuple[Violation, ...]
    principles: tuple[PrincipleAnswer, ...]
    readings: Mapping[str, str]
    facts: Mapping[str, Jsonable]
    notices: tuple[NoticeAnswer, ...]
    fired: tuple[str, ...]
    sources: tuple[LayerInForce, ...] = ()
    overrides: tuple[Override, ...] = ()
    exclusions: tuple[ExclusionAnswer, ...] = ()
    handoffs: tuple[HandoffAnswer, ...] = ()
    ladders: tuple[LadderAnswer, ...] = ()

    @property
    def in_force(self) -> tuple[Duty, ...]:
        """The duties that are a must now: none that waits for approval or judgement, no step that failed."""
        return tuple(duty for duty in self.duties if duty.in_force)

    @property
    def pending(self) -> tuple[Duty | Permission, ...]:
        """What is listed and not in force: it waits for approval or judgement, or is a step that failed."""
        listed: tuple[Duty | Permission, ...] = (*self.duties, *self.permissions)
        return tuple(item for item in listed if not item.in_force)

    @property
    def allowed(self) -> tuple[Permission, ...]:
        """The permissions that are given now."""
        return tuple(permission for permission in self.permissions if permission.in_force)

    def requires(self, action: str) -> bool:
        """Is this action a duty now?"""
        return any(duty.action == action and duty.in_force for duty in self.duties)

    def forbids(self, action: str) -> bool:
        """Is this action prohibited now?"""
        return any(prohibition.action == action for prohibition in self.prohibitions)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object as Python dicts and lists.

        `notices`, `exclusions`, `handoffs` and `ladders` are there only when there is something to say.
        """
        return to_plain(self)

    def to_json(self, *, indent: int | None = None) -> str:
        """One JSON object in UTF-8 characters; equal decisions give equal bytes."""
        separators = (",", ":") if indent is None else None
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent, separators=separators)


def to_plain(decision: Decision) -> dict[str, Any]:
    """Decision -> the object of the JSON contract."""
    return {
        "plan": decision.plan._asdict(),
        "tier": decision.tier._asdict() if decision.tier else None,
        "duties": [item_object(duty) for duty in decision.duties],
        "prohibitions": [item_object(prohibition) for prohibition in decision.prohibitions],
        "permissions": [item_object(permission) for permission in decision.permissions],
        "undetermined": [item_object(undetermined) for undetermined in decision.undetermined],
        "violations": [item_object(violation) for violation in decision.violations],
        "principles": [item_object(principle) for principle in decision.principles],
        "readings": dict(decision.readings),
        "facts": dict(decision.facts),
        **{name: [item_object(item) for item in items] for name in _WHERE_ANY if (items := getattr(decision, name))},
        **layers_object(decision),
    }


def layers_object(decision: Decision) -> dict[str, Any]:
    """The part of the object that is there only where something is laid over the plan."""
    if not decision.sources:
        return {}
    return {name: [item_object(item) for item in getattr(decision, name)] for name in ("sources", "overrides")}


_WHERE_ANY = ("notices", "exclusions", "handoffs", "ladders")
_WAITING = ("status", "approval", "discretion", "ladder", "form")
_OWN = ("recipient", "deadline", "status", "posts")


_LEFT_OUT: Mapping[type, tuple[str, ...]] = {  # where there is nothing to say
    Bearer: _OWN,
    Duty: _WAITING,
    Prohibition: _WAITING,
    Permission: _WAITING,
}


def item_object(value: Any) -> Any:
    """A part of a decision as plain data."""
    if not isinstance(value, tuple):
        return value
    left_out = _LEFT_OUT.get(type(value))
    if left_out is not None:
        return {name: item_object(item) for name, item in value._asdict().items() if item or name not in left_out}  # type: ignore[attr-defined]
    if hasattr(value, "_asdict"):
        return {name: item_object(item) for name, item in value._asdict().items()}
    return [item_object(item) for item in value]


def outline(decision: Decision) -> dict[str, Any]:
    """Decision -> the ids of its tier and of what it demands, forbids and allows."""
    return {
        "tier": decision.tier.id if decision.tier else None,
        "duties": [item.action for item in decision.in_force],
        "prohibitions": [item.action for item in decision.prohibitions],
        "permissions": [item.action for item in decision.allowed],
    }
