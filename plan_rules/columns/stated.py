"""(Plan, columns of a table) -> inputs; and of each fact what a row states: its value, that it is unknown, misfits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import assert_never

from plan_rules.columns import simple
from plan_rules.columns.formula import FALSE, OPEN, TRUE, Column, Constant, Formula, Known, Type
from plan_rules.columns.notebook import Notebook
from plan_rules.columns.program import NONE, UNKNOWN, VALUE, Input
from plan_rules.fact import Fact, Kind
from plan_rules.plan import Plan

UNKNOWN_WORDS = ("unknown", "未知")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a row states of one fact.

    `value` is null where it is unknown or nothing is stated; of a day or instant it is whether it has come, and
    `instant` when.  `anything`: something is stated, be it `unknown`.  `misfit`: no value that the fact can have.
    """

    value: Formula
    instant: Formula
    unknown: Formula
    anything: Formula
    misfit: Formula
    code: str


def inputs(plan: Plan, given: Collection[str] | None) -> tuple[Input, ...]:
    """The columns that a table may have for the plan: of those that are given, if it is said which."""
    return tuple(
        each
        for fact in plan.facts.values()
        if fact.kind is not Kind.READINGS
        for each in _inputs(fact)
        if given is None or each.name in given
    )


def _inputs(fact: Fact) -> Iterator[Input]:
    yield Input(fact.id, fact.id, VALUE, type_of(fact))
    yield Input(f"{fact.id}__{UNKNOWN}", fact.id, UNKNOWN, Type.BOOLEAN)
    if fact.dated:
        yield Input(f"{fact.id}__{NONE}", fact.id, NONE, Type.BOOLEAN)


def type_of(fact: Fact) -> Type:
    """What the column of its value holds."""
    match fact.kind:
        case Kind.BOOL:
            return Type.BOOLEAN
        case Kind.INTEGER:
            return Type.INTEGER
        case Kind.DATE:
            return Type.DATE
        case Kind.DATETIME:
            return Type.INSTANT
        case Kind.ENUM | Kind.ORDINAL | Kind.READINGS:
            return Type.TEXT
        case _:
            assert_never(fact.kind)


def seen_type(fact: Fact) -> Type:
    """What conditions see of it: of a day or instant, whether it has come."""
    return Type.BOOLEAN if fact.dated else type_of(fact)


def stated(fact: Fact, notebook: Notebook) -> Stated:
    """What a row states of the fact."""
    columns = {each.part: Column(each.name) for each in notebook.inputs if each.fact == fact.id}
    given: Formula = columns.get(VALUE, Constant(None, type_of(fact)))
    unknown = notebook.sure(columns[UNKNOWN]) if UNKNOWN in columns else FALSE
    if fact.dated:
        return _dated(fact, notebook, given, unknown, columns.get(NONE))
    nothing = Constant(None, type_of(fact))
    value: Formula = given
    if isinstance(given, Column) and fact.kind in (Kind.ENUM, Kind.ORDINAL):
        ids = tuple(each.id for each in fact.values)
        words = tuple(word for word in UNKNOWN_WORDS if word not in ids)
        unknown = simple.some((unknown, notebook.sure(simple.among(given, words, ids)) if words else FALSE))
        among = simple.among(given, ids, ids)
        value = simple.choice([(among, given)], nothing)
    unknown = notebook.define("unknown", unknown, f"{fact.id} is stated to be unknown")
    hidden = notebook.sure(columns[UNKNOWN]) if UNKNOWN in columns else FALSE
    value = notebook.define("stated", simple.choice([(hidden, nothing)], value), f"what is stated of {fact.id}")
    misfit = simple.every((_misfits(fact, notebook, given, value), simple.no(unknown)))
    return Stated(
        value,
        OPEN,
        unknown,
        simple.some((notebook.known(value), unknown)),
        notebook.define("misfit", misfit, f"{fact.id} has no such value"),
        "FA004" if fact.kind is Kind.INTEGER else "FA003",
    )


def _misfits(fact: Fact, notebook: Notebook, given: Formula, value: Formula) -> Formula:
    """The column has something that is no value of the fact; a word for unknown may be."""
    if not isinstance(given, Column) or fact.kind is Kind.BOOL:
        return FALSE
    if fact.kind is Kind.INTEGER:
        return notebook.default(simple.no(simple.between(given, fact.low, fact.high)), FALSE)
    return simple.every((notebook.known(given), simple.no(notebook.known(value))))


def _dated(fact: Fact, notebook: Notebook, given: Formula, unknown: Formula, none: Column | None) -> Stated:
    """A day or an instant: unknown counts before a value, a value before `none`."""
    came: Formula = Known(given) if isinstance(given, Column) else FALSE
    not_come = notebook.sure(none) if none is not None else FALSE
    value = simple.choice([(unknown, OPEN), (came, TRUE), (not_come, FALSE)], OPEN)
    value = notebook.define("stated", value, f"whether {fact.id} is stated to have come")
    instant: Formula = OPEN
    if isinstance(given, Column):
        hidden = simple.choice([(unknown, Constant(None, type_of(fact)))], given)
        instant = notebook.define("instant", hidden, f"when {fact.id} came")
    return Stated(value, instant, unknown, simple.some((notebook.known(value), unknown)), FALSE, "FA005")
