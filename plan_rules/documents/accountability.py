"""(Plan, facts) -> the facts of a case that the bank itself made worse (追责事实摘要): no verdict, blanks for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plan_rules.condition import Is, mentioned
from plan_rules.documents.content import (
    Blanks,
    Block,
    Cell,
    Document,
    Origin,
    Paragraph,
    Signatures,
    Text,
    blank,
    cell,
    stamp,
    table,
    text_origin,
)
from plan_rules.documents.sentence import norm_sentence
from plan_rules.fact import UNKNOWN
from plan_rules.facts import fact_reader
from plan_rules.plan import Clause, Plan
from plan_rules.wording import Wording, value_text

_NOTE = "本表只列事实, 不下结论。是否追责、如何追责由有权人认定; 与本人有利害关系的回避。"


def accountability(plan: Plan, facts: Mapping[str, Any] | None = None) -> Document:
    """What has to be found out, by whom, and what was stated of it.  Raises FactsInvalid."""
    stated = fact_reader(plan).read(facts) if facts is not None else None
    told = {name: stated.values[name] for name in stated.source} if stated else {}
    return Document("accountability", "追责事实摘要", stamp(plan), tuple(_blocks(plan, told)))


def broken_facts(plan: Plan) -> tuple[str, ...]:
    """The facts that show a prohibition broken."""
    found = (
        fact
        for clause in plan.clauses.values()
        for norm in clause.norms
        if norm.broken_by is not None
        for fact in mentioned(norm.broken_by)
    )
    return tuple(dict.fromkeys(found))


def followed_up(plan: Plan) -> tuple[Clause, ...]:
    """The clauses that say what follows when a prohibition is broken: a duty on the fact that shows it."""
    broken = {*broken_facts(plan)}
    return tuple(
        clause
        for clause in plan.clauses.values()
        if any(norm.modality == "duty" for norm in clause.norms)
        and any(isinstance(leaf, Is) and leaf.fact in broken for leaf in plan.leaves(clause.condition))
    )


def concerned(plan: Plan) -> tuple[str, ...]:
    """The facts to be looked into: those that show a breach, what implies them, and what the same people find."""
    broken = broken_facts(plan)
    decisive = {fact for clause in followed_up(plan) for fact in _facts(clause, plan)} & {*broken}
    judges = {role for fact in decisive for role in plan.facts[fact].confirm_by}
    judged = {fact.id for fact in plan.facts.values() if judges & {*fact.confirm_by}}
    implied = {
        fact
        for item in plan.presumptions
        for fact in mentioned(item.condition)
        if {name for name, _ in item.fills} & {*broken, *judged}
    }
    wanted = {*broken, *implied, *judged}
    return tuple(fact for fact in plan.facts if fact in wanted and not plan.facts[fact].sensitive)


def _facts(clause: Clause, plan: Plan) -> tuple[str, ...]:
    return tuple(leaf.fact for leaf in plan.leaves(clause.condition) if isinstance(leaf, Is))


def _blocks(plan: Plan, told: Mapping[str, Any]) -> Iterator[Block]:
    tongue = Wording(plan, "zh")
    yield Paragraph(Text(_NOTE, Origin.TEMPLATE, strong=True))
    clauses = followed_up(plan)
    yield table(
        "依据",
        (("条款", 12), ("原文", 44), ("规则", 44)),
        (
            (
                clause.id,
                cell(Text(clause.text, text_origin(clause))),
                cell(*dict.fromkeys(norm_sentence(norm, plan) for norm in clause.norms)),
            )
            for clause in plan.clauses.values()
            if clause in clauses or any(norm.broken_by is not None for norm in clause.norms)
        ),
    )
    yield table(
        "事实",
        (("事实", 24), ("已陈述", 12), ("由谁认定", 14), ("认定意见(填写)", 25), ("证据(填写)", 25)),
        (
            (_fact(name, plan), _told(name, told, plan), _judges(name, plan), blank(), blank())
            for name in concerned(plan)
        ),
    )
    people = dict.fromkeys(
        party
        for clause in clauses
        for norm in clause.norms
        if norm.modality == "duty" and norm.recipient
        for party in norm.recipient.parties
    )
    yield table(
        "涉及的人",
        (("角色", 25), ("姓名、工号(填写)", 25), ("与认定人有无利害关系(填写)", 25), ("本人陈述(填写)", 25)),
        ((tongue.role(party), blank(), blank(), blank()) for party in people),
    )
    for notice in plan.notices:
        if {clause.id for clause in clauses} & {*notice.clauses}:
            yield Paragraph(Text(notice.text, Origin.NOTICE))
    for remark in plan.remarks:
        if {clause.id for clause in clauses} & {*remark.clauses}:
            yield Paragraph(Text(f"{remark.id} {remark.topic}: {remark.text}", Origin.REMARK))
    yield Blanks((("因果关系的认定(填写): ", 2), ("后果和影响的说明(填写): ", 2)))
    yield Signatures(("调查人", "认定人", "合规部"))


def _fact(name: str, plan: Plan) -> Cell:
    fact = plan.facts[name]
    return cell(Text(fact.label, strong=True), Text(fact.note, Origin.REMARK) if fact.note else "")


def _told(name: str, told: Mapping[str, Any], plan: Plan) -> Cell:
    if name not in told or told[name] is UNKNOWN:
        return cell(Text("没有陈述", Origin.STATED))
    return cell(Text(value_text(name, told[name], plan), Origin.STATED, strong=True))


def _judges(name: str, plan: Plan) -> str:
    return "、".join(plan.roles[role].label for role in plan.facts[name].confirm_by)
