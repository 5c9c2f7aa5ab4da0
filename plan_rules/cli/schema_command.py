"""`plan-rules schema`: a plan -> the JSON Schema of an incident's facts."""

from __future__ import annotations

from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import OK, as_json
from plan_rules.incident import json_schema, openapi_fragment


def run(*, plan_path: str | None, openapi: bool, lang: str) -> int:
    """Print the schema, by itself or as a component of an OpenAPI document."""
    made = openapi_fragment if openapi else json_schema
    output.say([as_json(made(plan_of(plan_path), lang))])
    return OK
