"""`plan-rules schema`: a plan -> the JSON Schema of an incident's facts, of events, or of plan files with its names."""

from __future__ import annotations

from plan_rules.authoring.plan_schema import plan_file_schema
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of, read
from plan_rules.cli.stop import BAD_PLAN, OK, as_json
from plan_rules.events.data_schemas import schemas
from plan_rules.incident import json_schema, openapi_fragment
from plan_rules.loading import SHIPPED, shipped


def run(*, plan_path: str | None, openapi: bool, lang: str) -> int:
    """Print the schema, by itself or as a component of an OpenAPI document."""
    made = openapi_fragment if openapi else json_schema
    output.say([as_json(made(plan_of(plan_path), lang))])
    return OK


def of_events(plan_path: str | None) -> int:
    """Print the schemas of the events that are taken and sent, by type."""
    output.say([as_json(schemas(plan_of(plan_path)))])
    return OK


def of_plan_files(path: str | None) -> int:
    """Print the schema of plan files, with the names that this one declares, whatever defects it has."""
    text = read(path, exit_code=BAD_PLAN, error="plan_unreadable") if path is not None else shipped(SHIPPED)
    output.say([as_json(plan_file_schema(text))])
    return OK
