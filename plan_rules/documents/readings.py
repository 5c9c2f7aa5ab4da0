"""(Plan, scenarios) -> the register of ambiguities (歧义决策登记表): options, choice, who decided, effects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_rules.documents.content import (
    Block,
    Cell,
    Document,
    Origin,
    Paragraph,
    Row,
    Signatures,
    Text,
    blank,
    cell,
    stamp,
    table,
)
from plan_rules.documents.effects import Effect, Effects
from plan_rules.plan import Plan, Reading
from plan_rules.scenarios import Scenario

_NOTE = (
    "采用的选项由合规决定, 写在预案文件的“解释”里; 本表供复核、签字。“改变”是把这一项换成别的选项后, 结果不同的场景。"
)
_MOST = 6  # changes named of a scenario; the others are counted


def readings(plan: Plan, scenarios: Sequence[Scenario]) -> Document:
    """Every reading and remark of the plan."""
    effects = Effects(plan, scenarios)
    found = {
        (reading.id, option.id): effects.of(reading, option)
        for reading in plan.readings.values()
        for option in reading.options
        if option.id != reading.chosen
    }
    return Document("readings", "歧义决策登记表", stamp(plan), tuple(_blocks(plan, found)), landscape=True)


Found = dict[tuple[str, str], tuple[Effect, ...]]


def _blocks(plan: Plan, found: Found) -> Iterator[Block]:
    yield Paragraph(Text(_NOTE, Origin.TEMPLATE))
    columns = (
        ("编号", 9),
        ("疑义", 18),
        ("选项", 30),
        ("采用、决定", 13),
        ("换用时改变的场景", 16),
        ("决定人签字、日期", 14),
    )
    yield table("会改变结果的疑义", columns, (_reading(each, found) for each in plan.readings.values()))
    yield table(
        "不改变结果的疑义与空白",
        (("编号", 9), ("疑义", 22), ("涉及条款", 15), ("采用的读法", 36), ("决定人签字、日期", 18)),
        (
            (
                each.id,
                cell(Text(each.topic, Origin.REMARK)),
                "、".join(each.clauses),
                cell(Text(each.text, Origin.REMARK)),
                blank(),
            )
            for each in plan.remarks
        ),
    )
    rows = tuple(_effects(found))
    if rows:
        shown = (("编号", 9), ("换成", 6), ("场景", 19), ("多出的", 33), ("少掉的", 33))
        yield table("换用其他选项的影响", shown, rows)
    yield Signatures(("合规部", "综合部", "分管领导"))


def _reading(reading: Reading, found: Found) -> Row:
    chosen = next(option for option in reading.options if option.id == reading.chosen)
    changing = [
        f"{option.id}: {_counted(found[reading.id, option.id])}"
        for option in reading.options
        if (reading.id, option.id) in found
    ]
    return Row(
        (
            cell(Text(reading.id, strong=True), "、".join(reading.clauses)),
            cell(Text(reading.topic, Origin.READING)),
            cell(*(f"{'☑' if option is chosen else '☐'} {option.id} {option.text}" for option in reading.options)),
            cell(Text(f"{chosen.id}", strong=True), f"决定: {reading.decided_by}", reading.note),
            cell(*(Text(words, Origin.STATED) for words in changing)),
            blank(),
        )
    )


def _counted(effects: Sequence[Effect]) -> str:
    scenarios = tuple(dict.fromkeys(effect.scenario for effect in effects))
    return f"{len(scenarios)} 个场景({'、'.join(scenarios)})" if scenarios else "没有场景改变"


def _effects(found: Found) -> Iterator[tuple[Cell | str, ...]]:
    """Scenarios that change alike are one row."""
    for (reading, option), effects in found.items():
        alike: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for effect in effects:
            step = f"(第 {effect.step} 步)" if effect.step > 1 else ""
            alike.setdefault((effect.gained, effect.lost), []).append(f"{effect.scenario}{step}")
        for (gained, lost), scenarios in alike.items():
            yield reading, option, cell(Text("、".join(scenarios), Origin.STATED)), _some(gained), _some(lost)


def _some(words: Sequence[str]) -> Cell:
    more = [f"另有 {len(words) - _MOST} 项"] if len(words) > _MOST else []
    return tuple(Text(each, Origin.STATED) for each in (*words[:_MOST], *more))
