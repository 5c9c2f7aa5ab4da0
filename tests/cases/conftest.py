"""Stores to test on: a file of SQLite's, and a database of a PostgreSQL server of the tests' own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from plan_rules.cases.casebook import Cases
from tests.cases import postgres
from tests.cases.postgres import Server
from tests.cases.store_stories import Clock, opened

WITHOUT = "no PostgreSQL on this machine (on Debian: apt-get install postgresql)"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A running server; where there is none to run the test is skipped, but in CI that is a failure."""
    if postgres.binaries() is None:
        if os.environ.get("CI"):
            pytest.fail(WITHOUT)
        pytest.skip(WITHOUT)
    with postgres.server() as found:
        yield found


@pytest.fixture(params=["sqlite", "postgresql"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Makes empty stores, one a call: their URLs."""
    made: list[str] = []
    server: Server | None = request.getfixturevalue("postgres_server") if request.param == "postgresql" else None

    def new() -> str:
        made.append(server.new_database() if server else f"sqlite:///{tmp_path / f'cases-{len(made)}.db'}")
        return made[-1]

    yield new
    for url in made:
        if server:
            server.drop_database(url)


@pytest.fixture
def store_url(new_store: Callable[[], str]) -> str:
    """The URL of an empty store."""
    return new_store()


@pytest.fixture
def clock() -> Clock:
    """The clock of the store."""
    return Clock()


@pytest.fixture
def cases(store_url: str, clock: Clock) -> Iterator[Cases]:
    """An empty store."""
    with opened(store_url, clock) as found:
        yield found
