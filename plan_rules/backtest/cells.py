"""A cell of the archive -> what it states of a fact; said twice, in Python and in SQL, which tests hold equal.

A cell is text, blanks around it gone.  An empty one states nothing.  Values of an option stand by id or name, 是 and 否
are true and false, 无 is what has not happened, `unknown` and 未知 are what nobody knows.  A day may be written
2025-03-10, 2025/3/10, 2025年3月10日 or 20250310; an instant is a day and a time of day.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, TypeAlias

from plan_rules.backtest.part import literal, quoted
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.fact_values import FactValue, read_value
from plan_rules.plan import Plan

BLANKS = " \t\r\n\u3000"
_UNKNOWN = ("unknown", "未知")
_TRUE, _FALSE, _NEVER = ("true", "是"), ("false", "否"), ("null", "无")
_NUMBER = r"-?(?:0|[1-9][0-9]{0,17})(?:\.0+)?"
_DAY = r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{2})([0-9]{2}))"
_TIME = r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]+)?)?"
_OFFSET = r"(?:Z|([+-])([0-9]{2}):?([0-9]{2})?)?"
_ENDING = "[+-]([0-9]{2}):?([0-9]{2})?$"
_DATED = re.compile(rf"{_DAY}(?:[T ]+{_TIME}{_OFFSET})?")


class Unstated:
    """A cell that states nothing: the fact has its default."""


UNSTATED = Unstated()
CellValue: TypeAlias = FactValue | Unstated


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of the archive is: a fact (None: nothing), and what some of its cells mean."""

    fact: str | None
    values: Pairs[str, CellValue] = field(default_factory=dict)


def stated(fact: Fact, column: Column, text: str | None, plan: Plan) -> CellValue:
    """What one cell states.  Raises FactDefect where the fact does not take it."""
    word = (text or "").strip(BLANKS)
    if not word:
        return UNSTATED
    if word in column.values:
        return column.values[word]
    value: Any = word
    lowered = word.lower() if word.isascii() else word
    match fact.kind:
        case Kind.ENUM | Kind.ORDINAL:
            value = {item.label: item.id for item in fact.values}.get(word, word)
        case Kind.BOOL if lowered in (*_TRUE, *_FALSE):
            value = lowered in _TRUE
        case Kind.INTEGER if re.fullmatch(_NUMBER, word):
            value = int(word.partition(".")[0])
        case Kind.DATE | Kind.DATETIME if lowered in _NEVER:
            value = None
        case Kind.DATE | Kind.DATETIME:
            value = _regular(fact.kind, word)
        case _:
            pass
    found: CellValue = read_value(fact, value, None, plan)
    return read_value(fact, "-", None, plan) if isinstance(found, time) else found


def _regular(kind: Kind, word: str) -> str:
    """A day or an instant as the plan's facts are written; anything else as it stands."""
    found = _DATED.fullmatch(word)
    if not found:
        return word
    year, month, day, month_8, day_8, hour, minute, second, sign, ahead, beside = found.groups()
    written = f"{year}-{(month or month_8).zfill(2)}-{(day or day_8).zfill(2)}"
    if kind is Kind.DATE:
        midnight = hour is None or (int(hour) == int(minute) == int(second or 0) == 0 and not word.endswith("Z"))
        return written if midnight and not sign else word
    if hour is None:
        return word
    offset = "Z" if word.endswith("Z") else f"{sign}{ahead}:{beside or '00'}" if sign else ""
    return f"{written}T{hour.zfill(2)}:{minute}:{second or '00'}{offset}"


# --------------------------------------------------------------------------- the same in SQL


@dataclass(frozen=True, slots=True)
class Cell:
    """SQL of what a text column states, in steps, each of which may read the columns of those before it.

    `steps` are (name, SQL) of columns to work out first; then the value, is it stated unknown, is it stated not to
    have happened, is it unreadable.  `code` is that of what is unreadable; an option's value is read as it stands.
    """

    steps: tuple[tuple[str, str], ...]
    value: str
    unknown: str
    none: str
    unreadable: str
    code: str


