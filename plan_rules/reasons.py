"""(Lowered plan, the clauses that fired, facts) -> why each of them fired: the facts of its condition that hold.

Clauses with one and the same condition fire for the same reasons, and these come again and again.  They are then the
very same object, which is compared by what it is, at no cost, not by what it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

from plan_rules.condition import All, AnyOf, Condition
from plan_rules.decision import FactUsed, Reason
from plan_rules.fact_values import shown
from plan_rules.facts import Facts
from plan_rules.normal import Lowered, Normal
from plan_rules.predicate import Predicate, compiled

KEPT = 8192  # of what comes again and again, before it is made anew


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Clauses that fired by one and the same condition, and the facts that make it hold."""

    support: Support
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Why:
    """Why the clauses of a group fired."""

    of: Mapping[str, Reason]


@dataclass(frozen=True, slots=True, eq=False)
class _Used:
    """A fact with its value and where that came from."""

    fact: FactUsed


_Key: TypeAlias = "tuple[Group | _Used, ...]"


class Reasons:
    """Gives the reasons of one lowered plan."""

    def __init__(self, lowered: Lowered) -> None:
        self._facts = lowered.plan.facts
        supports = {condition: Support(condition) for condition in lowered.conditions.values()}
        self._supports = {clause: supports[lowered.conditions[clause]] for clause in lowered.plan.clauses}
        self._group = lru_cache(maxsize=KEPT)(Group)
        self.groups = lru_cache(maxsize=4096)(self._grouped)
        self._by_default = {
            fact.id: _Used(FactUsed(fact.id, shown(fact.default), "default", fact.confirm_by))
            for fact in self._facts.values()
        }
        self._stated: dict[tuple[str, Any, str], _Used] = {}
        self._whys: dict[_Key, Why] = {}

    def _grouped(self, fired: tuple[str, ...]) -> tuple[Group, ...]:
        """The clauses that fired, those with one and the same condition together."""
        groups: dict[Support, list[str]] = {}
        for clause in fired:
            groups.setdefault(self._supports[clause], []).append(clause)
        return tuple(self._group(support, tuple(clauses)) for support, clauses in groups.items())

    def whys(self, groups: tuple[Group, ...], facts: Facts) -> list[Why]:
        """Why the clauses of each group fired; the very same object where it is for the same reasons."""
        wide, used = facts.wide, {}
        whys: list[Why] = []
        for group in groups:
            names = group.support.facts(wide)
            for name in names:
                if name not in used:
                    used[name] = self._used(name, facts)
            key: _Key = (group, *[used[name] for name in names])
            why = self._whys.get(key)
            if why is None:
                why = self._kept(key)
            whys.append(why)
        return whys

    def _used(self, name: str, facts: Facts) -> _Used:
        source = facts.source.get(name)
        if source is None:
            return self._by_default[name]
        value = facts.values[name]
        key = (name, value, source)  # in one plan a fact has one type: `True` is never 1
        try:
            found = self._stated.get(key)
        except TypeError:  # a value that is a mapping
            return _Used(FactUsed(name, shown(value), source, self._facts[name].confirm_by))
        if found is None:
            if len(self._stated) >= KEPT:
                self._stated.clear()
            found = self._stated[key] = _Used(FactUsed(name, shown(value), source, self._facts[name].confirm_by))
        return found

    def _kept(self, key: _Key) -> Why:
        group, *used = key
        assert isinstance(group, Group)
        facts = tuple([each.fact for each in used if isinstance(each, _Used)])
        if len(self._whys) >= KEPT:
            self._whys.clear()
        why = self._whys[key] = Why({clause: Reason(clause, facts) for clause in group.clauses})
        return why


class Support:
    """The facts that make a condition hold: all of a conjunction's, the first part's that holds of a disjunction."""

    def __init__(self, condition: Normal) -> None:
        literals, self._choices = _split(condition)
        self._fixed = tuple(dict.fromkeys(literals))

    def facts(self, wide: Mapping[str, Any]) -> tuple[str, ...]:
        """The facts, in the order of the condition, of a condition that is true of `wide`."""
        if not self._choices:
            return self._fixed
        names = dict.fromkeys(self._fixed)
        for options in self._choices:
            for holds, support in options:
                if holds(wide) is True:
                    names.update(dict.fromkeys(support.facts(wide)))
                    break
        return tuple(names)


def _split(condition: Condition) -> tuple[list[str], list[list[tuple[Predicate, Support]]]]:
    """The facts that always count, and the disjunctions of which one part does."""
    match condition:
        case All(parts):
            literals: list[str] = []
            choices: list[list[tuple[Predicate, Support]]] = []
            for part in parts:
                more, further = _split(part)
                literals += more
                choices += further
            return literals, choices
        case AnyOf(parts):
            return [], [[(_literal_predicate(part), Support(part)) for part in parts]]  # type: ignore[arg-type]
        case _:
            return [condition.fact], []  # type: ignore[union-attr]


def _literal_predicate(part: Condition) -> Predicate:
    return compiled(part, _NO_PLAN, {})


_NO_PLAN: Any = None  # a normal form names no situation, tier or reading
