"""An event is answered by an event: a decision, what was recorded, or a problem that repeats nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.cases import Cases
from plan_rules.events import Desk, Outgoing, answer, schemas
from plan_rules.loading import shipped
from plan_rules.scenarios import read_scenarios

PLAN = pr.load()
SCHEMAS = schemas(PLAN)
RECEIVED = datetime(2025, 5, 20, 2, 0, tzinfo=UTC)
STRUCTURED = {"content-type": "application/cloudevents+json"}
REPORTED = {
    "specversion": "1.0",
    "id": "7781",
    "source": "/complaint-desk",
    "type": "plan-rules.incident.reported",
    "time": "2025-05-20T09:40:00+08:00",
    "data": {"facts": {"staff_assaulted": True}},
}


def case_event(id_: str, what: Mapping[str, Any], case: str = "c1") -> dict[str, Any]:
    """An event of a case."""
    data = {"by": "desk", "what": dict(what)}
    return {**REPORTED, "id": id_, "type": "plan-rules.case.event", "subject": case, "data": data}


def send(desk: Desk, event: Any, headers: Mapping[str, str | bytes] = STRUCTURED) -> Outgoing:
    """The answer, which fits its schema."""
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    found = answer(desk, headers, body, origin="incidents/0/17", received=RECEIVED)
    jsonschema.validate(found.data, SCHEMAS[found.type])
    return found


def codes(found: Outgoing) -> list[str]:
    """The codes of a problem."""
    assert found.is_problem, found.data
    return [each["code"] for each in found.data["diagnostics"]]


@pytest.fixture
def cases(tmp_path: Path) -> Any:
    """An empty store."""
    with Cases.connect(f"sqlite:///{tmp_path / 'cases.db'}", clock=lambda: RECEIVED) as found:
        yield found


OPENED = {"kind": "opened", "facts": {"complaint_location": "counter"}}
STRUCK = {"kind": "observed", "facts": {"staff_assaulted": True}}


# --------------------------------------------------------------------------- decisions


def _stated() -> list[dict[str, Any]]:
    """The facts of every scenario of the plan, as JSON."""
    found = read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", PLAN)
    plain = json.dumps(
        [dict(step.facts) for scenario in found for step in scenario.steps if not step.expected.invalid],
        default=_as_text,
    )
    return list(json.loads(plain))


def _as_text(value: Any) -> str:
    return "unknown" if value is pr.UNKNOWN else value.isoformat()


@pytest.mark.parametrize("facts", _stated())
def test_a_reported_incident_is_decided_as_decide_decides_it(facts: dict[str, Any]) -> None:
    found = send(Desk(PLAN), {**REPORTED, "data": {"facts": facts}})

    decision = json.loads(pr.decide(PLAN, facts, at="2025-05-20T09:40").to_json())
    told = found.data["decision"]
    assert {name: told[name] for name in ("tier", "undetermined", "violations")} == {
        name: decision[name] for name in ("tier", "undetermined", "violations")
    }
    for name in ("duties", "prohibitions", "permissions"):
        assert told[name] == [{k: v for k, v in norm.items() if k != "reasons"} for norm in decision[name]]
    assert not {"facts", "reasons"} & {*_keys(told)}


def _keys(plain: Any) -> list[str]:
    if isinstance(plain, Mapping):
        return [*plain, *(key for value in plain.values() for key in _keys(value))]
    return [key for part in plain for key in _keys(part)] if isinstance(plain, list) else []


def test_structured_and_binary_events_of_kafka_and_http_have_the_same_answer() -> None:
    attributes = {name: value for name, value in REPORTED.items() if name != "data"}
    event = CloudEvent({**attributes, "time": datetime.fromisoformat(REPORTED["time"])}, REPORTED["data"])
    wires = [
        *(
            (wire.headers, wire.value)
            for wire in (kafka.to_structured(event, JSONFormat()), kafka.to_binary(event, JSONFormat()))
        ),
        *(
            (wire.headers, wire.body)
            for wire in (http.to_structured(event, JSONFormat()), http.to_binary(event, JSONFormat()))
        ),
    ]

    answers = {send(Desk(PLAN), body, headers).to_kafka().value for headers, body in wires}
    assert len(answers) == 1


@pytest.mark.parametrize("binary", [True, False])
def test_an_answer_can_be_read_by_any_reader_of_cloudevents(binary: bool) -> None:
    found = send(Desk(PLAN), {**REPORTED, "subject": "desk-3", "traceparent": "00-ab-cd-01"})
    read = kafka.from_kafka(found.to_kafka(binary=binary), JSONFormat())

    assert read.get_type() == "plan-rules.incident.decided"
    assert read.get_time() == datetime.fromisoformat(REPORTED["time"])
    assert read.get_extension("plandigest") == PLAN.digest
    assert read.get_extension("traceparent") == "00-ab-cd-01"
    assert (read.get_subject(), found.to_kafka().key) == ("desk-3", "desk-3")
    assert read.get_data() == found.data


def test_a_sender_that_asks_for_another_plan_is_not_answered_by_this_one() -> None:
    assert codes(send(Desk(PLAN), {**REPORTED, "plandigest": "sha256:0"})) == ["EV005"]
    assert not send(Desk(PLAN), {**REPORTED, "plandigest": PLAN.digest}).is_problem


# --------------------------------------------------------------------------- cases


def test_an_event_that_comes_again_has_no_second_effect_and_the_answer_of_the_first_time(cases: Cases) -> None:
    desk = Desk(PLAN, cases)
    events = [
        case_event("1", OPENED),
        case_event("2", STRUCK),
        case_event("3", {"kind": "done", "action": "call_police", "role": "outlet_manager"}),
        case_event("4", {"kind": "resolved"}),
    ]
    first = [send(desk, event) for event in events]
    waiting = cases.outbox.counts()

    again = [send(desk, event) for event in events]
    assert [each.to_kafka() for each in again] == [each.to_kafka() for each in first]
    assert [each.data["version"] for each in first] == [1, 2, 3, 4]
    assert "call_police" in first[1].data["change"]["new"]
    assert len(cases.events("c1")) == 4
    assert cases.outbox.counts() == waiting


def test_the_same_id_of_another_source_is_another_event(cases: Cases) -> None:
    desk = Desk(PLAN, cases)
    send(desk, case_event("1", OPENED))

    assert not send(desk, {**case_event("1", STRUCK), "source": "/another-desk"}).is_problem
    assert codes(send(desk, case_event("1", STRUCK))) == ["CS017"]
    assert len(cases.events("c1")) == 2


def test_what_a_case_does_not_take_is_a_problem_and_leaves_nothing(cases: Cases) -> None:
    desk = Desk(PLAN, cases)
    refused = [
        (case_event("1", STRUCK), ["CS018"]),
        ({**case_event("2", OPENED), "subject": None}, ["EV002"]),
        (case_event("3", OPENED, case="a case"), ["CS001"]),
        (case_event("4", {**OPENED, "plan": "sha256:0"}), ["EV005"]),
        (case_event("5", {"kind": "nonsense"}), ["CS001"]),
        (case_event("6", {"kind": "noted"}), ["EV006"]),
        (case_event("7", {"kind": "erased", "items": ["customer_name"], "reason": "x"}), ["EV006"]),
        ({**case_event("8", OPENED), "time": "2025-05-21T09:40:00+08:00"}, ["CS019"]),
        ({**case_event("9", OPENED), "data": {"by": "desk", "what": OPENED, "personal": {}}}, ["EV004"]),
        ({**case_event("10", OPENED), "data": {"by": 7, "what": OPENED}}, ["EV004"]),
    ]
    found = [(codes(send(desk, {k: v for k, v in event.items() if v is not None}))) for event, _ in refused]

    assert found == [wanted for _, wanted in refused]
    assert cases.list() == ()


def test_without_a_store_case_events_are_not_taken() -> None:
    assert codes(send(Desk(PLAN), case_event("1", OPENED))) == ["EV003"]


# --------------------------------------------------------------------------- problems

DEEP = '{"a":' * 200 + "1" + "}" * 200


@pytest.mark.parametrize(
    ("event", "wanted"),
    [
        (b"", "EV001"),
        (b"\xff\xfe", "EV001"),
        (b"[]", "EV001"),
        (b"[" * 5000, "EV001"),
        (json.dumps(REPORTED).encode() + b" " * 65_536, "EV001"),
        (json.dumps(REPORTED).replace('"id"', '"id": "1", "id"').encode(), "EV001"),
        (json.dumps(REPORTED).replace("true", DEEP).encode(), "EV001"),
        (json.dumps(REPORTED).replace("true", "NaN").encode(), "EV001"),
        (json.dumps(REPORTED).replace("true", '"\\ud800"').encode(), "EV001"),
        (json.dumps(REPORTED).replace("true", "9" * 5000).encode(), "EV001"),
        (json.dumps({**REPORTED, "time": "yesterday"}).encode(), "EV001"),
        *((json.dumps({k: v for k, v in REPORTED.items() if k != name}).encode(), "EV002") for name in REPORTED if name != "data"),
        *((json.dumps({**REPORTED, name: wrong}).encode(), "EV002") for name in ("id", "source", "type") for wrong in ("", 7, "a\nb", "x" * 300)),
        (json.dumps({**REPORTED, "time": "2025-05-20T09:40:00"}).encode(), "EV002"),
        (json.dumps({**REPORTED, "specversion": "0.3"}).encode(), "EV002"),
        (json.dumps({**REPORTED, "Extension": "x"}).encode(), "EV002"),
        (json.dumps({**REPORTED, "type": "com.example.other"}).encode(), "EV003"),
        *((json.dumps({**REPORTED, "data": wrong}).encode(), "EV004") for wrong in (None, "text", [], {}, {"facts": 7}, {"facts": {}, "x": 1})),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_problem_in_two_languages(event: bytes, wanted: str) -> None:
    found = send(Desk(PLAN), event)

    assert codes(found) == [wanted]
    diagnostic = found.data["diagnostics"][0]
    assert all(diagnostic[part][lang] for part in ("message", "help") for lang in ("zh", "en"))
    assert found.data["origin"] == "incidents/0/17"
    assert found.id == send(Desk(PLAN), event).id


IN_2099 = {
    "staff_assaulted": True,
    "incident_resolved_on": "2099-03-10",
    "policy_reading": {"AMB-13": "B"},  # working days
}
REFUSED = {
    "EV001": [],
    "EV002": {name: value for name, value in REPORTED.items() if name != "id"},
    "EV003": {**REPORTED, "type": "com.example.other"},
    "EV004": {**REPORTED, "data": {"facts": 7}},
    "EV005": {**REPORTED, "plandigest": "sha256:0"},
    "EV006": case_event("6", {"kind": "noted"}),
    "EV007": {**REPORTED, "data": {"facts": IN_2099}},
}
PAGES = Path(__file__).parents[2] / "docs" / "reference" / "diagnostics"


@pytest.mark.parametrize("code", sorted(page.stem for page in PAGES.glob("EV*.md")))
def test_each_code_of_events_is_given(code: str, cases: Cases) -> None:
    found = send(Desk(PLAN, cases), REFUSED[code])

    assert codes(found) == [code]
    assert cases.list() == ()
    for word in ("zh", "en"):
        assert found.data["diagnostics"][0]["message"][word] and found.data["diagnostics"][0]["help"][word]


def test_another_content_type_and_a_batch_are_not_guessed_at() -> None:
    for kind in ("application/json", "application/cloudevents-batch+json", "text/plain"):
        assert codes(send(Desk(PLAN), REPORTED, {"content-type": kind})) == ["EV001"]


SECRET = "张三13800138000"
PLACES = [
    *({**REPORTED, "data": {"facts": {fact: SECRET}}} for fact in PLAN.facts),
    {**REPORTED, "data": {"facts": {SECRET: True}}},
    {**REPORTED, "data": {"facts": {SECRET[:2]: True, "staff_assaulted": SECRET[:2]}}},
    {**REPORTED, "data": {"facts": {}, SECRET: 1}},
    {**REPORTED, "data": {"facts": SECRET}},
    {**REPORTED, "data": {"facts": {"readings": {SECRET: "x"}}}},
    {**REPORTED, "data": {"facts": {"readings": {"urgent_assignment": SECRET}}}},
    {**REPORTED, "data": SECRET},
    {**REPORTED, "data": {"facts": {"staff_assaulted": 13800138000}}},
    *(
        case_event("9", what)
        for what in (
            {"kind": SECRET},
            {"kind": "observed", "facts": {SECRET: 1}},
            {"kind": "observed", "withdrawn": [SECRET]},
            {"kind": "observed", SECRET: 1},
            *({"kind": kind, "action": SECRET, "role": SECRET} for kind in ("done", "breached")),
            {"kind": "done", "action": "call_police", "role": SECRET},
            {"kind": "overridden", "action": SECRET, "reason": SECRET, "approver": "boss"},
            {"kind": "overridden", "action": "call_police", "reason": SECRET, "approver": SECRET},
            {"kind": "handed_over", "role": SECRET, "to": SECRET},
            {"kind": "upgraded", "plan": SECRET},
        )
    ),
    {**case_event("9", STRUCK), "data": {"by": SECRET, "what": STRUCK}},
    case_event("9", STRUCK, case=SECRET),
]


def test_a_problem_repeats_nothing_that_the_event_said(cases: Cases) -> None:
    desk = Desk(PLAN, cases)
    send(desk, case_event("1", OPENED))
    for event in PLACES:
        found = send(desk, event)
        assert found.is_problem
        sent = json.dumps([found.attributes() | {"time": ""}, found.data], ensure_ascii=False)
        assert SECRET[:2] not in sent
        assert "138" not in sent.replace(PLAN.digest, "").replace(found.id, "")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*PLAN.facts]) | st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(["data", "subject", "time", "id", "source", "plandigest", "datacontenttype"]),
)  # fmt: skip
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_comes_is_answered(value: Any, where: str) -> None:
    send(Desk(PLAN), {**REPORTED, where: value})
    send(Desk(PLAN), {**REPORTED, "data": {"facts": value}})
    send(Desk(PLAN), json.dumps(value).encode(), {"ce_id": b"1", "ce_type": b"\xff", "ce_time": b"x"})


def test_what_fits_the_schemas_is_read_and_what_does_not_is_not(cases: Cases) -> None:
    good = [OPENED, STRUCK, {"kind": "resolved"}, {"kind": "upgraded"}]
    for what in good:
        jsonschema.validate(case_event("1", what)["data"], SCHEMAS["plan-rules.case.event"])
    for what in ({"kind": "noted"}, {"kind": "observed", "x": 1}, {"kind": "done"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(case_event("1", what)["data"], SCHEMAS["plan-rules.case.event"])
        assert codes(send(Desk(PLAN, cases), case_event("1", what)))
    for schema in SCHEMAS.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_types_are_known_without_the_package_of_cloudevents() -> None:
    source = "import sys, plan_rules.events, plan_rules.events.types; print('cloudevents' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True).stdout == "False\n"
    )
