"""One request as the service sees it: its id, who asks, in which language; what of it is logged and counted."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from plan_rules.extra import from_extra
from plan_rules.service.tokens import Caller

with from_extra("service"):
    from starlette.types import Scope

UNROUTED = "unrouted"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{1,64}")
_KEY = "plan_rules.call"


@dataclass(slots=True)
class Call:
    """What is known of a request; `route` and `plan` once it is known which they are."""

    id: str
    lang: str
    caller: Caller | None = None
    route: str = UNROUTED
    plan: str | None = None
    error: str | None = None
    status: int = 0

    def kept_in(self, scope: Scope) -> None:
        """Lay it where `call_of` finds it."""
        scope[_KEY] = self


def call_of(scope: Scope) -> Call:
    """The call that a request is."""
    call = scope[_KEY]
    assert isinstance(call, Call)
    return call


def request_id(given: str) -> str:
    """The id given, where it is well-formed; else a new one."""
    return given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
