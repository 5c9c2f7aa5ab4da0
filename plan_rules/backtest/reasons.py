"""The code of why a row is set aside, the fact it is about -> words in both languages."""

from __future__ import annotations

from plan_rules.errors import Message
from plan_rules.plan import Plan

MALFORMED = "columns"  # the row has more or fewer cells than there are columns

_WORDS = {
    "FA002": ("“{}”的类型不对", "`{}` is of the wrong type"),
    "FA003": ("“{}”没有这个值", "`{}` has no such value"),
    "FA004": ("“{}”超出范围", "`{}` is out of bounds"),
    "FA005": ("“{}”不是有效的日期或时刻", "`{}` is no day or instant"),
}


def reason(code: str, fact: str, plan: Plan) -> Message:
    """Why, in words; the value is not told, it may be anybody's."""
    if code == MALFORMED:
        return Message("这一行的列数与第一行不同", "the row has another number of columns than the first line")
    if code in _WORDS:
        zh, en = _WORDS[code]
        return Message(zh.format(plan.facts[fact].label if fact in plan.facts else fact), en.format(fact))
    for impossible in plan.impossibles:
        if impossible.id == code:
            labels = "、".join(plan.facts[name].label for name in impossible.facts)
            return Message(
                f"这些事实不能同时成立: {labels}" + (f"({impossible.text})" if impossible.text else ""),
                f"these facts cannot all be true: {', '.join(impossible.facts)}",
            )
    return Message(f"与推定 {code} 矛盾", f"it contradicts presumption {code}")
