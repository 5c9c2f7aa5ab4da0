"""Where a command speaks: drawn for a terminal, plain lines for a pipe, always UTF-8."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def to_terminal() -> bool:
    """Does a person read standard output as it is written?"""
    return sys.stdout.isatty()


def console() -> Console:
    """The terminal, drawn with rich; loaded only when there is one."""
    from rich.console import Console  # noqa: PLC0415  a pipe does not need it

    return Console(highlight=False, emoji=False, markup=False)


def say(lines: Iterable[str]) -> None:
    """Lines on standard output."""
    for line in lines:
        sys.stdout.write(line + "\n")


def use_utf8() -> None:
    """Chinese comes out whatever the locale; what cannot be encoded (half a surrogate pair) is written out."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            reconfigure(encoding="utf-8", errors="backslashreplace")
