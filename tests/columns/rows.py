"""Random -> rows of a plan's table, sound and unsound; (Plan, a row) -> what `decide` says of it, as answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any

import plan_rules as pr
from plan_rules.columns import Program, evaluate
from plan_rules.condition import AnyOf
from plan_rules.decision import Decision
from plan_rules.errors import FactsInvalid
from plan_rules.fact import Fact, Kind
from plan_rules.facts import fact_reader
from plan_rules.gates import PENDING
from plan_rules.plan import Plan
from plan_rules.predicate import Predicate, compiled

Row = dict[str, Any]
DAY = date(2025, 5, 20)


def random_row(random: Random, plan: Plan, *, unsound: bool = True) -> Row:
    """Anything from nothing stated to everything; a value that its fact cannot have, where `unsound`, now and then."""
    stated = random.choice((0.1, 0.3, 0.7, 1.0))
    row: Row = {}
    for fact in plan.facts.values():
        if fact.kind is not Kind.READINGS and random.random() < stated:
            row |= _stated(random, fact, unsound)
    return row


def _stated(random: Random, fact: Fact, unsound: bool) -> Row:
    if random.random() < 0.12:
        words = fact.kind in (Kind.ENUM, Kind.ORDINAL) and random.random() < 0.5
        return {fact.id: random.choice(("unknown", "未知"))} if words else {f"{fact.id}__unknown": True}
    odd = unsound and random.random() < 0.02
    match fact.kind:
        case Kind.INTEGER:
            near = (fact.low, fact.low + 1, fact.high, 3, 7, 2, 20)
            within = [number for number in near if fact.low <= number <= fact.high]
            return {fact.id: fact.high + 1 if odd else random.choice(within)}
        case Kind.DATE | Kind.DATETIME if random.random() < 0.3:
            return {f"{fact.id}__none": True}
        case Kind.DATE:
            return {fact.id: DAY + timedelta(days=random.randrange(3))}
        case Kind.DATETIME:
            return {fact.id: datetime(2025, 5, 20, 9, random.randrange(3))}
        case _:
            return {fact.id: "nonsense" if odd and fact.kind is not Kind.BOOL else random.choice(fact.domain)}


def facts_of(plan: Plan, row: Mapping[str, Any]) -> Row:
    """The row as `decide` takes it, in the plan's order."""
    facts: Row = {}
    for name in plan.facts:
        if row.get(f"{name}__unknown"):
            facts[name] = "unknown"
        elif row.get(name) is not None:
            facts[name] = row[name]
        elif row.get(f"{name}__none"):
            facts[name] = None
    return facts


def chosen(plan: Plan, readings: Mapping[str, str]) -> Row:
    """The fact by which an incident chooses readings, where the plan has one."""
    return {fact.id: dict(readings) for fact in plan.facts.values() if fact.kind is Kind.READINGS and readings}


def differences(plan: Plan, program: Program, rows: Iterable[Row]) -> list[str]:
    """What the program says otherwise than `decide`, row by row."""
    return [
        f"{name}: {found.get(name)!r}, not {right!r}, of {row}"
        for row in rows
        for found in (said(program, row),)
        for name, right in expected(plan, program, row, found).items()
        if found.get(name) != right or type(found.get(name)) is not type(right)
    ]


def said(program: Program, row: Row) -> dict[str, Any]:
    """The answers of the program, and the codes of its rejections."""
    values = evaluate(program, row)
    codes = [each.code for each in program.rejections if values[each.column]]
    return {answer.name: values[answer.name] for answer in program.answers} | {"codes": codes}


def expected(plan: Plan, program: Program, row: Row, found: Mapping[str, Any]) -> dict[str, Any]:
    """The same by `decide`; of what is not in force, whether it is false or open is taken as it was found."""
    facts = facts_of(plan, row)
    try:
        decision = pr.decide(plan, facts | chosen(plan, program.readings), engine="generated")
    except FactsInvalid as refused:
        codes = [each.code for each in refused.diagnostics]
        return {answer.name: None for answer in program.answers} | {"rejected": codes[0], "codes": codes}
    return {"codes": []} | {
        answer.name: _expected(plan, program, facts, decision, answer.kind, answer.subject)
        if answer.kind not in _OPEN or answer.subject in _OPEN[answer.kind](decision)
        else _not_true(found[answer.name])
        for answer in program.answers
    }


def _expected(plan: Plan, program: Program, facts: Row, decision: Decision, kind: str, subject: str) -> Any:
    match kind:
        case "rejected":
            return None
        case "tier":
            return decision.tier.id if decision.tier else None
        case "excluded":
            return bool(decision.exclusions)
        case "clause":
            return clause_truth(plan, program.readings, facts, decision, subject)
        case "pending_duty":
            found = (each.status for each in decision.duties if each.action == subject and each.status in PENDING)
            return next(found, None)
        case "pending_permission":
            return next((each.status for each in decision.permissions if each.action == subject and each.status), None)
        case _:
            return True


def _not_true(found: Any) -> Any:
    """What is not in force may be false or open, and nothing else."""
    return found if found in (False, None) else "not true"


_OPEN: dict[str, Any] = {
    "duty": lambda decision: {each.action for each in decision.duties if each.status not in PENDING},
    "prohibition": lambda decision: {each.action for each in decision.prohibitions},
    "permission": lambda decision: {each.action for each in decision.permissions if not each.status},
    "handoff": lambda decision: {each.plan for each in decision.handoffs},
}


def clause_truth(plan: Plan, readings: Mapping[str, str], facts: Row, decision: Decision, clause: str) -> bool | None:
    """Whether the clause fires: as `decide` says where it does, else by the definition."""
    if clause in decision.fired:
        return True
    if decision.exclusions and not plan.clauses[clause].excludes:
        return False
    wide = fact_reader(plan).read(facts | chosen(plan, readings)).wide
    found = _firing(plan, tuple(readings.items()))[clause](wide)
    assert found is not True, f"{clause} is true and does not fire"
    return found


@lru_cache(maxsize=8)
def _firing(plan: Plan, readings: tuple[tuple[str, str], ...]) -> Mapping[str, Predicate]:
    """When each clause fires: true, false or open."""
    rules, chosen_ = plan.rules(), dict(readings)
    return {
        clause: compiled(AnyOf(tuple(rules[key] for key in plan.firing_keys(clause))), plan, chosen_)
        for clause in plan.clauses
    }
