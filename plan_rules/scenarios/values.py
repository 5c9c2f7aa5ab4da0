"""The text of a value -> the value, typed by the fact it is given for.

A bool is 是/否 or true/false, an enum its id or its name in the plan, a number its digits; dates, instants and times of
day stay texts, checked for their form.  未知 or unknown is unknown, null is "has not happened".
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, assert_never

from plan_rules.condition import Scalar
from plan_rules.errors import Span
from plan_rules.fact import UNKNOWN, Fact, Kind, Unknown
from plan_rules.instants import read_clock, read_day, read_instant
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.plan import Plan
from plan_rules.scenarios.shapes import check_name, is_null, mapping, readings_of

_TRUE = ("true", "是")
_FALSE = ("false", "否")
_UNKNOWN = ("unknown", "未知")
_NO_READINGS = ("defaults", *_UNKNOWN)  # the readings stand as the plan has them
_DIGITS = re.compile(r"0|-?[1-9][0-9]{0,17}")


def instant(text: str) -> dt.datetime | dt.date | None:
    """An ISO date (as a date) or instant, or None when it is neither."""
    return read_day(text) or read_instant(text)


def fact_value(name: Text, tree: Tree, plan: Plan, report: Report, *, as_it_stands: bool = False) -> Any:
    """The value for decide.  With `as_it_stands` nothing is reported: what does not fit is handed on as text."""
    noted = Report() if as_it_stands else report
    fact = plan.facts.get(name)
    if fact is not None and fact.kind is Kind.READINGS:
        if is_null(tree) or tree in _NO_READINGS:
            return None
        fields = mapping(tree, fact.id, f"`{fact.id}`", noted)
        return str(tree) if fields is None else readings_of(fields, plan, noted)
    if fact is None:
        check_name(name, plan.facts, "事实", "fact", noted)
        return plain(tree)
    if not isinstance(tree, Text):
        _refuse(fact, tree, noted)
        return plain(tree)
    value = _typed(fact, tree)
    if value is _WRONG:
        _refuse(fact, tree, noted)
        return str(tree)
    return value


def plain(tree: Tree) -> Any:
    """A tree as plain texts, lists and dicts."""
    if isinstance(tree, Text):
        return str(tree)
    if isinstance(tree, Fields):
        return {str(key): plain(value) for key, value in tree.items()}
    return [plain(item) for item in tree]


class _Wrong:
    """The text is no value of the fact."""


_WRONG = _Wrong()


def _typed(fact: Fact, text: Text) -> Scalar | Unknown | _Wrong:
    if text in _UNKNOWN:
        return UNKNOWN
    match fact.kind:
        case Kind.BOOL:
            bare = text if text.plain else ""  # a quoted "true" is a text, not true
            return True if bare in _TRUE else False if bare in _FALSE else _WRONG
        case Kind.ENUM | Kind.ORDINAL:
            return next((value.id for value in fact.values if text in (value.id, value.label)), _WRONG)
        case Kind.INTEGER:
            fits = text.plain and _DIGITS.fullmatch(text) and fact.low <= int(text) <= fact.high
            return int(text) if fits else _WRONG
        case Kind.DATE:
            return None if is_null(text) else str(text) if read_day(text) else _WRONG
        case Kind.DATETIME:
            if is_null(text):
                return None
            return str(text) if read_clock(text) is not None or instant(text) else _WRONG
        case Kind.READINGS:
            return _WRONG
        case _:
            assert_never(fact.kind)


def _refuse(fact: Fact, tree: Tree, report: Report) -> None:
    shown = f"“{tree}”" if isinstance(tree, Text) else "列表或映射"
    report.add(
        "SC006",
        (f"{shown}不是“{fact.label}”({fact.id})的值", f"not a value of `{fact.id}`"),
        tree.span,
        allowed(fact),
        related=_declared(fact),
        related_label=("声明在这里", "declared here"),
        facts=(fact.id,),
    )


def allowed(fact: Fact) -> tuple[str, str]:
    """What may be written for a fact."""
    match fact.kind:
        case Kind.BOOL:
            return ("写 true(是)、false(否)或 unknown(未知)", "write true, false or unknown")
        case Kind.ENUM | Kind.ORDINAL:
            named = "、".join(f"{value.id}({value.label})" for value in fact.values)
            ids = ", ".join(value.id for value in fact.values)
            return (f"写 {named} 或 unknown(未知)", f"write {ids} or unknown")
        case Kind.INTEGER:
            return (f"写 {fact.low} 到 {fact.high} 的整数", f"write a whole number from {fact.low} to {fact.high}")
        case Kind.DATE:
            return ("写成 2025-05-20, 没有发生写 null", "write 2025-05-20, or null when it has not happened")
        case Kind.DATETIME:
            return ("写成 2025-05-20T09:15 或 '09:15', 没有发生写 null", "write 2025-05-20T09:15 or '09:15', or null")
        case Kind.READINGS:
            return ("写成“AMB-06: B”", "write `AMB-06: B`")
        case _:
            assert_never(fact.kind)


def _declared(fact: Fact) -> Span | None:
    return fact.span if fact.span.line else None
