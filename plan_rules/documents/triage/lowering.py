"""Plan -> all that a triage page needs to decide, as JSON: under the readings that the plan stands at."""

from __future__ import annotations

from dataclasses import astuple, replace
from typing import Any, assert_never

from plan_rules.analysis.asking import ask
from plan_rules.applied import Applied
from plan_rules.condition import (
    ALWAYS,
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
    leaves,
    mentioned,
)
from plan_rules.fact import Fact, Kind, telling_values
from plan_rules.fact_values import shown
from plan_rules.inference import inference
from plan_rules.norm import COUNTED, Norm, TimeLimit
from plan_rules.normal import Lowered, lower
from plan_rules.phrases import answer_phrase, tier_phrase, value_phrase
from plan_rules.plan import Clause, Plan, clause_of
from plan_rules.skeleton import Articulation
from plan_rules.truth import tiers_condition
from plan_rules.urgency import urgency

MOST_QUESTIONS = 5  # taps to a tier


def lowered_object(plan: Plan) -> dict[str, Any]:
    """The plan as JSON; equal plans give equal objects."""
    lowered = lower(plan, plan.chosen())
    articulation = Articulation(lowered)
    clauses = [_clause(clause, articulation, lowered) for clause in plan.clauses.values()]
    keys = {key for key in lowered.conditions if clause_of(key) in plan.clauses}
    asked = {fact: [key for key in found if key in keys] for fact, found in lowered.mentioned.items()}
    inferring = inference(plan, lowered.readings)
    return {
        "id": plan.id,
        "name": plan.name,
        "version": plan.version,
        "digest": plan.digest,
        "highest": plan.highest_tier,
        "facts": {fact.id: _fact(fact, plan) for fact in plan.facts.values() if fact.kind is not Kind.READINGS},
        "tiers": {
            tier.id: {"id": tier.id, "label": tier.label, "severity": plan.severity(tier.id)}
            for tier in plan.tiers.values()
        },
        "actions": {each.id: {"label": each.label, "after": list(each.after)} for each in plan.actions.values()},
        "forms": {form.id: form.label for form in plan.forms.values()},
        "names": {role.id: role.label for role in plan.roles.values()} | dict(plan.parties),
        "rules": {key: encoded(condition, lowered) for key, condition in lowered.conditions.items()},
        "clauses": clauses,
        "presumptions": [
            {
                "id": item.id,
                "condition": encoded(item.condition, lowered),
                "facts": list(mentioned(item.condition)),
                "fills": [[fact, [shown(value) for value in values]] for fact, values in item.fills],
                "note": item.note,
            }
            for item in plan.presumptions
        ],
        "impossibles": [
            {
                "id": item.id,
                "condition": encoded(item.condition, lowered),
                "facts": list(item.facts),
                "warn": item.warn,
                "text": item.text,
            }
            for item in plan.impossibles
        ],
        "notices": [{"id": each.id, "text": each.text, "origin": each.origin} for each in plan.notices],
        "deputies": [
            {"deputy": each.deputy, "condition": encoded(each.condition, lowered), "roles": list(each.roles)}
            for each in plan.deputies
            if all(lowered.readings[under.reading] in under.options for under in each.under)
        ],
        "mentioned": asked,
        "telling": {
            key: {
                fact: [shown(value) for value in telling_values(plan.facts[fact], leaves(lowered.conditions[key]))]
                for fact, found in asked.items()
                if key in found
            }
            for key in lowered.conditions
            if key in keys
        },
        "linked": {fact: list(inferring.linked(fact)) for fact in asked},
        "question": _question(plan, {}),
    }


def encoded(condition: Condition, lowered: Lowered) -> list[Any]:
    """A condition as nested lists; situations and tiers opened, readings settled."""
    plan = lowered.plan
    match condition:
        case All(parts):
            return ["all", [encoded(part, lowered) for part in parts]]
        case AnyOf(parts):
            return ["any", [encoded(part, lowered) for part in parts]]
        case Not(part):
            return ["not", encoded(part, lowered)]
        case Is(fact, values):
            return ["is", fact, list(values)]
        case Within(fact, low, high):
            return ["within", fact, low, high]
        case Present(fact, present):
            return ["present", fact, present]
        case Earlier(fact, than):
            return ["earlier", fact, than]
        case Unstated(fact):
            return ["unstated", fact]
        case UnderReading(reading, options):
            return ["all" if lowered.readings[reading] in options else "any", []]
        case InSituation(name):
            return encoded(plan.situations[name].condition, lowered)
        case TierIs(tiers):
            return encoded(tiers_condition(plan, tiers), lowered)
        case _:
            assert_never(condition)


