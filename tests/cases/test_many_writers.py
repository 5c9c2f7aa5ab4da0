"""Many writers at once, in processes and threads: every event is there once, and callers see no error but CS015.

PLAN_RULES_SOAK=1 takes more cases.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from plan_rules.cases.casebook import Cases
from plan_rules.cases.refusal import EventRefused
from tests.cases.crashing import PLAN, Clock
from tests.cases.nursery import Nursery, acknowledged, nursery
from tests.cases.whole import assert_whole, rows

WRITERS = 8
SOAK = bool(os.environ.get("PLAN_RULES_SOAK"))
EVENTS = 100 if SOAK else 12
CASES = 1_000 if SOAK else 60


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("checked", [False, True], ids=["as it comes", "on the version looked at"])
def test_eight_writers_on_one_case_lose_no_update(store_url: str, children: Nursery, checked: bool) -> None:
    with Cases.connect(store_url, clock=Clock()) as cases:
        cases.open(PLAN, {"complaint_received": True}, by="desk", case="one", event="opened")
    options = {"case": "one", "events": EVENTS, "checked": checked}
    found = children.run("write", store_url, children=WRITERS, **{"with": options})
    assert len(acknowledged(found)) == len(set(acknowledged(found))) == WRITERS * EVENTS
    assert_whole(store_url, acknowledged(found), replay=False)
    assert [row["version"] for row in rows(store_url, "cases")] == [WRITERS * EVENTS + 1]


@pytest.mark.slow
def test_eight_writers_on_many_cases_open_each_once_and_lose_no_update(store_url: str, children: Nursery) -> None:
    with Cases.connect(store_url):
        pass
    options = {"cases": CASES, "writers": WRITERS}
    found = children.run("write_many", store_url, children=WRITERS, **{"with": options})
    assert len(acknowledged(found)) == WRITERS * CASES
    opened = [line for line in found["said"] if line.startswith("opened")]
    assert len(opened) == len(set(opened)) == CASES
    assert_whole(store_url, acknowledged(found), replay=False)
    assert {row["version"] for row in rows(store_url, "cases")} == {WRITERS + 1}


@pytest.mark.slow
def test_eight_processes_make_the_store_and_open_one_case_at_once(store_url: str, children: Nursery) -> None:
    options = {"cases": 1, "writers": WRITERS}
    found = children.run("write_many", store_url, children=WRITERS, **{"with": options})
    assert sum(line.startswith("opened") for line in found["said"]) == 1
    assert_whole(store_url, acknowledged(found))


def test_threads_share_one_store(store_url: str) -> None:
    with Cases.connect(store_url, clock=Clock()) as cases:
        cases.open(PLAN, {"complaint_received": True}, by="desk", case="one", event="opened")

        def write(who: int) -> int:
            refused = 0
            for number in range(5):
                while True:
                    version = cases.load("one").version
                    facts = {"order_disrupted": (who + number) % 2 == 0}
                    try:
                        cases.observe("one", facts, by=f"t{who}", event=f"t{who}.{number}", expected=version)
                    except EventRefused as failure:
                        assert [each.code for each in failure.diagnostics] == ["CS015"]
                        refused += 1
                    else:
                        break
                cases.open(PLAN, {"complaint_received": True}, by="desk", case=f"case-{number}", event="opened")
            return refused

        with ThreadPoolExecutor(WRITERS) as pool:
            list(pool.map(write, range(WRITERS)))
    assert_whole(store_url, [f"one t{who}.{number}" for who in range(WRITERS) for number in range(5)])
    assert {row["id"]: row["version"] for row in rows(store_url, "cases")} == {
        "one": WRITERS * 5 + 1,
        **{f"case-{number}": 1 for number in range(5)},
    }


def test_a_worker_claims_no_message_that_another_holds(store_url: str) -> None:
    from datetime import timedelta

    with Cases.connect(store_url, clock=Clock()) as cases:
        for number in range(10):
            cases.open(PLAN, {"complaint_received": True, "order_disrupted": True}, by="desk", case=f"c{number}")
        lease = timedelta(minutes=1)

        def claim(who: int) -> list[str]:
            found: list[str] = []
            while batch := cases.outbox.claim(f"w{who}", now=cases.now(), lease=lease, limit=3):
                for message in batch:
                    assert cases.outbox.acknowledge(message.id, f"w{who}", now=cases.now())
                    found.append(message.id)
            return found

        with ThreadPoolExecutor(WRITERS) as pool:
            claimed = [name for each in pool.map(claim, range(WRITERS)) for name in each]
    messages = rows(store_url, "messages")
    assert sorted(claimed) == sorted(row["id"] for row in messages)
    assert {(row["status"], row["attempt"]) for row in messages} == {("delivered", 1)}


def test_the_log_is_whole_whenever_it_is_looked_at(store_url: str, children: Nursery) -> None:
    with Cases.connect(store_url, clock=Clock()) as cases:
        cases.open(PLAN, {"complaint_received": True}, by="desk", case="one", event="opened")
        children.begin("write", store_url, children=2, **{"with": {"case": "one", "events": 30, "checked": False}})
        looks = 0
        while cases.load("one").version < 50:
            verdict = cases.audit.verify()
            assert verdict.breaks == ()
            looks += 1
        children.end()
    assert looks > 3
