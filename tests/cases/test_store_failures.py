"""Databases that fail, in earnest: each failure is told in both languages, and nothing is half-written."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest
from sqlalchemy import event
from sqlalchemy.pool import Pool

from plan_rules.cases.casebook import Cases
from plan_rules.cases.extra import ExtraMissing
from plan_rules.cases.store.failures import (
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
    StoreUnavailable,
)
from tests.cases import postgres
from tests.cases.postgres import Server
from tests.cases.store_stories import BY, PLAN, Clock, contents, opened
from tests.command_line import ROOT

ASSAULT = {"complaint_location": "counter", "staff_assaulted": True}
SECRET = "hunter2secret"


def told(failed: pytest.ExceptionInfo[StoreError], name: str) -> None:
    """The failure has its name, both languages, and gives nothing away."""
    message = failed.value.message
    assert failed.value.error == name
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message.zh)
    assert message.en.isascii()
    assert str(failed.value) == f"{message.zh} / {message.en}"
    for word in (SECRET, "tester", "/tmp", "cases_", "INSERT", "staff_assaulted"):
        assert word not in str(failed.value)
    if name not in ("store_unavailable", "store_outdated"):
        assert "nothing was written" in message.en


def file_of(tmp_path: Path) -> tuple[Path, str]:
    """A store on SQLite with one case, closed."""
    path = tmp_path / "cases.db"
    url = f"sqlite:///{path}"
    with opened(url) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
    return path, url


# -------------------------------------------------------------------------------------------------------------- SQLite


def test_a_full_disk_under_sqlite(tmp_path: Path) -> None:
    path, url = file_of(tmp_path)
    pages = path.stat().st_size // 4096

    def few(connection: sqlite3.Connection, record: object) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.execute(f"PRAGMA max_page_count={pages + 2}")

    event.listen(Pool, "connect", few)
    try:
        with opened(url) as cases:
            before = filled(cases, url)
            assert contents(url) == before
            assert cases.load("A").version == 1  # what is there is still read
    finally:
        event.remove(Pool, "connect", few)
    with opened(url) as cases:
        assert not cases.open(PLAN, ASSAULT, by=BY, case="C").repeated  # there is room again
        assert cases.audit.verify().whole


def filled(cases: Cases, url: str) -> dict[str, Any]:
    """Open cases until there is no room; what was in the store before the first that failed."""
    before: dict[str, Any] = {}

    def fill() -> None:
        nonlocal before
        for number in range(200):
            before = contents(url)
            cases.open(PLAN, ASSAULT, by=BY, case=f"B-{number}")

    with pytest.raises(StoreFull) as failed:
        fill()
    told(failed, "store_full")
    return before


def in_process(script: str, *arguments: str) -> str:
    """What a new process says of it."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


SCRIPT = """
import resource, signal, sys
import plan_rules as pr
from plan_rules.cases.casebook import Cases
from plan_rules.cases.store.failures import StoreError
url, room, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
plan = pr.load()
if room:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
if sys.argv[4:]:
    import os, pwd
    Cases.connect(sys.argv[4]).close()  # what is loaded late has to be loaded while it may be read
    os.setuid(pwd.getpwnam("nobody").pw_uid)
kept = 0
try:
    with Cases.connect(url) as cases:
        for number in range(count):
            cases.open(plan, {"staff_assaulted": True}, by="1001", case=f"D-{number}")
            kept += 1
    print("ok", kept)
except StoreError as failure:
    print(failure.error, kept)
"""


def test_a_limit_on_the_size_of_files_under_sqlite(tmp_path: Path) -> None:
    path, url = file_of(tmp_path)
    name, kept = in_process(SCRIPT, url, str(path.stat().st_size + 100_000), "500").split()

    assert name in ("store_full", "store_unavailable")  # SQLite says "disk I/O error" where a write is cut off
    with opened(url) as cases:
        assert {line.id for line in cases.list(limit=1_000)} == {"A", *(f"D-{number}" for number in range(int(kept)))}
        assert cases.audit.verify().whole


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.parametrize("read_only", ["file", "folder and file"])
def test_a_file_that_may_not_be_written(tmp_path: Path, read_only: str) -> None:
    _, made = file_of(tmp_path)
    folder = Path(mkdtemp(prefix="plan-rules-"))  # in no folder of root's own
    try:
        path = folder / "cases.db"
        shutil.copy(made.removeprefix("sqlite:///"), path)
        path.chmod(0o444)
        folder.chmod(0o777 if read_only == "file" else 0o555)
        before = path.read_bytes()
        name, kept = in_process(SCRIPT, f"sqlite:///{path}", "0", "1", f"sqlite:///{tmp_path}/other.db").split()

        assert (name, kept) == ("store_read_only", "0")
        assert path.read_bytes() == before
    finally:
        shutil.rmtree(folder)


