"""`plan-rules explain`: why each clause fired, by which facts; why another did not, and what would change that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_rules.cli import output
from plan_rules.cli.inputs import Asked, calendar_of, facts_of, instant_of, refused
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import BAD_INPUT, OK, Stop, as_json
from plan_rules.decision import FactUsed
from plan_rules.decision_page import pending_sections
from plan_rules.display_width import visible
from plan_rules.entries import Section
from plan_rules.errors import FactsInvalid, Message
from plan_rules.explanation import Explanation, Why, WhyNot, explain
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean
from plan_rules.wording import Wording, value_text


def run(asked: Asked, clause: str | None, why_not: Sequence[str]) -> int:
    """Explain one incident: all that fired, or one clause."""
    instant = instant_of(asked.at)
    plan = trusted_plan_of(asked.plan, asked.trust, at=asked.at, overlays=asked.overlays)
    calendar = calendar_of(asked.calendar)
    for name in (*([clause] if clause else []), *why_not):
        known_clause(name, plan)
    facts, sources = facts_of(asked.facts, plan, asked.readings)
    try:
        explanation = explain(plan, facts, at=instant, calendar=calendar)
        fired = {why.clause for why in explanation.why}
        unfired = [clause] if clause and clause not in fired else []
        answers = [explanation.why_not(name) for name in dict.fromkeys((*unfired, *why_not)) if name not in fired]
    except FactsInvalid as invalid:
        raise refused(invalid, sources) from invalid
    shown = _shown(explanation, clause, why_not, fired)
    sections = pending_sections(explanation.decision, Wording(plan, asked.lang))
    if asked.as_json:
        told = {"why": [why.to_dict() for why in shown], "why_not": [a.to_dict() for a in answers]}
        output.say([as_json(told | explanation.standing())])
    else:
        output.say(
            _blocks(
                [
                    *(_why(why, plan, asked.lang) for why in shown),
                    *(_why_not(a, plan, asked.lang) for a in answers),
                    *(_standing(section) for section in sections if section.entries),
                ]
            )
        )
    return OK


def _standing(section: Section) -> Iterator[str]:
    """What waits, for what; how far each ladder has come."""
    for at, entry in enumerate(section.entries):
        if at == 0:
            yield f"{section.title}:"
        details = "; ".join(f"{label}: {value}" if label else value for label, value in entry.details)
        yield visible(f"  {entry.head}" + (f" ({details})" if details else "") + f" [{' '.join(entry.clauses)}]")


def known_clause(name: str, plan: Plan) -> None:
    """Stop when the plan has no such clause."""
    if name not in plan.clauses:
        near = did_you_mean(name, plan.clauses) or ("", "")
        message = Message(
            f"预案里没有条款“{name}”. {near[0]}".rstrip(". "), f"no clause `{name}` in the plan. {near[1]}"
        )
        raise Stop(BAD_INPUT, "unknown_clause", message)


def _shown(explanation: Explanation, clause: str | None, why_not: Sequence[str], fired: set[str]) -> list[Why]:
    """What fired, of what was asked: one clause, those of --why-not that did fire, or all."""
    if clause is None and not why_not:
        return list(explanation.why)
    asked = {clause, *why_not} & fired
    return [why for why in explanation.why if why.clause in asked]


def _why(why: Why, plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"{why.clause} {'触发' if zh else 'fires'}: {visible(why.text)}"
    for fact in why.facts:
        yield f"  {_fact(fact, plan, lang)}"
    if not why.facts:
        yield f"  {'总是适用' if zh else 'always applies'}"


def _fact(fact: FactUsed, plan: Plan, lang: str) -> str:
    zh = lang == "zh"
    known = plan.facts.get(fact.fact)
    label = known.label if known and zh else fact.fact
    source = {"stated": "已说明" if zh else "stated", "default": "默认" if zh else "default"}.get(fact.source)
    source = source or (f"推定 {fact.source}" if zh else f"presumed, {fact.source}")
    text = f"{label} = {value_text(fact.fact, fact.value, plan, lang)} ({source})"
    if fact.confirm_by:
        roles = ", ".join(plan.roles[role].label if role in plan.roles and zh else role for role in fact.confirm_by)
        text += f" [{'由' + roles + '认定' if zh else 'to be confirmed by ' + roles}]"
    return visible(text)


def _why_not(answer: WhyNot, plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"{answer.clause} {'没有触发' if zh else 'does not fire'}: {visible(answer.text)}"
    if not answer.changes:
        yield f"  {'改变事实也不能使它触发' if zh else 'no change of facts makes it fire'}"
        return
    yield f"  {'如果下列事实改变, 它就会触发:' if zh else 'it would fire if:'}"
    for fact, value in answer.changes:
        yield visible(f"    {_change(fact, value, plan, lang)}")
    if answer.would:
        yield visible(f"  {'那时' if zh else 'then'}: {'; '.join(_would(item, plan) for item in answer.would)}")


def _change(fact: str, value: object, plan: Plan, lang: str) -> str:
    """A fact as it would have to be; of a day or an instant only whether it has come."""
    known = plan.facts.get(fact)
    if lang != "zh":
        label = fact
        happened = ("is known" if value else "is not known") if known and known.dated else ""
    else:
        label = known.label if known else fact
        happened = ("已有" if value else "尚无") if known and known.dated else ""
    return f"{label} {happened}" if happened else f"{label} = {value_text(fact, value, plan, lang)}"


def _would(item: str, plan: Plan) -> str:
    return plan.actions[item].label if item in plan.actions else item


def _blocks(blocks: Sequence[Iterator[str]]) -> Iterator[str]:
    for index, block in enumerate(blocks):
        if index:
            yield ""
        yield from block
