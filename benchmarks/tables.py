"""One way to answer whole tables, in one fresh process: `python -m benchmarks.tables WAY ROWS...` -> a line of JSON.

Before anything is timed, the clauses of every row are compared with those of the hand-written code; and of the ways
that give every answer, a digest is made of all their cells over incidents some of which are refused: they must agree.
Incidents are the ones that single rows are measured with, again and again; what is timed goes from a table in memory
to a table of answers in memory.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from importlib.util import find_spec
from resource import RUSAGE_SELF, getrusage
from shutil import which
from statistics import median
from typing import Any

import numpy as np

from benchmarks.floor import fires
from benchmarks.incidents import Case, case

DISTINCT = 500  # incidents
DRAWN = "drawn"  # beside the sizes: the largest table again, of incidents of which some are refused
REFUSED = 5000  # rows of the table some rows of which are refused
NUMPY, FISCA = "numpy, by the conditions", "OpenFisca"
POLARS, DUCKDB, SPARK = "plan_rules.batch, Polars", "plan_rules.batch, DuckDB", "plan_rules.batch, Spark"
POLARS_BY_HAND, DUCKDB_BY_HAND = "Polars by hand", "DuckDB by hand (SQL)"
BY_HAND = {POLARS: POLARS_BY_HAND, DUCKDB: DUCKDB_BY_HAND}
NEEDS = {
    NUMPY: "numpy",
    FISCA: "openfisca_core",
    POLARS_BY_HAND: "polars",
    POLARS: "polars",
    DUCKDB_BY_HAND: "duckdb",
    DUCKDB: "duckdb",
    SPARK: "pyspark",
}
EVERY_ANSWER = (POLARS_BY_HAND, POLARS, DUCKDB_BY_HAND, DUCKDB, SPARK)
Answer = Callable[[], Any]  # a table of answers, or clause -> a row of trues and falses


def missing(way: str) -> str | None:
    """Why a way cannot be measured here; None where it can."""
    if find_spec(NEEDS[way]) is None:
        return f"{NEEDS[way]} is not installed"
    return "there is no Java" if way == SPARK and which("java") is None else None


# --------------------------------------------------------------------------- the ways


def ready(way: str, given: Case, rows: int) -> Answer:
    """A way with its table in memory."""
    if way in EVERY_ANSWER:
        from benchmarks.incident_tables import repeated

        return over(way, repeated(given.stated, rows))
    from benchmarks.table_peers import TABLE_PEERS, columns

    facts, groups = given.lowered.plan.facts, given.groups
    table = {fact: np.resize(column, rows) for fact, column in columns(given.wide, facts).items()}
    masks = TABLE_PEERS["numpy" if way == NUMPY else way](groups, facts)
    return lambda: {clause: mask for (_, ids), mask in zip(groups, masks(table), strict=True) for clause in ids}


def over(way: str, table: Any) -> Answer:
    """A way that gives every answer, over an Arrow table of stated facts."""
    return {
        POLARS_BY_HAND: _polars_by_hand,
        POLARS: _polars,
        DUCKDB_BY_HAND: _duckdb_by_hand,
        DUCKDB: _duckdb,
        SPARK: _spark,
    }[way](table)


def _polars_by_hand(table: Any) -> Answer:
    import polars as pl

    from benchmarks import batch_by_hand

    frame = batch_by_hand.polars(pl.from_arrow(table).lazy())  # type: ignore[union-attr]
    return frame.collect


def _polars(table: Any) -> Answer:
    import ibis
    import polars as pl

    con = ibis.polars.connect({"incidents": pl.from_arrow(table).lazy()})  # type: ignore[union-attr]
    frame = con.compile(_answers(con))
    return frame.collect


def _duckdb_by_hand(table: Any) -> Answer:
    import duckdb

    from benchmarks import batch_by_hand

    con = duckdb.connect()
    con.register("given", table)
    con.execute("CREATE TABLE incidents AS SELECT * FROM given")
    text = batch_by_hand.sql()
    return lambda: con.sql(text).to_arrow_table()


def _duckdb(table: Any) -> Answer:
    import ibis

    con = ibis.duckdb.connect()
    con.con.register("given", table)
    con.con.execute("CREATE TABLE incidents AS SELECT * FROM given")
    text = con.compile(_answers(con))
    return lambda: con.con.sql(text).to_arrow_table()


def _spark(table: Any) -> Answer:
    import ibis
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.session.timeZone", "UTC").config("spark.log.level", "ERROR")
    builder = builder.config("spark.sql.codegen.wholeStage", "false")  # it takes minutes over so many columns
    session = builder.config("spark.driver.memory", "4g").getOrCreate()
    session.createDataFrame(table).repartition(2).cache().createOrReplaceTempView("incidents")
    con = ibis.pyspark.connect(session)
    text = con.compile(_answers(con))
    return lambda: session.sql(text).toArrow()


def _answers(con: Any) -> Any:
    import plan_rules
    from plan_rules.batch import answers

    return answers(plan_rules.load(), con.table("incidents"))


# --------------------------------------------------------------------------- measuring


def measure(way: str, sizes: list[int]) -> dict[str, Any]:
    """At each size seconds of wall clock and of processor; what comes before the first answer; what is wrong."""
    given = case("shipped", DISTINCT)
    begun = time.perf_counter()
    ready(way, given, 1)()
    first = time.perf_counter() - begun
    found: dict[str, Any] = {"first_s": first, "digest": digest(way), "sizes": {}}
    for rows in sizes:
        answer = ready(way, given, rows)
        wrong = rows_wrong(answer(), given, rows, whole=way not in EVERY_ANSWER)
        spent = _least(answer, 1 if way == SPARK else 3)
        found["sizes"][str(rows)] = spent | {"wrong": wrong} | ({"cpu_s": None} if way == SPARK else {})
    if way in BY_HAND or way in BY_HAND.values():
        from benchmarks.incident_tables import drawn

        answer = over(way, drawn(sizes[-1], 1))
        answer()
        found["sizes"][DRAWN] = _least(answer, 3) | {"wrong": 0}  # the digest has told
    found["peak_kb"] = None if way == SPARK else getrusage(RUSAGE_SELF).ru_maxrss
    return found


def _least(answer: Answer, times: int) -> dict[str, Any]:
    """The least that it takes, of so many times: the least disturbed."""
    wall, cpu = (min(each) for each in zip(*(_spent(answer) for _ in range(times)), strict=True))
    return {"wall_s": wall, "cpu_s": cpu}


def _spent(answer: Answer) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    answer()
    return time.perf_counter() - wall, time.process_time() - cpu


def digest(way: str, rows: int = REFUSED) -> str | None:
    """Of every cell answered over incidents some of which are refused; None of ways that give clauses only."""
    if way not in EVERY_ANSWER:
        return None
    import polars as pl

    from benchmarks.incident_tables import drawn

    frame = pl.DataFrame(over(way, drawn(rows, 1))()).sort("row")
    told = frame.select(pl.col(sorted(frame.columns)).cast(pl.String)).write_csv(null_value="-")
    return sha256(told.encode()).hexdigest()


def rows_wrong(found: Any, given: Case, rows: int, *, whole: bool) -> int:
    """In how many rows a clause fires that should not, or does not that should; constants are asked of no peer.

    `whole`: the answer has the conditions of single norms and the notices too, as engines have them.
    """
    if not whole:
        found = _clauses(found)
    right = [fires(wide) for wide in given.wide]
    fired = frozenset().union(*right)
    wrong = np.zeros(rows, dtype=bool)
    for clause in sorted({*found, *(fired if whole else ())} - given.always):
        parts = set() if whole else {each for each in fired if each.startswith(f"{clause}#")}
        # A clause of norms with conditions of their own says something where one of these holds.
        wanted = [clause in each and (not parts or bool(parts & each)) for each in right]
        got = found.get(clause, np.zeros(1, dtype=bool))
        wrong |= np.broadcast_to(got, rows) != np.resize(np.array(wanted), rows)
    return int(wrong.sum())


def _clauses(table: Any) -> dict[str, Any]:
    """The columns of clauses, in the order of the rows; what is not known does not fire."""
    import polars as pl

    frame = pl.DataFrame(table).sort("row")
    names = [name for name in frame.columns if name.startswith("clause_")]
    return {name.removeprefix("clause_"): frame[name].fill_null(value=False).to_numpy() for name in names}


# --------------------------------------------------------------------------- over rounds


def summary(found: dict[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Medians over the rounds of each way; how fast it is beside what is written by hand, within a round."""
    return {way: _summed(rounds, found.get(BY_HAND.get(way, ""), [])) for way, rounds in found.items()}


def _summed(rounds: list[dict[str, Any]], by_hand: list[dict[str, Any]]) -> dict[str, Any]:
    sizes: dict[str, dict[str, Any]] = {}
    for size in rounds[0]["sizes"]:
        mine, other = ([each["sizes"][size] for each in some] for some in (rounds, by_hand))
        sizes[size] = {"wrong": max(each["wrong"] for each in mine)}
        for key in ("wall_s", "cpu_s"):
            told = [each[key] for each in mine if each[key] is not None]
            sizes[size][key] = median(told) if told else None
            if other:
                sizes[size][key[:-2] + "_speed"] = median(
                    theirs[key] / ours[key] for ours, theirs in zip(mine, other, strict=True)
                )
    peaks = [each["peak_kb"] for each in rounds if each["peak_kb"] is not None]
    return {
        "first_s": median(each["first_s"] for each in rounds),
        "peak_kb": max(peaks) if peaks else None,
        "sizes": sizes,
    }


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], [int(rows) for rows in sys.argv[2:]])))
