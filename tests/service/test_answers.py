"""What the service answers is what the library says, byte for byte, in the language asked for."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis.asking import ask
from plan_rules.analysis.question_object import answer_object
from plan_rules.decision_json import decision_json
from plan_rules.scenarios import Step, read_scenarios
from plan_rules.service.remembered import Remembered
from tests.service.served import ROOT, Service

PLAN = pr.load()
STEPS = [
    step
    for file in ("scenarios.yaml",)
    for scenario in read_scenarios((ROOT / "rules" / file).read_bytes(), file, PLAN)
    for step in scenario.steps
]


def body_of(step: Step) -> dict[str, Any]:
    """The request of a step of a scenario."""
    facts = {**step.facts, **({"policy_reading": dict(step.readings)} if step.readings else {})}
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return {"facts": plain, **({"at": step.at} if step.at else {})}


def test_every_scenario_is_decided_in_the_bytes_of_the_library(service: Service) -> None:
    refused = 0
    for step in STEPS:
        body = body_of(step)
        answer = service.post("/v1/decide", body)
        try:
            expected = pr.decide(PLAN, body["facts"], at=body.get("at"))
        except pr.FactsInvalid as invalid:
            refused += 1
            assert answer.status == 422
            assert [each["code"] for each in answer.json["diagnostics"]] == [d.code for d in invalid.diagnostics]
            continue
        assert answer.body == expected.to_json().encode()
        assert answer.headers["plan-digest"] == PLAN.digest
    assert len(STEPS) > 80
    assert refused < 20


@pytest.mark.parametrize("step", STEPS[:40:8], ids=range(5))
def test_an_explanation_is_that_of_the_library(service: Service, step: Step) -> None:
    body = body_of(step)
    found = pr.explain(PLAN, body["facts"], at=body.get("at"))
    other = next(name for name in PLAN.clauses if name not in {why.clause for why in found.why})
    answer = service.post("/v1/explain", {**body, "why_not": [other]}).json

    assert answer["why"] == json.loads(json.dumps([why.to_dict() for why in found.why]))
    assert answer["why_not"] == [json.loads(json.dumps(found.why_not(other).to_dict()))]
    assert answer["plan"]["digest"] == PLAN.digest


def test_only_the_clauses_named_are_explained(service: Service) -> None:
    answer = service.post("/v1/explain", {"facts": {"staff_assaulted": True}, "clauses": ["三.3.a"]}).json

    assert [why["clause"] for why in answer["why"]] == ["三.3.a"]


def test_a_clause_that_there_is_not_is_told_with_the_one_that_was_meant(service: Service) -> None:
    answer = service.post("/v1/explain", {"why_not": ["三.3.aa"]}, accept_language="en")

    assert answer.status == 422
    assert answer.json["error"] == "clause_unknown"
    assert "三.3.a" in answer.json["title"]


def test_what_to_ask_next_is_what_the_library_asks(service: Service) -> None:
    facts = {"aggression_level": "minor"}
    answer = service.post("/v1/ask", {"facts": facts})

    assert answer.json == json.loads(json.dumps(answer_object(ask(PLAN, facts), PLAN)))


def test_problems_are_told_in_the_language_asked_for(service: Service) -> None:
    body = {"facts": {"staff_asaulted": True}}
    zh, en = (service.post("/v1/decide", body, accept_language=lang) for lang in ("zh-CN", "en-GB,zh;q=0.5"))

    assert (zh.headers["content-type"], zh.headers["content-language"]) == ("application/problem+json", "zh")
    assert en.headers["content-language"] == "en"
    assert {zh.json["error"], en.json["error"]} == {"facts_invalid"}
    assert "没有叫" in zh.json["diagnostics"][0]["message"]
    assert en.json["diagnostics"][0]["message"] == "unknown fact `staff_asaulted`"
    assert "staff_assaulted" in en.json["diagnostics"][0]["help"]


def test_a_request_keeps_its_id_where_it_is_well_formed_and_gets_one_where_not(service: Service) -> None:
    kept = service.get("/v1/plans", x_request_id="desk-7.A_1")
    made = [service.get("/v1/plans", x_request_id=given) for given in ("", "a" * 65, "a b", "x;y")]

    assert kept.headers["x-request-id"] == "desk-7.A_1"
    assert all(re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"]) for answer in made)


def test_a_plan_is_told_with_its_digest_its_clauses_and_the_schema_of_its_facts(service: Service) -> None:
    (listed,) = service.get("/v1/plans").json["plans"]
    found = service.get(f"/v1/plans/{PLAN.id}").json
    schema = service.get(f"/v1/plans/{PLAN.id}/schema").json

    assert (listed["digest"], listed["signed"], listed["refused"]) == (PLAN.digest, False, None)
    assert {clause["id"] for clause in found["clauses"]} == {*PLAN.clauses}
    assert {*schema["properties"]} == {fact.id for fact in PLAN.facts.values() if not fact.of_case}
    assert service.get("/v1/plans/another").status == 404


def test_the_measures_count_what_was_answered(service: Service) -> None:
    def counted() -> int:
        text = service.get("/metrics", role="metrics").body.decode()
        label = 'plan_rules_requests_total{method="POST",route="/v1/decide",status="200"} '
        return int(float(next((line for line in text.splitlines() if line.startswith(label)), "0 0").split()[1]))

    before = counted()
    service.post("/v1/decide", {"facts": {}})

    assert counted() == before + 1
    assert f'digest="{PLAN.digest}"' in service.get("/metrics").body.decode()


def test_what_keeps_watch_needs_no_token(service: Service) -> None:
    assert service.get("/health/live", role=None).json == {"status": "live"}
    ready = service.get("/health/ready", role=None).json
    assert ready["plans"] == [{"id": PLAN.id, "digest": PLAN.digest, "refused": None}]


def test_the_example_of_the_reference_is_answered(service: Service) -> None:
    page = Path(ROOT / "docs" / "reference" / "http-api.md").read_text(encoding="utf-8")
    found = re.search(r'"facts": \{.*?\}', page)

    assert found is not None
    assert service.post("/v1/decide", json.loads("{" + found[0] + "}")).status == 200


def test_what_is_asked_again_is_answered_in_the_same_bytes(service: Service) -> None:
    body = {"facts": {"staff_assaulted": True, "aggression_level": "serious"}}
    first, again = service.post("/v1/decide", body), service.post("/v1/decide", body)
    refused = [service.post("/v1/decide", {"facts": {"staff_assaulted": 5}}).status for _ in range(2)]

    assert first.body == again.body == pr.decide(PLAN, body["facts"]).to_json().encode()
    assert again.headers["plan-digest"] == PLAN.digest
    assert refused == [422, 422]
    assert service.post("/v1/decide", body, role="cases").status == 403


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 1), st.binary(max_size=1)), max_size=60), st.integers(0, 4))
def test_only_what_was_answered_by_the_plan_that_is_served_is_remembered(
    asked: list[tuple[int, int, bytes]], most: int
) -> None:
    remembered, state = Remembered(most), 0
    for number, swaps, text in asked:
        state += swaps
        key, answer = ("decide", state, text), f"{state}/{text!r}".encode()
        assert remembered.of(key) in (None, (answer, "digest"))
        remembered.keep(key, answer, "digest")
        assert remembered.of(key) == ((answer, "digest") if most else None)
        assert len(remembered) <= most
        assert remembered.of(("decide", state + number + 1, text)) is None


def test_decisions_are_written_in_the_bytes_of_to_json() -> None:
    for step in STEPS:
        body = body_of(step)
        try:
            decision = pr.decide(PLAN, body["facts"], at=body.get("at"))
        except pr.FactsInvalid:
            continue
        assert decision_json(decision) == decision.to_json().encode() == decision_json(decision)
