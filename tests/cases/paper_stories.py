"""Stories for the papers of cases: S58 with variations, and one of a small plan without a section 案件."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import plan_rules as pr
from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.event import Event, made
from plan_rules.cases.story import Story, told
from plan_rules.plan import Plan

DATA = Path(__file__).parents[1] / "data"
Row = tuple[str, dict[str, Any]]

S58: tuple[Row, ...] = (
    (
        "2025-05-20T09:15",
        {
            "kind": "opened",
            "outlet": "城关支行",
            "facts": {
                "complaint_location": "counter",
                "aggression_level": "minor",
                "opinion_valid": False,
                "demand_conflicts_with_rules": True,
            },
        },
    ),
    ("2025-05-20T09:22", {"kind": "observed", "facts": {"order_disrupted": True}}),
    (
        "2025-05-20T09:32",
        {"kind": "observed", "facts": {"counter_disturbance_continues": True, "reception_room_declined": True}},
    ),
    ("2025-05-20T09:32", {"kind": "done", "action": "report_to_ga_or_po", "role": "outlet_manager"}),
    ("2025-05-20T09:40", {"kind": "observed", "facts": {"staff_assaulted": True, "aggression_level": "serious"}}),
    ("2025-05-20T09:41", {"kind": "done", "action": "call_police", "role": "lobby_manager"}),
    ("2025-05-20T09:55", {"kind": "observed", "facts": {"police_arrived": True}}),
    ("2025-05-20T16:00", {"kind": "resolved"}),
)
BREACHED: Row = ("2025-05-20T09:35", {"kind": "breached", "action": "argue_with_customer", "role": "outlet_staff"})
REPORTED: Row = ("2025-05-22T10:30", {"kind": "done", "action": "report_to_sponsor", "role": "general_affairs_dept"})
REPORTED_LATE: Row = ("2025-05-26T10:30", REPORTED[1])
SECRETS: Row = (
    "2025-05-20T09:50",
    {"kind": "observed", "facts": {"public_figure": True, "injury_occurred": True, "features_recorded": True}},
)
SEALED = ({"item": "customer_name", "ref": "0123456789abcdef" * 2, "commitment": "sha256:" + "5a" * 32},)
NOTED: Row = ("2025-05-20T09:51", {"kind": "noted"})


@cache
def shipped() -> Plan:
    return pr.load()


@cache
def small() -> Plan:
    return pr.load(DATA / "small_plan.yaml")


def event(number: int, row: Row, plan: Plan) -> Event:
    at, what = row
    if what["kind"] in ("opened", "upgraded"):
        what = {"plan": plan.digest, **what}
    sealed = SEALED if what["kind"] == "noted" else ()
    for name in ("withdrawn", "items"):
        what = {**what, name: tuple(what[name])} if name in what else what
    return made(id=f"e{number}", at=datetime.fromisoformat(at), by="zj-0007", what=what, sealed=sealed)


def story(*rows: Row, plan: Plan | None = None, id_: str = "ZJ-2025-017", calendar: Calendar = CHINA) -> Story:
    plan = plan or shipped()
    ordered = sorted(rows, key=lambda row: row[0])
    return told({plan.digest: plan}.get, id_, [event(n, row, plan) for n, row in enumerate(ordered, 1)], calendar)


def moved(rows: Iterable[Row], day: str) -> tuple[Row, ...]:
    """The same on another day."""
    return tuple((day + at[10:], what) for at, what in rows)


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


@cache
def s58() -> Story:
    return story(*S58)


@cache
def everything() -> Story:
    """S58 with all that can go wrong or be secret: a breach, sensitive facts, personal data, a late report."""
    return story(*S58, BREACHED, SECRETS, NOTED, REPORTED_LATE)


@cache
def unresolved() -> Story:
    return story(*S58[:-1])


FIRE: tuple[Row, ...] = (
    ("2026-03-07T10:00", {"kind": "opened", "facts": {"smoke": True}}),
    ("2026-03-07T10:05", {"kind": "observed", "facts": {"flames": True, "people": 30, "found_at": "10:04"}}),
    ("2026-03-07T10:30", {"kind": "done", "action": "call_119", "role": "manager"}),
    ("2026-03-07T10:31", {"kind": "overridden", "action": "evacuate", "reason": "火已扑灭", "approver": "boss-1"}),
)


@cache
def fire() -> Story:
    return story(*FIRE, plan=small(), id_="F-1")


CITED = re.compile(r"\[([^\[\]=]+)\]")


def cited(text: str) -> set[str]:
    """The clause ids that a text cites in brackets."""
    return {clause for found in CITED.findall(text) for clause in found.split()}


def leaks(text: str, story_: Story) -> list[str]:
    """What a paper must not say: values of sensitive facts, what only they ask for, personal data."""
    plan = story_.case.plan
    sensitive = [fact for fact in plan.facts.values() if fact.sensitive and fact.id in story_.case.facts]
    personal = [value for sealed in SEALED for value in (sealed["ref"], sealed["commitment"])]
    telling = ["thank_public_figure", "valued_reception", "知名人士的投诉", "敬意和重视", "四.3.a", "四.3.h"]
    values = [f"{fact.label}: " for fact in sensitive] + [f"{fact.label}=" for fact in sensitive]
    return [word for word in (*personal, *values, *telling) if word in text]
