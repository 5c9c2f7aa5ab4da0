"""(Formula, dialect) -> an expression of SQL: as a value of a column, or as a condition.

The two differ where a database has no booleans in columns: there a boolean is 1, 0 or null.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import assert_never

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
    balanced,
)
from plan_rules.extra import from_extra
from plan_rules.sql.dialects import Dialect

with from_extra("sql"):
    from sqlglot import exp

_TYPES = {
    Type.BOOLEAN: "boolean",
    Type.INTEGER: "bigint",
    Type.TEXT: "varchar(200)",
    Type.DATE: "date",
    Type.INSTANT: "timestamp",
}


def name_of(column: str, dialect: Dialect) -> exp.Identifier:
    """A name; one that a database folds as it does in the caller's own SQL where it is a plain word."""
    word = column.isascii() and column.isidentifier() and not column.startswith("_")
    return exp.to_identifier(column, quoted=not word or dialect.reserves(column))


def type_of(kind: Type, dialect: Dialect) -> exp.DataType:
    """What a database calls the type of a column."""
    if kind is Type.BOOLEAN and dialect.name == "oracle":
        return exp.DataType.build("decimal(1)")
    if kind is Type.TEXT and dialect.name in {"duckdb", "sqlite"}:
        return exp.DataType.build("text")
    return exp.DataType.build(_TYPES[kind])


class Expressions:
    """Expressions over columns of these types; `raw` are the text columns of the caller's table.

    In the SQL, names of columns begin with `prefix`.
    """

    def __init__(self, dialect: Dialect, types: Mapping[str, Type], raw: frozenset[str], prefix: str = "") -> None:
        self._dialect = dialect
        self._types = types
        self._raw = raw
        self._prefix = prefix

    def value(self, formula: Formula) -> exp.Expr:
        """What a column gets."""
        numbers = self._dialect.numbers and self._boolean(formula)
        match formula:
            case Constant(None, kind):
                return exp.Cast(this=exp.null(), to=type_of(kind, self._dialect))
            case Constant(bool() as value):
                return exp.Literal.number(int(value)) if numbers else exp.Boolean(this=value)
            case Constant(int() as value):
                return exp.Literal.number(value)
            case Constant(value):
                return exp.Literal.string(str(value))
            case Column(name):
                return self._column(name)
            case Default(part, otherwise):
                return exp.Coalesce(this=self.value(part), expressions=[self.value(otherwise)])
            case Choice(cases, otherwise):
                found = exp.Case(default=self.value(otherwise))
                for condition, then in cases:
                    found = found.when(self.condition(condition), self.value(then), copy=False)
                return found
            case Known() if numbers:
                return _one_or_zero(self.condition(formula), None)
            case _:
                asked = self.condition(formula)
                return _one_or_zero(asked, asked.copy()) if numbers else asked

    def condition(self, formula: Formula) -> exp.Expr:
        """What is asked, in the logic of three values that SQL has."""
        match formula:
            case Among(part, values):
                return self._among(part, values)
            case Between(part, low, high):
                return _between(self.value(part), low, high)
            case Known(part):
                return exp.Is(this=_wrapped(self.value(part)), expression=exp.null()).not_()
            case Earlier(part, than):
                return exp.LT(this=self.value(part), expression=self.value(than))
            case And(parts):
                return _joined(exp.And, [self.condition(part) for part in parts])
            case Or(parts):
                return _joined(exp.Or, [self.condition(part) for part in parts])
            case Not(part):
                return exp.Not(this=_wrapped(self.condition(part)))
            case Constant() | Column() | Default() | Choice():
                value = self.value(formula)
                return exp.EQ(this=value, expression=exp.Literal.number(1)) if self._dialect.numbers else value
            case _:
                assert_never(formula)

    def _boolean(self, formula: Formula) -> bool:
        match formula:
            case Constant(_, kind):
                return kind is Type.BOOLEAN
            case Column(name):
                return self._types[name] is Type.BOOLEAN
            case Default(_, otherwise) | Choice(_, otherwise):
                return self._boolean(otherwise)
            case _:
                return True

    def _column(self, name: str) -> exp.Expr:
        column = exp.Column(this=name_of(self._prefix + name, self._dialect))
        if name in self._raw and not self._dialect.exact:  # else `Lobby` would be `lobby`
            return exp.Cast(this=column, to=exp.DataType.build("binary"))
        return column

    def _among(self, part: Formula, values: Sequence[bool | int | str]) -> exp.Expr:
        if self._boolean(part):
            asked = [part if value else Not(part) for value in values]
            return _joined(exp.Or, [self.condition(each) for each in asked])
        literals = [exp.Literal.string(str(value)) for value in values]
        return exp.In(this=self.value(part), expressions=literals)


def _one_or_zero(true: exp.Expr, again: exp.Expr | None) -> exp.Expr:
    """1 where it is true, 0 where it is false; null where it is neither, if it can be."""
    found = exp.Case().when(true, exp.Literal.number(1), copy=False)
    if again is None:
        return found.else_(exp.Literal.number(0), copy=False)
    return found.when(exp.Not(this=_wrapped(again)), exp.Literal.number(0), copy=False)


def _between(value: exp.Expr, low: int | None, high: int | None) -> exp.Expr:
    if low is None and high is None:  # still null where it is
        return exp.EQ(this=value, expression=value.copy())
    if low is None:
        return exp.LTE(this=value, expression=exp.Literal.number(high))
    if high is None:
        return exp.GTE(this=value, expression=exp.Literal.number(low))
    return exp.Between(this=value, low=exp.Literal.number(low), high=exp.Literal.number(high))


def _joined(by: type[exp.And | exp.Or], parts: Sequence[exp.Expr]) -> exp.Expr:
    return balanced(parts, lambda one, other: by(this=_wrapped(one), expression=_wrapped(other)))


def _wrapped(inside: exp.Expr) -> exp.Expr:
    whole = isinstance(inside, exp.Column | exp.Boolean | exp.Cast | exp.Case | exp.Coalesce)
    return inside if whole else exp.Paren(this=inside)
