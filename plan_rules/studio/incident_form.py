"""Plan -> the fields of its incident form; what was filled in -> facts as `decide` takes them.

A field that is left as it is states nothing: the plan's default holds, and stays visible beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.fact_values import shown
from plan_rules.plan import Plan
from plan_rules.wording import Wording

_DIGITS = re.compile(r"-?(0|[1-9]\d{0,17})")
FACT, READING = "f.", "r."
UNKNOWN_WORD, NOT_YET = "unknown", "null"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that can be picked: what is sent, and its words."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Field:
    """One fact to fill in.  `choices` are there for facts with few values; `default` says what holds if left alone."""

    name: str
    id: str
    label: str
    question: str
    kind: str  # "choice" | "number" | "day" | "instant"
    choices: tuple[Choice, ...]
    default: str
    note: str
    confirm_by: str
    low: int = 0
    high: int = 0
    unit: str = ""


def fields_of(plan: Plan, lang: str) -> tuple[Field, ...]:
    """Every fact of an incident, in the plan's order."""
    return tuple(
        _field(fact, plan, lang) for fact in plan.facts.values() if not fact.of_case and fact.kind is not Kind.READINGS
    )


_KINDS = {Kind.INTEGER: "number", Kind.DATE: "day", Kind.DATETIME: "instant"}


def _field(fact: Fact, plan: Plan, lang: str) -> Field:
    choices = tuple(Choice(_sent(value), value_words(fact, value, lang)) for value in _listed(fact))
    return Field(
        name=FACT + fact.id,
        id=fact.id,
        label=fact.label,
        question=fact.question or fact.label,
        kind=_KINDS.get(fact.kind, "choice"),
        choices=choices,
        default=value_words(fact, fact.default, lang),
        note=fact.note,
        confirm_by=Wording(plan, lang).roles(fact.confirm_by),
        low=fact.low,
        high=fact.high,
        unit=fact.unit,
    )


def _listed(fact: Fact) -> Iterable[Any]:
    """The values in the order in which people look for them: yes before no."""
    return reversed(fact.domain) if fact.kind is Kind.BOOL else fact.domain


def value_words(fact: Fact, value: Any, lang: str) -> str:
    """A value in words; values that the plan names keep its name in both languages."""
    zh = lang == "zh"
    if value is UNKNOWN:
        return "不知道" if zh else "unknown"
    if isinstance(value, bool):
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if value is None:
        return "还没有" if zh else "not yet"
    return next((each.label for each in fact.values if each.id == value), fact.measured(str(shown(value))))


def _sent(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def facts_of(form: Mapping[str, str], plan: Plan) -> dict[str, Any]:
    """What was filled in, typed as far as it can be; `decide` refuses the rest with a place and a remedy."""
    facts: dict[str, Any] = {}
    for name, text in form.items():
        fact = plan.facts.get(name.removeprefix(FACT)) if name.startswith(FACT) else None
        if fact is not None and text.strip():
            facts[fact.id] = _typed(fact, text.strip())
    chosen = {name.removeprefix(READING): text for name, text in form.items() if name.startswith(READING) and text}
    asked = {reading: option for reading, option in chosen.items() if reading in plan.readings}
    fact_of_readings = next((fact.id for fact in plan.facts.values() if fact.kind is Kind.READINGS), None)
    if fact_of_readings and asked:
        facts[fact_of_readings] = asked
    return facts


def _typed(fact: Fact, text: str) -> Any:
    if text == UNKNOWN_WORD:
        return UNKNOWN
    if fact.dated and text == NOT_YET:
        return None
    if fact.kind is Kind.BOOL:
        return {"true": True, "false": False}.get(text, text)
    if fact.kind is Kind.INTEGER and _DIGITS.fullmatch(text):
        return int(text)
    return text


def sent_facts(facts: Mapping[str, Any], plan: Plan) -> dict[str, str]:
    """Facts -> what the form would have sent for them: how a scenario is put into the form."""
    sent: dict[str, str] = {}
    for id_, value in facts.items():
        fact = plan.facts.get(id_)
        if fact is None:
            continue
        if fact.kind is Kind.READINGS:
            sent |= {READING + reading: str(option) for reading, option in (value or {}).items()}
        elif value is None:
            sent[FACT + id_] = NOT_YET
        else:
            sent[FACT + id_] = UNKNOWN_WORD if value is UNKNOWN else _sent(shown(value))
    return sent
