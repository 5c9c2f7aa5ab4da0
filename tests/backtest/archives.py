"""Archives made up for tests: incidents as facts, some of them impossible or ill-written, and the same rows as text."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import plan_rules as pr
from plan_rules.fact import Fact, Kind

ROOT = Path(__file__).parents[2]
BRANCHES = ("城关支行", "金凤支行", "南门分理处")


@dataclass(frozen=True, eq=False)
class Row:
    """One row: its id, branch and day, its cells by fact, and the facts that they mean (None: ill-written)."""

    id: str
    branch: str
    day: str
    cells: dict[str, str]
    facts: dict[str, Any] | None


@lru_cache(maxsize=4)
def rows(plan: pr.Plan, count: int, seed: int = 0) -> tuple[Row, ...]:
    """So many rows; about one in ten is ill-written, and more are impossible."""
    random = Random(seed)
    columns = [fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS and random.random() < 0.6]
    return tuple(_row(number, columns, random) for number in range(1, count + 1))


def _row(number: int, columns: Sequence[Fact], random: Random) -> Row:
    pairs = {fact.id: _cell(fact, random) for fact in columns}
    facts: dict[str, Any] | None = {name: value for name, (text, value) in pairs.items() if text.strip()}
    cells = {name: text for name, (text, _) in pairs.items()}
    if random.random() < 0.1:
        cells[random.choice(columns).id] = random.choice(("看情况", "-1", "2025-02-30", "12345678"))
        facts = None
    day = f"2025-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    return Row(f"C-{number:05d}", random.choice(BRANCHES), day, cells, facts)


def _cell(fact: Fact, random: Random) -> tuple[str, Any]:
    """A cell, and the value that `decide` takes for it."""
    if random.random() < 0.75:
        return random.choice(("", "", " ")), None
    if random.random() < 0.08:
        return random.choice(("unknown", "未知")), "unknown"
    match fact.kind:
        case Kind.BOOL:
            return random.choice((("是", True), ("否", False), ("true", True), ("FALSE", False)))
        case Kind.ENUM | Kind.ORDINAL:
            value = random.choice(fact.values)
            return random.choice((value.id, value.label)), value.id
        case Kind.INTEGER:
            number = random.randint(fact.low, min(fact.high, fact.low + 5))
            return str(number), number
        case Kind.DATE:
            return random.choice((("2025-03-10", "2025-03-10"), ("2025/3/9", "2025-03-09"), ("无", None)))
        case _:
            return random.choice(
                (
                    ("2025-03-10 09:41", "2025-03-10T09:41"),
                    ("2025年3月9日 8:00:30", "2025-03-09T08:00:30"),
                    ("无", None),
                )
            )


def write(file: Path, listed: Sequence[Row], *, encoding: str = "utf-8", names: dict[str, str] | None = None) -> Path:
    """The rows as a CSV file; `names` are other names of columns."""
    facts = list(listed[0].cells)
    with file.open("w", encoding=encoding, newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["编号", "网点", "受理日期", *((names or {}).get(fact, fact) for fact in facts)])
        writer.writerows([row.id, row.branch, row.day, *(row.cells[fact] for fact in facts)] for row in listed)
    return file


@lru_cache(maxsize=8)
def decisions(plan: pr.Plan, listed: tuple[Row, ...]) -> tuple[pr.Decision | None, ...]:
    """What `decide` says of each row; None where the row is ill-written or refused."""
    return tuple(_decided(plan, row) for row in listed)


def _decided(plan: pr.Plan, row: Row) -> pr.Decision | None:
    try:
        return None if row.facts is None else pr.decide(plan, row.facts)
    except pr.FactsInvalid:
        return None


def answers(decision: pr.Decision) -> dict[str, list[str]]:
    """What is counted of a decision, by kind."""
    return {
        "duty": [duty.action for duty in decision.in_force],
        "prohibition": [each.action for each in decision.prohibitions],
        "permission": [each.action for each in decision.allowed],
        "clause": list(decision.fired),
    }


def counted(plan: pr.Plan, listed: tuple[Row, ...]) -> dict[str, Any]:
    """The counts of one plan, row by row, in the form of the report."""
    found = [decision for decision in decisions(plan, listed) if decision is not None]
    kinds: dict[str, Counter[str]] = {kind: Counter() for kind in ("duty", "prohibition", "permission", "clause")}
    for decision in found:
        for kind, subjects in answers(decision).items():
            kinds[kind].update(subjects)
    tiers = Counter(decision.tier.id if decision.tier else "none" for decision in found)
    return {"rows": len(found), "tier": {tier: tiers[tier] for tier in (*plan.tiers, "none")}, **kinds}
