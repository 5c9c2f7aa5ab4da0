"""Databases that run here -> what they answer: a script and rows for its table in, the rows of queries out."""

from __future__ import annotations

import gc
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import duckdb
import psycopg
import pymysql

from tests.cases import postgres

Cells = tuple[Any, ...]
# (statements, the table's rows, queries) -> the rows of each query
Database = Callable[[Sequence[str], Sequence[Cells], Sequence[str]], list[list[Cells]]]

MARIADB = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def sqlite() -> Iterator[Database]:
    def ask(statements: Sequence[str], rows: Sequence[Cells], queries: Sequence[str]) -> list[list[Cells]]:
        with closing(sqlite3.connect(":memory:")) as connection:
            for statement in statements:
                connection.executescript(statement)
            connection.executemany(_insert("?", rows), [[_written(cell) for cell in row] for row in rows])
            return [connection.execute(query).fetchall() for query in queries]

    yield ask


def _written(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


@contextmanager
def embedded() -> Iterator[Database]:
    """DuckDB."""

    def ask(statements: Sequence[str], rows: Sequence[Cells], queries: Sequence[str]) -> list[list[Cells]]:
        with duckdb.connect() as connection:
            for statement in statements:
                connection.execute(statement)
            connection.executemany(_insert("?", rows), rows)
            return [connection.execute(query).fetchall() for query in queries]

    yield ask


@contextmanager
def postgresql() -> Iterator[Database]:
    def ask(statements: Sequence[str], rows: Sequence[Cells], queries: Sequence[str]) -> list[list[Cells]]:
        with psycopg.connect(server.new_database(), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())
            connection.cursor().executemany(_insert("%s", rows).encode(), rows)
            return [connection.execute(query.encode()).fetchall() for query in queries]

    with postgres.server() as server:
        yield ask


@contextmanager
def mariadb() -> Iterator[Database]:
    def ask(statements: Sequence[str], rows: Sequence[Cells], queries: Sequence[str]) -> list[list[Cells]]:
        with closing(_connected(folder)) as connection, connection.cursor() as cursor:
            cursor.execute("DROP DATABASE IF EXISTS bank")
            cursor.execute("CREATE DATABASE bank CHARACTER SET utf8mb4")
            cursor.execute("USE bank")
            for statement in statements:
                cursor.execute(statement)
            cursor.executemany(_insert("%s", rows), rows)
            found = []
            for query in queries:
                cursor.execute(query)
                found.append([*cursor.fetchall()])
            return found

    folder = Path(mkdtemp(prefix="plan-rules-"))
    running = None
    try:
        user = ["--user=root"] if os.geteuid() == 0 else []
        common = [f"--datadir={folder}/data", *user]
        made = ["mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", *common]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        command = [MARIADB or "", "--no-defaults", *common, f"--socket={folder}/s", "--skip-networking"]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _wait(folder)
        yield ask
    finally:
        if running is not None:
            running.terminate()
            running.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def spark(folder: Path) -> Iterator[Database]:
    """Two processors of this machine; its tables lie in the folder."""
    from pyspark.sql import SparkSession  # starts Java

    def ask(statements: Sequence[str], rows: Sequence[Cells], queries: Sequence[str]) -> list[list[Cells]]:
        for statement in statements:
            session.sql(statement)
        schema = session.table("incidents").schema
        session.createDataFrame([*rows], schema).repartition(3).write.insertInto("incidents")
        return [[tuple(row) for row in session.sql(query).collect()] for query in queries]

    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.codegen.wholeStage": "false",  # code of so many columns is not compiled faster than it is read
        "spark.sql.warehouse.dir": str(folder),
        "spark.sql.catalogImplementation": "in-memory",
    }
    builder = SparkSession.builder.master("local[2]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        yield ask
    finally:
        session.stop()
        gc.collect()


def _connected(folder: Path) -> pymysql.connections.Connection[Any]:
    return pymysql.connect(unix_socket=f"{folder}/s", user="root", charset="utf8mb4", autocommit=True)


def _wait(folder: Path) -> None:
    for _ in range(1200):
        if (folder / "s").exists():
            return
        time.sleep(0.1)
    raise TimeoutError("MariaDB does not start")


def _insert(mark: str, rows: Sequence[Cells]) -> str:
    return f"INSERT INTO incidents VALUES ({', '.join([mark] * len(rows[0]))})"
