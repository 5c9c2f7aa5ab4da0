"""(Plan, facts, language) -> the question that settles the tier soonest, and what each answer leads to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from plan_rules.analysis import ask
from plan_rules.analysis.asking import Question
from plan_rules.phrases import tier_phrase
from plan_rules.plan import Plan
from plan_rules.studio.incident_form import FACT, value_words
from plan_rules.wording import Wording

_ONE_AT_A_TIME = Lock()  # diagrams are drawn once a plan and then shared


@dataclass(frozen=True, slots=True)
class Option:
    """An answer: what it puts into the form, and the tier it leads to where it leads to one."""

    value: str
    label: str
    hint: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask, until the tier is settled.  `left` is how many questions at most; `fields` the question's field."""

    settled: str
    question: str
    field: str
    confirm_by: str
    options: tuple[Option, ...]
    left: int
    possible: tuple[str, ...]


def asked(plan: Plan, facts: Mapping[str, Any], lang: str) -> Asked:
    """The next question about the tier.  Raises FactsInvalid where `decide` would, and OutOfBudget."""
    with _ONE_AT_A_TIME:
        found = ask(plan, facts)
    none = "不分级" if lang == "zh" else "no tier"
    names = tuple(tier_phrase(plan.tiers[tier], lang) if tier else none for tier in found.tiers)
    question = None if found.tier_settled else found.next
    if question is None or plan.facts[question.fact].dated:
        return Asked(names[0] if len(names) == 1 else "", "", "", "", (), 0, names)
    return Asked(
        settled="",
        question=question.text or plan.facts[question.fact].label,
        field=FACT + question.fact,
        confirm_by=Wording(plan, lang).roles(question.confirm_by),
        options=tuple(_options(question, plan, lang, none)),
        left=found.questions_to_tier,
        possible=names,
    )


def _options(question: Question, plan: Plan, lang: str, none: str) -> list[Option]:
    fact = plan.facts[question.fact]
    options = []
    yes_first = sorted(question.choices, key=lambda choice: choice.value is not True)
    for choice in yes_first:
        settles = len(choice.tiers) == 1
        tier = choice.tiers[0] if settles else None
        hint = (tier_phrase(plan.tiers[tier], lang) if tier else none) if settles else ""
        if isinstance(choice.value, tuple):
            low, high = choice.value
            label = fact.measured(str(low) if low == high else f"{low}-{high}")
            options.append(Option(str(low), label, hint))
        else:
            value = choice.value
            sent = str(value).lower() if isinstance(value, bool) else str(value)
            options.append(Option(sent, value_words(fact, value, lang), hint))
    return options
