"""(Plan, readings) -> Inference: which stated facts cannot all be true, and what follows from them.

Impossible combinations (不可能) are tested on stated facts only; presumptions (推定) then fill in what is unstated.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from plan_rules.condition import All, Is, Present, mentioned
from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.fact import UNKNOWN, Fact
from plan_rules.fact_values import FactValue, shown
from plan_rules.plan import Impossible, Plan, Presumption
from plan_rules.predicate import Predicate, compiled, instant_key


@dataclass(frozen=True, slots=True)
class Inferred:
    """What is stated and what follows: the values, where each came from, and ids that only deserve a word."""

    values: Mapping[str, FactValue]
    source: Mapping[str, str]
    warned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A presumption or impossible combination, compiled, with the facts whose statement can make it hold."""

    id: str
    facts: tuple[str, ...]
    holds: Predicate


def inference(plan: Plan, readings: Mapping[str, str]) -> Inference:
    """The inference of a plan under these readings, made once for each choice."""
    return _inference(plan, tuple(readings.items()))


@lru_cache(maxsize=256)
def _inference(plan: Plan, readings: tuple[tuple[str, str], ...]) -> Inference:
    return Inference(plan, dict(readings))


def tied_together(plan: Plan) -> tuple[tuple[str, ...], ...]:
    """The facts of each impossible combination and of each presumption."""
    return (
        *(item.facts for item in plan.impossibles),
        *((*mentioned(item.condition), *(fact for fact, _ in item.fills)) for item in plan.presumptions),
    )


class Inference:
    """The presumptions and impossible combinations of a plan under one choice of readings."""

    def __init__(self, plan: Plan, readings: Mapping[str, str]) -> None:
        self._plan = plan
        self._impossible = [
            (item, _Rule(item.id, item.facts, compiled(item.condition, plan, readings))) for item in plan.impossibles
        ]
        self._presumptions = [
            (item, _Rule(item.id, mentioned(item.condition), compiled(item.condition, plan, readings)))
            for item in plan.presumptions
        ]
        self._dated = dated(plan)
        self._linked = _linked(tied_together(plan))
        self._impossible_of = _by_fact((_needed(item), index) for index, item in enumerate(plan.impossibles))
        self._presumptions_of = _by_fact((rule.facts, index) for index, (_, rule) in enumerate(self._presumptions))

    def inferred(self, stated: dict[str, FactValue]) -> Inferred:
        """What follows from typed values.  Raises FactsInvalid where they cannot all be true."""
        seen = _seen(self._dated, stated)
        hit = self._impossible_in(stated, seen)
        refused = [item for item in hit if not item.warn]
        if refused:
            raise FactsInvalid(tuple(self._refusal(item, stated) for item in refused))
        values, source, pending = self._presume(stated, seen)
        return Inferred(values, source, (*(item.id for item in hit), *pending))

    def consistent(self, stated: Mapping[str, FactValue]) -> bool:
        """Could these typed values all be true: no impossible combination, no presumption contradicted?"""
        try:
            self.inferred(dict(stated))
        except FactsInvalid:
            return False
        return True

    def linked(self, fact: str) -> tuple[str, ...]:
        """The other facts that impossible combinations and presumptions tie to this one, at any remove."""
        return self._linked.get(fact, ())

    def _impossible_in(self, stated: Mapping[str, FactValue], seen: Mapping[str, Any]) -> list[Impossible]:
        candidates = {index for fact in stated for index in self._impossible_of.get(fact, ())}
        return [item for index in sorted(candidates) for item, rule in (self._impossible[index],) if rule.holds(seen)]

    def _refusal(self, item: Impossible, stated: Mapping[str, FactValue]) -> Diagnostic:
        facts = [fact for fact in item.facts if fact in stated]
        return _contradiction(self._plan, item.id, item.text, facts, stated)

    def _presume(
        self, stated: dict[str, FactValue], seen: Mapping[str, Any]
    ) -> tuple[dict[str, FactValue], dict[str, str], tuple[str, ...]]:
        """Fill in what follows: the values, where each came from, and presumptions that have nothing to fill in.

        `seen` is what predicates see of `stated`.
        """
        source = dict.fromkeys(stated, "stated")
        candidates = {index for fact in stated for index in self._presumptions_of.get(fact, ())}
        if not candidates:
            return stated, source, ()
        filled = dict(stated)
        allowed: dict[str, tuple[Any, ...]] = {}
        applied: set[int] = set()
        pending: list[str] = []
        while candidates:
            applying = [index for index in sorted(candidates - applied) if self._presumptions[index][1].holds(seen)]
            candidates = set()
            for index in applying:
                applied.add(index)
                candidates |= self._apply(self._presumptions[index][0], stated, filled, source, allowed, pending)
            if candidates:
                seen = _seen(self._dated, filled)
                candidates = {index for index in range(len(self._presumptions)) if index not in applied}
        return filled, source, tuple(pending)

    def _apply(
        self,
        item: Presumption,
        stated: Mapping[str, FactValue],
        filled: dict[str, FactValue],
        source: dict[str, str],
        allowed: dict[str, tuple[Any, ...]],
        pending: list[str],
    ) -> set[int]:
        """Apply one presumption; the presumptions that what it filled in may bring about."""
        touched: set[int] = set()
        for fact_id, values in item.fills:
            fact = self._plan.facts[fact_id]
            known = stated.get(fact_id, UNKNOWN)
            if values == (UNKNOWN,):
                if fact_id not in filled:
                    filled[fact_id], source[fact_id] = UNKNOWN, item.id
            elif fact.dated:
                self._happened(item, fact, values, stated, pending)
            elif known is not UNKNOWN:
                if known not in values:
                    raise FactsInvalid((self._contradicted(item, fact_id, stated),))
            else:
                before = allowed.get(fact_id, fact.domain or values)
                narrowed = tuple(value for value in before if value in values)
                allowed[fact_id] = narrowed
                if not narrowed:
                    raise FactsInvalid((self._contradicted(item, fact_id, stated),))
                if fact_id in stated and len(narrowed) > 1:
                    continue  # stated to be unknown, and still open
                filled[fact_id], source[fact_id] = narrowed[0], item.id
                touched |= set(self._presumptions_of.get(fact_id, ()))
        return touched

    def _happened(
        self,
        item: Presumption,
        fact: Fact,
        values: tuple[Any, ...],
        stated: Mapping[str, FactValue],
        pending: list[str],
    ) -> None:
        if stated.get(fact.id, UNKNOWN) is UNKNOWN:
            pending.append(item.id)
        elif (stated[fact.id] is not None) not in values:
            raise FactsInvalid((self._contradicted(item, fact.id, stated),))

    def _contradicted(self, item: Presumption, fact: str, stated: Mapping[str, FactValue]) -> Diagnostic:
        facts = [name for name in (*mentioned(item.condition), fact) if name in stated]
        label = self._plan.facts[fact].label
        return _contradiction(self._plan, item.id, item.note or f"与所填的“{label}”矛盾", facts, stated)


