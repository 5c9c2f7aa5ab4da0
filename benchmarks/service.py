"""What `plan-rules serve` costs beside an empty endpoint of the same framework; and whether it lasts.

Requests go to each row in turn, some at a time, one after another over connections that are kept, from one small
client: so all rows meet the same machine, and the client costs all of them the same.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.incidents import case
from plan_rules.deciding import decide
from plan_rules.service.tokens import Role, new_token

ROOT = Path(__file__).parents[1]
AT_A_TIME = 50
PAGE = ROOT / "docs" / "explanation" / "service-benchmarks.md"
EMPTY, SIZED, AGAIN, DECIDE = "an empty endpoint", "an endpoint with bodies as large", "decide, again", "decide"
ROWS = {
    EMPTY: "FastAPI, `async def`, takes nothing, answers `{}`",
    SIZED: "FastAPI, `async def`, takes the same JSON, answers a constant of as many bytes",
    AGAIN: "`POST /v1/decide` as it is by default, of incidents that were asked about before (`--remember`)",
    DECIDE: "the same of incidents not asked about before, each decided by durable_rules in the process that serves",
    "decide, generated": "not asked before, with `--engine generated`",
    "decide, engine process": "not asked before, with `--engine-workers 1`",
}


@dataclass
class Row:
    """A connection to one endpoint, and the seconds that each request took."""

    path: str
    port: int
    token: str
    pid: int
    seconds: list[float] = field(default_factory=list)
    processor: float = 0.0  # seconds that the process that serves was at work
    wrong: int = 0

    def __post_init__(self) -> None:
        self.connection = socket.create_connection(("127.0.0.1", self.port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def text(self, body: bytes) -> bytes:
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def ask(self, body: bytes) -> bytes:
        text = self.text(body)
        started = time.perf_counter()
        self.connection.sendall(text)
        head, answer = received(self.connection)
        self.seconds.append(time.perf_counter() - started)
        self.wrong += not head.startswith(b"HTTP/1.1 200")
        return answer


def received(connection: socket.socket) -> tuple[bytes, bytes]:
    """One answer: its head and its body."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _part(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: (\d+)", head)
    assert length is not None, head
    while len(body) < int(length[1]):
        body += _part(connection)
    return head, body


def _part(connection: socket.socket) -> bytes:
    while True:
        try:
            part = connection.recv(1 << 17)
        except BlockingIOError:  # the client does not sleep
            continue
        if not part:
            raise ConnectionError("closed")
        return part


@contextmanager
def service(folder: Path, *options: str) -> Iterator[tuple[int, str, int]]:
    """A service of its own: its port, a token, its process."""
    token = new_token(folder / "tokens.json", "benchmark", [Role.DECIDE], 1_000_000)
    log = folder / "log.jsonl"
    command = [sys.executable, "-m", "plan_rules", "serve", "--port", "0", "--tokens", str(folder / "tokens.json")]
    with log.open("wb") as out, subprocess.Popen([*command, *options], stdout=out, cwd=ROOT) as process:
        try:
            while (found := re.search(r'"address":"http://127.0.0.1:(\d+)"', log.read_text())) is None or (
                '"started"' not in log.read_text()
            ):
                time.sleep(0.1)
            yield int(found[1]), token, process.pid
        finally:
            process.terminate()


@contextmanager
def empty(size: int) -> Iterator[tuple[int, int]]:
    command = [sys.executable, "-m", "benchmarks.empty_service", str(size)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline()), process.pid
        finally:
            process.terminate()


def bodies(count: int) -> list[bytes]:
    """Requests with different incidents."""
    stated = case("shipped", count).stated
    return [json.dumps({"facts": facts, "at": "2025-05-20T09:41"}, ensure_ascii=False).encode() for facts in stated]


# --------------------------------------------------------------------------- one after another


def latency(rounds: int, requests: int, *, alone: bool) -> dict[str, Any]:
    """Each row's medians over the rounds; ratios are taken within a round."""
    every = bodies(requests * (rounds + 1))
    asked, *anew = (every[first : first + requests] for first in range(0, len(every), requests))
    plan = case("shipped", len(every)).lowered.plan
    expected = [
        decide(plan, json.loads(body)["facts"], at="2025-05-20T09:41").to_json().encode() for body in asked[:200]
    ]
    size = int(median(len(answer) for answer in expected))
    with ExitStack() as running:
        rows = _rows(running, size)
        for body, answer in zip(asked, expected, strict=False):  # right
            for name, row in rows.items():
                found = row.ask(body)
                assert not name.startswith(DECIDE) or found == answer, name
        for body in asked:  # and warm
            for row in rows.values():
                row.ask(body)
        if alone:
            _alone(rows)
        found = [_round(rows, each) for each in anew]
    return {name: {key: median(each[name][key] for each in found) for key in found[0][name]} for name in rows} | {
        "bytes": size,
        "rounds": rounds,
        "requests": requests,
        "alone": alone,
    }


