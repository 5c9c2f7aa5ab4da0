"""A Message -> a CloudEvent, signed after Standard Webhooks and POSTed to a URL."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime

from plan_rules.cases.delivery.cloud_event import cloud_event
from plan_rules.cases.delivery.posting import check_url, post
from plan_rules.cases.extra import from_extra
from plan_rules.cases.message import Message

with from_extra():
    import httpx
    from cloudevents.core.bindings.http import HTTPMessage, to_structured
    from cloudevents.core.formats.json import JSONFormat
    from standardwebhooks import Webhook as Signer

_SECRET_PREFIX = "whsec_"  # noqa: S105  says that a secret follows
_SECRET_BYTES = 24  # the least that Standard Webhooks allows


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Webhook:
    """POSTs each message to the URL as a CloudEvent (`application/cloudevents+json`).

    `secret` is `whsec_` and the base64 of 24 bytes or more; with it, the headers `webhook-id`, `webhook-timestamp` and
    `webhook-signature` let the receiver check who sent it.  `timeout` is in seconds, for the whole exchange.  `client`
    is for certificates, proxies and passwords of your own; you close it.  `clock` tells the instant that is signed,
    which receivers compare with their own.  Raises ValueError for a URL or a secret that cannot be used.
    """

    url: str = field(repr=False)  # often holds a token
    secret: str | None = field(default=None, repr=False)
    _: KW_ONLY
    timeout: int = 10
    client: httpx.Client | None = field(default=None, repr=False)
    clock: Callable[[], datetime] = field(default=_utc_now, repr=False)

    def __post_init__(self) -> None:
        check_url(self.url)
        if self.secret is not None:
            _check_secret(self.secret)

    def __call__(self, message: Message) -> None:
        """Deliver.  Raises Undelivered, see `post`."""
        event = to_event(message)
        headers = {**event.headers, "idempotency-key": message.id, "user-agent": "plan-rules"}
        if self.secret is not None:
            headers |= signature(self.secret, message.id, self.clock(), event.body)
        post(self.url, event.body, headers, timeout=self.timeout, client=self.client)


def to_event(message: Message) -> HTTPMessage:
    """The message as a CloudEvent 1.0 in structured mode: its headers and its body."""
    return to_structured(cloud_event(message), JSONFormat())


def signature(secret: str, message_id: str, instant: datetime, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks.  `instant` knows its offset."""
    signed_at = instant.astimezone(UTC).replace(microsecond=0)  # the package takes every instant for one in UTC
    return {
        "webhook-id": message_id,
        "webhook-timestamp": format(signed_at.timestamp(), ".0f"),
        "webhook-signature": Signer(secret).sign(message_id, signed_at, body.decode()),
    }


def _check_secret(secret: str) -> None:
    """Raises ValueError, which does not quote the secret: the package itself takes any text for base64."""
    text = secret.removeprefix(_SECRET_PREFIX)
    try:
        size = len(b64decode(text + "=" * (-len(text) % 4), validate=True))
    except (binascii.Error, ValueError):
        size = 0
    if size < _SECRET_BYTES:
        raise ValueError(
            f"签名密钥须为 whsec_ 加至少 {_SECRET_BYTES} 个字节的 base64 / "
            f"the secret must be whsec_ and the base64 of at least {_SECRET_BYTES} bytes"
        )
