"""CloudEvents in, CloudEvents out: an incident reported is decided, a case event is recorded, what cannot be is told.

from plan_rules.events import Desk, answer

answered = answer(Desk(plan, cases), headers, body, origin="incidents/0/17", received=received)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:
    """The public names, each loaded when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"plan_rules.events.{_WHERE[name]}"), name)
    globals()[name] = found
    return found
