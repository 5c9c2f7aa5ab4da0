"""Meaning -> the claims that a plan makes itself: its 红线."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from plan_rules.analysis.claims.protection import worsening
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.invariant import Invariant, Requirement
from plan_rules.phrases import condition_phrase, term_phrase, tier_phrase
from plan_rules.plan import Plan

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


@dataclass(frozen=True, slots=True)
class _Line:
    """A 红线, the plan in whose words it is drawn, and the plan that must not cross it."""

    item: Invariant
    words: Meaning
    judged: Meaning

    @property
    def here(self) -> Points:
        """Where it is drawn."""
        return self.words.drawing.holds(self.item.condition)


def claims(meaning: Meaning) -> Iterator[Claim]:
    """A claim for each thing that an invariant of the plan says."""
    yield from claims_of(meaning, meaning)


def claims_of(words: Meaning, judged: Meaning) -> Iterator[Claim]:
    """A claim for each thing that an invariant of one plan says, about what another plan asks."""
    plan = words.plan
    for item in plan.invariants:
        line = _Line(item, words, judged)
        for number, requirement in enumerate(item.requirements):
            points = partial(_missing, line, requirement)
            modality = requirement.modality.removeprefix("no_")
            asking = tuple(bound.clause.id for bound in judged.norms(modality, requirement.action))
            yield _claim(line, str(number), _worded(plan, requirement), points, asking)
        if item.tiers:
            labels = (tier_phrase(plan.tiers[tier], "zh") for tier in item.tiers)
            said = (f"等级是{'或'.join(labels)}", f"the tier is {' or '.join(item.tiers)}")
            assigning = tuple(clause.id for clause in judged.plan.clauses.values() if clause.tier)
            yield _claim(line, "tier", said, partial(_other_tier, line), assigning)
        for action in item.monotone:
            said = (f"“{plan.actions[action].label}”不因情况变坏而少", f"`{action}` stays demanded as facts get worse")
            asking = tuple(bound.clause.id for bound in judged.norms("duty", action))
            yield _claim(line, action, said, partial(_lost, line, action), asking)


def _claim(line: _Line, part: str, said: tuple[str, str], points: partial[Points], clauses: tuple[str, ...]) -> Claim:
    item, plan = line.item, line.words.plan
    zh, en = condition_phrase(item.condition, plan), condition_phrase(item.condition, plan, "en")
    return Claim(
        code="PF014",
        subject=f"{item.id}/{part}",
        severity=Severity.ERROR,
        statement=Message(f"“{item.id}”: {zh} 时, {said[0]}", f"`{item.id}`: where {en}, {said[1]}"),
        defect=Message(
            f"“{item.id}”({item.label})破了: {zh} 时, 并不总是{said[0]}",
            f"invariant `{item.id}` is broken: where {en}, it is not always so that {said[1]}",
        ),
        help=Message(
            "改正使它落空的条款; 红线本身只由有权人修改", "mend the clauses that let it fail, not the invariant"
        ),
        points=points,
        clauses=tuple(dict.fromkeys(clauses)),
        actions=tuple(requirement.action for requirement in item.requirements) + item.monotone,
        span=item.span,
        related=line.judged.plan.clauses[clauses[0]].span if clauses else None,
        related_label=Message("管着它的条款", "a clause that governs it") if clauses else None,
    )


def _worded(plan: Plan, requirement: Requirement) -> tuple[str, str]:
    action = plan.actions[requirement.action]
    zh, en = _ZH[requirement.modality].format(action.label), _EN[requirement.modality].format(action.id)
    if requirement.roles:
        zh = "、".join(plan.roles[role].label for role in requirement.roles) + zh
        en += f" of {', '.join(requirement.roles)}"
    if requirement.term:
        zh += f"({term_phrase(requirement.term, 'zh')})"
        en += f" {term_phrase(requirement.term, 'en')}"
    return zh, en


def _missing(line: _Line, requirement: Requirement) -> Points:
    return line.here & ~_met(line.judged, requirement)


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


def _other_tier(line: _Line) -> Points:
    known = (tier for tier in line.item.tiers if tier in line.judged.plan.tiers)
    return line.here & ~line.judged.diagram.any(line.judged.tier(tier) for tier in known)


def _lost(line: _Line, action: str) -> Points:
    """Where the duty is lost by a fact that gets worse; the worse incident."""
    judged = line.judged
    return line.here & judged.diagram.any(lost for _, lost in worsening(judged, judged.asked("duty", action)))
