"""Plan -> the handbook (手册): each clause's text in one column, its rules as sentences in the other."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.documents.bearing import stands
from plan_rules.documents.content import (
    Block,
    Cell,
    Document,
    Heading,
    Origin,
    Paragraph,
    Row,
    Table,
    Text,
    cell,
    stamp,
    table,
    text_origin,
)
from plan_rules.documents.forms import filled_as, mandatory
from plan_rules.documents.sentence import condition_words, fact_words, handoff_words, norm_sentence, readings_words
from plan_rules.fact import UNKNOWN
from plan_rules.norm import Norm
from plan_rules.phrases import tier_phrase
from plan_rules.plan import Clause, Plan, Presumption

_ASIDE = "下面各表写明规则怎样理解原文, 都不是预案的原文。"


def handbook(plan: Plan) -> Document:
    """The whole plan, in the order of its text, then what the rules rest on besides it."""
    return Document(
        "handbook", "执行手册", stamp(plan), tuple(_blocks(plan)), subtitle="左边是原文, 右边是据以执行的规则"
    )


def _blocks(plan: Plan) -> Iterator[Block]:
    for section in plan.sections.values():
        clauses = [clause for clause in plan.clauses.values() if clause.section == section.id]
        if section.title:
            yield Heading(section.title, 1)
        if clauses:
            yield Table(
                "",
                table("", (("原文", 45), ("规则", 55)), ()).columns,
                tuple(Row((_source(clause), tuple(_rules(clause, plan)))) for clause in clauses),
            )
    yield Heading("附: 规则所依据的", 1)
    yield Paragraph(Text(_ASIDE, Origin.TEMPLATE))
    yield from (each for each in _appendix(plan) if each.rows)


def _source(clause: Clause) -> Cell:
    scraped = [Text(f"底本: {clause.scraped}", Origin.SOURCE)] if clause.scraped not in ("", clause.text) else []
    return (Text(clause.id, strong=True), Text(clause.text, text_origin(clause)), *scraped)


# --------------------------------------------------------------------------- the rules of a clause


def _rules(clause: Clause, plan: Plan) -> Iterator[Text]:
    if clause.tier:
        yield Text(f"{_when(clause, plan)}定为{tier_phrase(plan.tiers[clause.tier], 'zh')}。", strong=True)
    if clause.excludes:
        yield Text(f"{_when(clause, plan)}不适用本预案。", strong=True)
    if clause.handoff:
        yield Text(f"{_when(clause, plan)}{handoff_words(clause.handoff, plan)}。", strong=True)
    for norm in clause.norms:
        yield from _norm(norm, clause, plan)
    for exemption in clause.exemptions:
        actions = "、".join(plan.actions[action].label for action in exemption.actions) or "全部要求"
        yield Text(f"{_when(clause, plan)}免除 {exemption.clause} 的{actions}。")
    if clause.principle:
        yield Text(f"确立原则: {plan.principles[clause.principle].label}; 统领 {'、'.join(clause.governs)}。")
    if clause.serves:
        yield Text(f"说明目的, 服务于 {'、'.join(clause.serves)}。")
    if clause.supports:
        yield Text(f"体现于: {'、'.join(plan.actions[action].label for action in clause.supports)}。")
    if clause.defines:
        yield Text(f"界定: {'、'.join(_named(name, plan) for name in clause.defines)}。")
    yield from _besides(clause, plan)


def _norm(norm: Norm, clause: Clause, plan: Plan) -> Iterator[Text]:
    sentence = f"{_when(clause, plan)}{norm_sentence(norm, plan)}。"
    if norm.under and not stands(norm.under, plan):
        yield Text(f"换用解释 {readings_words(norm)} 时: {sentence}", Origin.READING)
        return
    yield Text(sentence, strong=norm.modality != "permission")
    if norm.under:
        yield Text(f"依解释 {readings_words(norm)}", Origin.READING)
    if norm.inferred:
        yield Text(f"原文没有写, 按上下文补: {'、'.join(norm.inferred)}", Origin.INFERRED)


def _besides(clause: Clause, plan: Plan) -> Iterator[Text]:
    for reading in plan.readings.values():
        if clause.id in reading.clauses:
            option = next(each for each in reading.options if each.id == reading.chosen)
            yield Text(f"{reading.id} {reading.topic}: 采用 {option.id} {option.text}", Origin.READING)
    for notice in plan.notices:
        if clause.id in notice.clauses:
            yield Text(f"{notice.text}(来源: {notice.origin})", Origin.NOTICE)
    for remark in plan.remarks:
        if clause.id in remark.clauses:
            yield Text(f"{remark.id} {remark.topic}: {remark.text}", Origin.REMARK)
    if clause.note:
        yield Text(f"说明: {clause.note}", Origin.REMARK)


def _when(clause: Clause, plan: Plan) -> str:
    words = condition_words(clause.condition, plan)
    return "" if words == "任何情况" else f"{words}的, "


def _named(id_: str, plan: Plan) -> str:
    known = plan.roles.get(id_) or plan.facts.get(id_) or plan.actions.get(id_)
    return known.label if known else plan.parties.get(id_, id_)


# --------------------------------------------------------------------------- what they rest on


def _appendix(plan: Plan) -> Iterator[Table]:
    yield table(
        "情形(条件的名称)",
        (("情形", 20), ("即", 80)),
        ((each.name, condition_words(each.condition, plan)) for each in plan.situations.values()),
    )
    yield table(
        "解释(原文有两种以上读法)",
        (("编号", 15), ("题", 30), ("采用", 40), ("决定", 15)),
        (
            (each.id, cell(Text(each.topic, Origin.READING)), _chosen(each.id, plan), each.decided_by)
            for each in plan.readings.values()
        ),
    )
    yield table(
        "推定(没有说明的事实怎样补)",
        (("编号", 12), ("若", 44), ("则", 44)),
        (
            (each.id, cell(Text(condition_words(each.condition, plan), Origin.PRESUMPTION)), _filled(each, plan))
            for each in plan.presumptions
        ),
    )
    yield table(
        "不可能(不能同时成立的事实)",
        (("编号", 12), ("组合", 50), ("说明", 38)),
        (
            (each.id, cell(Text(condition_words(each.condition, plan), Origin.PRESUMPTION)), each.text)
            for each in plan.impossibles
        ),
    )
    yield table(
        "提示(现场给人看的话)",
        (("编号", 20), ("当", 40), ("内容", 40)),
        (
            (each.id, condition_words(each.condition, plan), cell(Text(each.text, Origin.NOTICE)))
            for each in plan.notices
        ),
    )
    yield table(
        "表单(要填写的报告)",
        (("表单", 20), ("字段", 25), ("怎样填", 25), ("必填", 30)),
        (
            (form.label, field.fact.label, filled_as(field), mandatory(field, form, plan))
            for form in plan.forms.values()
            for field in form.fields.values()
        ),
    )
    yield table(
        "备注(疑义与空白)",
        (("编号", 15), ("题", 30), ("内容", 55)),
        ((each.id, each.topic, cell(Text(each.text, Origin.REMARK))) for each in plan.remarks),
    )


def _chosen(id_: str, plan: Plan) -> Cell:
    reading = plan.readings[id_]
    return cell(next(f"{each.id} {each.text}" for each in reading.options if each.id == reading.chosen))


def _filled(item: Presumption, plan: Plan) -> Cell:
    said = []
    for fact, values in item.fills:
        label = plan.facts[fact].label
        said.append(f"{label}未知, 要问" if values[0] is UNKNOWN else fact_words(plan.facts[fact], values))
    return cell("; ".join(said), item.note)
