"""A table of past incidents -> how many of each tier, and whose report to the sponsor bank was late or never sent.

python examples/past_incidents.py [FILE.csv]
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plan_rules as pr

TABLE = Path(__file__).with_name("past_incidents.csv")
FLAGS = {"yes": True, "no": False}


def incidents(path: Path) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each row as (id, instant, facts).  An empty cell states nothing, so the fact has its default."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            facts = {name: FLAGS.get(cell, cell) for name, cell in row.items() if cell}
            yield facts.pop("incident_id"), facts.pop("at"), facts


def summary(plan: pr.Plan, path: Path) -> Iterator[str]:
    """Counts a tier, then a line for each report that was late or missed, and for each row that is refused."""
    tiers: Counter[str] = Counter()
    lines = []
    for incident, at, facts in incidents(path):
        try:
            decision = pr.decide(plan, facts, at=at)
        except pr.FactsInvalid as refusal:
            lines += [f"{incident}: {found.code} {found.message.zh}" for found in refusal.diagnostics]
            continue
        tiers[decision.tier.label if decision.tier else "不分级"] += 1
        lines += [
            f"{incident}: {plan.actions[broken.action].label} {broken.kind} {broken.days}"
            for broken in decision.violations
            if broken.action == "report_to_sponsor"
        ]
    yield from (f"{count:3} {tier}" for tier, count in tiers.most_common())
    yield from lines


def main() -> None:
    """Print the summary of a table."""
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else TABLE
    print("\n".join(summary(pr.load(), path)))


if __name__ == "__main__":
    main()
