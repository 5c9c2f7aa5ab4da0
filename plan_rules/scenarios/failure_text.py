"""Mismatches -> lines a person can act on: what is missing, what is too much, expected and got, with labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from plan_rules.errors import Message
from plan_rules.plan import Plan
from plan_rules.scenarios.running import Mismatch

_ASPECTS = {
    "tier": Message("等级", "tier"),
    "required": Message("应当", "duties"),
    "prohibited": Message("不得", "prohibitions"),
    "permitted": Message("可以", "permissions"),
    "unknown_blocking": Message("待确认的事实", "unknown facts to name"),
    "violations": Message("违规", "violations"),
    "clause_refs": Message("触发的条款", "clauses that fire"),
    "fired": Message("触发的条款", "clauses that fire"),
    "awaiting_approval": Message("待批准", "waiting for approval"),
    "at_discretion": Message("待裁量", "at discretion"),
    "failed": Message("没有办成", "failed"),
    "exclusions": Message("不适用的条款", "excluding clauses"),
    "handoffs": Message("移交", "handoffs"),
    "roles": Message("责任", "bearers"),
    "limits": Message("时限", "time limit"),
    "invalid": Message("拒绝", "refusal"),
    "deadlines": Message("期限", "deadline"),
}
_MISSING = Message("缺少", "missing")
_UNEXPECTED = Message("多出", "unexpected")
_EXPECTED = Message("预期", "expected")
_GOT = Message("实得", "got")
_REFUSED = Message("事实被拒绝", "the facts were refused")
_NOTHING = Message("没有被拒绝", "the facts were not refused")


def describe(mismatches: Sequence[Mismatch], plan: Plan, lang: str = "zh") -> list[str]:
    """One line a difference, aspect by aspect; `-` is missing, `+` unexpected."""
    return [line for mismatch in mismatches for line in _lines(mismatch, plan, lang)]


def _lines(mismatch: Mismatch, plan: Plan, lang: str) -> Iterable[str]:
    aspect, _, subject = mismatch.aspect.partition(".")
    title = _ASPECTS[aspect].within(lang)
    if subject:
        title += f" {named(subject, plan)}"
    for item in mismatch.missing:
        yield f"{title}: - {_MISSING.within(lang)} {named(item, plan)}"
    for item in mismatch.unexpected:
        yield f"{title}: + {_UNEXPECTED.within(lang)} {named(item, plan)}"
    if aspect == "invalid":
        outcome = f"{_REFUSED.within(lang)}: {mismatch.got}" if mismatch.got else _NOTHING.within(lang)
        yield f"{title}: {outcome}"
    elif mismatch.expected is not None:
        expected, got = named(mismatch.expected, plan), named(mismatch.got or "null", plan)
        yield f"{title}: {_EXPECTED.within(lang)} {expected}, {_GOT.within(lang)} {got}"


def named(id_: str, plan: Plan) -> str:
    """An id with the plan's own words for it: `call_police (报警)`."""
    known: tuple[Mapping[str, Any], ...] = (plan.actions, plan.facts, plan.tiers, plan.roles)
    stem = id_.split(":", 1)[0]
    for names in known:
        if stem in names:
            return f"{id_} ({names[stem].label})"
    if id_ in plan.clauses:
        return f"{id_} ({plan.clauses[id_].text})"
    return id_
