"""(engine name, Lowered) -> a function from a wide fact to the clauses that fire.

Every engine answers this one question, and all must agree; what follows from the clauses is decided elsewhere.
Engines are loaded on first use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from types import MappingProxyType

from plan_rules.errors import Message, ToldError
from plan_rules.normal import Lowered

# name -> the module with its `lower`
ENGINES: Mapping[str, str] = MappingProxyType(
    {
        "durable": "plan_rules.engines.durable",
        "reference": "plan_rules.engines.reference",
        "generated": "plan_rules.engines.generated",
    }
)


class EngineUnknown(ToldError, ValueError):
    """No engine has this name."""

    def __init__(self, name: str) -> None:
        self.name = name
        known = ", ".join(ENGINES)
        super().__init__(
            Message(f"没有名为 {name!r} 的引擎; 可用: {known}", f"there is no engine {name!r}; use one of: {known}")
        )


def engine(name: str, lowered: Lowered) -> Callable[[Mapping[str, bool | int | str]], frozenset[str]]:
    """The engine of this name for a lowered plan, built on first use.

    Raises EngineUnknown for a name not in ENGINES, and EngineError when the engine cannot take the plan.
    """
    if name not in ENGINES:
        raise EngineUnknown(name)
    return _engine(name, lowered)


@lru_cache(maxsize=128)
def _engine(name: str, lowered: Lowered) -> Callable[[Mapping[str, bool | int | str]], frozenset[str]]:
    lower: Callable[[Lowered], Callable[[Mapping[str, bool | int | str]], frozenset[str]]]
    lower = import_module(ENGINES[name]).lower
    return lower(lowered)
