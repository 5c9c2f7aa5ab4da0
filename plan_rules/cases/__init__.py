"""Incidents over time: cases, their duties and deadlines, a durable store, and what is sent out of it.

from plan_rules.cases import Cases

with Cases.connect("sqlite:///cases.db") as cases:
    recorded = cases.open(plan, {"complaint_location": "counter"}, by="10023")
    cases.observe(recorded.case.id, {"staff_assaulted": True}, by="10023")
"""

from typing import TYPE_CHECKING

from plan_rules.deferred import deferred

if TYPE_CHECKING:
    from plan_rules.cases.case import Case, Phase
    from plan_rules.cases.casebook import Cases, Recorded
    from plan_rules.cases.event import Event
    from plan_rules.cases.extra import ExtraMissing
    from plan_rules.cases.message import Message
    from plan_rules.cases.personal import AccessRefused
    from plan_rules.cases.refusal import EventRefused
    from plan_rules.cases.step import Change, Step
    from plan_rules.cases.store.failures import StoreError
    from plan_rules.cases.vault import KeyRefused, Keyring, new_key_file, read_key_file

_WHERE = {
    "AccessRefused": "personal",
    "Case": "case",
    "Cases": "casebook",
    "Change": "step",
    "Event": "event",
    "EventRefused": "refusal",
    "ExtraMissing": "extra",
    "KeyRefused": "vault",
    "Keyring": "vault",
    "Message": "message",
    "Phase": "case",
    "Recorded": "casebook",
    "Step": "step",
    "StoreError": "store.failures",
    "new_key_file": "vault",
    "read_key_file": "vault",
}

__all__ = [
    "AccessRefused",
    "Case",
    "Cases",
    "Change",
    "Event",
    "EventRefused",
    "ExtraMissing",
    "KeyRefused",
    "Keyring",
    "Message",
    "Phase",
    "Recorded",
    "Step",
    "StoreError",
    "new_key_file",
    "read_key_file",
]

__getattr__ = deferred(__name__, _WHERE)  # a pure case needs no database driver
