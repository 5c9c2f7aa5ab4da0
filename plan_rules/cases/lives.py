"""(Case, Decision, instant) -> the lives of its duties: what began, was done, lapsed, is late by now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from plan_rules.cases.case import Case, Phase
from plan_rules.cases.duty_life import DutyLife, Life, later
from plan_rules.cases.showing import is_shown_done, tells_when
from plan_rules.deadlines import standing
from plan_rules.decision import Decision, Duty
from plan_rules.facts import Facts, fact_reader
from plan_rules.norm import Term


def lives_after(case: Case, decision: Decision, at: datetime) -> tuple[DutyLife, ...]:
    """Every life carried on to this instant, then those that begin, in the order in which to act."""
    duties = {duty.action: duty for duty in decision.in_force}
    days = {item.action: item.days for item in decision.violations if item.kind != "done"}
    facts = fact_reader(case.plan).read(case.known(), at)
    carried = tuple(
        _carried(case, life, duties.get(life.action), facts, at, days.get(life.action)) if life.required else life
        for life in case.lives
    )
    living = {life.action for life in carried if life.required}
    begun = tuple(
        _begun(case, duty, at, days.get(duty.action)) for duty in decision.in_force if duty.action not in living
    )
    return tuple(_as_of(case, life, at) for life in (*carried, *begun))


def _begun(case: Case, duty: Duty, at: datetime, days: int | None) -> DutyLife:
    last = case.life(duty.action)
    begun = DutyLife(
        duty.action,
        last.occasion + 1 if last else 1,
        at,
        duty.clauses,
        term=duty.deadline.kind if duty.deadline else "",
    )
    return _standing(case, begun, duty, at, days)


def _carried(case: Case, life: DutyLife, duty: Duty | None, facts: Facts, at: datetime, days: int | None) -> DutyLife:
    if duty is not None:
        named = replace(life, clauses=duty.clauses, term=duty.deadline.kind if duty.deadline else "")
        return _standing(case, named, duty, at, days)
    if not life.open:
        return replace(life, required=False)
    done = is_shown_done(case.plan, life.action, facts)
    return replace(life, required=False, until=at, status=Life.DONE if done else Life.LAPSED)


def _standing(case: Case, life: DutyLife, duty: Duty, at: datetime, days: int | None) -> DutyLife:
    """The life with its due day and status, as the decision or somebody's word has them."""
    life = replace(life, due=_first_due(duty))
    if duty.status in ("done", "late"):
        return _shown_done(case, life, duty, at, days)
    if life.said:
        return _said(life)
    missed = duty.status == "missed"
    return replace(
        life,
        status=Life.IN_FORCE,
        until=None,
        by="",
        violation="missed" if missed else "",
        days=days if missed else None,
    )


def _first_due(duty: Duty) -> str | None:
    """The earliest due day or instant of all who must act; a day ends after every instant of it."""
    deadlines = (duty.deadline, *(bearer.deadline for bearer in duty.bearers))
    running = [deadline.due for deadline in deadlines if deadline and deadline.due]
    return min(running, key=lambda due: (due[:10], len(due) == len("2026-01-01"), due), default=None)


def _shown_done(case: Case, life: DutyLife, duty: Duty, at: datetime, days: int | None) -> DutyLife:
    """Done, as the facts show; where they do not tell when, somebody's word does."""
    if life.status is not Life.DONE:
        life = replace(life, status=Life.DONE, until=at, by="", said=False)
    if duty.status == "late":
        return replace(life, violation="late", days=days)
    if life.said and not tells_when(case.plan, life.action):
        return _said(life)
    return replace(life, violation="", days=None)


def _said(life: DutyLife) -> DutyLife:
    """Done or set aside because somebody said so: late where that was after the due day."""
    stands = standing(life.due_at, True, life.until, None)
    late = life.status is Life.DONE and stands.status == "late"
    return replace(life, violation="late" if late else "", days=stands.days if late else None)


def _as_of(case: Case, life: DutyLife, at: datetime) -> DutyLife:
    """The life with what is told of it by now: that it is open, a reminder, the rungs of the ladder reached."""
    if not life.open or case.phase is Phase.CLOSED:
        return life
    reached = sum(instant is not None and at >= instant for instant in rungs_of(case, life))
    reminder = reminder_of(case, life)
    return replace(
        life,
        told=True,
        rungs=max(life.rungs, reached),
        reminded=life.reminded or (reminder is not None and at >= reminder),
    )


def rungs_of(case: Case, life: DutyLife) -> tuple[datetime | None, ...]:
    """When each rung of the ladder is reached, if the duty is still open then; None for never."""
    overdue = life.overdue_from
    return tuple(None if overdue is None else later(overdue, days=rung.after_days) for rung in case.plan.case.ladder)


def reminder_of(case: Case, life: DutyLife) -> datetime | None:
    """When a duty that is to be done at once is reminded of; None where nobody asked for it."""
    minutes = case.plan.case.reminders.get(Term(life.term)) if life.term else None
    return None if minutes is None else later(life.since, minutes=minutes)


def next_review(case: Case) -> datetime | None:
    """The next instant at which time alone changes something: a reminder, a duty overdue, a rung of the ladder.

    That a duty is overdue by one day more is no such change.  None where nothing is to come, as in a closed case.
    """
    if case.phase is Phase.CLOSED:
        return None
    return min((instant for life in case.lives if life.open for instant in _instants(case, life)), default=None)


def _instants(case: Case, life: DutyLife) -> Iterator[datetime]:
    reminder = reminder_of(case, life)
    if reminder is not None and not life.reminded:
        yield reminder
    overdue = life.overdue_from
    if overdue is not None and not life.violation:
        yield overdue
    yield from (instant for instant in rungs_of(case, life)[life.rungs :][:1] if instant is not None)
