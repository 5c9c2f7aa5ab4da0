"""Meaning -> claims that every part of a condition matters: of clauses, of norms, of situations, of sections."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.parts import Part, own_condition, parts
from plan_rules.condition import ALWAYS, NEVER, Condition
from plan_rules.errors import Message, Severity, Span
from plan_rules.phrases import condition_phrase
from plan_rules.plan import Clause, Plan, norm_key


@dataclass(frozen=True, slots=True)
class _Setting:
    """What a condition belongs to, and where it counts."""

    meaning: Meaning
    owner: str
    around: Points
    span: Span
    clauses: tuple[str, ...] = ()


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about the parts of conditions; what never holds at all is left to the claims about clauses."""
    for clause in meaning.plan.clauses.values():
        if meaning.fires(clause.id) & meaning.drawing.possible != meaning.diagram.nothing:
            yield from _of_clause(meaning, clause)
    yield from _of_situations(meaning)
    yield from _of_sections(meaning)


def _of_clause(meaning: Meaning, clause: Clause) -> Iterator[Claim]:
    condition = own_condition(meaning.plan, clause)
    around = meaning.diagram.everything
    if condition != clause.condition and not _only_serves(meaning.plan, clause):
        around = meaning.drawing.holds(meaning.plan.sections[clause.section].condition)
    yield from _each(condition, _Setting(meaning, clause.id, around, clause.span, (clause.id,)))
    for index, norm in enumerate(clause.norms):
        here = meaning.drawing.holds(clause.condition)
        setting = _Setting(meaning, norm_key(clause.id, index), here, norm.span, (clause.id,))
        yield from _each(norm.condition, setting)


def _of_situations(meaning: Meaning) -> Iterator[Claim]:
    for situation in meaning.plan.situations.values():
        everything = meaning.diagram.everything
        if meaning.drawing.holds(situation.condition) & meaning.drawing.possible != meaning.diagram.nothing:
            yield from _each(situation.condition, _Setting(meaning, situation.name, everything, situation.span))


def _of_sections(meaning: Meaning) -> Iterator[Claim]:
    """A part of a section's condition matters if it does for one of the section's clauses."""
    plan = meaning.plan
    for section in plan.sections.values():
        clauses = [
            clause
            for clause in plan.clauses.values()
            if clause.section == section.id and not _only_serves(plan, clause)
        ]
        if clauses:
            around = meaning.diagram.any(meaning.drawing.holds(own_condition(plan, clause)) for clause in clauses)
            yield from _each(section.condition, _Setting(meaning, section.id, around, section.span))


def _only_serves(plan: Plan, clause: Clause) -> bool:
    """Does it hold just when the clauses do whose purpose it states?"""
    return bool(clause.serves) and own_condition(plan, clause) == ALWAYS


def _each(condition: Condition, setting: _Setting) -> Iterator[Claim]:
    if condition == ALWAYS:
        return
    for part in parts(condition):
        yield _matters(part, setting)


def _matters(part: Part, setting: _Setting) -> Claim:
    plan, owner = setting.meaning.plan, setting.owner
    zh, en = condition_phrase(part.node, plan), condition_phrase(part.node, plan, "en")
    return Claim(
        code="PF002",
        subject=f"{owner}/{part.place}",
        severity=Severity.WARNING,
        statement=Message(f"“{owner}”的条件 {zh} 起作用", f"part {en} of the condition of `{owner}` matters"),
        defect=Message(
            f"“{owner}”的条件 {zh}, 写不写都一样", f"part {en} of the condition of `{owner}` makes no difference"
        ),
        help=Message("删去它, 或改正条件", "drop it, or mend the condition"),
        points=partial(_differs, part, setting),
        about_every=False,
        clauses=setting.clauses,
        span=setting.span,
    )


def _differs(part: Part, setting: _Setting) -> Points:
    """Where the condition would be otherwise, were the part always and were it never true.

    Nothing where one of the two changes nothing at all.
    """
    drawing, nothing = setting.meaning.drawing, setting.meaning.diagram.nothing
    whole = drawing.holds(part.whole)
    here = setting.around & drawing.possible
    always = (whole ^ drawing.holds(part.replaced(ALWAYS))) & here
    never = (whole ^ drawing.holds(part.replaced(NEVER))) & here
    return nothing if nothing in (always, never) else always | never
