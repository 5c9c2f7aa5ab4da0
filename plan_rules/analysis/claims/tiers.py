"""Meaning -> claims that every incident in scope has a tier, and that no two clauses give it different ones."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.plan import Clause


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about tiers; none where the plan assigns none."""
    assigning = [clause for clause in meaning.plan.clauses.values() if clause.tier]
    if not assigning:
        return
    yield _has_a_tier(meaning, assigning)
    for one, other in combinations(assigning, 2):
        if one.tier != other.tier:
            yield _one_tier(meaning, one, other)


def _has_a_tier(meaning: Meaning, assigning: list[Clause]) -> Claim:
    def without() -> Points:
        given = meaning.diagram.any(meaning.fires(clause.id) for clause in assigning)
        return meaning.drawing.holds(meaning.plan.scope) & ~meaning.excluded & ~given

    return Claim(
        code="PF003",
        subject=meaning.plan.id,
        severity=Severity.ERROR,
        statement=Message("适用范围内的事件都有等级", "every incident in scope has a tier"),
        defect=Message("有的事件定不出等级", "some incidents get no tier"),
        help=Message(
            "补一条兜底的定级条款, 或缩小“适用”范围", "add a clause that assigns a tier to them, or narrow `scope`"
        ),
        points=without,
        span=assigning[-1].span,
    )


def _one_tier(meaning: Meaning, one: Clause, other: Clause) -> Claim:
    tiers = meaning.plan.tiers
    taken = max if meaning.plan.highest_tier else min
    wins = taken(one, other, key=lambda clause: tiers[clause.tier or ""].severity)
    labels = [tiers[clause.tier or ""].label for clause in (one, other)]
    rule = ("最高", "highest") if meaning.plan.highest_tier else ("最低", "lowest")
    return Claim(
        code="PF004",
        subject=f"{one.id}+{other.id}",
        severity=Severity.NOTE,
        statement=Message(
            f"“{one.id}”与“{other.id}”不会把同一事件定成不同等级",
            f"`{one.id}` and `{other.id}` never give one incident two tiers",
        ),
        defect=Message(
            f"同一事件, “{one.id}”定为“{labels[0]}”, “{other.id}”又定为“{labels[1]}”; "
            f"按“取: {rule[0]}”以“{wins.id}”为准",
            f"`{one.id}` and `{other.id}` give one incident two tiers; by `take: {rule[1]}` `{wins.id}` counts",
        ),
        help=Message(
            "这样写是有意的, 写进“认可”; 否则在另一条的“当”里排除这种情形",
            "accept it where it is meant; else exclude the case from the condition of the other clause",
        ),
        points=partial(_both, meaning, one, other),
        clauses=(one.id, other.id),
        span=one.span,
        related=other.span,
        related_label=Message("另一条", "the other clause"),
    )


def _both(meaning: Meaning, one: Clause, other: Clause) -> Points:
    return meaning.fires(one.id) & meaning.fires(other.id)
