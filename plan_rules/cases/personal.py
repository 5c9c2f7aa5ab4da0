"""Personal data of cases: sealed, kept apart, read by the roles that may, every reading recorded; and erased."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, insert, select, update

from plan_rules.cases.case import Case, Phase
from plan_rules.cases.chain import Entry
from plan_rules.cases.refusal import EventRefused, listed, refuse
from plan_rules.cases.store import log
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import text_of
from plan_rules.cases.store.schema import cases, personal
from plan_rules.cases.vault import MAX_CHARACTERS, Datum, KeyRefused, Keyring
from plan_rules.errors import Message, ToldError
from plan_rules.instants import read_day, stored_instant
from plan_rules.plan import Plan

ACCESS = "@access"  # the stream in which readings are recorded


class AccessRefused(ToldError):
    """This role may not read these personal data; that it was asked for is recorded."""


@dataclass(frozen=True, slots=True)
class PersonalDatum:
    """One personal datum, opened.  `words` is None once it was erased."""

    item: str
    label: str
    recorded_at: datetime
    words: str | None


@dataclass(frozen=True, slots=True)
class RanOut:
    """Personal data of a case that are kept no longer."""

    case: str
    items: tuple[str, ...]
    since: date


class Personal:
    """The personal data of a store."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring | None,
        now: Callable[[], datetime],
        load: Callable[[str], Case],
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._now = now
        self._load = load

    # ----------------------------------------------------------------- written with the event

    def seal(self, case: str, plan: Plan, words: Mapping[str, str]) -> tuple[Datum, ...]:
        """The words, sealed.  Raises EventRefused where the plan keeps no such data, KeyRefused without a key."""
        for item, said in words.items():
            if item not in plan.case.personal:
                raise _no_item(plan, item)
            if not 0 < len(said) <= MAX_CHARACTERS:
                raise _length(item)
        keyring = self._key()
        return tuple(keyring.seal(case, item, said) for item, said in words.items())

    def keep(self, connection: Connection, case: str, data: Iterable[Datum], stamp: str) -> None:
        """Store sealed data."""
        rows = [
            {
                "ref": datum.sealed.ref,
                "case": case,
                "item": datum.sealed.item,
                "recorded_at": stamp,
                "key": datum.key,
                "wrapped": datum.wrapped,
                "sealed": datum.content,
            }
            for datum in data
        ]
        if rows:
            connection.execute(insert(personal), rows)

    def forget(self, connection: Connection, case: str, items: Iterable[str], stamp: str) -> None:
        """Erase the keys and the sealed words; that they were there stays."""
        mine = (personal.c.case == case) & personal.c.item.in_([*items]) & personal.c.erased_at.is_(None)
        gone = {"key": None, "wrapped": None, "sealed": None, "erased_at": stamp}
        connection.execute(update(personal).where(mine).values(**gone))

    # ----------------------------------------------------------------- read

    def read(
        self, case: str, *, role: str, by: str, reason: str, items: Iterable[str] | None = None
    ) -> tuple[PersonalDatum, ...]:
        """The personal data of a case that this role may read, or of these kinds; the reading is recorded.

        Raises AccessRefused where the role may not read one that was asked for (or any), KeyRefused with a wrong key;
        both are recorded.
        """
        plan = self._load(case).plan
        known = plan.case.personal
        asked = tuple(items) if items is not None else tuple(known)
        for item in asked:
            if item not in known:
                raise _no_item(plan, item)
        may = tuple(item for item in asked if role in known[item].readers)
        refused = not may or (items is not None and len(may) < len(asked))
        told = {"case": case, "items": list(asked if refused else may), "role": role, "by": by, "reason": reason}
        if refused:
            self._record({**told, "kind": "refused", "why": "role"})
            raise AccessRefused(_may_not(plan, role, asked))
        try:
            opened = tuple(self._opened(case, plan, row) for row in self._rows(case, may))
        except KeyRefused:
            self._record({**told, "kind": "refused", "why": "key"})
            raise
        self._record({**told, "kind": "read"})
        return opened

    def accesses(self) -> tuple[Entry, ...]:
        """Every reading, and every one that was refused."""
        with self._database.reading() as connection:
            return tuple(log.read(connection, ACCESS))

    def _opened(self, case: str, plan: Plan, row: Row[Any]) -> PersonalDatum:
        label, at = plan.case.personal[row.item].label, stored_instant(row.recorded_at)
        if row.erased_at is not None:
            return PersonalDatum(row.item, label, at, None)
        # A part that is gone without a word of erasing it was taken out by other means: it opens nothing.
        words = self._key().open(case, row.item, row.ref, row.key or "", row.wrapped or b"", row.sealed or b"")
        return PersonalDatum(row.item, label, at, words)

    def _rows(self, case: str, items: Iterable[str]) -> list[Row[Any]]:
        query = select(personal).where(personal.c.case == case, personal.c.item.in_([*items]))
        with self._database.reading() as connection:
            return [*connection.execute(query.order_by(personal.c.recorded_at, personal.c.ref))]

    def _record(self, told: Mapping[str, Any]) -> None:
        access = uuid4().hex
        with self._database.writing() as connection:
            log.append(connection, ACCESS, access, {"access": {**told, "id": access}}, text_of(self._now()))

    def _key(self) -> Keyring:
        if self._keyring is None:
            raise KeyRefused(
                Message(
                    "没有给密钥, 个人信息既不能存也不能看; 用 --key FILE, 没有就先 plan-rules case new-key FILE",
                    "without a key, personal data can be neither kept nor read; give --key FILE, made by "
                    "`plan-rules case new-key FILE`",
                )
            )
        return self._keyring

    # ----------------------------------------------------------------- kept no longer, or under a new key

    def ran_out(self, at: datetime, *, limit: int = 1_000) -> tuple[RanOut, ...]:
        """Personal data whose time of keeping is over, by case."""
        over = (Phase.RESOLVED.value, Phase.CLOSED.value)
        query = select(personal.c.case).join(cases).where(personal.c.erased_at.is_(None), cases.c.phase.in_(over))
        with self._database.reading() as connection:
            names = connection.execute(query.distinct().order_by(personal.c.case).limit(limit)).scalars().all()
        return tuple(found for name in names if (found := self._ran_out(name, at.date())))

    def _ran_out(self, name: str, today: date) -> RanOut | None:
        case = self._load(name)
        resolved = case.facts.get(case.plan.case.resolved_on or "")
        since = (read_day(resolved) if isinstance(resolved, str) else None) or case.at.date()
        held = {row.item for row in self._rows(name, case.plan.case.personal) if row.erased_at is None}
        items = tuple(
            item.id
            for item in case.plan.case.personal.values()
            if item.id in held and since + timedelta(days=item.keep_days) < today
        )
        return RanOut(name, items, since) if items else None

    def rewrap(self) -> int:
        """Wrap every data key under the newest master key; how many there were.  Raises KeyRefused, then none was."""
        keyring = self._key()
        query = select(personal).where(personal.c.key.is_not(None), personal.c.key != keyring.current)
        with self._database.writing() as connection:
            rows = connection.execute(query).all()
            for row in rows:
                values = {"key": keyring.current, "wrapped": keyring.rewrapped(row.key, row.wrapped)}
                connection.execute(update(personal).where(personal.c.ref == row.ref).values(**values))
        self._database.scrub()
        return len(rows)

    def held(self) -> Iterator[Mapping[str, str]]:
        """What is kept, case by case, without what it says: for the list of personal data that a bank has to keep."""
        columns = (personal.c.case, personal.c.item, personal.c.recorded_at, personal.c.erased_at)
        with self._database.reading() as connection:
            for row in connection.execute(select(*columns).order_by(personal.c.case, personal.c.item)):
                yield {
                    "case": row.case,
                    "item": row.item,
                    "recorded_at": row.recorded_at,
                    "erased_at": row.erased_at or "",
                }


def _no_item(plan: Plan, item: str) -> EventRefused:
    known = plan.case.personal
    return refuse(
        "CS020",
        (f"预案没有这种个人信息: {item[:60]}", f"the plan keeps no personal data `{item[:60]}`"),
        listed("可写: ", "known: ", known),
        subject=item[:60],
    )


def _length(item: str) -> EventRefused:
    return refuse(
        "CS021",
        (f"“{item}”应有 1 至 {MAX_CHARACTERS} 字", f"`{item}` takes 1 to {MAX_CHARACTERS} characters"),
        ("写短一些, 或分几次登记", "write less, or record it in parts"),
        subject=item,
    )


def _may_not(plan: Plan, role: str, items: Iterable[str]) -> Message:
    labels = [plan.case.personal[item].label for item in items]
    known = plan.roles[role].label if role in plan.roles else role[:60]
    return Message(
        f"{known}不能看: {'、'.join(labels)}; 这次请求已留痕",
        f"`{role[:60]}` may not read {', '.join(items)}; that it was asked for is recorded",
    )
