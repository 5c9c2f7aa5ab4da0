"""(Program, sensitive facts) -> what rests on them: an id beside it would give away what its row says of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from plan_rules.columns.formula import columns_of
from plan_rules.columns.program import Answer, Definition, Program
from plan_rules.plan import Plan


def sensitive(plans: Iterable[Plan]) -> frozenset[str]:
    """The facts that one of the plans marks as sensitive."""
    return frozenset(fact.id for plan in plans for fact in plan.facts.values() if fact.sensitive)


def resting(program: Program, facts: Collection[str]) -> frozenset[str]:
    """The columns of the program that these facts have a part in, other than by the refusal of a row."""
    refusals = {each.column for each in program.rejections}  # false in every row that has answers
    found = {each.name for each in program.inputs if each.fact in facts}
    stages: Sequence[Sequence[Definition | Answer]] = (*program.stages, program.answers)
    for stage in stages:
        told = found - refusals
        found |= {each.name for each in stage if not told.isdisjoint(columns_of(each.formula))}
    return frozenset(found)
