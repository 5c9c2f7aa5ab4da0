"""Cases in the store as they stand, and the duties that are due: what follows from the log, kept beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, select, update

from plan_rules.cases.case import Case, Phase, case_of
from plan_rules.cases.lives import next_review
from plan_rules.cases.step import Step
from plan_rules.cases.store.failures import StoreDamaged
from plan_rules.cases.store.outbox import text_of
from plan_rules.cases.store.schema import cases, deadlines
from plan_rules.cases.store.texts import Texts
from plan_rules.decision import Duty
from plan_rules.digests import canonical
from plan_rules.instants import stored_instant
from plan_rules.norm import Term

_LINE = tuple(cases.c[name] for name in ("id", "phase", "tier", "outlet", "opened_at", "at", "version", "plan"))
_AT_ONCE = (Term.IMMEDIATE.value, Term.PROMPT.value)


@dataclass(frozen=True, slots=True)
class DueDuty:
    """A duty to be done at once or by a day or an instant.  `overdue_from` is the first moment at which it is late."""

    case: str
    action: str
    occasion: int
    label: str
    roles: tuple[str, ...]
    recipient: str | None
    clauses: tuple[str, ...]
    since: datetime
    due: str | None
    overdue_from: datetime | None

    def overdue(self, at: datetime) -> bool:
        """Is it late at this instant?"""
        return self.overdue_from is not None and at >= self.overdue_from


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A case in a list; `plan` is the digest of the plan it is held to."""

    id: str
    phase: Phase
    tier: str | None
    outlet: str
    opened_at: datetime
    at: datetime
    version: int
    plan: str


def load(connection: Connection, texts: Texts, case: str, *, to_write: bool = False) -> Case | None:
    """The case as it stands; with `to_write`, nobody else may move it on until the transaction ends.

    Raises StoreDamaged.
    """
    query = select(cases.c.snapshot).where(cases.c.id == case)
    snapshot = connection.execute(query.with_for_update() if to_write else query).scalar()
    if snapshot is None:
        return None
    try:
        plain = json.loads(snapshot)
        plan, calendar = str(plain["plan"]), str(plain["calendar"])
        return case_of(plain, texts.plan_of_case(connection, plan), texts.calendar(connection, calendar))
    except (AttributeError, KeyError, TypeError, ValueError) as failure:
        raise StoreDamaged(case) from failure


def version(connection: Connection, case: str) -> int | None:
    """At which version the case stands; None where there is none."""
    found: int | None = connection.execute(select(cases.c.version).where(cases.c.id == case)).scalar()
    return found


def save(connection: Connection, before: Case | None, step: Step) -> None:
    """The case as it stands after a step, and its deadlines."""
    case = step.case
    row = _row(case)
    if before is None:
        connection.execute(insert(cases).values(id=case.id, **row))
    else:
        connection.execute(update(cases).where(cases.c.id == case.id).values(**row))
    _save_deadlines(connection, step)


def stands(connection: Connection, step: Step) -> bool:
    """Are the case and its deadlines stored as this step leaves them?"""
    found = connection.execute(select(cases).where(cases.c.id == step.case.id)).mappings().first()
    wanted = {"id": step.case.id, **_row(step.case)}
    return found is not None and dict(found) == wanted and _stored(connection, step.case.id) == _rows(step)


def _row(case: Case) -> dict[str, Any]:
    review = next_review(case)
    return {
        "plan": case.plan.digest,
        "calendar": case.calendar.digest,
        "version": case.version,
        "phase": case.phase.value,
        "tier": case.tier,
        "outlet": case.outlet,
        "opened_at": text_of(case.opened_at),
        "at": text_of(case.at),
        "review_at": text_of(review) if review else None,
        "snapshot": canonical(case.to_dict()),
    }


def _save_deadlines(connection: Connection, step: Step) -> None:
    was, now = _stored(connection, step.case.id), _rows(step)
    for key in was.keys() - now.keys():
        connection.execute(delete(deadlines).where(*_at(key)))
    for key in sorted(was.keys() & now.keys()):
        if was[key] != now[key]:
            connection.execute(update(deadlines).where(*_at(key)).values(**now[key]))
    new = [row for key, row in now.items() if key not in was]
    if new:
        connection.execute(insert(deadlines), new)


