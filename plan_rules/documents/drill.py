"""(Plan, a scenario) -> a script to drill it by (演练脚本), step by step, and a sheet to look back on it (案例分析)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from plan_rules.cases.event import made
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.step import Step as CaseStep
from plan_rules.cases.story import Story, told
from plan_rules.deciding import moment
from plan_rules.decision import Duty, Prohibition
from plan_rules.documents.content import (
    Blanks,
    Block,
    Cell,
    Document,
    Heading,
    Origin,
    Paragraph,
    Signatures,
    Text,
    blank,
    cell,
    stamp,
    table,
)
from plan_rules.errors import Message, PlanRulesError, ToldError
from plan_rules.instants import written
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, Step
from plan_rules.scenarios.running import stated_facts
from plan_rules.wording import Wording, by_when, to_whom, value_text, who

_NOTE = "旁白由主持人读出; 各角色照“应当”一栏行动; 检查员逐项打勾。人物与事件均为虚构。"
_LESSONS = (
    ("事件经过(填写): ", 3),
    ("哪一步做得好(填写): ", 2),
    ("哪一步慢了或漏了, 原因(填写): ", 3),
    ("改进措施、责任人、完成日期(填写): ", 3),
)


class CannotDrill(ToldError):
    """The scenario is no story: the plan refuses one of its steps."""


def drill(plan: Plan, scenario: Scenario) -> Document:
    """The script of one scenario.  Raises CannotDrill where the plan refuses its facts."""
    story = _story(plan, scenario)
    blocks = tuple(_blocks(plan, scenario, story))
    return Document("drill", f"演练脚本 {scenario.id}", stamp(plan), blocks, subtitle=scenario.title)


def _story(plan: Plan, scenario: Scenario) -> Story:
    """The scenario as a case: of each step only what is new, changed or no longer so."""
    try:
        events = list(_events(plan, scenario))
        return told({plan.digest: plan}.get, f"drill-{scenario.id}", events)
    except (EventRefused, PlanRulesError, ValueError) as refused:
        raise CannotDrill(
            Message(
                f"场景“{scenario.id}”不能演练, 预案不接受它的某一步: {refused}",
                f"scenario `{scenario.id}` cannot be drilled; the plan refuses a step of it: {refused}",
            )
        ) from refused


def _events(plan: Plan, scenario: Scenario) -> Iterator[Any]:
    known: dict[str, Any] = {}
    for number, step in enumerate(scenario.steps):
        facts = {name: _plain(value) for name, value in stated_facts(step).items()}
        fresh = {name: value for name, value in facts.items() if name not in known or known[name] != value}
        gone = tuple(name for name in known if name not in facts)
        what: dict[str, Any] = (
            {"kind": "observed", "facts": fresh, "withdrawn": gone}
            if number
            else {"kind": "opened", "plan": plan.digest, "facts": fresh}
        )
        yield made(id=f"step{number + 1}", at=_at(step), by="drill", what=what)
        known = facts


def _at(step: Step) -> datetime:
    return moment(step.at) or datetime(2000, 1, 1)  # noqa: DTZ001  local time; a snapshot of no day in particular


def _plain(value: Any) -> Any:
    return (
        written(value) if isinstance(value, datetime) else value.isoformat() if hasattr(value, "isoformat") else value
    )


# --------------------------------------------------------------------------- the script


def _blocks(plan: Plan, scenario: Scenario, story: Story) -> Iterator[Block]:
    yield Paragraph(Text(_NOTE, Origin.TEMPLATE))
    if scenario.narrative:
        yield Heading("案情", 1)
        yield Paragraph(Text(scenario.narrative, Origin.STATED))
    yield table(
        "参加人员",
        (("角色", 40), ("由谁扮演(填写)", 60)),
        ((plan.roles[role].label, blank()) for role in _cast(story, plan)),
    )
    known: dict[str, Any] = {}
    for number, (step, answered) in enumerate(zip(scenario.steps, story.steps, strict=True), 1):
        yield Heading(f"第 {number} 步  {step.at or ''}  {step.event or scenario.title}".rstrip(), 1)
        yield from _scene(step, known, answered, plan)
        known = dict(step.facts)
    yield Heading("案例分析", 1)
    yield Blanks(_LESSONS)
    yield Signatures(("主持人", "检查员", "网点负责人"))


def _cast(story: Story, plan: Plan) -> Iterable[str]:
    roles = (role for step in story.steps for duty in step.decision.duties for role in duty.roles)
    return tuple(role for role in dict.fromkeys(roles) if role in plan.roles)


def _scene(step: Step, known: dict[str, Any], answered: CaseStep, plan: Plan) -> Iterator[Block]:
    change, tongue = answered.change, Wording(plan, "zh")
    fresh = [
        f"{plan.facts[name].label}: {value_text(name, _plain(value), plan)}"
        for name, value in step.facts.items()
        if name in plan.facts and (name not in known or known[name] != value)
    ]
    said = "; ".join(fresh) or "没有新的情况"
    yield Paragraph(Text(f"旁白: {said}。", Origin.STATED, strong=True))
    if change.tier_before != change.tier_after or not known:
        tier = answered.decision.tier
        yield Paragraph(Text(f"等级: {tier.label if tier else '不分级'}", Origin.STATED, strong=True))
    duties = [duty for duty in answered.decision.duties if duty.status in ("open", "missed")]
    yield table(
        "应当",
        (("☐", 4), ("", 7), ("角色", 24), ("检查点: 应当做", 37), ("向谁、何时", 18), ("依据", 10)),
        (_duty(duty, duty.action in change.new, tongue) for duty in duties),
    )
    forbidden = answered.decision.prohibitions
    if forbidden:
        yield table(
            "不得",
            (("☐", 4), ("角色", 24), ("检查点: 没有做", 34), ("改为", 28), ("依据", 10)),
            (_prohibition(item, tongue) for item in forbidden),
        )
    for word, actions in (
        ("已办", change.done),
        ("不再要求", change.lapsed),
        ("可以了(原来不得)", change.allowed_again),
    ):
        if actions:
            yield Paragraph(Text(f"{word}: {'、'.join(map(tongue.action, actions))}", Origin.STATED))


def _duty(duty: Duty, new: bool, tongue: Wording) -> tuple[Cell | str, ...]:
    about = filter(None, (to_whom(duty.recipient, tongue), by_when(duty.deadline, tongue)))
    return (
        "☐",
        "新" if new else "继续",
        who(duty.bearers, tongue),
        cell(Text(duty.label, strong=new)),
        cell(*about),
        "、".join(duty.clauses),
    )


def _prohibition(item: Prohibition, tongue: Wording) -> tuple[Cell | str, ...]:
    return (
        "☐",
        who(item.bearers, tongue),
        cell(Text(item.label, strong=True)),
        "、".join(map(tongue.action, item.instead)),
        "、".join(item.clauses),
    )
