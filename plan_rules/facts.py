"""(Plan, an untrusted mapping) -> Facts: what is stated, checked; what follows from it; defaults for the rest.

In this order (the conventions of the domain): stated facts; impossible combinations, tested on stated facts only;
presumptions fill what is unstated; defaults.  Whatever is wrong is reported at once, as FactsInvalid.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeAlias

from pydantic import BaseModel

from plan_rules.condition import Scalar, mentioned
from plan_rules.decision import Jsonable
from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.fact_values import FactDefect, label_to_id, read_value
from plan_rules.instants import Instant, written
from plan_rules.plan import UNKNOWN, Fact, Impossible, Kind, Plan, Presumption, Unknown
from plan_rules.predicate import Predicate, compiled, instant_key
from plan_rules.suggestion import did_you_mean

FactValue: TypeAlias = Scalar | Unknown | Instant


_MOST_DEFECTS = 200


@dataclass(frozen=True, slots=True)
class Facts:
    """One incident's facts.  `values` has every fact of the plan; `wide` is what engines see of them.

    `source` says of each fact that is no default where it came from: `stated`, or the id of the presumption.
    `warned` are the ids of impossible combinations and presumptions that only deserve a word.
    """

    values: Mapping[str, FactValue]
    wide: Mapping[str, bool | int | str]
    source: Mapping[str, str]
    readings: Mapping[str, str] | None  # None: as they stand in the plan
    warned: tuple[str, ...]


def shown(value: FactValue) -> Jsonable:
    """One value as JSON."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    return written(value)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A presumption or impossible combination, compiled, with the facts whose statement can make it hold."""

    id: str
    facts: tuple[str, ...]
    holds: Predicate


@lru_cache(maxsize=64)
def fact_reader(plan: Plan) -> FactReader:
    """The reader of a plan's facts, made once."""
    return FactReader(plan)


class FactReader:
    """Reads incidents of one plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._facts = dict(plan.facts)
        self._defaults: dict[str, FactValue] = {
            fact.id: fact.default for fact in plan.facts.values() if not fact.of_case
        }
        self._defaults |= {fact.id: fact.default for fact in plan.facts.values() if fact.of_case}
        self._wide = {
            fact: wide
            for fact, value in self._defaults.items()
            if (wide := _wide(self._facts[fact], value)) is not None
        }
        self._dated = _dated(plan)
        self._readings_fact = next((fact.id for fact in plan.facts.values() if fact.kind is Kind.READINGS), None)
        self._logic = _Logic(plan, plan.chosen())

    def read(self, given: Mapping[str, Any] | BaseModel, at: datetime | None = None) -> Facts:
        """The incident's Facts; FactsInvalid lists every defect.  A time of day belongs to the day of `at`."""
        stated, readings = self._stated(given, at)
        logic = self._logic if readings is None else _Logic(self._plan, {**self._plan.chosen(), **readings})
        seen = _seen(self._dated, stated)
        refused, warned = logic.impossible(stated, seen)
        if refused:
            raise FactsInvalid(tuple(self._refusal(item, stated) for item in refused))
        filled, source, pending = logic.presume(stated, seen)
        return self._settled(filled, source, readings, (*warned, *pending))

    def _settled(
        self,
        filled: dict[str, FactValue],
        source: dict[str, str],
        readings: Mapping[str, str] | None,
        warned: tuple[str, ...],
    ) -> Facts:
        values = self._defaults.copy()
        wide = self._wide.copy()
        values.update(filled)
        for fact, value in filled.items():
            if value is UNKNOWN:
                wide.pop(fact, None)
            else:
                wide[fact] = value is not None if fact in self._dated else value  # type: ignore[assignment]
        chosen = None if readings is None else {**self._plan.chosen(), **readings}
        return Facts(values, wide, source, chosen, warned)

    # ----------------------------------------------------------------- what is stated

    def _stated(
        self, given: Mapping[str, Any] | BaseModel, at: datetime | None
    ) -> tuple[dict[str, FactValue], Mapping[str, str] | None]:
        if isinstance(given, BaseModel):
            given = given.model_dump(exclude_unset=True)
        if not isinstance(given, Mapping):
            raise FactsInvalid(
                (_plain("FA007", "事实应是“名称: 值”的一组", "facts must be a mapping of names to values"),)
            )
        stated: dict[str, FactValue] = {}
        defects: list[Diagnostic] = []
        facts = self._facts
        entries: Iterable[tuple[object, Any]] = given.items()  # nothing is known yet of what a caller hands in
        for name, value in entries:
            fact = facts.get(name) if isinstance(name, str) else None
            if fact is None:
                defects.append(self.unknown(name))
                if len(defects) > _MOST_DEFECTS:
                    break  # nobody mends more at once, and looking for what was meant takes time
                continue
            try:
                stated[fact.id] = read_value(fact, value, at, self._plan)
            except FactDefect as defect:
                defects.append(defect.diagnostic)
        if defects:
            raise FactsInvalid(tuple(defects))
        readings: object = stated.pop(self._readings_fact, None) if self._readings_fact else None
        return stated, readings if isinstance(readings, Mapping) and readings else None

    def unknown(self, name: object) -> Diagnostic:
        """That there is no fact of this name, and what may have been meant."""
        shown_name = (
            str(name)[:60].encode("utf-8", "replace").decode() if isinstance(name, str) else repr(type(name).__name__)
        )
        labels = label_to_id(self._plan)
        if shown_name in labels:
            id_ = labels[shown_name]
            hint: tuple[str, str] | None = (f"接口用编号: {id_}", f"use the id: `{id_}`")
        else:
            hint = did_you_mean(shown_name, (*self._facts, *labels))
        message = Message(f"没有叫“{shown_name}”的事实", f"unknown fact `{shown_name}`")
        help_ = (
            Message(*hint)
            if hint
            else Message("用 plan-rules schema 查看全部事实", "see `plan-rules schema` for all facts")
        )
        return Diagnostic("FA001", Severity.ERROR, message, help=help_, facts=(shown_name,), subject=shown_name)

    # ----------------------------------------------------------------- what cannot be

    def _refusal(self, item: Impossible, stated: Mapping[str, FactValue]) -> Diagnostic:
        facts = [fact for fact in item.facts if fact in stated]
        return _contradiction(self._plan, item.id, item.text, facts, stated)

    def consistent(self, stated: Mapping[str, FactValue]) -> bool:
        """Could this be: no impossible combination, no presumption contradicted?  `stated` holds typed values."""
        seen = _seen(self._dated, stated)
        if self._logic.impossible(stated, seen)[0]:
            return False
        try:
            self._logic.presume(dict(stated), seen)
        except FactsInvalid:
            return False
        return True

    def linked(self, fact: str) -> tuple[str, ...]:
        """The other facts that impossible combinations and presumptions tie to this one, at any remove."""
        return self._logic.linked.get(fact, ())

    def derive(self, stated: dict[str, FactValue]) -> Facts:
        """Facts from typed values that are known to be consistent."""
        filled, source, pending = self._logic.presume(stated, _seen(self._dated, stated))
        return self._settled(filled, source, None, pending)


