"""(Plan, readings) -> the plan as one JSON document: its facts, and stages of JSON Logic from facts to answers.

What a runner has to do is in docs/reference/portable-plan.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from plan_rules.codegen.json_logic import Encoder, column_name
from plan_rules.columns import Answer, Program, lower
from plan_rules.columns.formula import Formula, Type
from plan_rules.columns.simple import never_null
from plan_rules.fact import Kind
from plan_rules.plan import Plan

FORMAT, FORMAT_VERSION = "plan-rules portable plan", 1


def portable(plan: Plan, maker: str, readings: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The document; equal plans give equal documents.  Raises ReadingInvalid."""
    program = lower(plan, readings)
    encoder = _encoder(program)
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "made_by": maker,
        "plan": {"id": plan.id, "name": plan.name, "version": plan.version, "digest": plan.digest},
        "layers": [
            {"id": each.id, "version": each.version, "digest": each.digest}
            for each in (plan.layering.layers if plan.layering else ())
        ],
        "readings": dict(program.readings),
        "facts": [_fact(plan, fact) for fact in plan.facts],
        "inputs": [{"name": column_name(each.name), "fact": each.fact, "part": each.part} for each in program.inputs],
        "stages": [
            [
                {"name": column_name(each.name), "about": each.about, "logic": encoder.value(each.formula)}
                for each in stage
            ]
            for stage in program.stages
        ],
        "answers": [
            {"kind": each.kind, "subject": each.subject, "logic": encoder.value(each.formula)}
            for each in sorted(program.answers, key=_order(plan, program))
        ],
        "labels": _labels(plan),
    }


def _order(plan: Plan, program: Program) -> Callable[[Answer], tuple[int, int, str]]:
    """Kinds as the program has them; within a kind, clauses and actions in the order of the plan, plans by name."""
    kinds = list(dict.fromkeys(each.kind for each in program.answers))
    places = {name: place for names in (plan.clauses, plan.actions) for place, name in enumerate(names)}
    named = {
        each: (kinds.index(each.kind), 0 if each.kind == "handoff" else places.get(each.subject, 0), each.subject)
        for each in program.answers
    }
    return named.__getitem__


def _fact(plan: Plan, name: str) -> dict[str, Any]:
    fact = plan.facts[name]
    described: dict[str, Any] = {"id": fact.id, "label": fact.label, "kind": fact.kind.value}
    if fact.kind is Kind.INTEGER:
        described |= {"low": fact.low, "high": fact.high}
    if fact.values:
        described["values"] = [{"id": each.id, "label": each.label} for each in fact.values]
    return described


def _labels(plan: Plan) -> dict[str, dict[str, str]]:
    return {
        "tier": {each.id: each.label for each in plan.tiers.values()},
        "clause": {each.id: each.text for each in plan.clauses.values()},
        "action": {each.id: each.label for each in plan.actions.values()},
    }


def _encoder(program: Program) -> Encoder:
    """What is known of the columns of a program: which are truths, and which are never null."""
    truths = {each.name for each in program.inputs if each.type is Type.BOOLEAN}
    certain: set[str] = set()
    for stage in program.stages:
        truths |= {each.name for each in stage if each.type is Type.BOOLEAN}
        certain |= {each.name for each in stage if _certain(each.formula, certain)}
    return Encoder(certain, truths)


def _certain(formula: Formula, certain: set[str]) -> bool:
    return never_null(formula, certain.__contains__)
