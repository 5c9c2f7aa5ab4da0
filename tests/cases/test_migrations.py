"""The migrations make the schema that the library uses, and no store is taken for what it is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from plan_rules.cases.store import migrating
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.failures import StoreError, StoreOutdated
from plan_rules.cases.store.schema import REVISION, metadata
from tests.cases.store_stories import PLAN, contents, database, opened, sql
from tests.command_line import ROOT

MIGRATIONS = Path(migrating.__file__).with_name("migrations")


def shape(connection: Connection) -> dict[str, Any]:
    """All that the database says of its tables."""
    found = inspect(connection)
    return {
        name: {
            "columns": [
                (column["name"], repr(column["type"]), column["nullable"], str(column["default"]))
                for column in found.get_columns(name)
            ],
            "key": found.get_pk_constraint(name),
            "foreign": sorted(found.get_foreign_keys(name), key=repr),
            "unique": sorted(found.get_unique_constraints(name), key=repr),
            "indexes": sorted(found.get_indexes(name), key=repr),
            "checks": found.get_check_constraints(name),
        }
        for name in sorted(found.get_table_names())
        if name != "alembic_version"
    }


def test_the_migrations_make_the_schema(store_url: str) -> None:
    with opened(store_url):
        pass
    with database(store_url) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": metadata}
        )

        assert compare_metadata(context, metadata) == []


def test_a_migrated_store_is_as_one_made_from_the_schema(new_store: Callable[[], str]) -> None:
    migrated, made = new_store(), new_store()
    with opened(migrated):
        pass
    with database(made) as connection:
        metadata.create_all(connection)
    with database(migrated) as one, database(made) as other:
        assert shape(one) == shape(other)
        assert set(shape(one)) == set(metadata.tables)


def test_the_newest_migration_is_the_one_that_the_library_wants() -> None:
    script = ScriptDirectory(str(MIGRATIONS))

    assert script.get_heads() == [REVISION]
    assert len(REVISION) <= 32  # alembic's column


def test_preparing_a_store_that_is_ready_does_nothing(store_url: str) -> None:
    with opened(store_url) as cases:
        cases.open(PLAN, {}, by="1001", case="A")
    before = contents(store_url)
    database_ = Database(store_url)
    database_.prepare()
    database_.migrate()
    database_.close()

    assert contents(store_url) == before


@pytest.mark.parametrize("revision", ["0000", "9999"])
def test_a_store_of_another_version_is_left_alone(store_url: str, revision: str) -> None:
    with opened(store_url) as cases:
        cases.open(PLAN, {}, by="1001", case="A")
    sql(store_url, f"UPDATE alembic_version SET version_num = '{revision}'")
    before = contents(store_url)

    with pytest.raises(StoreOutdated) as outdated:
        opened(store_url)
    assert outdated.value.error == "store_outdated"
    assert revision in outdated.value.message.zh and revision in outdated.value.message.en
    assert REVISION in outdated.value.message.zh and "plan-rules case migrate" in outdated.value.message.en
    assert contents(store_url) == before


def test_migrating_a_store_of_an_unknown_version_is_an_error_that_says_so(store_url: str) -> None:
    with opened(store_url):
        pass
    sql(store_url, "UPDATE alembic_version SET version_num = '9999'")
    database_ = Database(store_url)

    with pytest.raises(StoreOutdated):
        database_.migrate()
    database_.close()


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE customers (id INTEGER)",
        "CREATE TABLE cases (id INTEGER)",
        "CREATE TABLE messages (id INTEGER)",
        "CREATE TABLE alembic_version (version_num VARCHAR(32))",  # an application's own, which alembic brought
    ],
)
def test_a_database_of_another_program_is_left_alone(store_url: str, statement: str) -> None:
    sql(store_url, statement)
    with database(store_url) as connection:
        before = inspect(connection).get_table_names()

    with pytest.raises(StoreError) as refused:
        opened(store_url)
    assert "别的程序" in refused.value.message.zh and "other tables" in refused.value.message.en
    with database(store_url) as connection:
        assert inspect(connection).get_table_names() == before


def test_a_database_with_an_alembic_version_of_another_program_is_left_alone(store_url: str) -> None:
    sql(store_url, "CREATE TABLE alembic_version (version_num VARCHAR(32))")
    sql(store_url, "INSERT INTO alembic_version VALUES ('8d1f')")

    with pytest.raises(StoreError) as refused:
        opened(store_url)
    assert "other tables" in refused.value.message.en


def test_many_processes_that_open_a_new_store_at_once_all_succeed(store_url: str) -> None:
    script = (
        "import sys; from plan_rules.cases.casebook import Cases\n"
        "sys.stdin.readline()\n"
        "with Cases.connect(sys.argv[1]) as cases:\n"
        "    assert cases.list() == ()"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, store_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(8)
    ]
    for process in processes:  # all loaded by now, or nearly
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]

    assert [process.returncode for process in processes] == [0] * 8, said
    with database(store_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM alembic_version")).scalar() == 1
