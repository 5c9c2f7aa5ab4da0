"""(Old plan, new plan, scenarios) -> the report on an amendment (修订影响报告): texts, rules, decisions, scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_rules.analysis.difference import Difference
from plan_rules.difference_page import page
from plan_rules.documents.content import (
    Blanks,
    Block,
    Document,
    Heading,
    Origin,
    Paragraph,
    Row,
    Signatures,
    Text,
    Tone,
    cell,
    stamp,
    table,
)
from plan_rules.documents.effects import Told, told
from plan_rules.documents.paper import points
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario


def revision(difference: Difference, scenarios: Sequence[Scenario]) -> Document:
    """What an amendment does, for the meeting that decides on it."""
    old, new = difference.old, difference.new
    subtitle = f"{old.name} {old.version}(摘要 {stamp(old).short}) → {new.version}(摘要 {stamp(new).short})"
    return Document("revision", "修订影响报告", stamp(new), tuple(_blocks(difference, scenarios)), subtitle=subtitle)


def _blocks(difference: Difference, scenarios: Sequence[Scenario]) -> Iterator[Block]:
    told_ = page(difference, "zh")
    yield Paragraph(Text(told_.summary, Origin.STATED, strong=True))
    yield Paragraph(Text(_counted(difference, scenarios), Origin.STATED, strong=True))
    rows = tuple(_clauses(difference.old, difference.new))
    if rows:
        yield table("条文的修改", (("条款", 10), ("原来", 45), ("现在", 45)), rows)
    for section in told_.sections:
        yield from points(section)
    changed = tuple(_changed(difference, scenarios))
    if changed:
        yield table("结果改变的场景", (("场景", 24), ("原来", 30), ("现在", 30), ("测试", 16)), changed)
    yield Heading("会议意见", 1)
    yield Blanks((("修订理由(填写): ", 2), ("会议意见(填写): ", 3)))
    yield Signatures(("合规部", "综合部", "分管领导", "行长"))


def _counted(difference: Difference, scenarios: Sequence[Scenario]) -> str:
    changed = {change.scenario for change in difference.scenarios}
    failing = {change.scenario for change in difference.scenarios if not change.passes_now}
    if not scenarios:
        return "没有场景可比。"
    said = f"{len(scenarios)} 个场景, {len(changed)} 个的结果改变"
    named = [each.id for each in scenarios if each.id in changed]
    return f"{said}: {'、'.join(named)}; 其中 {len(failing)} 个与场景所写不符。" if changed else f"{said}。"


def _clauses(old: Plan, new: Plan) -> Iterator[Row]:
    """Clauses that are new, gone, or worded otherwise."""
    for id_ in dict.fromkeys((*old.clauses, *new.clauses)):
        was, now = old.clauses.get(id_), new.clauses.get(id_)
        if was is None or now is None or was.text != now.text:
            yield Row(
                (
                    cell(Text(id_, strong=True)),
                    cell(Text(was.text, Origin.SOURCE) if was else "(没有)"),
                    cell(Text(now.text, Origin.SOURCE) if now else "(删去)"),
                ),
                Tone.HEED,
            )


def _changed(difference: Difference, scenarios: Sequence[Scenario]) -> Iterator[Row]:
    by_id = {scenario.id: scenario for scenario in scenarios}
    for change in difference.scenarios:
        scenario = by_id[change.scenario]
        step = scenario.steps[change.step]
        before, after = told(difference.old, step), told(difference.new, step)
        number = f" 第 {change.step + 1} 步" if len(scenario.steps) > 1 else ""
        verdict = "仍与场景所写相符" if change.passes_now else "与场景所写不符"
        yield Row(
            (
                cell(Text(f"{scenario.id}{number} {scenario.title}", Origin.STATED)),
                cell(*(Text(words, Origin.STATED) for words in _only(before, after))),
                cell(*(Text(words, Origin.STATED) for words in _only(after, before))),
                cell(Text(verdict, Origin.STATED)),
            ),
            Tone.PLAIN if change.passes_now else Tone.HEED,
        )


def _only(one: Told, other: Told) -> Iterator[str]:
    for title, words in one.items():
        if title:
            yield from (f"{title}: {each}" for each in sorted(words - other.get(title, frozenset())))
