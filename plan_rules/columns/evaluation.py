"""(Program, a row) -> the values of its definitions and answers: what every backend is held to.

A row maps the names of inputs to bool, int, str, date and datetime; what is missing or None is null.
"""

from __future__ import annotations

from collections.abc import Mapping
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
)
from plan_rules.columns.program import Program


def evaluate(program: Program, row: Mapping[str, Any]) -> dict[str, Any]:
    """Every input, definition and answer of the row, by name."""
    values: dict[str, Any] = {given.name: row.get(given.name) for given in program.inputs}
    for stage in program.stages:
        values |= {each.name: value(each.formula, values) for each in stage}
    return values | {each.name: value(each.formula, values) for each in program.answers}


def value(formula: Formula, columns: Mapping[str, Any]) -> Any:
    """The value of a formula; None is null."""
    match formula:
        case Constant(constant):
            return constant
        case Column(name):
            return columns[name]
        case Among(part, values):
            found = value(part, columns)
            return None if found is None else found in values
        case Between(part, low, high):
            found = value(part, columns)
            return None if found is None else (low is None or low <= found) and (high is None or found <= high)
        case Known(part):
            return value(part, columns) is not None
        case Earlier(part, than):
            one, other = value(part, columns), value(than, columns)
            return None if one is None or other is None else one < other
        case And(parts):
            found = {value(part, columns) for part in parts}
            return False if False in found else None if None in found else True
        case Or(parts):
            found = {value(part, columns) for part in parts}
            return True if True in found else None if None in found else False
        case Not(part):
            found = value(part, columns)
            return None if found is None else not found
        case Default(part, otherwise):
            found = value(part, columns)
            return value(otherwise, columns) if found is None else found
        case Choice(cases, otherwise):
            taken = next((then for condition, then in cases if value(condition, columns) is True), otherwise)
            return value(taken, columns)
        case _:
            assert_never(formula)
