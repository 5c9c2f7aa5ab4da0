"""Definitions as they are written down -> stages: what is said twice is defined once, what nobody reads is gone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from plan_rules.columns import simple
from plan_rules.columns.formula import (
    FALSE,
    Choice,
    Column,
    Constant,
    Default,
    Formula,
    Not,
    Type,
    columns_of,
    parts_of,
    with_parts,
)
from plan_rules.columns.program import Answer, Definition, Input


class Notebook:
    """Takes definitions down.  Equal formulas share one name; names never meet those of the inputs."""

    def __init__(self, inputs: Iterable[Input]) -> None:
        self.inputs = tuple(inputs)
        self._types = {each.name: each.type for each in self.inputs}
        self._certain: set[str] = set()
        self._defined: dict[str, Definition] = {}
        self._names: dict[Formula, str] = {}
        self._mark = "_"
        while any(each.name.startswith(self._mark) for each in self.inputs):
            self._mark += "_"

    # ----------------------------------------------------------------- writing

    def define(self, kind: str, formula: Formula, about: str) -> Formula:
        """The column of a new definition; what is a column or a constant by itself stays one."""
        if isinstance(formula, Column | Constant):
            return formula
        if formula not in self._names:
            self._add(f"{self._mark}{kind}{len(self._defined)}", formula, about)
        return Column(self._names[formula])

    def certain(self, column: str) -> bool:
        """Has this column a value in every row?"""
        return column in self._certain

    def known(self, part: Formula) -> Formula:
        """It has a value."""
        return simple.known(part, self.certain)

    def default(self, part: Formula, otherwise: Formula) -> Formula:
        """It, or the other where it has no value."""
        return simple.default(part, otherwise, self.certain)

    def sure(self, part: Formula) -> Formula:
        """It is true; what is open is not."""
        return self.default(part, FALSE)

    def _add(self, name: str, formula: Formula, about: str) -> None:
        self._defined[name] = Definition(name, formula, self.type_of(formula), about)
        self._names[formula] = name
        self._types[name] = self._defined[name].type
        if simple.never_null(formula, self.certain):
            self._certain.add(name)

    def type_of(self, formula: Formula) -> Type:
        """What a formula gives."""
        match formula:
            case Constant(_, type_):
                return type_
            case Column(name):
                return self._types[name]
            case Default(_, otherwise) | Choice(_, otherwise):
                return self.type_of(otherwise)
            case _:
                return Type.BOOLEAN

    # ----------------------------------------------------------------- handing over

    def stages(
        self, answers: Iterable[Answer], kept: Iterable[str]
    ) -> tuple[tuple[tuple[Definition, ...], ...], tuple[Answer, ...]]:
        """The stages that these answers and the columns `kept` need, and the answers over them."""
        answers = tuple(answers)
        sharing = _Sharing(self, (*(each.formula for each in self._defined.values()), *(a.formula for a in answers)))
        written = [
            Definition(each.name, sharing.inside(each.formula), each.type, each.about)
            for each in tuple(self._defined.values())
        ]
        answers = tuple(
            Answer(each.name, each.kind, each.subject, sharing.of(each.formula), each.type) for each in answers
        )
        every = {each.name: each for each in (*written, *sharing.found)}
        return _staged(every, (*kept, *(name for each in answers for name in columns_of(each.formula)))), answers

    @cached_property
    def new_name(self) -> Callable[[], str]:
        """Names for what is shared."""
        numbers = iter(range(len(self._defined), 10**9))
        return lambda: f"{self._mark}part{next(numbers)}"

    def name_of(self, formula: Formula) -> str | None:
        """The name that a formula is defined by."""
        return self._names.get(formula)


class _Sharing:
    """Finds what several formulas have in common, and defines it."""

    def __init__(self, notebook: Notebook, formulas: Iterable[Formula]) -> None:
        self._notebook = notebook
        self._uses: dict[Formula, int] = {}
        self._written: dict[Formula, Formula] = {}
        self.found: list[Definition] = []
        for formula in formulas:
            self._count(formula)

    def _count(self, formula: Formula) -> None:
        self._uses[formula] = self._uses.get(formula, 0) + 1
        if self._uses[formula] == 1:
            for part in parts_of(formula):
                self._count(part)

    def of(self, formula: Formula) -> Formula:
        """The formula, or the column that stands for it."""
        if formula not in self._written:
            self._written[formula] = self._rewritten(formula)
        return self._written[formula]

    def _rewritten(self, formula: Formula) -> Formula:
        name = self._notebook.name_of(formula)
        if name is not None:
            return Column(name)
        new = self.inside(formula)
        if self._uses.get(formula, 0) < 2 or not _costly(formula):
            return new
        name = self._notebook.new_name()
        self.found.append(Definition(name, new, self._notebook.type_of(formula), "shared"))
        return Column(name)

    def inside(self, formula: Formula) -> Formula:
        """The formula itself, of parts that may be columns."""
        return with_parts(formula, tuple(self.of(part) for part in parts_of(formula)))


def _costly(formula: Formula) -> bool:
    match formula:
        case Constant() | Column():
            return False
        case Not(part) | Default(part, Constant()):
            return _costly(part)
        case _:
            return True


def _staged(every: dict[str, Definition], wanted: Iterable[str]) -> tuple[tuple[Definition, ...], ...]:
    """What is needed, each in the first stage that it can stand in."""
    place: dict[str, int] = {}
    pending = [name for name in wanted if name in every]
    while pending:
        name = pending[-1]
        needed = [other for other in dict.fromkeys(columns_of(every[name].formula)) if other in every]
        open_ = [other for other in needed if other not in place]
        if open_:
            pending += open_
            continue
        pending.pop()
        place[name] = max((place[other] + 1 for other in needed), default=0)
    count = max(place.values(), default=-1) + 1
    return tuple(
        tuple(definition for name, definition in every.items() if place.get(name) == stage) for stage in range(count)
    )
