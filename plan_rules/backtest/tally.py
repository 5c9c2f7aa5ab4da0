"""Tally: how many rows of an archive have each answer, whole and by group, with a few rows of each change; they add up.

What is counted is a Measure: a key, such as `("old", "duty", "call_police")`, and the SQL of a condition on a row.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from plan_rules.backtest.part import quoted

Key: TypeAlias = tuple[str, ...]
Example: TypeAlias = tuple[
    int, str, int, str
]  # (mixed, source, row, id): which rows are shown is the mixed number's choice

MOST_EXAMPLES = 5
WHOLE = -1  # the group that every row is in


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted; a few of its rows are named, of those where `shown` holds."""

    key: Key
    condition: str
    shown: str = "false"

    @property
    def names(self) -> bool:
        """May a row of it be named?"""
        return self.shown != "false"


@dataclass(slots=True)
class Tally:
    """Counts by (dimension, value of the group); the dimension WHOLE has the one group ''."""

    counts: dict[tuple[int, str], Counter[Key]] = field(default_factory=dict)
    examples: dict[Key, list[Example]] = field(default_factory=dict)

    def add(self, other: Tally) -> None:
        """Take in the counts of other rows."""
        for group, counts in other.counts.items():
            self.counts.setdefault(group, Counter()).update(counts)
        for key, rows in other.examples.items():
            self.examples[key] = heapq.nsmallest(MOST_EXAMPLES, (*self.examples.get(key, ()), *rows))

    @property
    def whole(self) -> Counter[Key]:
        """The counts of every row."""
        return self.counts.get((WHOLE, ""), Counter())

    def groups(self, dimension: int) -> dict[str, Counter[Key]]:
        """The counts by value of one dimension, in the order of the values."""
        return {value: self.counts[at, value] for at, value in sorted(self.counts) if at == dimension}

    def to_json(self) -> dict[str, Any]:
        """As JSON, in one order."""
        return {
            "counts": [
                [dimension, value, [[*key, count] for key, count in sorted(counts.items()) if count]]
                for (dimension, value), counts in sorted(self.counts.items())
            ],
            "examples": [[list(key), [list(row) for row in rows]] for key, rows in sorted(self.examples.items())],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        """What `to_json` gave."""
        counts = {
            (dimension, value): Counter({tuple(entry[:-1]): entry[-1] for entry in entries})
            for dimension, value, entries in data["counts"]
        }
        examples = {tuple(key): [(row[0], row[1], row[2], row[3]) for row in rows] for key, rows in data["examples"]}
        return cls(counts, examples)


def counting(measures: Sequence[Measure], dimensions: int, answered: str) -> str:
    """The query that counts rows of `answered`: a row for each group, with the dimension, its value, the counts."""
    counts = ", ".join(f"count_if({measure.condition})" for measure in measures)
    by = [quoted(f"#by{index}") for index in range(dimensions)]
    sets = ", ".join(["()", *(f"({column})" for column in by)])
    which = "CASE " + " ".join(f"WHEN grouping({column}) = 0 THEN {index}" for index, column in enumerate(by))
    dimension = f"{which} ELSE {WHOLE} END" if by else str(WHOLE)
    value = f"coalesce({', '.join([*by, literal_nothing()])})"
    grouped = f" GROUP BY GROUPING SETS ({sets})" if by else ""
    return f"SELECT {dimension}, {value}, {counts} FROM ({answered}){grouped}"  # noqa: S608  names are quoted


def literal_nothing() -> str:
    """The value of a group whose column is empty."""
    return "''"


def showing(measures: Iterable[Measure], answered: str) -> str:
    """The query of a few rows of each measure that is shown: one row, a list for each of them."""
    row = f"{{'mixed': {quoted('#mixed')}, 'row': {quoted('#row')}, 'id': {quoted('#id')}}}"
    lists = ", ".join(
        f"min({row}, {MOST_EXAMPLES}) FILTER (WHERE {measure.shown})" for measure in measures if measure.names
    )
    return f"SELECT {lists} FROM ({answered})"  # noqa: S608  names are quoted


def tallied(measures: Sequence[Measure], counted: Iterable[Sequence[Any]], shown: Sequence[Any], source: str) -> Tally:
    """The Tally of what the two queries gave of a part of a source."""
    tally = Tally()
    for dimension, value, *counts in counted:
        pairs = zip((measure.key for measure in measures), counts, strict=True)
        tally.counts[dimension, value] = Counter({key: count for key, count in pairs if count})
    keys = (measure.key for measure in measures if measure.names)
    for key, rows in zip(keys, shown, strict=True):
        if rows:
            tally.examples[key] = sorted((row["mixed"], source, row["row"], row["id"]) for row in rows)
    return tally
