"""What an adapter promises (Deliver), and how it says that a message did not get there (Undelivered)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from plan_rules import errors
from plan_rules.cases.message import Message

Deliver: TypeAlias = Callable[[Message], None]


class Undelivered(errors.PlanRulesError):
    """The message was not accepted; `permanent` where trying again cannot help.

    `message` is kept with what was not delivered and read by many: it names kinds of failure and roles, never what the
    message says, nor a secret, an address or a person.
    """

    def __init__(self, message: errors.Message, permanent: bool = False) -> None:
        self.message = message
        self.permanent = permanent
        super().__init__(message, permanent)

    def __str__(self) -> str:
        return f"{self.message.zh} / {self.message.en}"
