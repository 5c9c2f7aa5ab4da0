"""Incidents -> Arrow tables of them: those that single rows are measured with, or others, many of which are refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

import plan_rules
from plan_rules.fact import Fact, Kind

TYPES = {Kind.BOOL: pa.bool_(), Kind.INTEGER: pa.int64(), Kind.DATE: pa.date32(), Kind.DATETIME: pa.timestamp("us")}


def repeated(stated: list[dict[str, Any]], rows: int) -> pa.Table:
    """These incidents, again and again until there are so many rows; numbered in `row`."""
    taken = pa.array(np.resize(np.arange(len(stated)), rows))
    columns = {fact.id: _told([each.get(fact.id) for each in stated], fact).take(taken) for fact in _facts()}
    return pa.table({"row": pa.array(np.arange(rows))} | columns)


def drawn(rows: int, seed: int) -> pa.Table:
    """Incidents at random: of most facts little is said, of how bad it is most; of some rows what cannot be."""
    random = np.random.default_rng(seed)
    return pa.table({"row": pa.array(np.arange(rows))} | {fact.id: _drawn(fact, rows, random) for fact in _facts()})


def _facts() -> list[Fact]:
    return [fact for fact in plan_rules.load().facts.values() if fact.kind is not Kind.READINGS]


def _told(values: list[Any], fact: Fact) -> pa.Array:
    type_ = TYPES.get(fact.kind, pa.string())
    is_text = any(isinstance(value, str) for value in values)
    return pa.array(values, pa.string()).cast(type_) if is_text else pa.array(values, type_)


def _drawn(fact: Fact, rows: int, random: np.random.Generator) -> pa.Array:
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
