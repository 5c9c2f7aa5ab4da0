"""(Case, Event) -> Step: the case as it stands after the event, what changed, and what has to be sent.

Pure: the same events give the same case.  A case is held to one plan until an event moves it to another.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import Any

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.duty_life import DutyLife, Life, life_of
from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.fact import Fact, Kind
from plan_rules.instants import stored_instant, written
from plan_rules.plan import Plan


class Phase(StrEnum):
    """Where a case is in its life."""

    OPEN = "open"
    RESOLVED = "resolved"
    CLOSED = "closed"


LIVE = (Phase.OPEN, Phase.RESOLVED)  # there may be something to do


@dataclass(frozen=True, slots=True)
class Breach:
    """Something forbidden that was seen done, and what to do in its place.  `excused`: it had been set aside."""

    action: str
    at: datetime
    role: str
    clauses: tuple[str, ...]
    instead: tuple[str, ...]
    excused: bool = False


@dataclass(frozen=True, slots=True)
class Override:
    """A norm that binds as a rule, set aside."""

    action: str
    at: datetime
    reason: str
    approver: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What to do once `action` went wrong: forbidden and `breached`, or required and `missed`."""

    action: str
    wrong: str
    do: tuple[str, ...]


@dataclass(frozen=True)
class Case:
    """An incident as it stands after `version` events, the last of them at `at`.

    `facts` are those stated, as JSON; `peak` is the id of the highest tier it ever had.  `lives` holds every life of
    every duty, in the order in which they began; `forbidden` are the actions
    prohibited now; `handovers` maps a role to whoever acts for it.
    """

    id: str
    plan: Plan
    version: int
    phase: Phase
    opened_at: datetime
    at: datetime
    outlet: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    tier: str | None = None
    peak: str | None = None
    forbidden: tuple[str, ...] = ()
    lives: tuple[DutyLife, ...] = ()
    breaches: tuple[Breach, ...] = ()
    overrides: tuple[Override, ...] = ()
    handovers: Mapping[str, str] = field(default_factory=dict)
    calendar: Calendar = CHINA

    @cached_property
    def decision(self) -> Decision:
        """What the plan asks at the moment of the last event."""
        return self.decided(self.at)

    def decided(self, at: datetime) -> Decision:
        """What the plan asks of the case at this instant.  Raises FactsInvalid, CalendarUnknown."""
        return decide(self.plan, self.known(), at=at, calendar=self.calendar)

    def known(self) -> dict[str, Any]:
        """The facts that the plan decides on: those stated, and what only the case knows."""
        peak = peak_fact(self.plan)
        return {**self.facts, **({peak.id: self.peak} if peak and self.peak in self.plan.tiers else {})}

    def life(self, action: str) -> DutyLife | None:
        """The latest life of a duty."""
        return next((life for life in reversed(self.lives) if life.action == action), None)

    def acting(self, roles: Iterable[str]) -> tuple[str, ...]:
        """Those who act for these roles, after handovers."""
        return tuple(dict.fromkeys(self.handovers.get(role, role) for role in roles))

    def overridden(self, action: str) -> bool:
        """Was this norm set aside?"""
        return any(item.action == action for item in self.overrides)

    def open_duties(self) -> tuple[DutyLife, ...]:
        """The duties still to be done."""
        return tuple(life for life in self.lives if life.open)

    def follow_ups(self) -> tuple[FollowUp, ...]:
        """What is still to be done because something went wrong: after a breach, and of what was missed.

        A breach is made good once something that was to be done in its place is done after it; one that was left so
        when the incident was resolved is past mending.
        """
        return (
            *(
                FollowUp(item.action, "breached", item.instead)
                for item in self.breaches
                if self.phase is Phase.OPEN and not item.excused and not self._made_good(item)
            ),
            *(FollowUp(life.action, life.violation, (life.action,)) for life in self.open_duties() if life.violation),
        )

    def _made_good(self, breach: Breach) -> bool:
        return any(
            life.action in breach.instead
            and life.status is Life.DONE
            and life.until is not None
            and life.until >= breach.at
            for life in self.lives
        )

    # ----------------------------------------------------------------- as JSON

    def to_dict(self) -> dict[str, Any]:
        """The case as JSON, with the plan's digest in its place; `case_of` reads it."""
        return {
            "id": self.id,
            "plan": self.plan.digest,
            "calendar": self.calendar.digest,
            "version": self.version,
            "phase": self.phase.value,
            "opened_at": written(self.opened_at),
            "at": written(self.at),
            "outlet": self.outlet,
            "facts": dict(self.facts),
            "tier": self.tier,
            "peak": self.peak,
            "forbidden": list(self.forbidden),
            "lives": [life.to_dict() for life in self.lives],
            "breaches": [
                {
                    "action": item.action,
                    "at": written(item.at),
                    "role": item.role,
                    "clauses": list(item.clauses),
                    "instead": list(item.instead),
                    "excused": item.excused,
                }
                for item in self.breaches
            ],
            "overrides": [
                {"action": item.action, "at": written(item.at), "reason": item.reason, "approver": item.approver}
                for item in self.overrides
            ],
            "handovers": dict(self.handovers),
        }


def case_of(plain: Mapping[str, Any], plan: Plan, calendar: Calendar = CHINA) -> Case:
    """The case of its JSON, the plan that it names, and the calendar that it names."""
    return Case(
        id=plain["id"],
        plan=plan,
        version=plain["version"],
        phase=Phase(plain["phase"]),
        opened_at=stored_instant(plain["opened_at"]),
        at=stored_instant(plain["at"]),
        outlet=plain["outlet"],
        facts=plain["facts"],
        tier=plain["tier"],
        peak=plain["peak"],
        forbidden=tuple(plain["forbidden"]),
        lives=tuple(life_of(life) for life in plain["lives"]),
        breaches=tuple(
            Breach(
                **{
                    **item,
                    "at": stored_instant(item["at"]),
                    "clauses": tuple(item["clauses"]),
                    "instead": tuple(item["instead"]),
                }
            )
            for item in plain["breaches"]
        ),
        overrides=tuple(Override(**{**item, "at": stored_instant(item["at"])}) for item in plain["overrides"]),
        handovers=plain["handovers"],
        calendar=calendar,
    )


@lru_cache(maxsize=64)
def peak_fact(plan: Plan) -> Fact | None:
    """The fact that says how high the case's tier ever was: known from the case, its values the tiers."""
    return next(
        (
            fact
            for fact in plan.facts.values()
            if fact.of_case and fact.kind is Kind.ORDINAL and {value.id for value in fact.values} >= {*plan.tiers}
        ),
        None,
    )


def higher(plan: Plan, one: str | None, other: str | None) -> str | None:
    """The more severe tier; a tier that the plan does not have counts as none."""
    known = [tier for tier in (one, other) if tier is not None and tier in plan.tiers]
    return max(known, key=plan.severity, default=None)


def worded(plan: Plan, actions: Iterable[str]) -> tuple[str, ...]:
    """Actions by their names in the plan."""
    return tuple(plan.actions[action].label if action in plan.actions else action for action in actions)
