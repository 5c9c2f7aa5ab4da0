"""(Case before, Case after, Decision) -> Messages: what nobody has been told yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from plan_rules.cases.case import Case
from plan_rules.cases.duty_life import DutyLife
from plan_rules.cases.message import ESCALATED, REMINDED, REQUIRED, Message, message_id
from plan_rules.decision import Decision, Duty


def messages(before: Case, after: Case, decision: Decision) -> Iterator[Message]:
    """What nobody has been told: duties open for the first time, reminders, and rungs of the ladder reached."""
    was = {(life.action, life.occasion): life for life in before.lives}
    duties = {duty.action: duty for duty in decision.duties}
    for life in after.lives:
        old, duty = was.get((life.action, life.occasion)), duties.get(life.action)
        if duty is None:
            continue
        if life.told and not (old and old.told):
            yield _message(after, REQUIRED, life, duty)
        if life.reminded and not (old and old.reminded):
            yield _message(after, REMINDED, life, duty)
        for rung in range(old.rungs if old else 0, life.rungs):
            yield _message(after, ESCALATED, life, duty, rung + 1)


def _message(case: Case, kind: str, life: DutyLife, duty: Duty, rung: int = 0) -> Message:
    ladder = case.plan.case.ladder
    body: dict[str, Any] = {
        "action": duty.action,
        "label": duty.label,
        "occasion": life.occasion,
        "roles": list(duty.roles),
        "recipient": duty.recipient,
        "deadline": duty.deadline._asdict() if duty.deadline else None,
        "clauses": list(duty.clauses),
        "outlet": case.outlet,
        "tier": case.tier,
        "plan": {"id": case.plan.id, "version": case.plan.version, "digest": case.plan.digest},
    }
    if rung:
        body |= {"rung": rung, "to": list(ladder[rung - 1].to)}
    return Message(message_id(case.id, kind, duty.action, life.occasion, rung), case.id, kind, case.at, body)
