"""(Plan, facts) -> what to say on the telephone (电话报告模板), in six lines, filled in from what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.documents.bearing import stands
from plan_rules.documents.content import Block, Document, Heading, Origin, Paragraph, Text, cell, stamp, table
from plan_rules.documents.sentence import bearers_words, condition_words, recipient_words
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.norm import Norm, Term
from plan_rules.phrases import value_phrase
from plan_rules.plan import Clause, Plan

LONGEST = 60  # characters of a line that is read out
_BLANK = "________"
_URGENT = (Term.IMMEDIATE.value, Term.PROMPT.value)


def telephone(plan: Plan, facts: Mapping[str, Any] | None = None, at: Any = None) -> Document:
    """Whom to call, and what to say.  Raises FactsInvalid."""
    decision = decide(plan, facts, at=at) if facts is not None else None
    return Document("telephone", "电话报告模板", stamp(plan), tuple(_blocks(plan, facts or {}, decision)))


def _blocks(plan: Plan, facts: Mapping[str, Any], decision: Decision | None) -> Iterator[Block]:
    yield table(
        "打给谁",
        (("什么时候", 30), ("谁打", 22), ("打给", 18), ("电话(填写)", 20), ("依据", 10)),
        (
            (
                condition_words(clause.condition, plan),
                bearers_words(norm, plan),
                cell(Text(recipient_words(norm, plan), strong=True)),
                _BLANK * 2,
                clause.id,
            )
            for clause, norm in reports(plan)
        ),
    )
    yield Heading("这样说", 1)
    for line in spoken(plan, facts, decision):
        yield Paragraph(Text(line, Origin.TEMPLATE, strong=True))
    yield Paragraph(Text("一句一行, 说完再答问; 不说客户姓名、证件号码和体貌特征。", Origin.TEMPLATE))


def reports(plan: Plan) -> Iterator[tuple[Clause, Norm]]:
    """The duties to tell somebody of the bank at once: of each of them a fact records when it was done."""
    for clause in plan.clauses.values():
        for norm in clause.norms:
            inside = norm.recipient and all(
                role in plan.roles and plan.roles[role].kind != "external" for role in norm.recipient.parties
            )
            urgent = norm.limit is not None and norm.limit.term.value in _URGENT
            if norm.modality == "duty" and inside and urgent and stands(norm.under, plan):
                yield clause, norm


def spoken(plan: Plan, facts: Mapping[str, Any], decision: Decision | None) -> Iterator[str]:
    """The lines, none longer than LONGEST characters; what is not known is left blank."""
    known = {name: value for name, value in facts.items() if name in plan.facts and not plan.facts[name].sensitive}
    yield from _lines("我是", f"{_BLANK}网点的{_BLANK}")
    yield from _lines("时间", f"{_BLANK}(现在)")
    yield from _lines("地点", f"{_BLANK}网点" + "".join(f", {each}" for each in _places(plan, known)))
    yield from _lines("人数", "、".join(_numbers(plan, known)) or f"{_BLANK}人")
    yield from _lines("行为", "、".join(_conduct(plan, known)) or _BLANK)
    tier = decision.tier.label if decision and decision.tier else _BLANK
    yield from _lines("等级", tier)
    yield from _lines("已采取", "、".join(_done(decision)) or _BLANK)
    yield from _lines("需支援", "、".join(_wanted(plan, decision)) or _BLANK)


def _lines(label: str, words: str) -> Iterator[str]:
    rest, head = words, f"{label}: "
    while rest:
        room = LONGEST - len(head)
        part = rest[:room]
        cut = part.rfind("、") + 1 if len(rest) > room else len(part)
        part = part[: cut or room]
        yield head + part
        rest, head = rest[len(part) :], "　　　 "


def _places(plan: Plan, known: Mapping[str, Any]) -> Iterator[str]:
    for name, value in known.items():
        fact = plan.facts[name]
        if fact.kind is Kind.ENUM and fact.label.endswith(("地", "地点", "场所", "位置")):
            yield value_phrase(fact, value)


def _numbers(plan: Plan, known: Mapping[str, Any]) -> Iterator[str]:
    for name, value in known.items():
        if plan.facts[name].kind is Kind.INTEGER and "人" in plan.facts[name].label and value is not UNKNOWN:
            yield f"{plan.facts[name].label} {value}"


def _conduct(plan: Plan, known: Mapping[str, Any]) -> Iterator[str]:
    """What makes the incident worse, in the plan's own names."""
    for name, value in known.items():
        fact = plan.facts[name]
        if fact.worse and _present(fact, value):
            yield fact.label if value is True else f"{fact.label}{value_phrase(fact, value)}"


def _present(fact: Fact, value: Any) -> bool:
    return value not in (None, False, UNKNOWN, "unknown") and value != (fact.domain[0] if fact.domain else None)


def _done(decision: Decision | None) -> Iterator[str]:
    if decision:
        yield from (duty.label for duty in decision.duties if duty.status in ("done", "late"))


def _wanted(plan: Plan, decision: Decision | None) -> Iterator[str]:
    """What others are to do at once."""
    callers = {role for _, norm in reports(plan) for role in norm.bearers.roles}
    near = {*callers, *(role.id for role in plan.roles.values() if callers & {*role.member_of})}
    for duty in decision.duties if decision else ():
        urgent = duty.deadline is not None and duty.deadline.kind in _URGENT
        if urgent and duty.status == "open" and not near & {*duty.roles}:
            yield duty.label