def _rows(running: ExitStack, size: int) -> dict[str, Row]:
    def folder() -> Path:
        return Path(running.enter_context(tempfile.TemporaryDirectory()))

    nothing, process = running.enter_context(empty(size))
    again = running.enter_context(service(folder()))
    plain = running.enter_context(service(folder(), "--remember", "0"))
    generated = running.enter_context(service(folder(), "--remember", "0", "--engine", "generated"))
    pooled = running.enter_context(service(folder(), "--remember", "0", "--engine-workers", "1"))
    path = "/v1/decide"
    return {
        EMPTY: Row("/empty", nothing, "-", process),
        SIZED: Row("/sized", nothing, "-", process),
        AGAIN: Row(path, *again),
        DECIDE: Row(path, *plain),
        "decide, generated": Row(path, *generated),
        "decide, engine process": Row(path, *pooled),
    }


def _alone(rows: dict[str, Row]) -> None:
    """Nothing else runs meanwhile: the client waits without sleeping on one processor, what serves has the other."""
    every = sorted(os.sched_getaffinity(0))
    served = {row.pid for row in rows.values()}
    children = {int(child) for pid in served for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    for pid in (os.getpid(), *served, *children):
        for task in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(task.name), os.SCHED_FIFO, os.sched_param(10))
            os.sched_setaffinity(int(task.name), every[:1] if pid == os.getpid() else every[1:])
    for row in rows.values():
        row.connection.setblocking(False)


def _round(rows: dict[str, Row], asked: Sequence[bytes]) -> dict[str, dict[str, float]]:
    for row in rows.values():
        row.seconds, row.processor, row.wrong = [], 0.0, 0
    for first in range(0, len(asked), AT_A_TIME):
        for body in asked[first : first + AT_A_TIME]:
            rows[AGAIN].ask(body)
        rows[AGAIN].seconds = rows[AGAIN].seconds[:first]  # the first time is not what is measured of it
        for row in rows.values():
            before = _processor(row.pid)
            for body in asked[first : first + AT_A_TIME]:
                row.ask(body)
            row.processor += _processor(row.pid) - before
    measured = {}
    for name, row in rows.items():
        assert row.wrong == 0, name
        cpu = row.processor / len(asked) * 1e6
        measured[name] = {"p50_us": _at(row.seconds, 0.5), "p99_us": _at(row.seconds, 0.99), "cpu_us": cpu}
    for beside, key in ((EMPTY, "ratio"), (SIZED, "ratio_sized")):
        for each in measured.values():
            each[key] = each["p50_us"] / measured[beside]["p50_us"]
    return measured


def _processor(pid: int) -> float:
    """Seconds that a process was at work, all of its threads."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def _at(seconds: Sequence[float], share: float) -> float:
    return sorted(seconds)[int(len(seconds) * share)] * 1e6


# --------------------------------------------------------------------------- sustained


def sustained(seconds: float, connections: int) -> dict[str, Any]:
    """As much as so many connections ask, for so long: errors, requests, latency and memory as time goes on."""
    asked = bodies(2000)
    with tempfile.TemporaryDirectory() as folder, service(Path(folder), "--remember", "0") as (port, token, pid):
        rows = {
            row.connection.fileno(): row for row in (Row("/v1/decide", port, token, pid) for _ in range(connections))
        }
        begun, memory, errors, number = time.monotonic(), [], 0, 0
        sent: dict[int, float] = {}
        slices: list[list[float]] = [[]]
        while (now := time.monotonic()) - begun < seconds or sent:
            if now - begun >= len(memory) * seconds / 10:
                memory.append(_memory(pid))
                slices.append([])
            for handle, row in rows.items():
                if handle not in sent and now - begun < seconds:
                    row.connection.sendall(row.text(asked[number % len(asked)]))
                    sent[handle], number = time.perf_counter(), number + 1
            for handle in select.select(list(sent), [], [], 1.0)[0]:
                head, _ = received(rows[handle].connection)
                slices[-1].append(time.perf_counter() - sent.pop(handle))
                errors += not head.startswith(b"HTTP/1.1 200")
        memory.append(_memory(pid))
    every = [each for part in slices for each in part]
    return {
        "seconds": round(time.monotonic() - begun),
        "connections": connections,
        "requests": len(every),
        "errors": errors,
        "p50_us": _at(every, 0.5),
        "p99_us": _at(every, 0.99),
        "p50_by_tenth_us": [_at(part, 0.5) for part in slices if part],
        "memory_kib": memory,
    }


def _memory(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0])


# --------------------------------------------------------------------------- the page


def page(results: dict[str, Any]) -> str:
    found = results["latency"]
    rows = "".join(
        f"| {name} | {ROWS[name]} | {found[name]['p50_us']:.0f} | {found[name]['p99_us']:.0f} "
        f"| {found[name]['cpu_us']:.0f} | {found[name]['ratio']:.2f} | {found[name]['ratio_sized']:.2f} |\n"
        for name in ROWS
    )
    lasted = _lasting(results["sustained"]) if results.get("sustained") else ""
    return f"""# What the service costs

