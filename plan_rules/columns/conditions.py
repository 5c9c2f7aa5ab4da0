"""(Condition, what is known of each fact) -> a Formula that is true, false or null as the condition is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from plan_rules.columns import simple
from plan_rules.columns.formula import FALSE, OPEN, TRUE, Earlier, Formula
from plan_rules.columns.notebook import Notebook
from plan_rules.condition import (
    All,
    AnyOf,
    Condition,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.condition import Earlier as Before
from plan_rules.plan import Plan
from plan_rules.truth import tiers_condition


class Conditions:
    """Lowers the conditions of one plan over the facts as they are known at one point.

    `facts` has the value of each fact, of a day or instant whether it has come; `instants` when it came.  Situations
    and questions about the tier become definitions of their own.
    """

    def __init__(
        self,
        plan: Plan,
        readings: Mapping[str, str],
        notebook: Notebook,
        facts: Mapping[str, Formula],
        instants: Mapping[str, Formula],
    ) -> None:
        self._plan = plan
        self._readings = readings
        self._notebook = notebook
        self._facts = facts
        self._instants = instants
        self._named: dict[Condition, Formula] = {}

    def of(self, condition: Condition) -> Formula:
        """The formula of a condition."""
        match condition:
            case All(parts):
                return simple.every(self.of(part) for part in parts)
            case AnyOf(parts):
                return simple.some(self.of(part) for part in parts)
            case Not(part):
                return simple.no(self.of(part))
            case Is(fact, values):
                return simple.among(self._facts[fact], _known(values), self._plan.facts[fact].domain)
            case Within(fact, low, high):
                return simple.between(self._facts[fact], low, high)
            case Present(fact, present):
                return simple.among(self._facts[fact], (present,), (False, True))
            case Before(fact, than):
                return self._earlier(fact, than)
            case Unstated(fact):
                return simple.no(self._notebook.known(self._facts[fact]))
            case UnderReading(reading, options):
                return TRUE if self._readings[reading] in options else FALSE
            case InSituation(name):
                return self._name(condition, self._plan.situations[name].condition, "situation", name)
            case TierIs(tiers):
                about = f"tier is {' or '.join(tiers)}"
                return self._name(condition, tiers_condition(self._plan, tiers), "tier", about)
            case _:
                assert_never(condition)

    def _name(self, name: Condition, body: Condition, kind: str, about: str) -> Formula:
        if name not in self._named:
            self._named[name] = self._notebook.define(kind, self.of(body), about)
        return self._named[name]

    def _earlier(self, fact: str, than: str) -> Formula:
        """Days are not compared with instants."""
        one, other = self._instants[fact], self._instants[than]
        if OPEN in (one, other) or self._plan.facts[fact].kind is not self._plan.facts[than].kind:
            return OPEN
        return Earlier(one, other)


def _known(values: tuple[Scalar, ...]) -> tuple[bool | int | str, ...]:
    return tuple(value for value in values if value is not None)
