"""A Message -> the system, mailbox or function that is to hear of it; Undelivered where it did not get there.

An adapter is any `Deliver`: it returns when the message was accepted and raises Undelivered otherwise.  Delivery is
at-least-once: a message can come again, always with the same id.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from plan_rules.cases.delivery.function import to_callable
from plan_rules.cases.delivery.mail import Mail, names_of
from plan_rules.cases.delivery.undelivered import Deliver, Undelivered

if TYPE_CHECKING:
    from plan_rules.cases.delivery.posting import post
    from plan_rules.cases.delivery.webhook import Webhook

__all__ = ["Deliver", "Mail", "Undelivered", "Webhook", "names_of", "post", "to_callable"]

_OVER_HTTP = {"Webhook": "webhook", "post": "posting"}


def __getattr__(name: str) -> Any:
    """What needs an HTTP client, loaded on first use.  Raises ExtraMissing where none is installed."""
    if name not in _OVER_HTTP:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_OVER_HTTP[name]}"), name)
