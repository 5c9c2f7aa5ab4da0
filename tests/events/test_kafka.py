"""Over Kafka: killed wherever it is, the consumer loses nothing and nothing happens twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from confluent_kafka import Message as Received
from confluent_kafka import Producer

from plan_rules.cases import Cases
from plan_rules.cases.delivery import Undelivered
from plan_rules.cases.message import REQUIRED, Message
from plan_rules.events.kafka import to_topic
from tests.command_line import ROOT
from tests.events.broker import broker, committed, everything, put
from tests.events.test_desk import OPENED, REPORTED, STRUCK, case_event

NOW = datetime(2025, 5, 20, 12, 0)
POISON = b'{"specversion": "1.0", "name": "\xe5\xbc\xa0\xe4\xb8\x89"'
ONE_CASE = ("opened", "struck", "police", "resolved")


@pytest.fixture(scope="module")
def servers() -> Iterator[str]:
    with broker() as found:
        yield found


def story(case: str) -> list[bytes]:
    """The events of a case, one of them sent twice, and what cannot be read."""
    whats = [OPENED, STRUCK, {"kind": "done", "action": "call_police", "role": "outlet_manager"}, {"kind": "resolved"}]
    events = [
        json.dumps(case_event(f"{case}.{name}", what, case)).encode()
        for name, what in zip(ONE_CASE, whats, strict=True)
    ]
    return [events[0], POISON, events[1], events[0], *events[2:]]


def check(url: str, cases: list[str], answers: list[Received], problems: list[Received], poisoned: int) -> None:
    """Every event is recorded once and answered, always with the same bytes; every poison message is told of."""
    with Cases.connect(url, clock=lambda: NOW) as store:
        for case in cases:
            assert [event.what.kind for event in store.events(case)] == ["opened", "observed", "done", "resolved"]
        assert store.audit.verify().whole
    told: dict[str, set[bytes]] = {}
    for message in answers:
        event = json.loads(message.value() or b"")
        told.setdefault(event["data"]["cause"]["id"], set()).add(message.value() or b"")
        assert message.key() == event["subject"].encode()
    assert {*told} == {f"{case}.{name}" for case in cases for name in ONE_CASE}
    assert [len(bodies) for bodies in told.values()] == [1] * len(told)
    dead = {json.loads(message.value() or b"")["data"]["origin"] for message in problems}
    assert len(dead) == poisoned
    assert not any("张三".encode() in (message.value() or b"") for message in problems)


# --------------------------------------------------------------------------- at every boundary


@pytest.fixture
def children() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.events.consuming"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


def test_killed_at_every_boundary_of_a_batch_nothing_is_lost_and_nothing_happens_twice(
    servers: str, children: subprocess.Popen[str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    cases = [f"c{number}" for number in range(6)]
    bodies = [body for case in cases for body in story(case)]
    sender = Producer({"bootstrap.servers": servers, "log_level": 0})
    for body in bodies:
        sender.produce("killed", body, partition=0)
    sender.flush(20)
    command = {"servers": servers, "topic": "killed", "answers": "killed-a", "problems": "killed-p", "store": url}
    ends: list[int] = []
    while not ends or ends[-1] != 0:
        print(json.dumps({**command, "at": len(ends) + 3}), file=children.stdin, flush=True)
        assert children.stdout is not None
        ends.append(int(children.stdout.readline()))

    assert {*ends} == {0, -signal.SIGKILL}
    assert len(ends) > 10
    assert committed(servers, "desk", "killed") == len(bodies)
    answers = everything(servers, "killed-a")
    check(url, cases, answers, everything(servers, "killed-p"), poisoned=len(cases))
    assert len(answers) > len(cases) * 5  # some were answered again


# --------------------------------------------------------------------------- the example, as it stands


def start(servers: str, url: str, settings: Path) -> subprocess.Popen[str]:
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "KAFKA_SERVERS": servers,
        "KAFKA_SETTINGS": str(settings),
        "PLAN_RULES_STORE": url,
    }
    command = [sys.executable, str(ROOT / "examples" / "kafka" / "consumer.py")]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True)


def recorded(url: str, cases: list[str]) -> int:
    """How many events the store has."""
    try:
        with Cases.connect(url, clock=lambda: NOW) as store:
            return sum(store.version(case) or 0 for case in cases)
    except Exception:  # it is being made
        return 0


def until(true: object, seconds: int = 90) -> None:
    """Wait for it; that it never comes is a failure."""
    last = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < last
        time.sleep(0.05)


def test_the_example_killed_among_its_messages_goes_on_where_it_was_and_ends_cleanly(
    servers: str, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'cases.db'}"
    cases = [f"d{number}" for number in range(40)]
    settings = tmp_path / "kafka.json"
    settings.write_text(json.dumps({"consumer": {"session.timeout.ms": 3500, "heartbeat.interval.ms": 500}}))
    put(servers, "incidents", [(case, body) for case in cases for body in story(case)])
    put(servers, "incidents", [(None, json.dumps({**REPORTED, "id": "alone"}).encode())])

    first = start(servers, url, settings)
    until(lambda: recorded(url, cases) > 10)
    first.kill()
    first.communicate()
    assert 10 < recorded(url, cases) < 160, "it was to die among its messages"

    second = start(servers, url, settings)
    until(lambda: committed(servers, "plan-rules", "incidents") == 241)
    second.terminate()
    said, _ = second.communicate(timeout=30)
    assert second.returncode == 0
    assert said.startswith("answered ")

    answers = everything(servers, "incident-answers")
    kinds = Counter(json.loads(message.value() or b"")["type"] for message in answers)
    assert kinds["plan-rules.incident.decided"] in {1, 2}
    of_cases = [one for one in answers if json.loads(one.value() or b"")["type"] == "plan-rules.case.recorded"]
    check(url, cases, of_cases, everything(servers, "incident-problems"), poisoned=40)


# --------------------------------------------------------------------------- messages of the outbox


def test_messages_of_the_outbox_go_to_a_topic_keyed_by_their_case(servers: str) -> None:
    message = Message("m1", "c1", REQUIRED, NOW, {"action": "call_police", "roles": ["outlet_manager"]})
    sent = Producer({"bootstrap.servers": servers, "log_level": 0})
    to_topic(sent, "duties")(message)

    (found,) = everything(servers, "duties")
    event = json.loads(found.value() or b"")
    assert (event["id"], event["type"], event["subject"]) == ("m1", "plan-rules.duty.required", "call_police")
    assert found.key() == b"c1"


def test_a_broker_that_is_not_there_leaves_the_message_to_be_tried_again() -> None:
    sent = Producer({"bootstrap.servers": "127.0.0.1:1", "message.timeout.ms": 300, "log_level": 0})
    message = Message("m1", "c1", REQUIRED, NOW, {"action": "call_police", "roles": []})
    with pytest.raises(Undelivered) as refused:
        to_topic(sent, "duties")(message)
    assert not refused.value.permanent
