"""(Formula, an ibis table) -> the ibis value of it."""

from __future__ import annotations

from typing import Any, assert_never

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
    Value,
    balanced,
)
from plan_rules.extra import from_extra

with from_extra("batch"):
    import ibis
    import ibis.expr.types as ir

DTYPES = {
    Type.BOOLEAN: "boolean",
    Type.INTEGER: "int64",
    Type.TEXT: "string",
    Type.DATE: "date",
    Type.INSTANT: "timestamp",
}


def expression(formula: Formula, table: ir.Table) -> Any:  # noqa: C901  one case a node
    """The value of a formula in each row of the table, which has every column that it reads."""

    def of(part: Formula) -> Any:
        return expression(part, table)

    match formula:
        case Constant(value, type_):
            return ibis.null(DTYPES[type_]) if value is None else ibis.literal(value, type=DTYPES[type_])
        case Column(name):
            return table[name]
        case Among(part, values):
            return _among(of(part), values)
        case Between(part, low, high):
            return _between(of(part), low, high)
        case Known(part):
            return of(part).notnull()
        case Earlier(part, than):
            return _moment(of(part)) < _moment(of(than))
        case And(parts):
            return balanced([of(part) for part in parts], lambda one, other: one & other)
        case Or(parts):
            return balanced([of(part) for part in parts], lambda one, other: one | other)
        case Not(part):
            return ~of(part)
        case Default(part, otherwise):
            return ibis.coalesce(of(part), of(otherwise))
        case Choice(cases, otherwise):
            return ibis.cases(*((of(condition), of(then)) for condition, then in cases), else_=of(otherwise))
        case _:
            assert_never(formula)


def _moment(part: Any) -> Any:
    """Instants are told apart by whole seconds, as `decide` tells them."""
    return part.truncate("s") if part.type().is_timestamp() else part


def _among(part: Any, values: tuple[Value, ...]) -> Any:
    """Equal to one of them; not `IN`, which DuckDB turns into a join for each."""
    return balanced([part == value for value in values], lambda one, other: one | other)


def _between(part: Any, low: int | None, high: int | None) -> Any:
    if low is None or high is None:
        return part <= high if low is None else part >= low
    return part == low if low == high else part.between(low, high)
