"""Measure everything, print it, and write the page of the documentation.

    python -m benchmarks            # about twenty minutes on a quiet machine of two processors
    python -m benchmarks --quick    # a few minutes, to look at; writes nothing into the documentation

Rows and ways take turns, round by round, each in a process of its own, over the same plan and the same incidents; a
run in which two of them give different answers fails.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import tables
from benchmarks.peers import PEERS
from benchmarks.report import machine, page, terminal
from benchmarks.worker import FLOOR, ROWS

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "explanation" / "benchmarks.md"
RESULTS = ROOT / "benchmarks" / "results.json"
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
DISTRIBUTIONS = (*(name for name in MODULES if "(" not in name), "durable_rules", "numpy", "openfisca-core")
DISTRIBUTIONS += ("polars", "duckdb", "ibis-framework", "pyspark")
OURS = tuple(row for row in ROWS if row != FLOOR)
SIZES = ("25", "250", "2500")
TABLE_ROWS = ("10000", "100000", "1000000")
PROCESSES = (1, 2, 4)
SHARED = ("durable: clauses that fire", "decide, durable (everything)", "decide, generated (everything)")
LIMIT = 60  # seconds for one row at one size: an engine that takes longer to build is told of as such
GROWING = {
    "generated: clauses that fire": 1_000_000,
    "durable: clauses that fire": 300_000,
    "decide, durable (everything)": 100_000,
}
QUICK = {"rounds": 1, "seconds": 0.2, "incidents": 200}
FULL = {"rounds": 3, "seconds": 1.0, "incidents": tables.DISTINCT}


def main() -> None:
    options = _options()
    peers = [peer for peer in PEERS if find_spec(MODULES[peer])]
    ways = [way for way in tables.NEEDS if tables.missing(way) is None]
    left_out = {peer: f"{MODULES[peer]} is not installed" for peer in PEERS if peer not in peers}
    left_out |= {way: str(tables.missing(way)) for way in tables.NEEDS if way not in ways}
    for name, why in left_out.items():
        print(f"left out: {name}: {why} (pip install -r benchmarks/requirements.txt)", file=sys.stderr)
    parts: dict[str, Callable[[], Any]] = {
        "shipped": lambda: _rounds([FLOOR, *OURS, *peers], options),
        "tables": lambda: _tables(ways, options),
        "sizes": lambda: {size: _sizes(size, peers, options) for size in SIZES[: 2 if options.quick else 3]},
        "processes": lambda: {row: _processes(row, options) for row in SHARED},
        "cold": lambda: {row: _cold(row, options.rounds) for row in (*OURS, *peers)},
        "check": lambda: _check(options.rounds),
        "memory": lambda: {row: _run("memory", row, str(_decisions(row, options))) for row in GROWING},
    }
    results = _measured(parts, options, left_out)
    print(terminal(results))
    wrong = [row for row, measured in results["shipped"].items() if measured["wrong"]]
    wrong += [way for way, it in results["tables"].items() if any(each["wrong"] for each in it["sizes"].values())]
    wrong += [
        f"{row} of {size}" for size, rows in results["sizes"].items() for row, it in rows.items() if it.get("wrong")
    ]
    if wrong:
        sys.exit(f"answers differ from the reference: {', '.join(wrong)}")
    if options.json.resolve() == RESULTS:
        PAGE.write_text(page(results), encoding="utf-8")


def _measured(
    parts: dict[str, Callable[[], Any]], options: argparse.Namespace, left_out: dict[str, str]
) -> dict[str, Any]:
    """The results with these parts measured anew, written down after each; how busy the machine was, with each."""
    results: dict[str, Any] = {"load": {}, "minutes": {}, "rounds": options.rounds, "incidents": options.incidents}
    if options.only:
        results |= json.loads(options.json.read_text(encoding="utf-8"))
    results |= {"machine": machine(), "left_out": left_out, "versions": _versions()}
    results["short"] = options.quick or (bool(options.only) and results["short"])
    for part in options.only or parts:
        before, begun = os.getloadavg()[0], time.monotonic()
        results[part] = parts[part]()
        results["load"][part] = [round(before, 1), round(os.getloadavg()[0], 1)]
        results["minutes"][part] = round((time.monotonic() - begun) / 60, 1)
        options.json.write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return results


def _versions() -> dict[str, str]:
    modules = MODULES | {"durable_rules": "durable", "openfisca-core": "openfisca_core", "ibis-framework": "ibis"}
    return {name: version(name) for name in DISTRIBUTIONS if find_spec(modules.get(name, name))}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="one short round; results only into --json or a new file")
    parser.add_argument("--rounds", type=int, help="how often each row is measured (3)")
    parser.add_argument("--seconds", type=float, help="how long a row is measured in a round (1)")
    parser.add_argument("--incidents", type=int, help="how many different incidents single rows meet (500)")
    parser.add_argument(
        "--only",
        nargs="+",
        metavar="PART",
        choices=("shipped", "tables", "sizes", "processes", "cold", "check", "memory"),
        help="only these, beside the results that there are: shipped tables sizes processes cold check memory",
    )
    parser.add_argument("--json", type=Path, help="where results go; with another place the page is left as it is")
    options = parser.parse_args()
    for name, value in (QUICK if options.quick else FULL).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if options.json is None:
        options.json = Path(tempfile.mkdtemp(prefix="plan-rules-")) / "results.json" if options.quick else RESULTS
    if options.only and not options.json.is_file():
        parser.error("--only measures parts beside the results that there are: name their file with --json")
    return options


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
                "100",
                str(options.seconds),
            ]
            running = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(number)]
            said = [process.communicate(timeout=600)[0] for process in running]
            found[str(number)].append(sum(json.loads(each.splitlines()[-1])["per_second"] for each in said))
    return {number: median(measured) for number, measured in found.items()}


CHECK = "import time, plan_rules as p; s = time.process_time(); d = p.check(); print(time.process_time() - s, len(d))"


def _tables(ways: list[str], options: argparse.Namespace) -> dict[str, dict[str, Any]]:
    """Each way to answer whole tables, at each size: medians of rounds in which the ways take turns.

    Spark has one turn only: it takes as long as all others together.
    """
    sizes = TABLE_ROWS[: 2 if options.quick else 3]
    found: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for number in range(options.rounds):
        for way, rounds in found.items():
            if way != tables.SPARK or not rounds:
                print(f"round {number + 1} of {options.rounds}: {way}", file=sys.stderr)
                told = _python("-m", "benchmarks.tables", way, *sizes)
                rounds.append(json.loads(told.splitlines()[-1]))
    digests = {way: each["digest"] for way, rounds in found.items() for each in rounds if each["digest"]}
    if len(set(digests.values())) > 1:
        raise RuntimeError(f"not all ways give the same table: {digests}")
    return tables.summary(found)


def _check(rounds: int) -> dict[str, float]:
    """CPU milliseconds to read and check the shipped plan, imports not counted."""
    outputs = [_python("-c", CHECK).split() for _ in range(rounds)]
    return {"check_ms": median(float(seconds) * 1000 for seconds, _ in outputs)}


def _decisions(row: str, options: argparse.Namespace) -> int:
    return GROWING[row] // (20 if options.quick else 1)


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
