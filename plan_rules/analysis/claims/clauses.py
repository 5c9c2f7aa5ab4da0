"""Meaning -> claims that every clause can fire, and that every clause adds something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim, Clue
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.norm import Norm
from plan_rules.phrases import condition_phrase
from plan_rules.plan import Clause


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about single clauses."""
    for clause in meaning.plan.clauses.values():
        yield _can_fire(meaning, clause)
    yield from _each_adds(meaning)


# --------------------------------------------------------------------------- clauses that never fire


def _can_fire(meaning: Meaning, clause: Clause) -> Claim:
    name, plan = clause.id, meaning.plan
    zh, en = condition_phrase(clause.condition, plan), condition_phrase(clause.condition, plan, "en")
    return Claim(
        code="PF001",
        subject=name,
        severity=Severity.ERROR,
        statement=Message(f"条款“{name}”有触发的时候", f"clause `{name}` can fire"),
        defect=Message(f"条款“{name}”永远不会触发: {zh}", f"clause `{name}` never fires: {en}"),
        help=Message(
            "“当”与所在章节的“适用”自相矛盾; 改正条件, 或删去这一条",
            "its condition contradicts itself or its section's; mend it, or drop the clause",
        ),
        points=partial(meaning.fires, name),
        about_every=False,
        clauses=(name,),
        span=clause.span,
        clue=partial(_what_cannot_be, meaning, clause),
    )


def _what_cannot_be(meaning: Meaning, clause: Clause) -> Clue | None:
    """The 不可能 or 推定 that alone keeps the clause from firing."""
    fires = meaning.fires(clause.id)
    if fires == meaning.diagram.nothing:
        return None
    for item, possible in meaning.drawing.bounds:
        if fires & possible == meaning.diagram.nothing:
            return Clue(
                Message(
                    f"“{item.id}”排除了它的条件; 改正其中一处", f"`{item.id}` rules its condition out; mend one of them"
                ),
                item.span,
                Message("写在这里", "written here"),
            )
    return Clue(
        Message("几条推定与不可能合起来排除了它的条件", "presumptions and impossible combinations together rule it out")
    )


# --------------------------------------------------------------------------- clauses that add nothing


def _each_adds(meaning: Meaning) -> Iterator[Claim]:
    """Of several clauses that ask the same the first is kept."""
    dropped: set[str] = set()
    found = []
    for clause in reversed(list(meaning.plan.clauses.values())):
        if clause.norms and not clause.tier and not clause.exemptions:
            adds = _adds(meaning, clause, dropped)
            others = _others(meaning, clause, dropped)
            if adds & meaning.drawing.possible == meaning.diagram.nothing:
                dropped.add(clause.id)
            found.append(_adds_something(meaning, clause, adds, others))
    yield from reversed(found)


def _adds(meaning: Meaning, clause: Clause, dropped: set[str]) -> Points:
    """Where the clause demands, forbids or allows something that no other clause does in the same way.

    Everywhere if it never does: that is told by other claims.
    """
    bound_at_all = meaning.diagram.any(bound.where for bound in meaning.bound_by(clause.id))
    if bound_at_all & meaning.drawing.possible == meaning.diagram.nothing:
        return meaning.diagram.everything
    return meaning.diagram.any(
        bound.where
        & ~meaning.diagram.any(
            other.where
            for other in meaning.norms(bound.norm.modality, bound.norm.action)
            if other.clause.id != clause.id and other.clause.id not in dropped and _says_all_of(other, bound)
        )
        for bound in meaning.bound_by(clause.id)
    )


def _says_all_of(other: Bound, bound: Bound) -> bool:
    """Does the other norm say all that this one says, apart from when?"""
    here, there = bound.norm, other.norm
    return (
        set(here.bearers.groups) <= set(there.bearers.groups)
        and (here.bearers.through, here.bearers.excepted) == (there.bearers.through, there.bearers.excepted)
        and here.recipient in (None, there.recipient)
        and _time(here) in (None, _time(there))
        and here.step in (None, there.step)
        and set(here.instead) <= set(there.instead)
        and (here.done_by, here.done_on) in ((None, None), (there.done_by, there.done_on))
        and here.broken_by in (None, there.broken_by)
        and (here.strength, here.strength_by) == (there.strength, there.strength_by)
        and here.form in (None, there.form)
        and (here.approvals, here.discretion, here.rung) == (there.approvals, there.discretion, there.rung)
    )


def _time(norm: Norm) -> tuple[object, ...] | None:
    """By when, apart from how it is worded."""
    limit = norm.limit
    return None if limit is None else (limit.term, limit.amount, limit.start, limit.roll, limit.cutoff, limit.every)


def _others(meaning: Meaning, clause: Clause, dropped: set[str]) -> tuple[str, ...]:
    """The clauses that ask for the same actions."""
    return tuple(
        dict.fromkeys(
            other.clause.id
            for norm in clause.norms
            for other in meaning.norms(norm.modality, norm.action)
            if other.clause.id != clause.id and other.clause.id not in dropped
        )
    )


def _adds_something(meaning: Meaning, clause: Clause, adds: Points, others: tuple[str, ...]) -> Claim:
    return Claim(
        code="PF011",
        subject=clause.id,
        severity=Severity.NOTE,
        statement=Message(
            f"条款“{clause.id}”有别的条款没有的要求", f"clause `{clause.id}` asks what no other clause does"
        ),
        defect=Message(
            f"条款“{clause.id}”的要求, {'、'.join(others)}都已经有了; 删去它只少一条依据",
            f"what clause `{clause.id}` asks is asked by {', '.join(others)}; only a citation would be lost",
        ),
        help=Message(
            "原文本来分列的, 写进“认可”; 否则删去或改正",
            "accept it where the source says so twice; else drop or mend it",
        ),
        points=lambda: adds,
        about_every=False,
        clauses=(clause.id, *others),
        span=clause.span,
        related=meaning.plan.clauses[others[0]].span if others else None,
        related_label=Message("已有的条款", "the clause that asks it") if others else None,
    )
