"""One way to answer a whole table, in one fresh process: `python -m benchmarks.tables WAY ROWS` -> one line of JSON.

The clauses that fire in every row are compared with those of the hand-written code before anything is told.  Incidents
are repeated until the table has so many rows; getting them into the form that a way takes is not timed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.floor import fires
from benchmarks.incidents import Case, case

DISTINCT = 2000
Answer = Callable[[], dict[str, Any]]  # clause -> a row of trues and falses


def peer(name: str, given: Case, rows: int) -> Answer:
    """numpy or OpenFisca: from the facts as engines see them, filled in beforehand."""
    from benchmarks.table_peers import TABLE_PEERS, columns

    facts, groups = given.lowered.plan.facts, given.groups
    table = {fact: np.resize(column, rows) for fact, column in columns(given.wide, facts).items()}
    masks = TABLE_PEERS[name](groups, facts)

    def answer() -> dict[str, Any]:
        found = zip(groups, masks(table), strict=True)
        return {clause: mask for (_, clauses), mask in found for clause in clauses}

    return answer


def batch(backend: str, given: Case, rows: int) -> Answer:
    """`plan_rules.batch`: from the facts as they are stated, which it fills in; of its answers only the clauses."""
    import ibis
    import pyarrow as pa

    import plan_rules
    from plan_rules.batch import answers
    from plan_rules.fact import Kind

    plan = plan_rules.load()
    types = {Kind.BOOL: pa.bool_(), Kind.INTEGER: pa.int64(), Kind.DATE: pa.date32(), Kind.DATETIME: pa.timestamp("us")}
    columns: dict[str, Any] = {}
    for fact in plan.facts.values():
        if fact.kind is Kind.READINGS:
            continue
        told = [row.get(fact.id) for row in given.stated]
        type_ = types.get(fact.kind, pa.string())
        texts = pa.array(told, pa.string()) if isinstance(next((v for v in told if v is not None), 0), str) else None
        made = texts.cast(type_) if texts is not None else pa.array(told, type_)
        columns[fact.id] = made.take(pa.array(np.resize(np.arange(len(told)), rows)))
    connection = ibis.polars.connect() if backend == "polars" else ibis.duckdb.connect()
    if backend == "polars":
        connection.create_table("incidents", pa.table(columns))
    else:
        connection.con.register("incidents", pa.table(columns))
    table = connection.table("incidents")
    said = answers(plan, table, keep=())
    clauses = [name for name in said.columns if name.startswith("clause_")]

    def answer() -> dict[str, Any]:
        found = said.select(*clauses).to_pyarrow()
        return {name.removeprefix("clause_"): found[name] for name in clauses}

    return answer


WAYS: dict[str, Callable[[Case, int], Answer]] = {
    "numpy, by the conditions": lambda given, rows: peer("numpy", given, rows),
    "OpenFisca": lambda given, rows: peer("OpenFisca", given, rows),
    "plan_rules.batch, Polars": lambda given, rows: batch("polars", given, rows),
    "plan_rules.batch, DuckDB": lambda given, rows: batch("duckdb", given, rows),
}


def measure(way: str, rows: int, rounds: int) -> dict[str, Any]:
    """Seconds of processor and of wall-clock time, the least of the rounds; and how many rows are wrong."""
    given = case("shipped", min(rows, DISTINCT))
    begun = time.process_time()
    answer = WAYS[way](given, rows)
    found = answer()
    first = time.process_time() - begun
    whole = any("#" in clause for clause in found)
    wrong = _wrong(found, given, rows, whole=whole)
    cpu, wall = [], []
    for _ in range(max(rounds, 1)):
        before, watch = time.process_time(), time.perf_counter()
        answer()
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - watch)
    return {"first_s": first, "cpu_s": min(cpu), "wall_s": min(wall), "wrong": wrong}


def _wrong(found: dict[str, Any], given: Case, rows: int, *, whole: bool) -> int:
    """In how many rows a clause fires that should not, or does not that should; constants are asked of no peer.

    `whole`: the answer has the conditions of single norms and the notices too, as engines have them.
    """
    right = [fires(wide) for wide in given.wide]
    fired = frozenset().union(*right)
    wrong = np.zeros(rows, dtype=bool)
    for clause in sorted({*found, *(fired if whole else ())} - given.always):
        parts = set() if whole else {each for each in fired if each.startswith(f"{clause}#")}
        # A clause of norms with conditions of their own says something where one of these holds.
        wanted = [clause in each and (not parts or bool(parts & each)) for each in right]
        mask = found.get(clause, np.zeros(1, dtype=bool))
        got = np.asarray(mask.fill_null(False) if hasattr(mask, "fill_null") else mask, dtype=bool)
        wrong |= np.broadcast_to(got, rows) != np.resize(np.array(wanted), rows)
    return int(wrong.sum())


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))))
