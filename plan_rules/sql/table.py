"""(Plan, dialect, what is wanted) -> the text that makes a table of incidents, with the columns that the view reads."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules.columns.formula import Type
from plan_rules.columns.stated import inputs
from plan_rules.errors import Message
from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.sql.dialects import Dialect
from plan_rules.sql.expressions import name_of, type_of
from plan_rules.sql.views import SqlRefused, Wanted, table_named, value_columns

with from_extra("sql"):
    from sqlglot import exp


def table_text(plan: Plan, dialect: Dialect, wanted: Wanted) -> str:
    """CREATE TABLE with the columns to keep, as text, and one of the right type for each that a row may state.

    Raises SqlRefused where the database has no tables of so many columns, or of rows so long.
    """
    names = value_columns(plan) if wanted.columns is None else tuple(wanted.columns)
    taken = list(inputs(plan, names))
    _narrow_enough(len(wanted.keep), [each.type for each in taken], dialect)
    columns = [
        *(exp.ColumnDef(this=name_of(name, dialect), kind=exp.DataType.build("varchar(200)")) for name in wanted.keep),
        *(exp.ColumnDef(this=name_of(each.name, dialect), kind=type_of(each.type, dialect)) for each in taken),
    ]
    for column, each in zip(columns[len(wanted.keep) :], taken, strict=True):
        column.add_comments([plan.facts[each.fact].label.replace("*/", "* /")])
    table = exp.Schema(this=table_named(wanted.table, dialect), expressions=columns)
    made = exp.Create(this=table, kind="TABLE")
    return made.sql(dialect=dialect.name, pretty=True, comments=True) + ";\n"


def _narrow_enough(kept: int, types: Sequence[Type], dialect: Dialect) -> None:
    most, columns = min(dialect.widest, dialect.widest_table), kept + len(types)
    if columns > most:
        message = Message(
            f"{dialect.databases} 的表至多 {most} 列, 这张要 {columns} 列; 用 --columns 只写用得到的列",
            f"a table of {dialect.databases} has at most {most} columns, and this one {columns}: "
            "name those that are used with --columns",
        )
        raise SqlRefused(message)
    if dialect.name == "mysql" and not _short_enough(kept, types):
        message = Message(
            f"{dialect.databases} 的一行放不下这 {columns} 列; 用 --columns 只写用得到的列",
            f"a row of {dialect.databases} does not hold these {columns} columns: "
            "name those that are used with --columns",
        )
        raise SqlRefused(message)


def _short_enough(kept: int, types: Sequence[Type]) -> bool:
    """Does a row stay within 65,535 bytes with all texts at their longest, and what stands in its page within 8,126?"""
    texts = kept + sum(each is Type.TEXT for each in types)
    others = sum(1 if each is Type.BOOLEAN else 8 for each in types if each is not Type.TEXT) + len(types) // 8
    return texts * 802 + others <= 65_535 and texts * 40 + others <= 8_126
