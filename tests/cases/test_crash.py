"""Killed at every write boundary and at random points: no event is lost, no message lost or doubled.

PLAN_RULES_SOAK=1 kills at more random points.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from plan_rules.cases.casebook import Cases
from plan_rules.cases.store.failures import StoreError
from tests.cases.crashing import SCRIPT, script
from tests.cases.nursery import Nursery, acknowledged, empty, nursery, wait_until_quiet
from tests.cases.postgres import Server
from tests.cases.whole import assert_whole, picture, rows

POINTS = 1_000 if os.environ.get("PLAN_RULES_SOAK") else 40


@pytest.fixture(scope="module")
def children() -> Iterator[Nursery]:
    with nursery() as found:
        yield found


def _events(names: list[str]) -> list[str]:
    """Of the steps acknowledged, the events of cases: `a.open` is `a.open` of the case a."""
    return [f"{name[0]} {name}" for name in names if name[1] == "."]


def _look(url: str, names: list[str], whole: dict[str, list[str]]) -> None:
    """After a death: all is consistent, and carrying the script out again ends as if nothing had happened."""
    wait_until_quiet(url)
    if names or _has_tables(url):
        stored = assert_whole(url, _events(names), replay=False)
        delivered = [row for row in stored["messages"] if row["status"] == "delivered"]
        assert len(delivered) >= sum(name.startswith("claim") for name in names)
    script(url)
    assert picture(url) == whole


def _has_tables(url: str) -> bool:
    try:
        rows(url, "streams")
    except StoreError:
        return False
    return True


@pytest.mark.slow
def test_killed_at_every_write_boundary_nothing_is_lost_or_doubled(store_url: str, children: Nursery) -> None:
    script(store_url)
    assert_whole(store_url)
    whole = picture(store_url)
    deaths = 0
    while True:
        empty(store_url)
        found = children.run("script", store_url, at=deaths + 1)
        if not found["killed"]:
            break
        deaths += 1
        _look(store_url, acknowledged(found), whole)
    assert acknowledged(found) == [step.name for step in SCRIPT]
    assert deaths > 150


@pytest.mark.slow
def test_killed_at_random_points_nothing_is_lost_or_doubled(store_url: str, children: Nursery) -> None:
    random = Random(20261102)
    script(store_url)
    whole = picture(store_url)
    empty(store_url)
    takes = children.run("script", store_url)["seconds"]
    steps = Counter[int]()
    for _ in range(POINTS):
        empty(store_url)
        found = children.run("script", store_url, after=random.uniform(0, takes))
        names = acknowledged(found)
        steps[len(names)] += 1
        _look(store_url, names, whole)
    assert len(steps) > 5


def test_the_script_says_the_same_twice(store_url: str) -> None:
    script(store_url)
    once = picture(store_url)
    script(store_url)
    assert picture(store_url) == once
    assert_whole(store_url)
    kinds = Counter(row["kind"] for row in rows(store_url, "messages"))
    assert kinds["duty.escalated"] >= 3


def _drained(children: Nursery, url: str, file: Path, at: int) -> bool:
    """A worker that dies at this boundary, and another that comes once the lease ran out.  Did the first die?"""
    found = children.run("deliver", url, at=at, **{"with": {"to": str(file), "minutes": 30}})
    wait_until_quiet(url)
    assert children.run("deliver", url, **{"with": {"to": str(file), "minutes": 32}})["said"] == ["idle"]
    return bool(found["killed"])


def test_a_worker_that_dies_over_a_message_leaves_it_to_be_delivered_again_under_the_same_id(
    store_url: str, children: Nursery, tmp_path: Path
) -> None:
    at, again = 0, 0
    while True:
        at += 1
        empty(store_url)
        script(store_url, until="a.violent")
        file = tmp_path / f"delivered-{at}"
        died = _drained(children, store_url, file, at)
        delivered = Counter(file.read_text(encoding="ascii").split())
        stored = rows(store_url, "messages")
        assert set(delivered) == {row["id"] for row in stored}
        assert {row["status"] for row in stored} == {"delivered"}
        assert sum(delivered.values()) - len(delivered) <= 1
        again += sum(delivered.values()) > len(delivered)
        if not died or at > 40:  # the first messages are as the later ones
            break
    assert again > 3


def _under_way(url: str, parts: int) -> bool:
    """Are all four writers of this part writing, and is there something to lose?"""
    return len(rows(url, "cases")) >= 4 * parts and len(rows(url, "entries")) >= 60 * parts


def test_a_server_that_crashes_among_writers_has_all_it_acknowledged(
    postgres_server: Server, children: Nursery
) -> None:
    url = postgres_server.new_database()
    with Cases.connect(url):
        pass
    promised: list[str] = []
    for crash in range(3):
        children.begin("write_until_gone", url, children=4, **{"with": {"part": crash}})
        until = time.monotonic() + 60
        while not _under_way(url, crash + 1) and time.monotonic() < until:
            time.sleep(0.1)
        postgres_server.stop("immediate")
        try:
            found = children.end()
        finally:
            postgres_server.start()
        told = [line for line in found["said"] if line.startswith("told")]
        assert told == ["told store_unavailable"] * 4
        promised += acknowledged(found)
        assert len(promised) > 20 * (crash + 1)
        assert_whole(url, promised, replay=False)
    postgres_server.drop_database(url)
