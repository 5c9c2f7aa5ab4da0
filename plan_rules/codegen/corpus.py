"""Plan -> incidents with the answers that `decide` gives: what any runner of a portable plan can be held to.

Every clause fires in one of them if it can; every number stands at both ends of every range that a condition tells
apart; days and instants lie before, after and upon each other; facts are unknown, and some incidents are refused.
After those come as many drawn ones as are wanted.  Equal plans give equal incidents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from plan_rules.analysis.diagram import OutOfBudget, OverBudget
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.scales import NOMINAL_DAY
from plan_rules.analysis.space import Drawing, Space
from plan_rules.codegen.answers import answer, plain
from plan_rules.codegen.draws import Draws
from plan_rules.errors import FactsInvalid
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.facts import fact_reader
from plan_rules.plan import Plan

Incident = dict[str, Any]
_NOON = datetime.combine(NOMINAL_DAY, time(12))
_TRIES = 400  # draws for each combination that cannot be


def corpus(plan: Plan, drawn: int = 0) -> Iterator[dict[str, Any]]:
    """Pairs of `facts` and `answer`, as JSON.  `drawn` is how many are drawn besides those that touch something."""
    whole = list(_witnesses(plan))
    seen: set[str] = set()
    for facts in (*_simple(plan), *whole, *_refused(plan), *_drawn(plan, whole, drawn)):
        stated = _stated(plan, facts)
        stated |= {name: plain(value) for name, value in facts.items() if name not in plan.facts}
        key = repr(stated)
        if key not in seen:
            seen.add(key)
            yield {"facts": stated, "answer": answer(plan, stated)}


# --------------------------------------------------------------------------- one fact, or two


def _simple(plan: Plan) -> Iterator[Incident]:
    """Nothing; every fact alone, with each of its values and with none that it can have; days and instants in pairs."""
    yield {}
    yield {"no_such_fact": True}
    for fact in plan.facts.values():
        for value in (*_values(fact), *_wrong(fact)):
            yield {fact.id: value}
    dated = [fact for fact in plan.facts.values() if fact.dated]
    for one in dated:
        for other in dated:
            if one is not other and one.kind is other.kind:
                yield from ({one.id: _when(one, 1), other.id: _when(other, place)} for place in (0, 1, 2))


def _values(fact: Fact) -> Iterator[Any]:
    match fact.kind:
        case Kind.READINGS:
            yield from (None, "defaults", UNKNOWN)
            return
        case Kind.INTEGER:
            yield from dict.fromkeys((fact.low, fact.low + 1, fact.high))
        case Kind.DATE:
            yield from (None, NOMINAL_DAY, "2024-02-29")
        case Kind.DATETIME:
            yield from (None, _NOON, "2026-01-05 12:00:30", "2026-01-05T04:00:00Z", "2025-12-31T20:30-08:00")
        case _:
            yield from fact.domain
    yield from (UNKNOWN, "未知")


def _wrong(fact: Fact) -> Iterator[Any]:
    """What no value of the fact can be."""
    match fact.kind:
        case Kind.BOOL:
            yield from ("true", 1, None)
        case Kind.INTEGER:
            yield from (fact.low - 1, fact.high + 1, str(fact.low), True, None)
        case Kind.ENUM | Kind.ORDINAL:
            yield from ("no such value", 0, True, None)
        case Kind.DATE:
            yield from ("2025-02-29", "2025-3-10", "2025-03-10T09:00", 20250310)
        case Kind.DATETIME:
            yield from ("2025-03-10", "2025-03-10T24:00", "2025-03-10T09:00:00.5", "soon", 9)
        case Kind.READINGS:
            yield {"no such reading": "A"}


def _when(fact: Fact, place: int) -> date | datetime:
    """The earlier the smaller."""
    if fact.kind is Kind.DATE:
        return NOMINAL_DAY + timedelta(days=place)
    return _NOON + timedelta(seconds=place)


# --------------------------------------------------------------------------- what the plan tells apart


def _witnesses(plan: Plan) -> Iterator[Incident]:
    """Incidents in which each clause fires, and each number stands at the ends of its ranges.

    None, or not all, where the plan is too large to be drawn.
    """
    try:
        drawing = Drawing(plan, Space([plan]))
        meaning = Meaning(drawing)
        scales = drawing.space.scales
        for clause in plan.clauses:
            point = drawing.diagram.smallest(meaning.fires(clause) & drawing.here)
            if point is not None:
                yield drawing.incident(point, scales)
        for name, scale in scales.items():
            for place, ends in enumerate(scale.values):
                point = drawing.diagram.smallest(drawing.diagram.where(name, (place,)) & drawing.here)
                if isinstance(ends, tuple) and point is not None:
                    yield from ({**drawing.incident(point, scales), name: end} for end in dict.fromkeys(ends))
    except (OutOfBudget, OverBudget):
        return


# --------------------------------------------------------------------------- what is refused, and what is drawn


def _refused(plan: Plan) -> Iterator[Incident]:
    """An incident that each 不可能, and each 推定 that can be contradicted, refuses, where one is found."""
    draws = Draws(plan.digest + " refused")
    groups = [(item.id, item.facts) for item in plan.impossibles if not item.warn]
    groups += [(item.id, _told(plan, item.id)) for item in plan.presumptions]
    for name, facts in groups:
        for _ in range(_TRIES):
            tried = {fact: _drawn_value(plan.facts[fact], draws) for fact in facts if draws.below(8)}
            if _refusal(plan, tried) == name:
                yield tried
                break


def _refusal(plan: Plan, facts: Incident) -> str | None:
    """The first reason for which facts are refused."""
    try:
        fact_reader(plan).read(_stated(plan, facts))
    except FactsInvalid as refused:
        return refused.diagnostics[0].code
    return None


def _told(plan: Plan, presumption: str) -> tuple[str, ...]:
    """The facts of a presumption, situations opened, and those that it fills in."""
    item = next(each for each in plan.presumptions if each.id == presumption)
    about = (getattr(leaf, "fact", None) for leaf in plan.leaves(item.condition))
    return tuple(dict.fromkeys((*(name for name in about if name), *(name for name, _ in item.fills))))


def _drawn(plan: Plan, whole: list[Incident], count: int) -> Iterator[Incident]:
    """Incidents of which some facts are left out, some unknown, some others than they were."""
    draws = Draws(plan.digest)
    facts = [fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS]
    for number in range(count):
        base = whole[number % len(whole)] if whole and number % 4 else {}
        share = 1 + draws.below(8)
        drawn = dict(base)
        for fact in facts:
            if draws.below(16) < share:
                drawn[fact.id] = UNKNOWN if draws.below(3) == 0 else _drawn_value(fact, draws)
            elif draws.below(16) < share:
                drawn.pop(fact.id, None)
        yield drawn


def _drawn_value(fact: Fact, draws: Draws) -> Any:
    match fact.kind:
        case Kind.INTEGER:
            near = (fact.low, fact.low + 1, fact.high, 2, 3, 5, 10, 20, 50, 100)
            return draws.one([number for number in near if fact.low <= number <= fact.high])
        case Kind.DATE | Kind.DATETIME:
            return None if draws.below(4) == 0 else _when(fact, draws.below(3))
        case Kind.READINGS:
            return None
        case _:
            return draws.one(fact.domain)


def _stated(plan: Plan, facts: Mapping[str, Any]) -> Incident:
    return {name: plain(facts[name]) for name in plan.facts if name in facts}
