"""Every row of a table is answered as `decide` answers it, on each backend by the same code."""

from __future__ import annotations

import gc
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import ibis
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.batch import TableInvalid, answer_names, answers, answers_in_parts, input_names
from plan_rules.columns import ReadingInvalid, lower
from plan_rules.columns.slicing import TooWide
from plan_rules.plan import Plan
from plan_rules.testing import plans
from tests.analysis.large_plans import large_plan
from tests.batch.tables import listed, random_rows, table_of, wrong
from tests.cases import postgres
from tests.columns.rows import Row, random_row

ROOT = Path(__file__).parents[2]
ROWS = 2000
FEW = 200
NAMED = {name: ROOT / f"examples/plans/{name}/plan.yaml" for name in ("hospital", "property", "telecom")} | {
    "order": ROOT / "tests/data/order_plan.yaml"
}


def duckdb(frame: pl.DataFrame) -> Any:
    con = ibis.duckdb.connect()
    con.con.register("incidents", frame.to_arrow())
    return con.table("incidents")


def polars(frame: pl.DataFrame) -> Any:
    return ibis.polars.connect({"incidents": frame.lazy()}).table("incidents")


def lists_wrong(plan: Plan, table: Any, columns: pl.DataFrame) -> list[Any]:
    """Where lists say otherwise than columns."""
    found = answers(plan, table, form="lists").to_polars().sort("row").to_dicts()
    right = listed(lower(plan), columns)
    return [(one, other) for one, other in zip(found, right, strict=True) if one != other]


@cache
def shipped() -> tuple[Plan, tuple[Row, ...], pl.DataFrame]:
    """The shipped plan, rows, and their table."""
    plan = pr.load()
    rows = random_rows(plan, ROWS)
    return plan, rows, table_of(plan, rows)


@cache
def said_in_duckdb() -> pl.DataFrame:
    plan, _, frame = shipped()
    return answers(plan, duckdb(frame)).to_polars().sort("row")


@cache
def other() -> tuple[Plan, pl.DataFrame, pl.DataFrame]:
    """A plan of another house, a table, and what DuckDB says of it."""
    plan = pr.load(NAMED["order"])
    frame = table_of(plan, random_rows(plan, FEW))
    return plan, frame, answers(plan, duckdb(frame)).to_polars().sort("row")


def test_duckdb_says_of_every_row_what_decide_says() -> None:
    plan, rows, _ = shipped()
    found = said_in_duckdb()
    assert set(found["rejected"].is_null()) == {True, False}
    assert set(found["clause_三.1.k"]) == set(found["duty_call_police"]) | {None} == {True, False, None}
    assert wrong(plan, rows, found) == []


def test_polars_says_the_same_by_the_same_code() -> None:
    plan, _, frame = shipped()
    assert answers(plan, polars(frame)).to_polars().sort("row").equals(said_in_duckdb())


@pytest.mark.parametrize("backend", [duckdb, polars])
def test_lists_say_the_same_in_few_columns(backend: Any) -> None:
    plan, _, frame = shipped()
    assert lists_wrong(plan, backend(frame), said_in_duckdb()) == []


@pytest.mark.parametrize("name", NAMED)
def test_tables_of_other_plans_say_what_decide_says(name: str) -> None:
    plan = pr.load(NAMED[name])
    rows = random_rows(plan, 100)
    frame = table_of(plan, rows)
    said = answers(plan, duckdb(frame)).to_polars().sort("row")
    assert wrong(plan, rows, said) == []
    assert answers(plan, polars(frame)).to_polars().sort("row").equals(said)
    assert lists_wrong(plan, duckdb(frame), said) == []


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), seed=st.integers(0, 9))
def test_tables_of_plans_of_every_shape_say_what_decide_says(plan: Plan, seed: int) -> None:
    rows = random_rows(plan, 20 + seed)
    frame = table_of(plan, rows)
    said = answers(plan, duckdb(frame)).to_polars().sort("row")
    assert wrong(plan, rows, said) == []
    assert answers(plan, polars(frame)).to_polars().sort("row").equals(said)


@pytest.mark.skipif(postgres.binaries() is None, reason="PostgreSQL is not installed")
def test_postgresql_says_the_same() -> None:
    plan, few, right = other()
    with postgres.server() as server:
        con = ibis.postgres.connect(user="tester", host=str(server.folder), database=database(server.new_database()))
        table = con.create_table("incidents", few.to_arrow())
        assert answers(plan, table).to_polars().sort("row").equals(right)
        assert lists_wrong(plan, table, right) == []
        assert together(answers_in_parts(plan, table, widest=60)).equals(right)
        broad = con.create_table("broad", pl.DataFrame({f"c{number}": [True] for number in range(1590)}).to_arrow())
        with pytest.raises(TableInvalid, match="answers_in_parts 分成几张表.*get several tables by answers_in_parts"):
            answers(plan, broad)
        assert answers(plan, broad, keep=("c7",)).to_polars().height == 1
        con.disconnect()


def together(parts: Sequence[Any]) -> pl.DataFrame:
    """The tables side by side, by the numbers of their rows."""
    first, *rest = [part.to_polars().sort("row") for part in parts]
    return pl.concat([first, *(each.drop("row") for each in rest)], how="horizontal")


def test_parts_say_together_what_the_whole_says() -> None:
    plan = pr.loads(large_plan(Random(1), 120, 8, 6))
    rows = random_rows(plan, 40)
    parts = answers_in_parts(plan, polars(table_of(plan, rows)), keep=("row",), widest=150)
    assert len(parts) > 1 and max(len(each.columns) for each in parts) <= 150
    assert tuple(name for each in parts for name in each.columns[1:]) == answer_names(plan)
    assert wrong(plan, rows, together(parts)) == []


