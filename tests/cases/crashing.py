"""Run as a process: commands on standard input, each carried out by children that may be killed -> what they said.

A command is a JSON line, and so is the answer.  Children are forked once everything is imported and before anything
connects, so hundreds of them cost little.  `at` kills a child at its n-th boundary (before each statement that writes,
before each commit, when an operation has returned, once it was acknowledged); `after` kills it after so many seconds.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

import plan_rules
from plan_rules.cases.casebook import Cases
from plan_rules.cases.message import Message
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.store import migrating, outbox  # noqa: F401  imported ahead of the forks
from plan_rules.cases.store.failures import StoreError
from plan_rules.cases.vault import Keyring
from plan_rules.cases.worker import run

PLAN = plan_rules.load()
START = datetime(2026, 11, 2, 9, 0)
LEASE = timedelta(minutes=1)
KEYS = Keyring((b"0123456789abcdef" * 2,))


# --------------------------------------------------------------------------- the script


@dataclass(frozen=True)
class Step:
    """One operation, so many minutes after the start.  Events of cases are called `<case>.<what>`."""

    name: str
    minutes: int
    do: Callable[[Cases, str], object]


class Clock:
    """The time that a step has; the same whenever it is carried out."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def _opened(case: str, facts: Mapping[str, Any], **told: Any) -> Callable[[Cases, str], object]:
    return lambda cases, name: cases.open(PLAN, facts, by="101", case=case, event=name, outlet="城东", **told)


def _claimed(cases: Cases, name: str) -> None:
    """A worker that acknowledges one message, puts one off and ends before the third."""
    now = cases.now()
    for place, message in enumerate(cases.outbox.claim(name, now=now, lease=LEASE, limit=3)):
        if place == 0:
            assert cases.outbox.acknowledge(message.id, name, now=now)
        if place == 1:
            assert cases.outbox.retry(message.id, name, now=now, at=now + LEASE, why="busy")


_DAY = 24 * 60
SCRIPT = (
    Step("a.open", 0, _opened("a", {"complaint_received": True, "order_disrupted": True})),
    Step("b.open", 1, _opened("b", {"complaint_received": True}, personal={"customer_name": "张三"})),
    Step("a.violent", 3, lambda c, name: c.observe("a", {"aggression_level": "serious"}, by="101", event=name)),
    Step("claim.first", 4, _claimed),
    Step("a.police", 5, lambda c, name: c.done("a", "call_police", by="101", event=name)),
    Step("b.note", 6, lambda c, name: c.note("b", "incident_note", "客户要求当面道歉", by="102", event=name)),
    Step("a.calm", 9, lambda c, name: c.observe("a", {}, withdrawn=["aggression_level"], by="101", event=name)),
    Step("a.again", 12, lambda c, name: c.observe("a", {"aggression_level": "serious"}, by="101", event=name)),
    Step("c.open", 13, _opened("c", {"complaint_received": True, "media_present": True})),
    Step("b.resolve", 20, lambda c, name: c.resolve("b", by="102", event=name)),
    Step("a.resolve", 25, lambda c, name: c.resolve("a", by="101", event=name, at=START + timedelta(minutes=24))),
    Step("review.late", 4 * _DAY, lambda c, name: c.review(by="clock")),
    Step("claim.late", 4 * _DAY + 1, _claimed),
    Step("b.erase", 4 * _DAY + 2, lambda c, name: c.erase("b", ["incident_note"], reason="要求", by="9", event=name)),
    Step("review.later", 8 * _DAY, lambda c, name: c.review(by="clock")),
    Step("a.report", 8 * _DAY + 1, lambda c, name: c.done("a", "report_to_sponsor", by="101", event=name)),
    Step("a.close", 8 * _DAY + 2, lambda c, name: c.finish("a", by="101", event=name)),
)


def script(url: str, say: Callable[[str], None] = lambda _: None, *, until: str = SCRIPT[-1].name) -> None:
    """The script, up to a step; each step is acknowledged once it returned."""
    clock = Clock()
    with Cases.connect(url, clock=clock, keyring=KEYS) as cases:
        for step in SCRIPT:
            clock.now = START + timedelta(minutes=step.minutes)
            step.do(cases, step.name)
            _boundary()
            say(f"acknowledged {step.name}")
            _boundary()
            if step.name == until:
                break


# --------------------------------------------------------------------------- what else children do


def write(url: str, say: Callable[[str], None], *, who: int, case: str, events: int, checked: bool) -> None:
    """Events on one case, each recorded once; `checked`: only on the version that was looked at."""
    clock = Clock()
    levels = ("none", "minor", "serious")
    with Cases.connect(url, clock=clock) as cases:
        for number in range(events):
            name = f"w{who}.{number}"
            facts = {"aggression_level": levels[(who + number) % 3]}
            while True:
                expected = cases.load(case).version if checked else None
                try:
                    cases.observe(case, facts, by=f"w{who}", event=name, expected=expected)
                except EventRefused as refused:
                    if [each.code for each in refused.diagnostics] != ["CS015"]:
                        raise
                else:
                    break
            say(f"acknowledged {case} {name}")


