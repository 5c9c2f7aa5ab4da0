"""Time limits -> how soon each is, and which of several differ."""

from __future__ import annotations

from dataclasses import replace

from plan_rules.norm import COUNTED, Term, TimeLimit

_DAY = 24 * 60  # minutes
_URGENCY = {term: index for index, term in enumerate((*COUNTED, *(term for term in Term if term not in COUNTED)))}


def urgency(limit: TimeLimit) -> tuple[int, int, int]:
    """How soon: of several time limits the least is the most urgent; the earlier a cut-off, the more it puts off."""
    cutoff = limit.cutoff
    delay = 0 if cutoff is None else _DAY - cutoff.hour * 60 - cutoff.minute
    return (_URGENCY[limit.term], limit.amount or 0, delay)


def apart(limits: list[TimeLimit], demanded: TimeLimit | None) -> tuple[TimeLimit | None, ...]:
    """The most urgent limit from each start of a clock, or else in words; None where it is what is demanded anyway."""
    by_clock: dict[str | None, TimeLimit] = {}
    for limit in sorted(limits, key=urgency):
        by_clock.setdefault(limit.start, limit)
    counted = [limit for limit in by_clock.values() if limit.term in COUNTED]
    kept = counted or list(by_clock.values())[:1]
    return tuple(None if demanded and same_time(limit, demanded) else limit for limit in kept) or (None,)


def same_time(one: TimeLimit, other: TimeLimit) -> bool:
    """Do the limits say the same, however it is worded?"""
    return replace(one, text="") == replace(other, text="")
