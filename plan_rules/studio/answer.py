"""(Plan, facts, instant, language) -> what the page shows of a decision: each line with its clauses and its reasons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from plan_rules.deciding import decide
from plan_rules.decision import Decision, FactUsed, Reason, Undetermined
from plan_rules.decision_page import STATUS, page
from plan_rules.entries import Entry, Section
from plan_rules.explanation import explain
from plan_rules.plan import Plan
from plan_rules.studio.incident_form import FACT, Choice, Field, fields_of, value_words
from plan_rules.wording import value_text


@dataclass(frozen=True, slots=True)
class Ground:
    """A clause that a line rests on: its own words, and the facts that made it fire."""

    clause: str
    text: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, not to do, or to know.  `asked` is the field that answers it, where it is a question."""

    entry: Entry
    status: str
    grounds: tuple[Ground, ...]
    asked: Field | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a title."""

    key: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole of it.  `rank` is 1 for the least severe tier, 0 without one; `said` is for a screen reader."""

    tier: str
    rank: int
    next_steps: tuple[str, ...]
    parts: tuple[Part, ...]
    said: str
    decision: Decision


def answer(plan: Plan, facts: Mapping[str, Any], at: date | str | None, lang: str) -> Answer:
    """What the plan asks.  Raises what `decide` raises."""
    decision = decide(plan, facts, at=at)
    read = page(decision, plan, lang)
    fields = {field.id: field for field in fields_of(plan, lang)}
    parts = tuple(
        Part(section.key, section.title, tuple(_lines(section, decision, plan, fields, lang)))
        for section in read.sections
    )
    return Answer(read.tier, read.rank, read.next_steps, parts, _said(read.tier, decision, lang), decision)


def _said(tier: str, decision: Decision, lang: str) -> str:
    duties, banned, open_ = len(decision.in_force), len(decision.prohibitions), len(decision.undetermined)
    if lang == "en":
        return f"{tier}: {duties} duties, {banned} prohibitions, {open_} questions"
    return f"{tier}: 应当 {duties} 项, 不得 {banned} 项, 待问 {open_} 项"


def _lines(section: Section, decision: Decision, plan: Plan, fields: Mapping[str, Field], lang: str) -> Iterator[Line]:
    reasons: Sequence[Sequence[Reason]] = {
        "duty": [item.reasons for item in decision.in_force],
        "prohibition": [item.reasons for item in decision.prohibitions],
        "permission": [item.reasons for item in decision.allowed],
        "pending": [item.reasons for item in decision.pending],
    }.get(section.key, [])
    questions: Sequence[Undetermined] = decision.undetermined if section.key == "question" else ()
    for index, entry in enumerate(section.entries):
        own = {reason.clause: reason.facts for reason in reasons[index]} if reasons else {}
        grounds = tuple(
            Ground(name, plan.clauses[name].text, tuple(used(fact, plan, lang) for fact in own.get(name, ())))
            for name in entry.clauses
            if name in plan.clauses
        )
        asked = fields.get(questions[index].fact) if questions else None
        sign = STATUS.get(entry.status)
        status = f"{sign[0]} {sign[2] if lang == 'en' else sign[1]}" if sign else ""
        yield Line(entry, status, grounds, asked)


def used(fact: FactUsed, plan: Plan, lang: str) -> str:
    """A fact that made a clause fire, where its value comes from, and who is to confirm it."""
    zh = lang == "zh"
    known = plan.facts.get(fact.fact)
    label = known.label if known else fact.fact
    origin = {"stated": "已填" if zh else "stated", "default": "默认" if zh else "default"}.get(fact.source)
    origin = origin or (f"推定 {fact.source}" if zh else f"presumed, {fact.source}")
    text = f"{label} = {value_text(fact.fact, fact.value, plan, lang)} ({origin})"
    if fact.confirm_by:
        roles = [plan.roles[role].label if role in plan.roles else role for role in fact.confirm_by]
        text += f" [由{'、'.join(roles)}认定]" if zh else f" [to be confirmed by {', '.join(roles)}]"
    return text


# --------------------------------------------------------------------------- why not


@dataclass(frozen=True, slots=True)
class Instead:
    """Why a clause did not fire: what would have to be otherwise, and what would follow.

    `sent` is what the form would hold then; facts that have to happen at some time are not in it.
    """

    clause: str
    text: str
    fires: bool
    facts: tuple[str, ...]
    changes: tuple[str, ...]
    would: tuple[str, ...]
    sent: Mapping[str, str]


def instead(plan: Plan, facts: Mapping[str, Any], at: date | str | None, clause: str, lang: str) -> Instead:
    """Why this clause fires, or what would make it.  Raises what `decide` raises, and ClauseUnknown."""
    told = explain(plan, facts, at=at)
    for why in told.why:
        if why.clause == clause:
            return Instead(clause, why.text, True, tuple(used(fact, plan, lang) for fact in why.facts), (), (), {})
    found = told.why_not(clause)
    changes = tuple(_change(fact, value, plan, lang) for fact, value in found.changes)
    sent = {
        FACT + fact: str(value).lower() if isinstance(value, bool) else str(value)
        for fact, value in found.changes
        if not plan.facts[fact].dated
    }
    would = tuple(plan.actions[action].label for action in found.would if action in plan.actions)
    return Instead(clause, found.text, False, (), changes, would, sent)


def _change(id_: str, value: Any, plan: Plan, lang: str) -> str:
    fact = plan.facts[id_]
    if fact.dated:
        return f"{fact.label}: " + (
            ("已有" if value else "尚无") if lang == "zh" else ("happened" if value else "not yet")
        )
    return f"{fact.label} = {value_words(fact, value, lang)}"


def clause_choices(plan: Plan) -> tuple[Choice, ...]:
    """Every clause with a rule, by number and first words."""
    return tuple(
        Choice(clause.id, f"{clause.id} {clause.text[:28]}{'…' if len(clause.text) > 28 else ''}")
        for clause in plan.clauses.values()
    )
