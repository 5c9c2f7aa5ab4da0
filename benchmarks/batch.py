"""The shipped plan over very many rows through DuckDB, within 2 GiB: how long it took, and how much memory.

    python -m benchmarks.batch --large 100000000      # rows by tier and by clause are counted

How fast it is beside what is written by hand: `python -m benchmarks --only tables`.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import ibis
import pyarrow.parquet as pq

import plan_rules
from benchmarks.incident_tables import drawn
from plan_rules.batch import answers


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.batch", description=__doc__)
    parser.add_argument("--large", type=int, required=True, help="so many rows, whole millions")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="plan-rules-") as folder:
        _large(options.large, Path(folder))


def _large(rows: int, folder: Path) -> None:
    """Count what so many rows are answered, out of a file of a million told again and again under other numbers."""
    pq.write_table(drawn(1_000_000, 2), folder / "part.parquet", row_group_size=100_000)
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
