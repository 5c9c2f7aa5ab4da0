"""Program, a query of its inputs -> the query of its definitions and answers, as DuckDB reads it."""

from __future__ import annotations

from typing import assert_never

from plan_rules.columns import Program
from plan_rules.columns.formula import (
    Among,
    And,
    Between,
    Choice,
    Column,
    Constant,
    Default,
    Earlier,
    Formula,
    Known,
    Not,
    Or,
    Type,
)

_TYPES = {
    Type.BOOLEAN: "BOOLEAN",
    Type.INTEGER: "BIGINT",
    Type.TEXT: "VARCHAR",
    Type.DATE: "DATE",
    Type.INSTANT: "TIMESTAMP",
}


def selected(program: Program, rows: str, prefix: str = "") -> str:
    """The query: a subquery for each stage.  Names of the program begin with `prefix`; other columns are kept."""
    stages = [[(each.name, each.formula) for each in stage] for stage in program.stages]
    stages.append([(each.name, each.formula) for each in program.answers])
    for stage in stages:
        if stage:
            columns = ", ".join(f"{text(formula, prefix)} AS {named(name, prefix)}" for name, formula in stage)
            rows = f"SELECT *, {columns} FROM ({rows})"  # noqa: S608  names and texts are quoted
    return rows


def named(name: str, prefix: str = "") -> str:
    """The name of a column of the program."""
    return '"' + (prefix + name).replace('"', '""') + '"'


def text(formula: Formula, prefix: str) -> str:
    """A formula as DuckDB reads it."""
    match formula:
        case Constant(value, type_):
            return f"CAST(NULL AS {_TYPES[type_]})" if value is None else _literal(value)
        case Column(name):
            return named(name, prefix)
        case Among(part, values):
            return f"({text(part, prefix)} IN ({', '.join(map(_literal, values))}))"
        case Between(part, low, high):
            inside = text(part, prefix)
            ends = ([] if low is None else [f"{inside} >= {low}"]) + ([] if high is None else [f"{inside} <= {high}"])
            return f"({' AND '.join(ends) or f'{inside} = {inside}'})"
        case Known(part):
            return f"({text(part, prefix)} IS NOT NULL)"
        case Earlier(part, than):
            return f"({text(part, prefix)} < {text(than, prefix)})"
        case And(parts):
            return "(" + " AND ".join(text(part, prefix) for part in parts) + ")"
        case Or(parts):
            return "(" + " OR ".join(text(part, prefix) for part in parts) + ")"
        case Not(part):
            return f"(NOT {text(part, prefix)})"
        case Default(part, otherwise):
            return f"coalesce({text(part, prefix)}, {text(otherwise, prefix)})"
        case Choice(cases, otherwise):
            whens = " ".join(f"WHEN {text(when, prefix)} THEN {text(then, prefix)}" for when, then in cases)
            return f"CASE {whens} ELSE {text(otherwise, prefix)} END"
        case _:
            assert_never(formula)


def _literal(value: bool | int | str) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"