def test_where_no_bound_is_known_there_is_one_part() -> None:
    plan, frame, right = other()
    (whole,) = answers_in_parts(plan, polars(frame))
    assert whole.to_polars().sort("row").equals(right)
    with pytest.raises(TooWide, match="单是.*needs .* columns at once"):
        answers_in_parts(plan, polars(frame), widest=3)


def database(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_spark_says_the_same_of_rows_in_several_partitions() -> None:
    sql = pytest.importorskip("pyspark.sql")
    plan, few, right = other()
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.codegen.wholeStage", "false").getOrCreate()
    try:
        con = ibis.pyspark.connect(session)
        session.createDataFrame(few.to_arrow()).repartition(3).createOrReplaceTempView("incidents")
        found = pl.from_arrow(answers(plan, con.table("incidents")).to_pyarrow())
        assert session.table("incidents").rdd.getNumPartitions() == 3
        assert found.sort("row").cast(dict(right.schema)).equals(right)
    finally:
        session.stop()
        gc.collect()  # its sockets, while their warnings are not heard


# --------------------------------------------------------------------------- what comes in, what goes out


def small(columns: dict[str, list[Any]]) -> Any:
    return polars(pl.DataFrame(columns))


def test_other_columns_are_kept_or_those_that_are_named() -> None:
    plan = pr.load()
    table = small({"branch": ["a"], "aggression_level": ["serious"]})
    assert answers(plan, table).columns[:3] == ("branch", "rejected", "tier")
    assert answers(plan, table, keep=("aggression_level",)).columns[:2] == ("aggression_level", "rejected")
    assert answers(plan, table).tier.to_polars().to_list() == ["tier_3_serious_aggression"]


def test_some_answers_are_the_same_as_they_are_among_all() -> None:
    plan, frame, right = other()
    some = [name for name in answer_names(plan) if name.startswith("duty_")][:2]
    said = answers(plan, polars(frame), keep=("row",), only=some)
    assert said.columns == ("row", *some)
    assert said.to_polars().sort("row").equals(right.select("row", *some))
    assert set(answers(plan, polars(frame), only=some).columns) == {*some, "row"}


@pytest.mark.parametrize("only", [("duty_nothing",), ()])
def test_answers_that_the_plan_does_not_have_are_named(only: tuple[str, ...]) -> None:
    with pytest.raises(TableInvalid, match="没有答案“(duty_nothing)?”.*has no answer `(duty_nothing)?`"):
        answers(pr.load(), small({"branch": ["a"]}), only=only)
    with pytest.raises(TableInvalid, match="use it with form='columns'"):
        answers(pr.load(), small({"branch": ["a"]}), only=("tier",), form="lists")


def test_a_form_that_is_none_is_refused() -> None:
    with pytest.raises(TableInvalid, match="form is `columns` or `lists`"):
        answers(pr.load(), small({"branch": ["a"]}), form="rows")  # type: ignore[arg-type]


def test_a_column_of_the_wrong_type_is_refused_though_no_answer_that_is_wanted_reads_it() -> None:
    plan = pr.load()
    with pytest.raises(TableInvalid, match="complainant_count"):
        answers(plan, small({"complainant_count": [2.5]}), only=("rejected",))


def test_a_table_of_nothing_but_its_rows_is_answered_by_default() -> None:
    table = small({"branch": ["a", "b"]})
    assert answers(pr.load(), table).tier.to_polars().to_list() == ["tier_1_general"] * 2


def test_a_plan_is_asked_under_other_readings() -> None:
    plan = pr.load()
    table = small({"verbal_abuse": [True]})
    tiers = {option: answers(plan, table, readings={"AMB-06": option}).tier.to_polars()[0] for option in "AB"}
    assert tiers == {"A": "tier_1_general", "B": "tier_3_serious_aggression"}
    with pytest.raises(ReadingInvalid):
        answers(plan, table, readings={"AMB-06": "Z"})


def test_instants_count_in_whole_seconds_as_decide_counts_them() -> None:
    told, came = datetime(2025, 5, 20, 9, 30, 0, 900_000), datetime(2025, 5, 20, 9, 30, 0, 100_000)
    assert pr.decide(pr.load(), {"exec_notified_at": told, "exec_arrived_at": came}).tier is not None
    table = small({"exec_notified_at": [told], "exec_arrived_at": [came]})
    assert answers(pr.load(), table).rejected.to_polars()[0] is None


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("staff_assaulted", "yes", "列“staff_assaulted”应是 是否.*must be boolean, not string"),
        ("complainant_count", 2.5, "must be an integer, not float64"),
        ("aggression_level", 2, "must be text"),
        ("incident_resolved_on", datetime(2025, 5, 20), "must be a date, not timestamp"),
    ],
)
def test_a_column_of_the_wrong_type_is_named(column: str, value: object, message: str) -> None:
    with pytest.raises(TableInvalid, match=message):
        answers(pr.load(), small({column: [value]}))


def test_a_column_named_as_an_answer_must_be_renamed() -> None:
    with pytest.raises(TableInvalid, match="列“tier”与答案的列同名.*rename it first"):
        answers(pr.load(), small({"tier": ["old"]}))
    with pytest.raises(TableInvalid, match="没有列“gone”.*no column `gone`"):
        answers(pr.load(), small({"branch": ["a"]}), keep=("gone",))


def test_every_column_that_a_table_may_have_is_listed() -> None:
    names = input_names(pr.load())
    assert {"police_called_at", "police_called_at__unknown", "police_called_at__none"} <= set(names)
    assert table_of(pr.load(), [random_row(Random(1), pr.load())]).columns == [*names, "row"]
