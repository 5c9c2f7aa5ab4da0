"""Plan -> the card for the day on which a journalist is at the door (媒体应对卡)."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.documents.bearing import stands
from plan_rules.documents.conduct import instead
from plan_rules.documents.content import (
    Blanks,
    Block,
    Cell,
    Document,
    Heading,
    Origin,
    Paragraph,
    Text,
    cell,
    stamp,
    table,
)
from plan_rules.documents.sentence import bearers_words
from plan_rules.norm import Norm
from plan_rules.plan import Clause, Plan

_REFUSAL = "“感谢您的关注。我没有获得授权接受采访, 请您联系我行{}, 由他们统一答复。”"


def media(plan: Plan, role: str) -> Document:
    """What everybody does, who alone may speak, and a polite sentence; `role` is the id of the media."""
    norms = list(_concerning(role, plan))
    label = plan.roles[role].label
    return Document("media", f"媒体应对卡: {label}到场", stamp(plan), tuple(_blocks(norms, role, plan)))


def media_roles(plan: Plan) -> tuple[str, ...]:
    """The outside parties that not everybody may speak to: a prohibition towards them excepts somebody."""
    found = (
        party
        for clause in plan.clauses.values()
        for norm in clause.norms
        if norm.modality == "prohibition" and norm.bearers.excepted and norm.recipient
        for party in norm.recipient.parties
        if party in plan.roles
    )
    return tuple(dict.fromkeys(found))


def _concerning(role: str, plan: Plan) -> Iterator[tuple[Clause, Norm]]:
    """Norms towards the media, and what the clauses beside them ask for when they are there."""
    towards = [
        (clause, norm)
        for clause in plan.clauses.values()
        for norm in clause.norms
        if norm.recipient and role in norm.recipient.parties and stands(norm.under, plan)
    ]
    spoken = {clause.condition for clause, norm in towards if norm.modality == "prohibition"}
    for clause in plan.clauses.values():
        if clause.condition in spoken:
            yield from ((clause, norm) for norm in clause.norms if stands(norm.under, plan))


def _blocks(norms: list[tuple[Clause, Norm]], role: str, plan: Plan) -> Iterator[Block]:
    speakers = dict.fromkeys(name for _, norm in norms for name in norm.bearers.excepted)
    named = "、".join(plan.roles[name].label for name in speakers)
    yield Heading("可以这样说", 1)
    yield Paragraph(Text(_REFUSAL.format(named), Origin.TEMPLATE, strong=True))
    duties = [(clause, norm) for clause, norm in norms if norm.modality == "duty"]
    yield table(
        "应当做",
        (("谁", 22), ("做什么", 48), ("时限", 18), ("依据", 12)),
        (
            (bearers_words(norm, plan), _action(norm, plan), norm.limit.text if norm.limit else "", clause.id)
            for clause, norm in duties
        ),
    )
    yield table(
        "不得做",
        (("谁", 22), ("不得", 38), ("改为", 28), ("依据", 12)),
        (
            (bearers_words(norm, plan), _action(norm, plan), tuple(instead([norm], plan)), clause.id)
            for clause, norm in norms
            if norm.modality == "prohibition"
        ),
    )
    yield Heading("谁可以说", 1)
    yield Paragraph(Text(f"只有{named}可以向{plan.roles[role].label}说明事件。", strong=True))
    told = dict.fromkeys((*speakers, *_told(duties, plan)))
    yield Blanks(tuple((f"{plan.roles[name].label} 电话(填写): ", 1) for name in told))


def _action(norm: Norm, plan: Plan) -> Cell:
    return cell(Text(plan.actions[norm.action].label, strong=True))


def _told(duties: list[tuple[Clause, Norm]], plan: Plan) -> Iterator[str]:
    for _, norm in duties:
        if norm.done_by is not None and norm.recipient:
            yield from (party for party in norm.recipient.parties if party in plan.roles)
