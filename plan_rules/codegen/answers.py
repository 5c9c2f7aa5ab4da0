"""(Plan, facts as JSON) -> what a runner of the portable plan is to answer, as `decide` says it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from plan_rules.condition import AnyOf
from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.errors import FactsInvalid
from plan_rules.fact import Unknown
from plan_rules.facts import fact_reader
from plan_rules.instants import written
from plan_rules.plan import Plan
from plan_rules.predicate import Predicate, compiled

Answer = dict[str, Any]


def answer(plan: Plan, facts: Mapping[str, Any]) -> Answer:
    """The answer, with ids in the order of the plan; `rejected` alone where the facts are refused.

    `open` are the clauses that do not fire and would with some value of what is unknown.
    """
    try:
        decision = decide(plan, facts, engine="generated")
    except FactsInvalid as refused:
        return {"rejected": refused.diagnostics[0].code}
    fired = set(decision.fired)
    duties = {each.action: each for each in decision.duties}
    permissions = {each.action: each for each in decision.permissions}
    return {
        "tier": decision.tier.id if decision.tier else None,
        "excluded": bool(decision.exclusions),
        "clauses": [clause for clause in plan.clauses if clause in fired],
        "open": _open(plan, facts, decision),
        "duties": [action for action in plan.actions if action in duties and duties[action].in_force],
        "prohibitions": [action for action in plan.actions if decision.forbids(action)],
        "permissions": [action for action in plan.actions if action in permissions and permissions[action].in_force],
        "pending_duties": {
            action: duties[action].status for action in plan.actions if action in duties and not duties[action].in_force
        },
        "pending_permissions": {
            action: permissions[action].status
            for action in plan.actions
            if action in permissions and not permissions[action].in_force
        },
        "handoffs": sorted(each.plan for each in decision.handoffs),
    }


def _open(plan: Plan, facts: Mapping[str, Any], decision: Decision) -> list[str]:
    """Where the plan does not apply, only whether it does can be open."""
    wide, fires = fact_reader(plan).read(facts).wide, _firing(plan)
    counting = plan.exclusions if decision.exclusions else plan.clauses
    return [clause for clause in counting if clause not in decision.fired and fires[clause](wide) is None]


@lru_cache(maxsize=16)
def _firing(plan: Plan) -> dict[str, Predicate]:
    """When each clause fires, by what it means for one to fire."""
    rules, readings = plan.rules(), plan.chosen()
    return {
        clause: compiled(AnyOf(tuple(rules[key] for key in plan.firing_keys(clause))), plan, readings)
        for clause in plan.clauses
    }


def plain(value: Any) -> Any:
    """A value of a fact as JSON has it."""
    if isinstance(value, Unknown):
        return value.value
    return written(value) if isinstance(value, date | datetime) else value
