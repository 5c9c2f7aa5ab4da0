"""A request of the complaint desk -> one ticket a duty, or a refusal that says which fact to mend.

    python examples/ticket_system.py

Each ticket has an idempotency key: deciding again as the incident goes on opens only the tickets that are new.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import plan_rules as pr


@dataclass(frozen=True)
class Ticket:
    """A duty as work for somebody.  Equal incident and action give an equal key, whatever else has changed."""

    key: str
    title: str
    assignees: tuple[str, ...]
    due: str | None
    clauses: tuple[str, ...]


def tickets(incident_id: str, decision: pr.Decision) -> Iterator[Ticket]:
    """A ticket for every duty that is not done."""
    for duty in decision.duties:
        if duty.status != "done":
            key = hashlib.sha256(f"{incident_id}\n{duty.action}".encode()).hexdigest()[:16]
            due = duty.deadline.due if duty.deadline else None
            yield Ticket(key, duty.label, duty.roles, due, duty.clauses)


def handle(plan: pr.Plan, request: Mapping[str, Any], known: set[str]) -> dict[str, Any]:
    """The answer to a request: the tickets to open now, or status 422 with what is wrong with which fact."""
    try:
        decision = pr.decide(plan, request["facts"], at=request.get("at"))
    except pr.FactsInvalid as refusal:
        errors = [
            {"code": found.code, "facts": found.facts, "message": found.message.zh} for found in refusal.diagnostics
        ]
        return {"status": 422, "errors": errors}
    new = [ticket for ticket in tickets(request["incident"], decision) if ticket.key not in known]
    known.update(ticket.key for ticket in new)
    return {"status": 200, "plan": decision.plan.digest, "tickets": [asdict(ticket) for ticket in new]}


REQUESTS = (
    {"incident": "2025-017", "facts": {"order_disrupted": True, "aggression_level": "minor"}},
    {"incident": "2025-017", "facts": {"order_disrupted": True, "staff_assaulted": True}},  # it got worse
    {"incident": "2025-018", "facts": {"staff_assaulted": True, "aggression_level": "minor"}},  # cannot be
)


def main() -> None:
    """Answer three requests."""
    plan, known = pr.load(), set[str]()
    for request in REQUESTS:
        print(json.dumps(handle(plan, request, known), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
