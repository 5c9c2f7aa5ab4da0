"""Results -> tables for the terminal, and the page of the documentation."""

from __future__ import annotations

import os
import platform
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks import tables
from benchmarks.worker import FLOOR

DURABLE, GENERATED = "durable: clauses that fire", "generated: clauses that fire"
WHOLE = "decide, durable (everything)"
TEMPLATE = Path(__file__).with_name("page.md")
SHORT = "**This is a short run** (`--quick`): one round, and neither the largest tables nor the largest plan.\n\n"
LEAST = 0.8  # how fast batch has to be beside what is written by hand

Results = dict[str, Any]


def page(results: Results) -> str:
    """The page of the documentation, from one run."""
    return TEMPLATE.read_text(encoding="utf-8").format(
        machine=results["machine"],
        load=_load(results),
        minutes=f"{sum(results['minutes'].values()):.0f}",
        rounds=results["rounds"],
        incidents=results["incidents"],
        short=SHORT if results["short"] else "",
        left_out=_left_out(results),
        versions=", ".join(f"{name} {told}" for name, told in results["versions"].items()),
        shipped=_shipped(results),
        targets=_targets(results),
        losses=_losses(results),
        sizes=_sizes(results),
        processes=_processes(results),
        tables=_tables(results),
        by_hand=_by_hand(results),
        growth=_growth(results),
        cold=_cold(results),
        memory=_memory(results),
        table_memory=_table_memory(results),
    )


def terminal(results: Results) -> str:
    """Everything that was measured, as Markdown tables."""
    parts = (_shipped, _tables, _by_hand, _growth, _sizes, _processes, _cold, _memory, _table_memory, _targets, _losses)
    return "\n\n".join(part(results) for part in parts)


def _left_out(results: Results) -> str:
    """What is not in the tables, and why."""
    told = "; ".join(f"{name} ({why})" for name, why in results["left_out"].items())
    return f"**Left out of this run**: {told}." if told else "No peer is left out of this run."


def _load(results: Results) -> str:
    """How busy the machine was, at least and at most."""
    seen = [load for pair in results["load"].values() for load in pair]
    return f"{min(seen):.1f} to {max(seen):.1f}"


# --------------------------------------------------------------------------- one incident a call


def _shipped(results: Results) -> str:
    head = ("one incident a call", "p50 µs", "p99 µs", "CPU µs", "p50 / floor", "CPU / floor")
    keys = ("p50_us", "p99_us", "cpu_us", "p50_ratio", "cpu_ratio")
    rows = sorted(results["shipped"].items(), key=lambda item: item[1]["p50_ratio"])
    return table(head, [(_ours(row), *(_number(it[key]) for key in keys)) for row, it in rows])


def _peers(results: Results) -> dict[str, float]:
    """The other engines, and how long each takes."""
    return {row: it["p50_us"] for row, it in results["shipped"].items() if not _is_ours(row) and row != FLOOR}


def _is_ours(row: str) -> bool:
    return ": " in row or row.startswith(("decide", "plan_rules"))


def _ours(row: str) -> str:
    return f"**{row}**" if _is_ours(row) else row


# --------------------------------------------------------------------------- whole tables


def _tables(results: Results) -> str:
    """What a row costs at each size; how long until there is a first answer."""
    ways = results["tables"]
    sizes = _table_sizes(results)
    head = (
        "a whole table, µs a row",
        *(f"{int(size):,} rows" for size in sizes),
        "CPU µs at the largest",
        "time / numpy",
        "first answer, s",
    )
    floor = ways[tables.NUMPY]["sizes"][sizes[-1]]["wall_s"] if tables.NUMPY in ways else None
    body = []
    for way, it in ways.items():
        last = it["sizes"][sizes[-1]]
        body.append(
            (
                _ours(way),
                *(_number(it["sizes"][size]["wall_s"] / int(size) * 1e6) for size in sizes),
                _number(last["cpu_s"] / int(sizes[-1]) * 1e6) if last["cpu_s"] is not None else "not measured",
                _number(last["wall_s"] / floor) if floor else "-",
                _number(it["first_s"]),
            )
        )
    return table(head, body)


def _by_hand(results: Results) -> str:
    """How fast batch is beside what is written by hand, at each size."""
    sizes = _table_sizes(results)
    asked = [*sizes, tables.DRAWN] if tables.DRAWN in results["tables"][tables.POLARS]["sizes"] else sizes
    told = ("a ninth refused" if size == tables.DRAWN else f"{int(size):,} rows" for size in asked)
    head = ("speed = time by hand ÷ time of batch", *told)
    body = [
        (
            f"**{way}** beside {tables.BY_HAND[way]}, {said}",
            *(f"{it['sizes'][size][key]:.2f} ×" for size in asked),
        )
        for way, it in results["tables"].items()
        for said, key in (("by the clock", "wall_speed"), ("by CPU", "cpu_speed"))
        if "wall_speed" in it["sizes"][sizes[-1]]
    ]
    return table(head, body)


