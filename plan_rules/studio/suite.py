"""Scenarios -> what came of each; an incident of the form -> one more scenario in the file, or why not."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plan_rules.decision import Decision
from plan_rules.errors import Message, ScenariosInvalid, Span, ToldError
from plan_rules.fact import Kind
from plan_rules.plan import Plan
from plan_rules.scenarios import Expected, Scenario, Step, Verdict, read_scenarios
from plan_rules.scenarios import run as run_scenarios
from plan_rules.scenarios.failure_text import describe
from plan_rules.scenarios.running import stated_facts
from plan_rules.scenarios.writing import write_scenarios
from plan_rules.studio.folder import SCENARIOS
from plan_rules.studio.incident_form import sent_facts

_ID = re.compile(r"[^\W_][\w\-]{0,39}")
_MOST_TITLE = 120
_MOST_STORY = 2000
_ITEM = re.compile(r"^( *)- ", re.MULTILINE)


class NotAdded(ToldError):
    """The scenario was not written."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a scenario; `sent` puts its last step into the form."""

    id: str
    title: str
    narrative: str
    passed: bool
    differs: tuple[str, ...]
    steps: int
    sent: Mapping[str, str]
    at: str


def tried(plan: Plan, scenarios: tuple[Scenario, ...], lang: str) -> tuple[Tried, ...]:
    """Every scenario, run."""
    return tuple(_tried(verdict, plan, lang) for verdict in run_scenarios(plan, scenarios))


def _tried(verdict: Verdict, plan: Plan, lang: str) -> Tried:
    scenario = verdict.scenario
    differs = tuple(line for step in verdict.steps for line in describe(step.mismatches, plan, lang))
    last = scenario.steps[-1] if scenario.steps else None
    return Tried(
        id=scenario.id,
        title=scenario.title,
        narrative=scenario.narrative,
        passed=verdict.passed,
        differs=differs,
        steps=len(scenario.steps),
        sent=sent_facts(stated_facts(last), plan) if last else {},
        at=(last.at or "") if last else "",
    )


def scenario_of(
    plan: Plan, facts: Mapping[str, Any], decision: Decision, *, at: str | None, named: tuple[str, str, str]
) -> Scenario:
    """The incident with the plan's answer as what is expected.  `named` is id, title, story.  Raises NotAdded."""
    id_, title, story = (each.strip() for each in named)
    if not _ID.fullmatch(id_):
        raise _not("编号写 1 至 40 个字母、数字或“-”, 如 S101", "an id is 1 to 40 letters, digits or `-`, as S101")
    if not title or len(title) > _MOST_TITLE or len(story) > _MOST_STORY:
        raise _not(
            f"标题要有, 至多 {_MOST_TITLE} 字; 经过至多 {_MOST_STORY} 字",
            f"a title of at most {_MOST_TITLE} characters is needed; a story has at most {_MOST_STORY}",
        )
    readings = next((fact.id for fact in plan.facts.values() if fact.kind is Kind.READINGS), "")
    nowhere = Span("", 0, 0)
    expected = Expected(
        nowhere,
        required=frozenset(duty.action for duty in decision.in_force),
        prohibited=frozenset(item.action for item in decision.prohibitions),
        permitted=frozenset(item.action for item in decision.allowed),
        tier=decision.tier.id if decision.tier else None,
        tier_checked=True,
    )
    stated = {fact: value for fact, value in facts.items() if fact != readings}
    step = Step(stated, expected, nowhere, at=at, readings=facts.get(readings, {}))
    return Scenario(id_, title, "snapshot", (step,), nowhere, narrative=story)


def added(text: bytes | None, scenario: Scenario, plan: Plan) -> bytes:
    """The scenario file with one more at its end; all that was in it stays, byte by byte.

    Raises ScenariosInvalid where the file has defects, NotAdded where the scenario does not fit in.
    """
    entry = write_scenarios([scenario], plan)
    if not text or not text.strip():
        whole = f"scenarios:\n{entry}".encode()
        _read(whole, plan)
        return whole
    before = read_scenarios(text, SCENARIOS, plan)
    if any(known.id == scenario.id for known in before):
        raise _not(
            f"已有编号为“{scenario.id}”的场景, 换一个", f"there is a scenario `{scenario.id}`; choose another id"
        )
    indents = _ITEM.findall(text.decode("utf-8-sig"))
    indent = min(indents, key=len, default="")
    moved = "".join(indent + line for line in entry.splitlines(keepends=True))
    whole = text + (b"" if text.endswith(b"\n") else b"\n") + moved.encode()
    after = _read(whole, plan)
    if [known.id for known in after] != [*(known.id for known in before), scenario.id]:
        raise _not("场景文件的写法接不上新的一条, 请手工添加", "the file is laid out otherwise; add it by hand")
    return whole


def _read(whole: bytes, plan: Plan) -> tuple[Scenario, ...]:
    try:
        return read_scenarios(whole, SCENARIOS, plan)
    except ScenariosInvalid as invalid:
        first = invalid.diagnostics[0].message
        raise NotAdded(Message(f"没有写入: {first.zh}", f"not written: {first.en}")) from invalid


def _not(zh: str, en: str) -> NotAdded:
    return NotAdded(Message(zh, en))
