"""(Plan, one of its forms) -> the form, blank, to be filled in by hand or in an office program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from plan_rules.condition import ALWAYS, NEVER
from plan_rules.documents.content import Block, Document, Paragraph, Signatures, Text, blank, stamp, table
from plan_rules.documents.sentence import bearers_words, condition_words
from plan_rules.fact import Kind
from plan_rules.plan import Form, FormField, Plan


def blank_form(form: Form, plan: Plan) -> Document:
    """What each field takes and whether it must be filled in, with room for it; and which duties ask for the form."""
    return Document("form", form.label, stamp(plan), tuple(_blocks(form, plan)))


def _blocks(form: Form, plan: Plan) -> Iterator[Block]:
    if form.note:
        yield Paragraph(Text(form.note))
    yield table(
        "填写",
        (("字段", 22), ("怎样填", 20), ("必填", 18), ("填写", 40)),
        ((field.fact.label, filled_as(field), mandatory(field, form, plan), blank()) for field in form.fields.values()),
    )
    asked = [(norm, clause) for clause in plan.clauses.values() for norm in clause.norms if norm.form == form.id]
    yield table(
        "何时要填",
        (("谁", 30), ("做什么", 45), ("依据", 25)),
        ((bearers_words(norm, plan), plan.actions[norm.action].label, clause.id) for norm, clause in asked),
    )
    yield Signatures(("填表", "审核"))


_KINDS = {Kind.BOOL: "是或否", Kind.INTEGER: "整数", Kind.DATE: "日期", Kind.DATETIME: "时刻"}


def filled_as(field: FormField) -> str:
    """What is written in a field."""
    fact = field.fact
    if field.text:
        return "文字"
    if fact.values:
        return "、".join(value.label for value in fact.values)
    return fact.measured(_KINDS.get(fact.kind, ""))


def mandatory(field: FormField, form: Form, plan: Plan) -> str:
    """Whether a field must be filled in, or when; empty where it need not be."""
    if field.mandatory == ALWAYS:
        return "必填"
    if field.mandatory == NEVER:
        return ""
    known = replace(plan, facts={name: each.fact for name, each in form.fields.items()})
    return f"{condition_words(field.mandatory, known)}的必填"