class _Logic:
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
        self._dated = _dated(plan)
        groups = [rule.facts for _, rule in self._impossible]
        groups += [(*rule.facts, *(fact for fact, _ in item.fills)) for item, rule in self._presumptions]
        self.linked = _linked(groups)
        self._impossible_of = _by_fact((rule.facts, index) for index, (_, rule) in enumerate(self._impossible))
        self._presumptions_of = _by_fact((rule.facts, index) for index, (_, rule) in enumerate(self._presumptions))

    def impossible(
        self, stated: Mapping[str, FactValue], seen: Mapping[str, Any]
    ) -> tuple[list[Impossible], tuple[str, ...]]:
        """The combinations that cannot be, and the ids of those that only deserve a word."""
        candidates = {index for fact in stated for index in self._impossible_of.get(fact, ())}
        if not candidates:
            return [], ()
        hit = [item for index in sorted(candidates) for item, rule in (self._impossible[index],) if rule.holds(seen)]
        return [item for item in hit if not item.warn], tuple(item.id for item in hit if item.warn)

    def presume(
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
            elif fact.kind in (Kind.DATE, Kind.DATETIME):
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


def _by_fact(rules: Iterable[tuple[tuple[str, ...], int]]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for facts, index in rules:
        for fact in facts:
            found.setdefault(fact, []).append(index)
    return {fact: tuple(indexes) for fact, indexes in found.items()}


def _wide(fact: Fact, value: FactValue) -> bool | int | str | None:
    """What an engine sees of a value; None where it sees nothing."""
    if value is UNKNOWN or fact.kind is Kind.READINGS:
        return None
    if fact.kind in (Kind.DATE, Kind.DATETIME):
        return value is not None
    assert value is None or isinstance(value, bool | int | str)
    return value


def _dated(plan: Plan) -> frozenset[str]:
    """The facts that are dates or instants."""
    return frozenset(fact.id for fact in plan.facts.values() if fact.kind in (Kind.DATE, Kind.DATETIME))


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


def _plain(code: str, zh: str, en: str) -> Diagnostic:
    return Diagnostic(
        code,
        Severity.ERROR,
        Message(zh, en),
        help=Message('例如 {"staff_assaulted": true}', 'such as {"staff_assaulted": true}'),
    )
