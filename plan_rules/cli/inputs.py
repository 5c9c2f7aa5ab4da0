"""What a command is given (paths, `-`, instants, choices of readings) -> plans, facts, scenarios; or a Stop."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_rules import loading
from plan_rules.calendars import CHINA, Calendar, read_calendar
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, Stop
from plan_rules.diagnostic_text import Lines, lines_of
from plan_rules.errors import CalendarInvalid, FactsInvalid, Message, PlanInvalid
from plan_rules.incident import read_facts
from plan_rules.instants import read_moment
from plan_rules.plan import Plan

MAX_INPUT = 16 * 1024 * 1024  # bytes; readers refuse less, this only keeps an endless pipe from filling memory


@dataclass(frozen=True, slots=True)
class Asked:
    """Which incident is asked about: the arguments that `decide` and `explain` share."""

    facts: str
    plan: str | None = None
    at: str | None = None
    readings: Sequence[str] = ()
    as_json: bool = False
    lang: str = "zh"
    calendar: str | None = None
    trust: str | None = None
    overlays: Sequence[str] = ()


def read(path: str, *, exit_code: int, error: str) -> bytes:
    """The bytes of a file or, for `-`, of standard input."""
    try:
        if path == "-":
            return sys.stdin.buffer.read(MAX_INPUT)
        with Path(path).open("rb") as file:
            return file.read(MAX_INPUT)
    except (OSError, ValueError) as failure:
        zh, en = _why(failure)
        raise Stop(exit_code, error, Message(f"读不了 {path}: {zh}", f"cannot read {path}: {en}")) from failure


def _why(failure: OSError | ValueError) -> tuple[str, str]:
    match failure:
        case FileNotFoundError():
            return ("没有这个文件", "no such file")
        case IsADirectoryError():
            return ("这是一个目录, 不是文件", "it is a directory")
        case PermissionError():
            return ("没有读取的权限", "permission denied")
        case OSError():
            return (failure.strerror or "系统错误", failure.strerror or "system error")
        case _:
            return ("不是有效的文件名", "not a valid file name")


def source_name(path: str) -> str:
    """How a text is called in diagnostics."""
    return "stdin" if path == "-" else path


def plan_of(path: str | None, overlays: Sequence[str] = (), at: str | None = None) -> Plan:
    """The plan to use: the shipped one, or that of a file; with overlays, as they stand at the instant, or today."""
    readable(path, overlays)  # says why, where load would only raise
    day = day_of(at)
    try:
        return loading.load(path, overlays=overlays, at=day if overlays else None)
    except PlanInvalid as invalid:
        message = Message("预案有错误, 不能使用", "the plan has errors and cannot be used")
        raise Stop(BAD_PLAN, "plan_invalid", message, invalid.diagnostics, plan_sources(path, overlays)) from invalid
    except (OSError, ValueError) as failure:
        message = Message(f"预案不能使用: {failure}", f"the plan cannot be used: {failure}")
        raise Stop(BAD_PLAN, "plan_unreadable", message) from failure


def laid_over(plan: Plan, overlays: Sequence[str], at: str | None) -> Plan:
    """The plan with overlays over it, as they stand at the instant, or today."""
    day = day_of(at)
    if not overlays:
        return plan
    readable(None, overlays)
    try:
        return loading.compose(plan, overlays, at=day)
    except PlanInvalid as invalid:
        message = Message("叠加文件有错误, 不能使用", "an overlay has errors and cannot be used")
        raise Stop(BAD_PLAN, "plan_invalid", message, invalid.diagnostics, plan_sources(None, overlays)) from invalid


def readable(path: str | None, overlays: Sequence[str] = ()) -> None:
    """Stop where a plan or an overlay cannot be read."""
    for file in (*([] if path is None else [path]), *overlays):
        if file not in loading.SHIPPED_OVERLAYS:
            read(file, exit_code=BAD_PLAN, error="plan_unreadable")


def day_of(at: str | None) -> dt.date:
    """The day of an instant, or today by the clock of this machine."""
    instant = instant_of(at)
    return instant.date() if instant else dt.datetime.now(tz=dt.UTC).astimezone().date()


def plan_sources(path: str | None, overlays: Sequence[str] = ()) -> Lines:
    """The lines that diagnostics of a plan quote: the plan, the overlays, the source text it is checked against."""
    sources: dict[str, Sequence[str]] = {}
    shipped = [loading.SHIPPED_OVERLAYS[name] for name in overlays if name in loading.SHIPPED_OVERLAYS]
    for name in (*(("plan.yaml", "source.yaml") if path is None else ()), *shipped):
        sources[name] = lines_of(loading.shipped(name))
    files = [] if path is None else [Path(path).with_name("source.yaml"), Path(path)]
    for file in (*files, *(Path(name) for name in overlays if name not in loading.SHIPPED_OVERLAYS)):
        try:
            lines = lines_of(file.read_bytes())
        except OSError:
            continue
        sources |= dict.fromkeys((file.name, str(file)), lines)
    return sources


def facts_of(path: str, plan: Plan, readings: Sequence[str]) -> tuple[dict[str, Any], Lines]:
    """The facts of an incident file and the lines to quote them by."""
    text = read(path, exit_code=BAD_INPUT, error="facts_invalid")
    sources = {source_name(path): lines_of(text)}
    try:
        facts = read_facts(text, source_name(path), plan)
    except FactsInvalid as invalid:
        raise refused(invalid, sources) from invalid
    if readings:
        stated = facts.get("policy_reading")  # or null, or a word: nothing is chosen
        chosen = chosen_readings(readings)
        facts["policy_reading"] = {**stated, **chosen} if isinstance(stated, dict) else chosen
    return facts, sources


def refused(invalid: FactsInvalid, sources: Lines) -> Stop:
    """The Stop of facts that the plan refuses."""
    message = Message("事件事实有误, 没有作出决定", "the facts are refused; nothing was decided")
    return Stop(BAD_INPUT, "facts_invalid", message, invalid.diagnostics, sources)


def calendar_of(path: str | None) -> Calendar:
    """The calendar to count by: the public holidays, or those with the additions of a file."""
    if path is None:
        return CHINA
    text = read(path, exit_code=BAD_INPUT, error="calendar_invalid")
    try:
        return read_calendar(text, source_name(path))
    except CalendarInvalid as invalid:
        message = Message("日历文件有误, 没有作出决定", "the calendar file is invalid; nothing was decided")
        sources = {source_name(path): lines_of(text)}
        raise Stop(BAD_INPUT, "calendar_invalid", message, invalid.diagnostics, sources) from invalid


def chosen_readings(texts: Sequence[str]) -> dict[str, str]:
    """The choices of readings, by reading."""
    return dict(_reading(text) for text in texts)


def _reading(text: str) -> tuple[str, str]:
    name, equals, option = text.partition("=")
    if not (name and equals and option):
        message = Message(
            f"“{text}”不是解释的写法, 写成 AMB-06=B", f"`{text}` is no choice of a reading; write AMB-06=B"
        )
        raise Stop(BAD_INPUT, "usage", message)
    return name.strip(), option.strip()


def instant_of(text: str | None) -> dt.datetime | None:
    """`2025-05-20` or `2025-05-20T09:15`."""
    try:
        return read_moment(text)
    except ValueError as failure:
        message = Message(
            f"“{text}”不是日期或时刻, 写成 2025-05-20 或 2025-05-20T09:15",
            f"`{text}` is no date or instant; write 2025-05-20 or 2025-05-20T09:15",
        )
        raise Stop(BAD_INPUT, "usage", message) from failure
