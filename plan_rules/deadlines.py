"""(Time limit, the instant that starts its clock) -> when it is due; (due, done, now) -> done, late, missed or open.

Days are counted as the reading of the plan says: the starting day does not count and the last day ends at 24:00.
A start after a limit's cut-off counts as one on the next day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import NamedTuple

from plan_rules.calendars import CHINA, Calendar
from plan_rules.errors import CalendarUnknown
from plan_rules.instants import Instant
from plan_rules.norm import Term, TimeLimit

_ONE_DAY = timedelta(days=1)
_MONTHS = 12  # of a year


class Standing(NamedTuple):
    """How a duty stands: its status, and by how many days it is late or missed."""

    status: str
    days: int | None = None


def due(limit: TimeLimit, start: Instant | None, calendar: Calendar = CHINA) -> date | datetime | None:
    """The last day (for days) or the last instant (for minutes and hours); None while the clock has not started.

    Raises CalendarUnknown where working days of a year are needed that the calendar does not know, or a day after the
    year 9999.
    """
    if limit.amount is None or not isinstance(start, date):
        return None
    try:
        return _due(limit, limit.amount, start, calendar)
    except OverflowError:
        raise CalendarUnknown(date.max.year + 1) from None


def _due(limit: TimeLimit, amount: int, start: date, calendar: Calendar) -> date | datetime | None:
    match limit.term:
        case Term.MINUTES | Term.HOURS:
            unit = timedelta(minutes=1) if limit.term is Term.MINUTES else timedelta(hours=1)
            return start + amount * unit if isinstance(start, datetime) else None
        case Term.NATURAL_DAYS:
            last = _starting_day(limit, start, calendar) + timedelta(days=amount)
            return _next_working_day(last, calendar) if limit.roll else last
        case Term.WORKING_DAYS:
            return _working_days_after(_starting_day(limit, start, calendar), amount, calendar)
        case Term.WEEKS:
            last = _starting_day(limit, start, calendar) + timedelta(weeks=amount)
            return _next_working_day(last, calendar) if limit.roll else last
        case Term.MONTHS | Term.YEARS:
            months = amount if limit.term is Term.MONTHS else _MONTHS * amount
            last = _months_after(_starting_day(limit, start, calendar), months)
            return _next_working_day(last, calendar) if limit.roll else last
        case _:
            return None


def standing(due_at: date | datetime | None, done: bool, done_on: Instant | None, now: datetime | None) -> Standing:
    """Open, done, late or missed.  Only a duty with a due day or instant can be late or missed."""
    if done:
        days = _days_past(due_at, done_on) if due_at is not None and done_on is not None else None
        return Standing("done") if days is None else Standing("late", days)
    days = _days_past(due_at, now) if due_at is not None and now is not None else None
    return Standing("open") if days is None else Standing("missed", days)


def _days_past(due_at: date | datetime, instant: Instant) -> int | None:
    """Whole days from the due day to the instant's day, or None while the instant is not past the due one."""
    if not isinstance(instant, date):
        return None
    if isinstance(due_at, datetime):
        past = instant > due_at if isinstance(instant, datetime) else instant > due_at.date()
    else:
        past = _day(instant) > due_at
    return (_day(instant) - _day(due_at)).days if past else None


def _day(instant: date | datetime) -> date:
    return instant.date() if isinstance(instant, datetime) else instant


def _starting_day(limit: TimeLimit, start: date, calendar: Calendar) -> date:
    """The day that does not count: that of the start or, after the cut-off, the next one.

    Where working days count, a cut-off also takes a start on a day of rest for one on the next day of work: what comes
    later is never due earlier.
    """
    day = _day(start)
    if limit.cutoff is None or not isinstance(start, datetime):
        return day
    if start.time() > limit.cutoff:
        day += _ONE_DAY
    return _next_working_day(day, calendar) if limit.roll or limit.term is Term.WORKING_DAYS else day


def _months_after(day: date, amount: int) -> date:
    """The same day of a later month, or the last day of a month that is too short.  OverflowError after 9999."""
    year, month = divmod(_MONTHS * day.year + day.month - 1 + amount, _MONTHS)
    if year > date.max.year:
        raise OverflowError(year)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _working_days_after(day: date, amount: int, calendar: Calendar) -> date:
    for _ in range(amount):
        day = _next_working_day(day + _ONE_DAY, calendar)
    return day


def _next_working_day(day: date, calendar: Calendar) -> date:
    """This day, or the first working day after it."""
    while not calendar.is_working_day(day):
        day += _ONE_DAY
    return day
