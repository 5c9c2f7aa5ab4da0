"""Plans and calendars in the store: the texts that cases are held to, by digest, kept for as long as the store is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache

from sqlalchemy import Connection, insert, select

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.store.failures import StoreDamaged
from plan_rules.cases.store.schema import documents
from plan_rules.digests import digest_of
from plan_rules.loading import reload
from plan_rules.plan import Plan


class Texts:
    """Puts texts in and reads them again, each once; what a plan's text says is worked out once a process."""

    def __init__(self) -> None:
        self._plans: dict[str, Plan] = {}
        self._calendars: dict[str, Calendar] = {CHINA.digest: CHINA}

    def keep_plan(self, connection: Connection, plan: Plan, now: str) -> None:
        """Store the plan's text, and that of its 底本."""
        source = None
        if plan.source is not None:
            source = digest_of(plan.source.raw)
            _keep(connection, source, "source", plan.source.file, plan.source.raw, None, now)
        _keep(connection, plan.digest, "plan", f"{plan.id} {plan.version}"[:200], plan.text, source, now)

    def keep_calendar(self, connection: Connection, calendar: Calendar, now: str) -> None:
        """Store the calendar's own days."""
        content = json.dumps(calendar.to_dict(), ensure_ascii=False, sort_keys=True).encode()
        _keep(connection, calendar.digest, "calendar", calendar.name or calendar.base, content, None, now)

    def plan(self, connection: Connection, digest: str) -> Plan | None:
        """The plan of this digest; None where it is not stored.  Raises StoreDamaged."""
        if digest not in self._plans:
            query = select(documents.c.source).where(documents.c.digest == digest, documents.c.kind == "plan")
            row = connection.execute(query).first()
            if row is None:
                return None
            source = _content(connection, row.source) if row.source else None
            self._plans[digest] = _compiled(_content(connection, digest), source)
        return self._plans[digest]

    def plan_of_case(self, connection: Connection, digest: str) -> Plan:
        """The plan that a case is held to.  Raises StoreDamaged where it is gone."""
        plan = self.plan(connection, digest)
        if plan is None:
            raise StoreDamaged(digest)
        return plan

    def calendar(self, connection: Connection, digest: str) -> Calendar:
        """The calendar of this digest.  Raises StoreDamaged."""
        if digest not in self._calendars:
            self._calendars[digest] = Calendar.from_dict(json.loads(_content(connection, digest)))
        return self._calendars[digest]


_compiled = lru_cache(maxsize=64)(reload)


def damaged(connection: Connection, needed: Iterable[str]) -> tuple[str, ...]:
    """Digests of texts that are not what they should be, and of those needed that are gone."""
    rows = connection.execute(select(documents.c.digest, documents.c.kind, documents.c.content, documents.c.source))
    kept, sources, bad = set(), set(), set()
    for row in rows:
        kept.add(row.digest)
        sources |= {row.source} if row.source else set()
        if _digest(row.kind, _raw(row.content)) != row.digest:
            bad.add(row.digest)
    return tuple(sorted(bad | ({*needed, *sources} - kept)))


def _content(connection: Connection, digest: str) -> bytes:
    """A text as it was stored.  Raises StoreDamaged where it is gone, or is another."""
    row = connection.execute(select(documents.c.kind, documents.c.content).where(documents.c.digest == digest)).first()
    if row is None or _digest(row.kind, _raw(row.content)) != digest:
        raise StoreDamaged(digest)
    return _raw(row.content)


def _raw(content: bytes | str) -> bytes:
    """What is stored: SQLite keeps text where text was put in the place of bytes."""
    return content.encode() if isinstance(content, str) else bytes(content)


def _digest(kind: str, content: bytes) -> str | None:
    """The digest of a text; None where it is no text of its kind."""
    if kind != "calendar":
        return digest_of(content)
    try:
        return Calendar.from_dict(json.loads(content)).digest
    except ValueError:
        return None


def _keep(
    connection: Connection, digest: str, kind: str, name: str, content: bytes, source: str | None, now: str
) -> None:
    if connection.execute(select(documents.c.digest).where(documents.c.digest == digest)).first() is None:
        connection.execute(
            insert(documents).values(digest=digest, kind=kind, name=name, content=content, source=source, stored_at=now)
        )
