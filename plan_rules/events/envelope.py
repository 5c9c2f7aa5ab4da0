"""(Headers, body) -> Incoming: one CloudEvent 1.0 in structured or binary mode, of a topic or a POST; or EventRefused.

Stricter than the standard where leniency would make two answers out of one event: `id` and `time` are never made up, a
key stands once, and sizes and depths are bounded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plan_rules.cases.extra import from_extra
from plan_rules.cases.refusal import EventRefused, refuse
from plan_rules.events.types import DIGEST, TRACE
from plan_rules.instants import local

with from_extra():
    from cloudevents.core.base import BaseCloudEvent, EventFactory
    from cloudevents.core.bindings import http, kafka
    from cloudevents.core.exceptions import CloudEventValidationError
    from cloudevents.core.formats.json import JSONFormat
    from cloudevents.core.v1.event import CloudEvent

MAX_BYTES = 65_536  # what CloudEvents asks everybody in between to carry
MAX_DEPTH = 32
MAX_ATTRIBUTE = 256  # characters of an id, a source, a type, a subject

STRUCTURED = "application/cloudevents+json"
_REQUIRED = ("specversion", "id", "source", "type", "time")
_NAMED = ("id", "source", "type", "subject", DIGEST, *TRACE)
_UNREADABLE = (ValueError, TypeError, RecursionError, OverflowError)


@dataclass(frozen=True, slots=True)
class Incoming:
    """A CloudEvent, as far as it is looked at.  `at` is its time, local and in whole seconds.

    `plan` is the digest of the plan that the sender asks for, `trace` the attributes that are handed on.
    """

    id: str
    source: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    subject: str | None = None
    plan: str | None = None
    trace: tuple[tuple[str, str], ...] = ()


def unpack(headers: Mapping[str, str | bytes], body: bytes) -> Incoming:
    """The event that these headers and this body carry: `ce_` headers of Kafka, `ce-` headers of HTTP, or JSON alone.

    Raises EventRefused (EV001, EV002, EV004).
    """
    if len(body) > MAX_BYTES:
        raise _unreadable(f"超过 {MAX_BYTES} 字节", f"longer than {MAX_BYTES} bytes")
    try:
        event = _event({name.lower(): _bytes(value) for name, value in headers.items()}, body)
    except CloudEventValidationError as failure:
        raise _malformed(failure.errors) from failure
    except _UNREADABLE as failure:
        raise _unreadable("不是合乎 CloudEvents 1.0 的 JSON", "no JSON that fits CloudEvents 1.0") from failure
    return _incoming(event)


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def _event(headers: Mapping[str, bytes], body: bytes) -> BaseCloudEvent:
    if any(name.startswith(kafka.CE_PREFIX) for name in headers):
        return kafka.from_binary(kafka.KafkaMessage(dict(headers), None, body), _FORMAT, _whole)
    if any(name.startswith(http.CE_PREFIX) for name in headers):
        told = {name: value.decode("ascii") for name, value in headers.items()}  # others are percent-encoded
        return http.from_binary(http.HTTPMessage(told, body), _FORMAT, _whole)
    kind = headers.get("content-type", STRUCTURED.encode()).partition(b";")[0].strip().lower()
    if kind != STRUCTURED.encode():
        raise _unreadable(f"既没有 ce_ 头, 也不是 {STRUCTURED}", f"neither `ce_` headers nor {STRUCTURED}")
    return _FORMAT.read(_whole, body)


class _StrictJSON(JSONFormat):
    """JSON in which a key stands once, numbers are numbers, and depth is bounded."""

    def read(self, event_factory: EventFactory | None, data: str | bytes) -> BaseCloudEvent:
        """The event of a JSON object."""
        plain = _json(data)
        if not isinstance(plain, dict):
            raise TypeError("no object")
        if isinstance(plain.get("time"), str):
            plain["time"] = datetime.fromisoformat(plain["time"])
        content = plain.pop("data", None)
        return (event_factory or _whole)(plain, content)

    def read_data(self, body: bytes, datacontenttype: str | None) -> Any:
        """The data of a binary event; JSON, whatever its content type says."""
        del datacontenttype
        return _json(body)


_FORMAT = _StrictJSON()


def _json(text: str | bytes) -> Any:
    """Raises ValueError, RecursionError."""
    plain = json.loads(text, object_pairs_hook=_once, parse_constant=_no_number)
    if _depth(plain) > MAX_DEPTH:
        raise ValueError("too deep")
    json.dumps(plain, ensure_ascii=False).encode()  # half a character pair has no bytes
    return plain


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _no_number(_: str) -> None:
    raise ValueError("no number")


def _depth(plain: Any) -> int:
    """How many objects and lists lie in one another."""
    deep, level = 0, [plain]
    while level := [part for part in level if isinstance(part, dict | list)]:
        deep += 1
        if deep > MAX_DEPTH:
            break
        level = [inner for part in level for inner in (part.values() if isinstance(part, dict) else part)]
    return deep


def _whole(attributes: dict[str, Any], data: Any) -> BaseCloudEvent:
    """The event, where all that is required is there: the package would make an id and a time up."""
    missing = [name for name in _REQUIRED if name not in attributes]
    if missing:
        raise _malformed(missing)
    return CloudEvent(attributes, data)


def _incoming(event: BaseCloudEvent) -> Incoming:
    attributes = event.get_attributes()
    wrong = [name for name in _NAMED if name in attributes and not _plain(attributes[name])]
    if wrong:
        raise _malformed(wrong)
    data = event.get_data()
    if not isinstance(data, dict):
        raise malformed_data("data")
    try:
        at = local(attributes["time"])
    except ValueError as failure:
        raise _malformed(["time"]) from failure
    return Incoming(
        id=attributes["id"],
        source=attributes["source"],
        type=attributes["type"],
        at=at,
        data=data,
        subject=attributes.get("subject"),
        plan=attributes.get(DIGEST),
        trace=tuple((name, attributes[name]) for name in TRACE if name in attributes),
    )


def _plain(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= MAX_ATTRIBUTE and value.isprintable()


# --------------------------------------------------------------------------- refusals


def _unreadable(zh: str, en: str) -> EventRefused:
    return refuse(
        "EV001",
        (f"不是一个能读的 CloudEvent: {zh}", f"no CloudEvent that can be read: {en}"),
        ("按参考文档“事件”里的例子发送", "send it as the examples of the reference on events show"),
    )


def _malformed(names: Iterable[str]) -> EventRefused:
    """Names of the standard are named; others are the sender's own, and are not repeated."""
    known = {*_REQUIRED, *_NAMED, "datacontenttype", "dataschema"}
    listed = sorted({name if name in known else "?" for name in names})
    return refuse(
        "EV002",
        (f"属性缺少或写法不对: {'、'.join(listed)}", f"attributes missing or malformed: {', '.join(listed)}"),
        (
            f"specversion 写 1.0; id、source、type: 至多 {MAX_ATTRIBUTE} 个字符的文字; time: 带时区的时刻",
            f"specversion is 1.0; id, source, type: texts up to {MAX_ATTRIBUTE} long; time: an instant with its offset",
        ),
        subject=listed[0],
    )


def malformed_data(where: str) -> EventRefused:
    """That the data are not as their type has them; `where` is a key of the schema."""
    return refuse(
        "EV004",
        (f"事件数据的“{where}”写法不对", f"`{where}` of the event's data is malformed"),
        (
            "按这种事件的 JSON Schema 写: plan-rules schema --events",
            "write it after the JSON Schema of its type: plan-rules schema --events",
        ),
        subject=where,
    )