def test_a_store_opened_to_be_read_only(tmp_path: Path) -> None:
    path, url = file_of(tmp_path)
    before = contents(url)
    with opened(f"sqlite:///file:{path}?mode=ro&uri=true") as cases:
        assert cases.load("A").version == 1
        assert cases.audit.verify().whole
        with pytest.raises(StoreReadOnly) as failed:
            cases.observe("A", {"media_present": True}, by=BY)
        told(failed, "store_read_only")
    assert contents(url) == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as failed:
        opened(f"sqlite:///{tmp_path}/nowhere/cases.db")
    told(failed, "store_unavailable")
    assert not (tmp_path / "nowhere").exists()


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable) as failed:
        opened(f"sqlite:///{tmp_path}")
    told(failed, "store_unavailable")


@pytest.mark.parametrize("content", [b"customer,phone\n" * 1_000, b"\x00" * 8_192, b"x"])
def test_a_file_that_is_no_database_is_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cases.db"
    path.write_bytes(content)
    with pytest.raises(StoreUnavailable) as failed:
        opened(f"sqlite:///{path}")
    told(failed, "store_unavailable")
    assert path.read_bytes() == content


def test_a_file_cut_off_in_the_middle(tmp_path: Path) -> None:
    path, url = file_of(tmp_path)
    path.write_bytes(path.read_bytes()[:8_192])
    with pytest.raises(StoreError) as failed, opened(url) as cases:
        cases.load("A")
    told(failed, "store_unavailable")


def test_a_writer_that_does_not_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plan_rules.cases.store.database._WAIT", 200)
    path, url = file_of(tmp_path)
    before = contents(url)
    other = sqlite3.connect(path, isolation_level=None)
    with opened(url) as cases:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy) as failed:
            cases.observe("A", {"media_present": True}, by=BY)
        told(failed, "store_busy")
        assert cases.load("A").version == 1
        other.execute("ROLLBACK")
        assert contents(url) == before
        assert cases.observe("A", {"media_present": True}, by=BY).case.version == 2
    other.close()


# ---------------------------------------------------------------------------------------------------------- PostgreSQL


@pytest.fixture
def own_server(postgres_server: Server) -> Iterator[Server]:
    """A server that a test may stop; the one that all tests share runs on."""
    with postgres.server() as found:
        yield found


@pytest.fixture
def url(postgres_server: Server) -> Iterator[str]:
    made = postgres_server.new_database()
    yield made
    postgres_server.drop_database(made)


def test_a_server_that_is_stopped_and_started_again(own_server: Server) -> None:
    url = own_server.new_database()
    with opened(url) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A", event="e-1")
        before = contents(url)
        own_server.stop("immediate")
        for ask in (
            lambda: cases.load("A"),
            lambda: cases.observe("A", {"media_present": True}, by=BY),
            cases.outbox.counts,
            lambda: opened(url),
        ):
            with pytest.raises(StoreUnavailable) as failed:
                ask()
            told(failed, "store_unavailable")
        own_server.start()
        assert contents(url) == before
        assert cases.load("A").version == 1  # by the same object
        assert cases.observe("A", {"media_present": True}, by=BY).case.version == 2
        assert cases.audit.verify().whole


