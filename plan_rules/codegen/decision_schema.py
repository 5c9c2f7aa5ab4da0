"""Vocabulary -> the JSON Schema (2020-12) of a decision."""

from __future__ import annotations

from typing import Any, assert_never

from plan_rules.codegen.shape import RECORDS, ListOf, MapTo, Named, Nullable, Plain, Type
from plan_rules.codegen.vocabulary import Enumeration, Vocabulary

_PLAIN: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "flag": {"type": "boolean"},
    "number": {"type": "integer"},
    "scalar": {"type": ["boolean", "integer", "string", "object"]},
}


def decision_schema(words: Vocabulary) -> dict[str, Any]:
    """The schema, with the plan's own words for every id; equal plans give equal schemas."""
    plan = words.plan
    used = {each.name: each for each in words.enumerations if each.name in _named()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:plan-rules:{plan.id}:{plan.version}:decision",
        "title": plan.name,
        "$ref": "#/$defs/Decision",
        "$defs": {
            **{name: _record(name) for name in RECORDS},
            **{name: _enumeration(each) for name, each in used.items()},
        },
    }


def _named() -> set[str]:
    """Every enumeration that a decision holds ids of."""
    found: set[str] = set()

    def walk(of: Type) -> None:
        match of:
            case Named(name):
                found.add(name)
            case ListOf(each) | Nullable(each):
                walk(each)
            case MapTo(key, each):
                found.add(key)
                walk(each)
            case Plain():
                pass
            case _:
                assert_never(of)

    for _, parts in RECORDS.values():
        for part in parts:
            walk(part.type)
    return found


def _record(name: str) -> dict[str, Any]:
    about, parts = RECORDS[name]
    return {
        "description": about,
        "type": "object",
        "properties": {part.name: _type(part.type) for part in parts},
        "required": [part.name for part in parts if part.always],
        "additionalProperties": False,
    }


def _enumeration(each: Enumeration) -> dict[str, Any]:
    if not each.members:
        return {"description": each.about, "not": {}}
    labels = {"x-enumDescriptions": [label for _, label in each.members]}
    described = labels if any(label for _, label in each.members) else {}
    return {"description": each.about, "enum": [id_ for id_, _ in each.members], **described}


def _type(of: Type) -> dict[str, Any]:
    match of:
        case Plain(name):
            return dict(_PLAIN[name])
        case Named(name):
            return {"$ref": f"#/$defs/{name}"}
        case ListOf(each):
            return {"type": "array", "items": _type(each)}
        case MapTo(key, each):
            return {
                "type": "object",
                "propertyNames": {"$ref": f"#/$defs/{key}"},
                "additionalProperties": _type(each),
            }
        case Nullable(each):
            return {"anyOf": [_type(each), {"type": "null"}]}
        case _:
            assert_never(of)
