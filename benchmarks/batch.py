"""The shipped plan over a table, through `plan_rules.batch` and by hand: seconds and ratios, on DuckDB and on Polars.

    python -m benchmarks.batch [--rows 1000000] [--rounds 5]
    python -m benchmarks.batch --large 100000000      # through DuckDB, within 2 GiB: rows by tier and by clause

Every measurement is a process of its own; rounds are interleaved.  Before anything is timed, the four are compared cell
by cell.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

import plan_rules
from benchmarks import batch_by_hand as by_hand
from benchmarks.report import table
from plan_rules.batch import answers
from plan_rules.fact import Fact, Kind

WAYS = ("duckdb", "duckdb by hand", "polars", "polars by hand")


def main() -> None:
    options = _options()
    if options.measure:
        print(json.dumps(_measured(options.measure, options.file)))
        return
    with TemporaryDirectory(prefix="plan-rules-") as folder:
        file = f"{folder}/incidents.parquet"
        if options.large:
            _large(options.large, Path(folder))
            return
        pq.write_table(incidents(options.rows, 1), file)
        _same(file)
        spent: dict[str, list[tuple[float, float]]] = {way: [] for way in WAYS}
        for _ in range(options.rounds):
            for way, times in spent.items():
                told = subprocess.run(
                    [sys.executable, "-m", "benchmarks.batch", "--measure", way, "--file", file],
                    check=True,
                    capture_output=True,
                    text=True,
                )
                times.append(tuple(json.loads(told.stdout)))
        print(_report(spent))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of the table (1000000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each way is measured (5)")
    parser.add_argument("--large", type=int, help="count the answers of so many rows through DuckDB instead")
    parser.add_argument("--measure", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    return parser.parse_args()


def _report(spent: dict[str, list[tuple[float, float]]]) -> str:
    """Seconds of wall clock and of CPU; how fast ours is beside what is written by hand."""
    body = []
    for way, times in spent.items():
        wall, cpu = median(each for each, _ in times), median(each for _, each in times)
        hand_wall, hand_cpu = (median(part) for part in zip(*spent[way.split()[0] + " by hand"], strict=True))
        body.append((way, f"{wall:.2f}", f"{cpu:.2f}", f"{hand_wall / wall:.2f} ×", f"{hand_cpu / cpu:.2f} ×"))
    return table(("way", "wall s", "CPU s", "speed by wall", "by CPU"), body)


# --------------------------------------------------------------------------- incidents


def incidents(rows: int, seed: int) -> pa.Table:
    """A table of incidents: of most facts little is said, of how bad it is most; a tenth is refused."""
    random = np.random.default_rng(seed)
    return pa.table(
        {"row": pa.array(np.arange(rows))}
        | {
            fact.id: _column(fact, rows, random)
            for fact in plan_rules.load().facts.values()
            if fact.kind is not Kind.READINGS
        }
    )


def _column(fact: Fact, rows: int, random: np.random.Generator) -> pa.Array:
    often = 0.6 if fact.id in ("aggression_level", "order_disrupted") else 0.12
    unsaid = random.random(rows) >= often
    match fact.kind:
        case Kind.BOOL:
            return pa.array(random.random(rows) < 0.5, mask=unsaid)
        case Kind.INTEGER:
            return pa.array(random.integers(fact.low, fact.low + 30, rows), mask=unsaid)
        case Kind.DATE:
            days = (20_000 + random.integers(0, 100, rows)).astype("int32")
            return pa.array(days, mask=unsaid).cast(pa.date32())
        case Kind.DATETIME:
            seconds = (1_700_000_000 + random.integers(0, 10**6, rows)) * 10**6
            return pa.array(seconds, mask=unsaid).cast(pa.timestamp("us"))
        case _:
            ids = [*(value.id for value in fact.values), "unknown"]
            chosen = pa.array(random.integers(0, len(ids), rows), mask=unsaid, type=pa.int32())
            return pa.DictionaryArray.from_arrays(chosen, ids).cast(pa.string())


# --------------------------------------------------------------------------- ways


def _ready(way: str, file: str) -> Callable[[], pl.DataFrame]:
    """What is timed: from a table in memory to a table of answers in memory."""
    plan = plan_rules.load()
    if way.startswith("polars"):
        frame = pl.read_parquet(file)
        con = ibis.polars.connect({"incidents": frame.lazy()})
        lazy = by_hand.polars(frame.lazy()) if "hand" in way else con.compile(answers(plan, con.table("incidents")))
        return lazy.collect  # type: ignore[no-any-return]
    duck = ibis.duckdb.connect()
    duck.con.execute(f"CREATE TABLE incidents AS SELECT * FROM '{file}'")
    text = by_hand.sql() if "hand" in way else duck.compile(answers(plan, duck.table("incidents")))
    return lambda: duck.con.sql(text).to_arrow_table()


def _measured(way: str, file: str) -> tuple[float, float]:
    work = _ready(way, file)
    work()  # what is only done once
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def _same(file: str) -> None:
    """Do all ways give the same table?"""
    found: list[Any] = [pl.DataFrame(_ready(way, file)()).sort("row") for way in WAYS]
    first = found[0]
    for way, other in zip(WAYS[1:], found[1:], strict=True):
        differ = [name for name in first.columns if not first[name].eq_missing(other[name]).all()]
        assert not differ, f"{way} differs in {differ}"
    print(f"the same in all {len(first)} rows and {len(first.columns)} columns", file=sys.stderr)


# --------------------------------------------------------------------------- many rows


def _large(rows: int, folder: Path) -> None:
    """Count what so many rows are answered, out of a file of a million told again and again under other numbers."""
    pq.write_table(incidents(1_000_000, 2), folder / "part.parquet", row_group_size=100_000)
    files = [f"'{folder}/part.parquet'"] * (rows // 1_000_000)
    con = ibis.duckdb.connect()
    con.con.execute("SET memory_limit='1GB'")
    con.con.execute(f"SET temp_directory='{folder}'")
    con.con.execute(f"CREATE VIEW incidents AS SELECT * FROM read_parquet([{', '.join(files)}])")
    said = answers(plan_rules.load(), con.table("incidents"))
    true = {name: said[name].sum() for name, kind in said.schema().items() if kind.is_boolean()}
    begun = time.perf_counter()
    counted = con.con.sql(con.compile(said.group_by("tier").aggregate(rows=said.count(), **true))).to_arrow_table()
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    for row in counted.select(["tier", "rows", "duty_call_police"]).to_pylist():
        print(row)
    assert sum(counted["rows"].to_pylist()) == rows
    print(f"{rows:,} rows in {seconds:.0f} s ({rows / seconds:,.0f} a second), at most {peak:.2f} GiB")


if __name__ == "__main__":
    main()
