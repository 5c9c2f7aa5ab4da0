"""Plan -> what must not be said or done (禁语禁行卡), each with what to do in its place, or whom to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plan_rules.condition import All, Condition
from plan_rules.documents.bearing import borne_by, stands, strength_of
from plan_rules.documents.content import Cell, Document, Origin, Paragraph, Text, cell, stamp, table
from plan_rules.documents.sentence import bearers_words, condition_words, recipient_words, waiting_words
from plan_rules.norm import Norm, Strength
from plan_rules.plan import Clause, Plan


def conduct(plan: Plan) -> Document:
    """Every prohibition of the plan as its readings stand."""
    rows = tuple(_row(action, found, plan) for action, found in prohibitions(plan).items())
    intro = Paragraph(Text("不能做左边的事时, 做右边的事。", Origin.TEMPLATE))
    columns = (("谁", 16), ("不得", 26), ("什么时候", 24), ("改为", 26), ("依据", 8))
    return Document("conduct", "禁语禁行卡", stamp(plan), (intro, table("禁语禁行", columns, rows)))


def prohibitions(plan: Plan) -> dict[str, list[tuple[Clause, Norm]]]:
    """Each action that is forbidden, with the clauses that forbid it; advice forbids nothing."""
    found: dict[str, list[tuple[Clause, Norm]]] = {}
    for clause in plan.clauses.values():
        for norm in clause.norms:
            binds = stands(norm.under, plan) and strength_of(norm, plan) is not Strength.ADVISORY
            if norm.modality == "prohibition" and binds:
                found.setdefault(norm.action, []).append((clause, norm))
    return found


def _row(action: str, found: list[tuple[Clause, Norm]], plan: Plan) -> tuple[Cell | str, ...]:
    norms = [norm for _, norm in found]
    to = dict.fromkeys(filter(None, (recipient_words(norm, plan) for norm in norms)))
    defeasible = all(strength_of(norm, plan) is Strength.DEFEASIBLE for norm in norms)
    return (
        cell(*dict.fromkeys(bearers_words(norm, plan) for norm in norms)),
        cell(
            Text(f"✕ {plan.actions[action].label}", strong=True),
            *(f"对{each}" for each in to),
            *dict.fromkeys(filter(None, (waiting_words(norm, plan) for norm in norms))),
            *(["“一般不”: 要例外, 先有理由和批准人"] if defeasible else []),
            *([Text("原文没有写“不得”", Origin.INFERRED)] if any("不得" in norm.inferred for norm in norms) else []),
        ),
        cell(*dict.fromkeys(condition_words(_when(clause, norm), plan) for clause, norm in found)),
        tuple(instead(norms, plan)),
        "、".join(clause.id for clause, _ in found),
    )


def _when(clause: Clause, norm: Norm) -> Condition:
    return All((clause.condition, norm.condition))


def instead(norms: Iterable[Norm], plan: Plan) -> Iterator[Text]:
    """What to do in the place of something forbidden: what the plan names, what it allows, else whom to ask."""
    told = list(norms)
    named = dict.fromkeys(action for norm in told for action in norm.instead)
    if named:
        yield from (Text(f"✓ {plan.actions[action].label}", strong=True) for action in named)
        return
    asked = dict.fromkeys(role for norm in told for role in superiors(norm, plan))
    words = "、".join(plan.roles[role].label for role in asked) or "现场负责的人"
    yield Text(f"预案没有写替代做法; 先向{words}请示", Origin.TEMPLATE)


def superiors(norm: Norm, plan: Plan) -> tuple[str, ...]:
    """Whom the bearers of a norm report to: the recipients of their duties whose doing is recorded."""
    bearers = {bears.role for bears in borne_by(norm, plan)}
    found: dict[str, None] = {}
    for clause in plan.clauses.values():
        for other in clause.norms:
            reports = other.modality == "duty" and other.done_by is not None and other.recipient is not None
            if reports and stands(other.under, plan) and bearers & {bears.role for bears in borne_by(other, plan)}:
                assert other.recipient is not None
                found |= dict.fromkeys(role for role in other.recipient.parties if _inside(role, plan))
    return tuple(found)


def _inside(role: str, plan: Plan) -> bool:
    return role in plan.roles and plan.roles[role].kind != "external"
