"""Why a store does not record an event: what is there already, what moved on, what lies ahead of the clock."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from plan_rules.cases.case import Case
from plan_rules.cases.event import NAME, Event
from plan_rules.cases.event import written as written_event
from plan_rules.cases.refusal import EventRefused, refuse
from plan_rules.digests import canonical

REUSED = "CS017"  # the code: an event id that was used for something else


def check_case_id(case: str) -> None:
    """Raises EventRefused where a case cannot be called so."""
    if not re.fullmatch(NAME, case):
        raise refuse(
            "CS001",
            (f"案件编号“{case[:64]}”写法不对", f"`{case[:64]}` is no id of a case"),
            ("用字母、数字和 _ . : @ -, 至多 64 个", "use letters, digits and _ . : @ -, at most 64"),
            subject="case",
        )


def same(event: Event, known: Mapping[str, Any], personal: Iterable[str], *, timed: bool) -> None:
    """Raises EventRefused where something else was recorded.  What personal data said is not compared."""
    told = written_event(event)
    items = sorted(datum["item"] for datum in known["sealed"])
    names = ("what", "by", "at") if timed else ("what", "by")
    # As text: 1 and true are equal in Python.
    if any(canonical(told[name]) != canonical(known[name]) for name in names) or items != sorted(personal):
        raise refuse(
            REUSED,
            (f"事件编号 {event.id} 已经用过, 内容不同", f"the event id {event.id} was used for something else"),
            ("另给一个事件编号", "give it another id"),
            subject=event.id,
        )


def no_case(case: str) -> EventRefused:
    """There is no such case."""
    return refuse(
        "CS018",
        (f"没有案件 {case[:64]}", f"there is no case {case[:64]}"),
        ("plan-rules case list 列出案件", "see `plan-rules case list`"),
        subject=case[:64],
    )


def moved_on(case: Case, expected: int) -> EventRefused:
    """Somebody else recorded something since the caller looked."""
    return refuse(
        "CS015",
        (
            f"案件 {case.id} 已有新的登记(版本 {case.version}, 不是 {expected})",
            f"case {case.id} has moved on: it is at version {case.version}, not {expected}",
        ),
        ("看过新的情况再登记", "look at what is new, then record"),
        subject=case.id,
    )


def ahead(event: Event, now: datetime) -> EventRefused:
    """It has not happened yet, by the clock."""
    return refuse(
        "CS019",
        (f"事件时间 {event.at} 晚于现在 {now}", f"the event at {event.at} lies after now, {now}"),
        ("写已经发生的时间", "write when it happened"),
    )
