"""Where diagrams say that something waits, that the plan does not apply, or that an action is a must, decisions do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.scales import reading_name
from plan_rules.analysis.space import Drawing, Space
from plan_rules.facts import fact_reader
from plan_rules.testing import strategies

ORDER = pr.load(Path(__file__).parents[1] / "data" / "order_plan.yaml")
MEANING = Meaning(Drawing(ORDER, Space([ORDER])))
FEW = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def place(meaning: Meaning, facts: dict[str, Any]) -> dict[str, int] | None:
    """The point of an incident of which everything is known; None where something is not."""
    told = fact_reader(meaning.plan).read(facts)
    readings = told.readings or meaning.plan.chosen()
    point = {
        name: options.index(readings[name.removeprefix(reading_name(""))])
        for name, options in meaning.drawing.space.readings.items()
    }
    for name, scale in meaning.drawing.space.scales.items():
        value = told.values[name]
        at = None if value is pr.UNKNOWN else scale.place(value is not None if scale.fact.dated else value)
        if at is None:
            return None
        point[name] = at
    return point


def assert_told(meaning: Meaning, facts: dict[str, Any]) -> None:
    point = place(meaning, facts)
    if point is None:
        return
    decision, contained = pr.decide(meaning.plan, facts), meaning.diagram.contains(point)
    waiting = {(item.status, item.action) for item in decision.pending}

    assert {(each.kind, each.subject) for each, where in meaning.pending().items() if contained(where)} == waiting
    assert contained(meaning.excluded) is bool(decision.exclusions)
    for action in meaning.plan.actions:
        assert contained(meaning.asked("duty", action)) is decision.requires(action)
        assert contained(meaning.asked("prohibition", action)) is decision.forbids(action)


@FEW
@given(facts=strategies.incidents(ORDER))
def test_of_an_incident_of_a_plan_in_which_much_waits(facts: dict[str, Any]) -> None:
    assert_told(MEANING, facts)
    assert_told(MEANING, facts | {"trouble": "late", "own_order": True, "crime": False})  # so that the plan applies


@FEW
@given(plan=strategies.plans(), data=st.data())
def test_of_an_incident_of_any_plan(plan: pr.Plan, data: st.DataObject) -> None:
    meaning = Meaning(Drawing(plan, Space([plan])))
    for facts in data.draw(st.lists(strategies.incidents(plan), min_size=1, max_size=4)):
        assert_told(meaning, facts)
