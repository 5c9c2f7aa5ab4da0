"""Slips in values: a wrong unit, a value deleted, a number renumbered, a thing written twice, a date badly written."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mistakes.draft import Draft, Slip
from tests.mistakes.places import Place

_UNITS = {
    "分钟": ("分", "分种", "min", "秒钟"),
    "小时": ("时", "钟头", "h", "小时内"),
    "自然日": ("日", "天", "个自然日内", "自然天"),
    "工作日": ("天", "工作天", "个工作日内", "个交易日"),
    "周": ("星期", "礼拜", "个星期"),
    "个月": ("月", "季度", "月份"),
    "年": ("周年", "年度"),
}
_WORDS = {"立即": ("马上", "立刻", "即时"), "及时": ("尽快", "尽早"), "持续": ("一直", "全程"), "事后": ("之后",)}
_COUNTED = re.compile(r"(每?\d+)(分钟|小时|自然日|工作日|周|个月|年|日)(.*)")


def units(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A limit, a length of time or a number in a unit that is none, or in words."""
    for number, place in enumerate(draft.places):
        if place.is_key:
            continue
        yield from _limit(draft, number, place)
        if place.key in ("保存", "逾期"):
            for wrong in ("个工作日", "个月", "小时"):
                word = place.word.replace("日", wrong)
                yield "日数", draft.slip("单位", f"{place.word} → {word}", draft.instead(place, word), [place.word])
        if place.key in ("最小", "最大", "级") or re.match("(至少|至多|超过|不足) ?\\d", place.word):
            spoilt = place.word + ("级" if place.key == "级" else "人")
            meant = re.findall("[0-9]+", place.word)[-1]
            right = (f": {meant}", f"“{meant}”")
            yield "数后加单位", draft.slip("单位", f"{place.word} → {spoilt}", draft.instead(place, spoilt), right)


def _limit(draft: Draft, number: int, place: Place) -> Iterator[tuple[str, Slip]]:
    if "时限" not in place.path or place.path[0] not in ("正文", "红线"):
        return
    found = _COUNTED.fullmatch(place.word)
    if found:
        for wrong in _UNITS[found[2]]:
            word = found[1] + wrong + found[3]
            right = found[1] + found[2]
            yield "时限单位", draft.slip("单位", f"{place.word} → {word}", draft.instead(place, word), [right])
        if found[3] == "":
            edit = draft.instead(place, found[1])
            yield "少单位", draft.slip("单位", f"{place.word} → {found[1]}", edit, [found[1] + found[2]])
    for right, wrongs in _WORDS.items():
        if place.word.startswith(right):
            word = wrongs[number % len(wrongs)] + place.word.removeprefix(right)
            yield "时限用词", draft.slip("单位", f"{place.word} → {word}", draft.instead(place, word), [right])


# ---------------------------------------------------------------------------- numbers of clauses


