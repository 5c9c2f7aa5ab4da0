"""Engine processes: what one leaves unanswered another answers, and in its place a new one starts."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import plan_rules as pr
from tests.governance.signers import FIRST_PLAN, SECOND, SECOND_PLAN, SMALL
from tests.service.load import under_load
from tests.service.served import Service, served, told
from tests.service.test_swap import FACTS, put


@pytest.fixture
def pooled(tmp_path: Path) -> Iterator[Service]:
    put(tmp_path / "plan.yaml", SMALL)
    options = (
        "--plan",
        str(tmp_path / "plan.yaml"),
        "--engine-workers",
        "2",
        "--remember",
        "0",
        "--watch",
        "0",
        "--rate",
        "100000",
    )
    with served(tmp_path, *options) as running:
        yield running


def engines(service: Service) -> list[int]:
    """The engine processes: children of the service."""
    children = Path(f"/proc/{service.process.pid}/task/{service.process.pid}/children").read_text()
    return [int(pid) for pid in children.split()]


def test_a_killed_engine_loses_no_request_and_is_started_again(pooled: Service, tmp_path: Path) -> None:
    expected = pr.decide(FIRST_PLAN, FACTS).to_json().encode()
    with under_load(pooled, {"facts": FACTS}) as load:
        load.wait_for(20)
        for count in (1, 2, 3):
            os.kill(engines(pooled)[0], signal.SIGKILL)
            told(pooled.log, "engine_died", pooled.process, count=count)
            load.wait_for(20)

    assert load.failures == []
    assert {(answer.status, answer.body) for answer in load.answers} == {(200, expected)}
    assert "plan_rules_engine_deaths_total 3.0" in pooled.get("/metrics").body.decode()

    put(tmp_path / "plan.yaml", SECOND)
    assert pooled.post("/v1/plans/reload", {}).status == 200
    answer = pooled.post("/v1/decide", {"facts": FACTS})
    assert answer.body == pr.decide(SECOND_PLAN, FACTS).to_json().encode()
    wrong = pooled.post("/v1/decide", {"facts": {"smoke": 5}}, accept_language="en")
    assert (wrong.status, wrong.json["error"]) == (422, "facts_invalid")
    assert pooled.post("/v1/ask", {"facts": {}}).status == 200
    assert pooled.post("/v1/explain", {"facts": FACTS, "why_not": ["一.d"]}).status == 200

    running = engines(pooled)
    assert len(running) == 2
    pooled.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in running)
