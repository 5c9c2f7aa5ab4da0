"""DutyLife: a duty of a case from the moment it comes into force until it is done, lapses or is overridden.

A duty that lapsed or was done and is required anew lives again: `occasion` counts its lives from 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from plan_rules.instants import read_due, read_instant, written


def later(instant: datetime, **wait: int) -> datetime | None:
    """The instant so many `days`, `minutes` or `seconds` on; None where the calendar ends before it."""
    try:
        return instant + timedelta(**wait)
    except OverflowError:
        return None


class Life(StrEnum):
    """How it stands with a duty."""

    IN_FORCE = "in_force"
    DONE = "done"
    LAPSED = "lapsed"  # no longer required, and not done
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True)
class DutyLife:
    """One life of one duty.

    `until` is when it was done, lapsed or overridden, `by` who did it or approved of leaving it.  `required` says
    whether the plan still lists it.  `due` is an ISO day or instant; `violation` is `late`, `missed` or empty, and
    `days` by how many.  `rungs` of the ladder have been told of it; `reminded` is set once somebody was reminded,
    `told` once it was open, so that somebody had to be told of it.
    """

    action: str
    occasion: int
    since: datetime
    clauses: tuple[str, ...]
    term: str = ""  # how soon: a Term, or empty
    status: Life = Life.IN_FORCE
    required: bool = True
    until: datetime | None = None
    by: str = ""
    due: str | None = None
    violation: str = ""
    days: int | None = None
    said: bool = False  # done or overridden because somebody said so, not because a fact shows it
    rungs: int = 0
    reminded: bool = False
    told: bool = False

    @property
    def open(self) -> bool:
        """Is it still to be done?"""
        return self.status is Life.IN_FORCE

    @property
    def due_at(self) -> date | datetime | None:
        """The last day, or the last instant, at which it is done in time."""
        return None if self.due is None else read_due(self.due)

    @property
    def overdue_from(self) -> datetime | None:
        """The first moment at which it is overdue; None where it has no due day or instant."""
        due = self.due_at
        if due is None:
            return None
        if isinstance(due, datetime):
            return later(due, seconds=1)
        return later(datetime.combine(due, time()), days=1)

    def overdue(self, at: datetime) -> bool:
        """Is it still to be done at this instant, though it was due before?"""
        return self.open and self.overdue_from is not None and at >= self.overdue_from

    def to_dict(self) -> dict[str, Any]:
        """As JSON; what is empty is left out."""
        plain = {
            "action": self.action,
            "occasion": self.occasion,
            "since": written(self.since),
            "clauses": list(self.clauses),
            "term": self.term,
            "status": self.status.value,
            "required": self.required,
            "until": written(self.until) if self.until else None,
            "by": self.by,
            "due": self.due,
            "violation": self.violation,
            "days": self.days,
            "said": self.said,
            "rungs": self.rungs,
            "reminded": self.reminded,
            "told": self.told,
        }
        return {name: value for name, value in plain.items() if value not in ("", None)}


def life_of(plain: Mapping[str, Any]) -> DutyLife:
    """The DutyLife of its JSON."""
    fields = dict(plain)
    fields |= {name: read_instant(plain[name]) for name in ("since", "until") if name in plain}
    fields |= {"clauses": tuple(plain["clauses"]), "status": Life(plain["status"])}
    return DutyLife(**fields)
