"""(Fact, an untrusted value) -> the typed value, or a FactDefect that says what to write instead.

Types are exact: no "true" for true, no 1 for true, no floats.  `unknown` and 未知 are taken for every fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, NoReturn, TypeAlias, assert_never

from plan_rules.condition import Scalar
from plan_rules.decision import Jsonable
from plan_rules.errors import Diagnostic, Message, Severity
from plan_rules.fact import UNKNOWN, Fact, Kind, Unknown
from plan_rules.instants import Instant, local, read_clock, read_day, read_instant, written
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean

_UNKNOWN_WORDS = frozenset({"unknown", "未知"})


FactValue: TypeAlias = Scalar | Unknown | Instant


def shown(value: FactValue) -> Jsonable:
    """One value as JSON."""
    if value is None or isinstance(value, int):  # also true and false
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return written(value)


class FactDefect(Exception):
    """One value is not what the fact takes."""

    def __init__(self, diagnostic: Diagnostic) -> None:
        self.diagnostic = diagnostic
        super().__init__(diagnostic)


def read_value(fact: Fact, value: Any, at: datetime | None, plan: Plan) -> Any:
    """The value as the plan's type has it: bool, int, value id, date, datetime, time, None or UNKNOWN."""
    kind = fact.kind
    if fact.domain and (type(value) is bool or type(value) is str) and value in fact.domain:
        return value
    if value is UNKNOWN or (type(value) is str and value in _UNKNOWN_WORDS):
        return UNKNOWN
    match kind:
        case Kind.BOOL:
            return _wrong_type(fact, value, "true 或 false", "true or false")
        case Kind.ENUM | Kind.ORDINAL:
            return _wrong_value(fact, value)
        case Kind.INTEGER:
            return _integer(fact, value)
        case Kind.DATE:
            return _day(fact, value)
        case Kind.DATETIME:
            return _instant(fact, value, at)
        case Kind.READINGS:
            return _readings(fact, value, plan)
        case _:
            assert_never(kind)


@lru_cache(maxsize=64)
def label_to_id(plan: Plan) -> Mapping[str, str]:
    """The plan's own name of each fact -> its id."""
    return {fact.label: fact.id for fact in plan.facts.values()}


def _integer(fact: Fact, value: Any) -> int:
    if type(value) is not int:
        _wrong_type(fact, value, "整数", "an integer")
    if not fact.low <= value <= fact.high:
        _refuse(
            "FA004",
            fact,
            f"“{fact.label}”只能在 {fact.low} 至 {fact.high} 之间",
            f"`{fact.id}` lies between {fact.low} and {fact.high}",
            f"写 {fact.low} 至 {fact.high} 之间的整数",
            f"write an integer from {fact.low} to {fact.high}",
        )
    number: int = value
    return number


def _day(fact: Fact, value: Any) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    day = read_day(value) if type(value) is str else None
    if day is None:
        _bad_instant(fact, value, "日期, 如 2025-03-10", "a day such as 2025-03-10")
    return day


def _instant(fact: Fact, value: Any, at: datetime | None) -> Instant | None:
    if value is None:
        return None
    instant: datetime | time | None = value.replace(tzinfo=None) if isinstance(value, time) else None
    if isinstance(value, datetime):
        with suppress(ValueError):
            return local(value)
    if type(value) is str:
        instant = read_instant(value) or read_clock(value)
    if instant is None:
        _bad_instant(fact, value, "时刻, 如 2025-05-20T09:41 或 09:41", "an instant such as 2025-05-20T09:41 or 09:41")
    if isinstance(instant, time) and at is not None:
        return datetime.combine(at.date(), instant)
    return instant