def renumbered(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """The number of a clause, or a reference to one, written otherwise; a clause left out."""
    ids = [*draft.plan.clauses]
    for number, place in enumerate(draft.places):
        if place.is_key or place.prose:
            continue
        if place.key == "编号" and place.word in draft.plan.clauses:
            yield from _renumbered_clause(draft, ids, number, place)
        elif place.word in draft.plan.clauses:
            wrong = _next(place.word, ids)
            yield "引用", draft.slip("改号", f"{place.word} → {wrong}", draft.instead(place, wrong), [place.word])
        elif place.word in draft.plan.readings or (place.word.startswith("AMB-") and place.key == "可推翻"):
            wrong = place.word + "0"
            yield "解释", draft.slip("改号", f"{place.word} → {wrong}", draft.instead(place, wrong), [place.word])
    for place in draft.places:
        if place.is_key and place.within == "正文" and place.word in draft.plan.readings:
            wrong = place.word[:-1] + "x"
            yield "解释", draft.slip("改号", f"{place.word} → {wrong}", draft.instead(place, wrong), [place.word])


def _renumbered_clause(draft: Draft, ids: list[str], number: int, place: Place) -> Iterator[tuple[str, Slip]]:
    at = ids.index(place.word)
    taken = ids[at + 1 if at + 1 < len(ids) else at - 1]
    what = f"{place.word} → {taken}"
    other = next(other.line for other in draft.places if other.key == "编号" and other.word == taken)
    twice = draft.slip("改号", what, draft.instead(place, taken), [place.word], at=[place.line])
    if other > place.line:  # of two alike the second is said to be one too many
        lines = range(place.line + 1, other + 2)
        twice = Slip("改号", draft, what, twice.edits, lines, (place.word,))
    yield "撞号", twice
    if draft.plan.source is not None:
        wrong = _next(place.word, ids)
        yield "跳号", draft.slip("改号", f"{place.word} → {wrong}", draft.instead(place, wrong), [place.word])
        entry = draft.entry(place.line)
        before = draft.entry(entry[0] - 1) if entry[0] and draft.lines[entry[0] - 1].strip() else entry
        gone = dict.fromkeys(entry, None)
        yield "删条", draft.slip("改号", f"删去 {place.word}", gone, [place.word], at=[before[0], entry[0]])


def _next(word: str, ids: list[str]) -> str:
    """A number like this one that no clause has."""
    for letter in "zyxwv":
        wrong = word[:-1] + letter
        if wrong not in ids:
            return wrong
    raise AssertionError


# ---------------------------------------------------------------------------- values deleted


_NEEDED = (
    "id",
    "编号",
    "类型",
    "默认",
    "责任",
    "做",
    "内容",
    "题",
    "采用",
    "决定",
    "级",
    "若",
    "组合",
    "取值",
    "来源",
    "名称",
)
_OTHER = {"id": "编号"}
_BLANK = (*_NEEDED, "当", "时限", "对象", "定为", "次序", "原文", "起算", "最小", "完成", "涉及", "适用", "替代")


def deleted(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A value left out after its key; a key and its value left out; a list or a condition emptied."""
    for number, line in enumerate(draft.lines):
        if line.lstrip().startswith("#"):
            continue
        bare = re.sub(r"'[^']*'|“[^”]*”", lambda hit: "." * len(hit.group()), line)
        block = "" if "{" in bare or "[" in bare else r",，"
        for hit in re.finditer(
            rf"(?:^ *(?:- )?|[{{] ?|, )(\w+): ([^{{}}\[\],]+(?:[{block or '#'}][^{{}}\[\]]*)?)(?=$|[}},])", bare
        ):
            key = hit[1]
            if key in _BLANK:
                edit = {number: line[: hit.start(2)].rstrip() + line[hit.end(2) :]}
                yield f"空{key}", draft.slip("删值", f"{key}: 空", edit, [f"{key}: "])
            if key in _NEEDED and hit[0].startswith(", "):
                edit = {number: line[: hit.start()] + line[hit.end() :]}
                yield f"删{key}", draft.slip("删值", f"删去 {key}", edit, [f"{key}: ", f"{_OTHER.get(key, key)}: "])
        for hit in re.finditer(
            r"(?<!\w)(当|责任|涉及|任一|若|组合|替代|对象|替谁|可看|报): (\[[^\[\]{}]+\]|\{[^{}]+\})", bare
        ):
            empty = "[]" if hit[2][0] == "[" else "{}"
            edit = {number: line[: hit.start(2)] + empty + line[hit.end(2) :]}
            yield "空表", draft.slip("删值", f"{hit[1]}: {empty}", edit, [f"“{hit[1]}", f"{hit[1]}: "])


# ---------------------------------------------------------------------------- dates, and things written twice


def dates(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """The day an acceptance runs out, written as people write days."""
    deciding = [place for place in draft.places if place.within == "认可" and place.key == "决定" and not place.is_key]
    for number, place in enumerate(deciding):
        wrongs = (
            "2030年12月31日",
            "2030/12/31",
            "2030.12.31",
            "2030-12-32",
            "20301231",
            "2030-12-1",
            "二〇三〇年十二月",
        )
        wrong = wrongs[number % len(wrongs)]
        line = draft.lines[place.line]
        text = draft.slip("日期", wrong, {place.line: f"{line}\n    到期: {wrong}"}, ())
        right = ("2030-12-01",) if wrong == "2030-12-1" else ("2030-12-31",)
        at = range(place.line + 2, place.line + 3)
        yield "到期", Slip("日期", draft, wrong, text.edits, at, right)


def twice(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A line copied and not edited, an id taken from the line above."""
    for number, line in enumerate(draft.lines):
        found = re.match(r"  (\w+): \{id: (\w+),?", line)
        if found:
            again = draft.slip("重复", f"抄了一行: {found[1]}", {number: f"{line}\n{line}"}, ())
            yield (
                "抄行",
                Slip("重复", draft, again.what, again.edits, range(number + 1, number + 3), ("删去", "改名")),
            )
            above = re.match(r"  (\w+): \{id: (\w+),?", draft.lines[number - 1])
            if above:
                edit = {number: line.replace(f"id: {found[2]}", f"id: {above[2]}", 1)}
                yield "抄编号", draft.slip("重复", f"{found[2]} → {above[2]}", edit, ("编号",))
        if re.match(r" {4}(原文|当|定为|应当): ", line):
            again = draft.slip("重复", f"抄了一行: {line.strip()[:12]}", {number: f"{line}\n{line}"}, ())
            yield (
                "抄键",
                Slip("重复", draft, again.what, again.edits, range(number + 1, number + 3), ("删去", "改名")),
            )
