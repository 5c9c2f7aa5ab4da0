"""Plan -> what an incident looks like: a pydantic model, a JSON Schema; a facts file -> a mapping for `decide`.

A facts file is YAML or JSON.  Its scalars are read as text and typed by the plan, never by YAML's guesses: `no`, `010`
and `9:40` mean what the fact they stand for takes them to mean, or are refused at their line.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, assert_never

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, create_model

from plan_rules.errors import Diagnostic, FactsInvalid, Span
from plan_rules.fact import UNKNOWN, Fact, Kind, Unknown
from plan_rules.fact_values import FactDefect, label_to_id, read_value
from plan_rules.facts import fact_reader
from plan_rules.language.document import parse
from plan_rules.language.tree import MAX_DIAGNOSTICS, Fields, Items, Report, Text, Tree
from plan_rules.plan import Plan

_DAY = r"^\d{4}-\d{2}-\d{2}$"
_INSTANT = r"^(\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?|\d{1,2}:\d{2}(:\d{2})?)$"
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,30})")
_PLAIN = {"true": True, "false": False, "null": None, "~": None, "": None}
_BOOLS = {"是": True, "否": False}


# --------------------------------------------------------------------------- model and schema


@lru_cache(maxsize=64)
def incident_model(plan: Plan) -> type[BaseModel]:
    """The pydantic model of an incident: one optional field a fact, exact types, unknown names refused."""
    fields: dict[str, Any] = {
        fact.id: (
            _annotation(fact) | Literal["unknown", "未知"] | Unknown,
            Field(default=_default(fact), title=fact.label, description=_description(fact)),
        )
        for fact in plan.facts.values()
        if not fact.of_case
    }
    config = ConfigDict(extra="forbid", frozen=True, title=plan.name)
    model: type[BaseModel] = create_model("Incident", __config__=config, **fields)
    model.__doc__ = f"An incident as the plan `{plan.id}` sees it; a fact that is not set has the plan's default."
    return model


def _annotation(fact: Fact) -> Any:
    match fact.kind:
        case Kind.BOOL:
            return StrictBool
        case Kind.ENUM | Kind.ORDINAL:
            return Literal[tuple(value.id for value in fact.values)]
        case Kind.INTEGER:
            return Annotated[StrictInt, Field(ge=fact.low, le=fact.high)]
        case Kind.DATE:
            return Annotated[str, Field(pattern=_DAY)] | dt.date | None
        case Kind.DATETIME:
            return Annotated[str, Field(pattern=_INSTANT)] | dt.datetime | dt.time | None
        case Kind.READINGS:
            return dict[str, str] | None
        case _:
            assert_never(fact.kind)


def _default(fact: Fact) -> Any:
    return "unknown" if fact.default is UNKNOWN else fact.default


def _description(fact: Fact) -> str:
    return "; ".join(filter(None, (fact.question, fact.unit and f"单位: {fact.unit}", fact.note)))


def json_schema(plan: Plan, lang: str = "zh") -> dict[str, Any]:
    """The JSON Schema (2020-12) of an incident's facts, with the plan's names, questions and defaults."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:plan-rules:{plan.id}:{plan.version}:incident",
        "title": plan.name if lang == "zh" else f"An incident of plan {plan.id}",
        "type": "object",
        "properties": {fact.id: _property(fact, plan) for fact in plan.facts.values() if not fact.of_case},
        "additionalProperties": False,
    }


def openapi_fragment(plan: Plan, lang: str = "zh") -> dict[str, Any]:
    """An OpenAPI 3.1 document without paths: the schema of an incident's facts as its component `Incident`."""
    schema = json_schema(plan, lang)
    return {
        "openapi": "3.1.0",
        "info": {"title": schema["title"], "version": plan.version},
        "jsonSchemaDialect": schema["$schema"],
        "components": {"schemas": {"Incident": schema}},
    }


def _property(fact: Fact, plan: Plan) -> dict[str, Any]:
    described = {"title": fact.label, "description": _description(fact)}
    return {**described, **_type(fact, plan), "default": _default(fact)}


