"""A service that really runs: the command in a process of its own, on a port that is free."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_rules.service.tokens import Role, new_token

ROOT = Path(__file__).parents[2]
SMALL = ROOT / "tests" / "data" / "small_plan.yaml"
PATIENCE = 60.0


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Service:
    """Where it is, what it logged, and the tokens that it knows by their roles."""

    port: int
    process: subprocess.Popen[bytes]
    log: Path
    tokens: dict[str, str]

    def ask(self, method: str, path: str, body: Any = None, *, role: str | None = "admin", **headers: str) -> Answer:
        """One request on a connection of its own; `_` in the name of a header is `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        given = {"content-type": "application/json"} if method == "POST" else {}
        if role is not None:
            given["authorization"] = f"Bearer {self.tokens[role]}"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        text = body if body is None or isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        try:
            connection.request(method, path, text, given)
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **given: Any) -> Answer:
        return self.ask("GET", path, **given)

    def post(self, path: str, body: Any, **given: Any) -> Answer:
        return self.ask("POST", path, body, **given)

    def lines(self) -> list[dict[str, Any]]:
        """Every line that was logged."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def stop(self) -> int:
        """Ask it to end, and wait."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE)


@contextmanager
def served(folder: Path, *options: str, tokens: bool = True) -> Iterator[Service]:
    """Run it until the block ends.  Its log and its tokens are files of the folder."""
    made, book = {}, folder / "tokens.json"
    if tokens:
        made = {role.value: new_token(book, role.value, [role]) for role in Role}
        options = ("--tokens", str(book), *options)
    log = folder / "log.jsonl"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "plan_rules", "serve", "--port", "0", *options],
            stdout=out, stderr=subprocess.STDOUT, cwd=ROOT, env=environment,
        )  # fmt: skip
    try:
        address = told(log, "listening", process)["address"]
        told(log, "started", process)
        yield Service(int(address.rpartition(":")[2]), process, log, made)
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def told(log: Path, event: str, process: subprocess.Popen[bytes], *, count: int = 1) -> dict[str, Any]:
    """The line of this event, once there are as many as that."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        text = log.read_text(encoding="utf-8")
        found = [json.loads(line) for line in text.splitlines() if f'"event":"{event}"' in line and line.endswith("}")]
        if len(found) >= count:
            return found[count - 1]  # type: ignore[no-any-return]
        assert process.poll() is None, text
        time.sleep(0.02)
    seldom = [line for line in log.read_text(encoding="utf-8").splitlines() if '"event":"request"' not in line]
    raise AssertionError(f"{event} was not told: {seldom[-20:]}")
