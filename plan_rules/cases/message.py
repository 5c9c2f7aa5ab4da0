"""What is sent out of a case: a Message, made in the same transaction as the event that requires it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

REQUIRED = "duty.required"  # a duty came into force
ESCALATED = "duty.escalated"  # a duty is overdue, and the ladder names whom to tell
REMINDED = "duty.reminded"  # a duty that is to be done at once is still open


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to tell somebody.

    `id` is the idempotency key: the same for every attempt to deliver it, and for no other message.  `at` is the
    local instant of the event that made it.  `body` is JSON: `action`, `label`, `occasion`, `roles`, `recipient`,
    `deadline` (as in a decision, or null), `clauses`, `tier` and `plan` (ids and digest), and, of an escalation, `rung`
    and `to` (roles).  It holds no personal data.  `attempt` is 1 the first time.
    """

    id: str
    case: str
    kind: str
    at: datetime
    body: Mapping[str, Any]
    attempt: int = 1


def message_id(case: str, kind: str, action: str, occasion: int, rung: int = 0) -> str:
    """The idempotency key: one for each case, kind, action, occasion and rung of the ladder."""
    key = "\x1f".join((case, kind, action, str(occasion), str(rung)))
    return hashlib.sha256(key.encode()).hexdigest()
