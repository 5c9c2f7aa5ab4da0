"""The process `tests.cases.crashing`, and the store it is let loose on: emptied, and waited for until it is quiet."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

ROOT = Path(__file__).parents[2]


class Nursery:
    """Children by command."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, do: str, url: str, **command: Any) -> None:
        """Let children begin."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, "url": url, **command}) + "\n")
        self._process.stdin.flush()

    def end(self) -> dict[str, Any]:
        """Wait for them: what they said, how many were killed, how long it took."""
        assert self._process.stdout is not None
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert [line for line in found["said"] if line.startswith("failed")] == []
        return found

    def run(self, do: str, url: str, **command: Any) -> dict[str, Any]:
        """Both."""
        self.begin(do, url, **command)
        return self.end()


@contextmanager
def nursery() -> Iterator[Nursery]:
    """A running one."""
    command = [sys.executable, "-W", "error", "-m", "tests.cases.crashing"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


def acknowledged(found: dict[str, Any]) -> list[str]:
    """What was acknowledged, in the order in which it was said."""
    return [line.removeprefix("acknowledged ") for line in found["said"] if line.startswith("acknowledged ")]


def empty(url: str) -> None:
    """Make a store as if it were new."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        for end in ("", "-wal", "-shm"):
            Path(f"{parsed.database}{end}").unlink(missing_ok=True)
        return
    _on_server(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")


def wait_until_quiet(url: str) -> None:
    """A server ends what a client that was killed had asked for; SQLite ends with its process."""
    if make_url(url).get_backend_name() == "sqlite":
        return
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
    until = time.monotonic() + 30
    while _on_server(url, others):
        assert time.monotonic() < until
        time.sleep(0.002)


def _on_server(url: str, *statements: str) -> Any:
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        found = [connection.execute(text(statement)) for statement in statements][-1]
        return found.scalar() if found.returns_rows else None
