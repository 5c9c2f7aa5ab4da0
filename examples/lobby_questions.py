"""What the lobby manager answers -> the next question, until the tier is settled; then what to do.

    python examples/lobby_questions.py

Here the answers are given beforehand: voices are raised, and the counter is blocked.
"""

from __future__ import annotations

import sys
from typing import Any

import plan_rules as pr
from plan_rules.analysis import ask

ANSWERS = {"aggression_level": "minor", "order_disrupted": True}


def main() -> None:
    plan = pr.load()
    known: dict[str, Any] = {}
    answer = ask(plan, known)
    while not answer.tier_settled and answer.next is not None:
        fact = answer.next.fact
        print(f"{answer.next.text} {ANSWERS[fact]}")
        known[fact] = ANSWERS[fact]
        answer = ask(plan, known)
    (tier,) = answer.tiers
    print(plan.tiers[tier].label if tier else "不分级")
    for outcome in answer.certain:
        if outcome.kind == "duty":
            print(f"- {plan.actions[outcome.subject].label}")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")
    main()