def _stored(connection: Connection, case: str) -> dict[tuple[str, str, int], dict[str, Any]]:
    rows = connection.execute(select(deadlines).where(deadlines.c.case == case)).mappings()
    return {(row["case"], row["action"], row["occasion"]): dict(row) for row in rows}


def _rows(step: Step) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The duties that a list of what is due shows: those with a due day, and those to be done at once."""
    duties = {duty.action: duty for duty in step.decision.duties}
    found, case = {}, step.case.id
    for life in step.case.lives:
        if life.open and (life.due is not None or life.term in _AT_ONCE):
            overdue = life.overdue_from
            found[case, life.action, life.occasion] = {
                "case": case,
                "action": life.action,
                "occasion": life.occasion,
                "since": text_of(life.since),
                "due": life.due,
                "overdue_from": text_of(overdue) if overdue else None,
                "duty": _duty_text(duties[life.action]),
            }
    return found


def _duty_text(duty: Duty) -> str:
    return canonical({"label": duty.label, "roles": duty.roles, "recipient": duty.recipient, "clauses": duty.clauses})


def _at(key: tuple[str, str, int]) -> tuple[Any, ...]:
    case, action, occasion = key
    return (deadlines.c.case == case, deadlines.c.action == action, deadlines.c.occasion == occasion)


def due(connection: Connection, *, before: datetime | None, limit: int, case: str | None = None) -> Iterator[DueDuty]:
    """Duties with a due day, the soonest first, overdue by `before` if that is given."""
    query = select(deadlines).where(deadlines.c.overdue_from.is_not(None))
    if before is not None:
        query = query.where(deadlines.c.overdue_from <= text_of(before))
    yield from _due(connection, query.order_by(deadlines.c.overdue_from, deadlines.c.case), limit, case)


def at_once(connection: Connection, *, limit: int, case: str | None = None) -> Iterator[DueDuty]:
    """Duties that are to be done at once, the newest first."""
    query = select(deadlines).where(deadlines.c.overdue_from.is_(None))
    # PostgreSQL reads an index in its order only where that order is named from its first column on.
    order = (deadlines.c.overdue_from.desc(), deadlines.c.since.desc(), deadlines.c.case.desc())
    yield from _due(connection, query.order_by(*order), limit, case)


def _due(connection: Connection, query: Select[Any], limit: int, case: str | None) -> Iterator[DueDuty]:
    if case is not None:
        query = query.where(deadlines.c.case == case)
    for row in connection.execute(query.limit(limit)):
        duty = json.loads(row.duty)
        yield DueDuty(
            row.case,
            row.action,
            row.occasion,
            duty["label"],
            tuple(duty["roles"]),
            duty["recipient"],
            tuple(duty["clauses"]),
            stored_instant(row.since),
            row.due,
            stored_instant(row.overdue_from) if row.overdue_from else None,
        )


def listed(connection: Connection, *, phases: Iterable[Phase], limit: int) -> Iterator[CaseLine]:
    """Cases in these phases, the latest first."""
    found: list[Row[Any]] = []
    for phase in phases:  # each read from the index, in order; all of them at once would be sorted whole
        query = select(*_LINE).where(cases.c.phase == phase.value)
        found += connection.execute(query.order_by(cases.c.at.desc(), cases.c.id.desc()).limit(limit))
    for row in sorted(found, key=lambda row: (row.at, row.id), reverse=True)[:limit]:
        yield CaseLine(
            row.id,
            Phase(row.phase),
            row.tier,
            row.outlet,
            stored_instant(row.opened_at),
            stored_instant(row.at),
            row.version,
            row.plan,
        )


def to_review(connection: Connection, *, at: datetime, limit: int) -> tuple[tuple[str, int], ...]:
    """The cases in which time alone changed something by now, each with its version, the longest first."""
    due = select(cases.c.id, cases.c.version).where(cases.c.review_at <= text_of(at))
    return tuple((row.id, row.version) for row in connection.execute(due.order_by(cases.c.review_at).limit(limit)))
