"""Plan -> tests of it: Hypothesis strategies of incidents, plans and amendments, and a pytest plugin.

    pip install plan-rules[testing]

The names below need Hypothesis and are loaded on first use: pytest loads the plugin, which lies in this package, in
every run, and must find nothing heavy here and nothing that could be missing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from plan_rules.extra import from_extra

if TYPE_CHECKING:
    from plan_rules.testing.strategies import (
        Amendment,
        RegionInvalid,
        amendments,
        any_facts,
        boundary_incidents,
        incidents,
        plan_texts,
        plans,
        region,
        stated_incidents,
    )

__all__ = [
    "Amendment",
    "RegionInvalid",
    "amendments",
    "any_facts",
    "boundary_incidents",
    "incidents",
    "plan_texts",
    "plans",
    "region",
    "stated_incidents",
]


def __getattr__(name: str) -> Any:
    """A strategy, loaded on first use.  Raises ImportError where Hypothesis is not installed."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    with from_extra("testing"):
        import_module("hypothesis")
    return getattr(import_module("plan_rules.testing.strategies"), name)
