"""Coverage -> the scenarios that are missing: few incidents that together notice every mistake nothing notices yet.

What a generated scenario expects is what the plan decides now: it keeps the plan as it is, and whoever signs it says
that the plan is right there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from plan_rules.analysis.coverage import Coverage, Gap, Survivor, changed_rules
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.mutation import Mutant
from plan_rules.analysis.suite import Suite
from plan_rules.analysis.witnesses import decided, few_words
from plan_rules.condition import Condition
from plan_rules.errors import Span
from plan_rules.plan import Plan
from plan_rules.scenarios import Expected, Scenario, Step, limit_of, pending_in

_HERE = Span("generated", 1, 1)


@dataclass(frozen=True, slots=True)
class Missing:
    """A scenario that is missing, and the mutants it notices that no other does."""

    scenario: Scenario
    kills: tuple[Mutant, ...]


def missing(coverage: Coverage, *, prefix: str = "G") -> tuple[Missing, ...]:
    """Scenarios that kill every survivor, each as many as it can, and try what else has not been tried.

    `prefix` begins their ids.
    """
    telling = list(_telling(coverage, prefix))
    suite = Suite(coverage.plan, [each.scenario for each in telling])
    for gap in coverage.gaps:
        if not gap.tried(suite):
            scenario = _trying(coverage, gap, f"{prefix}{len(telling) + 1:03}")
            suite.add(scenario)
            telling.append(Missing(scenario, ()))
    return tuple(telling)


def _trying(coverage: Coverage, gap: Gap, name: str) -> Scenario:
    point = coverage.meaning.diagram.smallest(gap.points)
    assert point is not None
    step = _step(coverage, point, gap.points, whole=False, stated=gap.stated)
    kept = replace(step.expected, roles=None, limits=None)
    return Scenario(
        name, f"补上: {gap.told.zh}", "snapshot", (replace(step, expected=kept),), _HERE, tags=("generated",)
    )


def _telling(coverage: Coverage, prefix: str) -> Iterator[Missing]:
    meaning = coverage.meaning
    changed = {
        survivor.mutant.number: changed_rules(
            meaning,
            meaning.drawing.amended(survivor.mutant.plan, same_words=not survivor.mutant.in_words),
            coverage.suite,
        )
        for survivor in coverage.survivors
    }
    left = list(coverage.survivors)
    number = 0
    while left:
        point = _telling_most(coverage, left)
        found: tuple[Scenario, list[Mutant]] | None = None
        for whole in (False, True):
            step = _step(coverage, point, left[0].telling, whole=whole)
            found = _noticed(coverage.plan, step, left, changed)
            if left[0].mutant in found[1]:
                break
        assert found is not None
        scenario, killed = found
        if left[0].mutant in killed:
            number += 1
            yield Missing(_named(scenario, f"{prefix}{number:03}", killed, coverage.plan), tuple(killed))
        gone = {left[0].mutant.number, *(mutant.number for mutant in killed)}
        left = [survivor for survivor in left if survivor.mutant.number not in gone]


def _telling_most(coverage: Coverage, left: Sequence[Survivor]) -> Mapping[str, int]:
    """An incident that tells of the first survivor and, one after the other, of as many more as it can."""
    meaning, nothing = coverage.meaning, coverage.meaning.diagram.nothing
    points: Points = left[0].telling
    usual = points & meaning.drawing.as_chosen
    points = points if usual == nothing else usual
    for survivor in left[1:]:
        both = points & survivor.telling
        points = points if both == nothing else both
    found = meaning.diagram.smallest(points)
    assert found is not None
    return found


def _step(
    coverage: Coverage,
    point: Mapping[str, int],
    telling: Points,
    *,
    whole: bool,
    stated: Mapping[str, int] = MappingProxyType({}),
) -> Step:
    meaning = coverage.meaning
    drawing = meaning.drawing
    facts = (
        drawing.incident(point, drawing.space.scales)
        if whole
        else few_words(meaning, point, meaning.diagram.support(telling))
    )
    facts |= stated
    readings = drawing.chosen_at(point)
    decision = decided(meaning.plan, facts, readings)
    expected = Expected(
        span=_HERE,
        required=frozenset(item.action for item in decision.in_force),
        prohibited=frozenset(item.action for item in decision.prohibitions),
        permitted=frozenset(item.action for item in decision.allowed),
        tier=decision.tier.id if decision.tier else None,
        tier_checked=True,
        fired=frozenset(decision.fired),
        pending=pending_in(decision)
        if any(norm.waits for each in meaning.plan.clauses.values() for norm in each.norms)
        else None,
        roles={item.action: frozenset(item.roles) for item in (*decision.prohibitions, *decision.in_force)},  # type: ignore[attr-defined]
        limits={duty.action: limit_of(duty) for duty in decision.in_force},
    )
    return Step(facts, expected, _HERE, readings=readings)


def _noticed(
    plan: Plan, step: Step, left: Sequence[Survivor], changed: Mapping[int, Mapping[str, Condition | None]]
) -> tuple[Scenario, list[Mutant]]:
    scenario = Scenario("", "", "snapshot", (step,), _HERE, tags=("generated",))
    suite = Suite(plan, (scenario,))
    killed = [each.mutant for each in left if suite.kills(each.mutant, changed[each.mutant.number]) is not None]
    return scenario, killed


def _named(scenario: Scenario, name: str, killed: Sequence[Mutant], plan: Plan) -> Scenario:
    """The scenario with an id, and of who bears what by when only what a mutant that it notices is about."""
    about = tuple(dict.fromkeys(mutant.about for mutant in killed))
    told = "、".join(about[:4]) + (f"等 {len(about)} 处" if len(about) > 4 else "")
    actions = {action for mutant in killed for action in _other_bearers_or_limits(mutant, plan)}
    step = scenario.steps[0]
    kept = replace(
        step.expected,
        roles={action: roles for action, roles in (step.expected.roles or {}).items() if action in actions},
        limits={action: limit for action, limit in (step.expected.limits or {}).items() if action in actions},
    )
    return replace(scenario, id=name, title=f"分辨 {told}", steps=(replace(step, expected=kept),))


def _other_bearers_or_limits(mutant: Mutant, plan: Plan) -> Iterator[str]:
    """The actions of norms that the mutant gives other bearers or another limit."""
    if not mutant.in_norms:
        return
    before, after = plan.clauses[mutant.about].norms, mutant.plan.clauses[mutant.about].norms
    for one, other in zip(before, after, strict=False):
        if one.modality == other.modality and (one.bearers, one.limit) != (other.bearers, other.limit):
            yield one.action
