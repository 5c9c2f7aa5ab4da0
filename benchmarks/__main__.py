"""Run the rows in turn, round by round, each in a process of its own, and print what was measured."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.report import machine, page, tables
from benchmarks.worker import FLOOR, ROWS

ROOT = Path(__file__).parents[1]
MODULES = {
    "datalogic-py": "datalogic_py",
    "clipspy": "clips",
    "cedarpy": "cedarpy",
    "rule-engine": "rule_engine",
    "zen-engine": "zen",
    "business-rules": "business_rules",
    "experta": "experta",
    "durable_rules (durable.lang)": "durable",
}
OURS = tuple(row for row in ROWS if row != FLOOR)
SIZES = ("25", "250", "2500")
TABLE_ROWS = (10_000, 100_000, 1_000_000)
NEEDS = {
    "numpy, by the conditions": "numpy",
    "OpenFisca": "openfisca_core",
    "plan_rules.batch, Polars": "polars",
    "plan_rules.batch, DuckDB": "duckdb",
}
PROCESSES = (1, 2, 4)
SHARED = ("durable: clauses that fire", "decide, durable (everything)", "decide, generated (everything)")
LIMIT = 60  # seconds for one row at one size: an engine that takes longer to build is told of as such
GROWING = ("generated: clauses that fire", "durable: clauses that fire", "decide, durable (everything)")


def main() -> None:
    options = _options()
    peers = [peer for peer in PEERS if find_spec(MODULES[peer])]
    for peer in PEERS:
        if peer not in peers:
            print(f"left out, not installed: {peer} (pip install -r benchmarks/requirements.txt)", file=sys.stderr)
    parts: dict[str, Callable[[], Any]] = {
        "shipped": lambda: _rounds([FLOOR, *OURS, *peers], options),
        "sizes": lambda: {size: _sizes(size, peers, options) for size in SIZES},
        "processes": lambda: {row: _processes(row, options) for row in SHARED},
        "cold": lambda: {row: _cold(row, options.rounds) for row in (*OURS, *peers)},
        "check": lambda: _check(options.rounds),
        "tables": _tables,
        "memory": lambda: {row: _run("memory", row, "1000000") for row in GROWING},
    }
    results = _measured(parts, options)
    print(tables(results))
    if options.docs:
        (ROOT / "docs" / "explanation" / "benchmarks.md").write_text(page(results), encoding="utf-8")
    wrong = [row for row, measured in results["shipped"].items() if measured["wrong"]]
    wrong += [way for way, sizes in results["tables"].items() if any(each["wrong"] for each in sizes.values())]
    if wrong:
        sys.exit(f"answers differ from the reference: {', '.join(wrong)}")


def _measured(parts: dict[str, Callable[[], Any]], options: argparse.Namespace) -> dict[str, Any]:
    """The results with these parts measured anew, written down after each; how busy the machine was, with each."""
    wanted = options.only or [part for part in parts if part != "memory" or options.memory]
    results: dict[str, Any] = {"memory": {}, "load": {}}
    if options.only:
        results |= json.loads(options.json.read_text(encoding="utf-8"))
    results |= {"machine": machine(), "rounds": options.rounds, "incidents": options.incidents}
    for part in wanted:
        before = os.getloadavg()[0]
        results[part] = parts[part]()
        results["load"][part] = [round(before, 1), round(os.getloadavg()[0], 1)]
        options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return results


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each row is measured (5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a row is measured in a round (1)")
    parser.add_argument("--incidents", type=int, default=2000, help="how many different incidents (2000)")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="PART",
        help="only these: shipped sizes processes cold check tables memory",
    )
    parser.add_argument("--memory", action="store_true", help="also measure memory over a million decisions")
    parser.add_argument("--docs", action="store_true", help="also write docs/explanation/benchmarks.md")
    parser.add_argument("--json", type=Path, default=ROOT / "benchmarks" / "results.json", help="where results go")
    return parser.parse_args()


def _rounds(rows: list[str], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Each row's medians over the rounds; ratios are taken within a round, where the machine was the same."""
    found: dict[str, list[dict[str, Any]]] = {row: [] for row in rows}
    for number in range(options.rounds):
        for row in rows:
            print(f"round {number + 1} of {options.rounds}: {row}", file=sys.stderr)
            measured = _run("measure", row, "shipped", str(options.incidents), str(options.seconds))
            found[row].append(measured)
    summary = {}
    for row, rounds in found.items():
        pairs = list(zip(rounds, found[FLOOR], strict=True))
        summary[row] = {key: median(measured[key] for measured in rounds) for key in ("p50_us", "p99_us", "cpu_us")}
        summary[row]["p50_ratio"] = median(mine["p50_us"] / floor["p50_us"] for mine, floor in pairs)
        summary[row]["cpu_ratio"] = median(mine["cpu_us"] / floor["cpu_us"] for mine, floor in pairs)
        summary[row]["wrong"] = max(measured["wrong"] for measured in rounds)
    return summary


