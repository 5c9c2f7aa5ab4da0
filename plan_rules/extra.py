"""Imports of an extra -> the modules, or ExtraMissing, which says what line installs them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plan_rules.errors import Message, ToldError


class ExtraMissing(ToldError, ImportError):
    """A package is not installed that comes with an extra."""

    def __init__(self, package: str, extra: str = "cases") -> None:
        self.package = package
        line = f"pip install 'plan-rules[{extra}]'"
        super().__init__(
            Message(f"这项功能需要 {package}, 请先运行: {line}", f"this needs {package}; first run: {line}")
        )


@contextmanager
def from_extra(extra: str = "cases") -> Iterator[None]:
    """Put around the imports of what the extra installs.  Raises ExtraMissing where one of it is not there."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise ExtraMissing((missing.name or "").partition(".")[0], extra) from missing
