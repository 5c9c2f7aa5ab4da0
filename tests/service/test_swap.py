"""A signed plan takes the place of another while requests come in; what may not be served changes nothing."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.governance import History, beside, written
from plan_rules.service.shelf import Shelf, Sources, system_clock
from tests.governance.signers import FIRST_PLAN, SECOND, SECOND_PLAN, SMALL, signed_by, trust_text
from tests.service.load import under_load
from tests.service.served import PATIENCE, Service, served, told

SIGNED, SINCE = datetime(2024, 1, 2, 9, 0), date(2024, 1, 3)
FACTS = {"flames": True, "found_at": "2024-05-01T09:00"}
FIRST = signed_by("wang", "li", at=SIGNED, effective=SINCE)
BOTH = signed_by(
    "wang", "li", plan=SECOND_PLAN, history=FIRST, at=datetime(2024, 2, 1), effective=date(2024, 2, 2), last=FIRST_PLAN
)


def put(file: Path, text: str | bytes) -> None:
    """In place at once, as `mv` does it."""
    new = file.with_name(file.name + ".new")
    new.write_bytes(text.encode() if isinstance(text, str) else text)
    new.replace(file)


def put_signed(plan: Path, text: str, history: History) -> None:
    put(plan, text)
    put(beside(plan), written(history))


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A signed plan and the trust in those who signed it."""
    (tmp_path / "trust.yaml").write_text(trust_text(), encoding="utf-8")
    file = tmp_path / "plan.yaml"
    put_signed(file, SMALL, FIRST)
    return file


@pytest.fixture
def signed(plan: Path) -> Iterator[Service]:
    trust = str(plan.with_name("trust.yaml"))
    with served(plan.parent, "--plan", str(plan), "--trust", trust, "--watch", "0.1", "--rate", "100000") as running:
        yield running


def test_a_swap_under_load_drops_nothing_and_every_answer_names_the_plan_that_made_it(
    signed: Service, plan: Path
) -> None:
    expected = {each.digest: pr.decide(each, FACTS).to_json().encode() for each in (FIRST_PLAN, SECOND_PLAN)}
    with under_load(signed, {"facts": FACTS}) as load:
        load.wait_for(20)
        put(plan, SECOND)  # its signatures do not fit yet: it may not be served
        told(signed.log, "plan_refused", signed.process)
        refused = signed.get("/health/ready", role=None, accept_language="en").json["plans"][0]
        load.wait_for(20)
        put(beside(plan), written(BOTH))
        swapped = told(signed.log, "plan_swapped", signed.process)
        load.wait_for(20)
        put(plan, "不是预案")
        told(signed.log, "plan_refused", signed.process, count=2)
        load.wait_for(20)

    assert load.failures == []
    assert {answer.status for answer in load.answers} == {200}
    assert all(answer.body == expected[answer.headers["plan-digest"]] for answer in load.answers)
    digests = [answer.headers["plan-digest"] for answer in load.answers]
    assert (digests[0], digests[-1]) == (FIRST_PLAN.digest, SECOND_PLAN.digest)
    assert (swapped["before"], swapped["after"]) == (FIRST_PLAN.digest, SECOND_PLAN.digest)
    assert refused["digest"] == FIRST_PLAN.digest
    assert refused["refused"] == "the sign-off cannot be relied on"
    text = signed.get("/metrics").body.decode()
    assert 'plan_rules_plan_refused{plan="fire_drill"} 1.0' in text
    assert f'plan_rules_plan_served{{digest="{SECOND_PLAN.digest}",plan="fire_drill",version="2"}} 1.0' in text
    assert f'plan_rules_plan_served{{digest="{FIRST_PLAN.digest}",plan="fire_drill",version="1"}} 0.0' in text
    answer = signed.post("/v1/plans/reload", {}, accept_language="en")
    assert (answer.status, answer.json["error"]) == (409, "plan_refused")
    assert answer.json["diagnostics"]


