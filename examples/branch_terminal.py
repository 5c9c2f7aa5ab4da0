"""One incident -> what to do next, and by whom: the screen of a branch terminal.

python examples/branch_terminal.py
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import plan_rules as pr

INCIDENT = {
    "complaint_location": "counter",
    "staff_assaulted": True,
    "other_customers_present": True,
}


def screen(plan: pr.Plan, decision: pr.Decision) -> Iterator[str]:
    """The lines of the screen: tier, the steps still open, what not to do and what to do instead, questions."""
    yield f"【{decision.tier.label if decision.tier else '不分级'}】"
    open_duties = [duty for duty in decision.duties if duty.status != "done" and duty.order is not None]
    for step, (_, together) in enumerate(groupby(open_duties, key=lambda duty: duty.order), 1):
        for duty in together:
            who = "或".join(plan.roles[role].label for role in duty.roles)
            when = f" ({duty.deadline.text})" if duty.deadline else ""
            yield f"{step}. {duty.label}{when} - {who} [{' '.join(duty.clauses)}]"
    for prohibition in decision.prohibitions:
        instead = "、".join(plan.actions[action].label for action in prohibition.instead)
        yield f"不得 {prohibition.label}" + (f"; 改为 {instead}" if instead else "")
    for unknown in decision.undetermined:
        yield f"请问: {unknown.question}"


def main() -> None:
    """Print the screen of one incident."""
    plan = pr.load()
    print("\n".join(screen(plan, pr.decide(plan, INCIDENT))))


if __name__ == "__main__":
    main()
