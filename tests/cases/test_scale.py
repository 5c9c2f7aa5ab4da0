"""What is read again and again is read from an index, in its order, however much there is beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from plan_rules.cases.case import Phase
from plan_rules.cases.casebook import Cases
from plan_rules.cases.store import work
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import text_of
from plan_rules.cases.store.texts import Texts
from tests.cases.crashing import PLAN, START, Clock

CASES = 3_000
_BIG = ("cases", "deadlines", "messages", "entries", "streams")

Ask = Callable[[Cases], object]
ASKED: dict[str, Ask] = {
    "due": lambda cases: cases.due(),
    "overdue": lambda cases: cases.due(before=START + timedelta(days=2)),
    "due of a case": lambda cases: cases.due(case="c7"),
    "at once": lambda cases: cases.at_once(),
    "at once of a case": lambda cases: cases.at_once(case="c7"),
    "list": lambda cases: cases.list(),
    "list of one phase": lambda cases: cases.list((Phase.CLOSED,)),
    "load": lambda cases: cases.load("c7"),
    "record": lambda cases: cases.observe("c7", {"order_disrupted": True}, by="desk"),
    "open": lambda cases: cases.open(PLAN, {"order_disrupted": True}, by="desk"),
    "claim": lambda cases: cases.outbox.claim("w", now=START, lease=timedelta(minutes=1), limit=1),
    "acknowledge": lambda cases: cases.outbox.acknowledge("none", "w", now=START),
    "messages of a case": lambda cases: cases.outbox.of_case("c7"),
    "dead letters": lambda cases: cases.outbox.dead(),
    "review": lambda cases: cases.review(by="clock", limit=1),
}


@pytest.fixture
def large(store_url: str) -> str:
    """One case as it is recorded, and rows of thousands like it."""
    with Cases.connect(store_url, clock=Clock()) as cases:
        cases.open(PLAN, {"complaint_received": True, "aggression_level": "serious"}, by="desk", case="c0", event="e")
        cases.resolve("c0", by="desk")
    database = Database(store_url)
    with database.writing() as connection:
        for table in ("cases", "streams", "entries", "deadlines", "messages"):
            _copy(connection, table)
        connection.execute(text("UPDATE cases SET phase = 'closed' WHERE length(id) > 4"))
        connection.execute(text("UPDATE messages SET status = 'delivered' WHERE length(\"case\") > 4"))
        connection.execute(text("ANALYZE"))
    database.close()
    return store_url


def _copy(connection: Connection, table: str) -> None:
    from plan_rules.cases.store.schema import metadata

    found = metadata.tables[table]
    rows = [dict(row._mapping) for row in connection.execute(found.select())]
    whose = "case" if "case" in found.c else "stream" if "stream" in found.c else "id"
    made = []
    for number in range(1, CASES):
        at = text_of(START + timedelta(minutes=number))
        for row in rows:
            new = {**row, whose: f"c{number}"}
            if table == "messages":
                new |= {"id": f"{number}-{row['id'][:50]}", "due_at": at}
            if table == "cases":
                new |= {
                    "at": at,
                    "review_at": at,
                    "snapshot": row["snapshot"].replace('"id":"c0"', f'"id":"c{number}"'),
                }
            if table == "deadlines" and row["overdue_from"]:
                new |= {"overdue_from": at}
            made.append(new)
    connection.execute(found.insert(), made)


@contextmanager
def _watched() -> Iterator[list[tuple[str, Any]]]:
    """The statements that read or change the tables that grow."""
    seen: list[tuple[str, Any]] = []

    def before(_: object, __: object, statement: str, parameters: Any, *rest: object) -> None:
        first = statement.split(None, 1)[0].upper()
        if first in ("SELECT", "UPDATE", "DELETE") and any(table in statement for table in _BIG):
            seen.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", before)


@pytest.mark.slow
def test_what_is_asked_often_is_read_from_an_index_in_its_order(large: str) -> None:
    asked: list[tuple[str, str, Any]] = []
    with Cases.connect(large, clock=Clock()) as cases:
        for name, ask in ASKED.items():
            with _watched() as seen:
                ask(cases)
            assert seen, name
            asked += [(name, statement, parameters) for statement, parameters in seen]
    database = Database(large)
    bad = []
    with database.reading() as connection:
        for name, statement, parameters in asked:
            bad += [(name, statement, step) for step in _slow_steps(connection, statement, parameters)]
    database.close()
    assert bad == []


def _slow_steps(connection: Connection, statement: str, parameters: Any) -> list[str]:
    """The steps of the database's plan that look at a whole table or sort more than a case has."""
    small = 'WHERE messages."case"' in statement or 'deadlines."case" =' in statement  # what one case has is sorted
    if connection.dialect.name == "sqlite":
        found = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        steps = [row.detail for row in found]
        return [
            step
            for step in steps
            if (step.startswith("SCAN") and " USING " not in step) or ("TEMP B-TREE" in step and not small)
        ]
    plan = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar()
    tree = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return [kind for kind in _kinds(tree) if kind == "Seq Scan" or ("Sort" in kind and not small)]


def _kinds(step: dict[str, Any]) -> Iterator[str]:
    yield step["Node Type"]
    for below in step.get("Plans", ()):
        yield from _kinds(below)


@pytest.mark.slow
def test_lists_are_what_sorting_everything_would_give(large: str) -> None:
    database = Database(large)
    with database.reading() as connection:
        everything = [*work.listed(connection, phases=Phase, limit=10 * CASES)]
        assert everything == sorted(everything, key=lambda line: (line.at, line.id), reverse=True)
        assert len(everything) == CASES
        assert [*work.listed(connection, phases=Phase, limit=150)] == everything[:150]
        due = [*work.due(connection, before=None, limit=10 * CASES)]
        assert due == sorted(due, key=lambda duty: (duty.overdue_from, duty.case))
        assert work.load(connection, Texts(), "c2999") is not None
    database.close()
