"""The bytes of a request -> what is asked, or Refused: JSON of a bounded depth, each name once, exact types."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plan_rules.service.problem import Refused, refused

MOST_DEEP = 8
MOST_CLAUSES = 10  # of which one request may ask why they did not fire: each is searched for
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)
_CASE_ID = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$"
_SHORT = Annotated[str, Field(max_length=100)]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class DecideBody(_Body):
    """An incident: its facts, the instant of the decision (without one, nothing is late), and the plan's id."""

    facts: dict[str, Any] = {}
    at: _SHORT | None = None
    plan: _SHORT | None = None


class ExplainBody(DecideBody):
    """An incident; the clauses to explain (all that fired, without), and those of which to say why they did not."""

    clauses: Annotated[tuple[_SHORT, ...], Field(max_length=200, strict=False)] | None = None
    why_not: Annotated[tuple[_SHORT, ...], Field(max_length=MOST_CLAUSES, strict=False)] = ()


class AskBody(_Body):
    """What is known of an incident, and the plan's id."""

    facts: dict[str, Any] = {}
    plan: _SHORT | None = None


class OpenBody(DecideBody):
    """A case to begin: what is known, since when, who records it; `event` makes a repetition have no second effect."""

    case: Annotated[str, Field(pattern=_CASE_ID)] | None = None
    event: Annotated[str, Field(pattern=_CASE_ID)] | None = None
    by: Annotated[str, Field(pattern=_CASE_ID)] | None = None
    outlet: _SHORT = ""


class EventBody(_Body):
    """What happened in a case: an object with its `kind`; who records it, when it happened.

    With `expected`, it is recorded only if the case still stands at that version.
    """

    what: dict[str, Any]
    event: Annotated[str, Field(pattern=_CASE_ID)] | None = None
    by: Annotated[str, Field(pattern=_CASE_ID)] | None = None
    at: _SHORT | None = None
    expected: Annotated[int, Field(ge=0, le=1_000_000_000)] | None = None


Asked = TypeVar("Asked", bound=_Body)


def read_body(text: bytes, kind: type[Asked]) -> Asked:
    """What is asked.  Raises Refused."""
    value = parsed(text)
    if not isinstance(value, dict):
        raise refused(400, "body_invalid", "请求正文应是一个 JSON 对象", "the body is to be a JSON object")
    try:
        return kind.model_validate(value)
    except ValidationError as failure:
        raise _not_as_meant(failure) from failure


def parsed(text: bytes) -> Any:
    """The value of a JSON text.  Raises Refused."""
    _check_depth(text)
    try:
        return _DECODER.decode(text.decode("utf-8"))
    except (ValueError, RecursionError) as failure:
        raise refused(400, "body_invalid", "请求正文不是 JSON (UTF-8)", "the body is no JSON in UTF-8") from failure


def _check_depth(text: bytes) -> None:
    """A text with few brackets cannot be deep; one with many is looked through, without its strings."""
    if text.count(b"{") + text.count(b"[") <= MOST_DEEP:
        return
    depth = 0
    for found in _TOKENS.finditer(text):
        mark = found[0]
        depth += 1 if mark in b"[{" else -1 if mark in b"]}" else 0
        if depth > MOST_DEEP:
            raise refused(
                400, "too_deep", f"请求正文嵌套超过 {MOST_DEEP} 层", f"the body is nested more than {MOST_DEEP} deep"
            )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise refused(400, "body_invalid", "同一个名称写了两次", "a name is written twice")
    return found


def _no_number(name: str) -> Any:
    raise refused(400, "body_invalid", f"JSON 里没有 {name}", f"JSON has no {name}")


_DECODER = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_no_number)


def _not_as_meant(failure: ValidationError) -> Refused:
    """Where the body is not as it is meant; its values are not repeated."""
    first = failure.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part)[:40] for part in first["loc"][:4]) or "?"
    where = where.encode("utf-8", "replace").decode()
    if first["type"] == "extra_forbidden":
        return refused(400, "body_invalid", f"请求正文里没有“{where}”这一项", f"the body takes no `{where}`")
    return refused(
        400,
        "body_invalid",
        f"请求正文的“{where}”写法不对; 见 /openapi.json",
        f"`{where}` of the body is not as it is meant; see /openapi.json",
    )
