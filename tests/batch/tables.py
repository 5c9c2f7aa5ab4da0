"""(Plan, rows) -> a table of them; its answers, beside what `decide` says row by row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import polars as pl

from plan_rules.batch import SEPARATOR
from plan_rules.columns import Program, lower
from plan_rules.columns.formula import Type
from plan_rules.plan import Plan
from tests.columns.rows import Row, expected, random_row

POLARS = {
    Type.BOOLEAN: pl.Boolean,
    Type.INTEGER: pl.Int64,
    Type.TEXT: pl.String,
    Type.DATE: pl.Date,
    Type.INSTANT: pl.Datetime("us"),
}
LISTS = {
    "clauses": "clause",
    "duties": "duty",
    "prohibitions": "prohibition",
    "permissions": "permission",
    "handoffs": "handoff",
}


def table_of(plan: Plan, rows: Sequence[Row]) -> pl.DataFrame:
    """The rows, numbered in `row`, every input a column."""
    schema = {each.name: POLARS[each.type] for each in lower(plan).inputs}
    columns = {name: [row.get(name) for row in rows] for name in schema}
    return pl.DataFrame(columns, schema=schema).with_columns(row=pl.Series(range(len(rows)), dtype=pl.Int64))


def random_rows(plan: Plan, count: int) -> tuple[Row, ...]:
    """So many rows, the same each time."""
    random = Random(count)
    return tuple(random_row(random, plan) for _ in range(count))


def wrong(plan: Plan, rows: Sequence[Row], found: pl.DataFrame) -> list[str]:
    """Where answers in columns are not what `decide` says."""
    program = lower(plan)
    assert len(found) == len(rows)
    return [
        f"row {number}: {name} is {answer[name]!r}, not {right!r}"
        for number, (row, answer) in enumerate(zip(rows, found.sort("row").to_dicts(), strict=True))
        for name, right in expected(plan, program, row, answer).items()
        if name != "codes" and answer[name] != right
    ]


def listed(program: Program, columns: pl.DataFrame) -> list[dict[str, str | None]]:
    """What lists must say where columns say this."""
    return [_listed(program, row) for row in columns.sort("row").to_dicts()]


def _listed(program: Program, right: Mapping[str, Any]) -> dict[str, str | None]:
    lists: dict[str, str | None] = {}
    for name, kind in LISTS.items():
        answers = program.of_kind(kind)
        for prefix, value in (("", True), ("open_", None)):
            told = SEPARATOR.join(each.subject for each in answers if right[each.name] is value)
            lists[prefix + name] = None if right["rejected"] else told
    for name, kind in (("pending_duties", "pending_duty"), ("pending_permissions", "pending_permission")):
        waiting = [f"{each.subject}={right[each.name]}" for each in program.of_kind(kind) if right[each.name]]
        lists[name] = None if right["rejected"] else SEPARATOR.join(waiting)
    told_alone = [each.name for kind in ("rejected", "tier", "excluded") for each in program.of_kind(kind)]
    return {"row": right["row"]} | {name: right[name] for name in told_alone} | lists
