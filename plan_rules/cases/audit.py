"""The log looked at: is it whole, what do anchors kept elsewhere say, and does replaying it give what was decided?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from plan_rules.cases.advance import Step, advance, begin
from plan_rules.cases.chain import Break, Entry, Fault, digest_of, root_of, verify
from plan_rules.cases.event import Event, Upgraded
from plan_rules.cases.event import read as read_event
from plan_rules.cases.refusal import EventRefused, refuse
from plan_rules.cases.store import log
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import text_of
from plan_rules.cases.store.schema import cases, entries
from plan_rules.cases.store.texts import Texts

ANCHORS = "@anchors"  # the stream in which it is recorded that anchors were made
_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at the log came to.  `breaks` has the first entry of each stream that does not fit."""

    streams: int
    entries: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Does everything fit?"""
        return not self.breaks


@dataclass(frozen=True, slots=True)
class Replayed:
    """One event decided again.  `same`: the decision has the bytes it had when it was made."""

    version: int
    event: Event
    decision: str  # JSON
    same: bool


class Audit:
    """The log of a store."""

    def __init__(self, database: Database, texts: Texts, now: Callable[[], datetime]) -> None:
        self._database = database
        self._texts = texts
        self._now = now

    def entries(self, stream: str) -> tuple[Entry, ...]:
        """The entries of a case, or of another stream."""
        with self._database.reading() as connection:
            return tuple(log.read(connection, stream))

    def verify(self, anchor: Mapping[str, Any] | None = None) -> Verdict:
        """Look at every entry; with an anchor, also at whether all that it knows is still there."""
        anchored: Mapping[str, tuple[int, str]] = _anchored(anchor) if anchor is not None else {}
        with self._database.reading() as connection:
            heads = {name: (version, digest) for name, version, digest in log.heads(connection)}
            breaks, seen, count = [], set(), 0
            for stream, found in groupby(_all(connection), key=lambda entry: entry.stream):
                listed = [*found]
                seen.add(stream)
                count += len(listed)
                known = dict(at[stream] for at in (heads, anchored) if stream in at)
                broken = verify(stream, listed, known=known) or _beyond(stream, listed, heads)
                breaks += [broken] if broken else []
            breaks += [Break(stream, 1, Fault.CUT) for stream in {*heads, *anchored} - seen]
            breaks += _snapshots(connection, heads)
        return Verdict(len(seen), count, tuple(sorted(breaks, key=lambda each: (each.stream, each.version))))

    def anchor(self, *, by: str) -> dict[str, Any]:
        """An anchor of the log as it stands, to be kept elsewhere; that it was made is recorded."""
        now = text_of(self._now())
        with self._database.writing() as connection:
            heads = [head for head in log.heads(connection) if head[0] != ANCHORS]
            root = root_of(heads)
            content = {"anchor": {"root": root, "streams": len(heads), "by": by}}
            if not _known(connection, root):
                log.append(connection, ANCHORS, root[-64:], content, now)
        return {"at": now, "root": root, "streams": {name: [version, digest] for name, version, digest in heads}}

    def replay(self, case: str) -> tuple[Replayed, ...]:
        """Every decision of a case made again, from the stored plan and facts."""
        with self._database.reading() as connection:
            found: list[Replayed] = []
            step: Step | None = None
            for entry in log.read(connection, case):
                event = read_event(entry.content["event"])
                step = self._again(connection, case, step, event, entry)
                decided = step.decision.to_json()
                same = digest_of(decided) == entry.content["decision"]
                found.append(Replayed(entry.version, event, decided, same))
        return tuple(found)

    def _again(self, connection: Connection, case: str, step: Step | None, event: Event, entry: Entry) -> Step:
        plan = self._texts.plan(connection, entry.content["plan"])
        assert plan is not None  # documents are never removed
        if step is None:
            return begin(case, plan, event, self._texts.calendar(connection, entry.content["calendar"]))
        return advance(step.case, event, plan if isinstance(event.what, Upgraded) else None)


def _all(connection: Connection) -> Iterator[Entry]:
    """Every entry, stream by stream, a part at a time."""
    query = select(entries).order_by(entries.c.stream, entries.c.version)
    streamed = connection.execution_options(yield_per=_AT_A_TIME)
    for row in streamed.execute(query):
        yield Entry(row.stream, row.version, row.body, row.digest)


def _beyond(stream: str, found: list[Entry], heads: Mapping[str, tuple[int, str]]) -> Break | None:
    """Entries after the last that the store counted."""
    last = heads.get(stream, (0, ""))[0]
    return Break(stream, last + 1, Fault.REORDERED) if len(found) > last else None


def _snapshots(connection: Connection, heads: Mapping[str, tuple[int, str]]) -> list[Break]:
    """Cases that do not stand where their streams end."""
    rows = connection.execute(select(cases.c.id, cases.c.version))
    return [Break(row.id, row.version, Fault.ALTERED) for row in rows if heads.get(row.id, (0, ""))[0] != row.version]


def _known(connection: Connection, root: str) -> bool:
    return log.entry_of(connection, ANCHORS, root[-64:]) is not None


def _anchored(anchor: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """The heads that an anchor knows.  Raises EventRefused where the anchor itself was altered."""
    try:
        heads = {str(name): (int(version), str(digest)) for name, (version, digest) in anchor["streams"].items()}
        whole = root_of((name, *heads[name]) for name in sorted(heads)) == anchor["root"]
    except (KeyError, TypeError, ValueError, AttributeError) as failure:
        raise _bad_anchor() from failure
    if not whole:
        raise _bad_anchor()
    return heads


def _bad_anchor() -> EventRefused:
    return refuse(
        "CS022",
        ("锚定文件被改动过, 或不是锚定文件", "the anchor was altered, or is none"),
        ("用另存的原件", "use the copy that was kept elsewhere"),
    )
