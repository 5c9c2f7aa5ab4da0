"""Plan -> the JSON Schemas (2020-12) of the data of every type of CloudEvent that is taken or sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from plan_rules.cases.event import (
    NAME,
    Breached,
    Closed,
    Done,
    HandedOver,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Upgraded,
)
from plan_rules.events.types import CASE, DECIDED, PROBLEM, RECORDED, REPORTED, schema_name
from plan_rules.incident import json_schema
from plan_rules.plan import Plan

_FROM_OUTSIDE = Opened | Observed | Done | Breached | Overridden | HandedOver | Resolved | Reopened | Upgraded | Closed
_TEXT = {"type": "string"}
_TEXT_OR_NOT = {"type": ["string", "null"]}
_BOTH = {"type": "object", "properties": {"zh": _TEXT, "en": _TEXT}, "required": ["zh", "en"]}


def schemas(plan: Plan) -> dict[str, dict[str, Any]]:
    """By type of event, the schema of its `data`; the facts of an incident are those of the plan."""
    return {
        REPORTED: _object(REPORTED, {"facts": _embedded(json_schema(plan))}),
        CASE: _case(),
        DECIDED: _object(DECIDED, {"cause": _cause(), "decision": _decision()}),
        RECORDED: _object(RECORDED, _recorded()),
        PROBLEM: _object(PROBLEM, _problem()),
    }


def _object(type_: str, properties: Mapping[str, Any], **others: Any) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": schema_name(type_),
        "title": type_,
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
        **others,
    }


def _embedded(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "$schema"}


def _case() -> dict[str, Any]:
    """An event of a case; the plan may be left out of those that name one."""
    what: dict[str, Any] = TypeAdapter(_FROM_OUTSIDE).json_schema(ref_template="#/$defs/{model}")
    kinds = what.pop("$defs")
    for kind in kinds.values():
        kind["required"] = sorted({*kind.get("required", ()), "kind"} - {"plan"})
    properties = {"by": {"type": "string", "pattern": NAME}, "what": what}
    return _object(CASE, properties, **{"$defs": kinds})


def _cause() -> dict[str, Any]:
    names = {"id": _TEXT, "source": _TEXT, "type": _TEXT}
    return {"type": "object", "properties": names, "required": list(names)}


def _decision() -> dict[str, Any]:
    """A decision, without facts and reasons."""
    identity = {"type": "object", "required": ["id", "name", "version", "digest"]}
    tier = {"type": ["object", "null"], "required": ["id", "label", "rank"]}
    norm = {"type": "object", "required": ["action", "label", "roles", "clauses"]}
    lists = {name: {"type": "array", "items": norm} for name in ("duties", "prohibitions", "permissions")}
    others = {name: {"type": "array"} for name in ("undetermined", "violations", "principles")}
    properties = {"plan": identity, "tier": tier, **lists, **others, "readings": {"type": "object"}}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _recorded() -> dict[str, Any]:
    return {
        "cause": _cause(),
        "case": {"type": "string", "pattern": NAME},
        "version": {"type": "integer", "minimum": 1},
        "phase": _TEXT,
        "tier": _TEXT_OR_NOT,
        "change": {"type": ["object", "null"]},
    }


def _problem() -> dict[str, Any]:
    names = {
        "code": {"type": "string", "minLength": 1},
        "severity": _TEXT,
        "message": _BOTH,
        "help": {"anyOf": [_BOTH, {"type": "null"}]},
        "facts": {"type": "array", "items": _TEXT},
    }
    diagnostic = {"type": "object", "properties": names, "required": list(names), "additionalProperties": False}
    return {
        "cause": {"anyOf": [_cause(), {"type": "null"}]},
        "origin": _TEXT,
        "diagnostics": {"type": "array", "items": diagnostic, "minItems": 1},
    }
