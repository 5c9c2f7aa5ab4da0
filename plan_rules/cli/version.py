"""The version of the installed library, as text."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed


def version() -> str:
    """`0+unknown` when it runs from a folder that was never installed."""
    try:
        return installed("plan-rules")
    except PackageNotFoundError:
        return "0+unknown"
