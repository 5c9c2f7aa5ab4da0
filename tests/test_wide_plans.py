"""A plan of 2,500 clauses is answered alike on every backend, cell by cell.  PLAN_RULES_SOAK=1 runs it: it takes minutes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import ibis
import polars as pl
import pytest

import plan_rules as pr
from plan_rules.analysis import ask
from plan_rules.batch import TableInvalid, answer_names, answers, answers_in_parts
from plan_rules.columns import evaluate, lower
from plan_rules.columns.stated import inputs
from plan_rules.plan import Plan
from plan_rules.sql import DIALECTS
from tests.analysis.large_plans import large_plan
from tests.batch.tables import random_rows, table_of
from tests.cases import postgres
from tests.columns.rows import Row, differences, random_row
from tests.command_line import run
from tests.sql import databases
from tests.sql.test_answers import differences as differences_in_sql

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("PLAN_RULES_SOAK"), reason="PLAN_RULES_SOAK=1: it takes minutes"),
]
ROWS = 24


@cache
def wide() -> tuple[Plan, tuple[Row, ...], pl.DataFrame]:
    """The plan, rows, and their table."""
    plan = pr.loads(large_plan(Random(1), 2500, 50, 6))
    rows = random_rows(plan, ROWS)
    return plan, rows, table_of(plan, rows)


def wrong(parts: Sequence[Any]) -> list[str]:
    """Where the tables say otherwise than the program; every answer stands in one of them."""
    plan, rows, frame = wide()
    program = lower(plan, None, frozenset(frame.columns))
    right = [evaluate(program, row) for row in rows]
    assert tuple(name for part in parts for name in part.columns if name != "row") == answer_names(plan)
    return [
        f"row {number}: {name}"
        for part in parts
        for number, found in enumerate(pl.from_arrow(part.to_pyarrow()).sort("row").to_dicts())
        for name, cell in found.items()
        if name != "row" and cell != right[number][name]
    ]


def test_the_program_says_what_decide_says() -> None:
    plan, rows, _ = wide()
    assert differences(plan, lower(plan), rows) == []


def test_duckdb_and_polars_answer_it_in_one_table() -> None:
    _, _, frame = wide()
    con = ibis.duckdb.connect()
    con.con.register("incidents", frame.to_arrow())
    assert wrong(answers_in_parts(wide()[0], con.table("incidents"))) == []
    assert wrong([answers(wide()[0], ibis.polars.connect({"incidents": frame.lazy()}).table("incidents"))]) == []


@pytest.mark.skipif(postgres.binaries() is None, reason="PostgreSQL is not installed")
def test_postgresql_answers_it_in_several_tables() -> None:
    plan, _, frame = wide()
    with postgres.server() as server:
        database = server.new_database().partition("?")[0].rpartition("/")[2]
        con = ibis.postgres.connect(user="tester", host=str(server.folder), database=database)
        table = con.create_table("incidents", frame.to_arrow())
        with pytest.raises(TableInvalid, match="answers_in_parts"):
            answers(plan, table)
        parts = answers_in_parts(plan, table)
        assert len(parts) > 1
        assert wrong(parts) == []
        con.disconnect()


@pytest.mark.filterwarnings("ignore")
def test_spark_answers_it_in_one_table() -> None:
    sql = pytest.importorskip("pyspark.sql")
    plan, _, frame = wide()
    builder = sql.SparkSession.builder.master("local[2]")
    for name, value in SPARK.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    try:
        con = ibis.pyspark.connect(session)
        session.createDataFrame(frame.to_arrow()).repartition(3).createOrReplaceTempView("incidents")
        assert wrong([answers(plan, con.table("incidents"))]) == []
    finally:
        session.stop()


SPARK = {  # as docs/how-to/answer-a-whole-table.md says
    "spark.ui.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.subexpressionElimination.enabled": "false",
    "spark.sql.optimizer.excludedRules": "org.apache.spark.sql.catalyst.optimizer.CollapseProject",
    "spark.driver.memory": "6g",
}


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("sqlite", databases.sqlite),
        ("duckdb", databases.embedded),
        ("postgres", databases.postgresql),
        ("mysql", databases.mariadb),
    ],
)
def test_its_views_say_in_every_database_what_the_program_says(name: str, made: Any) -> None:
    plan, _, _ = wide()
    columns = [each.name for each in inputs(plan, None) if each.part == "value"]
    rows = [random_row(Random(number), plan) for number in range(ROWS)]
    with made() as database:
        assert differences_in_sql(database, plan, DIALECTS[name], rows, columns) == []


def test_an_archive_is_counted_and_decided_again(tmp_path: Path) -> None:
    _, _, frame = wide()
    values = [name for name in frame.columns if "__" not in name]
    frame.select(values).write_csv(tmp_path / "archive.csv")
    (tmp_path / "plan.yaml").write_text(large_plan(Random(1), 2500, 50, 6), encoding="utf-8")
    done = run("backtest", str(tmp_path / "plan.yaml"), str(tmp_path / "archive.csv"), "--id", "row", "--json")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_question_is_found() -> None:
    plan, _, _ = wide()
    answer = ask(plan, {"f0": True})
    decision = pr.decide(plan, {"f0": True})
    assert {each.action for each in decision.duties} <= {each.subject for each in (*answer.certain, *answer.possible)}
