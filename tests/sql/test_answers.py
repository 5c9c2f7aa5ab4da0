"""The view of a plan says of every row what the plan's program of columns says, in every database that runs here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.columns import evaluate
from plan_rules.columns.stated import inputs
from plan_rules.plan import Plan
from plan_rules.sql import DIALECTS, Dialect, Wanted, table_text, views
from tests.analysis.large_plans import large_plan
from tests.cases import postgres
from tests.columns.rows import Row, random_row
from tests.sql import databases
from tests.sql.databases import Database

DATA = Path(__file__).parents[1] / "data"
PLANS = ("shipped", "hospital_plan", "order_plan", "estate_plan")
MADE = {
    "sqlite": databases.sqlite,
    "duckdb": databases.embedded,
    "postgres": databases.postgresql,
    "mysql": databases.mariadb,
}
MISSING = {"postgres": postgres.binaries() is None, "mysql": databases.MARIADB is None}


@pytest.fixture(scope="module", params=MADE)
def asked(request: pytest.FixtureRequest) -> Iterator[tuple[Dialect, Database]]:
    """A database that runs, and its dialect; where there is none to run it is skipped, but in CI that is a failure."""
    name = request.param
    if MISSING.get(name):
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"no server for {name} (on Debian: see .ci/run)")
    with MADE[name]() as database:
        yield DIALECTS[name], database


def plan_named(name: str) -> Plan:
    return pr.load() if name == "shipped" else pr.load(DATA / f"{name}.yaml")


@pytest.mark.parametrize("name", PLANS)
def test_the_view_says_what_the_program_says(asked: tuple[Dialect, Database], name: str) -> None:
    plan = plan_named(name)
    rows = [random_row(Random(number), plan) for number in range(250)]
    columns = [each.name for each in inputs(plan, None)]

    assert differences(asked[1], plan, asked[0], rows, columns) == []


@pytest.mark.parametrize("name", PLANS)
def test_where_booleans_are_numbers_the_view_says_the_same(name: str) -> None:
    plan = plan_named(name)
    rows = [random_row(Random(number), plan) for number in range(120)]
    columns = [each.name for each in inputs(plan, None)]
    numbers = replace(DIALECTS["sqlite"], numbers=True)
    with databases.sqlite() as database:
        assert differences(database, plan, numbers, rows, columns) == []


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # its sockets are closed when they are collected
def test_the_view_says_the_same_in_spark(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    plan = plan_named("small_plan")
    rows = [random_row(Random(number), plan) for number in range(60)]
    columns = [each.name for each in inputs(plan, None)]
    with databases.spark(tmp_path / "warehouse") as database:
        assert differences(database, plan, DIALECTS["spark"], rows, columns) == []


def test_a_table_that_has_only_some_columns_is_answered_for_what_it_has(asked: tuple[Dialect, Database]) -> None:
    plan = pr.load()
    columns = ["aggression_level", "staff_assaulted", "staff_assaulted__unknown", "incident_resolved_on"]
    rows = [{"staff_assaulted": True}, {"staff_assaulted__unknown": True}, {"aggression_level": "serious"}, {}]

    assert differences(asked[1], plan, asked[0], rows, columns) == []


def test_text_that_differs_in_case_or_blanks_is_another_value(asked: tuple[Dialect, Database]) -> None:
    plan = pr.load()
    rows: list[Row] = [{"aggression_level": word} for word in ("serious", "Serious", "serious ", "SERIOUS", "séрious")]

    assert differences(asked[1], plan, asked[0], rows, ["aggression_level"]) == []


def test_a_plan_with_more_answers_than_a_select_may_have_is_several_views(asked: tuple[Dialect, Database]) -> None:
    plan = pr.loads(large_plan(Random(1), 120, 8, 6))
    narrow = replace(asked[0], widest=150)
    rows = [random_row(Random(number), plan) for number in range(40)]
    columns = [each.name for each in inputs(plan, None) if each.part == "value"]

    assert len(views(plan, narrow, Wanted(columns=columns))) > 1
    assert differences(asked[1], plan, narrow, rows, columns) == []


def differences(
    database: Database, plan: Plan, dialect: Dialect, rows: Sequence[Row], columns: Sequence[str]
) -> list[str]:
    """What the views say otherwise than the program, cell by cell."""
    wanted = Wanted(columns=columns)
    made = views(plan, dialect, wanted)
    statements = [
        table_text(plan, dialect, wanted),
        *(part for view in made for part in view.text.split(";\n") if part),
    ]
    told = [(f"{number:06}", *(row.get(name) for name in columns)) for number, row in enumerate(rows)]
    answered = database(statements, told, [f"SELECT * FROM {view.name} ORDER BY id" for view in made])
    return [
        f"{name} {cell!r}, not {right!r}, of {row}"
        for view, found in zip(made, answered, strict=True)
        for row, cells in zip(rows, found, strict=True)
        for name, cell, right in zip(view.columns[1:], cells[1:], _right(view, row), strict=True)
        if (bool(cell) if isinstance(cell, int) else cell) != right
    ]


def _right(view: Any, row: Row) -> list[Any]:
    values = evaluate(view.program, row)
    return [values[answer.name] for answer in view.program.answers]
