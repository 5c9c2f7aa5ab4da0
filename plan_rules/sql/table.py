"""(Plan, dialect, what is wanted) -> the text that makes a table of incidents, with the columns that the view reads."""

from __future__ import annotations

from plan_rules.columns.stated import inputs
from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.sql.dialects import Dialect
from plan_rules.sql.expressions import name_of, type_of
from plan_rules.sql.views import Wanted, table_named, value_columns

with from_extra("sql"):
    from sqlglot import exp


def table_text(plan: Plan, dialect: Dialect, wanted: Wanted) -> str:
    """CREATE TABLE with the columns to keep, as text, and one of the right type for each that a row may state."""
    names = value_columns(plan) if wanted.columns is None else tuple(wanted.columns)
    taken = list(inputs(plan, names))
    columns = [
        *(exp.ColumnDef(this=name_of(name, dialect), kind=exp.DataType.build("varchar(200)")) for name in wanted.keep),
        *(exp.ColumnDef(this=name_of(each.name, dialect), kind=type_of(each.type, dialect)) for each in taken),
    ]
    for column, each in zip(columns[len(wanted.keep) :], taken, strict=True):
        column.add_comments([plan.facts[each.fact].label.replace("*/", "* /")])
    table = exp.Schema(this=table_named(wanted.table, dialect), expressions=columns)
    made = exp.Create(this=table, kind="TABLE")
    return made.sql(dialect=dialect.name, pretty=True, comments=True) + ";\n"
