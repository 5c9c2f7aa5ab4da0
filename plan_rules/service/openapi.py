"""(Application, the plans served) -> its OpenAPI 3.1 document, with the facts of each plan from its vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from plan_rules.extra import from_extra
from plan_rules.incident import json_schema
from plan_rules.plan import Plan
from plan_rules.service.body import AskBody, DecideBody, EventBody, ExplainBody, OpenBody

with from_extra("service"):
    from fastapi import FastAPI
    from fastapi.openapi.utils import get_openapi

_BODIES: tuple[type[BaseModel], ...] = (DecideBody, ExplainBody, AskBody, OpenBody, EventBody)
_WORD = {"type": "string"}
_MAYBE_WORD = {"type": ["string", "null"]}
_WORDS = {"type": "array", "items": _WORD}
_MAP = {"type": "object"}
_LIST = {"type": "array", "items": _MAP}


def document(app: FastAPI, plans: Iterable[Plan]) -> dict[str, Any]:
    """The document as of now: a plan that was swapped has other facts."""
    served = tuple(plans)
    found = get_openapi(title="plan-rules", version=app.version, openapi_version="3.1.0", routes=app.routes)
    schemas = {f"Incident.{plan.id}": _embedded(plan) for plan in served}
    schemas |= {kind.__name__: _body(kind, tuple(schemas)) for kind in _BODIES} | _answers(served)
    found["components"] = {
        "schemas": schemas,
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
    }
    found["security"] = [{"token": []}]
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"].pop("422", None) if not _is_problem(operation) else None
            if path.startswith("/health/"):
                operation["security"] = []
    return found


def _is_problem(operation: dict[str, Any]) -> bool:
    """Is 422 of this operation declared by us?  FastAPI adds one of its own form where parameters can be wrong."""
    return "application/problem+json" in operation["responses"].get("422", {}).get("content", {})


def _embedded(plan: Plan) -> dict[str, Any]:
    return {key: value for key, value in json_schema(plan).items() if not key.startswith("$")}


def _body(kind: type[BaseModel], incidents: tuple[str, ...]) -> dict[str, Any]:
    schema = kind.model_json_schema()
    if "facts" in schema["properties"]:
        refs = [{"$ref": f"#/components/schemas/{name}"} for name in incidents]
        schema["properties"]["facts"] = refs[0] if len(refs) == 1 else {"anyOf": refs}
    return schema


def _object(required: dict[str, Any], **optional: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {**required, **optional}, "required": list(required)}


def _answers(plans: tuple[Plan, ...]) -> dict[str, Any]:
    digest = {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"}
    identity = _object({"id": _WORD, "version": _WORD, "digest": digest}, name=_WORD)
    tiers = sorted({tier for plan in plans for tier in plan.tiers})
    tier = {"enum": [*tiers, None]}
    about = {**identity["properties"], "signed": {"type": "boolean"}, "sign_offs": _WORDS, "since": _WORD}
    about |= {"source": _MAYBE_WORD, "refused": {"type": ["object", "null"]}}
    decided = dict.fromkeys(("duties", "prohibitions", "permissions", "undetermined", "violations"), _LIST)
    tier_or_none = {"anyOf": [_object({"id": _WORD, "label": _WORD, "rank": {"type": "integer"}}), {"type": "null"}]}
    recorded = {"case": _WORD, "version": {"type": "integer"}, "repeated": {"type": "boolean"}, "decision": _MAP}
    return {
        "Problem": _object(
            {"type": _WORD, "title": _WORD, "status": {"type": "integer"}, "error": _WORD, "request": _WORD},
            diagnostics=_LIST,
        ),
        "Decision": _object(
            {"plan": identity, "tier": tier_or_none, **decided, "principles": _LIST, "readings": _MAP, "facts": _MAP}
        ),
        "Explanation": _object({"plan": identity, "why": _LIST, "why_not": _LIST}, pending=_LIST, ladders=_LIST),
        "NextQuestion": _object(
            {"plan": identity, "tiers": {"type": "array", "items": tier}, "certain": _LIST, "possible": _LIST},
            next={"type": ["object", "null"]},
            questions_to_tier={"type": "integer"},
        ),
        "Plans": _object({"plans": {"type": "array", "items": _object(about)}}),
        "Plan": _object({**about, "clauses": _LIST}),
        "Reloaded": _object({"swaps": _LIST}),
        "Recorded": _object(recorded),
        "Case": _object({"case": _MAP, "at": _WORD, "due": _LIST, "follow_ups": _LIST, "decision": _MAP}),
        "Events": _object({"case": _WORD, "events": _LIST}),
        "Cases": _object({"cases": _LIST}),
        "Dues": _object({"at": _WORD, "due": _LIST}),
        "Health": _object({"status": _WORD}, plans=_LIST),
    }
