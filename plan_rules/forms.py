"""(Plan, form, the values filled in) -> what is missing, ill-typed or no field of the form, as Diagnostics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plan_rules.errors import Diagnostic, Message, Severity, ToldError
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.fact_values import FactDefect, read_value
from plan_rules.phrases import value_phrase
from plan_rules.plan import Form, FormField, Plan
from plan_rules.suggestion import did_you_mean
from plan_rules.truth import truth

MOST_CHARACTERS = 16_384  # of a text, as in a plan file
_EXAMPLES = {
    Kind.BOOL: ("true 或 false", "true or false"),
    Kind.DATE: ("日期, 如 2025-03-10", "a day such as 2025-03-10"),
    Kind.DATETIME: ("时刻, 如 2025-05-20T09:41", "an instant such as 2025-05-20T09:41"),
}


class FormUnknown(ToldError, LookupError):
    """The plan has no form of this id."""

    def __init__(self, form: str) -> None:
        self.form = form
        super().__init__(Message(f"预案里没有表单“{form[:60]}”", f"no form `{form[:60]}` in the plan"))


def check_form(plan: Plan, form: str, values: Mapping[str, Any]) -> tuple[Diagnostic, ...]:
    """What is wrong with a form as filled in; nothing where it may be handed in.

    `values` maps ids of fields to values, typed as facts are, or any words where the field is free text; null, an empty
    text and `unknown` are not filled in.  Raises FormUnknown.
    """
    found = plan.forms.get(form)
    if found is None:
        raise FormUnknown(form)
    return tuple(_Checked(plan, found, values).defects())


class _Checked:
    """One form, read value by value."""

    def __init__(self, plan: Plan, form: Form, values: Mapping[str, Any]) -> None:
        self._plan = plan
        self._form = form
        self._given = values
        self._typed: dict[str, Any] = {}

    def defects(self) -> Iterator[Diagnostic]:
        """Unknown and ill-typed values in the order given, then what is missing in the form's."""
        wrong: set[str] = set()
        for name, value in self._given.items():
            found = self._value(str(name), value)
            if found is not None:
                wrong.add(str(name))
                yield found
        wide = {name: value for name, value in self._wide().items() if value is not None}
        for name, field in self._form.fields.items():
            if name not in self._typed and name not in wrong and truth(field.mandatory, wide, self._plan, {}) is True:
                yield self._missing(field.fact)

    def _wide(self) -> dict[str, Any]:
        """What conditions see: whether a day or instant is there, and the other values."""
        return {
            name: name in self._typed if field.fact.dated else self._typed.get(name)
            for name, field in self._form.fields.items()
            if not field.text
        }

    def _value(self, name: str, value: Any) -> Diagnostic | None:
        """Keep the value, or say what is wrong with it."""
        field = self._form.fields.get(name)
        if field is None:
            return self._no_field(name)
        if value is None or value is UNKNOWN or (isinstance(value, str) and value.strip() in ("", "unknown", "未知")):
            return None
        if field.text:
            typed = value if isinstance(value, str) and len(value) <= MOST_CHARACTERS else None
        else:
            try:
                typed = read_value(field.fact, value, None, self._plan)
            except FactDefect:
                typed = None
        if typed is None:
            return self._ill_typed(field)
        self._typed[name] = typed
        return None

    def _missing(self, fact: Fact) -> Diagnostic:
        return _defect(
            "PR097",
            fact.id,
            Message(
                f"“{self._form.label}”少了“{fact.label}”", f"`{fact.id}` of form `{self._form.id}` is not filled in"
            ),
            Message(f"填上“{fact.label}”", f"fill in `{fact.id}`"),
        )

    def _ill_typed(self, field: FormField) -> Diagnostic:
        fact = field.fact
        zh, en = _expected(field)
        return _defect(
            "PR098",
            fact.id,
            Message(f"“{fact.label}”的值不能这样填", f"the value of `{fact.id}` cannot be that"),
            Message(f"填{zh}", f"write {en}"),
        )

    def _no_field(self, name: str) -> Diagnostic:
        labels = {field.fact.label: key for key, field in self._form.fields.items()}
        if name in labels:
            help_ = (f"接口用编号: {labels[name]}", f"use the id: `{labels[name]}`")
        else:
            help_ = did_you_mean(name[:60], (*self._form.fields, *labels)) or (
                "可填: " + "、".join(self._form.fields),
                "fields: " + ", ".join(self._form.fields),
            )
        shown = name[:40].encode("utf-8", "replace").decode()
        message = Message(f"“{self._form.label}”没有“{shown}”", f"form `{self._form.id}` has no field `{shown}`")
        return _defect("PR098", shown, message, Message(*help_))


def _expected(field: FormField) -> tuple[str, str]:
    fact = field.fact
    if field.text:
        return f"文字, 不超过 {MOST_CHARACTERS} 字", f"words, at most {MOST_CHARACTERS} characters"
    if fact.kind is Kind.INTEGER:
        return f" {fact.low} 至 {fact.high} 之间的整数", f"an integer from {fact.low} to {fact.high}"
    if fact.values:
        known = "、".join(f"{value.id}({value_phrase(fact, value.id)})" for value in fact.values)
        return f": {known}", "one of " + ", ".join(value.id for value in fact.values)
    return _EXAMPLES.get(fact.kind, ("它的取值", "one of its values"))


def _defect(code: str, field: str, message: Message, help_: Message) -> Diagnostic:
    return Diagnostic(code, Severity.ERROR, message, help=help_, facts=(field,), subject=field)
