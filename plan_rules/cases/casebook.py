"""Cases: a store of cases.  The one place where time, chance and a database come to what is pure elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.advance import follow
from plan_rules.cases.case import LIVE, Case, Phase
from plan_rules.cases.event import (
    Closed,
    Done,
    Erased,
    Event,
    HandedOver,
    Noted,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Upgraded,
    What,
    happened,
    made,
)
from plan_rules.cases.event import read as read_event
from plan_rules.cases.event import written as written_event
from plan_rules.cases.extra import from_extra
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.step import Change, Step
from plan_rules.cases.unrecorded import REUSED, ahead, check_case_id, moved_on, no_case, same
from plan_rules.decision import Decision
from plan_rules.digests import digest_of
from plan_rules.instants import read_moment
from plan_rules.plan import Plan

with from_extra():
    from sqlalchemy import Connection

    from plan_rules.cases.audit import Audit
    from plan_rules.cases.personal import Personal
    from plan_rules.cases.store import log, outbox, work
    from plan_rules.cases.store.database import Database
    from plan_rules.cases.store.failures import StoreConflict
    from plan_rules.cases.store.texts import Texts
    from plan_rules.cases.store.work import CaseLine, DueDuty
    from plan_rules.cases.vault import Datum, Keyring

_TRIES = 20  # of writers that meet on a new case
_BATCH = 100


@dataclass(frozen=True, slots=True)
class Recorded:
    """What recording an event came to.  `repeated`: it had been recorded before, and nothing happened now."""

    case: Case
    decision: Decision
    change: Change | None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is to be recorded."""

    case: str
    what: What
    by: str
    event: str
    at: datetime | None
    personal: Mapping[str, str]
    first: tuple[Plan, Calendar] | None = None
    expected: int | None = None
    upgrade: Plan | None = None

    def happened(self, at: datetime) -> Event:
        """The event, at this instant."""
        return made(id=self.event, at=at, by=self.by, what=self.what)


