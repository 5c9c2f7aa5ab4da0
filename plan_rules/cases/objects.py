"""Recorded, Case, a line of a list, a due duty -> the JSON objects that programs are given."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from plan_rules.cases.case import Case
from plan_rules.cases.due_list import dues
from plan_rules.instants import written

if TYPE_CHECKING:
    from plan_rules.cases.casebook import Recorded
    from plan_rules.cases.store.work import CaseLine, DueDuty


def recorded_object(recorded: Recorded) -> dict[str, Any]:
    """What recording an event came to.  `change` is null where the event had been recorded before."""
    case = recorded.case
    return {
        "case": case.id,
        "version": case.version,
        "repeated": recorded.repeated,
        "at": written(case.at),
        "phase": case.phase.value,
        "tier": case.tier,
        "change": recorded.change.to_dict() if recorded.change else None,
        "open": [life.to_dict() for life in case.open_duties()],
        "decision": recorded.decision.to_dict(),
    }


def case_object(case: Case, at: datetime, lang: str) -> dict[str, Any]:
    """A case as JSON: all of it, what is to be done, and what the plan asks."""
    return {
        "case": case.to_dict(),
        "at": written(at),
        "due": [due.to_dict() for due in dues(case, at, lang)],
        "follow_ups": [{"action": item.action, "wrong": item.wrong, "do": list(item.do)} for item in case.follow_ups()],
        "decision": case.decision.to_dict(),
    }


def line_object(line: CaseLine) -> dict[str, Any]:
    """A case in a list."""
    return {
        "case": line.id,
        "phase": line.phase.value,
        "tier": line.tier,
        "outlet": line.outlet,
        "opened_at": written(line.opened_at),
        "at": written(line.at),
        "version": line.version,
    }


def due_object(each: DueDuty, now: datetime) -> dict[str, Any]:
    """A duty that is due, as of this instant."""
    return {
        "case": each.case,
        "action": each.action,
        "occasion": each.occasion,
        "label": each.label,
        "roles": list(each.roles),
        "recipient": each.recipient,
        "clauses": list(each.clauses),
        "since": written(each.since),
        "due": each.due,
        "overdue_from": written(each.overdue_from) if each.overdue_from else None,
        "overdue": each.overdue(now),
    }
