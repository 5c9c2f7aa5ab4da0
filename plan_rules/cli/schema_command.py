"""`plan-rules schema`: a plan -> the JSON Schema of an incident's facts."""

from __future__ import annotations

from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import OK, as_json
from plan_rules.incident import json_schema


def run(*, plan_path: str | None, lang: str) -> int:
    """Print the schema."""
    output.say([as_json(json_schema(plan_of(plan_path), lang))])
    return OK
