"""(Norms and conditions, Plan) -> Chinese sentences in the plan's own names: who must do what, to whom, when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from plan_rules.condition import (
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.documents.bearing import bearer_of, strength_of
from plan_rules.fact import Fact, Kind
from plan_rules.norm import Handoff, Norm, Strength
from plan_rules.phrases import modality_phrase, tier_phrase, value_phrase
from plan_rules.plan import Plan
from plan_rules.wording import Wording, who

_STRENGTHS = {Strength.STRICT: "", Strength.DEFEASIBLE: "可推翻, 须有理由和批准人", Strength.ADVISORY: "仅建议"}


def bearers_words(norm: Norm, plan: Plan) -> str:
    """Who, in words."""
    return who([bearer_of(norm, plan)], Wording(plan, "zh"))


def recipient_words(norm: Norm, plan: Plan) -> str:
    """To whom, in words; empty where nobody is named."""
    if norm.recipient is None:
        return ""
    joint = ("或", " or ") if norm.recipient.joined == "any" else ("、", ", ")
    return Wording(plan, "zh").roles(norm.recipient.parties, joint)


def norm_sentence(norm: Norm, plan: Plan) -> str:
    """Who must, must not or may do what; then to whom, by when, how firmly, instead of what."""
    action = plan.actions[norm.action].label
    extra = "; ".join(_extras(norm, plan))
    return f"{bearers_words(norm, plan)}{modality_words(norm)}“{action}”" + (f"({extra})" if extra else "")


def modality_words(norm: Norm) -> str:
    """应当, 不得 or 可以; of what waits for an approval or a judgement, that it does."""
    word = modality_phrase(norm.modality, "zh")
    if norm.discretion:
        return "斟酌"
    if norm.approvals:
        return f"未经批准{word}" if norm.modality == "prohibition" else f"经批准{word}"
    return word


def waiting_words(norm: Norm, plan: Plan) -> str:
    """What the norm waits for, and the report to fill in; empty where it does neither."""
    tongue = Wording(plan, "zh")
    return "; ".join((*_waits(norm, plan, tongue), *([f"填写: {tongue.form(norm.form)}"] if norm.form else [])))


def _extras(norm: Norm, plan: Plan) -> Iterator[str]:
    tongue = Wording(plan, "zh")
    if recipient := recipient_words(norm, plan):
        yield f"对象: {recipient}"
    if norm.limit:
        yield f"时限: {norm.limit.text}" + (", 末日顺延" if norm.limit.roll else "")
        if norm.limit.start:
            yield f"起算: {plan.facts[norm.limit.start].label}"
    if word := _STRENGTHS[strength_of(norm, plan)]:
        yield word + (f", 按解释 {norm.strength_by}" if norm.strength_by else "")
    if norm.form:
        yield f"填写: {tongue.form(norm.form)}"
    if norm.instead:
        yield f"替代: {'、'.join(map(tongue.action, norm.instead))}"
    yield from _waits(norm, plan, tongue)
    if norm.condition != All(()):
        yield f"只在{condition_words(norm.condition, plan)}时"


def _waits(norm: Norm, plan: Plan, tongue: Wording) -> Iterator[str]:
    """What the norm waits for."""
    if norm.approvals:
        approving = [tongue.role(part.role) for part in norm.approvals.parts]
        joint = "或" if norm.approvals.need == "any" else "、"
        ended = ", 批准后不再禁止" if norm.modality == "prohibition" else ""
        yield f"须经{joint.join(approving)}批准{ended}"
    if norm.discretion:
        weighed = f", 考量: {'、'.join(norm.discretion.considerations)}" if norm.discretion.considerations else ""
        yield f"由{tongue.roles(norm.discretion.roles)}裁量{weighed}"
    if norm.rung:
        failed = f", {condition_words(norm.rung.failed, plan)}即没有办成" if norm.rung.failed is not None else ""
        yield f"递进“{norm.rung.ladder}”第 {norm.rung.step} 步, 共 {norm.rung.of} 步{failed}"


def condition_words(condition: Condition, plan: Plan) -> str:
    """When: one line, `且` and `或` spelled out."""
    match condition:
        case All(()):
            return "任何情况"
        case AnyOf(()):
            return "从不"
        case All(parts):
            return ", 且".join(_part(part, plan) for part in _flat(parts))
        case AnyOf(parts):
            return ", 或".join(_part(part, plan) for part in parts)
        case Not(InSituation(name)):
            return f"不属于情形“{name}”"
        case Not(part):
            return f"没有({condition_words(part, plan)})"
        case _:
            return _literal(condition, plan)


def _flat(parts: Iterable[Condition]) -> Iterator[Condition]:
    for part in parts:
        yield from _flat(part.parts) if isinstance(part, All) else (part,)


def _part(condition: Condition, plan: Plan) -> str:
    match condition:
        case All(parts) | AnyOf(parts) if len(parts) > 1:
            return f"({condition_words(condition, plan)})"
        case _:
            return condition_words(condition, plan)


def _literal(condition: Condition, plan: Plan) -> str:
    match condition:
        case Is(fact, values):
            return fact_words(plan.facts[fact], values)
        case Within(fact, low, high):
            return fact_words(plan.facts[fact], ((low, high),))
        case Present(fact, present):
            return fact_words(plan.facts[fact], (present,))
        case Earlier(fact, than):
            return f"{plan.facts[fact].label}早于{plan.facts[than].label}"
        case Unstated(fact):
            return f"没有填“{plan.facts[fact].label}”"
        case TierIs(tiers):
            return f"等级为{'或'.join(tier_phrase(plan.tiers[tier], 'zh') for tier in tiers)}"
        case InSituation(name):
            return f"属于情形“{name}”"
        case UnderReading(reading, options):
            return f"解释 {reading} 取 {'或'.join(options)}"
        case All() | AnyOf() | Not():
            raise AssertionError("compounds are spread out")
        case _:
            assert_never(condition)


def fact_words(fact: Fact, values: Iterable[object]) -> str:
    """A fact has one of these values; numbers are (low, high), None for no bound."""
    known = tuple(values)
    if fact.dated:
        return f"{'已有' if known == (True,) else '尚无'}{fact.label}"
    if known == (True,):
        return fact.label
    if known == (False,):
        return f"“{fact.label}”为否"
    if range_ := _range(fact, known):
        return f"{fact.label}{range_}"
    said = "或".join(
        _bounds(each[0], each[1], fact) if isinstance(each, tuple) else value_phrase(fact, each) for each in known
    )
    return f"{fact.label}{said}" if isinstance(known[0], tuple) else f"{fact.label}为{said}"


def _range(fact: Fact, known: tuple[object, ...]) -> str:
    """Several values in fewer words: at least, at most, not; empty where they are best named."""
    domain = fact.domain
    if len(known) < 2 or len(known) >= len(domain):
        return ""
    if fact.kind is Kind.ORDINAL and known == domain[-len(known) :]:
        return f"至少{value_phrase(fact, known[0])}"
    if fact.kind is Kind.ORDINAL and known == domain[: len(known)]:
        return f"至多{value_phrase(fact, known[-1])}"
    rest = [value_phrase(fact, value) for value in domain if value not in known]
    return f"不是{'或'.join(rest)}" if len(rest) < len(known) else ""


def _bounds(low: int | None, high: int | None, fact: Fact) -> str:
    low = None if low is None or low <= fact.low else low
    high = None if high is None or high >= fact.high else high
    if low is not None and high is not None:
        return f"为 {low}" if low == high else f"为 {low} 至 {high}"
    return f"至少 {low}" if low is not None else f"至多 {high}" if high is not None else "为任意数"


def readings_words(norm: Norm) -> str:
    """The readings under which the norm stands; empty where it always does."""
    named = (f"{each.reading}={'或'.join(each.options)}" for each in norm.under)
    return ", ".join(named)


def handoff_words(handoff: Handoff, plan: Plan) -> str:
    """Which plan takes over, and who gets the incident."""
    to = handoff.recipient
    names = (
        [plan.roles[party].label if party in plan.roles else plan.parties.get(party, party) for party in to.parties]
        if to
        else []
    )
    joint = "或" if to and to.joined == "any" else "、"
    return f"移交{joint.join(names)}, 按“{handoff.plan}”处置" if names else f"移交, 按“{handoff.plan}”处置"
