"""What a command about cases writes: to a file that is named, else to standard output; and the files it reads."""

from __future__ import annotations

import sys
from pathlib import Path

from plan_rules.cli.stop import BAD_INPUT, Stop
from plan_rules.errors import Message


def write(content: str | bytes, to: str | None) -> None:
    """Write it whole, UTF-8, ending with a line break."""
    raw = content.encode() if isinstance(content, str) else content
    write_raw(raw if raw.endswith(b"\n") else raw + b"\n", to)


def write_raw(raw: bytes, to: str | None) -> None:
    """Write these bytes and no other."""
    if to is None or to == "-":
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        return
    try:
        Path(to).write_bytes(raw)
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        message = Message(f"写不了 {to}: {why}", f"cannot write {to}: {why}")
        raise Stop(BAD_INPUT, "output_unwritable", message) from failure
