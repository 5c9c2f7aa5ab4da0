"""Run the rows in turn, round by round, each in a process of its own, and print what was measured."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.peers import PEERS
from benchmarks.report import page, tables
from benchmarks.worker import FLOOR, ROWS

ROOT = Path(__file__).parents[1]
MODULES = {
    "datalogic-py": "datalogic_py",
    "clipspy": "clips",
    "cedarpy": "cedarpy",
    "rule-engine": "rule_engine",
    "zen-engine": "zen",
    "business-rules": "business_rules",
    "durable_rules (durable.lang)": "durable",
}
OURS = tuple(row for row in ROWS if row != FLOOR)
SIZES = ("25", "250", "2500")
GROWING = ("generated: clauses that fire", "durable: clauses that fire", "decide, durable (everything)")


def main() -> None:
    options = _options()
    peers = [peer for peer in PEERS if find_spec(MODULES[peer])]
    for peer in PEERS:
        if peer not in peers:
            print(f"left out, not installed: {peer} (pip install -r benchmarks/requirements.txt)", file=sys.stderr)
    results = {
        "rounds": options.rounds,
        "incidents": options.incidents,
        "shipped": _rounds([FLOOR, *OURS, *peers], options),
        "cold": {row: _cold(row, options.rounds) for row in (*OURS, *peers)},
        "sizes": {size: _sizes(size, peers, options) for size in SIZES},
        "check": _check(options.rounds),
        "memory": {row: _run("memory", row, "1000000") for row in GROWING} if options.memory else {},
    }
    options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(tables(results))
    if options.docs:
        (ROOT / "docs" / "explanation" / "benchmarks.md").write_text(page(results), encoding="utf-8")
    wrong = [row for row, measured in results["shipped"].items() if measured["wrong"]]
    if wrong:
        sys.exit(f"answers differ from the reference: {', '.join(wrong)}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each row is measured (5)")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a row is measured in a round (1)")
    parser.add_argument("--incidents", type=int, default=2000, help="how many different incidents (2000)")
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
            found[row] = _run("measure", row, size, "200", str(options.seconds))
        except RuntimeError as error:
            found[row] = {"error": str(error)[-200:]}
    return found


CHECK = "import time, plan_rules as p; s = time.process_time(); d = p.check(); print(time.process_time() - s, len(d))"


def _check(rounds: int) -> dict[str, float]:
    """CPU milliseconds to read and check the shipped plan, imports not counted."""
    outputs = [_python("-c", CHECK).split() for _ in range(rounds)]
    return {"check_ms": median(float(seconds) * 1000 for seconds, _ in outputs)}


def _run(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_python("-m", "benchmarks.worker", *arguments).splitlines()[-1])
    return found


def _python(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=1800, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
