"""(Program, a query of its inputs) -> the query of its definitions and answers, in the words of `plan_rules.sql`."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules.backtest.part import quoted
from plan_rules.columns.formula import Type
from plan_rules.columns.program import Answer, Definition, Program
from plan_rules.extra import from_extra

with from_extra("backtest"):
    import sqlglot  # noqa: F401  what plan_rules.sql writes with: missing, it is of this extra

    from plan_rules.sql.dialects import dialect
    from plan_rules.sql.expressions import Expressions


def selected(program: Program, rows: str, prefix: str = "") -> str:
    """The query: a subquery for each stage.  Names of the program begin with `prefix`; other columns are kept."""
    types = {each.name: each.type for each in program.inputs}
    types |= {each.name: each.type for stage in program.stages for each in stage}
    texts = frozenset(each.name for each in program.inputs if each.type is Type.TEXT)
    duckdb = dialect("duckdb")
    expressions = Expressions(duckdb, types, texts, prefix)
    stages: Sequence[Sequence[Definition | Answer]] = (*program.stages, program.answers)
    for stage in stages:
        columns = [
            f"{expressions.value(each.formula).sql(dialect=duckdb.name, copy=False)} AS {quoted(prefix + each.name)}"
            for each in stage
        ]
        if columns:
            rows = f"SELECT *, {', '.join(columns)} FROM ({rows})"  # noqa: S608  names and texts are quoted
    return rows
