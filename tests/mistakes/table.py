"""`python -m tests.mistakes.table`: measure every slip and write the numbers into docs/explanation/diagnostics.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mistakes.reports import Verdict, verdict
from tests.mistakes.slips import QUOTAS, slips

PAGE = Path(__file__).parents[2] / "docs/explanation/diagnostics.md"
ALL = "合计"
_ROW = re.compile(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Row:
    """Of one kind: how many slips, how many reported, on the right line, with the right fix."""

    slips: int
    reported: int
    right_line: int
    right_fix: int


def measured(verdicts: Sequence[Verdict]) -> dict[str, Row]:
    """The row of every kind, and that of all."""
    by_kind = {kind: [each for each in verdicts if each.slip.kind == kind] for kind in QUOTAS}
    return {kind: _row(judged) for kind, judged in (*by_kind.items(), (ALL, verdicts))}


def _row(judged: Sequence[Verdict]) -> Row:
    return Row(
        len(judged),
        sum(bool(each.told) for each in judged),
        sum(each.right_line for each in judged),
        sum(each.right_fix for each in judged),
    )


def stated() -> dict[str, Row]:
    """The rows as the page has them."""
    page = PAGE.read_text(encoding="utf-8")
    return {found[1]: Row(*map(int, found.groups()[1:])) for found in _ROW.finditer(page)}


def write() -> None:
    """Put what is measured in the place of what the page states."""
    rows = measured([verdict(slip) for slip in slips()])

    def row(found: re.Match[str]) -> str:
        now = rows[found[1]]
        return f"| {found[1]} | {now.slips} | {now.reported} | {now.right_line} | {now.right_fix} |"

    PAGE.write_text(_ROW.sub(row, PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    write()
