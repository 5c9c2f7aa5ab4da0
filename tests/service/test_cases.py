"""Cases over HTTP are the library's cases: begun, recorded in, looked at; what is repeated has no second effect."""

from __future__ import annotations

import plan_rules as pr
from tests.service.served import Service

PLAN = pr.load()


def test_a_case_is_begun_once_moved_on_and_looked_at(service: Service) -> None:
    begun = {"case": "2025-0042", "event": "e1", "by": "10023", "facts": {"complaint_location": "counter"}}
    first, again = service.post("/v1/cases", begun, role="cases"), service.post("/v1/cases", begun, role="cases")
    what = {"kind": "observed", "facts": {"staff_assaulted": True}}
    moved = service.post("/v1/cases/2025-0042/events", {"what": what, "by": "10023", "expected": 1}, role="cases")
    late = service.post("/v1/cases/2025-0042/events", {"what": what, "by": "10023", "expected": 1}, role="cases")
    stands = service.get("/v1/cases/2025-0042", role="cases").json
    events = service.get("/v1/cases/2025-0042/events", role="cases").json["events"]

    assert (first.status, first.json["repeated"], first.json["version"]) == (200, False, 1)
    assert (again.status, again.json["repeated"], again.json["version"]) == (200, True, 1)
    assert moved.json["tier"] == "tier_3_serious_aggression"
    assert "call_police" in moved.json["change"]["new"]
    assert (late.status, late.json["diagnostics"][0]["code"]) == (409, "CS015")
    assert stands["case"]["version"] == 2
    assert stands["decision"]["tier"]["id"] == "tier_3_serious_aggression"
    assert [(event["what"]["kind"], event["by"]) for event in events] == [("opened", "10023"), ("observed", "10023")]
    due = service.get("/v1/due?case=2025-0042", role="cases").json["due"]
    assert "call_police" in {each["action"] for each in due}
    assert "2025-0042" in {line["case"] for line in service.get("/v1/cases?limit=1000").json["cases"]}


def test_who_records_is_the_token_where_nobody_is_named(service: Service) -> None:
    case = service.post("/v1/cases", {"facts": {}}, role="cases").json["case"]

    assert service.get(f"/v1/cases/{case}/events").json["events"][0]["by"] == "cases"


def test_a_case_is_upgraded_only_to_a_plan_that_is_served(service: Service) -> None:
    case = service.post("/v1/cases", {"facts": {}}).json["case"]
    path = f"/v1/cases/{case}/events"
    other = service.post(path, {"what": {"kind": "upgraded", "plan": "sha256:" + "0" * 64}})
    same = service.post(path, {"what": {"kind": "upgraded", "plan": PLAN.digest}})

    assert (other.status, other.json["error"]) == (422, "plan_unknown")
    assert same.status in (200, 422)


def test_what_a_case_does_not_take_is_told_with_its_diagnostics(service: Service) -> None:
    case = service.post("/v1/cases", {"facts": {}}).json["case"]
    path = f"/v1/cases/{case}/events"
    malformed = service.post(path, {"what": {"kind": "danced"}})
    contradiction = service.post(path, {"what": {"kind": "observed", "facts": {"staff_asaulted": True}}})
    absent = service.post("/v1/cases/absent/events", {"what": {"kind": "resolved"}}, accept_language="en")

    assert (malformed.status, malformed.json["error"]) == (422, "event_refused")
    assert (contradiction.status, contradiction.json["error"]) == (422, "facts_invalid")
    assert (absent.status, absent.json["error"]) == (404, "case_unknown")
    assert service.get(f"/v1/cases/{case}").json["case"]["version"] == 1
