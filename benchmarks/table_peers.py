"""Conditions and their clauses -> the same plan over whole tables, in numpy and in OpenFisca.

A table is a column a fact, of small integers: the place of the value in the fact's domain, 1 and 0 of a yes or no, and
-1 where nothing is known.  An answer is a row of trues and falses for each distinct condition.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from operator import and_, or_
from typing import Any

import numpy as np

from benchmarks.peers import Groups
from plan_rules.condition import All, AnyOf, Is, Present
from plan_rules.fact import Fact, Kind
from plan_rules.normal import Normal

Column = Any  # of numpy's
Columns = Mapping[str, Column]
Masks = Callable[[Columns], list[Column]]
PERIOD = "2025-05"


def columns(wide: list[dict[str, Any]], facts: Mapping[str, Fact]) -> dict[str, Column]:
    """Wide facts as columns."""
    found = {}
    for fact in facts.values():
        codes = {value: number for number, value in enumerate(_domain(fact))}
        found[fact.id] = np.array([codes[row[fact.id]] if fact.id in row else -1 for row in wide], dtype=np.int8)
    return found


def _domain(fact: Fact) -> tuple[Any, ...]:
    """What engines see of a fact: of a day or an instant only whether there is one."""
    if fact.kind in {Kind.BOOL, Kind.DATE, Kind.DATETIME}:
        return (False, True)
    return fact.domain if fact.kind is not Kind.INTEGER else tuple(range(fact.low, min(fact.high, fact.low + 126) + 1))


def _wanted(literal: Normal, facts: Mapping[str, Fact]) -> tuple[str, tuple[int, ...]]:
    """A literal as a column and the codes it may have."""
    match literal:
        case Is(fact, values):
            return fact, tuple(_domain(facts[fact]).index(value) for value in values)
        case Present(fact, present):
            return fact, (int(present),)
    raise NotImplementedError(literal)


def with_numpy(groups: Groups, facts: Mapping[str, Fact]) -> Masks:
    """As one writes it by hand: each comparison of a column once, then `&` and `|`."""

    def masks(table: Columns) -> list[Column]:
        known: dict[Normal, Column] = {}

        def compared(literal: Normal) -> Column:
            if literal not in known:
                fact, codes = _wanted(literal, facts)
                known[literal] = reduce(or_, [table[fact] == code for code in codes])
            return known[literal]

        def mask(condition: Normal) -> Column:
            match condition:
                case All(parts) | AnyOf(parts):
                    return reduce(and_ if isinstance(condition, All) else or_, map(mask, parts))
            return compared(condition)

        return [mask(condition) for condition, _ in groups]

    return masks


def with_openfisca(groups: Groups, facts: Mapping[str, Fact]) -> Masks:
    """A variable a fact and a variable a condition, as OpenFisca's countries are written; a simulation a table."""
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import MONTH
    from openfisca_core.simulations import SimulationBuilder
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    incident = build_entity(key="incident", plural="incidents", label="", is_person=True)

    def value(condition: Normal, of: Any, period: Any) -> Any:
        match condition:
            case All(parts) | AnyOf(parts):
                joint = and_ if isinstance(condition, All) else or_
                return reduce(joint, [value(part, of, period) for part in parts])
        fact, codes = _wanted(condition, facts)
        told = of(fact, period)
        return reduce(or_, [told == code for code in codes])

    def variable(name: str, kind: type, condition: Normal | None = None) -> Any:
        members: dict[str, Any] = {"value_type": kind, "entity": incident, "definition_period": MONTH, "label": name}
        if condition is not None:
            members["formula"] = lambda of, period: value(condition, of, period)
        return type(name, (Variable,), members)

    system = TaxBenefitSystem([incident])
    for fact in facts:
        system.add_variable(variable(fact, int))
    for number, (condition, _) in enumerate(groups):
        system.add_variable(variable(f"condition_{number}", bool, condition))

    def masks(table: Columns) -> list[Column]:
        simulation = SimulationBuilder().build_default_simulation(system, count=len(next(iter(table.values()))))
        for fact, column in table.items():
            simulation.set_input(fact, PERIOD, column)
        return [simulation.calculate(f"condition_{number}", PERIOD) for number in range(len(groups))]

    return masks


TABLE_PEERS: dict[str, Callable[[Groups, Mapping[str, Fact]], Masks]] = {
    "numpy": with_numpy,
    "OpenFisca": with_openfisca,
}
