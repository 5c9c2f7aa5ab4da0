"""Story -> what a supervisor gets of a case: JSON Lines for programs, a Page for people.

Values of sensitive facts, what only they ask for, and personal data are replaced by a mark that says so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from plan_rules.cases.days import moment
from plan_rules.cases.discretion import LeftOut, is_sensitive, left_out, left_out_words
from plan_rules.cases.event import Event
from plan_rules.cases.event import written as event_written
from plan_rules.cases.step import Step
from plan_rules.cases.story import Story
from plan_rules.cases.telling import Told, changed, outcome_words, telling, tier_name, tier_words
from plan_rules.decision import outline
from plan_rules.instants import written
from plan_rules.pages import Item, Page, Section
from plan_rules.plan import Plan
from plan_rules.wording import Wording

FORMAT = "plan-rules/case-export/1"
_SENSITIVE = {"left_out": "sensitive"}


def as_lines(story: Story, hashes: Sequence[str] = ()) -> Iterator[str]:
    """One JSON object a line: a header, then one for each event.  The same story gives the same lines.

    The header has `format`, `case`, `outlet`, `plan`, `calendar`, `opened_at`, `at`, `phase`, `tier`, `peak`,
    `events` (how many) and `left_out` (how many of what).  Each line after it has `n` (from 1), `event`, `decision`
    (ids of what the plan asked then, with `violations` and `clauses`), `change`, and `hash` where hashes are given, one
    an event.  Raises ValueError where there are more or fewer hashes.
    """
    _matched(story, hashes)
    hidden = left_out(story)
    yield _line(_header(story, hidden))
    for number, (event, step) in enumerate(story.pairs, 1):
        row = {
            "n": number,
            "event": _event(event, step.case.plan, hidden),
            "decision": _decision(step, hidden),
            "change": _change(step, hidden),
        }
        yield _line({**row, "hash": hashes[number - 1]} if hashes else row)


def as_page(story: Story, lang: str = "zh", hashes: Sequence[str] = ()) -> Page:
    """The timeline: what happened, what was asked for and lapsed, what was done and what was late.

    Raises ValueError where there are more or fewer hashes than events.
    """
    _matched(story, hashes)
    hidden, tongue = left_out(story), Wording(story.case.plan, lang)
    timeline = tuple(
        _item(number, told, lang, hidden, hashes[number - 1] if hashes else "")
        for number, told in enumerate(telling(story, lang, hidden), 1)
    )
    sections = [Section(tongue("经过", "What happened"), timeline)]
    secrets = tuple(map(Item, left_out_words(story, hidden, lang)))
    if secrets:
        sections.append(Section(tongue("没有列入的", "Left out"), secrets))
    return Page(
        tongue(f"案件 {story.case.id} 的经过", f"Case {story.case.id}"),
        _summary(story, tongue),
        tuple(sections),
        tuple(_about(story, tongue, hashes)),
    )


def went_wrong(story: Story) -> int:
    """How much is late, missed or breached without having been set aside."""
    late = sum(bool(life.violation) for life in story.case.lives)
    return late + sum(not breach.excused for breach in story.case.breaches)


def _matched(story: Story, hashes: Sequence[str]) -> None:
    if hashes and len(hashes) != len(story.events):
        raise ValueError(
            f"{len(story.events)} 个事件, {len(hashes)} 个哈希 / {len(story.events)} events, {len(hashes)} hashes"
        )


# --------------------------------------------------------------------------- lines


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def _header(story: Story, hidden: LeftOut) -> dict[str, Any]:
    case = story.case
    return {
        "format": FORMAT,
        "case": case.id,
        "outlet": case.outlet,
        "plan": case.decision.plan._asdict(),
        "calendar": case.calendar.digest,
        "opened_at": written(case.opened_at),
        "at": written(case.at),
        "phase": case.phase.value,
        "tier": case.tier,
        "peak": case.peak,
        "events": len(story.events),
        "left_out": {
            "sensitive_facts": len(hidden.facts),
            "sensitive_actions": len(hidden.actions),
            "personal": dict(hidden.personal),
        },
    }


def _event(event: Event, plan: Plan, hidden: LeftOut) -> dict[str, Any]:
    row = event_written(event)
    what = row["what"]
    if "facts" in what:
        what["facts"] = {
            name: _SENSITIVE if is_sensitive(plan, name) else value for name, value in what["facts"].items()
        }
    if what.get("action") in hidden.actions:
        what |= {name: _SENSITIVE for name in ("action", "reason") if name in what}
    row["sealed"] = [{"item": sealed.item, "left_out": "personal"} for sealed in event.sealed]
    return row


def _decision(step: Step, hidden: LeftOut) -> dict[str, Any]:
    decision = step.decision
    asked = outline(decision)
    named = {
        name: _named(value, hidden) if isinstance(value, list) else value  # the tier is no list
        for name, value in asked.items()
    }
    violations = [
        {"action": item.action, "kind": item.kind, "days": item.days}
        for item in decision.violations
        if item.action not in hidden.actions
    ]
    clauses = {action: list(cited) for action, cited in _clauses(step).items() if action not in hidden.actions}
    return {**named, "violations": violations, "clauses": clauses}


def _change(step: Step, hidden: LeftOut) -> dict[str, Any]:
    return {
        name: _named(value, hidden) if isinstance(value, list) else value
        for name, value in step.change.to_dict().items()
    }


def _named(actions: Iterable[str], hidden: LeftOut) -> list[Any]:
    """The actions, with a mark in the place of each that is not named."""
    return [_SENSITIVE if action in hidden.actions else action for action in actions]


def _clauses(step: Step) -> dict[str, tuple[str, ...]]:
    """The clauses behind each action that is asked for, forbidden or allowed."""
    decision = step.decision
    return {
        **{item.action: item.clauses for item in decision.permissions},
        **{item.action: item.clauses for item in decision.prohibitions},
        **{item.action: item.clauses for item in decision.duties},
    }


# --------------------------------------------------------------------------- page


def _item(number: int, told: Told, lang: str, hidden: LeftOut, link: str) -> Item:
    step = told.step
    tongue = Wording(step.case.plan, lang)
    lines = [
        *(["; ".join(told.facts)] if told.facts else []),
        *changed(step.change, tongue, hidden, _clauses(step)),
        tongue(f"登记: {told.event.by}", f"recorded by {told.event.by}")
        + (tongue(f" · 哈希: {link}", f" · hash: {link}") if link else ""),
    ]
    return Item(f"{number}. {moment(told.event.at)}  {told.head}", tuple(lines))


def _summary(story: Story, tongue: Wording) -> str:
    case = story.case
    phase = outcome_words(case.phase, tongue)
    wrong = went_wrong(story)
    said = (
        tongue(f"迟办、漏办或违反 {wrong} 项", f"late, missed or breached: {wrong}")
        if wrong
        else tongue("没有登记迟办、漏办或违反", "nothing recorded as late, missed or breached")
    )
    return "; ".join((phase, tongue("最高曾达", "highest tier: ") + tier_name(case.peak, tongue), said))


def _about(story: Story, tongue: Wording, hashes: Sequence[str]) -> Iterator[tuple[str, str]]:
    case = story.case
    yield tongue("预案", "plan"), f"{case.plan.name} {case.plan.version}"
    yield tongue("预案摘要", "digest"), case.plan.digest
    if case.outlet:
        yield tongue("网点", "outlet"), case.outlet
    yield tongue("等级", "tier"), tier_words(case.tier, tongue)
    yield tongue("开案", "opened"), moment(case.opened_at)
    yield tongue("最后事件", "last event"), moment(case.at)
    yield tongue("事件", "events"), str(len(story.events))
    if hashes:
        yield tongue("末条哈希", "last hash"), hashes[-1]
