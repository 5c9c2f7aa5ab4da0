"""Meaning -> claims that every option of every reading changes something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.scales import reading_name
from plan_rules.errors import Message, Severity
from plan_rules.plan import Option, Reading


def claims(meaning: Meaning) -> Iterator[Claim]:
    """A claim for each option that is not the one chosen."""
    for reading in meaning.plan.readings.values():
        for option in reading.options:
            if option.id != reading.chosen:
                yield _changes_something(meaning, reading, option)


def _changes_something(meaning: Meaning, reading: Reading, option: Option) -> Claim:
    return Claim(
        code="PF015",
        subject=f"{reading.id}/{option.id}",
        severity=Severity.WARNING,
        statement=Message(
            f"解释“{reading.id}”取 {option.id} 与取 {reading.chosen} 有不同的结果",
            f"option {option.id} of reading `{reading.id}` differs from {reading.chosen}",
        ),
        defect=Message(
            f"解释“{reading.id}”取 {option.id}({option.text}) 与取 {reading.chosen} 从来没有区别",
            f"option {option.id} of reading `{reading.id}` never differs from {reading.chosen}",
        ),
        help=Message(
            "用“解释: {…}”或“按解释: {…}”写出区别; 不改变结果的疑义写成“备注”",
            "write the difference with `reading` or `under`; an ambiguity that changes nothing is a `remark`",
        ),
        points=partial(_differs, meaning, reading, option),
        about_every=False,
        clauses=tuple(name for name in reading.clauses if name in meaning.plan.clauses),
        span=reading.span,
    )


def _differs(meaning: Meaning, reading: Reading, option: Option) -> Points:
    """Where one choice gives an outcome that the other does not; the incident with the option chosen."""
    diagram, name = meaning.diagram, reading_name(reading.id)
    options = [each.id for each in reading.options]
    here, there = options.index(option.id), options.index(reading.chosen)
    possible = meaning.drawing.possible & diagram.where(name, (here,))
    for where in meaning.outcomes().values():
        differs = diagram.at(where, name, here) ^ diagram.at(where, name, there)
        if differs & possible != diagram.nothing:
            return differs & possible
    return diagram.nothing
