"""The plans that sources are generated from, and incidents of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

import plan_rules as pr
from plan_rules.scenarios import read_scenarios
from plan_rules.scenarios.running import stated_facts
from tests.codegen.runtimes import ROOT

HOSTILE = '*/ " """ \\\\u000a \\\\ ${x} <b> @see `'
FILES = {
    "shipped": (ROOT / "rules" / "plan.yaml", ROOT / "rules" / "scenarios.yaml"),
    **{
        trade: (
            ROOT / "examples" / "plans" / trade / "plan.yaml",
            ROOT / "examples" / "plans" / trade / "scenarios.yaml",
        )
        for trade in ("hospital", "property", "telecom")
    },
}


@lru_cache(maxsize=8)
def plan_named(name: str) -> pr.Plan:
    """A plan of the repository; `hostile` is a small one whose words and ids try to get out of where they are put."""
    if name == "hostile":
        text = (ROOT / "tests" / "data" / "small_plan.yaml").read_text(encoding="utf-8")
        for old, new in (("id: inspect}", "id: class}"), ("id: flames,", "id: build,"), ("id: smoke,", "id: Of.A-B_,")):
            assert old in text
            text = text.replace(old, new)
        text = text.replace("名称: 消防小预案", f"名称: '{HOSTILE}'").replace("发现火情的，", f"发现火情{HOSTILE}的，")
        return pr.loads(text.replace("编号: fire_drill", "编号: class.-_1"))
    if name == "regulation":
        return pr.load(overlays=["regulation"], at=date(2026, 1, 5))
    return pr.load(FILES[name][0])


NAMES = (*FILES, "hostile")
LAID_OVER = "regulation"  # the shipped plan under the shipped regulation


def incidents(name: str) -> Iterator[dict[str, Any]]:
    """The facts of every step of the plan's scenarios, as JSON has them."""
    plan = plan_named(name)
    file = ROOT / "rules" / "regulation_scenarios.yaml" if name == LAID_OVER else FILES.get(name, (None, None))[1]
    if file is None:
        yield {}
        yield {"build": True, "Of.A-B_": "unknown", "people": 30}
        return
    for scenario in read_scenarios(file.read_bytes(), file.name, plan):
        for step in scenario.steps:
            yield plain(stated_facts(step))


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as JSON has them."""
    return {
        name: value.isoformat() if isinstance(value, date | datetime | time) else value for name, value in facts.items()
    }


def decisions(name: str) -> list[dict[str, Any]]:
    """What the plan says of its incidents; those that it refuses are left out."""
    found = []
    for facts in incidents(name):
        try:
            found.append(pr.decide(plan_named(name), facts).to_dict())
        except pr.FactsInvalid:
            continue
    assert found
    return found
