"""Formula of columns -> JSON Logic that says the same in any implementation.

JSON Logic knows two truths.  A formula that can be null is therefore said twice: `holds` is true where it is true,
`fails` where it is false, and both are true or false, never null.  Null is where neither is.  `value` is the formula
itself.

Of the operators only `var`, `if`, `and`, `or`, `!`, `===`, `!==`, `in`, `<` and `<=` are used, and no value is ever
asked whether it is truthy: of `and`, `or`, `!` and the conditions of `if` every part is true or false.  Only integers
are compared, and only where they are known; days and instants are integers too (20250310, 20250520094100).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeAlias, assert_never

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
)
from plan_rules.columns.simple import never_null

Logic: TypeAlias = Any  # a JSON value

_TRUE, _FALSE = True, False


class Encoder:
    """Writes formulas down.

    `certain` are the columns that are never null, `truths` those that are true, false or null and nothing else.
    """

    def __init__(self, certain: Collection[str], truths: Collection[str]) -> None:
        self._certain = certain
        self._truths = truths

    def value(self, formula: Formula) -> Logic:
        """Its value; null where it has none."""
        match formula:
            case Constant(constant):
                return constant
            case Column(name):
                return variable(name)
            case Default(part, otherwise) if not self.is_truth(formula):
                return _choice([(self.known(part), self.value(part))], self.value(otherwise))
            case _ if self.never_null(formula) and self.is_truth(formula):
                return self.holds(formula)
            case Choice(cases, otherwise):
                chosen = [(self.holds(condition), self.value(then)) for condition, then in cases]
                return _choice(chosen, self.value(otherwise))
            case _:
                return _choice([(self.holds(formula), True), (self.fails(formula), False)], None)

    # ----------------------------------------------------------------- three truths by two

    def holds(self, formula: Formula) -> Logic:
        """Is it true?"""
        match formula:
            case Constant(constant):
                return constant is True
            case Column(name):
                return variable(name) if name in self._certain else {"===": [variable(name), True]}
            case Among(part, values):
                return {"in": [self.value(part), list(values)]}
            case Between(part, low, high):
                return _every([self.known(part), *self._within(part, low, high)])
            case Known(part):
                return self.known(part)
            case Earlier(part, than):
                return _every([self.known(part), self.known(than), {"<": [self.value(part), self.value(than)]}])
            case And(parts):
                return _every([self.holds(part) for part in parts])
            case Or(parts):
                return _some([self.holds(part) for part in parts])
            case Not(part):
                return self.fails(part)
            case Default(part, otherwise):
                return _some([self.holds(part), _every([_no(self.known(part)), self.holds(otherwise)])])
            case Choice(cases, otherwise):
                chosen = [(self.holds(condition), self.holds(then)) for condition, then in cases]
                return _choice(chosen, self.holds(otherwise))
            case _:
                assert_never(formula)

    def fails(self, formula: Formula) -> Logic:
        """Is it false?"""
        if self.never_null(formula) and not isinstance(formula, Not | And | Or):
            return _no(self.holds(formula))
        match formula:
            case Constant(constant):
                return constant is False
            case Column(name):
                return {"===": [variable(name), False]}
            case Among(part) | Between(part):
                return _every([self.known(part), _no(self.holds(formula))])
            case Earlier(part, than):
                return _every([self.known(part), self.known(than), _no({"<": [self.value(part), self.value(than)]})])
            case And(parts):
                return _some([self.fails(part) for part in parts])
            case Or(parts):
                return _every([self.fails(part) for part in parts])
            case Not(part):
                return self.holds(part)
            case Known(part):
                return _no(self.known(part))
            case Default(part, otherwise):
                return _some([self.fails(part), _every([_no(self.known(part)), self.fails(otherwise)])])
            case Choice(cases, otherwise):
                chosen = [(self.holds(condition), self.fails(then)) for condition, then in cases]
                return _choice(chosen, self.fails(otherwise))
            case _:
                assert_never(formula)

    def known(self, formula: Formula) -> Logic:
        """Has it a value?"""
        if self.never_null(formula):
            return True
        match formula:
            case Among(part) | Between(part) | Not(part):
                return self.known(part)
            case Earlier(part, than):
                return _every([self.known(part), self.known(than)])
            case _ if self.is_truth(formula) and not isinstance(formula, Column):
                return _some([self.holds(formula), self.fails(formula)])
            case _:
                return {"!==": [self.value(formula), None]}

    # ----------------------------------------------------------------- what a formula can be

    def is_truth(self, formula: Formula) -> bool:
        """Is it true, false or null, rather than text or an integer?"""
        match formula:
            case Constant(constant):
                return constant is None or isinstance(constant, bool)
            case Column(name):
                return name in self._truths
            case Default(part, otherwise):
                return self.is_truth(part) and self.is_truth(otherwise)
            case Choice(cases, otherwise):
                return self.is_truth(otherwise) and all(self.is_truth(then) for _, then in cases)
            case _:
                return True

    def never_null(self, formula: Formula) -> bool:
        """Has it a value in every row?"""
        return never_null(formula, lambda name: name in self._certain)

    def _within(self, part: Formula, low: int | None, high: int | None) -> list[Logic]:
        found = self.value(part)
        lower = [] if low is None else [{"<=": [low, found]}]
        return [*lower, *([] if high is None else [{"<=": [found, high]}])]


def variable(name: str) -> Logic:
    """The value of a column.  A full stop would lead into an object: no id has the mark that stands for it."""
    return {"var": column_name(name)}


def column_name(name: str) -> str:
    """The name of a column in the data that JSON Logic reads."""
    return name.replace(".", "·")


def _every(parts: list[Logic]) -> Logic:
    kept = [part for part in parts if part is not _TRUE]
    if any(part is _FALSE for part in kept):
        return False
    return True if not kept else kept[0] if len(kept) == 1 else {"and": kept}


def _some(parts: list[Logic]) -> Logic:
    kept = [part for part in parts if part is not _FALSE]
    if any(part is _TRUE for part in kept):
        return True
    return False if not kept else kept[0] if len(kept) == 1 else {"or": kept}


def _no(part: Logic) -> Logic:
    if part is _TRUE or part is _FALSE:
        return not part
    if isinstance(part, dict) and "!" in part:
        return part["!"][0]
    return {"!": [part]}


def _choice(cases: list[tuple[Logic, Logic]], otherwise: Logic) -> Logic:
    kept: list[Logic] = []
    for condition, value in cases:
        if condition is _TRUE:
            otherwise = value
            break
        if condition is not _FALSE:
            kept += [condition, value]
    return {"if": [*kept, otherwise]} if kept else otherwise
