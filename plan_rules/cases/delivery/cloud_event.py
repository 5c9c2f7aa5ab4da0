"""A Message of the outbox -> the CloudEvent that carries it, whatever takes it there."""

from __future__ import annotations

from urllib.parse import quote

from plan_rules.cases.extra import from_extra
from plan_rules.cases.message import Message
from plan_rules.instants import CHINA, local

with from_extra():
    from cloudevents.core.v1.event import CloudEvent


def cloud_event(message: Message) -> CloudEvent:
    """The message as a CloudEvent 1.0; its id is the message's, the same for every attempt."""
    attributes = {
        "specversion": "1.0",
        "id": message.id,
        "source": f"/plan-rules/cases/{quote(message.case, safe='')}",
        "type": f"plan-rules.{message.kind}",
        "subject": message.body["action"],
        "time": local(message.at).replace(tzinfo=CHINA),
        "datacontenttype": "application/json",
    }
    return CloudEvent(attributes, {**message.body, "case": message.case, "attempt": message.attempt})