_SQL_TYPE = {Kind.BOOL: "BOOLEAN", Kind.INTEGER: "BIGINT", Kind.DATE: "DATE", Kind.DATETIME: "TIMESTAMP"}
_GROUPS = ("year", "month", "day", "month8", "day8", "hour", "minute", "second", "sign")


def bare(fact: Fact, raw: str) -> str:
    """The SQL of a cell without the blanks around it, null where it is empty; what is usual is not searched for any."""
    usual = {Kind.BOOL: (*_TRUE, *_FALSE), Kind.ENUM: _names(fact), Kind.ORDINAL: _names(fact)}.get(fact.kind, ())
    quick = f"WHEN {_in(raw, usual)} THEN {raw} " if usual else ""
    return f"CASE WHEN {raw} = '' THEN NULL {quick}ELSE nullif(trim({raw}, {literal(BLANKS)}), '') END"


def _names(fact: Fact) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for value in fact.values for name in (value.id, value.label)))


def cell(fact: Fact, column: Column, text: str, name: str) -> Cell:
    """The SQL of one fact's column: `text` is that of the cell, blanks gone and null where it is empty.

    The columns of its steps begin with `name`.
    """
    kind = fact.kind
    value, none, steps = text, "false", []
    lowered = f"lower({text})"
    unknown = _in(text, tuple(word for word in _UNKNOWN if word not in fact.domain))
    match kind:
        case Kind.BOOL:
            value = f"CASE WHEN {_in(text, _TRUE)} THEN true WHEN {_in(text, _FALSE)} THEN false "
            value += f"WHEN {lowered} = 'true' THEN true WHEN {lowered} = 'false' THEN false END"
        case Kind.ENUM | Kind.ORDINAL:
            value = f"CASE WHEN {unknown} THEN NULL {_renamed(text, fact)} ELSE {text} END"
        case Kind.INTEGER:
            whole = f"regexp_full_match({text}, {literal(_NUMBER)})"
            value = f"CASE WHEN {whole} THEN CAST(split_part({text}, '.', 1) AS BIGINT) END"
        case _:
            parts = quoted(f"{name} parts")
            names = ", ".join(map(literal, _GROUPS))
            steps.append((f"{name} parts", f"regexp_extract({text}, {literal(f'^(?:{_DATED.pattern})$')}, [{names}])"))
            value, none = _day(parts, text) if kind is Kind.DATE else _at(parts, text), _in(lowered, _NEVER)
    steps.append((f"{name} value", _mapped_value(column.values, text, value, _SQL_TYPE.get(kind, "VARCHAR"))))
    found = quoted(f"{name} value")
    unknown, none = _flag(column.values, text, UNKNOWN, unknown), _flag(column.values, text, None, none)
    unreadable = "false"
    if kind not in (Kind.ENUM, Kind.ORDINAL):
        unstated = _in(text, tuple(word for word, value in column.values.items() if isinstance(value, Unstated)))
        open_ = " OR ".join(each for each in (unknown, none, unstated) if each != "false") or "false"
        unreadable = f"({text} IS NOT NULL AND {found} IS NULL AND NOT ({open_}))"
    code = "FA005" if fact.dated else "FA002"
    return Cell(tuple(steps), found, _sure(unknown), _sure(none), _sure(unreadable), code)


def typed_cell(fact: Fact, column: str) -> Cell:
    """The SQL of a column that holds values of the fact's own type: no text is read.  The bounds are those of text."""
    type_ = _SQL_TYPE[fact.kind]
    value = f"CAST({column} AS {type_})"
    if fact.kind is Kind.BOOL:
        return Cell((), value, "false", "false", "false", "FA002")
    low, high = {
        Kind.INTEGER: ("-999999999999999999", "999999999999999999"),
        Kind.DATE: ("DATE '0001-01-01'", "DATE '9999-12-31'"),
        Kind.DATETIME: ("TIMESTAMP '0001-01-01 00:00:00'", "TIMESTAMP '9999-12-31 23:59:59.999999'"),
    }[fact.kind]
    fits = f"{value} BETWEEN {low} AND {high}"
    cut = f"date_trunc('second', {value})" if fact.kind is Kind.DATETIME else value
    code = "FA005" if fact.dated else "FA002"
    unreadable = f"coalesce(NOT ({fits}), false)"
    return Cell((), f"CASE WHEN {fits} THEN {cut} END", "false", "false", unreadable, code)


