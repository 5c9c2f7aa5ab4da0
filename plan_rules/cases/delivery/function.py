"""Any Python function of a Message -> an adapter: whatever the function raises, the message is tried again."""

from __future__ import annotations

from collections.abc import Callable

from plan_rules import errors
from plan_rules.cases.delivery.undelivered import Deliver, Undelivered
from plan_rules.cases.message import Message


def to_callable(function: Callable[[Message], object]) -> Deliver:
    """An adapter that calls the function, whose answer is not looked at.

    An exception becomes Undelivered and names the exception's type alone: its text could quote the message.  An
    Undelivered of the function's own passes as it is, so the function can say `permanent`.
    """

    def deliver(message: Message) -> None:
        try:
            function(message)
        except Undelivered:
            raise
        except Exception as failure:  # of somebody else's code nothing is known, and one message must not stop the rest
            kind = type(failure).__name__
            raise Undelivered(
                errors.Message(f"接收函数出错: {kind}", f"the receiving function raised {kind}")
            ) from failure

    return deliver
