"""Events of the service -> lines of JSON on a stream: names, numbers and ids, never a fact's value.

A value that a caller states reaches no line: what is written of a request is its route as it is declared (not as it was
asked for), and of a failure the name of its kind and the place in the code (not its message).
"""

from __future__ import annotations

import json
import traceback
from datetime import UTC, datetime
from typing import TextIO


class Log:
    """Writes one line an event."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def tell(self, event: str, level: str = "info", **told: object) -> None:
        """One line; a stream that is gone stops nobody."""
        line = {"time": datetime.now(tz=UTC).isoformat(timespec="milliseconds"), "level": level, "event": event, **told}
        try:
            self._stream.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            return

    def fault(self, failure: BaseException, **told: object) -> None:
        """A defect of ours: its kind and where it came up."""
        places = traceback.extract_tb(failure.__traceback__)[-4:]
        where = [
            f"{frame.filename.rpartition('plan_rules/')[2].rpartition('site-packages/')[2]}:{frame.lineno}"
            for frame in places
        ]
        self.tell("fault", "error", kind=type(failure).__name__, where=where, **told)