def _mapped_value(values: Pairs[str, CellValue], text: str, read: str, type_: str) -> str:
    """The value where some texts mean what a mapping says."""
    if not values:
        return read
    cases = " ".join(
        f"WHEN {literal(word)} THEN {_literal(value, type_)}"
        for word, value in values.items()
        if not isinstance(value, Unstated) and value is not UNKNOWN and value is not None
    )
    named = f"CASE {text} {cases} END" if cases else "NULL"
    return f"CASE WHEN {_in(text, tuple(values))} THEN {named} ELSE {read} END"


def _flag(values: Pairs[str, CellValue], text: str, wanted: Any, otherwise: str) -> str:
    """Is the text one that means this: by the mapping, or, where that says nothing, by itself?"""
    if not values:
        return otherwise
    named = _in(text, tuple(word for word, value in values.items() if value is wanted))
    return f"CASE WHEN {_in(text, tuple(values))} THEN {named} ELSE {otherwise} END"


def _day(parts: str, text: str) -> str:
    """A DATE, null where the text is none; midnight may stand beside it."""
    midnight = f"concat({parts}.hour, {parts}.minute, {parts}.second) IN ('', '0000', '000', '000000', '00000')"
    return (
        f"CASE WHEN {_dated(parts)} AND {midnight} AND {parts}.sign = '' AND NOT ends_with({text}, 'Z') "
        f"THEN TRY_CAST({_on(parts)} AS DATE) END"
    )


def _at(parts: str, text: str) -> str:
    """A TIMESTAMP in local time, null where the text is none."""
    clock = f"lpad({parts}.hour, 2, '0') || ':' || {parts}.minute || ':' || coalesce(nullif({parts}.second, ''), '00')"
    at = f"TRY_CAST({_on(parts)} || ' ' || {clock} AS TIMESTAMP)"
    ahead, beside = (f"regexp_extract({text}, {literal(_ENDING)}, {group})" for group in (1, 2))
    minutes = f"(60 * CAST({ahead} AS INTEGER) + CAST('0' || {beside} AS INTEGER))"
    moved = f"{at} + to_minutes(480 - CAST({parts}.sign || '1' AS INTEGER) * {minutes})"
    possible = f"CAST({ahead} AS INTEGER) < 24 AND CAST('0' || {beside} AS INTEGER) < 60"
    moved = (
        f"CASE WHEN {parts}.sign <> '' THEN CASE WHEN {possible} THEN {moved} END "
        f"WHEN ends_with({text}, 'Z') THEN {at} + to_minutes(480) ELSE {at} END"
    )
    ends = "BETWEEN TIMESTAMP '0001-01-01 00:00:00' AND TIMESTAMP '9999-12-31 23:59:59'"
    there = f"{_dated(parts)} AND {parts}.hour <> '' AND lpad({parts}.hour, 2, '0') < '24'"
    return f"CASE WHEN {there} THEN CASE WHEN {moved} {ends} THEN {moved} END END"


def _dated(parts: str) -> str:
    return f"{parts}.year <> '' AND {parts}.year <> '0000'"


def _on(parts: str) -> str:
    month, day = (f"lpad({parts}.{each} || {parts}.{each}8, 2, '0')" for each in ("month", "day"))
    return f"{parts}.year || '-' || {month} || '-' || {day}"


def _in(text: str, words: tuple[str, ...]) -> str:
    return f"({text} IN ({', '.join(map(literal, words))}))" if words else "false"


def _renamed(text: str, fact: Fact) -> str:
    named = [item for item in fact.values if item.label != item.id]
    return " ".join(f"WHEN {text} = {literal(item.label)} THEN {literal(item.id)}" for item in named)


def _sure(condition: str) -> str:
    return "false" if condition == "false" else f"coalesce({condition}, false)"


def _literal(value: CellValue, type_: str) -> str:
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case datetime() | date():
            return f"CAST({literal(str(value))} AS {type_})"
        case _:
            return literal(str(value))
