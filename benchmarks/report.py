"""Results -> tables for the terminal, and the page of the documentation."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any

DURABLE, GENERATED = "durable: clauses that fire", "generated: clauses that fire"
WHOLE = "decide, durable (everything)"

Results = dict[str, Any]


def tables(results: Results) -> str:
    """Everything that was measured, as Markdown tables."""
    parts = [
        _shipped(results),
        _targets(results),
        _sizes(results),
        _processes(results),
        _tables(results),
        _cold(results),
        _memory(results),
    ]
    return "\n\n".join(part for part in parts if part)


def page(results: Results) -> str:
    """The page of the documentation, from one run."""
    rows = results["shipped"]
    return PAGE.format(
        machine=results["machine"],
        load=_load(results),
        rounds=results["rounds"],
        incidents=results["incidents"],
        shipped=_shipped(results),
        targets=_targets(results),
        sizes=_sizes(results),
        processes=_processes(results),
        batch=_tables(results),
        cold=_cold(results),
        memory=_memory(results) or "Run with `--memory` to measure it.",
        durable=rows[DURABLE]["p50_us"],
        whole=rows[WHOLE]["p50_us"],
        losses=_losses(results),
    )


def _load(results: Results) -> str:
    """How busy the machine was, at least and at most."""
    seen = [load for pair in results["load"].values() for load in pair]
    return f"{min(seen):.1f} to {max(seen):.1f}"


def _shipped(results: Results) -> str:
    head = ("one incident a call", "p50 µs", "p99 µs", "CPU µs", "p50 / floor", "CPU / floor", "wrong")
    body = [
        (
            row,
            _number(it["p50_us"]),
            _number(it["p99_us"]),
            _number(it["cpu_us"]),
            _number(it["p50_ratio"]),
            _number(it["cpu_ratio"]),
            str(it["wrong"]),
        )
        for row, it in sorted(results["shipped"].items(), key=lambda item: item[1]["p50_ratio"])
    ]
    return table(head, body)


def _targets(results: Results) -> str:
    rows = results["shipped"]
    peers = {row: it["p50_us"] for row, it in rows.items() if ":" not in row and not row.startswith(("decide", "hand"))}
    slower = [peer for peer in peers if peer != "datalogic-py"]
    head = ("target", "measured", "met")
    body = [
        ("durable step ≤ 15 × the floor", f"{rows[DURABLE]['p50_ratio']:.1f} ×", rows[DURABLE]["p50_ratio"] <= 15),
        ("generated step ≤ 2 × the floor", f"{rows[GENERATED]['p50_ratio']:.2f} ×", rows[GENERATED]["p50_ratio"] <= 2),
    ]
    if "datalogic-py" in peers:
        mine, other = rows[GENERATED]["p50_us"], peers["datalogic-py"]
        body.append(("generated step ahead of datalogic-py", f"{mine:.1f} against {other:.1f} µs", mine < other))
    for peer in slower:
        mine, other = rows[WHOLE]["p50_us"], peers[peer]
        body.append((f"a whole decision ahead of {peer} alone", f"{mine:.0f} against {other:.0f} µs", mine < other))
    return table(head, [(name, measured, "yes" if met else "**no**") for name, measured, met in body])


def _losses(results: Results) -> str:
    """Where another is faster than the durable step, in words."""
    rows = results["shipped"]
    mine = rows[DURABLE]["p50_us"]
    faster = [
        f"{row} ({it['p50_us']:.1f} µs)"
        for row, it in rows.items()
        if it["p50_us"] < mine and ":" not in row and not row.startswith("decide")
    ]
    return ", ".join(faster) or "none"


def _sizes(results: Results) -> str:
    sizes = results["sizes"]
    rows = list(next(iter(sizes.values())))
    head = ("CPU µs for one incident", *(f"{size} clauses" for size in sizes))
    return table(head, [(row, *(_size(sizes[size][row]) for size in sizes)) for row in rows])


def _size(measured: dict[str, Any]) -> str:
    if "error" in measured:
        return measured["error"] if measured["error"].startswith(">") else "fails"
    return _number(measured["cpu_us"]) + (f" ({measured['wrong']} wrong)" if measured["wrong"] else "")


def _processes(results: Results) -> str:
    rows = results["processes"]
    numbers = list(next(iter(rows.values())))
    head = ("decisions a second", *(f"{number} process{'es' if number != '1' else ''}" for number in numbers))
    body = [
        (row, *(f"{it[number]:,.0f} ({it[number] / it[numbers[0]]:.2f} ×)" for number in numbers))
        for row, it in rows.items()
    ]
    return table(head, body)


def _tables(results: Results) -> str:
    """What a row costs at each size, beside numpy at the largest."""
    ways = results["tables"]
    sizes = list(next(iter(ways.values())))
    floor = {size: ways["numpy, by the conditions"][size]["cpu_s"] for size in sizes}
    head = (
        "a whole table, µs of CPU a row",
        *(f"{int(size):,} rows" for size in sizes),
        "CPU / numpy",
        "first answer, CPU s",
    )
    body = [
        (
            way,
            *(f"{it[size]['cpu_s'] / int(size) * 1e6:.3f}" for size in sizes),
            _number(it[sizes[-1]]["cpu_s"] / floor[sizes[-1]]),
            _number(it[sizes[0]]["first_s"]),
        )
        for way, it in ways.items()
    ]
    return table(head, body)


def _cold(results: Results) -> str:
    body = [(row, _number(milliseconds)) for row, milliseconds in sorted(results["cold"].items(), key=lambda it: it[1])]
    body.append(("read and check the shipped plan (`plan_rules.check`)", _number(results["check"]["check_ms"])))
    return table(("cold start", "CPU ms"), body)


def _memory(results: Results) -> str:
    body = [
        (row, f"{it['decisions']:,}", f"{it['growth_kb']:,}", f"{it['resident_kb']:,}")
        for row, it in results["memory"].items()
    ]
    return table(("memory", "decisions", "growth KB", "resident KB"), body) if body else ""


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(head: tuple[str, ...], body: list[tuple[str, ...]]) -> str:
    lines = [head, ("---", *("--:" for _ in head[1:])), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        processor = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        processor = platform.machine()
    return f"{processor}, {os.cpu_count()} cores, CPython {platform.python_version()}"


PAGE = """# Benchmarks

