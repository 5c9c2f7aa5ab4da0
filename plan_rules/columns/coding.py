"""Program -> the same program with numbers for the texts that it works out in between.

Backends compare and choose between numbers in a fraction of the time that texts take them.  Inputs and answers stay
what they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from plan_rules.columns import simple
from plan_rules.columns.formula import (
    Among,
    Between,
    Choice,
    Column,
    Constant,
    Default,
    Formula,
    Known,
    Type,
    parts_of,
    with_parts,
)
from plan_rules.columns.program import Definition, Program


def coded(program: Program) -> Program:
    """The program with numbers for text, in every definition of text that no answer hands out."""
    definitions = {each.name: each for stage in program.stages for each in stage}
    coding = _Coding(definitions, (each.formula for each in program.answers))
    return replace(
        program,
        stages=tuple(tuple(coding.definition(each) for each in stage) for stage in program.stages),
        answers=tuple(replace(each, formula=coding.of(each.formula)) for each in program.answers),
    )


class _Coding:
    """Which definitions are numbers, and which number stands for which text."""

    def __init__(self, definitions: Mapping[str, Definition], answers: Iterable[Formula]) -> None:
        self._definitions = definitions
        formulas = [*(each.formula for each in definitions.values()), *answers]
        texts = dict.fromkeys(text for formula in formulas for text in _texts(formula))
        self._numbers = {text: number for number, text in enumerate(texts)}
        self._coded = {name for name, each in definitions.items() if each.type is Type.TEXT}
        while self._coded:
            as_text = {name for formula in formulas for name in self._read_as_text(formula)}
            as_text |= {name for name in self._coded if not self._codable(definitions[name].formula)}
            as_text |= {
                name
                for other, each in definitions.items()
                if each.type is Type.TEXT and other not in self._coded
                for name in self._columns(each.formula)
            }
            for formula in formulas[len(definitions) :]:
                as_text |= set(self._columns(formula))
            if not as_text & self._coded:
                break
            self._coded -= as_text

    # ----------------------------------------------------------------- what can be a number

    def _columns(self, value: Formula) -> Iterator[str]:
        """The columns whose value a formula may give as its own; not those whose values it names one by one."""
        match value:
            case Column(name):
                yield name
            case Default(part, otherwise):
                yield from self._columns(part)
                yield from self._columns(otherwise)
            case Choice(cases, otherwise):
                for condition, then in cases:
                    if self._named(condition, then) is None:
                        yield from self._columns(then)
                yield from self._columns(otherwise)

    def _named(self, condition: Formula, then: Formula) -> tuple[str, ...] | None:
        """The texts that a column of the table has where the condition holds, if the condition says which."""
        if isinstance(condition, Column) and condition.name in self._definitions:
            condition = self._definitions[condition.name].formula
        match condition:
            case Among(part, values) if part == then and isinstance(then, Column) and then.name not in self._coded:
                return tuple(value for value in values if isinstance(value, str))
        return None

    def _codable(self, value: Formula) -> bool:
        """Is nothing in it that stays text?"""
        return all(name in self._coded for name in self._columns(value))

    def _read_as_text(self, formula: Formula) -> Iterator[str]:
        """Columns that are compared together with some that stay text."""
        if isinstance(formula, Among | Known) and not self._codable(formula.part):
            yield from self._columns(formula.part)
        for part in parts_of(formula):
            yield from self._read_as_text(part)

    # ----------------------------------------------------------------- writing

    def definition(self, each: Definition) -> Definition:
        """The definition with numbers for text."""
        if each.name in self._coded:
            return replace(each, formula=self._number(each.formula), type=Type.INTEGER)
        return replace(each, formula=self.of(each.formula))

    def of(self, formula: Formula) -> Formula:
        """What is no number, of parts that may be."""
        match formula:
            case Among(part, values) if not isinstance(part, Constant) and self._is_number(part):
                number = self._number(part)
                wanted = [self._numbers[value] for value in values if isinstance(value, str)]
                return simple.some(Between(number, each, each) for each in wanted)
            case Known(part) if self._is_number(part):
                return Known(self._number(part))
            case _:
                return with_parts(formula, tuple(self.of(part) for part in parts_of(formula)))

    def _is_number(self, part: Formula) -> bool:
        """Is it worked out of numbers alone?"""
        columns = tuple(self._columns(part))
        return bool(columns) and all(name in self._coded for name in columns)

    def _number(self, value: Formula) -> Formula:
        match value:
            case Constant(None):
                return Constant(None, Type.INTEGER)
            case Constant(str(text)):
                return Constant(self._numbers[text], Type.INTEGER)
            case Column():
                return value
            case Default(part, otherwise):
                return Default(self._number(part), self._number(otherwise))
            case Choice(cases, otherwise):
                return Choice(tuple(each for case in cases for each in self._case(*case)), self._number(otherwise))
        raise AssertionError(value)

    def _case(self, condition: Formula, then: Formula) -> Iterator[tuple[Formula, Formula]]:
        named = self._named(condition, then)
        if named is None:
            yield self.of(condition), self._number(then)
            return
        for text in named:
            yield Among(then, (text,)), Constant(self._numbers[text], Type.INTEGER)


def _texts(formula: Formula) -> Iterator[str]:
    match formula:
        case Constant(str(text)):
            yield text
        case Among(_, values):
            yield from (value for value in values if isinstance(value, str))
    for part in parts_of(formula):
        yield from _texts(part)
