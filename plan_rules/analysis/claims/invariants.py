"""Meaning -> the claims that a plan makes itself: its 红线."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from plan_rules.analysis.claims.protection import worsening
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.phrases import condition_phrase
from plan_rules.plan import Invariant, Requirement

_ZH = {
    "duty": "应当“{}”",
    "prohibition": "不得“{}”",
    "permission": "可以“{}”",
    "no_duty": "不要求“{}”",
    "no_prohibition": "不禁止“{}”",
}
_EN = {
    "duty": "`{}` is demanded",
    "prohibition": "`{}` is forbidden",
    "permission": "`{}` is allowed",
    "no_duty": "`{}` is not demanded",
    "no_prohibition": "`{}` is not forbidden",
}


def claims(meaning: Meaning) -> Iterator[Claim]:
    """A claim for each thing that an invariant says."""
    for item in meaning.plan.invariants:
        for number, requirement in enumerate(item.requirements):
            zh, en = _worded(meaning, requirement)
            yield _claim(meaning, item, str(number), (zh, en), partial(_missing, meaning, item, requirement))
        if item.tiers:
            labels = " 或 ".join(meaning.plan.tiers[tier].label for tier in item.tiers)
            words = (f"等级是{labels}", f"the tier is {' or '.join(item.tiers)}")
            yield _claim(meaning, item, "tier", words, partial(_other_tier, meaning, item))
        for action in item.monotone:
            label = meaning.plan.actions[action].label
            words = (f"情况变坏, “{label}”不会少", f"`{action}` stays demanded as facts get worse")
            yield _claim(meaning, item, action, words, partial(_lost, meaning, item, action))


def _claim(meaning: Meaning, item: Invariant, part: str, words: tuple[str, str], points: partial[Points]) -> Claim:
    zh, en = condition_phrase(item.condition, meaning.plan), condition_phrase(item.condition, meaning.plan, "en")
    return Claim(
        code="PF014",
        subject=f"{item.id}/{part}",
        severity=Severity.ERROR,
        statement=Message(
            f"红线“{item.id}”({item.label}): {zh} 时{words[0]}", f"invariant `{item.id}`: where {en}, {words[1]}"
        ),
        defect=Message(
            f"红线“{item.id}”({item.label})破了: 有 {zh} 而不是“{words[0]}”的事件",
            f"invariant `{item.id}` is broken: an incident where {en}, and not that {words[1]}",
        ),
        help=Message(
            "改正使它落空的条款; 红线本身只由有权人修改", "mend the clauses that let it fail, not the invariant"
        ),
        points=points,
        actions=tuple(requirement.action for requirement in item.requirements) + item.monotone,
        span=item.span,
    )


def _worded(meaning: Meaning, requirement: Requirement) -> tuple[str, str]:
    action = meaning.plan.actions[requirement.action]
    zh, en = _ZH[requirement.modality].format(action.label), _EN[requirement.modality].format(action.id)
    if requirement.roles:
        zh += "(由" + "、".join(meaning.plan.roles[role].label for role in requirement.roles) + ")"
        en += f" of {', '.join(requirement.roles)}"
    if requirement.term:
        zh += f"({requirement.term.value})"
        en += f", {requirement.term.value}"
    return zh, en


def _missing(meaning: Meaning, item: Invariant, requirement: Requirement) -> Points:
    return meaning.drawing.holds(item.condition) & ~_met(meaning, requirement)


def _met(meaning: Meaning, requirement: Requirement) -> Points:
    action = requirement.action
    match requirement.modality:
        case "no_duty":
            return ~meaning.asked("duty", action)
        case "no_prohibition":
            return ~meaning.asked("prohibition", action)
        case "duty":
            return meaning.diagram.all((meaning.asked("duty", action), *_borne(meaning, requirement)))
        case modality:
            return meaning.asked(modality, action)


def _borne(meaning: Meaning, requirement: Requirement) -> Iterator[Points]:
    bounds = meaning.norms("duty", requirement.action)
    for role in requirement.roles:
        yield meaning.diagram.any(
            bound.where & meaning.under(group.under)
            for bound in bounds
            for group in bound.norm.bearers.groups
            if role in group.roles
        )
    if requirement.term:
        yield meaning.diagram.any(
            bound.where for bound in bounds if bound.norm.limit and bound.norm.limit.term is requirement.term
        )


def _other_tier(meaning: Meaning, item: Invariant) -> Points:
    return meaning.drawing.holds(item.condition) & ~meaning.diagram.any(meaning.tier(tier) for tier in item.tiers)


def _lost(meaning: Meaning, item: Invariant, action: str) -> Points:
    """Where the duty is lost by a fact that gets worse; the worse incident."""
    lost = meaning.diagram.any(worse for _, worse in worsening(meaning, meaning.asked("duty", action)))
    return lost & meaning.drawing.holds(item.condition)
