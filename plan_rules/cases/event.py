"""Event: what happened in a case, when, and who says so; and its one form as JSON.

Events are facts of the past: they are never changed.  Time comes in with them: `at` is local time, in whole seconds.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from plan_rules.cases.refusal import EventRefused, refuse
from plan_rules.instants import local

NAME = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$"

Name: TypeAlias = Annotated[str, Field(pattern=NAME)]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=500)]
# Of an action, role or fact, in the vocabulary of the plan.
Id: TypeAlias = Annotated[str, Field(min_length=1, max_length=100)]
FactJson: TypeAlias = bool | int | str | dict[str, str] | None
Instant: TypeAlias = Annotated[datetime, AfterValidator(local)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Opened(_Frozen):
    """The case begins: the plan it is held to, and what is known."""

    kind: Literal["opened"] = "opened"
    plan: str  # the digest of the plan
    facts: dict[Id, FactJson] = {}
    outlet: Annotated[str, Field(max_length=100)] = ""


class Observed(_Frozen):
    """Something has been seen or found out; facts that turned out wrong are withdrawn."""

    kind: Literal["observed"] = "observed"
    facts: dict[Id, FactJson] = {}
    withdrawn: tuple[Id, ...] = ()


class Done(_Frozen):
    """A duty has been done, by this role."""

    kind: Literal["done"] = "done"
    action: Id
    role: Annotated[str, Field(max_length=100)] = ""


class Breached(_Frozen):
    """Something that is forbidden has been seen done."""

    kind: Literal["breached"] = "breached"
    action: Id
    role: Annotated[str, Field(max_length=100)] = ""


class Overridden(_Frozen):
    """A duty or prohibition that binds as a rule is set aside, with a reason and an approver."""

    kind: Literal["overridden"] = "overridden"
    action: Id
    reason: Words
    approver: Name


class HandedOver(_Frozen):
    """A role is handed to another, such as from A角 to B角."""

    kind: Literal["handed_over"] = "handed_over"
    role: Id
    to: Id


class Noted(_Frozen):
    """Something to remember; the words themselves are personal data and are kept apart."""

    kind: Literal["noted"] = "noted"


class Resolved(_Frozen):
    """The incident is resolved (处理完)."""

    kind: Literal["resolved"] = "resolved"


class Reopened(_Frozen):
    """The incident was not over."""

    kind: Literal["reopened"] = "reopened"
    reason: Words


class Upgraded(_Frozen):
    """From now on the case is held to another version of the plan."""

    kind: Literal["upgraded"] = "upgraded"
    plan: str


class Reviewed(_Frozen):
    """Somebody, or the clock, looked at the case: what is late by now is recorded."""

    kind: Literal["reviewed"] = "reviewed"


class Closed(_Frozen):
    """Nothing more is to be done."""

    kind: Literal["closed"] = "closed"


class Erased(_Frozen):
    """Personal data of these kinds was erased; what is left is that it was there."""

    kind: Literal["erased"] = "erased"
    items: tuple[Id, ...]
    reason: Words


What: TypeAlias = (
    Opened
    | Observed
    | Done
    | Breached
    | Overridden
    | HandedOver
    | Noted
    | Resolved
    | Reopened
    | Upgraded
    | Reviewed
    | Closed
    | Erased
)


class Sealed(_Frozen):
    """That a personal datum was recorded: its kind, where it is kept, and a commitment to what it said."""

    item: Id
    ref: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    commitment: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


class Event(_Frozen):
    """What happened, when, and who says so.  `id` is the caller's: recording it twice has no second effect."""

    id: Name
    at: Instant
    by: Name  # a staff number or a system, never a person's name
    what: Annotated[What, Field(discriminator="kind")]
    sealed: tuple[Sealed, ...] = ()


_Kind = TypeVar("_Kind", bound=_Frozen)
_WHAT: TypeAdapter[What] = TypeAdapter(Annotated[What, Field(discriminator="kind")])
# What `json` and pydantic raise for a value that is no JSON: a ring, one too deep, a number too long, another type.
_NOT_JSON = (ValueError, TypeError, RecursionError)


def happened(kind: type[_Kind], **fields: Any) -> _Kind:
    """What happened, of Python values.  Raises EventRefused."""
    try:
        return kind(**fields)
    except ValidationError as failure:
        raise _malformed(failure) from failure


def made(**fields: Any) -> Event:
    """An Event of Python values.  Raises EventRefused."""
    return happened(Event, **fields)


def what_of(fields: Mapping[str, Any]) -> What:
    """What happened, of a JSON object with its `kind`.  Raises EventRefused."""
    try:
        return _WHAT.validate_json(json.dumps(fields))
    except _NOT_JSON as failure:
        raise _malformed(failure) from failure


def written(event: Event) -> dict[str, Any]:
    """The event as a JSON object."""
    return event.model_dump(mode="json")


def read(body: Mapping[str, Any]) -> Event:
    """The event of a JSON object.  Raises EventRefused."""
    try:
        return Event.model_validate_json(json.dumps(body))
    except _NOT_JSON as failure:
        raise _malformed(failure) from failure


def _malformed(failure: Exception) -> EventRefused:
    """Where an event is malformed; the values themselves may be personal and are not shown."""
    if not isinstance(failure, ValidationError):
        where = "?"
    else:
        first = failure.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "?"
    return refuse(
        "CS001",
        (f"事件的“{where}”写法不对", f"`{where}` of the event is malformed"),
        ("见参考文档“案件”里各种事件的写法", "see the reference on cases for the form of each event"),
        subject=where,
    )