def _cold(row: str, rounds: int) -> float:
    return median(_run("cold", row)["cold_ms"] for _ in range(rounds))


def _sizes(size: str, peers: list[str], options: argparse.Namespace) -> dict[str, Any]:
    """One median a row, or what went wrong: not every engine takes every size."""
    found: dict[str, Any] = {}
    for row in (*(row for row in OURS if not row.startswith("decide")), *peers):
        print(f"{size} clauses: {row}", file=sys.stderr)
        try:
            found[row] = _run("measure", row, size, "100", str(options.seconds), limit=LIMIT)
        except subprocess.TimeoutExpired:
            found[row] = {"error": f"> {LIMIT} s"}
        except RuntimeError as error:
            found[row] = {"error": str(error)[-200:]}
    return found


def _processes(row: str, options: argparse.Namespace) -> dict[str, float]:
    """Decisions a second of so many processes at once, medians of rounds in which each number has its turn."""
    found: dict[str, list[float]] = {str(number): [] for number in PROCESSES}
    for _ in range(options.rounds):
        for number in PROCESSES:
            print(f"{number} processes: {row}", file=sys.stderr)
            command = [
                sys.executable,
                "-m",
                "benchmarks.worker",
                "measure",
                row,
                "shipped",
                "500",
                str(options.seconds),
            ]
            running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(number)]
            said = [process.communicate(timeout=600)[0] for process in running]
            found[str(number)].append(sum(json.loads(each.splitlines()[-1])["per_second"] for each in said))
    return {number: median(measured) for number, measured in found.items()}


CHECK = "import time, plan_rules as p; s = time.process_time(); d = p.check(); print(time.process_time() - s, len(d))"


def _tables() -> dict[str, dict[str, Any]]:
    """Each way to answer whole tables, at each size; the ways take turns at a size."""
    found: dict[str, dict[str, Any]] = {}
    for rows in TABLE_ROWS:
        for way, module in NEEDS.items():
            if find_spec(module):
                print(f"{rows} rows: {way}", file=sys.stderr)
                told = _python("-m", "benchmarks.tables", way, str(rows), "3" if rows < 1_000_000 else "1")
                found.setdefault(way, {})[str(rows)] = json.loads(told.splitlines()[-1])
    return found


def _check(rounds: int) -> dict[str, float]:
    """CPU milliseconds to read and check the shipped plan, imports not counted."""
    outputs = [_python("-c", CHECK).split() for _ in range(rounds)]
    return {"check_ms": median(float(seconds) * 1000 for seconds, _ in outputs)}


def _run(*arguments: str, limit: int = 1800) -> dict[str, Any]:
    told = _python("-m", "benchmarks.worker", *arguments, limit=limit)
    found: dict[str, Any] = json.loads(told.splitlines()[-1])
    return found


def _python(*arguments: str, limit: int = 1800) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=limit, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
