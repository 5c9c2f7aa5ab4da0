"""Reference, durable_rules, generated and the decision diagram say the same: at every boundary, and region by region.

A region is a set of incidents that some clause treats alike.  PLAN_RULES_SOAK=1 draws a million incidents, each region
as often as another, and takes a boundary incident for every value of every fact of every region.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from random import Random
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.meaning import MODALITIES, Meaning
from plan_rules.analysis.scales import reading_of
from plan_rules.analysis.space import Drawing, Space
from plan_rules.assembly import assembler
from plan_rules.engines import engine
from plan_rules.facts import fact_reader
from plan_rules.inference import inference
from plan_rules.normal import lower
from plan_rules.plan import Plan
from tests.conformance.plans import random_plan

SOAK = bool(os.environ.get("PLAN_RULES_SOAK"))
STRATIFIED = 1_000_000 if SOAK else 4_000
PLAN = pr.load()
MEANING = Meaning(Drawing(PLAN, Space([PLAN])))


def regions(meaning: Meaning) -> dict[str, Points]:
    """Where each clause fires and where it does not, each action is asked for, each tier is given."""
    possible = meaning.drawing.possible
    found: dict[str, Points] = {}
    for clause in meaning.plan.clauses:
        found[f"{clause} fires"] = meaning.fires(clause) & possible
        found[f"{clause} does not"] = ~meaning.fires(clause) & possible
    for modality in MODALITIES:
        for action in meaning.plan.actions:
            found[f"{modality} {action}"] = meaning.asked(modality, action) & possible
    for tier in meaning.plan.tiers:
        found[tier] = meaning.tier(tier) & possible
    return {name: points for name, points in found.items() if points != meaning.diagram.nothing}


def boundary_points(meaning: Meaning, points: Points) -> Iterator[Mapping[str, int]]:
    """The smallest incident of a region, and those nearest to it with each value of each fact that decides there."""
    diagram = meaning.diagram
    yield diagram.smallest(points) or {}
    for name in diagram.support(points):
        dimension = next(each for each in diagram.dimensions if each.name == name)
        for value in range(dimension.size):
            found = diagram.smallest(points & diagram.where(name, (value,)))
            if found is not None:
                yield found


def disagreement(meaning: Meaning, point: Mapping[str, int]) -> str | None:
    """How the engines and the diagram differ on an incident; None where they agree."""
    plan, drawing, contained = meaning.plan, meaning.drawing, meaning.diagram.contains(point)
    readings = plan.chosen() | drawing.chosen_at(point)
    stated: dict[str, Any] = drawing.incident(point, drawing.space.scales)
    facts = fact_reader(plan).follow(stated, inference(plan, readings))
    lowered = lower(plan, readings)
    fired = {name: engine(name, lowered)(facts.wide) for name in ("reference", "durable", "generated")}
    if len(set(fired.values())) > 1:
        return f"engines differ at {stated} under {readings}: {fired}"
    decision = assembler(lowered).decision(facts, fired["durable"], None)
    drawn = {clause for clause in plan.clauses if contained(meaning.fires(clause))}
    if drawn != {*decision.fired}:
        return f"fires at {stated} under {readings}: {sorted(drawn ^ {*decision.fired})}"
    asked = {
        "duty": {item.action for item in decision.duties},
        "prohibition": {item.action for item in decision.prohibitions},
        "permission": {item.action for item in decision.permissions},
    }
    for modality, actions in asked.items():
        here = {action for action in plan.actions if contained(meaning.asked(modality, action))}
        if here != actions:
            return f"{modality} at {stated} under {readings}: {sorted(here ^ actions)}"
    tier = next((name for name in plan.tiers if contained(meaning.tier(name))), None)
    if tier != (decision.tier.id if decision.tier else None):
        return f"tier at {stated} under {readings}: {tier}"
    return None


def differing(meaning: Meaning, points: Iterator[Mapping[str, int]]) -> list[str]:
    found = (disagreement(meaning, point) for point in points)
    return list(islice((text for text in found if text is not None), 3))


def test_the_diagram_and_the_engines_agree_at_every_boundary_of_every_region() -> None:
    seen: set[tuple[tuple[str, int], ...]] = set()
    tried = []
    for points in regions(MEANING).values():
        for point in boundary_points(MEANING, points):
            key = tuple(sorted(point.items()))
            if key not in seen:
                seen.add(key)
                tried.append(point)
    assert len(tried) > 400
    assert differing(MEANING, iter(tried)) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_diagram_and_the_engines_agree_on_incidents_of_every_region(seed: int) -> None:
    random = Random(seed)
    every = regions(MEANING)
    each = max(1, STRATIFIED // (4 * len(every)))
    readings = chosen(random) if seed else MEANING.drawing.as_chosen
    for points in every.values():
        assert differing(MEANING, MEANING.diagram.samples(points & readings, random, each)) == []


def chosen(random: Random) -> Points:
    """Where every reading stands at an option drawn once: each choice of readings is lowered once."""
    space = MEANING.drawing.space
    return MEANING.diagram.all(
        MEANING.diagram.where(name, (random.randrange(len(options)),)) for name, options in space.readings.items()
    )


@pytest.mark.parametrize("seed", range(400 if SOAK else 25))
def test_the_diagram_and_the_engines_agree_on_plans_of_every_shape(seed: int) -> None:
    random = Random(seed)
    plan: Plan = random_plan(random, clauses=random.randint(1, 25), facts=random.randint(1, 12))
    meaning = Meaning(Drawing(plan, Space([plan])))
    points = [meaning.drawing.possible, *(meaning.fires(clause) for clause in plan.clauses)]
    for here in points:
        assert differing(meaning, meaning.diagram.samples(here, random, 3)) == []
        if here != meaning.diagram.nothing:
            assert differing(meaning, boundary_points(meaning, here)) == []


def test_every_reading_is_a_dimension_of_its_own() -> None:
    names = {reading_of(dimension.name) for dimension in MEANING.diagram.dimensions} - {None}
    assert names == {*PLAN.readings}


def test_a_wrong_diagram_turns_this_suite_red(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Meaning(Drawing(PLAN, Space([PLAN])))
    right = wrong.fires
    monkeypatch.setattr(wrong, "fires", lambda clause: ~right(clause) if clause == "三.3.c" else right(clause))
    point = wrong.diagram.smallest(right("三.3.c") & wrong.drawing.possible) or {}
    assert "三.3.c" in (disagreement(wrong, point) or "")