def _growth(results: Results) -> str:
    """How many times as long ten times as many rows take."""
    sizes = _table_sizes(results)
    steps = list(pairwise(sizes))
    head = (
        "seconds for a table",
        *(f"{int(size):,} rows" for size in sizes),
        *("× for ten times the rows" for _ in steps),
    )
    body = []
    for way, it in results["tables"].items():
        wall = {size: it["sizes"][size]["wall_s"] for size in sizes}
        body.append(
            (
                _ours(way),
                *(f"{wall[size]:.3f}" for size in sizes),
                *(f"{wall[more] / wall[less]:.1f}" for less, more in steps),
            )
        )
    return table(head, body)


def _table_sizes(results: Results) -> list[str]:
    return [size for size in next(iter(results["tables"].values()))["sizes"] if size != tables.DRAWN]


def _table_memory(results: Results) -> str:
    largest = int(_table_sizes(results)[-1])
    body = [
        (_ours(way), f"{it['peak_kb'] / 1024:,.0f}" if it["peak_kb"] else "not measured")
        for way, it in results["tables"].items()
    ]
    return table((f"a table of {largest:,} rows", "most resident, MiB"), body)


# --------------------------------------------------------------------------- targets and losses


def _targets(results: Results) -> str:
    rows, peers = results["shipped"], _peers(results)
    durable, generated = rows[DURABLE]["p50_ratio"], rows[GENERATED]["p50_ratio"]
    body = [
        ("durable step ≤ 15 × the floor", f"{durable:.1f} ×", durable <= 15),
        ("generated step ≤ 2 × the floor", f"{generated:.2f} ×", generated <= 2),
    ]
    if "datalogic-py" in peers:
        mine, other = rows[GENERATED]["p50_us"], peers["datalogic-py"]
        body.append(("generated step ahead of datalogic-py", f"{mine:.1f} against {other:.1f} µs", mine < other))
    for peer, other in peers.items():
        if peer != "datalogic-py":
            mine = rows[WHOLE]["p50_us"]
            body.append((f"a whole decision ahead of {peer} alone", f"{mine:.0f} against {other:.0f} µs", mine < other))
    size = _table_sizes(results)[-1]
    for way, it in results["tables"].items():
        if "wall_speed" in it["sizes"][size]:
            speed, cpu = it["sizes"][size]["wall_speed"], it["sizes"][size]["cpu_speed"]
            name = f"{way}: speed at least {LEAST} × that of {tables.BY_HAND[way]}, {int(size):,} rows"
            body.append((name, f"{speed:.2f} × (by CPU {cpu:.2f} ×)", speed >= LEAST))
    return table(("target", "measured", "met"), [(name, told, "yes" if met else "**no**") for name, told, met in body])


def _losses(results: Results) -> str:
    """Where another is faster, in words."""
    rows = results["shipped"]
    told = []
    for row in (GENERATED, DURABLE, WHOLE):
        mine = rows[row]["p50_us"]
        others = {FLOOR: rows[FLOOR]["p50_us"]} | _peers(results)
        told.append((f"One incident, *{row}* ({_number(mine)} µs)", _faster(others, mine, "µs")))
    for size, measured in results["sizes"].items():
        mine = measured[DURABLE]["cpu_us"]
        others = {row: it["cpu_us"] for row, it in measured.items() if not _is_ours(row) and "cpu_us" in it}
        told.append((f"{size} clauses, *{DURABLE}* ({_number(mine)} µs of CPU)", _faster(others, mine, "µs")))
    size = _table_sizes(results)[-1]
    seconds = {way: it["sizes"][size]["wall_s"] for way, it in results["tables"].items()}
    others = {way: each for way, each in seconds.items() if not _is_ours(way)}
    for way, mine in seconds.items():
        if _is_ours(way):
            told.append((f"{int(size):,} rows, *{way}* ({_number(mine)} s)", _faster(others, mine, "s")))
    return "\n".join(f"- {what}: {faster}." for what, faster in told)


def _faster(others: dict[str, float], mine: float, unit: str) -> str:
    faster = sorted((each, name) for name, each in others.items() if each < mine)
    if not faster:
        return "nothing measured here is faster"
    return "faster are " + ", ".join(f"{name} ({_number(each)} {unit}, {mine / each:.1f} ×)" for each, name in faster)


# --------------------------------------------------------------------------- how cost grows


def _sizes(results: Results) -> str:
    sizes = results["sizes"]
    head = ("CPU µs for one incident", *(f"{size} clauses" for size in sizes))
    rows = list(next(iter(sizes.values())))
    return table(head, [(_ours(row), *(_size(sizes[size][row]) for size in sizes)) for row in rows])


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


def _cold(results: Results) -> str:
    body = [(_ours(row), _number(each)) for row, each in sorted(results["cold"].items(), key=lambda item: item[1])]
    body.append(("**read and check the shipped plan (`plan_rules.check`)**", _number(results["check"]["check_ms"])))
    return table(("cold start", "CPU ms"), body)


def _memory(results: Results) -> str:
    body = [
        (row, f"{it['decisions']:,}", f"{it['growth_kb']:,}", f"{it['resident_kb']:,}")
        for row, it in results["memory"].items()
    ]
    return table(("one incident a call", "decisions", "growth KB", "resident KB"), body)


# --------------------------------------------------------------------------- how it is written


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
