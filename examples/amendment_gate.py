"""Two versions of a plan -> what a merge request should say, and whether it may be merged.

    python examples/amendment_gate.py

Here the new version asks for a report to the head office only when a crowd looks on.
"""

from __future__ import annotations

import sys
from pathlib import Path

import plan_rules as pr
from plan_rules.analysis import diff, prove
from plan_rules.errors import Severity

PLAN = Path(__file__).parents[1] / "rules" / "plan.yaml"
BEFORE = "当: {二级处置: 是, 继续在柜面无理取闹: 是}"
AFTER = "当: {二级处置: 是, 继续在柜面无理取闹: 是, 引起群众围观: 是}"


def main() -> None:
    old = pr.load(PLAN)
    new = pr.loads(PLAN.read_text(encoding="utf-8").replace(BEFORE, AFTER))

    told = diff(old, new)
    for change in told.changes:
        if change.outcome.kind == "duty" and not change.outcome.aspect and change.shown:
            sign = "gains" if change.gained else "loses"
            percent = 100 * change.count / change.total
            print(
                f"{sign} {change.outcome.subject} on {percent:.2f} % of incidents, such as {dict(change.shown.facts)}"
            )
    for finding in (*told.findings, *prove(new)):
        if finding.severity is Severity.ERROR:
            print(f"{finding.code}: {finding.diagnostic.message.en}")
    print("may be merged" if told.may_pass else "may not be merged")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
