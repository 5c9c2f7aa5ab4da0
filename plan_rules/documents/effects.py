"""(Plan, scenarios) -> for each option not chosen, the scenarios that the plan would decide otherwise, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from plan_rules.deciding import decide
from plan_rules.decision import Decision, Due
from plan_rules.errors import CalendarUnknown, FactsInvalid
from plan_rules.norm import Term
from plan_rules.phrases import term_phrase
from plan_rules.plan import Option, Plan, Reading
from plan_rules.scenarios import Scenario, Step
from plan_rules.scenarios.running import stated_facts

# What a step comes to: headings, and under each what can be counted in or out.
Told = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Effect:
    """A step of a scenario decided otherwise: what comes in and what goes, in words."""

    scenario: str
    step: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Effects:
    """The scenarios as the plan decides them, and what becomes of them under other options."""

    def __init__(self, plan: Plan, scenarios: Sequence[Scenario]) -> None:
        self._plan = plan
        self._steps = [
            (scenario, number, step, told(plan, step))
            for scenario in scenarios
            for number, step in enumerate(scenario.steps, 1)
        ]

    def of(self, reading: Reading, option: Option) -> tuple[Effect, ...]:
        """What changes with this option; steps that choose the reading themselves do not."""
        other = under(self._plan, reading, option)
        return tuple(
            _effect(scenario, number, before, after)
            for scenario, number, step, before in self._steps
            if reading.id not in step.readings and (after := told(other, step)) != before
        )


def under(plan: Plan, reading: Reading, option: Option) -> Plan:
    """The plan with this option chosen; another plan, with a digest of its own."""
    readings = {**plan.readings, reading.id: replace(reading, chosen=option.id)}
    return replace(plan, readings=readings, digest=f"{plan.digest}?{reading.id}={option.id}")


def told(plan: Plan, step: Step) -> Told:
    """What the plan says of a step, each thing in words."""
    try:
        decision = decide(plan, stated_facts(step), at=step.at)
    except FactsInvalid as refused:
        return {"拒绝": frozenset(found.code for found in refused.diagnostics)}
    except CalendarUnknown:
        return {"拒绝": frozenset(["日历"])}
    return {title: frozenset(words) for title, words in _said(decision, plan)}


def _said(decision: Decision, plan: Plan) -> Iterator[tuple[str, Iterator[str]]]:
    def roles(ids: Sequence[str]) -> str:
        return "、".join(plan.roles[role].label if role in plan.roles else role for role in ids)

    yield "等级", iter([decision.tier.label if decision.tier else "不分级"])
    yield "应当", (f"{each.label}({roles(each.roles)})" for each in decision.in_force)
    yield (
        "时限",
        (f"{each.label}: {_by_when(each.deadline)}" for each in decision.in_force if each.deadline),
    )
    yield "不得", (f"{each.label}{'(一般不)' if each.defeasible else ''}" for each in decision.prohibitions)
    yield "可以", (each.label for each in decision.allowed)
    yield "还不必做", (f"{each.label}({each.status})" for each in decision.pending)
    yield "移交", (each.plan for each in decision.handoffs)
    yield "不适用", (each.clause for each in decision.exclusions)
    yield "待问", (plan.facts[each.fact].label for each in decision.undetermined)
    yield "违规", (f"{plan.actions[each.action].label}({each.kind})" for each in decision.violations)
    yield "可推翻", (each.label for each in decision.in_force if each.defeasible)
    exactly = (f"{each.label}: {each.recipient or ''} {each.bearers!r}" for each in decision.duties)
    yield "", exactly  # what has no short words of its own: who exactly, to whom


def _by_when(limit: Due) -> str:
    amount = f"{limit.amount}{term_phrase(Term(limit.kind), 'zh')}" if limit.amount else limit.text
    return amount + (f", 截止 {limit.due}" if limit.due else "")


def _effect(scenario: Scenario, number: int, before: Told, after: Told) -> Effect:
    def only(one: Told, other: Told) -> tuple[str, ...]:
        return tuple(
            f"{title}: {words}"
            for title in one
            if title
            for words in sorted(one[title] - other.get(title, frozenset()))
        )

    gained, lost = only(after, before), only(before, after)
    if not (gained or lost):
        gained = ("责任或对象的安排改变",)
    return Effect(scenario.id, number, gained, lost)
