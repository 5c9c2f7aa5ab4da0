"""A store of cases -> what its operations cost when it holds a thousand cases, and many; side by side in one run.

    python -m benchmarks.cases [--cases 100000] [--events 1000000] [--rounds 200] [--store sqlite] [--docs]

Stores are filled with stories that were really folded, each told of many cases under other ids: the log is as recording
makes it, its chain and its decisions included, and a sample is verified.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Table, text

import plan_rules
from benchmarks.report import machine, table
from plan_rules.cases import chain
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.casebook import Cases
from plan_rules.cases.event import Closed, Done, Observed, Opened, Resolved, What, made, written
from plan_rules.cases.message import Message, message_id
from plan_rules.cases.step import Step
from plan_rules.cases.store import work
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import DELIVERED, WAITING, text_of
from plan_rules.cases.store.schema import entries, messages, streams
from tests.cases import postgres

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "case-benchmarks.md"
PLAN = plan_rules.load()
BY = "desk"
START = datetime.fromisoformat("2025-05-12T09:00")
NOW = START + timedelta(days=60)
LEASE = timedelta(minutes=1)
FEW = 1_000
STORIES = 200
AT_ONCE = 500  # cases in one transaction
TARGET = 2.0

TEXT = """# What cases cost

Milliseconds of wall-clock time, medians of {rounds} rounds of one run of `python -m benchmarks.cases --docs`; in each
round every operation is done on both stores, one after the other. Run it on your own machine before you rely on a
number, and rely on ratios. Machine: {machine}, SQLite on a local disk, PostgreSQL on the same machine over a socket;
both write to disk at each commit.

{tables}

A case has {length} events. A quarter of the cases are closed and a quarter resolved with a report that is due; the
others are open. Of every fiftieth case the messages still wait to be delivered. Lists show 100. *claim and acknowledge*
is one message, in two transactions. The stores are filled with stories that were really folded, and a sample of cases
is verified and replayed before anything is timed.

## Long cases

*record* on one case, by how many events it has. What is recorded is a fact that makes duties lapse and live anew: a
case keeps every life of every duty, so this is the worst there is. In *quiet* the fact asks for nothing new.

{long}
"""


@dataclass(frozen=True)
class Story:
    """The steps of a case, and its log and messages but for the case's id."""

    last: Step
    contents: tuple[dict[str, Any], ...]
    stamps: tuple[str, ...]
    messages: tuple[tuple[Message, str], ...]


