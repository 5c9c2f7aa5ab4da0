"""(Tree of a value or a phrase, a fact) -> what is asked of the fact; wrong types and bad phrases as Diagnostics.

`是`/`否`, a value, a list of values, `不是 X`, `至少/至多/超过/不足 N`, two of these joined by `且`, `有`/`无`.
"""

from __future__ import annotations

import re

from plan_rules.condition import Condition, Earlier, Is, Not, Present, Scalar, Unstated, Within
from plan_rules.fact import UNKNOWN, Fact, Kind, Unknown
from plan_rules.language.characters import report_full_width
from plan_rules.language.intentions import bound_meant, number_meant
from plan_rules.language.keywords import value_word
from plan_rules.language.names import Names
from plan_rules.language.ranges import Bound, Range, bounds, joined, part, report_empty
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.suggestion import did_you_mean

YES_NO = {"是": True, "否": False, "true": True, "false": False}
_NOT = re.compile(r"不是\s*(.+)")
_EARLIER = re.compile(r"早于\s*(.+)")
_NUMBER = re.compile(r"-?[0-9]{1,19}")


class ValueReader:
    """Reads what is said of facts."""

    def __init__(self, facts: Names[Fact], report: Report) -> None:
        self._facts = facts
        self._report = report

    def default(self, fact: Fact, text: Text) -> Scalar | Unknown:
        """The value of a fact of which nothing is stated."""
        word = value_word(text)
        if word == "未知":
            return UNKNOWN
        if word == "空" and fact.kind in (Kind.DATE, Kind.DATETIME, Kind.READINGS):
            return None
        if fact.kind is Kind.INTEGER:
            return self._number(fact, text)
        return self._member(fact, text)

    def phrase(self, fact: Fact, value: Tree, *, stated: bool) -> Condition | None:
        """What is asked of the fact; `stated` allows the words that only 不可能 may use.  None where it is reported."""
        if isinstance(value, Fields):
            report_misplaced(self._report, value, "一个值或短语", "a value or phrase")
            return None
        if isinstance(value, Items):
            return self._values(fact, value)
        word = value_word(value)
        if word == "未填":
            return self._only_stated(fact, value, Unstated(fact.id), stated)
        if fact.dated:
            return self._happened(fact, value, word, stated)
        named = next((known.id for known in fact.values if value in (known.id, known.label)), None)
        if named is not None:  # even where its name begins as a phrase does, such as “超过限额”
            return Is(fact.id, (named,))
        if negated := _NOT.fullmatch(word):
            inner = self.phrase(fact, _rest(value, negated.group(1)), stated=stated)
            return Not(inner) if inner else None
        if found := bounds(value):
            return self._within(fact, found, value)
        if fact.kind is Kind.INTEGER:
            number = self._number(fact, value)
            return None if number is None else Within(fact.id, number, number)
        if fact.kind is Kind.READINGS:
            self._wrong(fact, value, "“解释: {编号: 选项}”", "`reading: {id: option}`")
            return None
        member = self._member(fact, value)
        return None if member is None else Is(fact.id, (member,))

    def _values(self, fact: Fact, values: Items) -> Condition | None:
        if fact.kind not in (Kind.BOOL, Kind.ENUM, Kind.ORDINAL):
            self._wrong(fact, values, "一个值或短语", "a value or phrase, not a list")
            return None
        names_only(self._report, values)
        members = {self._member(fact, word) for word in values if isinstance(word, Text)}
        return Is(fact.id, tuple(value for value in fact.domain if value in members))

    def _happened(self, fact: Fact, value: Text, word: str, stated: bool) -> Condition | None:
        if word in ("有", "无"):
            return Present(fact.id, word == "有")
        if earlier := _EARLIER.fullmatch(word):
            other = self._facts.find(_rest(value, earlier.group(1)))
            if other is None:
                return None
            if other.kind is not fact.kind:
                self._wrong(fact, value, f"“早于”后面写同类型({_KIND_ZH[fact.kind]})的事实", "a fact of the same type")
                return None
            return self._only_stated(fact, value, Earlier(fact.id, other.id), stated)
        self._wrong(fact, value, "“有”或“无”", "`happened` or `not happened`")
        return None

    def _within(self, fact: Fact, found: tuple[Bound, ...], phrase: Text) -> Condition | None:
        if fact.kind not in (Kind.INTEGER, Kind.ORDINAL):
            self._wrong(fact, phrase, *_FORMS[fact.kind])
            return None
        places = [(bound, self._place(fact, bound.limit)) for bound in found]
        if any(place is None for _, place in places):
            return None
        between = joined(tuple((bound, place) for bound, place in places if place is not None), phrase, self._report)
        if fact.kind is Kind.INTEGER:
            return self._numbers(fact, between, found, phrase)
        kept = tuple(value for place, value in enumerate(fact.domain) if place in between)
        if not kept:
            report_empty(phrase, self._report, fact.span)
        return Is(fact.id, kept)

    def _place(self, fact: Fact, limit: Text) -> int | None:
        """A number, or where a value stands among those of an ordinal fact."""
        if fact.kind is Kind.INTEGER:
            return self._number(fact, limit)
        member = self._member(fact, limit)
        return None if member is None else fact.domain.index(member)

    def _numbers(self, fact: Fact, between: Range, found: tuple[Bound, ...], phrase: Text) -> Condition:
        low, high = between.low, between.high
        if between.empty:
            report_empty(phrase, self._report, fact.span)
        elif (low is not None and low > fact.high) or (high is not None and high < fact.low):
            self._out_of_range(fact, found[0].limit)
        return Within(fact.id, low, high)

    def _only_stated(self, fact: Fact, at: Text, condition: Condition, stated: bool) -> Condition | None:
        if stated:
            return condition
        self._report.add(
            "PR043",
            (f"“{at}”只能写在“不可能”里", f"`{at}` may be used only under `impossible`"),
            at.span,
            ("用“有”或“无”表示是否已经发生", "say whether it has happened: `happened` or `not happened`"),
            facts=(fact.id,),
        )
        return None

    def _member(self, fact: Fact, text: Text) -> Scalar:
        if fact.kind is Kind.BOOL:
            value = YES_NO.get(value_word(text))
            if value is None:
                self._wrong(fact, text, *_FORMS[Kind.BOOL])
            return value
        by_name = {value.label: value.id for value in fact.values} | {value.id: value.id for value in fact.values}
        if text in by_name:
            return by_name[text]
        if report_full_width(text, text.span, self._report):
            return None
        self._report.add(
            "PR031",
            (f"“{fact.label}”没有“{text}”这个值", f"fact `{fact.id}` has no value `{text}`"),
            text.span,
            did_you_mean(text, by_name)
            or ("可以写: " + "、".join(value.label for value in fact.values), "values: " + ", ".join(by_name)),
            related=fact.span,
            related_label=("声明在这里", "declared here"),
            facts=(fact.id,),
        )
        return None

    def _number(self, fact: Fact, text: Text) -> int | None:
        if not _NUMBER.fullmatch(text):
            self._wrong(fact, text, *_FORMS[Kind.INTEGER])
            return None
        number = int(text)
        if not fact.low <= number <= fact.high:
            self._out_of_range(fact, text)
            return None
        return number

    # ----------------------------------------------------------------- what can be wrong

    def _out_of_range(self, fact: Fact, text: Text) -> None:
        self._report.add(
            "PR041",
            (
                f"“{fact.label}”只能在 {fact.low} 至 {fact.high} 之间",
                f"`{fact.id}` lies between {fact.low} and {fact.high}",
            ),
            text.span,
            (
                "改成范围内的数, 或改事实的“最小”“最大”",
                "write a number in the range, or change the fact's `min` and `max`",
            ),
            related=fact.span,
            related_label=("范围写在这里", "the range is declared here"),
            facts=(fact.id,),
        )

    def _wrong(self, fact: Fact, at: Tree, zh: str, en: str) -> None:
        if isinstance(at, Text) and report_full_width(at, at.span, self._report):
            return
        self._report.add(
            "PR040",
            (
                f"“{fact.label}”是{_KIND_ZH[fact.kind]}, 不能写“{shown(at)}”",
                f"`{fact.id}` is of type {fact.kind.value} and cannot be `{shown(at)}`",
            ),
            at.span,
            self._number_of(fact, at) or (f"写{zh}", f"write {en}"),
            related=fact.span,
            related_label=("声明在这里", "declared here"),
            facts=(fact.id,),
        )

    def _number_of(self, fact: Fact, at: Tree) -> tuple[str, str] | None:
        """For a number with its unit or in words: the number alone."""
        if fact.kind is not Kind.INTEGER or not isinstance(at, Text):
            return None
        if bound := bound_meant(at):
            return f"写成“{bound}”", f"write `{bound}`"
        number = number_meant(at)
        return (f"只写数: {number}", f"write the number alone: {number}") if number else None


