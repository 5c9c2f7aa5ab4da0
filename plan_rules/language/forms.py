"""(表单 of a plan file) -> Forms: their fields typed like facts, and the condition under which each is mandatory."""

from __future__ import annotations

from dataclasses import dataclass

from plan_rules.condition import ALWAYS, NEVER, Condition
from plan_rules.fact import Fact, Kind
from plan_rules.language.conditions import ConditionReader
from plan_rules.language.keywords import value_word
from plan_rules.language.names import Names
from plan_rules.language.shape import FactShape, FieldShape, FormShape
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.language.values import YES_NO
from plan_rules.language.vocabulary import Vocabulary, declared_fact
from plan_rules.plan import Form, FormField

_TEXT = "文字"
_BOUNDED = ("values", "min", "max", "unit")


@dataclass(frozen=True, slots=True)
class FormReader:
    """Reads the forms of one plan file."""

    words: Vocabulary
    report: Report

    def read(self, name: Text, shape: FormShape) -> Form:
        """One form; conditions are read once all its fields are known."""
        if not shape.fields_:
            self._no_fields(name)
        facts: Names[Fact] = Names("字段", "field", "PR096", self.report)
        texts: Names[Fact] = Names("字段", "field", "PR096", self.report)
        for label, field in shape.fields_.items():
            fact = self._fact(label, field)
            if fact is not None:
                (texts if self._is_text(field) else facts).declare(label, field.id, fact)
        nothing: Names[str] = Names("情形", "situation", "PR038", self.report)
        conditions = ConditionReader(facts, self.words.tiers, self.words.readings, nothing, self.report)
        return Form(
            id=str(shape.id),
            label=str(name),
            fields={
                str(field.id): FormField(fact, self._mandatory(field.mandatory, conditions), self._is_text(field))
                for field in shape.fields_.values()
                if (fact := facts.things.get(str(field.id)) or texts.things.get(str(field.id)))
            },
            span=name.span,
            note=str(shape.note or ""),
        )

    def _is_text(self, field: FieldShape) -> bool:
        return value_word(field.type) == _TEXT

    def _fact(self, label: Text, field: FieldShape) -> Fact | None:
        if not self._is_text(field):
            return declared_fact(self.words, label, _as_fact(field), self.report)
        for key in _BOUNDED:
            if (given := getattr(field, key)) is not None:
                self.report.add(
                    "PR096",
                    (f"“{label}”是文字, 没有取值、最大最小和单位", f"`{label}` is free text and has no `{key}`"),
                    getattr(given, "span", label.span),
                    ("删去, 或改“类型”", "drop it, or change its `type`"),
                )
        return Fact(str(field.id), str(label), Kind.DATE, label.span, note=str(field.note or ""))

    def _mandatory(self, tree: Tree | None, conditions: ConditionReader) -> Condition:
        """`是`, `否`, or a condition over the fields that are no free text; without it a field may be left out."""
        if tree is None:
            return NEVER
        if isinstance(tree, Text) and value_word(tree) in YES_NO:
            return ALWAYS if YES_NO[value_word(tree)] else NEVER
        if isinstance(tree, Fields):
            return conditions.read(tree)
        self.report.add(
            "PR022",
            ("这里应写“是”“否”或条件", "write `yes`, `no` or a condition here"),
            tree.span,
            ("写“必填: 是”, 或“必填: {字段: 值}”", "write `mandatory: yes`, or `mandatory: {field: value}`"),
        )
        return NEVER

    def _no_fields(self, name: Text) -> None:
        self.report.add(
            "PR096",
            (f"表单“{name}”没有字段", f"form `{name}` has no fields"),
            name.span,
            ("补上“字段: {名称: {编号: …, 类型: …}}”", "add `fields: {name: {id: ..., type: ...}}`"),
        )


def _as_fact(field: FieldShape) -> FactShape:
    """The field as a fact would be declared; nobody has filled it in yet."""
    given = {name: getattr(field, name) for name in ("id", "type", *_BOUNDED, "note")}
    return FactShape(**given, default=Text("未知", field.id.span, plain=True))
