"""Cases -> an iCalendar file (RFC 5545): an entry for every duty that is due on a day or at an instant.

Entries are events (VEVENT) and no to-dos (VTODO), which many desktop calendars do not show.  A day is a whole-day
entry, an instant is in UTC, which every calendar shows in local time.  They take nobody's time (TRANSPARENT).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from plan_rules.cases.case import Case
from plan_rules.cases.duty_life import DutyLife, Life
from plan_rules.cases.extra import from_extra
from plan_rules.cases.message import message_id
from plan_rules.display_width import visible
from plan_rules.instants import CHINA
from plan_rules.wording import Wording

if TYPE_CHECKING:
    from icalendar import Alarm, Event

# When a calendar reminds, counted from the beginning of the day or from the instant; ours, not the plan's.
DAY_ALARMS = (timedelta(hours=-15), timedelta(hours=9))  # 9:00 on the day before, 9:00 on the day
INSTANT_ALARMS = (timedelta(minutes=-15),)
_PRODUCT = "-//plan_rules//cases//ZH"


def as_calendar(cases: Iterable[Case], lang: str = "zh") -> bytes:
    """The file, UTF-8; equal cases give equal bytes.  Raises ExtraMissing.

    An entry keeps its UID for good and takes the version of its case as SEQUENCE, so that a later file changes and does
    not double it: what has been done is marked so, and what lapsed or was set aside is cancelled.
    """
    with from_extra():
        from icalendar import Calendar  # noqa: PLC0415  comes with an extra

    calendar = Calendar()
    for name, value in (
        ("prodid", _PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("method", "PUBLISH"),
        ("x-wr-calname", "案件期限" if lang == "zh" else "Case deadlines"),
        ("x-wr-timezone", "Asia/Shanghai"),
    ):
        calendar.add(name, value)
    for case in sorted(cases, key=lambda case: case.id):
        for life in case.lives:
            for entry in _entries(case, life, lang):
                calendar.add_component(entry)
    return bytes(calendar.to_ical())


def _entries(case: Case, life: DutyLife, lang: str) -> Iterator[Event]:
    if life.due_at is not None:
        yield _entry(case, life, life.due_at, Wording(case.plan, lang))


def _entry(case: Case, life: DutyLife, due: date | datetime, tongue: Wording) -> Event:
    from icalendar import Event  # noqa: PLC0415  comes with an extra

    entry = Event()
    label = visible(tongue.action(life.action))
    entry.add("uid", message_id(case.id, "calendar", life.action, life.occasion) + "@plan-rules")
    entry.add("dtstamp", _utc(case.at))
    entry.add("sequence", case.version)
    entry.add("summary", f"{_mark(life, tongue)}{label} ({visible(case.id)})")
    entry.add("description", _description(case, life, label, tongue))
    entry.add("status", "CANCELLED" if life.status in (Life.LAPSED, Life.OVERRIDDEN) else "CONFIRMED")
    entry.add("transp", "TRANSPARENT")
    if isinstance(due, datetime):
        entry.add("dtstart", _utc(due))
    else:
        entry.add("dtstart", due)
        if due < date.max:
            entry.add("dtend", due + timedelta(days=1))  # the first day that is no longer meant
    if life.open:
        for alarm in INSTANT_ALARMS if isinstance(due, datetime) else DAY_ALARMS:
            entry.add_component(_alarm(alarm, label))
    return entry


def _mark(life: DutyLife, tongue: Wording) -> str:
    match life.status:
        case Life.DONE:
            return tongue("✓ 已办 ", "✓ done ")
        case Life.LAPSED:
            return tongue("(已失效) ", "(lapsed) ")
        case Life.OVERRIDDEN:
            return tongue("(已例外) ", "(set aside) ")
        case Life.IN_FORCE:
            return tongue("【期限】", "Due: ")


def _description(case: Case, life: DutyLife, label: str, tongue: Wording) -> str:
    """What, by whom, to whom, after which clauses: no facts, nothing personal."""
    duty = next((duty for duty in case.decision.duties if duty.action == life.action), None)
    rows = [
        (tongue("应当", "must"), label),
        (tongue("由谁", "who"), tongue.roles(duty.roles) if duty else ""),
        (tongue("时限", "within"), duty.deadline.text if duty and duty.deadline else ""),
        (tongue("依据", "clauses"), " ".join(life.clauses)),
        (tongue("案件", "case"), case.id),
        (tongue("预案", "plan"), f"{case.plan.name} {case.plan.version}"),
    ]
    return "\n".join(f"{name}: {visible(value)}" for name, value in rows if value)


def _alarm(before: timedelta, label: str) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415  comes with an extra

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", label)
    alarm.add("trigger", before)
    return alarm


def _utc(local: datetime) -> datetime:
    return local.replace(tzinfo=CHINA).astimezone(UTC)
