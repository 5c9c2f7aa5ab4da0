"""(Cases, instant) -> Due rows: every duty still to be done, the most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from plan_rules.cases.case import Case, Phase
from plan_rules.cases.days import rest_note, weekday
from plan_rules.cases.duty_life import DutyLife
from plan_rules.cases.lives import reminder_of
from plan_rules.decision import Duty
from plan_rules.instants import read_due, written
from plan_rules.norm import Term


@dataclass(frozen=True, slots=True)
class Due:
    """A duty still to be done.  Ids of the plan, and `label` and `within` in its words.

    `acting` are the roles after handovers.  `due` is an ISO day or instant, None while no clock runs; `due_by` the
    first moment at which it is overdue or, of a duty to be done at once, since when it is required.  `overdue` and
    `days_late` (whole days; 0: since earlier that day) are as of the instant asked about.  `remind_at` is when it is
    reminded of.  `told` are the roles, rung by rung, that the ladder has named so far.
    """

    case: str
    outlet: str
    action: str
    occasion: int
    label: str
    roles: tuple[str, ...]
    acting: tuple[str, ...]
    recipient: str | None
    since: datetime
    term: str
    within: str
    due: str | None
    due_by: datetime | None
    overdue: bool
    days_late: int | None
    weekday: str
    note: str
    remind_at: datetime | None
    told: tuple[tuple[str, ...], ...]
    clauses: tuple[str, ...]

    @property
    def immediate(self) -> bool:
        """Is it to be done at once?"""
        return self.term == Term.IMMEDIATE.value

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__}


def due_list(cases: Iterable[Case], at: datetime, lang: str = "zh") -> tuple[Due, ...]:
    """What is to be done in these cases, the most pressing first.

    Overdue duties, the longest overdue before the others; then what is to be done at once; then by the day or instant
    at which it is due; then the rest, by when it came into force.

    `lang` is that of `weekday` and `note`.  Nothing is to be done in a closed case.
    """
    rows = [due for case in cases if case.phase is not Phase.CLOSED for due in dues(case, at, lang)]
    return tuple(sorted(rows, key=_urgency))


def dues(case: Case, at: datetime, lang: str = "zh") -> Iterator[Due]:
    """The open duties of one case, in the order in which to act."""
    duties = {duty.action: (place, duty) for place, duty in enumerate(case.decision.duties)}
    lives = [life for life in case.lives if life.open and life.action in duties]
    for life in sorted(lives, key=lambda life: duties[life.action][0]):
        yield _due(case, life, duties[life.action][1], at, lang)


def _due(case: Case, life: DutyLife, duty: Duty, at: datetime, lang: str) -> Due:
    day = due_day(life.due)
    overdue = life.overdue(at)
    at_once = life.term == Term.IMMEDIATE.value
    return Due(
        case=case.id,
        outlet=case.outlet,
        action=life.action,
        occasion=life.occasion,
        label=duty.label,
        roles=duty.roles,
        acting=case.acting(duty.roles),
        recipient=duty.recipient,
        since=life.since,
        term=life.term,
        within=duty.deadline.text if duty.deadline else "",
        due=life.due,
        due_by=life.since if at_once else life.overdue_from,
        overdue=overdue,
        days_late=(at.date() - day).days if overdue and day else None,
        weekday=weekday(day, lang) if day else "",
        note=rest_note(day, case.calendar, lang) if day and not isinstance(life.due_at, datetime) else "",
        remind_at=reminder_of(case, life),
        told=tuple(rung.to for rung in case.plan.case.ladder[: life.rungs]),
        clauses=life.clauses,
    )


def due_day(due: str | None) -> date | None:
    """The day of a due day or instant."""
    found = None if due is None else read_due(due)
    return found.date() if isinstance(found, datetime) else found


def _urgency(due: Due) -> tuple[int, datetime, str]:
    if due.overdue:
        return (0, due.due_by or due.since, due.case)
    if due.immediate:
        return (1, due.since, due.case)
    return (2, due.due_by, due.case) if due.due_by else (3, due.since, due.case)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return written(value)
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
