"""The `expected` of a scenario file -> Expected, every name checked against the plan."""

from __future__ import annotations

import re
from collections.abc import Iterable

from plan_rules.gates import PENDING
from plan_rules.language.tree import Fields, Report, Text
from plan_rules.norm import Term
from plan_rules.plan import Plan
from plan_rules.scenarios.form import Expected
from plan_rules.scenarios.shapes import (
    check_name,
    get,
    is_null,
    mapping,
    text_of,
    texts_of,
    unknown_keys,
    wrong_form,
)
from plan_rules.scenarios.values import instant

KEYS = (
    "tier",
    "required",
    "prohibited",
    "permitted",
    "may_also",
    "unknown_blocking",
    "violations",
    "deadlines",
    "clause_refs",
    "fired",
    *PENDING,
    "exclusions",
    "handoffs",
    "roles",
    "limits",
    "invalid",
)
_SOON = "(none|" + "|".join(rf"([1-9][0-9]{{0,5}} )?{term.value}" for term in Term) + ")"
_LIMIT = re.compile(rf"{_SOON}(; [\w.,\-]+( > [\w.,|\-]+)?( = {_SOON})?)*")
_VIOLATION = re.compile(r"(?P<action>[^:]+):(done|(late|missed):[1-9][0-9]{0,5})")


def read_expected(fields: Fields, plan: Plan, report: Report) -> Expected:
    """What the scenario expects; what is absent is not checked."""
    unknown_keys(fields, KEYS, report)
    clauses = (*plan.clauses, *(plan.layering.waiting if plan.layering else ()))
    return Expected(
        span=fields.span,
        required=_names(fields, "required", plan.actions, "动作", "action", report),
        prohibited=_names(fields, "prohibited", plan.actions, "动作", "action", report),
        permitted=_names(fields, "permitted", plan.actions, "动作", "action", report),
        may_also=_names(fields, "may_also", plan.actions, "动作", "action", report) or frozenset(),
        unknown_blocking=_names(fields, "unknown_blocking", plan.facts, "事实", "fact", report),
        violations=_violations(fields, plan, report),
        deadlines=_deadlines(fields, plan, report),
        tier=_tier(fields, plan, report),
        tier_checked=get(fields, "tier") is not None,
        clause_refs=_names(fields, "clause_refs", clauses, "条款", "clause", report),
        fired=_names(fields, "fired", clauses, "条款", "clause", report),
        pending=_pending(fields, plan, report),
        exclusions=_names(fields, "exclusions", plan.exclusions, "不适用的条款", "excluding clause", report),
        handoffs=_names(fields, "handoffs", _handoffs(plan), "移交的预案", "plan that takes over", report),
        roles=_roles(fields, plan, report),
        limits=_limits(fields, plan, report),
        invalid=frozenset(str(code) for code in texts_of(fields, "invalid", report)),
    )


def _names(fields: Fields, key: str, known: Iterable[str], zh: str, en: str, report: Report) -> frozenset[str] | None:
    if get(fields, key) is None:
        return None
    return frozenset(str(name) for name in texts_of(fields, key, report) if check_name(name, known, zh, en, report))


def _pending(fields: Fields, plan: Plan, report: Report) -> dict[str, frozenset[str]] | None:
    found = {state: _names(fields, state, plan.actions, "动作", "action", report) for state in PENDING}
    checked = {state: names for state, names in found.items() if names is not None}
    return checked or None


def _handoffs(plan: Plan) -> tuple[str, ...]:
    return tuple(clause.handoff.plan for clause in plan.clauses.values() if clause.handoff)


def _tier(fields: Fields, plan: Plan, report: Report) -> str | None:
    tree = get(fields, "tier")
    if isinstance(tree, Text) and not is_null(tree):
        return str(tree) if check_name(tree, plan.tiers, "等级", "tier", report) else None
    return text_of(fields, "tier", report)


def _violations(fields: Fields, plan: Plan, report: Report) -> frozenset[str] | None:
    if get(fields, "violations") is None:
        return None
    for text in (texts := texts_of(fields, "violations", report)):
        form = _VIOLATION.fullmatch(text)
        if form is None:
            report.add(
                "SC006",
                (f"“{text}”不是违规的写法", f"`{text}` is not how a violation is written"),
                text.span,
                (
                    "写成 动作:late:天数、动作:missed:天数 或 动作:done",
                    "write `action:late:N`, `action:missed:N` or `action:done`",
                ),
            )
        else:
            check_name(Text(form["action"], text.span), plan.actions, "动作", "action", report)
    return frozenset(map(str, texts))


def _roles(fields: Fields, plan: Plan, report: Report) -> dict[str, frozenset[str]] | None:
    inner = _by_action(fields, "roles", plan, report)
    if inner is None:
        return None
    return {
        str(action): frozenset(
            str(role)
            for role in texts_of(inner, str(action), report)
            if check_name(role, plan.roles, "角色", "role", report)
        )
        for action in inner
    }


def _limits(fields: Fields, plan: Plan, report: Report) -> dict[str, str] | None:
    inner = _by_action(fields, "limits", plan, report)
    if inner is None:
        return None
    found: dict[str, str] = {}
    for action, limit in inner.items():
        if isinstance(limit, Text) and _LIMIT.fullmatch(limit):
            found[str(action)] = str(limit)
        else:
            report.add(
                "SC006",
                (f"“{limit}”不是时限的写法", f"`{limit}` is not how a limit is written"),
                limit.span,
                (
                    "写成 immediate、prompt 等, 或 3 natural_days",
                    "write `immediate`, `prompt`, ... or `3 natural_days`; `none` where there is none",
                ),
            )
    return found


def _by_action(fields: Fields, key: str, plan: Plan, report: Report) -> Fields | None:
    """What is said of actions under a key; None where nothing is."""
    tree = get(fields, key)
    if tree is None or is_null(tree):
        return None
    inner = mapping(tree, key, f"`{key}`", report)
    for action in inner or ():
        check_name(action, plan.actions, "动作", "action", report)
    return inner


def _deadlines(fields: Fields, plan: Plan, report: Report) -> dict[str, str] | None:
    tree = get(fields, "deadlines")
    if tree is None or is_null(tree):
        return None
    inner = mapping(tree, "deadlines", "`deadlines`", report)
    deadlines: dict[str, str] = {}
    for action, due in (inner or {}).items():
        check_name(action, plan.actions, "动作", "action", report)
        if not isinstance(due, Text):
            wrong_form(due, "期限应当是一个日期", "a deadline is a date", report)
        elif instant(due) is None:
            report.add(
                "SC006",
                (f"“{due}”不是日期或时刻", f"`{due}` is no date or instant"),
                due.span,
                ("写成 2025-05-23", "write 2025-05-23"),
            )
        else:
            deadlines[str(action)] = str(due)
    return deadlines
