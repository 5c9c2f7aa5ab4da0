"""The log looked at: is it whole, what do anchors kept elsewhere say, and does replaying it give what was decided?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, select

from plan_rules.cases.advance import follow
from plan_rules.cases.chain import Break, Entry, Fault, root_of, verify
from plan_rules.cases.event import Event
from plan_rules.cases.event import read as read_event
from plan_rules.cases.refusal import EventRefused, refuse
from plan_rules.cases.step import Step
from plan_rules.cases.store import log, work
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import text_of
from plan_rules.cases.store.schema import cases, entries, streams
from plan_rules.cases.store.texts import Texts, damaged
from plan_rules.digests import digest_of

ANCHORS = "@anchors"  # the stream in which it is recorded that anchors were made
_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """What looking at the log came to.  `breaks` has the first entry of each stream that does not fit.

    `texts` are the digests of plans, source texts and calendars that are gone, or are not what their digest says.
    """

    streams: int
    entries: int
    breaks: tuple[Break, ...]
    texts: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Does everything fit?"""
        return not self.breaks and not self.texts


@dataclass(frozen=True, slots=True)
class Replayed:
    """One event decided again.  `decided`: the decision has the bytes it had when it was made.

    `stands` says of the last event whether the case and its deadlines are stored as they come out; of others, True.
    """

    version: int
    event: Event
    decision: str  # JSON
    decided: bool
    stands: bool = True

    @property
    def same(self) -> bool:
        """Is all of it as it was?"""
        return self.decided and self.stands


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
            heads = {row.id: (row.version, row.head, row.recorded_at) for row in connection.execute(select(streams))}
            breaks, needed, seen, count = [], set(), set(), 0
            for stream, found in groupby(_all(connection), key=lambda each: each[0].stream):
                listed = [*found]
                seen.add(stream)
                count += len(listed)
                broken = _first_break(stream, listed, heads.get(stream, (0, "", "")), anchored.get(stream))
                breaks += [broken] if broken else []
                needed |= set() if broken else _texts_of(listed)
            breaks += [Break(stream, 1, Fault.CUT) for stream in {*heads, *anchored} - seen]
            breaks += _beside(connection, heads)
            texts = damaged(connection, needed)
        breaks.sort(key=lambda each: (each.stream, each.version))
        firsts = [next(each) for _, each in groupby(breaks, key=lambda each: each.stream)]
        return Verdict(len(seen), count, tuple(firsts), texts)

    def anchor(self, *, by: str) -> dict[str, Any]:
        """An anchor of the log as it stands, to be kept elsewhere; that it was made is recorded."""
        now = text_of(self._now())
        with self._database.writing() as connection:
            # Sorted here: a database has an order of letters of its own.
            heads = sorted(head for head in log.heads(connection) if head[0] != ANCHORS)
            root = root_of(heads)
            content = {"anchor": {"root": root, "streams": len(heads), "by": by}}
            if log.entry_of(connection, ANCHORS, _anchor_id(root)) is None:
                log.append(connection, ANCHORS, _anchor_id(root), content, now)
        return {"at": now, "root": root, "streams": {name: [version, digest] for name, version, digest in heads}}

    def replay(self, case: str) -> tuple[Replayed, ...]:
        """Every decision of a case made again, from the stored plan and facts.  Raises StoreDamaged, EventRefused."""
        with self._database.reading() as connection:
            found: list[Replayed] = []
            last: Step | None = None
            for entry, event, last in self._steps(connection, case):
                decided = last.decision.to_json()
                found.append(Replayed(entry.version, event, decided, digest_of(decided) == entry.content["decision"]))
            if last is not None:
                found[-1] = replace(found[-1], stands=work.stands(connection, last))
        return tuple(found)

    def step(self, case: str, event: str) -> Step | None:
        """What recording this event came to, made again; None where the case has no such event."""
        with self._database.reading() as connection:
            return next((step for _, told, step in self._steps(connection, case) if told.id == event), None)

    def _steps(self, connection: Connection, case: str) -> Iterator[tuple[Entry, Event, Step]]:
        step: Step | None = None
        plan_of = partial(self._texts.plan_of_case, connection)
        for entry in log.read(connection, case):
            content = entry.content
            event, calendar = read_event(content["event"]), self._texts.calendar(connection, content["calendar"])
            step = follow(step.case if step else None, case, event, plan_of, calendar)
            yield entry, event, step


def _all(connection: Connection) -> Iterator[tuple[Entry, str]]:
    """Every entry with the id it is found by, stream by stream, a part at a time."""
    query = select(entries).order_by(entries.c.stream, entries.c.version)
    streamed = connection.execution_options(yield_per=_AT_A_TIME)
    for row in streamed.execute(query):
        yield Entry(row.stream, row.version, row.body, row.digest), row.event


def _first_break(
    stream: str, found: list[tuple[Entry, str]], head: tuple[int, str, str], anchored: tuple[int, str] | None
) -> Break | None:
    """The first entry that does not fit its chain, its anchor, the id it is found by, or the head of the stream."""
    listed = [entry for entry, _ in found]
    broken = verify(stream, listed, known=dict([anchored] if anchored else []))
    if broken is not None:
        return broken
    misnamed = next((entry.version for entry, event in found if _id_of(entry) != event), None)
    if misnamed is not None:
        return Break(stream, misnamed, Fault.ALTERED)
    last, digest, recorded_at = head
    if len(listed) != last:
        return Break(stream, min(len(listed), last) + 1, Fault.CUT if len(listed) < last else Fault.REORDERED)
    same = (listed[-1].digest, listed[-1].content["recorded_at"]) == (digest, recorded_at)
    return None if same else Break(stream, last, Fault.ALTERED)


def _id_of(entry: Entry) -> str | None:
    """The id that an entry should be found by: of its event, its anchor, or its access."""
    match entry.content:
        case {"event": {"id": str(found)}} | {"access": {"id": str(found)}}:
            return found
        case {"anchor": {"root": str(root)}}:
            return _anchor_id(root)
        case _:
            return None


def _texts_of(found: list[tuple[Entry, str]]) -> set[str]:
    """The digests of the texts that these entries rest on."""
    return {entry.content[name] for entry, _ in found for name in ("plan", "calendar") if name in entry.content}


def _beside(connection: Connection, heads: Mapping[str, tuple[int, str, str]]) -> list[Break]:
    """Cases that do not stand where their streams end, and streams whose case is gone."""
    stands = {row.id: row.version for row in connection.execute(select(cases.c.id, cases.c.version))}
    ends = {name: version for name, (version, _, _) in heads.items() if not name.startswith("@")}
    return [
        Break(name, max(stands.get(name, 0), ends.get(name, 0)), Fault.ALTERED)
        for name in {*stands, *ends}
        if stands.get(name) != ends.get(name)
    ]


def _anchor_id(root: str) -> str:
    """The id under which it is recorded that an anchor was made: its digest, without the name of the function."""
    return root[-64:]


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
