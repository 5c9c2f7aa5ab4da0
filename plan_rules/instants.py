"""Text or Python values <-> days and instants, in the bank's local time (UTC+8, China Standard Time)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import TypeAlias

CHINA = timezone(timedelta(hours=8))
Instant: TypeAlias = date | datetime | time

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?")


def local(instant: datetime) -> datetime:
    """The instant in local time, without an offset and in whole seconds.  ValueError where the calendar ends."""
    try:
        moved = instant.astimezone(CHINA).replace(tzinfo=None) if instant.tzinfo else instant
    except OverflowError as error:
        raise ValueError(str(error)) from None
    return moved.replace(microsecond=0)


def read_day(text: str) -> date | None:
    """`2025-03-10` -> the day; None for anything else."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """`2025-05-20T09:41`, with seconds or an offset if need be -> local instant; None for anything else."""
    if not _INSTANT.fullmatch(text):
        return None
    try:
        return local(datetime.fromisoformat(text.replace("Z", "+00:00")))
    except ValueError:
        return None


def read_due(text: str) -> date | datetime | None:
    """A day or an instant; None for anything else."""
    return read_day(text) or read_instant(text)


def stored_instant(text: str) -> datetime:
    """The instant that `written` wrote.  ValueError where it is none."""
    found = read_instant(text)
    if found is None:
        raise ValueError(text)
    return found


def read_clock(text: str) -> time | None:
    """`9:41` or `09:41:30` -> time of day; None for anything else."""
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    try:
        return time(int(found[1]), int(found[2]), int(found[3] or 0))
    except ValueError:
        return None


def read_moment(at: date | datetime | str | None) -> datetime | None:
    """The instant of a decision; a day alone is its first moment.  ValueError where it is neither."""
    if at is None:
        return None
    if isinstance(at, str):
        found = read_instant(at)
        day = read_day(at)
        if found is None and day is None:
            raise ValueError(at)
        return found if found is not None else datetime.combine(day or date.min, time())
    if isinstance(at, datetime):
        return local(at)
    if isinstance(at, date):
        return datetime.combine(at, time())
    raise ValueError(at)


def written(instant: Instant) -> str:
    """ISO 8601, to the minute where there are no seconds."""
    if isinstance(instant, datetime):
        return instant.isoformat("T", "seconds" if instant.second else "minutes")
    if isinstance(instant, time):
        return instant.isoformat("seconds" if instant.second else "minutes")
    return instant.isoformat()