def write_many(url: str, say: Callable[[str], None], *, who: int, cases: int, writers: int) -> None:
    """Each case opened by all writers at once, then one event of each; every writer starts elsewhere."""
    with Cases.connect(url, clock=Clock()) as store:
        for number in range(cases):
            case = f"case-{(number + (who // 2) * cases // writers) % cases}"
            opened = store.open(PLAN, {"complaint_received": True}, by="desk", case=case, event="opened")
            store.observe(case, {"order_disrupted": who % 2 == 0}, by=f"w{who}", event=f"w{who}")
            say(f"acknowledged {case} w{who}")
            if not opened.repeated:
                say(f"opened {case}")


def write_until_gone(url: str, say: Callable[[str], None], *, who: int, part: int) -> None:
    """Events on a case of one's own until the store is gone, which is told as a StoreError."""
    case = f"case-{part}-{who}"
    try:
        with Cases.connect(url, clock=Clock()) as cases:
            cases.open(PLAN, {"complaint_received": True}, by="desk", case=case, event="opened")
            say(f"acknowledged {case} opened")
            for number in range(100_000):
                cases.observe(case, {"order_disrupted": number % 2 == 0}, by="desk", event=f"e{number}")
                say(f"acknowledged {case} e{number}")
    except StoreError as failure:
        say(f"told {failure.error}")


def deliver(url: str, say: Callable[[str], None], *, who: int, to: str, minutes: int) -> None:
    """A worker that writes the ids it delivers into a file, until nothing is left."""

    def accept(message: Message) -> None:
        with Path(to).open("a", encoding="ascii") as file:
            file.write(message.id + "\n")
            file.flush()
            os.fsync(file.fileno())
        _boundary()

    rested: list[float] = []
    with Cases.connect(url, clock=Clock()) as cases:
        run(
            cases.outbox,
            accept,
            worker=f"worker-{who}",
            clock=lambda: START + timedelta(minutes=minutes),
            wait=rested.append,
            stop=lambda: bool(rested),
        )
    say("idle")


# --------------------------------------------------------------------------- children

_WRITES = ("insert", "update", "delete", "create", "drop", "alter")


class _Fate:
    """Death at the n-th boundary; 0 is never."""

    left = 0


def _boundary() -> None:
    if _Fate.left:
        _Fate.left -= 1
        if not _Fate.left:
            os.kill(os.getpid(), signal.SIGKILL)


def _listen() -> None:
    def before_statement(_: object, __: object, statement: str, *rest: object) -> None:
        if statement.lstrip().lower().startswith(_WRITES):
            _boundary()

    event.listen(Engine, "before_cursor_execute", before_statement)
    event.listen(Engine, "commit", lambda _: _boundary())


def _child(command: dict[str, Any], who: int, said: int, gate: int) -> None:
    def say(line: str) -> None:
        os.write(said, f"{line}\n".encode())

    _Fate.left = command.get("at") or 0
    os.read(gate, 1)
    options = command.get("with", {})
    match command["do"]:
        case "script":
            script(command["url"], say)
        case "write":
            write(command["url"], say, who=who, **options)
        case "write_many":
            write_many(command["url"], say, who=who, **options)
        case "write_until_gone":
            write_until_gone(command["url"], say, who=who, **options)
        case "deliver":
            deliver(command["url"], say, who=who, **options)


def _carry_out(command: dict[str, Any]) -> dict[str, Any]:
    heard, said = os.pipe()
    gate, opening = os.pipe()
    children = []
    for who in range(command.get("children", 1)):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                os.close(opening)
                _child(command, who, said, gate)
                code = 0
            except BaseException:  # whatever it is, a child says it and ends
                traceback.print_exc()
                os.write(said, f"failed {traceback.format_exc().splitlines()[-1]}\n".encode())
            finally:
                os._exit(code)
        children.append(child)
    os.close(said)
    os.close(gate)
    begun = time.monotonic()
    os.close(opening)  # now they all begin
    if command.get("after") is not None:
        time.sleep(command["after"])
        for child in children:
            os.kill(child, signal.SIGKILL)
    with os.fdopen(heard, encoding="utf-8") as lines:
        told = lines.read().splitlines()
    ends = [os.waitpid(child, 0)[1] for child in children]
    return {
        "said": told,
        "killed": sum(os.WIFSIGNALED(end) for end in ends),
        "seconds": time.monotonic() - begun,
    }


def main() -> None:
    script("sqlite://")
    _listen()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