What a decision costs, beside hand-written Python and beside other rule engines. This page is made by
`python -m benchmarks --memory --docs`; run it on your own machine before you rely on a number, and rely on ratios.

Machine: {machine}; load average {load} while it was measured. {rounds} rounds; medians; ratios within a round. On a
machine busier than it has cores, trust CPU and ratios before wall-clock times; and what touches much memory, such as a
whole decision, then loses more than what touches little, so that its ratio to hand-written code grows as well.

## The shipped plan

{incidents} different incidents, drawn from the plan's facts with impossible combinations left out. In a round each row
runs in a fresh process, one after the other. Before anything is timed, every row's answers are checked on
every incident: those of the hand-written code by the reference, those of the others by the hand-written code.

{shipped}

- *hand-written if/else* (`benchmarks/floor.py`) is what a careful engineer would write instead of a rule engine.
- *clauses that fire* is the engine alone, as the peers are: facts with defaults filled in, to the set of clauses.
- *everything* is `plan_rules.decide`: checks the stated facts, presumptions, firing, tier, exceptions, order,
  deadlines, reasons. A peer would need all that on top.
- *experta* has had no release since 2019 and does not import on Python 3.10 and later; `benchmarks/peers.py` gives
  `collections` back the name that it misses. Nobody should have to.
- Peers get every distinct condition once, compiled ahead, by the fastest call their documentation names. *durable.lang*
  is the same C engine through its own front door, with its background threads; it is not what this library uses.

Faster than the durable step ({durable:.1f} µs) here: {losses}.

## Targets

{targets}

## Growing plans

Made plans, ten clauses to a section; CPU time, so that a busy machine distorts it least. The durable engine asks only
the rulesets that an incident can concern.

{sizes}

An engine that does not get its plan of that size ready and 100 incidents decided within the time shown (`> … s`) is not
waited for.

## Processes

An engine decides one incident at a time and holds one lock in a process, so a desk with several cores runs several
processes. They share nothing but the processor.

{processes}

## Whole tables

The clauses of the shipped plan in every row, the same in all ways and as the hand-written code has them. numpy and
OpenFisca get the facts as engines see them, defaults and presumptions filled in beforehand; `plan_rules.batch` gets
what was stated, checks it and fills it in itself, so it does more. Getting the answers into numpy's and Arrow's columns
is counted, getting the incidents there is not.

{batch}

## Cold start and checking

CPU time of a fresh process from before a row's imports to its first answer. For *everything* this includes importing
the library and reading the plan file; for the others the plan is already in memory.

{cold}

## Memory

{memory}

## Run it

```
pip install -r benchmarks/requirements.txt
python -m benchmarks --memory --docs
```

into an environment of its own, beside plan_rules: a peer that is not installed is left out. `--only shipped tables`
measures single parts anew. What cases cost is in [What cases cost](case-benchmarks.md), what proofs cost in
[What proofs cost](proof-benchmarks.md), what the service costs in [What the service costs](service-benchmarks.md).
"""
