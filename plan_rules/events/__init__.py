"""CloudEvents in, CloudEvents out: an incident reported is decided, a case event is recorded, what cannot be is told.

from plan_rules.events import Desk, answer

answered = answer(Desk(plan, cases), headers, body, origin="incidents/0/17", received=received)
"""

from typing import TYPE_CHECKING

from plan_rules.deferred import deferred

if TYPE_CHECKING:
    from plan_rules.events.data_schemas import schemas
    from plan_rules.events.desk import Desk, answer, recorded_as
    from plan_rules.events.envelope import Incoming, unpack
    from plan_rules.events.outgoing import Outgoing

_WHERE = {
    "Desk": "desk",
    "Incoming": "envelope",
    "Outgoing": "outgoing",
    "answer": "desk",
    "recorded_as": "desk",
    "schemas": "data_schemas",
    "unpack": "envelope",
}

__all__ = ["Desk", "Incoming", "Outgoing", "answer", "recorded_as", "schemas", "unpack"]

__getattr__ = deferred(__name__, _WHERE)