def _readings(fact: Fact, value: Any, plan: Plan) -> Mapping[str, str] | None:
    if value is None or value == "defaults":
        return None
    if not isinstance(value, Mapping):
        _wrong_type(fact, value, "{解释编号: 选项}, 如 {AMB-06: B}", "a mapping such as {AMB-06: B}")
    for reading_id, option in value.items():
        reading = plan.readings.get(reading_id) if isinstance(reading_id, str) else None
        if reading is None:
            help_ = did_you_mean(str(reading_id)[:60], plan.readings) or (
                "可写: " + "、".join(plan.readings),
                "known: " + ", ".join(plan.readings),
            )
            _refuse("FA006", fact, f"没有解释“{_brief(reading_id)}”", f"unknown reading `{_brief(reading_id)}`", *help_)
        options = [known.id for known in reading.options]
        if option not in options:
            _refuse(
                "FA006",
                fact,
                f"解释“{reading.id}”没有选项“{_brief(option)}”",
                f"reading `{reading.id}` has no option `{_brief(option)}`",
                "可选: " + "、".join(options),
                "options: " + ", ".join(options),
            )
    return dict(value)


def _wrong_value(fact: Fact, value: Any) -> NoReturn:
    if type(value) is not str:
        _wrong_type(fact, value, "、".join(map(str, fact.domain)), " | ".join(map(str, fact.domain)))
    labels = {item.label: item.id for item in fact.values}
    if value in labels:
        hint = (f"接口用编号: {labels[value]}", f"use the id: `{labels[value]}`")
    else:
        ids = tuple(item.id for item in fact.values)
        hint = did_you_mean(value, (*ids, *labels)) or (
            "可写: " + "、".join(f"{item.id}({item.label})" for item in fact.values),
            "values: " + ", ".join(ids),
        )
    _refuse(
        "FA003",
        fact,
        f"“{fact.label}”没有“{_brief(value)}”这个值",
        f"fact `{fact.id}` has no value `{_brief(value)}`",
        *hint,
    )


def _wrong_type(fact: Fact, value: Any, zh: str, en: str) -> NoReturn:
    _refuse(
        "FA002",
        fact,
        f"“{fact.label}”应是{_KIND_ZH[fact.kind]}, 不能是{_described(value)[0]}",
        f"`{fact.id}` must be {_KIND_EN[fact.kind]}, not {_described(value)[1]}",
        f"写 {zh}; 不知道就写 unknown",
        f"write {en}; what is not known is `unknown`",
    )


def _bad_instant(fact: Fact, value: Any, zh: str, en: str) -> NoReturn:
    _refuse(
        "FA005",
        fact,
        f"“{fact.label}”的值{_described(value)[0]}不是有效的{_KIND_ZH[fact.kind]}",
        f"`{fact.id}`: {_described(value)[1]} is no {_KIND_EN[fact.kind]}",
        f"写{zh}; 还没有发生写 null",
        f"write {en}; null for what has not happened",
    )


def _refuse(code: str, fact: Fact, zh: str, en: str, help_zh: str, help_en: str) -> NoReturn:
    raise FactDefect(
        Diagnostic(
            code, Severity.ERROR, Message(zh, en), help=Message(help_zh, help_en), facts=(fact.id,), subject=fact.id
        )
    )


def _brief(value: Any) -> str:
    """A value short enough and safe to show."""
    text = value if isinstance(value, str) else type(value).__name__
    return text[:40].encode("utf-8", "replace").decode()


def _described(value: Any) -> tuple[str, str]:
    if isinstance(value, str):
        return f"文字“{_brief(value)}”", f"the text `{_brief(value)}`"
    if value is None:
        return "null", "null"
    if isinstance(value, bool):
        return str(value).lower(), str(value).lower()
    if isinstance(value, int):
        text = str(value) if abs(value) < 10**15 else "一个很大的整数"
        return text, text if abs(value) < 10**15 else "a very large integer"
    return f"{type(value).__name__} 类型的值", f"a value of type {type(value).__name__}"


_KIND_ZH = {
    Kind.BOOL: " true 或 false",
    Kind.ENUM: "选项",
    Kind.ORDINAL: "等次",
    Kind.INTEGER: "整数",
    Kind.DATE: "日期",
    Kind.DATETIME: "时刻",
    Kind.READINGS: "解释选择",
}
_KIND_EN = {
    Kind.BOOL: "true or false",
    Kind.ENUM: "one of its values",
    Kind.ORDINAL: "one of its values",
    Kind.INTEGER: "an integer",
    Kind.DATE: "a day",
    Kind.DATETIME: "an instant",
    Kind.READINGS: "a mapping of readings",
}