class Cases:
    """A store of cases.

    `Cases.connect` opens one.  Everything that is recorded is one transaction: the event, what follows from it, and the
    messages that it requires are all there afterwards, or none of them.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime], keyring: Keyring | None) -> None:
        self._database = database
        self._clock = clock
        self._texts = Texts()
        self.outbox = outbox.Outbox(database)
        self.audit = Audit(database, self._texts, self.now)
        self.personal = Personal(database, keyring, self.now, self.load)

    @classmethod
    def connect(cls, url: str, *, clock: Callable[[], datetime] | None = None, keyring: Keyring | None = None) -> Self:
        """Open the store at `sqlite:///FILE` or `postgresql://...`; a new one is made.

        `clock` gives the instant at which things are recorded; `keyring` seals and opens personal data.
        Raises StoreError.
        """
        database = Database(url)
        try:
            database.prepare()
        except BaseException:
            database.close()
            raise
        return cls(database, clock or _system_clock, keyring)

    def close(self) -> None:
        """Let the database go."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def now(self) -> datetime:
        """The instant by the clock, local and in whole seconds."""
        instant = read_moment(self._clock())
        assert instant is not None
        return instant

    # ----------------------------------------------------------------- recording

    def open(  # noqa: PLR0913  what a caller may say of it
        self,
        plan: Plan,
        facts: Mapping[str, Any],
        *,
        by: str,
        case: str | None = None,
        at: datetime | None = None,
        event: str | None = None,
        outlet: str = "",
        personal: Mapping[str, str] | None = None,
        calendar: Calendar = CHINA,
    ) -> Recorded:
        """Begin a case.  `case` and `event` are ids of the caller's; without them new ones are made.

        Raises EventRefused, FactsInvalid, CalendarUnknown, StoreError; then nothing was recorded.
        """
        what = happened(Opened, plan=plan.digest, facts=dict(facts), outlet=outlet)
        asked = _Asked(case or _new_id(), what, by, event or _new_id(), at, personal or {}, first=(plan, calendar))
        return self._record(asked)

    def record(  # noqa: PLR0913
        self,
        case: str,
        what: What,
        *,
        by: str,
        at: datetime | None = None,
        event: str | None = None,
        personal: Mapping[str, str] | None = None,
        expected: int | None = None,
        plan: Plan | None = None,
    ) -> Recorded:
        """Record what happened.  With `expected`, only if the case still stands at that version.

        `personal` maps ids of the plan's personal data to words, which are sealed and kept apart.  `plan` is the plan
        that an Upgraded event moves the case to, where it is not stored yet.
        Raises EventRefused, FactsInvalid, CalendarUnknown, StoreError; then nothing was recorded.
        """
        return self._record(
            _Asked(case, what, by, event or _new_id(), at, personal or {}, expected=expected, upgrade=plan)
        )

    def observe(self, case: str, facts: Mapping[str, Any], *, withdrawn: Iterable[str] = (), **told: Any) -> Recorded:
        """Record facts; `told` is as for `record`."""
        return self.record(case, happened(Observed, facts=dict(facts), withdrawn=tuple(withdrawn)), **told)

    def done(self, case: str, action: str, *, role: str = "", **told: Any) -> Recorded:
        """Record that a duty was done."""
        return self.record(case, happened(Done, action=action, role=role), **told)

    def override(self, case: str, action: str, *, reason: str, approver: str, **told: Any) -> Recorded:
        """Set aside what binds as a rule."""
        return self.record(case, happened(Overridden, action=action, reason=reason, approver=approver), **told)

    def hand_over(self, case: str, role: str, to: str, **told: Any) -> Recorded:
        """Hand a role over."""
        return self.record(case, happened(HandedOver, role=role, to=to), **told)

    def note(self, case: str, item: str, words: str, **told: Any) -> Recorded:
        """Keep words as the plan's personal datum `item`."""
        return self.record(case, Noted(), personal={item: words}, **told)

    def resolve(self, case: str, **told: Any) -> Recorded:
        """The incident is resolved."""
        return self.record(case, Resolved(), **told)

    def reopen(self, case: str, *, reason: str, **told: Any) -> Recorded:
        """It was not."""
        return self.record(case, happened(Reopened, reason=reason), **told)

    def upgrade(self, case: str, plan: Plan, **told: Any) -> Recorded:
        """Hold the case to this plan from now on."""
        return self.record(case, happened(Upgraded, plan=plan.digest), plan=plan, **told)

    def finish(self, case: str, **told: Any) -> Recorded:
        """Close the case."""
        return self.record(case, Closed(), **told)

    def erase(self, case: str, items: Iterable[str], *, reason: str, **told: Any) -> Recorded:
        """Erase personal data of these kinds; the log keeps only that they were there."""
        return self.record(case, happened(Erased, items=tuple(items), reason=reason), **told)

    def review(self, *, by: str, limit: int = _BATCH) -> tuple[Recorded, ...]:
        """Record, of each case in which time alone changed something, that it is looked at now.

        Two clocks that look at once record it once, and it is told to the one that did.
        """
        with self._database.reading() as connection:
            found = work.to_review(connection, at=self.now(), limit=limit)
        reviewed = (self._reviewed(name, version, by) for name, version in found)
        return tuple(recorded for recorded in reviewed if recorded is not None)

    def _reviewed(self, case: str, version: int, by: str) -> Recorded | None:
        """The review of a case at this version; None where another clock was first."""
        try:
            recorded = self.record(case, Reviewed(), by=by, event=f"review.{version}")
        except EventRefused as refusal:
            if refusal.diagnostics[0].code == REUSED:  # by a clock of another name
                return None
            raise
        return None if recorded.repeated else recorded

    # ----------------------------------------------------------------- looking

    def load(self, case: str) -> Case:
        """The case as it stands.  Raises EventRefused where there is none."""
        with self._database.reading() as connection:
            found = work.load(connection, self._texts, case)
        if found is None:
            raise no_case(case)
        return found

    def version(self, case: str) -> int | None:
        """At which version the case stands, without loading it; None where there is none."""
        with self._database.reading() as connection:
            return work.version(connection, case)

    def events(self, case: str) -> tuple[Event, ...]:
        """Everything that was recorded of a case, in order."""
        with self._database.reading() as connection:
            found = tuple(read_event(entry.content["event"]) for entry in log.read(connection, case))
        if not found:
            raise no_case(case)
        return found

    def retold(self, case: str, event: str) -> Recorded:
        """What recording this event came to when it was recorded, though the case may have moved on since."""
        step = self.audit.step(case, event)
        if step is None:
            raise no_case(case)
        return Recorded(step.case, step.decision, step.change, repeated=True)

    def plan(self, digest: str) -> Plan | None:
        """A stored plan."""
        with self._database.reading() as connection:
            return self._texts.plan(connection, digest)

    def calendar(self, digest: str) -> Calendar:
        """A stored calendar."""
        with self._database.reading() as connection:
            return self._texts.calendar(connection, digest)

    def list(self, phases: Iterable[Phase] = LIVE, *, limit: int = _BATCH) -> tuple[CaseLine, ...]:
        """Cases in these phases, the latest first."""
        with self._database.reading() as connection:
            return tuple(work.listed(connection, phases=phases, limit=limit))

    def due(
        self, *, before: datetime | None = None, limit: int = _BATCH, case: str | None = None
    ) -> tuple[DueDuty, ...]:
        """Duties with a due day or instant, the soonest first; with `before`, those that are overdue by then."""
        with self._database.reading() as connection:
            return tuple(work.due(connection, before=before, limit=limit, case=case))

    def at_once(self, *, limit: int = _BATCH, case: str | None = None) -> tuple[DueDuty, ...]:
        """Duties that are to be done at once, the newest first."""
        with self._database.reading() as connection:
            return tuple(work.at_once(connection, limit=limit, case=case))

    # ----------------------------------------------------------------- one transaction

    def _record(self, asked: _Asked) -> Recorded:
        check_case_id(asked.case)
        for left in range(_TRIES, 0, -1):
            try:
                with self._database.writing() as connection:
                    recorded = self._recorded(connection, asked)
                if isinstance(asked.what, Erased):
                    self._database.scrub()
                return recorded
            except StoreConflict:  # two that open the same case at once: the second finds it open
                if left == 1:
                    raise
        raise AssertionError

    def _recorded(self, connection: Connection, asked: _Asked) -> Recorded:
        before = work.load(connection, self._texts, asked.case, to_write=True)
        now = self.now()
        at = asked.at or _not_before(now, before)
        event = asked.happened(at)
        known = log.entry_of(connection, asked.case, event.id) if before else None
        if known is not None and before is not None:
            same(event, known.content["event"], asked.personal, timed=asked.at is not None)
            return Recorded(before, before.decision, None, repeated=True)
        if event.at > now + log.SKEW:
            raise ahead(event, now)
        if before is None and asked.first is None:
            raise no_case(asked.case)
        if asked.expected is not None and before is not None and before.version != asked.expected:
            raise moved_on(before, asked.expected)
        stamp = outbox.text_of(now)
        plan = self._kept(connection, asked, before, stamp)
        data = self.personal.seal(asked.case, plan, asked.personal) if asked.personal else ()
        event = event.model_copy(update={"sealed": tuple(datum.sealed for datum in data)})
        calendar = asked.first[1] if asked.first else CHINA  # a case that is open has its own
        step = follow(before, asked.case, event, partial(self._texts.plan, connection), calendar)
        self._write(connection, before, step, event, data, stamp)
        return Recorded(step.case, step.decision, step.change)

    def _kept(self, connection: Connection, asked: _Asked, before: Case | None, stamp: str) -> Plan:
        """Store the texts that the event brings; the plan that personal data are declared in."""
        if asked.upgrade is not None:
            self._texts.keep_plan(connection, asked.upgrade, stamp)
        if before is not None:
            return before.plan
        assert asked.first is not None
        plan, calendar = asked.first
        self._texts.keep_plan(connection, plan, stamp)
        self._texts.keep_calendar(connection, calendar, stamp)
        return plan

    def _write(
        self,
        connection: Connection,
        before: Case | None,
        step: Step,
        event: Event,
        data: tuple[Datum, ...],
        stamp: str,
    ) -> None:
        case = step.case
        content = {
            "event": written_event(event),
            "plan": case.plan.digest,
            "calendar": case.calendar.digest,
            "decision": digest_of(step.decision.to_json()),
        }
        log.append(connection, case.id, event.id, content, stamp)
        work.save(connection, before, step)
        outbox.put(connection, step.messages)
        self.personal.keep(connection, case.id, data, stamp)
        if isinstance(event.what, Erased):
            self.personal.forget(connection, case.id, event.what.items, stamp)


def _system_clock() -> datetime:
    return datetime.now().astimezone()


def _new_id() -> str:
    return uuid4().hex


def _not_before(now: datetime, case: Case | None) -> datetime:
    """When something happens that is recorded as it happens: clocks of two machines may differ a little."""
    return case.at if case is not None and now < case.at <= now + log.SKEW else now
