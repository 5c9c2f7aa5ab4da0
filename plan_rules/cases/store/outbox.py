"""The outbox in the store: messages that wait, each claimed by one worker at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from plan_rules.cases.message import Message
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.schema import messages
from plan_rules.digests import canonical
from plan_rules.instants import local, stored_instant

WAITING, CLAIMED, DELIVERED, DEAD = "waiting", "claimed", "delivered", "dead"


def text_of(instant: datetime) -> str:
    """An instant as the store has it: local time, ISO, to the second, so that text sorts as time does."""
    return local(instant).isoformat("T", "seconds")


def put(connection: Connection, made: Iterable[Message]) -> None:
    """Write messages in the transaction of the event that made them."""
    rows = [
        {
            "id": message.id,
            "case": message.case,
            "kind": message.kind,
            "made_at": text_of(message.at),
            "body": canonical(message.body),
            "status": WAITING,
            "attempt": 0,
            "due_at": text_of(message.at),
            "place": place,
        }
        for place, message in enumerate(made)
    ]
    if rows:
        connection.execute(insert(messages), rows)


class Outbox:
    """The messages of a store, as workers see them (`plan_rules.cases.worker.Outbox`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, worker: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[Message, ...]:
        """At most `limit` messages that are due, or whose claim ran out, to this worker alone until the lease ends."""
        # `due_at` is when a message may next be claimed: of a claimed one, the end of its lease.
        with self._database.writing() as connection:
            # Each status is read from the index, in order; both at once would be sorted whole.
            free = [row for status in (CLAIMED, WAITING) for row in _free(connection, status, now, limit)]
            rows = sorted(free, key=lambda row: (row.due_at, row.place, row.id))[:limit]
            if rows:
                connection.execute(
                    update(messages)
                    .where(messages.c.id.in_([row.id for row in rows]))
                    .values(
                        status=CLAIMED,
                        worker=worker,
                        attempt=messages.c.attempt + 1,
                        due_at=text_of(now + lease),
                    )
                )
        return tuple(_message(row, row.attempt + 1) for row in rows)

    def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
        """It was accepted.  False where the message is no longer this worker's."""
        return self._end(message_id, worker, {"status": DELIVERED, "due_at": text_of(now), "why": None})

    def retry(self, message_id: str, worker: str, *, now: datetime, at: datetime, why: str) -> bool:
        """It was not accepted, and is due again at `at`."""
        del now
        return self._end(message_id, worker, {"status": WAITING, "due_at": text_of(at), "why": why})

    def bury(self, message_id: str, worker: str, *, now: datetime, why: str) -> bool:
        """It is not tried again: a dead letter."""
        return self._end(message_id, worker, {"status": DEAD, "due_at": text_of(now), "why": why})

    def revive(self, message_ids: Iterable[str], *, now: datetime) -> int:
        """Dead letters are tried again from the start; how many there were."""
        values = {"status": WAITING, "attempt": 0, "due_at": text_of(now)}
        wanted = messages.c.id.in_([*message_ids]) & (messages.c.status == DEAD)
        with self._database.writing() as connection:
            return connection.execute(update(messages).where(wanted).values(**values)).rowcount

    def dead(self, *, limit: int = 100) -> tuple[tuple[Message, str], ...]:
        """Dead letters, the oldest first, each with why it was given up."""
        query = select(messages).where(messages.c.status == DEAD).order_by(messages.c.due_at).limit(limit)
        with self._database.reading() as connection:
            return tuple((_message(row, row.attempt), row.why or "") for row in connection.execute(query))

    def of_case(self, case: str) -> tuple[tuple[Message, str], ...]:
        """The messages of a case, each with its status, in the order in which they were made."""
        query = (
            select(messages)
            .where(messages.c.case == case)
            .order_by(messages.c.made_at, messages.c.place, messages.c.id)
        )
        with self._database.reading() as connection:
            return tuple((_message(row, row.attempt), row.status) for row in connection.execute(query))

    def counts(self) -> Mapping[str, int]:
        """How many messages there are of each status."""
        query = select(messages.c.status, func.count()).group_by(messages.c.status)
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _end(self, message_id: str, worker: str, values: dict[str, Any]) -> bool:
        mine = (messages.c.id == message_id) & (messages.c.status == CLAIMED) & (messages.c.worker == worker)
        with self._database.writing() as connection:
            return connection.execute(update(messages).where(mine).values(**values)).rowcount == 1


def _free(connection: Connection, status: str, now: datetime, limit: int) -> Sequence[Row[Any]]:
    """The first messages of this status that may be claimed and that no other worker is about to claim."""
    due = (messages.c.status == status) & (messages.c.due_at <= text_of(now))
    query = select(messages).where(due).order_by(messages.c.due_at, messages.c.place, messages.c.id).limit(limit)
    return connection.execute(query.with_for_update(skip_locked=True)).all()


def _message(row: Row[Any], attempt: int) -> Message:
    return Message(row.id, row.case, row.kind, stored_instant(row.made_at), json.loads(row.body), attempt)
