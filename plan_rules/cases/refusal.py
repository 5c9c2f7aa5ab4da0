"""EventRefused: why a case does not take an event, with what to do instead."""

from __future__ import annotations

from collections.abc import Iterable

from plan_rules.errors import DiagnosedError, Diagnostic, Message, Severity


class EventRefused(DiagnosedError):
    """The case does not take this event; nothing was recorded."""

    noun = Message("没有登记", "nothing was recorded")


def refuse(code: str, message: tuple[str, str], help_: tuple[str, str], *, subject: str | None = None) -> EventRefused:
    """The refusal with one Diagnostic."""
    return EventRefused((Diagnostic(code, Severity.ERROR, Message(*message), help=Message(*help_), subject=subject),))


def listed(zh: str, en: str, names: Iterable[str]) -> tuple[str, str]:
    """What would do in the place of what was named."""
    found = list(names)
    return zh + ("、".join(found) or "没有"), en + (", ".join(found) or "none")