Written by `python -m benchmarks.service --docs`, on a machine with {results["processors"]} processors.
{_how(found)}
The shipped plan, {found["requests"]} incidents in a round, others in each, with facts drawn evenly. Answers are of
about {found["bytes"]} bytes. Requests go to each row in turn, {AT_A_TIME} at a time, over connections that are kept,
from one client in a process of its own; the microseconds hold the client and both ways through the machine's own
network. Medians of {found["rounds"]} rounds; ratios are of medians within a round. "Processor" is what the process
that serves used for one request.

| | | p50, µs | p99, µs | processor, µs | × empty | × as large |
|---|---|--:|--:|--:|--:|--:|
{rows}
Everything is on: tokens, limits, request ids, logs, measures. Every decision was compared with the library's bytes
before it was measured. "× empty" compares the p50 with that of an endpoint that does nothing at all, "× as large" with
one that reads and writes as many bytes.

What was asked before costs {found[AGAIN]["ratio_sized"]:.2f} times an endpoint with bodies as large; what was not,
{found[DECIDE]["ratio_sized"]:.2f} times, where twice was aimed at.

In an engine process a decision waits for the way there and back, twice through the scheduler of the machine: choose it
for what it keeps apart, not for speed.
{lasted}"""


def _how(found: dict[str, Any]) -> str:
    if not found["alone"]:
        return "It was busy with other work at the same time: rely on ratios."
    return (
        "Nothing else ran meanwhile (`--alone`): the client waits without sleeping on one processor, what serves has\n"
        "the other."
    )


def _lasting(run: dict[str, Any]) -> str:
    tenths = ", ".join(f"{each / 1000:.2f}" for each in run["p50_by_tenth_us"])
    memory = ", ".join(f"{each / 1024:.1f}" for each in run["memory_kib"])
    return f"""
## For long

`python -m benchmarks.service --sustained {run["seconds"]}`: {run["connections"]} connections that ask again as soon as
they are answered, on a machine busy with other work. {run["requests"]} requests, {run["errors"]} errors; p50
{run["p50_us"] / 1000:.2f} ms, p99 {run["p99_us"] / 1000:.2f} ms.

- p50 by tenths of the time, ms: {tenths}
- resident memory of the process from beginning to end, MiB: {memory}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.service", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--requests", type=int, default=1000, help="of a row in a round (1000)")
    parser.add_argument("--sustained", type=float, default=0.0, help="also: seconds of unbroken load (0)")
    parser.add_argument("--connections", type=int, default=8)
    parser.add_argument("--alone", action="store_true", help="let nothing else run meanwhile (needs root)")
    parser.add_argument("--docs", action="store_true", help="also write the page of the documentation")
    parser.add_argument("--json", type=Path, default=ROOT / "benchmarks" / "service.json", help="where results go")
    options = parser.parse_args()
    results: dict[str, Any] = json.loads(options.json.read_text()) if options.json.exists() else {}
    results["processors"] = len(os.sched_getaffinity(0))
    if options.rounds:
        results["latency"] = latency(options.rounds, options.requests, alone=options.alone)
    if options.sustained:
        results["sustained"] = sustained(options.sustained, options.connections)
    options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    text = page(results)
    print(text)
    if options.docs:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