def main() -> None:
    options = _options()
    length = options.events // options.cases
    stories = [_story(number, length) for number in range(STORIES)]
    told, long = [], []
    for name, place in _places(options.store):
        with place() as new_url, ExitStack() as stack:
            stores = []
            for cases in (FEW, options.cases):
                begun = time.monotonic()
                url = new_url()
                _fill(url, stories, cases)
                stores.append(stack.enter_context(Cases.connect(url, clock=lambda: NOW)))
                print(f"{name}: {cases} cases in {time.monotonic() - begun:.0f} s", file=sys.stderr)
                _verify(stores[-1], cases)
            told.append(_table(name, stores, options))
            print(told[-1], flush=True)
            long.append(_long(name, stores[0]))
            print(long[-1], flush=True)
    if options.docs:
        page = TEXT.format(
            rounds=options.rounds,
            machine=machine(),
            length=length,
            tables="\n\n".join(told),
            long="\n\n".join(long),
        )
        PAGE.write_text(page, encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cases", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000, help="how many cases the large store has (100000)")
    parser.add_argument("--events", type=int, default=1_000_000, help="how many events they have in all (1000000)")
    parser.add_argument("--rounds", type=int, default=200, help="how often each operation is done (200)")
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--docs", action="store_true", help="also write docs/explanation/case-benchmarks.md")
    return parser.parse_args()


# --------------------------------------------------------------------------- stories


def _story(number: int, length: int) -> Story:
    """A story of so many events: of four, one ends closed and one resolved; they begin on different days."""
    random = Random(number)
    at = START + timedelta(days=number % 40, minutes=random.randint(0, 400))
    ending: tuple[What, ...] = ((Resolved(), Done(action="report_to_sponsor"), Closed()), (Resolved(),), (), ())[
        number % 4
    ]
    facts = {"complaint_received": True, "order_disrupted": random.random() < 0.5}
    said: list[What] = [Opened(plan=PLAN.digest, facts=facts, outlet=f"outlet-{number % 7}")]
    while len(said) < length - len(ending):
        said.append(Observed(facts=_seen(random)))
    if ending:
        said[-1] = Observed(facts={"aggression_level": "serious"})  # so that there is something to report
    steps: list[Step] = []
    contents, stamps = [], []
    for place, what in enumerate((*said, *ending)):
        at += timedelta(minutes=random.randint(1, 20))
        event = made(id=f"e{place}", at=at, by=BY, what=what)
        steps.append(advance(steps[-1].case, event) if steps else begin("told", PLAN, event))
        case = steps[-1].case
        stamps.append(text_of(at))
        contents.append(
            {
                "event": written(event),
                "plan": case.plan.digest,
                "calendar": case.calendar.digest,
                "decision": chain.digest_of(steps[-1].decision.to_json()),
            }
        )
    sent = tuple((message, chain.canonical(dict(message.body))) for step in steps for message in step.messages)
    return Story(steps[-1], tuple(contents), tuple(stamps), sent)


def _seen(random: Random) -> dict[str, Any]:
    fact = random.choice(("aggression_level", "order_disrupted", "media_present", "client_is_public_figure"))
    if fact == "aggression_level":
        return {fact: random.choice(("none", "none", "minor", "serious"))}
    return {fact if fact in PLAN.facts else "media_present": random.random() < 0.3}


# --------------------------------------------------------------------------- stores filled


def _fill(url: str, stories: list[Story], cases: int) -> None:
    """So many cases, each a story."""
    with Cases.connect(url, clock=lambda: START) as store:
        store.open(PLAN, {"complaint_received": True}, by=BY, case="first")  # brings the plan and the calendar
    database = Database(url)
    for first in range(0, cases, AT_ONCE):
        with database.writing() as connection:
            _write(connection, stories, range(first, min(first + AT_ONCE, cases)))
    with database.writing() as connection:
        connection.execute(text("ANALYZE"))
    database.close()


def _write(connection: Connection, stories: list[Story], numbers: range) -> None:
    logged: list[chain.Entry] = []
    sent: list[dict[str, Any]] = []
    heads: list[dict[str, Any]] = []
    for number in numbers:
        name, story = f"case-{number}", stories[number * 7919 % len(stories)]
        previous = chain.GENESIS
        for version, (content, stamp) in enumerate(zip(story.contents, story.stamps, strict=True), 1):
            logged.append(chain.next_entry(name, version, previous, stamp, content))
            previous = logged[-1].digest
        heads.append({"id": name, "version": len(story.contents), "head": previous, "recorded_at": story.stamps[-1]})
        work.save(connection, None, replace(story.last, case=replace(story.last.case, id=name)))
        sent += _sent(name, story, WAITING if number % 50 == 0 else DELIVERED)
    found = [
        {
            "stream": entry.stream,
            "version": entry.version,
            "event": f"e{entry.version - 1}",
            "body": entry.body,
            "digest": entry.digest,
        }
        for entry in logged
    ]
    _insert(connection, entries, found)
    _insert(connection, streams, heads)
    _insert(connection, messages, sent)


def _sent(name: str, story: Story, status: str) -> Iterator[dict[str, Any]]:
    for place, (message, body) in enumerate(story.messages):
        at = text_of(message.at)
        about = (message.body["action"], message.body["occasion"], message.body.get("rung", 0))
        yield {
            "id": message_id(name, message.kind, *about),
            "case": name,
            "kind": message.kind,
            "made_at": at,
            "body": body,
            "status": status,
            "attempt": int(status == DELIVERED),
            "due_at": at,
            "place": place,
        }


def _insert(connection: Connection, into: Table, rows: list[dict[str, Any]]) -> None:
    if connection.dialect.name == "sqlite":
        connection.execute(into.insert(), rows)
        return
    columns = ", ".join(f'"{name}"' for name in rows[0])
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {into.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _verify(store: Cases, cases: int) -> None:
    """A sample of the cases: their chains, their decisions made again, and how they stand."""
    for number in Random(cases).sample(range(cases), 20):
        name = f"case-{number}"
        assert chain.verify(name, store.audit.entries(name)) is None
        replayed = store.audit.replay(name)
        assert all(each.same for each in replayed)
        assert store.load(name).version == len(replayed)


# --------------------------------------------------------------------------- operations timed


def _operations(random: Random, cases: int) -> dict[str, Callable[[Cases], object]]:
    """Operations by name; each call takes another case."""
    facts = {"complaint_received": True, "order_disrupted": True}
    still_open = [number for number in range(cases) if number * 7919 % STORIES % 4 >= 2]

    def record(store: Cases) -> object:
        name = f"case-{random.choice(still_open)}"
        return store.observe(name, {"media_present": random.random() < 0.5}, by=BY)

    def claimed(store: Cases) -> object:
        (message,) = store.outbox.claim("w", now=NOW, lease=LEASE, limit=1)
        return store.outbox.acknowledge(message.id, "w", now=NOW)

    return {
        "open": lambda store: store.open(PLAN, facts, by=BY),
        "record": record,
        "load": lambda store: store.load(f"case-{random.randrange(cases)}"),
        "list": lambda store: store.list(),
        "due": lambda store: store.due(),
        "overdue": lambda store: store.due(before=START + timedelta(days=20)),
        "at once": lambda store: store.at_once(),
        "claim and acknowledge": claimed,
    }


def _table(name: str, stores: list[Cases], options: argparse.Namespace) -> str:
    sizes = (FEW, options.cases)
    asked = [_operations(Random(1), size) for size in sizes]
    spent: dict[str, tuple[list[float], list[float]]] = {each: ([], []) for each in asked[0]}
    for _ in range(options.rounds):
        for each, taken in spent.items():
            for store, operations, times in zip(stores, asked, taken, strict=True):
                times.append(_milliseconds(partial(operations[each], store)))
    head = (name, *(f"{size:,} cases" for size in sizes), "ratio", f"≤ {TARGET:.0f} ×")
    body = []
    for each, (few, many) in spent.items():
        ratio = median(many) / median(few)
        body.append(
            (
                each,
                f"{median(few):.2f}",
                f"{median(many):.2f}",
                f"{ratio:.2f} ×",
                "yes" if ratio <= TARGET else "**no**",
            )
        )
    return table(head, body)


def _long(name: str, store: Cases) -> str:
    """`record` on a case that grows."""
    body = []
    for kind, facts in (
        ("turning", [{"aggression_level": level} for level in ("serious", "none")]),
        ("quiet", [{"media_present": False}, {"media_present": False}]),
    ):
        case = f"long-{kind}"
        store.open(PLAN, {"complaint_received": True}, by=BY, case=case)
        measured = {}
        for events in (10, 100, 1_000):
            while store.load(case).version < events - 1:
                store.observe(case, facts[0], by=BY)
                store.observe(case, facts[1], by=BY)
            again = [partial(store.observe, case, facts[number % 2], by=BY) for number in range(10)]
            measured[events] = median(map(_milliseconds, again))
        lives, size = len(store.load(case).lives), len(json.dumps(store.load(case).to_dict()))
        cells = [f"{measured[events]:.2f}" for events in measured]
        body.append((kind, *cells, f"{measured[1_000] / measured[10]:.2f} ×", f"{lives:,}", f"{size / 1024:,.0f}"))
    head = (name, "10 events", "100", "1,000", "ratio", "lives kept", "snapshot KB")
    return table(head, body)


def _milliseconds(work_: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work_()
    return (time.perf_counter() - begun) * 1000


# --------------------------------------------------------------------------- places


def _places(wanted: str) -> Iterator[tuple[str, Callable[[], Any]]]:
    if wanted != "postgresql":
        yield "SQLite", _files
    if wanted != "sqlite":
        if postgres.binaries() is None:
            print("left out, not installed: PostgreSQL", file=sys.stderr)
        else:
            yield "PostgreSQL", _server


@contextmanager
def _files() -> Iterator[Callable[[], str]]:
    with TemporaryDirectory(prefix="plan-rules-") as folder:
        numbers = iter(range(100))
        yield lambda: f"sqlite:///{folder}/{next(numbers)}.db"


@contextmanager
def _server() -> Iterator[Callable[[], str]]:
    with postgres.server() as server:
        yield server.new_database


if __name__ == "__main__":
    main()
