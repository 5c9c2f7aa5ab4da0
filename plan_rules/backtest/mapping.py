"""(YAML text, Plan) -> Mapping of an archive's columns and values to the plan's facts, or every Diagnostic.

    列:
      发生地点: 投诉发生地
      过激程度:
        事实: 过激行为程度
        取值: {0: 无, 1: 轻微, 2: 严重}
      经办柜员: 不用

Facts and values stand as ids or by the plan's own names.  What the file does not name is read as it is called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace as altered

from plan_rules.backtest.cells import UNSTATED, CellValue, Column, stated
from plan_rules.errors import DiagnosedError, Message, Span
from plan_rules.fact import Fact, Kind
from plan_rules.fact_values import FactDefect, label_to_id
from plan_rules.facts import fact_reader
from plan_rules.language.document import parse
from plan_rules.language.fitting import report_twice
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean

MAX_COLUMNS = 2_000
MAX_VALUES = 10_000
_WORDS = {"列": "columns", "事实": "fact", "取值": "values"}
_UNUSED = frozenset({"不用", "unused"})
_UNSTATED = frozenset({"未填", "unstated"})


class MappingInvalid(DiagnosedError):
    """The file that maps columns to facts has defects and cannot be used."""

    noun = Message("列对照文件无效", "the mapping file is invalid")


def read_mapping(text: str | bytes, source: str, plans: Sequence[Plan]) -> dict[str, Column]:
    """The columns of a mapping file by name; `source` names the file in messages.  Raises MappingInvalid.

    A fact is one of any of the plans; where several have it, of the last of them.
    """
    report = Report()
    tree = parse(text, source, report)
    columns = _Reader(plans, report).columns(tree) if tree is not None else {}
    if report.failed:
        raise MappingInvalid(report.sorted())
    return columns


class _Reader:
    def __init__(self, plans: Sequence[Plan], report: Report) -> None:
        self._plan = plans[-1]  # what is unknown to all of them is told with its names
        self._facts = {fact.id: (fact, plan) for plan in plans for fact in plan.facts.values()}
        self._labels = {label: id_ for plan in plans for label, id_ in label_to_id(plan).items()}
        self._report = report
        self._taken: dict[str, Span] = {}
        self._values = 0

    def columns(self, tree: Tree) -> dict[str, Column]:
        if not isinstance(tree, Fields):
            self._misshapen(tree)
            return {}
        report_twice(tree, self._report)
        listed = [value for key, value in tree.items() if self._known(key, ("columns",))]
        found: dict[str, Column] = {}
        for fields in listed:
            if not isinstance(fields, Fields):
                self._misshapen(fields)
                continue
            report_twice(fields, self._report)
            if len(fields) > MAX_COLUMNS:
                self._too_many(fields, MAX_COLUMNS)
                continue
            found |= {str(name): self._column(entry) for name, entry in fields.items()}
        return found

    def _column(self, entry: Tree) -> Column:
        if isinstance(entry, Text):
            return Column(None) if entry in _UNUSED else Column(self._fact(entry))
        if not isinstance(entry, Fields):
            self._misshapen(entry)
            return Column(None)
        report_twice(entry, self._report)
        parts = {
            _WORDS.get(key, str(key)): value for key, value in entry.items() if self._known(key, ("fact", "values"))
        }
        named = parts.get("fact")
        if not isinstance(named, Text):
            self._misshapen(entry)
            return Column(None)
        fact = self._fact(named)
        words = parts.get("values")
        return Column(fact, self._cells(fact, words) if words is not None else {})

    def _fact(self, name: Text) -> str | None:
        fact = self._labels.get(name, str(name))
        known = self._facts[fact][0] if fact in self._facts else None
        if known is None or known.kind is Kind.READINGS:
            self._report.found.append(altered(fact_reader(self._plan).unknown(str(name)), span=name.span))
            return None
        if fact in self._taken:
            self._report.add(
                "BT003",
                (f"“{known.label}”已有另一列", f"`{fact}` has another column already"),
                name.span,
                ("一个事实只能来自一列; 另一列写“不用”", "a fact comes from one column; write `unused` for the other"),
                related=self._taken[fact],
                related_label=("另一列", "the other column"),
                facts=(fact,),
            )
        self._taken.setdefault(fact, name.span)
        return fact

    def _cells(self, fact: str | None, words: Tree) -> dict[str, CellValue]:
        if not isinstance(words, Fields):
            self._misshapen(words)
            return {}
        report_twice(words, self._report)
        self._values += len(words)
        if self._values > MAX_VALUES:
            self._too_many(words, MAX_VALUES)
            return {}
        return {str(cell): self._cell(*self._facts[fact], word) for cell, word in words.items()} if fact else {}

    def _cell(self, fact: Fact, plan: Plan, word: Tree) -> CellValue:
        if not isinstance(word, Text):
            self._misshapen(word)
            return UNSTATED
        if word in _UNSTATED:
            return UNSTATED
        try:
            value = stated(fact, Column(fact.id), str(word), plan)
        except FactDefect as defect:
            self._report.found.append(altered(defect.diagnostic, span=word.span))
            return UNSTATED
        return value

    def _known(self, key: Text, words: tuple[str, ...]) -> bool:
        if _WORDS.get(key, key) in words:
            return True
        chinese = [word for word, id_ in _WORDS.items() if id_ in words]
        self._report.add(
            "BT001",
            (f"不认识的键“{key}”", f"unknown key `{key}`"),
            key.span,
            did_you_mean(key, (*chinese, *words))
            or ("可以写: " + "、".join(chinese), "known keys: " + ", ".join(words)),
        )
        return False

    def _misshapen(self, tree: Tree) -> None:
        self._report.add(
            "BT002",
            ("列对照的写法不对", "this is no entry of a mapping file"),
            tree.span,
            (
                "写成 列名: 事实名, 或 列名: {事实: 事实名, 取值: {库里的值: 预案的值}}",
                "write `column: fact`, or `column: {fact: ..., values: {value in the archive: value of the plan}}`",
            ),
        )

    def _too_many(self, tree: Tree, most: int) -> None:
        self._report.add(
            "BT004",
            (f"超过 {most} 项", f"there are more than {most} entries"),
            tree.span,
            ("只写名称或取值与预案不同的列", "list only the columns whose names or values differ from the plan's"),
        )
