"""One row in one fresh process: `python -m benchmarks.worker ROW CASE INCIDENTS SECONDS` -> one line of JSON.

The answers are checked before anything is timed.  `cold_ms` is CPU time from before the row's
imports to its first answer; the plan as a text, and Python itself, are ready by then, but for the rows `decide`, which
read the plan file too.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

FLOOR, REFERENCE = "hand-written if/else", "reference: clauses that fire"
ROWS = {
    FLOOR: "floor",
    "generated: clauses that fire": "engine generated",
    "durable: clauses that fire": "engine durable",
    REFERENCE: "engine reference",
    "decide, durable (everything)": "decide durable",
    "decide, generated (everything)": "decide generated",
}
Call = Callable[[dict[str, Any]], Any]


def build(row: str, case: Any) -> Call:
    """The function to time, from one incident to its answer."""
    kind, _, argument = ROWS.get(row, f"peer {row}").partition(" ")
    if kind == "floor":
        from benchmarks.floor import fires

        return fires
    if kind == "engine":
        from plan_rules.engines import engine

        return engine(argument, case.lowered)
    if kind == "decide":
        import plan_rules

        plan = plan_rules.load()
        return lambda stated: plan_rules.decide(plan, stated, engine=argument)
    from benchmarks.peers import PEERS

    return PEERS[row](case.groups, case.lowered.plan.facts)


def _wrong(row: str, name: str, call: Call, case: Any) -> int:
    """How many answers are wrong: the floor's by the reference, and the others' by the floor, which is much faster."""
    if row.startswith("decide"):
        import plan_rules

        plan, stated = plan_rules.load(), case.stated[:200]
        right = (plan_rules.decide(plan, given, engine="reference").to_json() for given in stated)
        return sum(call(given).to_json() != answer for given, answer in zip(stated, right, strict=True))
    judge = build(FLOOR if name == "shipped" and row != FLOOR else REFERENCE, case)
    return sum((call(wide) | case.always) != judge(wide) for wide in case.wide)


def measure(row: str, name: str, incidents: int, seconds: float) -> dict[str, Any]:
    """Microseconds for one incident (median, 99th percentile, CPU time), and how many answers differ."""
    from benchmarks.incidents import case as case_of

    case = case_of(name, incidents)
    call = build(row, case)
    inputs: list[dict[str, Any]] = case.stated if row.startswith("decide") else case.wide
    wrong = _wrong(row, name, call, case)
    gc.collect()
    gc.freeze()
    times: list[int] = []
    clock, started, cpu = time.perf_counter_ns, time.perf_counter(), time.process_time()
    while len(times) < min(200, len(inputs)) or time.perf_counter() - started < seconds:
        for given in inputs:
            before = clock()
            call(given)
            times.append(clock() - before)
        if time.perf_counter() - started > 10 * seconds:
            break
    cpu = time.process_time() - cpu
    elapsed = time.perf_counter() - started
    times.sort()
    return {
        "p50_us": times[len(times) // 2] / 1000,
        "p99_us": times[len(times) * 99 // 100] / 1000,
        "cpu_us": cpu / len(times) * 1e6,
        "per_second": len(times) / elapsed,
        "decisions": len(times),
        "wrong": wrong,
    }


def cold(row: str) -> dict[str, Any]:
    """CPU milliseconds from nothing imported to the first answer."""
    if row.startswith("decide"):
        started = time.process_time()
        call = build(row, None)
        call({"aggression_level": "serious"})
        return {"cold_ms": (time.process_time() - started) * 1000}
    from benchmarks.incidents import case as case_of

    case = case_of("shipped", 1)
    started = time.process_time()
    build(row, case)(case.wide[0])
    return {"cold_ms": (time.process_time() - started) * 1000}


def memory(row: str, decisions: int) -> dict[str, Any]:
    """Growth of resident memory over so many decisions, after a hundredth of them to warm up."""
    from benchmarks.incidents import case as case_of

    case = case_of("shipped", 1000)
    call = build(row, case)
    inputs: list[dict[str, Any]] = case.stated if row.startswith("decide") else case.wide
    for turn in range(decisions // 100):
        call(inputs[turn % len(inputs)])
    before = _resident()
    for turn in range(decisions):
        call(inputs[turn % len(inputs)])
    return {"decisions": decisions, "growth_kb": _resident() - before, "resident_kb": _resident()}


def _resident() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4


if __name__ == "__main__":
    what, row, *rest = sys.argv[1:]
    if what == "cold":
        found = cold(row)
    elif what == "memory":
        found = memory(row, int(rest[0]))
    else:
        found = measure(row, rest[0], int(rest[1]), float(rest[2]))
    print(json.dumps(found))