def others(url: str) -> list[int]:
    """Ends every other connection to the database, as an administrator would."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "SELECT pid, pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return [row[0] for row in found]


def test_a_connection_ended_while_it_waited_is_made_anew(url: str) -> None:
    with opened(url) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
        assert others(url)

        assert cases.observe("A", {"media_present": True}, by=BY).case.version == 2


def test_a_connection_ended_in_the_middle_of_an_event_leaves_nothing(url: str) -> None:
    clock = Clock()
    with opened(url, clock) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
        before = contents(url)
        ended: list[list[int]] = []

        def interrupted() -> Any:  # asked for in the midst of the transaction
            if not ended:
                ended.append(others(url))
            return clock.now

        with Cases.connect(url, clock=interrupted) as interruptible:
            with pytest.raises(StoreUnavailable) as failed:
                interruptible.observe("A", {"media_present": True}, by=BY, event="e-2")
            told(failed, "store_unavailable")
            assert ended and ended[0]
            assert contents(url) == before
            assert interruptible.observe("A", {"media_present": True}, by=BY, event="e-2").case.version == 2


def test_a_database_that_may_only_be_read(url: str) -> None:
    with opened(url) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with opened(url) as cases:
        before = contents(url)
        assert cases.load("A").version == 1
        with pytest.raises(StoreReadOnly) as failed:
            cases.observe("A", {"media_present": True}, by=BY)
        told(failed, "store_read_only")
        assert contents(url) == before


def test_a_role_that_may_only_read(url: str) -> None:
    with opened(url) as cases:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
    before = contents(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE auditor LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor")
    try:
        with opened(url.replace("tester@", "auditor@")) as cases:
            assert cases.audit.verify().whole
            with pytest.raises(StoreReadOnly) as failed:
                cases.observe("A", {"media_present": True}, by=BY)
            told(failed, "store_read_only")
            assert cases.list()[0].id == "A"
            # Looking needs no more than SELECT.
            assert cases.audit.replay("A")[0].same
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY auditor")
            connection.execute("DROP ROLE auditor")
    assert contents(url) == before


def test_a_lock_that_another_does_not_let_go(url: str) -> None:
    with opened(url) as cases, psycopg.connect(url) as other:
        cases.open(PLAN, ASSAULT, by=BY, case="A")
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET lock_timeout = '200ms'")
        before = contents(url)
        other.execute("SELECT * FROM cases FOR UPDATE")
        with opened(url) as waiting, pytest.raises(StoreBusy) as failed:
            waiting.observe("A", {"media_present": True}, by=BY)
        told(failed, "store_busy")
        other.rollback()
        assert contents(url) == before


@pytest.mark.parametrize(
    "address",
    [
        f"postgresql://u:{SECRET}@/x?host=/nowhere/at/all",
        f"postgresql://u:{SECRET}@127.0.0.1:1/x",
        f"postgresql://u:{SECRET}@nowhere.invalid/x",
    ],
)
def test_a_server_that_is_not_there(postgres_server: Server, address: str) -> None:
    with pytest.raises(StoreUnavailable) as failed:
        opened(address)
    told(failed, "store_unavailable")


def test_a_database_or_a_user_that_is_not_there(url: str) -> None:
    for address in (url.replace("/cases_", "/nowhere_"), url.replace("tester@", f"nobody:{SECRET}@")):
        with pytest.raises(StoreUnavailable) as failed:
            opened(address)
        told(failed, "store_unavailable")


@pytest.fixture
def small_disk(postgres_server: Server) -> Iterator[Path]:
    """A file system of a few megabytes, owned by the server's user."""
    folder = postgres_server.folder / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=777", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("no file system can be mounted here")
    try:
        inside = folder / "space"
        inside.mkdir()
        shutil.chown(inside, "postgres" if os.geteuid() == 0 else None)
        yield inside
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a file system")
def test_a_full_disk_under_postgresql(postgres_server: Server, url: str, small_disk: Path) -> None:
    name = "small_store"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
        connection.execute(f"CREATE DATABASE {name} TABLESPACE small")
    small = f"postgresql://tester@/{name}?host={postgres_server.folder}"
    ballast = small_disk / "ballast"
    try:
        with opened(small) as cases:
            cases.open(PLAN, ASSAULT, by=BY, case="A")
            with suppress(OSError), ballast.open("wb", buffering=0) as file:  # something else fills the disk
                while file.write(b"\0" * 4_096):
                    pass
            before = filled(cases, small)
            assert contents(small) == before
            assert cases.load("A").version == 1
            ballast.unlink()
            assert cases.open(PLAN, ASSAULT, by=BY, case="C").case.version == 1  # by the same object
            assert cases.audit.verify().whole
    finally:
        ballast.unlink(missing_ok=True)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute("CHECKPOINT")
            connection.execute("DROP TABLESPACE small")


# ------------------------------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize(
    "address",
    [
        "",
        "cases.db",
        "C:\\cases.db",
        "sqlite:/cases.db",
        "nonsense://x",
        f"postgresql://u:{SECRET}@host:port/x",
        "postgresql:",
        f"sqlite://{SECRET}/cases.db",
    ],
)
def test_an_address_that_is_malformed(address: str) -> None:
    with pytest.raises(StoreUnavailable) as failed:
        opened(address)
    told(failed, "store_unavailable")
    assert "sqlite:///" in failed.value.message.zh and "postgresql://" in failed.value.message.en


@pytest.mark.parametrize("address", ["mysql://u@h/x", "oracle://u@h/x", "mssql://u@h/x", "postgresq://u@h/x"])
def test_a_database_that_the_library_does_not_know(address: str) -> None:
    """What is not supported is not tried: nobody has tested it, and no extra would bring it."""
    with pytest.raises(StoreUnavailable) as failed:
        Cases.connect(address)
    told(failed, "store_unavailable")


def test_a_driver_that_is_not_installed_is_named_with_the_line_that_installs_it() -> None:
    script = (
        "import sys; sys.modules['psycopg'] = None\n"
        "from plan_rules.cases.casebook import Cases\n"
        "from plan_rules.cases.extra import ExtraMissing\n"
        "try: Cases.connect('postgresql://u:" + SECRET + "@h/x')\n"
        "except ExtraMissing as missing: print(missing)"
    )
    said = in_process(script)

    assert "pip install 'plan-rules[postgres]'" in said and "psycopg" in said
    assert SECRET not in said
    assert issubclass(ExtraMissing, ImportError)


@pytest.mark.parametrize("made", [StoreBusy, StoreFull, StoreReadOnly, StoreUnavailable])
def test_every_failure_is_a_store_error_with_a_name_of_its_own(made: type[StoreError]) -> None:
    kinds = StoreError.__subclasses__()

    assert issubclass(made, StoreError) and made.error.startswith("store_")
    assert len({kind.error for kind in [StoreError, *kinds]}) == len(kinds) + 1