def _type(fact: Fact, plan: Plan) -> dict[str, Any]:
    match fact.kind:
        case Kind.BOOL:
            return {"enum": [True, False, *_UNKNOWN_WORDS]}
        case Kind.ENUM | Kind.ORDINAL:
            options = [{"const": value.id, "title": value.label} for value in fact.values]
            return {"oneOf": [*options, {"enum": list(_UNKNOWN_WORDS), "title": "未知"}]}
        case Kind.INTEGER:
            return {
                "oneOf": [
                    {"type": "integer", "minimum": fact.low, "maximum": fact.high},
                    {"enum": list(_UNKNOWN_WORDS)},
                ]
            }
        case Kind.DATE | Kind.DATETIME:
            pattern = _DAY if fact.kind is Kind.DATE else _INSTANT
            return {"anyOf": [{"type": "string", "pattern": pattern}, {"type": "null"}, {"enum": list(_UNKNOWN_WORDS)}]}
        case Kind.READINGS:
            readings = {
                reading.id: {
                    "title": reading.topic,
                    "oneOf": [{"const": o.id, "title": o.text} for o in reading.options],
                }
                for reading in plan.readings.values()
            }
            taken = {"type": "object", "properties": readings, "additionalProperties": False}
            return {"anyOf": [taken, {"type": "null"}, {"enum": ["defaults", *_UNKNOWN_WORDS]}]}
        case _:
            assert_never(fact.kind)


_UNKNOWN_WORDS = ("unknown", "未知")


# --------------------------------------------------------------------------- a facts file


def read_facts(text: str | bytes, source: str, plan: Plan) -> dict[str, Any]:
    """The facts of a YAML or JSON file as `decide` takes them.  FactsInvalid has every defect with its line."""
    report = Report()
    tree = parse(text, source, report)
    if tree is not None and not isinstance(tree, Fields):
        report.add(
            "FA007",
            ("事实文件应是一组“名称: 值”", "a facts file is a mapping of names to values"),
            tree.span,
            ("写成 staff_assaulted: true", "write `staff_assaulted: true`"),
        )
    facts: dict[str, Any] = {}
    if isinstance(tree, Fields):
        for key, value in tree.items():
            if len(report.found) > MAX_DIAGNOSTICS:
                break  # no more are listed, and each costs a search
            facts[str(key)] = _check(key, value, plan, report)
    if report.failed:
        raise FactsInvalid(report.sorted())
    return facts


def read_words(words: Sequence[str], source: str, plan: Plan) -> dict[str, Any]:
    """`fact=value`, one each, as `decide` takes them: typed as in a facts file, the fact by its id or its name.

    FactsInvalid has every defect; its line says which of the words.
    """
    report = Report()
    labels = label_to_id(plan)
    facts: dict[str, Any] = {}
    for line, word in enumerate(words, 1):
        name, equals, value = word.partition("=")
        key = Text(labels.get(name.strip(), name.strip()), Span(source, line, 1, max(len(name), 1)))
        if not equals:
            report.add(
                "FA007",
                (f"“{word[:60]}”不是“名称=值”", f"`{word[:60]}` is no `name=value`"),
                Span(source, line, 1, max(len(word), 1)),
                ("写成 staff_assaulted=true", "write staff_assaulted=true"),
            )
            continue
        tree = Text(value.strip(), Span(source, line, len(name) + 2, max(len(value), 1)))
        facts[str(key)] = _check(key, tree, plan, report)
    if report.failed:
        raise FactsInvalid(report.sorted())
    return facts


def _check(key: Text, tree: Tree, plan: Plan, report: Report) -> Any:
    """The typed value of one entry; what `decide` would refuse is reported here, where the line is known."""
    fact = plan.facts.get(key)
    if fact is None:
        found = fact_reader(plan).unknown(str(key))
        report.found.append(_placed(found, key))
        return None
    value = _value(fact, tree)
    try:
        read_value(fact, value, None, plan)
    except FactDefect as defect:
        report.found.append(_placed(defect.diagnostic, tree))
    return value


def _placed(found: Diagnostic, tree: Tree) -> Diagnostic:
    return Diagnostic(
        found.code, found.severity, found.message, tree.span, found.help, facts=found.facts, subject=found.subject
    )


def _value(fact: Fact, tree: Tree) -> Any:
    """A scalar in the type its fact takes; quoted text stays text, so that "true" is not true."""
    if isinstance(tree, Fields):
        return {str(key): _value(fact, value) for key, value in tree.items()}
    if isinstance(tree, Items):
        return [_value(fact, item) for item in tree]
    text = str(tree)
    if not tree.plain or fact.kind in (Kind.ENUM, Kind.ORDINAL):
        return text
    if fact.kind is Kind.BOOL and text in _BOOLS:
        return _BOOLS[text]
    if text in _PLAIN:
        return _PLAIN[text]
    if fact.kind is Kind.INTEGER and _NUMBER.fullmatch(text):
        return int(text)
    return text
