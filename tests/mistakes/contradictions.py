"""Edits that contradict: bounds that leave nothing, ranks alike, circles, a duty forbidden, a red line crossed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mistakes.draft import Draft, Slip

_KIND = "矛盾"


def contradictions(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """Every edit of these that the plan has a place for."""
    yield from _bounds(draft)
    yield from _ranks(draft)
    yield from _circles(draft)
    yield from _forbidden(draft)
    yield from _conditions(draft)
    yield from _red_lines(draft)
    yield from _limits(draft)


def _bounds(draft: Draft) -> Iterator[tuple[str, Slip]]:
    for number, line in enumerate(draft.lines):
        if found := re.search(r"最小: (\d+), 最大: (\d+)", line):
            edit = line.replace(found[0], f"最小: {found[2]}, 最大: {found[1]}")
            yield "最小大于最大", draft.slip(_KIND, found[0], {number: edit}, ("对调", "最小"))
        if found := re.search(r"至少 (\d+) 且不足 (\d+)", line):
            edit = line.replace(found[0], f"至少 {found[2]} 且不足 {found[1]}")
            yield "下限大于上限", draft.slip(_KIND, found[0], {number: edit}, ("对调",))
        if found := re.search(r"(\w+): (至少|超过) (\d+)", line):
            edit = line.replace(found[0], f"{found[1]}: {found[2]} 999999999")
            yield "超出范围", draft.slip(_KIND, found[0], {number: edit}, ("范围",))


def _ranks(draft: Draft) -> Iterator[tuple[str, Slip]]:
    for number, line in enumerate(draft.lines):
        if (found := re.search(r"级: (\d)", line)) and (other := re.search(r"级: (\d)", draft.lines[number - 1])):
            edit = line.replace(found[0], other[0])
            yield "同级", draft.slip(_KIND, f"{found[0]} → {other[0]}", {number: edit}, ("不同的“级”",))


def _circles(draft: Draft) -> Iterator[tuple[str, Slip]]:
    plan = draft.plan
    lines = {place.word: place.line for place in draft.places if place.within == "动作" and place.is_key}
    for action in plan.actions.values():
        for earlier in action.after:
            other = plan.actions[earlier]
            number = lines[other.label]
            line = draft.lines[number]
            if "须先" not in line and line.endswith("}"):
                edit = line[:-1] + f", 须先: [{action.label}]}}"
                where = sorted((number, lines[action.label]))
                yield (
                    "须先循环",
                    draft.slip(_KIND, f"{other.label} 须先 {action.label}", {number: edit}, ("须先",), at=where),
                )


def _forbidden(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """What a clause asks is forbidden beside it, to the same role on the same incidents."""
    for number, line in enumerate(draft.lines):
        found = re.match(r"( +)应当: \{做: ([^,]+), 责任: ([^,{\[]+),.*\}$", line)
        if found and not any("不得:" in draft.lines[each] for each in draft.entry(number)):
            added = f"{line}\n{found[1]}不得: {{做: {found[2]}, 责任: {found[3]}}}"
            slip = draft.slip(_KIND, f"{found[2]} 又不得", {number: added}, (found[2],), at=draft.entry(number))
            yield "又应当又不得", slip


def _conditions(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A second condition that the first one rules out."""
    for number, line in enumerate(draft.lines):
        found = re.match(r"    当: \{(\w+): 是\}$", line)
        if found:
            edit = f"    当: [{{{found[1]}: 是}}, {{{found[1]}: 否}}]"
            entry = draft.entry(number)
            clause = draft.lines[entry[0]].split(": ", 1)[1]
            yield "永不成立", draft.slip(_KIND, edit.strip(), {number: edit}, ("当", clause), at=entry)


def _red_lines(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A duty that a red line demands, taken away."""
    for number, line in enumerate(draft.lines):
        if re.match(r" +- \{做: (报警|向分管领导报告|行领导\(部门\)负责人赶赴现场), .*时限: 立即", line):
            edit = line.replace("时限: 立即", "时限: 及时")
            yield "红线", draft.slip(_KIND, line.strip()[:20], {number: edit}, ("立即",), at=draft.entry(number))


def _limits(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A limit that is another than its own text says."""
    for number, line in enumerate(draft.lines):
        found = re.search(r"(?<!每)(?<=\D)(\d+)(分钟|小时|自然日|工作日|周)", line)
        if found and "时限" in line:
            edit = line.replace(found[0], f"{int(found[1]) + 1}{found[2]}", 1)
            entry = draft.entry(number)
            yield (
                "与原文不符",
                draft.slip(
                    _KIND,
                    f"{found[0]} 改数",
                    {number: edit},
                    (found[0], found[2], f"{int(found[1]) * 7}自然日"),
                    at=entry,
                ),
            )
