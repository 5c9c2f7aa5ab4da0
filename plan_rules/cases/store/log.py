"""The log in the store: entries added to streams under optimistic concurrency, and read again in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from plan_rules.cases.chain import GENESIS, Entry, next_entry
from plan_rules.cases.refusal import refuse
from plan_rules.cases.store.schema import entries, streams
from plan_rules.instants import read_instant

SKEW = timedelta(minutes=1)


def entry_of(connection: Connection, stream: str, event: str) -> Entry | None:
    """The entry that this event made in a stream."""
    query = select(entries.c.version, entries.c.body, entries.c.digest)
    row = connection.execute(query.where(entries.c.stream == stream, entries.c.event == event)).first()
    return None if row is None else Entry(stream, row.version, row.body, row.digest)


def not_before(now: str, last: str) -> str:
    """The instant to record: clocks of two machines may differ a little.  Raises EventRefused where it is much."""
    if now >= last:
        return now
    clock, before = read_instant(now), read_instant(last)
    if clock is not None and before is not None and before - clock <= SKEW:
        return last
    raise refuse(
        "CS016",
        (
            f"时钟倒退: 现在 {now}, 上次登记 {last}",
            f"the clock stepped back: it says {now}, the last entry was made at {last}",
        ),
        ("校准本机时钟再登记", "set the clock right, then record"),
    )


def append(connection: Connection, stream: str, event: str, content: Mapping[str, Any], recorded_at: str) -> Entry:
    """Add an entry.  Raises EventRefused where the clock stands before the last entry's."""
    query = select(streams.c.version, streams.c.head, streams.c.recorded_at).where(streams.c.id == stream)
    row = connection.execute(query.with_for_update()).first()
    if row is not None:
        recorded_at = not_before(recorded_at, row.recorded_at)
    version, previous = (row.version, row.head) if row else (0, GENESIS)
    entry = next_entry(stream, version + 1, previous, recorded_at, content)
    connection.execute(
        insert(entries).values(stream=stream, version=entry.version, event=event, body=entry.body, digest=entry.digest)
    )
    head = {"version": entry.version, "head": entry.digest, "recorded_at": recorded_at}
    if row is None:
        connection.execute(insert(streams).values(id=stream, **head))
    else:
        connection.execute(update(streams).where(streams.c.id == stream).values(**head))
    return entry


def read(connection: Connection, stream: str) -> Iterator[Entry]:
    """The entries of a stream, in order."""
    query = select(entries.c.version, entries.c.body, entries.c.digest).where(entries.c.stream == stream)
    for row in connection.execute(query.order_by(entries.c.version)):
        yield Entry(stream, row.version, row.body, row.digest)


def heads(connection: Connection) -> Iterator[tuple[str, int, str]]:
    """Every stream with its version and the digest of its last entry, in the order of their names."""
    for row in connection.execute(select(streams.c.id, streams.c.version, streams.c.head).order_by(streams.c.id)):
        yield (row.id, row.version, row.head)
