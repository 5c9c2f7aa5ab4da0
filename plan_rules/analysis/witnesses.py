"""(Meaning, incidents) -> Witness: the incident in as few words as will do, decided by the engine of the product.

What the diagram says of the point and what the engine decides must be the same; where they are not, nothing is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim, Witness
from plan_rules.analysis.meaning import MODALITIES, Meaning
from plan_rules.analysis.space import Incident, unknown_name
from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.errors import EngineError, FactsInvalid, Message
from plan_rules.fact import UNKNOWN, Kind
from plan_rules.facts import fact_reader
from plan_rules.inference import inference
from plan_rules.plan import Plan
from plan_rules.truth import Wide


class Disagreement(EngineError):
    """The diagram and the engine say different things of one incident; nothing shown by the diagram can be trusted."""


def witness(meaning: Meaning, points: Points, claim: Claim) -> Witness:
    """The smallest incident of these: the fewest facts away from their usual values.  Raises Disagreement.

    Facts that make no difference to what the claim is about are left out.
    """
    diagram, scales = meaning.diagram, meaning.drawing.space.scales
    point = diagram.smallest(points)
    assert point is not None
    about = diagram.support(points)
    readings = meaning.drawing.chosen_at(point)
    unknown = [fact for fact in scales if point.get(unknown_name(fact), 0)]
    whole = _marked(meaning.drawing.incident(point, scales), unknown)
    decision = decided(meaning.plan, whole, readings)
    if not unknown:
        _compare(meaning, point, decision)
    stated = _marked(few_words(meaning, point, about), unknown)
    concerned = _concerned(meaning.plan, claim)
    expected = concerned(decision)
    if concerned(decided(meaning.plan, stated, readings)) != expected:
        stated = whole
    for fact in reversed(list(stated)):
        fewer = {name: value for name, value in stated.items() if name != fact}
        said = _said(meaning.plan, fewer, readings)
        if said is not None and concerned(said) == expected and _still_shows(meaning, points, point, fewer):
            stated = fewer
    return Witness(stated, readings, decided(meaning.plan, stated, readings))


def _still_shows(meaning: Meaning, points: Points, point: Mapping[str, int], stated: Incident) -> bool:
    """Is the incident among the points on these facts alone, whatever those that they leave unknown are?

    Where there are marks for what is not known, what is left unknown is marked.
    """
    drawing, diagram = meaning.drawing, meaning.diagram
    told = _followed(meaning, point, stated)
    known = {
        name: place
        for name, scale in drawing.space.scales.items()
        if name in told and (place := scale.place(told[name])) is not None
    }
    if drawing.space.marked:
        marks = {unknown_name(name): int(name not in known) for name in drawing.space.scales}
        return diagram.holds_at(points, {**point, **known, **marks})
    readings = {name: point.get(name, usual) for name, usual in drawing.space.usual_readings.items()}
    here = diagram.cube({name: (value,) for name, value in {**known, **readings}.items()}) & drawing.possible
    return here != diagram.nothing and here & ~points == diagram.nothing


def _said(plan: Plan, facts: Incident, readings: Mapping[str, str]) -> Decision | None:
    try:
        return decided(plan, facts, readings)
    except FactsInvalid:
        return None


def _concerned(plan: Plan, claim: Claim) -> Callable[[Decision], object]:
    """What a decision says of the things that the claim is about."""
    clauses = frozenset(claim.clauses)
    actions = {*claim.actions, *(norm.action for name in clauses for norm in plan.clauses[name].norms)}

    def said(decision: Decision) -> object:
        asked = tuple(part & actions for part in _answer(decision)[1])
        return _answer(decision)[0], asked, clauses & {*decision.fired}

    return said


def decided(plan: Plan, facts: Incident, readings: Mapping[str, str]) -> Decision:
    """The engine's decision under these readings."""
    if not readings:
        return decide(plan, facts)
    choice = next((fact.id for fact in plan.facts.values() if fact.kind is Kind.READINGS), None)
    if choice is not None:
        return decide(plan, {**facts, choice: dict(readings)})
    chosen = {name: replace(plan.readings[name], chosen=option) for name, option in readings.items()}
    named = ",".join(f"{name}={option}" for name, option in sorted(readings.items()))
    return decide(replace(plan, readings={**plan.readings, **chosen}, digest=f"{plan.digest}?{named}"), facts)


def _marked(facts: Incident, unknown: Iterable[str]) -> Incident:
    return {**facts, **dict.fromkeys(unknown, UNKNOWN)}


def few_words(meaning: Meaning, point: Mapping[str, int], about: Iterable[str]) -> Incident:
    """Facts that, once stated, leave the others as the point has them, as far as they matter."""
    drawing = meaning.drawing
    scales = drawing.space.scales
    stated = [name for name in scales if name in point]
    wanted = [name for name in about if name in scales]
    while True:
        facts = drawing.incident(point, stated)
        try:
            told = _followed(meaning, point, facts)
        except FactsInvalid:  # a combination that cannot be where something is left unstated
            return drawing.incident(point, scales)
        missing = [
            name
            for name in wanted
            if name not in stated and scales[name].place(told.get(name)) != drawing.place(point, name)
        ]
        if not missing:
            return {name: facts[name] for name in scales if name in facts}
        stated += missing


def _followed(meaning: Meaning, point: Mapping[str, int], stated: Incident) -> Wide:
    """What engines see of these facts under the readings that the point chooses."""
    plan = meaning.plan
    readings = plan.chosen() | meaning.drawing.chosen_at(point)
    return fact_reader(plan).follow(dict(stated), inference(plan, readings)).wide


def _answer(decision: Decision) -> tuple[Any, ...]:
    asked = tuple(
        frozenset(item.action for item in items)
        for items in (decision.in_force, decision.prohibitions, decision.allowed)
    )
    return decision.tier, asked


def _compare(meaning: Meaning, point: Mapping[str, int], decision: Decision) -> None:
    """Hold the engine's decision on the whole incident to what the diagram says of it."""
    plan, contained = meaning.plan, meaning.diagram.contains(point)
    fired = tuple(clause for clause in plan.clauses if contained(meaning.fires(clause)))
    asked = tuple(
        frozenset(action for action in plan.actions if contained(meaning.asked(modality, action)))
        for modality in MODALITIES
    )
    tier = next((tier for tier in plan.tiers if contained(meaning.tier(tier))), None)
    drawn = (fired, tier, asked)
    engine = (decision.fired, decision.tier.id if decision.tier else None, _answer(decision)[1])
    if drawn != engine:
        raise Disagreement(
            Message(
                f"图与引擎对同一事件的结论不同, 请报告这一错误: {drawn}; {engine}",
                f"the diagram and the engine disagree on an incident; please report this: {drawn}; {engine}",
            )
        )
