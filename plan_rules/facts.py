"""(Plan, an untrusted mapping) -> Facts: what is stated, checked; what follows from it; defaults for the rest.

In this order (the conventions of the domain): stated facts; impossible combinations, tested on stated facts only;
presumptions fill what is unstated; defaults.  Whatever is wrong is reported at once, as FactsInvalid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.fact_values import FactDefect, FactValue, label_to_id, read_value
from plan_rules.inference import Inference, dated, inference
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean

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
        self._dated = dated(plan)
        self._readings_fact = next((fact.id for fact in plan.facts.values() if fact.kind is Kind.READINGS), None)
        self._inference = inference(plan, plan.chosen())

    def read(self, given: Mapping[str, Any] | BaseModel, at: datetime | None = None) -> Facts:
        """The incident's Facts; FactsInvalid lists every defect.  A time of day belongs to the day of `at`."""
        stated, chosen = self._stated(given, at)
        if chosen is None:
            return self.follow(stated, self._inference)
        readings = {**self._plan.chosen(), **chosen}
        return replace(self.follow(stated, inference(self._plan, readings)), readings=readings)

    def follow(self, stated: dict[str, FactValue], by: Inference) -> Facts:
        """The Facts that follow from typed values.  Raises FactsInvalid where they cannot all be true."""
        inferred = by.inferred(stated)
        values = self._defaults.copy()
        wide = self._wide.copy()
        values.update(inferred.values)
        for fact, value in inferred.values.items():
            if value is UNKNOWN:
                wide.pop(fact, None)
            else:
                wide[fact] = value is not None if fact in self._dated else value  # type: ignore[assignment]
        return Facts(values, wide, inferred.source, None, inferred.warned)

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


def _wide(fact: Fact, value: FactValue) -> bool | int | str | None:
    """What an engine sees of a value; None where it sees nothing."""
    if value is UNKNOWN or fact.kind is Kind.READINGS:
        return None
    if fact.dated:
        return value is not None
    assert value is None or isinstance(value, bool | int | str)
    return value


def _plain(code: str, zh: str, en: str) -> Diagnostic:
    return Diagnostic(
        code,
        Severity.ERROR,
        Message(zh, en),
        help=Message('例如 {"staff_assaulted": true}', 'such as {"staff_assaulted": true}'),
    )
