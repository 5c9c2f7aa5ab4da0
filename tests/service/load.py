"""Callers that ask one after another, each on a connection of its own, until they are told to stop."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.service.served import PATIENCE, Answer, Service


@dataclass
class Load:
    """What was answered, in order of arrival, and what went wrong on the way."""

    answers: list[Answer] = field(default_factory=list)
    failures: list[BaseException] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def wait_for(self, more: int) -> None:
        """Until so many more were answered."""
        wanted, waited = len(self.answers) + more, threading.Event()
        for _ in range(int(PATIENCE / 0.01)):
            if len(self.answers) >= wanted or self.failures:
                return
            waited.wait(0.01)
        raise AssertionError(f"{len(self.answers)} answers, not {wanted}")


@contextmanager
def under_load(service: Service, body: Mapping[str, Any], callers: int = 3) -> Iterator[Load]:
    """Ask /v1/decide until the block ends."""
    load = Load()
    text = json.dumps(body).encode()
    headers = {"authorization": f"Bearer {service.tokens['decide']}", "content-type": "application/json"}

    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=PATIENCE)
        try:
            while not load.over.is_set():
                connection.request("POST", "/v1/decide", text, headers)
                answer = connection.getresponse()
                found = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
                load.answers.append(found)
        except BaseException as failure:
            load.failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(callers)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.over.set()
        for thread in threads:
            thread.join(PATIENCE)
