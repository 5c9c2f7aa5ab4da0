"""A Plan -> a Diagnostic where an incident in its scope gets no tier, with that incident."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any

from plan_rules.condition import ALWAYS, AnyOf, Condition, Is, Present, Within
from plan_rules.errors import Severity
from plan_rules.fact import Fact, telling_values
from plan_rules.language.shape import PlanHead
from plan_rules.language.tree import Report
from plan_rules.plan import Plan
from plan_rules.truth import Wide, truth

MAX_INCIDENTS = 20_000


def check_fallback(plan: Plan, head: PlanHead, report: Report) -> None:
    """Try every combination of the facts that tiers depend on: each incident in scope must have a tier."""
    conditions = [clause.condition for clause in plan.clauses.values() if clause.tier]
    if ALWAYS in conditions or plan.scope in conditions:  # a clause gives every incident in scope a tier
        return
    readings = plan.chosen()
    excluded = AnyOf(tuple(plan.clauses[name].condition for name in plan.exclusions))
    facts = list(dict.fromkeys(fact for c in (plan.scope, excluded, *conditions) for fact in _facts(c, plan)))
    about = [leaf for condition in (plan.scope, excluded, *conditions) for leaf in plan.leaves(condition)]
    cuts = {fact: telling_values(plan.facts[fact], about) for fact in facts}
    size = 1
    for values in cuts.values():
        size *= max(len(values), 1)
    if size > MAX_INCIDENTS:
        report.add(
            "PR069",
            ("定级依赖的事实太多, 无法逐一核对是否都有等级", "tiers depend on too many facts to try every combination"),
            head.id.span,
            (
                "写一条兜底的定级条款, 或减少定级依据",
                "add a clause that gives every incident a tier, or assign tiers by fewer facts",
            ),
            severity=Severity.WARNING,
        )
        return
    grading = _Grading(
        tuple(cuts.items()),
        (plan.scope, excluded, *conditions),
        tuple((name, situation.condition) for name, situation in plan.situations.items()),
        tuple((tier.id, tier.severity) for tier in plan.tiers.values()),
        tuple(clause.tier for clause in plan.clauses.values() if clause.tier),
        tuple(readings.items()),
        plan,
    )
    wide = _without_tier(grading)
    if wide is not None:
        _report_no_fallback(plan, wide, head, report)


@dataclass(frozen=True, slots=True)
class _Grading:
    """All that the tier of an incident hangs on in a plan, and the plan."""

    cuts: tuple[tuple[str, tuple[Any, ...]], ...]
    conditions: tuple[Condition, ...]  # of the scope, of what is out of it, then of each clause that assigns a tier
    situations: tuple[tuple[str, Condition], ...]
    tiers: tuple[tuple[str, int], ...]
    assigned: tuple[str, ...]
    readings: tuple[tuple[str, str], ...]
    plan: Plan = field(compare=False)


@lru_cache(maxsize=4)  # a plan that is being written is read again and again, and this seldom changes
def _without_tier(grading: _Grading) -> Mapping[str, Any] | None:
    """An incident in scope that no clause gives a tier, if there is one."""
    readings = dict(grading.readings)
    in_scope, out_of_scope, *assigned = (
        _remembered(condition, grading.plan, readings) for condition in grading.conditions
    )
    facts = [fact for fact, _ in grading.cuts]
    for values in product(*(values for _, values in grading.cuts)):
        wide = dict(zip(facts, values, strict=True))
        if in_scope(wide) and not out_of_scope(wide) and not any(assigns(wide) for assigns in assigned):
            return wide
    return None


def _remembered(condition: Condition, plan: Plan, readings: Mapping[str, str]) -> Callable[[Wide], bool | None]:
    """Whether the condition holds; thought about once for each combination of the facts that it names."""
    facts = tuple(dict.fromkeys(_facts(condition, plan)))
    known: dict[tuple[object, ...], bool | None] = {}

    def holds(wide: Wide) -> bool | None:
        values = tuple(map(wide.get, facts))
        if values not in known:
            known[values] = truth(condition, wide, plan, readings)
        return known[values]

    return holds


def _report_no_fallback(plan: Plan, wide: Mapping[str, object], head: PlanHead, report: Report) -> None:
    shown = "、".join(f"{plan.facts[fact].label}={_label(plan.facts[fact], value)}" for fact, value in wide.items())
    ids = ", ".join(f"{fact}={str(value).lower()}" for fact, value in wide.items())
    report.add(
        "PR061",
        (f"有的事件定不出等级, 例如: {shown}", f"some incidents get no tier, such as: {ids}"),
        (head.scope.span if head.scope is not None else head.id.span),
        ("补一条兜底的定级条款, 或缩小“适用”范围", "add a clause that assigns a tier to them, or narrow `scope`"),
        facts=tuple(wide),
    )


def _label(fact: Fact, value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return next((item.label for item in fact.values if item.id == value), str(value))


def _facts(condition: Condition, plan: Plan) -> Iterable[str]:
    for part in plan.leaves(condition):
        if isinstance(part, Is | Within | Present):
            yield part.fact
