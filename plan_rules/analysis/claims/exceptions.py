"""Meaning -> claims that no exception swallows the clause it is an exception to, or takes a protective duty away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.norm import Exemption
from plan_rules.plan import Clause


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about each norm that an exception takes away somewhere."""
    for clause in meaning.plan.clauses.values():
        for exemption in clause.exemptions:
            for bound in meaning.bound_by(exemption.clause):
                if not exemption.actions or bound.norm.action in exemption.actions:
                    yield _leaves_something(meaning, clause, exemption, bound)
                    if bound.norm.modality == "duty" and meaning.plan.actions[bound.norm.action].protective:
                        yield _strips_nothing(meaning, clause, exemption, bound)


def _leaves_something(meaning: Meaning, clause: Clause, exemption: Exemption, bound: Bound) -> Claim:
    label = meaning.plan.actions[bound.norm.action].label
    base = exemption.clause
    return Claim(
        code="PF009",
        subject=f"{clause.id}>{base}#{bound.index}",
        severity=Severity.ERROR,
        statement=Message(
            f"例外“{clause.id}”给“{base}”的“{label}”留有余地", f"exception `{clause.id}` leaves something of `{base}`"
        ),
        defect=Message(
            f"例外“{clause.id}”把“{base}”的“{label}”全部免去了: 凡“{base}”适用, 它都适用",
            f"exception `{clause.id}` swallows `{bound.norm.action}` of `{base}`: it holds whenever `{base}` does",
        ),
        help=Message("缩小例外的“当”, 或删去被免去的要求", "narrow the exception's condition, or drop what it waives"),
        points=partial(_rest, meaning, clause, bound),
        about_every=False,
        clauses=(clause.id, base),
        span=exemption.span,
        related=bound.norm.span,
        related_label=Message("被免去的要求", "what is waived"),
    )


def _rest(meaning: Meaning, clause: Clause, bound: Bound) -> Points:
    """Where the norm would bind and the exception does not hold; all that could be where it never would bind."""
    before = bound.before & meaning.drawing.possible
    return meaning.diagram.everything if before == meaning.diagram.nothing else before & ~meaning.active(clause.id)


def _strips_nothing(meaning: Meaning, clause: Clause, exemption: Exemption, bound: Bound) -> Claim:
    action = meaning.plan.actions[bound.norm.action]
    return Claim(
        code="PF010",
        subject=f"{clause.id}>{exemption.clause}#{bound.index}",
        severity=Severity.ERROR,
        statement=Message(
            f"例外“{clause.id}”不免去保护性的“{action.label}”",
            f"exception `{clause.id}` does not take the protective `{action.id}` away",
        ),
        defect=Message(
            f"例外“{clause.id}”免去了保护性的“{action.label}”(“{exemption.clause}”)",
            f"exception `{clause.id}` takes the protective `{action.id}` of `{exemption.clause}` away",
        ),
        help=Message("从“免除”里去掉它, 或由合规认可", "take it out of `waives`, or have compliance accept it"),
        points=partial(_stripped, meaning, clause, bound),
        clauses=(clause.id, exemption.clause),
        span=exemption.span,
        related=bound.norm.span,
        related_label=Message("保护性的要求", "the protective duty"),
    )


def _stripped(meaning: Meaning, clause: Clause, bound: Bound) -> Points:
    """Where the duty would be there but for the exception, and no other clause demands it."""
    return bound.before & meaning.active(clause.id) & ~meaning.asked("duty", bound.norm.action)
