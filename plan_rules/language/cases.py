"""(Shape of the section 案件, the vocabulary) -> CaseRules: how incidents are kept as cases."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from plan_rules.case_rules import CaseRules, PersonalItem, Rung
from plan_rules.fact import Kind
from plan_rules.language.characters import report_full_width
from plan_rules.language.intentions import number_meant
from plan_rules.language.keywords import chinese, value_word
from plan_rules.language.names import Names
from plan_rules.language.shape import CaseShape, PersonalShape, RungShape
from plan_rules.language.tree import Report, Text
from plan_rules.language.vocabulary import Vocabulary
from plan_rules.norm import Term

MAX_DAYS = 36_500
MAX_MINUTES = 100_000
_DAYS = re.compile(r"([0-9]{1,6})\s*(?:自然日|日|天|natural days?|days?)")
_MINUTES = re.compile(r"([0-9]{1,6})\s*(分钟|小时|minutes?|hours?)")
_REMINDED = {"立即": Term.IMMEDIATE, "及时": Term.PROMPT}


@dataclass(frozen=True, slots=True)
class CaseReader:
    """Reads the section 案件 against the names declared in one plan file."""

    words: Vocabulary
    report: Report

    def read(self, shape: CaseShape | None) -> CaseRules:
        """The section; a plan without one keeps cases by the defaults."""
        if shape is None:
            return CaseRules()
        return CaseRules(
            resolved_on=self._resolved_on(shape.resolved_on) if shape.resolved_on is not None else None,
            personal=self._personal(shape.personal),
            ladder=self._ladder(shape.ladder),
            reminders=self._reminders(shape.reminders),
        )

    def _resolved_on(self, word: Text) -> str | None:
        fact = self.words.facts.find(word)
        if fact is not None and fact.kind is not Kind.DATE:
            self.report.add(
                "PR070",
                (f"“{fact.label}”不是日期, 不能表明哪一天办结", f"`{fact.id}` is no date and cannot say when it ended"),
                word.span,
                ("换一个类型是日期的事实", "name a fact of the type date"),
                related=fact.span,
                facts=(fact.id,),
            )
        return fact.id if fact is not None else None

    # ----------------------------------------------------------------- delays

    def _ladder(self, shapes: Iterable[RungShape]) -> tuple[Rung, ...]:
        rungs: list[Rung] = []
        for shape in shapes:
            days = self._days(shape.overdue, least=0)
            to = self._roles(shape.to, "to", shape.overdue)
            if rungs and days <= rungs[-1].after_days:
                self.report.add(
                    "PR071",
                    (
                        f"催办要一档比一档晚: 逾期 {days} 日写在 {rungs[-1].after_days} 日之后",
                        f"each rung must be later than the last: {days} days follow {rungs[-1].after_days}",
                    ),
                    shape.overdue.span,
                    ("按逾期的日数由少到多写, 同一日的写成一档", "list them from few days to many, each once"),
                )
            rungs.append(Rung(days, to, str(shape.note or "")))
        return tuple(rungs)

    def _reminders(self, words: dict[Text, Text]) -> dict[Term, int]:
        found: dict[Term, int] = {}
        for word, length in words.items():
            term = _REMINDED.get(value_word(word))
            if term is None or term in found:
                self.report.add(
                    "PR074",
                    (f"这里不能对“{word}”提醒", f"`{word}` cannot be reminded of here"),
                    word.span,
                    ("只写“立即”和“及时”, 各一次", "write `immediately` and `promptly` only, each once"),
                )
            else:
                found[term] = self._minutes(length)
        return found

    # ----------------------------------------------------------------- personal data

    def _personal(self, shapes: dict[Text, PersonalShape]) -> dict[str, PersonalItem]:
        known: Names[PersonalItem] = Names("个人信息", "personal item", "PR072", self.report)
        for name, shape in shapes.items():
            for word in dict.fromkeys((name, shape.id)):
                self._check_no_fact(word)
            item = PersonalItem(
                id=str(shape.id),
                label=str(name),
                span=name.span,
                purpose=self._stated(shape.purpose, "purpose"),
                basis=self._stated(shape.basis, "basis"),
                readers=self._roles(shape.readers, "readers", name),
                keep_days=self._days(shape.keep, least=1),
            )
            known.declare(name, shape.id, item)
        return known.things

    def _check_no_fact(self, word: Text) -> None:
        fact = self.words.facts.ids.get(word)
        if fact is not None:
            self.report.add(
                "PR072",
                (f"“{word}”已经是一个事实", f"`{word}` is a fact already"),
                word.span,
                (
                    "个人信息不作判断的依据: 换一个名称和编号",
                    "personal data decides nothing: choose another name and id",
                ),
                related=self.words.facts.spans[str(word)],
                related_label=("声明在这里", "declared here"),
                facts=(fact,),
            )

    def _stated(self, word: Text, key: str) -> str:
        if not word.strip():
            self.report.add(
                "PR021",
                (f"少了“{chinese(key)}”", f"`{key}` is missing"),
                word.span,
                ("写明为什么可以保存", "say why it may be kept"),
            )
        return str(word)

    # ----------------------------------------------------------------- roles and lengths of time

    def _roles(self, words: list[Text], key: str, owner: Text) -> tuple[str, ...]:
        if not words:
            self.report.add(
                "PR073",
                (f"“{owner}”的“{chinese(key)}”里没有人", f"`{key}` of `{owner}` names nobody"),
                owner.span,
                (f"写上至少一个角色: {chinese(key)}: [...]", f"name a role at least: `{key}: [...]`"),
            )
        return tuple(role.id for word in dict.fromkeys(words) if (role := self.words.roles.find(word)))

    def _days(self, word: Text, *, least: int) -> int:
        found = _DAYS.fullmatch(word)
        if found is None:
            days = number_meant(word) or "3"
            self._no_length(word, (f"写成“数+日”, 如 {days}日", f"write a number of days, such as `{days} days`"))
            return least
        return self._within(int(found.group(1)), least, MAX_DAYS, word)

    def _minutes(self, word: Text) -> int:
        found = _MINUTES.fullmatch(word)
        if found is None:
            some = number_meant(word) or "5"
            self._no_length(word, (f"写成“数+分钟”, 如 {some}分钟", f"write a number, such as `{some} minutes`"))
            return 1
        factor = 60 if found.group(2)[0] in "小h" else 1
        return self._within(int(found.group(1)) * factor, 1, MAX_MINUTES, word)

    def _no_length(self, word: Text, help_: tuple[str, str]) -> None:
        if report_full_width(word, word.span, self.report):
            return
        self.report.add("PR042", (f"“{word}”不是时间长短", f"`{word}` is no length of time"), word.span, help_)

    def _within(self, number: int, least: int, most: int, word: Text) -> int:
        if not least <= number <= most:
            self.report.add(
                "PR041",
                (f"“{word}”不在 {least} 至 {most} 之间", f"`{word}` is not between {least} and {most}"),
                word.span,
                ("改成合理的数", "write a sensible number"),
            )
        return number
