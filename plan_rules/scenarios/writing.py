"""Scenarios -> the text of a scenario file, ready to paste; reading it gives the same scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

import yaml

from plan_rules.fact import Unknown
from plan_rules.plan import Plan
from plan_rules.scenarios.form import Expected, Scenario, Step


def write_scenarios(scenarios: Iterable[Scenario], plan: Plan) -> str:
    """Entries of the list under `scenarios:`.  Facts and names stand in the plan's order."""
    return "".join(_entry(_snapshot(scenario, plan)) for scenario in scenarios)


class _Dumper(yaml.SafeDumper):
    """Lists and inner mappings on one line, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        del data
        return True


def _entry(scenario: Mapping[str, Any]) -> str:
    text: str = yaml.dump(
        [scenario], Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=None, width=110
    )
    return text


def _snapshot(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    step = scenario.steps[0]
    entry: dict[str, Any] = {"id": scenario.id, "title": scenario.title, "kind": scenario.kind}
    entry |= {"tags": list(scenario.tags)} if scenario.tags else {}
    entry |= {"narrative": scenario.narrative} if scenario.narrative else {}
    entry |= {"as_of": step.at} if step.at else {}
    entry |= {"readings": dict(step.readings)} if step.readings else {}
    entry["facts"] = {fact: _plain(step.facts[fact]) for fact in plan.facts if fact in step.facts}
    entry["expected"] = _expected(step, plan)
    return entry | ({"note": scenario.note} if scenario.note else {})


def _expected(step: Step, plan: Plan) -> dict[str, Any]:
    expected: Expected = step.expected
    found: dict[str, Any] = {"tier": expected.tier} if expected.tier_checked else {}
    for key, names in (
        ("required", expected.required),
        ("prohibited", expected.prohibited),
        ("permitted", expected.permitted),
    ):
        if names is not None:
            found[key] = [action for action in plan.actions if action in names]
    for state, names in (expected.pending or {}).items():
        found[state] = [action for action in plan.actions if action in names]
    if expected.fired is not None:
        found["fired"] = [clause for clause in plan.clauses if clause in expected.fired]
    if expected.roles:
        found["roles"] = {action: sorted(roles) for action, roles in sorted(expected.roles.items())}
    if expected.limits:
        found["limits"] = dict(sorted(expected.limits.items()))
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Unknown):
        return "unknown"
    if isinstance(value, datetime):
        return value.isoformat(timespec="minutes")
    return value.isoformat() if isinstance(value, date) else value
