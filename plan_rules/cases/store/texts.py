"""Plans and calendars in the store: the texts that cases are held to, by digest, kept for as long as the store is."""

from __future__ import annotations

import json
from functools import lru_cache

from sqlalchemy import Connection, insert, select

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.chain import digest_of
from plan_rules.cases.store.schema import documents
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
            source = digest_of(plan.source.raw.decode())
            _keep(connection, source, "source", plan.source.file, plan.source.raw, None, now)
        _keep(connection, plan.digest, "plan", f"{plan.id} {plan.version}"[:200], plan.text, source, now)

    def keep_calendar(self, connection: Connection, calendar: Calendar, now: str) -> None:
        """Store the calendar's own days."""
        content = json.dumps(calendar.to_dict(), ensure_ascii=False, sort_keys=True).encode()
        _keep(connection, calendar.digest, "calendar", calendar.name or calendar.base, content, None, now)

    def plan(self, connection: Connection, digest: str) -> Plan | None:
        """The plan of this digest; None where it is not stored."""
        if digest not in self._plans:
            row = connection.execute(
                select(documents.c.content, documents.c.source).where(
                    documents.c.digest == digest, documents.c.kind == "plan"
                )
            ).first()
            if row is None:
                return None
            source = _content(connection, row.source) if row.source else None
            self._plans[digest] = _compiled(bytes(row.content), source)
        return self._plans[digest]

    def calendar(self, connection: Connection, digest: str) -> Calendar:
        """The calendar of this digest."""
        if digest not in self._calendars:
            content = _content(connection, digest)
            self._calendars[digest] = Calendar.from_dict(json.loads(content or b"{}"))
        return self._calendars[digest]


_compiled = lru_cache(maxsize=64)(reload)


def _content(connection: Connection, digest: str) -> bytes | None:
    found = connection.execute(select(documents.c.content).where(documents.c.digest == digest)).scalar()
    return None if found is None else bytes(found)


def _keep(
    connection: Connection, digest: str, kind: str, name: str, content: bytes, source: str | None, now: str
) -> None:
    if connection.execute(select(documents.c.digest).where(documents.c.digest == digest)).first() is None:
        connection.execute(
            insert(documents).values(digest=digest, kind=kind, name=name, content=content, source=source, stored_at=now)
        )
