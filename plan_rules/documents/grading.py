"""Plan -> the card that tells the tier (定级卡): what to look for, worst tier first, and every answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from plan_rules.analysis.asking import ask, tiers_left
from plan_rules.documents.content import Block, Document, Heading, Origin, Paragraph, Text, cell, stamp, table
from plan_rules.errors import FactsInvalid
from plan_rules.fact import Fact
from plan_rules.inference import inference
from plan_rules.phrases import answer_phrase, tier_phrase
from plan_rules.plan import Plan

Told: TypeAlias = tuple[tuple[str, Any], ...]  # (fact, answer) in the order asked

_MOST_ROWS = 24  # of answers: more is no card any more


@dataclass(frozen=True, slots=True)
class Graded:
    """Answers, in the order of the questions, and the tiers that they leave: one, where the plan settles it."""

    told: Told
    tiers: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sign:
    """An answer that is enough: no worse tier being given, it settles this one."""

    fact: str
    answer: Any
    tier: str


class Grading:
    """What tells the tier of a plan's incidents, found over every incident.  Raises OutOfBudget."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._ranked = sorted(plan.tiers.values(), key=lambda tier: -plan.severity(tier.id))

    @cached_property
    def answers(self) -> tuple[Graded, ...]:
        """Every way through the questions, as far as a card can hold them."""
        found = []
        for graded in self._ways((), {}):
            found.append(graded)
            if len(found) > _MOST_ROWS:
                break
        return tuple(found)

    @cached_property
    def questions(self) -> tuple[str, ...]:
        """The facts asked on any way, the most asked first come first."""
        return tuple(dict.fromkeys(fact for graded in self.answers for fact, _ in graded.told))

    @cached_property
    def signs(self) -> tuple[Sign, ...]:
        """The signs of every tier but the mildest, worst tier first."""
        return tuple(self._signs())

    def otherwise(self) -> tuple[str | None, ...]:
        """The tiers of those incidents that show no sign."""
        shown = {(sign.fact, sign.answer) for sign in self.signs}
        left = [graded.tiers for graded in self.answers if not shown & {*graded.told}]
        return tuple(dict.fromkeys(tier for tiers in left for tier in tiers))

    def _ways(self, told: Told, facts: Mapping[str, Any]) -> Iterator[Graded]:
        answer = ask(self.plan, facts)
        if answer.tier_settled or answer.next is None:
            yield Graded(told, answer.tiers)
            return
        fact = answer.next.fact
        for choice in answer.next.choices:
            yield from self._ways((*told, (fact, choice.value)), {**facts, fact: choice.stated})

    def _signs(self) -> Iterator[Sign]:
        worse: set[str | None] = set()
        for tier in self._ranked[:-1]:
            for (fact, value), left in self._candidates.items():
                if {*left} - worse == {tier.id}:
                    yield Sign(fact, value, tier.id)
            worse.add(tier.id)

    @cached_property
    def _candidates(self) -> dict[tuple[str, Any], tuple[str | None, ...]]:
        """Answers that may settle a tier, of the questions and of what presumptions tie to them, and the tiers left."""
        linked = inference(self.plan, self.plan.chosen()).linked
        asked = [pair for graded in self.answers for pair in graded.told]
        tied = [each for name in self.questions for each in linked(name) if not self.plan.facts[each].of_case]
        values = [(name, value) for name in tied for value in _values(self.plan.facts[name])]
        return {pair: self._left(*pair) for pair in dict.fromkeys((*values, *asked))}

    def _left(self, fact: str, value: Any) -> tuple[str | None, ...]:
        try:
            return tiers_left(self.plan, {fact: value[0] if isinstance(value, tuple) else value})
        except FactsInvalid:
            return ()


def _values(fact: Fact) -> tuple[Any, ...]:
    """What can be told of a fact in one word: that it is so, or one of its values."""
    return tuple(value for value in fact.domain if value is not False)


def grading(plan: Plan) -> Document:
    """The card.  Raises OutOfBudget."""
    return Document("grading", "定级卡: 属于哪一级", stamp(plan), tuple(_blocks(Grading(plan))))


def _blocks(found: Grading) -> Iterator[Block]:
    plan = found.plan
    yield Heading("自上而下看, 有一项就是这一级", 1)
    yield table(
        "看什么",
        (("等级", 26), ("有下列任何一项", 74)),
        [*_tier_rows(found), _otherwise(found)],
    )
    if len(found.answers) > _MOST_ROWS:
        yield Paragraph(Text("答案太多, 一张卡排不下: 用 plan-rules ask 或断网分诊页一问一答。", Origin.TEMPLATE))
        return
    names = [plan.facts[name] for name in found.questions]
    yield table(
        "逐项对照",
        (*((fact.question, 30) for fact in names), ("等级", 20)),
        [
            (*(_told(fact, dict(graded.told)) for fact in names), cell(Text(_tiers(graded.tiers, plan), strong=True)))
            for graded in found.answers
        ],
    )


def _tier_rows(found: Grading) -> Iterator[tuple[Any, ...]]:
    plan = found.plan
    by_tier: dict[str, list[Sign]] = {}
    for sign in found.signs:
        by_tier.setdefault(sign.tier, []).append(sign)
    for tier, signs in by_tier.items():
        yield cell(Text(_tier(tier, plan), strong=True)), cell(*dict.fromkeys(_sign(sign, plan) for sign in signs))


def _otherwise(found: Grading) -> tuple[Any, ...]:
    return cell(Text(_tiers(found.otherwise(), found.plan), strong=True)), "以上都没有"


def _sign(sign: Sign, plan: Plan) -> str:
    fact = plan.facts[sign.fact]
    return fact.label if sign.answer is True else f"{fact.label}: {answer_phrase(fact, sign.answer)}"


def _told(fact: Fact, told: Mapping[str, Any]) -> str:
    return answer_phrase(fact, told[fact.id]) if fact.id in told else "不必问"


def _tiers(tiers: tuple[str | None, ...], plan: Plan) -> str:
    return " 或 ".join(_tier(tier, plan) for tier in tiers)


def _tier(tier: str | None, plan: Plan) -> str:
    if tier is None:
        return "不分级"
    found = plan.tiers[tier]
    return f"{tier_phrase(found, 'zh')} {found.label}" if found.name not in ("", found.label) else found.label
