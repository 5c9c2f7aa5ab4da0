"""A database URL -> transactions, with every failure told as a StoreError that says what to do.

Writers take their place at once (SQLite: BEGIN IMMEDIATE), so that a transaction either is committed whole or was
never there; SQLite flushes to disk at each commit.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from plan_rules.cases.extra import ExtraMissing
from plan_rules.cases.store.failures import StoreOutdated, failure_of, not_a_store
from plan_rules.cases.store.schema import REVISION, cases, entries, streams

_WAIT = 30_000  # milliseconds that SQLite waits for another writer
_WRITES = {"plan_rules_writes": True}


class Database:
    """One store.  Raises StoreError where it cannot be reached, read or written."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self.sqlite = self._engine.dialect.name == "sqlite"
        self._reads = {} if self.sqlite else {"isolation_level": "REPEATABLE READ"}  # SQLite has no other

    def close(self) -> None:
        """Let every connection go."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of the store."""
        with _told(), self._engine.connect().execution_options(**self._reads) as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction whose writes are all kept, or none of them."""
        with _told(), self._engine.connect().execution_options(**_WRITES) as connection, connection.begin():
            yield connection

    def prepare(self) -> None:
        """Make the tables of a new store; StoreOutdated where an older version of the library made it."""
        found = self._revision()
        if found is None:
            self.migrate()
        elif found != REVISION:
            raise StoreOutdated(found, REVISION)

    def migrate(self) -> None:
        """Bring the store to the newest form.  Several processes may try at once.

        Raises StoreOutdated where a newer version of the library made it.
        """
        from plan_rules.cases.store.migrating import migrate  # noqa: PLC0415  loads alembic, which few need

        with self.writing() as connection:
            if not self.sqlite:
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 7_305_846_120})
            migrate(connection)

    def scrub(self) -> None:
        """Leave nothing behind of what was overwritten: SQLite keeps old pages in its write-ahead log until then.

        Where others are reading for long, it is done when the last connection closes.
        """
        if not self.sqlite:
            return
        connection = self._engine.raw_connection()
        try:
            with suppress(sqlite3.OperationalError):  # the erasure itself is committed
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()

    def _revision(self) -> str | None:
        """The version of the store; None of an empty database.  Raises StoreError where it is another program's."""
        with self.reading() as connection:
            tables = {*inspect(connection).get_table_names()}
            if not tables:
                return None
            if not {"alembic_version", cases.name, entries.name, streams.name} <= tables:
                raise not_a_store()
            return str(connection.execute(select(text("version_num")).select_from(text("alembic_version"))).scalar())


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite", hide_parameters=True)
    except ModuleNotFoundError as missing:
        raise ExtraMissing((missing.name or "").partition(".")[0], "postgres") from missing
    except (ArgumentError, SQLAlchemyError) as failure:
        raise failure_of(failure) from failure
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _: object) -> None:
    """What the driver does of its own with transactions is switched off: `_begin` says when they begin."""
    connection.isolation_level = None
    for pragma in ("foreign_keys=ON", f"busy_timeout={_WAIT}", "synchronous=FULL", "secure_delete=ON"):
        connection.execute(f"PRAGMA {pragma}")
    with suppress(sqlite3.OperationalError):  # a file that cannot be written is still read
        connection.execute("PRAGMA journal_mode=WAL")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("plan_rules_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except (DBAPIError, SQLAlchemyError) as failure:
        raise failure_of(failure) from failure