def _fact(fact: Fact, plan: Plan) -> dict[str, Any]:
    labels = {value.id: value.label for value in fact.values}
    return {
        "label": fact.label,
        "question": fact.question or fact.label,
        "kind": fact.kind.value,
        "domain": list(fact.domain),
        "labels": [labels.get(str(value), value_phrase(fact, value, "zh")) for value in fact.domain],
        "low": fact.low,
        "high": fact.high,
        "default": shown(fact.default),
        "of_case": fact.of_case,
        "confirm_by": [plan.roles[role].label for role in fact.confirm_by],
    }


def _clause(clause: Clause, articulation: Articulation, lowered: Lowered) -> dict[str, Any]:
    return {
        "id": clause.id,
        "text": clause.text,
        "tier": clause.tier,
        "keys": list(lowered.plan.firing_keys(clause.id)),
        "supports": list(clause.supports),
        "excludes": clause.excludes,
        "handoff": _handoff(clause),
        "exemptions": [{"clause": each.clause, "actions": list(each.actions)} for each in clause.exemptions],
        "norms": [_norm(each, lowered) for each in articulation.norms[clause.id]],
    }


def _handoff(clause: Clause) -> dict[str, Any] | None:
    if clause.handoff is None:
        return None
    to = clause.handoff.recipient
    return {"plan": clause.handoff.plan, "recipient": str(to) if to else None}


def _norm(applied: Applied, lowered: Lowered) -> dict[str, Any]:
    norm, bearer, limit = applied.norm, applied.bearer, applied.norm.limit
    return {
        "modality": norm.modality,
        "action": norm.action,
        "key": applied.key,
        "always": norm.condition == ALWAYS,
        "strength": applied.strength.value,
        "bearer": {
            "groups": [{"roles": list(group.roles), "choice": group.choice} for group in bearer.groups],
            "through": list(bearer.through),
            "excepted": list(bearer.excepted),
        },
        "recipient": str(norm.recipient) if norm.recipient else None,
        "limit": _limit(limit) if limit else None,
        "step": [norm.step.stage, norm.step.number] if norm.step else None,
        "instead": list(norm.instead),
        "done": encoded(norm.done_by, lowered) if norm.done_by is not None else None,
        "broken": encoded(norm.broken_by, lowered) if norm.broken_by is not None else None,
        "form": norm.form,
        "waits": _waits(norm, lowered) if norm.waits else None,
    }


def _waits(norm: Norm, lowered: Lowered) -> dict[str, Any]:
    """What the norm waits for."""
    approvals, discretion, rung = norm.approvals, norm.discretion, norm.rung
    return {
        "approvals": None
        if approvals is None
        else {
            "need": approvals.need,
            "parts": [[part.role, encoded(part.shown_by, lowered)] for part in approvals.parts],
        },
        "discretion": None
        if discretion is None
        else {
            "roles": list(discretion.roles),
            "considerations": list(discretion.considerations),
            "choice": discretion.choice,
        },
        "rung": None if rung is None else {"ladder": rung.ladder, "step": rung.step, "of": rung.of},
    }


def _limit(limit: TimeLimit) -> dict[str, Any]:
    return {
        "text": limit.text,
        "urgency": list(urgency(limit)),
        "start": limit.start,
        "counted": limit.term in COUNTED,
        "every": limit.every,
        "same": [str(part) for part in astuple(replace(limit, text=""))],  # equal for limits that say the same
    }


def _question(plan: Plan, facts: dict[str, Any], depth: int = 0) -> dict[str, Any] | None:
    """What to ask first, and after each answer; None once the tier is settled, or nothing open settles it."""
    answer = ask(plan, facts)
    question = answer.next
    if answer.tier_settled or question is None or depth == MOST_QUESTIONS:
        return None
    fact = plan.facts[question.fact]
    choices = []
    for choice in question.choices:
        value = choice.stated
        hint = "".join(_tier_words(tier, plan) for tier in choice.tiers) if len(choice.tiers) == 1 else ""
        told = {**facts, fact.id: value} if not fact.dated else facts
        below = _question(plan, told, depth + 1) if not fact.dated else None
        label = answer_phrase(fact, choice.value)
        choices.append({"value": shown(value), "label": label, "hint": hint, "next": below})
    return {"fact": fact.id, "choices": choices}


def _tier_words(tier: str | None, plan: Plan) -> str:
    return tier_phrase(plan.tiers[tier], "zh") if tier is not None else "不分级"