def names_only(report: Report, value: Tree) -> None:
    """Report what is neither a name nor a list of some names: an empty one would silently never hold."""
    words = value if isinstance(value, Items) else [value]
    if not words or not all(isinstance(word, Text) for word in words):
        report_misplaced(report, value, "一个名称, 或名称的列表", "a name or a list of names")


def report_misplaced(report: Report, at: Tree, zh: str, en: str, help_: tuple[str, str] | None = None) -> None:
    """Report what has not the form that is wanted in its place."""
    if isinstance(at, Text) and report_full_width(at, at.span, report):
        return
    report.add("PR022", (f"这里应写{zh}", f"write {en} here"), at.span, help_ or ("改成这样的写法", "use that form"))


_KIND_ZH = {
    Kind.BOOL: "“是否”",
    Kind.ENUM: "“选项”",
    Kind.ORDINAL: "“等次”",
    Kind.INTEGER: "“整数”",
    Kind.DATE: "“日期”",
    Kind.DATETIME: "“时刻”",
    Kind.READINGS: "“解释选择”",
}
_FORMS = {
    Kind.BOOL: ("“是”或“否”", "`yes` or `no`"),
    Kind.ENUM: ("一个值、列表或“不是 X”", "a value, a list, or `not X`"),
    Kind.ORDINAL: (
        "一个值, 或“至少/至多/超过/不足 X”, 两头都有限的写“至少 X 且不足 Y”",
        "a value, or `at least/at most/more than/less than X`, or both ends: `at least X and less than Y`",
    ),
    Kind.INTEGER: (
        "整数, 或“至少/至多/超过/不足 N”, 两头都有限的写“至少 N 且不足 M”",
        "an integer, or `at least/at most/more than/less than N`, or both ends: `at least N and less than M`",
    ),
    Kind.DATE: ("“有”或“无”", "`happened` or `not happened`"),
    Kind.DATETIME: ("“有”或“无”", "`happened` or `not happened`"),
    Kind.READINGS: ("“解释: {编号: 选项}”", "`reading: {id: option}`"),
}


def _rest(whole: Text, rest: str) -> Text:
    """The end of a phrase, at its own place."""
    return part(whole, max(whole.rfind(rest), 0))


def shown(tree: Tree) -> str:
    """As messages quote it."""
    return str(tree) if isinstance(tree, Text) else "[…]" if isinstance(tree, Items) else "{…}"
