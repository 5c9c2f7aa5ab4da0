"""No value that a caller states reaches the log, whatever is asked and however it fails."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import plan_rules as pr
from plan_rules.fact import Kind
from tests.service.served import served

PLAN = pr.load()
NAMED = re.compile(r"^[\w./:+ -]{1,120}$")


def stated() -> list[dict[str, Any]]:
    """Incidents that state every value of every fact, one at a time, and words where none are taken."""
    found: list[dict[str, Any]] = []
    for fact in PLAN.facts.values():
        if fact.of_case:
            continue
        values: tuple[Any, ...] = {
            Kind.INTEGER: (fact.low, fact.high),
            Kind.DATE: ("2031-07-13",),
            Kind.DATETIME: ("2031-07-13T07:53",),
            Kind.READINGS: ({"AMB-06": "B"},),
        }.get(fact.kind, fact.domain)
        found += [{fact.id: value} for value in (*values, f"private words of {fact.id}")]
    return found


def test_no_value_that_is_stated_is_logged(tmp_path: Path) -> None:
    store = f"sqlite:///{tmp_path / 'cases.db'}"
    with served(tmp_path, "--store", store, "--watch", "0", "--rate", "100000") as service:
        answers = [service.post("/v1/decide", {"facts": facts, "at": "2031-07-14T06:17"}) for facts in stated()]
        told = {"by": "staff-10023", "outlet": "private outlet"}
        service.post("/v1/cases", {"facts": {"public_figure": True}, "case": "private-case", **told})
        what = {"kind": "observed", "facts": {"complaint_location": "lobby"}}
        service.post("/v1/cases/private-case/events", {"what": what, "by": "staff-10023"})
        service.post("/v1/cases/private-case/events", {"what": {"kind": "private kind"}})
        service.get("/v1/cases/private-case")
        service.get("/v1/due?case=private-case&before=private")
        service.get("/private/address?private=1")
        service.post("/v1/decide", b'{"facts": {"private": "private"')
        service.post("/v1/decide", {"private name": 1})
        service.post("/v1/explain", {"clauses": ["private clause"]})
        service.post("/v1/decide", {"plan": "private plan"}, x_request_id="private words")
        log, lines = service.log.read_text(encoding="utf-8"), service.lines()

    assert {200, 422} <= {answer.status for answer in answers}
    assert "private" not in log
    assert "staff-10023" not in log
    requests = [line for line in lines if line["event"] == "request"]
    assert len(requests) > 150
    known = {"time", "level", "event", "request", "method", "route", "status", "ms", "plan", "error", "caller"}
    for line in requests:
        assert {*line} <= known
        assert re.fullmatch(r"[0-9a-f]{32}", line["request"])
        assert line["route"] == "unrouted" or line["route"].startswith(("/v1/", "/health/"))
        assert "2031" not in "".join(str(value) for name, value in line.items() if name != "request")
        assert line["caller"] in ("admin", "decide")


def test_no_fault_tells_more_than_its_kind_and_place(tmp_path: Path) -> None:
    import io
    import json

    from plan_rules.service.log import Log

    stream = io.StringIO()
    try:
        raise KeyError("private")
    except KeyError as failure:
        Log(stream).fault(failure, request="r")
    line = json.loads(stream.getvalue())

    assert "private" not in stream.getvalue()
    assert (line["event"], line["kind"], line["request"]) == ("fault", "KeyError", "r")
    assert line["where"][-1].endswith(f"test_log.py:{failure_line()}")


def failure_line() -> int:
    """The line that raises above."""
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if 'raise KeyError("private")' in line)
