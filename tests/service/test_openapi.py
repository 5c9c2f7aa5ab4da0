"""The service keeps to its own OpenAPI document, whatever is asked that the document allows, and where it does not."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import plan_rules as pr
from tests.service.served import Service

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DRAWN = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=[*HealthCheck],
)
OPERATIONS = (
    ("POST", "/v1/decide"),
    ("POST", "/v1/explain"),
    ("POST", "/v1/ask"),
    ("GET", "/v1/plans"),
    ("GET", "/v1/plans/{plan}"),
    ("GET", "/v1/plans/{plan}/schema"),
    ("POST", "/v1/cases"),
    ("GET", "/v1/cases"),
    ("GET", "/v1/cases/{case}"),
    ("GET", "/v1/cases/{case}/events"),
    ("POST", "/v1/cases/{case}/events"),
    ("GET", "/v1/due"),
    ("GET", "/metrics"),
    ("GET", "/openapi.json"),
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
)


@pytest.fixture(scope="module")
def document(service: Service) -> dict[str, Any]:
    return service.get("/openapi.json").json  # type: ignore[no-any-return]


def test_every_operation_but_reload_is_drawn(document: dict[str, Any]) -> None:
    declared = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}

    assert declared - {*OPERATIONS} == {("POST", "/v1/plans/reload")}


def test_the_document_holds_every_fact_of_the_plan(document: dict[str, Any]) -> None:
    plan = pr.load()
    incident = document["components"]["schemas"][f"Incident.{plan.id}"]

    assert {*incident["properties"]} == {fact.id for fact in plan.facts.values() if not fact.of_case}


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_what_the_document_allows_is_answered_as_it_says(
    service: Service, document: dict[str, Any], method: str, path: str
) -> None:
    operation = schemathesis.openapi.from_dict(document)[path][method]
    headers = {"authorization": f"Bearer {service.tokens['admin']}"}
    seen: set[int] = set()

    @DRAWN
    @given(case=operation.as_strategy())
    def drawn(case: Any) -> None:
        answer = case.call_and_validate(base_url=f"http://127.0.0.1:{service.port}", headers=headers, checks=CHECKS)
        seen.add(answer.status_code)

    drawn()
    assert seen
