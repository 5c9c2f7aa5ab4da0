"""(Plan, what is asked for) -> a drawing and the set of its incidents: where a clause fires, a duty is due."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from plan_rules.analysis.diagram import Dimension, Points
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.space import Drawing
from plan_rules.condition import (
    Condition,
    Earlier,
    InSituation,
    Is,
    Present,
    TierIs,
    UnderReading,
    Unstated,
    Within,
    leaves,
)
from plan_rules.errors import Message
from plan_rules.fact import Kind
from plan_rules.plan import Plan, Situation
from plan_rules.suggestion import did_you_mean
from plan_rules.testing.drawn_incidents import DrawnIncidents, RegionInvalid, drawing_of

_ASKED = "?"  # the name under which a condition that is asked for joins the situations of a plan
_FEW = 15  # how much more often than all its other values together a fact has its usual one


@lru_cache(maxsize=64)
def everywhere(plan: Plan) -> DrawnIncidents:
    """Every incident that can be, as the readings stand."""
    drawing = drawing_of(plan)
    return _drawn(drawing, drawing.diagram.everything, "能发生的事件", "any incident")


@lru_cache(maxsize=256)
def where(
    plan: Plan, clause: str | None, duty: str | None, condition: Condition | None, situation: str | None
) -> DrawnIncidents:
    """The incidents that are asked for; exactly one of the four is given.  Raises RegionInvalid."""
    asked = {"clause": clause, "duty": duty, "condition": condition, "situation": situation}
    given = [name for name, value in asked.items() if value is not None]
    if len(given) != 1:
        raise RegionInvalid(
            Message(
                f"clause、duty、condition、situation 给且只给一个, 现在给了 {given}",
                f"give exactly one of clause, duty, condition and situation, not {given}",
            )
        )
    if clause is not None:
        _known(clause, plan.clauses, "条款", "clause")
        meaning = Meaning(drawing_of(plan))
        return _drawn(
            meaning.drawing, meaning.fires(clause), f"触发“{clause}”的事件", f"incident at which {clause} fires"
        )
    if duty is not None:
        _known(duty, plan.actions, "动作", "action")
        meaning = Meaning(drawing_of(plan))
        points = meaning.asked("duty", duty)
        return _drawn(meaning.drawing, points, f"应当“{duty}”的事件", f"incident that demands {duty}")
    if situation is not None:
        _known(situation, plan.situations, "情形", "situation")
        condition = InSituation(situation)
    assert condition is not None
    return _holding(plan, condition)


@lru_cache(maxsize=64)
def at_cuts(plan: Plan) -> DrawnIncidents:
    """Incidents with every number at the end of a range and ordinals at either end, as far as can be."""
    drawing = drawing_of(plan)
    points = drawing.here
    for name, scale in drawing.space.scales.items():
        if scale.fact.kind is Kind.ORDINAL:
            narrowed = points & drawing.diagram.where(name, (0, len(scale.values) - 1))
            points = points if narrowed == drawing.diagram.nothing else narrowed
    numbers = {name for name, scale in drawing.space.scales.items() if scale.fact.kind in (Kind.INTEGER, Kind.ORDINAL)}

    def weigh(dimension: Dimension, value: int) -> int:
        if dimension.name in numbers or dimension.size == 1:
            return 1
        return _FEW * (dimension.size - 1) if value == dimension.usual else 1

    _not_empty(drawing, points, "能发生的事件", "any incident")
    return DrawnIncidents(drawing, points, weigh, at_cuts=True)


# --------------------------------------------------------------------------- conditions


def _holding(plan: Plan, condition: Condition) -> DrawnIncidents:
    """Where the condition holds; it joins the plan, so that numbers are cut where it begins and ends."""
    _sensible(plan, condition)
    named = Situation(_ASKED, condition, next(iter(plan.facts.values())).span)
    digest = f"{plan.digest}?where {condition!r}"
    drawing = drawing_of(replace(plan, situations={**plan.situations, _ASKED: named}, digest=digest))
    return _drawn(drawing, drawing.holds(condition), f"符合 {condition} 的事件", f"incident at which {condition} holds")


def _sensible(plan: Plan, condition: Condition) -> None:
    """Raises RegionInvalid where the condition names what the plan does not have."""
    for leaf in leaves(condition):
        match leaf:
            case Is(name) | Within(name) | Present(name):
                _known(name, plan.facts, "事实", "fact")
            case TierIs(tiers):
                for tier in tiers:
                    _known(tier, plan.tiers, "等级", "tier")
            case InSituation(name):
                _known(name, plan.situations, "情形", "situation")
            case UnderReading(name):
                _known(name, plan.readings, "解释", "reading")
            case Earlier() | Unstated():
                raise RegionInvalid(
                    Message(
                        "“早于”和“未填”只在 不可能 里有意义",
                        "`earlier than` and `unstated` mean something only in 不可能",
                    )
                )
            case _:
                raise AssertionError("compounds are no leaves")


def _known(name: str, names: Iterable[str], zh: str, en: str) -> None:
    known = tuple(names)
    if name not in known:
        hint = did_you_mean(name, known)
        zh_meant, en_meant = (f" ({each})" for each in hint) if hint else ("", "")
        raise RegionInvalid(Message(f"预案里没有{zh}“{name}”{zh_meant}", f"the plan has no {en} {name!r}{en_meant}"))


def _drawn(drawing: Drawing, points: Points, zh: str, en: str) -> DrawnIncidents:
    here = points & drawing.here
    _not_empty(drawing, here, zh, en)
    return DrawnIncidents(drawing, here)


def _not_empty(drawing: Drawing, points: Points, zh: str, en: str) -> None:
    if points == drawing.diagram.nothing:
        name = drawing.plan.name
        raise RegionInvalid(
            Message(f"预案“{name}”没有{zh}", f"the plan {drawing.plan.id} has no {en}: nothing to draw from")
        )