def _linked(groups: Iterable[tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Each fact -> the others of the groups it is in, and of the groups that those are in."""
    joined: dict[str, set[str]] = {}
    for group in groups:
        whole = set(group).union(*(joined.get(fact, ()) for fact in group))
        for fact in whole:
            joined[fact] = whole
    return {fact: tuple(sorted(whole - {fact})) for fact, whole in joined.items()}


def _needed(item: Impossible) -> tuple[str, ...]:
    """The facts of which one at least must be known for the combination to be there; one, where there is one."""
    parts = item.condition.parts if isinstance(item.condition, All) else (item.condition,)
    return next(((part.fact,) for part in parts if isinstance(part, Is | Present)), item.facts)


def _by_fact(rules: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for facts, index in rules:
        for fact in facts:
            found.setdefault(fact, []).append(index)
    return {fact: tuple(indexes) for fact, indexes in found.items()}


def dated(plan: Plan) -> frozenset[str]:
    """The facts that are dates or instants."""
    return frozenset(fact.id for fact in plan.facts.values() if fact.dated)


def _seen(dated: frozenset[str], values: Mapping[str, FactValue]) -> dict[str, Any]:
    """Values as predicates want them: unknown ones absent, instants beside whether they happened."""
    seen: dict[str, Any] = {}
    for fact, value in values.items():
        if value is UNKNOWN:
            continue
        if fact in dated:
            seen[fact] = value is not None
            if value is not None:
                seen[instant_key(fact)] = value
        else:
            seen[fact] = value
    return seen


def _contradiction(plan: Plan, code: str, why: str, facts: list[str], stated: Mapping[str, FactValue]) -> Diagnostic:
    named = dict.fromkeys(facts)
    zh = "、".join(f"{plan.facts[fact].label}={_worded(plan.facts[fact], stated[fact])}" for fact in named)
    en = ", ".join(f"{fact}={json.dumps(shown(stated[fact])).strip(chr(34))}" for fact in named)
    return Diagnostic(
        code,
        Severity.ERROR,
        Message(f"这些事实不能同时成立: {zh}" + (f" ({why})" if why else ""), f"these facts cannot all be true: {en}"),
        help=Message(
            "核实后改正其中一项; 不知道的填“未知”", "verify and correct one of them; what is not known is `unknown`"
        ),
        facts=tuple(named),
        subject=code,
    )


def _worded(fact: Fact, value: FactValue) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "无"
    return next((item.label for item in fact.values if item.id == value), str(shown(value)))
