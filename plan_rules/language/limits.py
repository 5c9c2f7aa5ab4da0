"""(Shape of a norm, the declared facts) -> its TimeLimit: how soon, from when, or how often."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time

from plan_rules.fact import Fact, Kind
from plan_rules.instants import read_clock
from plan_rules.language.characters import report_full_width
from plan_rules.language.clause_shape import NormShape
from plan_rules.language.intentions import did_you_mean, limits_meant
from plan_rules.language.keywords import value_word
from plan_rules.language.names import Names, one_of
from plan_rules.language.tree import Report, Text
from plan_rules.norm import CLOCK, COUNTED, Term, TimeLimit
from plan_rules.phrases import TERM_WORDS
from plan_rules.suggestion import nearest

TERMS = {words[0]: term for term, words in TERM_WORDS.items() if term not in COUNTED}
_UNITS = {
    unit: term
    for term in COUNTED
    for unit in (*TERM_WORDS[term], TERM_WORDS[term][1].removesuffix("s"))  # `1 month` as well as `3 months`
}
_LONGEST_FIRST = sorted(_UNITS, key=len, reverse=True)
_COUNTED = re.compile(r"(每|every\s+)?([0-9]{1,6})\s*(" + "|".join(_LONGEST_FIRST) + r")(?:[((].*[))])?")
_STATED = re.compile(r"([^((]+)(?:[((].*[))])?")
_OFTEN = "or what is done again and again as `every 3 months`"
MAX_AMOUNT = 100_000


@dataclass(frozen=True, slots=True)
class LimitReader:
    """Reads time limits against the facts declared in one plan file."""

    facts: Names[Fact]
    report: Report

    def read(self, shape: NormShape, word: Text | None) -> TimeLimit | None:
        """The limit that `word` says, with what else the norm says of the clock; None where there is none."""
        start = self.facts.find(shape.start) if shape.start else None
        if word is None:
            self._cutoff(shape, None, start)
            return None
        counted = _COUNTED.fullmatch(word)
        if counted:
            term, amount, every = _UNITS[counted[3]], int(counted[2]), counted[1] is not None
            self._check_start(shape, word, term, every, start)
            self._check_amount(word, amount)
            self._check_done(shape, every)
            roll = one_of(shape.roll, {"是": True, "否": False}, False, self.report)
            cutoff = self._cutoff(shape, term, start)
            return TimeLimit(term, str(word), amount, start.id if start else None, roll, cutoff, every)
        stated = _STATED.fullmatch(word)
        known = TERMS.get(value_word(stated[1].strip())) if stated else None
        if known is None:
            self._no_limit(word)
            return None
        self._cutoff(shape, known, start)
        return TimeLimit(known, str(word), start=start.id if start else None)

    def _no_limit(self, word: Text) -> None:
        if report_full_width(word, word.span, self.report):
            return
        zh, en = did_you_mean((*limits_meant(word), *nearest(word, TERMS))) or ("", "")
        self.report.add(
            "PR042",
            (f"时限“{word}”写法不对", f"`{word}` is no time limit"),
            word.span,
            (
                f"{zh}写: "
                + "、".join(TERMS)
                + "; 或 30分钟、2小时、3自然日、5工作日、2周、3个月、1年, 定期做的写 每3个月; 说明写在括号里",
                f"{en}write immediately, promptly, ... or `30 minutes`, `2 hours`, `3 months`, {_OFTEN}",
            ),
        )

    def _cutoff(self, shape: NormShape, term: Term | None, start: Fact | None) -> time | None:
        """The time of day after which a clock of days starts on the next one."""
        word = shape.cutoff
        if word is None:
            return None
        if term not in COUNTED or term in CLOCK:
            self.report.add(
                "PR048",
                ("只有按日计的时限才有截点", "only a limit in days has a cut-off"),
                word.span,
                ("删去“截点”, 或把时限改成自然日、工作日", "remove `cutoff`, or count the limit in days"),
            )
        elif start is not None and start.kind is Kind.DATE:
            self.report.add(
                "PR048",
                (f"“{start.label}”是日期, 没有时刻可以和截点比", f"`{start.id}` is a date, which has no time of day"),
                word.span,
                ("从一个时刻事实起算, 或删去“截点”", "start at a datetime fact, or remove `cutoff`"),
                related=start.span,
                facts=(start.id,),
            )
        found = read_clock(word)
        if found is None or found.second:
            self.report.add(
                "PR042",
                (f"截点“{word}”写法不对", f"`{word}` is no time of day"),
                word.span,
                ('写成 "17:00"', 'write it as "17:00"'),
            )
        return found

    def _check_start(self, shape: NormShape, word: Text, term: Term, every: bool, start: Fact | None) -> None:
        if shape.start is None and any(key == "start" for _, key in self.report.emptied):
            return
        if shape.start is None:
            self.report.add(
                "PR045",
                (f"“{word}”没有写从何时起算", f"`{word}` does not say when the clock starts"),
                word.span,
                (
                    "补上“起算: …”, 写上一次做它的日期或时刻事实" if every else "补上“起算: …”, 写一个日期或时刻事实",
                    "add `start: ...`, the date or datetime fact of when it was last done"
                    if every
                    else "add `start: ...`, a date or datetime fact",
                ),
            )
        elif start is not None and not start.dated:
            self.report.add(
                "PR040",
                (
                    f"“{start.label}”不是日期或时刻, 不能起算",
                    f"`{start.id}` is no date or datetime and cannot start a clock",
                ),
                shape.start.span,
                ("换一个日期或时刻事实", "name a date or datetime fact"),
                related=start.span,
                facts=(start.id,),
            )
        elif start is not None and start.kind is Kind.DATE and term in CLOCK:
            self.report.add(
                "PR040",
                (
                    "分钟、小时的时限要从一个时刻起算, 不能从日期起算",
                    "minutes and hours start at a datetime, not a date",
                ),
                shape.start.span,
                ("换一个时刻事实, 或改用自然日、工作日", "name a datetime fact, or count in days"),
                related=start.span,
                facts=(start.id,),
            )

    def _check_done(self, shape: NormShape, every: bool) -> None:
        if every and shape.done_by is not None:
            self.report.add(
                "PR084",
                (
                    f"“{shape.action}”隔一段时间要做一次, 不能写“完成”: 做过一次不等于不用再做",
                    f"`{shape.action}` is to be done again and again; having been done once does not end it",
                ),
                shape.action.span,
                (
                    "删去“完成”; 上一次做它的日子写在“起算”里, 下一次的到期日由它推算",
                    "remove `done_by`; the day it was last done is its `start`, from which the next is counted",
                ),
                subject=str(shape.action),
            )

    def _check_amount(self, word: Text, amount: int) -> None:
        if not 0 < amount <= MAX_AMOUNT:
            self.report.add(
                "PR041",
                (
                    f"时限的数 {amount} 不在 1 至 {MAX_AMOUNT} 之间",
                    f"the amount {amount} is not between 1 and {MAX_AMOUNT}",
                ),
                word.span,
                ("改成合理的数", "write a sensible number"),
            )
