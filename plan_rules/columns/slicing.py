"""(Program, some of its answers) -> a smaller Program; (Program, width) -> programs no stage of which is wider.

Databases bound how many columns a select may have; what each stage of a program has to hand on is its width.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from plan_rules.columns.formula import columns_of
from plan_rules.columns.program import Answer, Definition, Program
from plan_rules.errors import Message, ToldError


class TooWide(ToldError, ValueError):
    """One answer alone needs more columns at once than there may be."""


def restricted(program: Program, answers: Collection[Answer]) -> Program:
    """The program of these answers alone: with the inputs and definitions that they need, and no others.

    Of its rejections are those whose definitions it still has.
    """
    needed = _read(answers)
    stages: list[tuple[Definition, ...]] = []
    for stage in reversed(program.stages):
        kept = tuple(each for each in stage if each.name in needed)
        needed |= _read(kept)
        if kept:
            stages.insert(0, kept)
    names = {each.name for stage in stages for each in stage}
    return replace(
        program,
        inputs=tuple(each for each in program.inputs if each.name in needed),
        stages=tuple(stages),
        answers=tuple(answers),
        rejections=tuple(each for each in program.rejections if each.column in names),
    )


def handed_on(program: Program) -> tuple[tuple[str, ...], ...]:
    """Of each stage the columns, inputs and definitions, that a later stage or an answer reads."""
    needed = _read(program.answers)
    found: list[tuple[str, ...]] = []
    known = [[each.name for each in program.inputs]]
    for stage in program.stages:
        known.append([*known[-1], *(each.name for each in stage)])
    for stage, names in zip(reversed(program.stages), reversed(known), strict=False):
        found.insert(0, tuple(name for name in names if name in needed))
        needed |= _read(stage)
    return tuple(found)


def width(program: Program) -> int:
    """The most columns that one of its selects has."""
    return max(len(program.answers), *map(len, handed_on(program)), 0)


def split(program: Program, widest: int) -> tuple[Program, ...]:
    """Programs of some of the answers each, in their order, none wider; the program itself where it is not.

    Raises TooWide.
    """
    if width(program) <= widest:
        return (program,)
    if len(program.answers) <= 1:
        name = "".join(each.name for each in program.answers)
        message = Message(
            f"单是“{name}”一项就要同时用到 {width(program)} 列, 上限 {widest} 列; 写明表有哪些列, 没有的列不必算",
            f"`{name}` alone needs {width(program)} columns at once, over {widest}; say which columns the table has",
        )
        raise TooWide(message)
    half = len(program.answers) // 2
    parts = (restricted(program, program.answers[:half]), restricted(program, program.answers[half:]))
    return tuple(each for part in parts for each in split(part, widest))


def _read(of: Iterable[Answer | Definition]) -> set[str]:
    return {name for each in of for name in columns_of(each.formula)}
