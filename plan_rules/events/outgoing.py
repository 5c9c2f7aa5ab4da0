"""Outgoing: an answer as a CloudEvent, and its one form on the wire; the same answer always has the same bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plan_rules.cases.extra import from_extra
from plan_rules.events.types import DIGEST, KEY, PROBLEM, VERSION, schema_name
from plan_rules.instants import CHINA
from plan_rules.plan import Plan

with from_extra():
    from cloudevents.core.bindings import http, kafka
    from cloudevents.core.formats.json import JSONFormat
    from cloudevents.core.v1.event import CloudEvent


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to send.  `at` is a local instant; `plan` is the plan that answered."""

    id: str
    source: str
    type: str
    at: datetime
    data: Mapping[str, Any]
    plan: Plan
    subject: str | None = None
    trace: tuple[tuple[str, str], ...] = ()

    @property
    def is_problem(self) -> bool:
        """Does it tell of an event that was not taken?"""
        return self.type == PROBLEM

    def attributes(self) -> dict[str, Any]:
        """The attributes of the CloudEvent, extension attributes among them."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            **({"subject": self.subject} if self.subject else {}),
            "time": self.at.replace(tzinfo=CHINA),
            "datacontenttype": "application/json",
            "dataschema": schema_name(self.type),
            DIGEST: self.plan.digest,
            VERSION: self.plan.version,
            KEY: self.subject or self.id,
            **dict(self.trace),
        }

    def to_kafka(self, *, binary: bool = False) -> kafka.KafkaMessage:
        """Headers, key and value for a topic; the key keeps what belongs together in order."""
        pack = kafka.to_binary if binary else kafka.to_structured
        return pack(self._event(), JSONFormat())

    def to_http(self, *, binary: bool = False) -> http.HTTPMessage:
        """Headers and body for a POST or an answer."""
        pack = http.to_binary if binary else http.to_structured
        return pack(self._event(), JSONFormat())

    def _event(self) -> CloudEvent:
        return CloudEvent(self.attributes(), dict(self.data))


def id_of(*parts: str) -> str:
    """An id that follows from these parts, and from no others: 64 hexadecimal digits."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