def test_on_sigterm_a_request_in_flight_is_answered_and_nothing_new_is_taken(signed: Service) -> None:
    body = json.dumps({"facts": FACTS}).encode()
    connection = http.client.HTTPConnection("127.0.0.1", signed.port, timeout=PATIENCE)
    connection.putrequest("POST", "/v1/decide")
    for name, value in (
        ("authorization", f"Bearer {signed.tokens['decide']}"),
        ("content-type", "application/json"),
        ("content-length", str(len(body))),
    ):
        connection.putheader(name, value)
    connection.endheaders(body[:5])  # it is in flight: the service waits for the rest
    time.sleep(0.3)
    signed.process.send_signal(signal.SIGTERM)
    time.sleep(0.3)
    with pytest.raises(ConnectionRefusedError):
        signed.get("/health/live", role=None)
    connection.send(body[5:])
    answer = connection.getresponse()
    status, found = answer.status, answer.read()
    connection.close()

    assert status == 200
    assert found == pr.decide(FIRST_PLAN, FACTS).to_json().encode()
    assert signed.process.wait(PATIENCE) in (0, -signal.SIGTERM)
    assert signed.lines()[-1]["event"] == "stopped"


def test_several_processes_serve_one_port_and_are_replaced_one_by_one(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    put(file, SMALL)
    options = ("--plan", str(file), "--workers", "2", "--watch", "0", "--rate", "100000")
    with served(tmp_path, *options) as running:
        told(running.log, "started", running.process, count=2)
        first = {line["process"] for line in running.lines() if line["event"] == "started"}
        put(file, SECOND)
        os.kill(running.process.pid, signal.SIGHUP)
        told(running.log, "started", running.process, count=4)
        told(running.log, "stopped", running.process, count=2)
        answers = [running.post("/v1/decide", {"facts": FACTS}) for _ in range(10)]
        metrics = running.get("/metrics").body.decode()

        assert len(first) == 2
        assert {answer.headers["plan-digest"] for answer in answers} == {SECOND_PLAN.digest}
        assert 'plan_rules_requests_total{method="POST",route="/v1/decide",status="200"} 10.0' in metrics
        assert running.stop() == 0


# --------------------------------------------------------------------------- the shelf itself


def test_another_plan_in_the_file_is_not_the_plan_that_is_served(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    put(file, SMALL)
    shelf = Shelf(Sources((file,)), "durable", system_clock)
    put(file, SMALL.replace("fire_drill", "water_drill"))
    (swap,) = shelf.refresh()

    assert swap.after is None
    assert shelf.edition(None).plan.digest == FIRST_PLAN.digest
    assert "water_drill" in shelf.refusals()["fire_drill"].refusal.zh  # type: ignore[union-attr]
    assert shelf.refresh() == ()  # it is told once
    put(file, SECOND)
    assert [each.after for each in shelf.refresh()] == [SECOND_PLAN.digest]
    assert shelf.refusals() == {}


def test_a_plan_signed_for_a_day_to_come_is_served_from_that_day(plan: Path) -> None:
    now = datetime(2024, 1, 20, 9, 0)
    trust = plan.with_name("trust.yaml")
    shelf = Shelf(Sources((plan,), trust=trust), "durable", lambda: now)
    put_signed(plan, SECOND, BOTH)
    assert [each.after for each in shelf.refresh()] == [None]
    assert [shelf.refresh(), shelf.refresh()] == [(), ()]
    now = datetime(2024, 2, 2, 0, 0)

    assert [each.after for each in shelf.refresh()] == [SECOND_PLAN.digest]
    assert shelf.edition("fire_drill").sign_offs == (BOTH[-1].statement.own_digest(),)


def test_readers_of_the_shelf_see_one_plan_or_the_other_while_it_is_swapped(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    put(file, SMALL)
    shelf = Shelf(Sources((file,)), "durable", system_clock)
    seen: set[str] = set()
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            seen.add(shelf.edition("fire_drill").plan.digest)

    thread = threading.Thread(target=look)
    thread.start()
    for text in (SECOND, SMALL, SECOND):
        put(file, text)
        assert len(shelf.refresh()) == 1
    over.set()
    thread.join()

    assert seen == {FIRST_PLAN.digest, SECOND_PLAN.digest}
