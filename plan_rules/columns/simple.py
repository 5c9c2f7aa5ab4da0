"""Formulas -> one of them that says the same with less: constants are worked out, and what decides nothing is dropped.

Nothing here changes a row: true, false and null stay what they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from plan_rules.columns.formula import (
    FALSE,
    OPEN,
    TRUE,
    Among,
    And,
    Between,
    Choice,
    Column,
    Constant,
    Default,
    Formula,
    Known,
    Not,
    Or,
    Type,
    Value,
    parts_of,
)


def every(parts: Iterable[Formula]) -> Formula:
    """All of them."""
    kept = [part for part in dict.fromkeys(parts) if part != TRUE]
    if FALSE in kept:
        return FALSE
    return kept[0] if len(kept) == 1 else And(tuple(kept)) if kept else TRUE


def some(parts: Iterable[Formula]) -> Formula:
    """At least one of them."""
    kept = [part for part in dict.fromkeys(parts) if part != FALSE]
    if TRUE in kept:
        return TRUE
    return kept[0] if len(kept) == 1 else Or(tuple(kept)) if kept else FALSE


def no(part: Formula) -> Formula:
    """Not this."""
    match part:
        case Constant(value):
            return OPEN if value is None else Constant(not value)
        case Not(inside):
            return inside
        case _:
            return Not(part)


def among(part: Formula, values: tuple[Value, ...], domain: tuple[Value | None, ...]) -> Formula:
    """It is one of these values of its domain."""
    match part:
        case Constant(value):
            return OPEN if value is None else Constant(value in values)
        case _ if set(domain) != {False, True}:
            return Among(part, values)
        case _ if set(values) == {False, True}:
            return some((part, no(part)))
        case _:
            return part if True in values else no(part)


def between(part: Formula, low: int | None, high: int | None) -> Formula:
    """It lies between."""
    match part:
        case Constant(None):
            return OPEN
        case Constant(value):
            number = int(value)  # type: ignore[arg-type]
            return Constant((low is None or low <= number) and (high is None or number <= high))
        case _:
            return Between(part, low, high)


def never_null(formula: Formula, certain: Callable[[str], bool] = lambda _: False) -> bool:
    """Has it a value in every row?  `certain` says so of columns."""
    match formula:
        case Constant(value):
            return value is not None
        case Column(name):
            return certain(name)
        case Known():
            return True
        case Default(part, otherwise):
            return never_null(part, certain) or never_null(otherwise, certain)
        case Choice(cases, otherwise):
            return all(never_null(each, certain) for each in (*(value for _, value in cases), otherwise))
        case _:
            return all(never_null(part, certain) for part in parts_of(formula))


def choice(cases: Iterable[tuple[Formula, Formula]], otherwise: Formula) -> Formula:
    """The first that holds."""
    kept: list[tuple[Formula, Formula]] = []
    for condition, value in cases:
        if condition == TRUE:
            otherwise = value
            break
        if condition not in (FALSE, OPEN):
            kept.append((_where(condition, True), value))
    while kept and kept[-1][1] == otherwise:
        kept.pop()
    match kept:
        case []:
            return otherwise
        case [(condition, Choice(cases, other))] if other == otherwise:  # one choice, not one in another
            return Choice(tuple((every((condition, where)), value) for where, value in cases), otherwise)
    return Choice(tuple(kept), otherwise)


def _where(condition: Formula, wanted: bool) -> Formula:
    """What is true (false) in the same rows, where it does not matter what else is false (true) and what is null."""
    match condition:
        case Default(part, Constant(value)) if value is not wanted:
            return _where(part, wanted)
        case Not(part):
            return no(_where(part, not wanted))
        case And(parts):
            return And(tuple(_where(part, wanted) for part in parts))
        case Or(parts):
            return Or(tuple(_where(part, wanted) for part in parts))
        case _:
            return condition


def constant(value: Value) -> Constant:
    """This value, with its type."""
    if isinstance(value, bool):
        return Constant(value)
    return Constant(value, Type.INTEGER if isinstance(value, int) else Type.TEXT)


def known(part: Formula, certain: Callable[[str], bool]) -> Formula:
    """It has a value."""
    return TRUE if never_null(part, certain) else FALSE if _never_known(part) else Known(part)


def default(part: Formula, otherwise: Formula, certain: Callable[[str], bool]) -> Formula:
    """It, or the other where it has no value."""
    if never_null(part, certain):
        return part
    if _never_known(part):
        return otherwise
    if isinstance(part, Choice) and all(never_null(value, certain) for _, value in part.cases):
        return _chosen(part.cases, default(part.otherwise, otherwise, certain), certain)
    return part if _never_known(otherwise) else Default(part, otherwise)


def _chosen(cases: tuple[tuple[Formula, Formula], ...], otherwise: Formula, certain: Callable[[str], bool]) -> Formula:
    """A choice; of true or false, the condition itself."""
    found = choice(cases, otherwise)
    match found:
        case Choice(((condition, then),), other) if (then, other) == (TRUE, FALSE):
            return default(condition, FALSE, certain)
        case _:
            return found


def _never_known(part: Formula) -> bool:
    return isinstance(part, Constant) and part.value is None
