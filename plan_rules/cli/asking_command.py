"""`plan-rules ask`: some facts -> what is certain, what is possible, what to ask next; at a terminal, in turn."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plan_rules.analysis.asking import Answer, Choice, Question, ask
from plan_rules.analysis.meaning import Outcome
from plan_rules.analysis.question_object import answer_object
from plan_rules.cli import output
from plan_rules.cli.inputs import facts_of, refused
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import OK, as_json
from plan_rules.display_width import visible
from plan_rules.errors import FactsInvalid
from plan_rules.phrases import answer_phrase, modality_phrase, tier_phrase
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Asked:
    """Which incident is asked about."""

    facts: str | None
    plan: str | None = None
    as_json: bool = False
    lang: str = "zh"
    trust: str | None = None
    overlays: Sequence[str] = ()
    at: str | None = None


def run(asked: Asked) -> int:
    """Answer once; or, at a terminal and without facts, ask until the tier is settled."""
    plan = trusted_plan_of(asked.plan, asked.trust, at=asked.at, overlays=asked.overlays)
    if asked.facts is None and not asked.as_json and sys.stdin.isatty() and output.to_terminal():
        return _converse(plan, asked.lang)
    facts, sources = facts_of(asked.facts, plan, ()) if asked.facts is not None else ({}, {})
    try:
        answer = ask(plan, facts)
    except FactsInvalid as invalid:
        raise refused(invalid, sources) from invalid
    output.say([as_json(answer_object(answer, plan))] if asked.as_json else _lines(answer, plan, asked.lang))
    return OK


def _converse(plan: Plan, lang: str) -> int:
    facts: dict[str, Any] = {}
    while True:
        answer = ask(plan, facts)
        if answer.tier_settled or answer.next is None:
            output.say(_lines(answer, plan, lang))
            return OK
        output.say(_question_lines(answer.next, plan, lang))
        choice = _chosen(answer.next, lang)
        if choice is None:
            return OK
        facts[answer.next.fact] = choice.stated


def _chosen(question: Question, lang: str) -> Choice | None:
    """The choice whose number is typed; None where the input ends."""
    while True:
        output.say(["选一个数字, 回车" if lang == "zh" else "type a number and press Enter"])
        line = sys.stdin.readline()
        if not line:
            return None
        if line.strip().isdigit() and 1 <= int(line) <= len(question.choices):
            return question.choices[int(line) - 1]


# --------------------------------------------------------------------------- words


def _lines(answer: Answer, plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    tiers = (" 或 " if zh else " or ").join(_tier(tier, plan, lang) for tier in answer.tiers)
    yield f"{'等级' if zh else 'tier'}: {tiers}" + ("" if answer.tier_settled else "?")
    if answer.questions_to_tier:
        most = answer.questions_to_tier
        yield f"再问至多 {most} 项就能定级" if zh else f"at most {most} more questions settle it"
    if answer.next:
        yield from _question_lines(answer.next, plan, lang)
    if answer.certain:
        yield "已经确定:" if zh else "certain:"
        yield from _outcome_lines(answer.certain, plan, zh)
    if answer.possible and answer.tier_settled:
        yield "还有可能:" if zh else "still possible:"
        yield from _outcome_lines(answer.possible, plan, zh)
    elif answer.possible:
        many = len(answer.possible)
        yield f"另有 {many} 项要看等级和答案" if zh else f"{many} more depend on the tier and the answers"


def _outcome_lines(outcomes: Iterable[Outcome], plan: Plan, zh: bool) -> Iterator[str]:
    for outcome in outcomes:
        action = plan.actions[outcome.subject]
        yield visible(f"  {modality_phrase(outcome.kind, 'zh' if zh else 'en')} {action.label if zh else action.id}")


def _question_lines(question: Question, plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    confirm = (
        "、".join(plan.roles[role].label for role in question.confirm_by) if zh else ", ".join(question.confirm_by)
    )
    judged = (f" (由{confirm}认定)" if zh else f" (judged by {confirm})") if confirm else ""
    yield visible(f"{'下一问' if zh else 'ask next'}: {question.text}{judged}")
    for number, choice in enumerate(question.choices, 1):
        tiers = (" 或 " if zh else " or ").join(_tier(tier, plan, lang) for tier in choice.tiers)
        yield visible(f"  {number}. {answer_phrase(plan.facts[question.fact], choice.value, lang)} → {tiers}")


def _tier(tier: str | None, plan: Plan, lang: str) -> str:
    if tier is None:
        return "不分级" if lang == "zh" else "no tier"
    found = plan.tiers[tier]
    return f"{found.name} {found.label}" if lang == "zh" and found.name != found.label else tier_phrase(found, lang)
