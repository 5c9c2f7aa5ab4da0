"""(Decision, Plan, language) -> Page: what a branch manager reads, in sections of entries, however it is drawn."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from plan_rules.decision import Decision, Duty, Permission, Prohibition
from plan_rules.entries import Entry, Section, pairs
from plan_rules.layer import Authority, citation
from plan_rules.layer_answers import Side
from plan_rules.phrases import modality_phrase
from plan_rules.plan import Plan
from plan_rules.wording import Wording, by_when, to_whom, value_text, who

STATUS = {
    "open": ("○", "待办", "to do"),
    "done": ("✓", "已办", "done"),
    "late": ("!", "迟办", "late"),
    "missed": ("✗", "漏办", "missed"),
    "awaiting_approval": ("…", "待批准", "awaiting approval"),
    "at_discretion": ("?", "待裁量", "at discretion"),
    "failed": ("✗", "没有办成", "failed"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A whole answer.  `next_steps` are the first open duties: the next thing to do, by whom; `case`, if of one.

    `rank` is the tier's place by severity, 1 the least severe and 0 without a tier.
    """

    plan: str
    tier: str
    rank: int
    next_steps: tuple[str, ...]
    sections: tuple[Section, ...]
    case: str = ""


def page(decision: Decision, plan: Plan, lang: str = "zh") -> Page:
    """The page of a decision; sections with nothing in them are left out."""
    tongue = Wording(plan, lang)
    sections = (
        *scope_sections(decision, tongue),
        Section("violation", tongue("违规", "Violations"), tuple(_violations(decision, tongue))),
        Section("duty", tongue("应当", "Must"), tuple(_duty(duty, tongue) for duty in decision.in_force)),
        *pending_sections(decision, tongue),
        Section("prohibition", tongue("不得", "Must not"), tuple(_prohibitions(decision, tongue))),
        Section("permission", tongue("可以", "May"), tuple(_permissions(decision, tongue))),
        Section("override", tongue("胜过", "Prevails"), tuple(_overrides(decision, tongue))),
        Section("question", tongue("待问", "To ask"), tuple(_questions(decision, tongue))),
        Section("confirm", tongue("待认定", "To confirm"), tuple(_confirmations(decision, tongue))),
        Section("notice", tongue("提示", "Notices"), tuple(_notices(decision, tongue))),
        Section("principle", tongue("原则", "Principles"), tuple(_principles(decision))),
        Section("reading", tongue("解释", "Readings"), tuple(_readings(decision, tongue))),
        Section("source", tongue("叠加", "Overlays"), tuple(_sources(decision, tongue))),
    )
    tier = decision.tier
    return Page(
        plan=f"{decision.plan.name} {decision.plan.version}",
        tier=tier.label if tier else _no_tier(decision, tongue),
        rank=plan.severity(tier.id if tier else None),
        next_steps=tuple(_next_steps(decision, tongue)),
        sections=tuple(section for section in sections if section.entries),
    )


def scope_sections(decision: Decision, tongue: Wording) -> tuple[Section, ...]:
    """That the plan does not apply, and who takes over; empty sections too."""
    return (
        Section("exclusion", tongue("不适用", "Does not apply"), tuple(_exclusions(decision))),
        Section("handoff", tongue("移交", "Hand over"), tuple(_handoffs(decision, tongue))),
    )


def pending_sections(decision: Decision, tongue: Wording) -> tuple[Section, ...]:
    """What waits and is no must yet, and how far each ladder has come; empty sections too."""
    return (
        Section("pending", tongue("还不必做", "Not a must yet"), tuple(_pending(decision, tongue))),
        Section("ladder", tongue("递进", "Ladders"), tuple(_ladders(decision, tongue))),
    )


def _no_tier(decision: Decision, tongue: Wording) -> str:
    if decision.exclusions:
        return tongue("不适用本预案", "this plan does not apply")
    return tongue("不分级: 没有正在处置的事件", "no tier: no incident is being handled")


def _exclusions(decision: Decision) -> Iterable[Entry]:
    for item in decision.exclusions:
        yield Entry(item.text, (), (item.clause,))


def _handoffs(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.handoffs:
        yield Entry(
            tongue(f"按“{item.plan}”处置", f"under `{item.plan}`"),
            pairs((tongue("交给", "to"), to_whom(item.recipient, tongue))),
            item.clauses,
        )


def _duty(duty: Duty, tongue: Wording) -> Entry:
    strength = (
        tongue("一般应当; 不办须有理由和批准人", "as a rule; else a reason and an approver") if duty.defeasible else ""
    )
    return Entry(
        head=duty.label,
        details=pairs(
            (tongue("谁", "who"), who(duty.bearers, tongue) or tongue.roles(duty.roles)),
            (tongue("向", "to"), to_whom(duty.recipient, tongue)),
            (tongue("时限", "when"), by_when(duty.deadline, tongue)),
            (tongue("效力", "strength"), strength),
            (tongue("填表", "form"), tongue.form(duty.form)),
            *_waiting(duty, tongue),
        ),
        clauses=duty.clauses,
        order=duty.order,
        status=duty.status,
    )


def _pending(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    """What waits for an approval or somebody's judgement, and steps that failed: none of it is a must."""
    for item in decision.pending:
        sign, zh, en = STATUS[item.status]
        yield Entry(
            item.label,
            pairs(
                (tongue("情况", "status"), f"{sign} {tongue(zh, en)}"),
                (tongue("谁", "who"), tongue.roles(item.roles)),
                *_waiting(item, tongue),
            ),
            item.clauses,
        )


def _waiting(item: Duty | Prohibition | Permission, tongue: Wording) -> Iterable[tuple[str, str]]:
    """Whose approval or judgement it waits for, and which step it is."""
    if approval := item.approval:
        joint = ("、", ", ") if approval.need == "all" else ("或", " or ")
        yield tongue("还须批准", "approval missing"), tongue.roles(approval.missing, joint)
        yield tongue("已批准", "approved by"), tongue.roles(approval.given)
    if not isinstance(item, Prohibition) and (discretion := item.discretion):
        yield tongue("由谁裁量", "judged by"), tongue.roles(discretion.roles)
        yield tongue("考量", "weighing"), tongue("、", ", ").join(discretion.considerations)
    if isinstance(item, Duty) and item.ladder:
        yield tongue("递进", "step"), f"{item.ladder.step}/{item.ladder.of}"


def _ladders(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.ladders:
        at = tongue(f"第 {item.step} 步, 共 {item.of} 步", f"step {item.step} of {item.of}")
        end = tongue(", 各步都没有办成", ", every step failed") if item.exhausted else ""
        yield Entry(f"{item.ladder}: {at}{end}", (), item.clauses)


def _next_steps(decision: Decision, tongue: Wording) -> Iterable[str]:
    """The first of the open duties in order, and what is to be done at once though the plan gives it no place."""
    open_ = [duty for duty in decision.duties if duty.status in ("open", "missed")]
    first = min((duty.order for duty in open_ if duty.order is not None), default=None)
    for duty in open_:
        at_once = duty.deadline is not None and duty.deadline.kind == "immediate"
        if at_once if duty.order is None else duty.order == first:
            yield f"{duty.label} - {who(duty.bearers, tongue) or tongue.roles(duty.roles)}"


def _prohibitions(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.prohibitions:
        instead = tongue("、", ", ").join(tongue.action(action) for action in item.instead)
        strength = tongue("一般不得; 例外须有理由和批准人", "as a rule; else a reason and an approver")
        yield Entry(
            item.label,
            pairs(
                (tongue("谁", "who"), who(item.bearers, tongue) or tongue.roles(item.roles)),
                (tongue("改为", "instead"), instead),
                (tongue("效力", "strength"), strength if item.defeasible else ""),
                *_waiting(item, tongue),
            ),
            item.clauses,
        )


def _permissions(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.allowed:
        who_may = (tongue("谁", "who"), tongue.roles(item.roles))
        yield Entry(item.label, pairs(who_may, *_waiting(item, tongue)), item.clauses)


def _overrides(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    """What prevails over what, with what both rest on."""
    for item in decision.overrides:
        yield Entry(
            item.label,
            pairs(
                (tongue("以此为准", "prevails"), _side(item.winner, tongue)),
                (tongue("不适用", "gives way"), _side(item.loser, tongue)),
                (tongue("理由", "because"), item.reason),
                (tongue("决定", "decided by"), item.decided_by),
            ),
            (item.winner.clause, item.loser.clause),
        )


def _side(side: Side, tongue: Wording) -> str:
    """`应当 - 征信业管理条例第25条(行政法规)`."""
    said = modality_phrase(side.says, tongue.lang) if side.says else tongue("不要求", "nothing")
    authority = tongue(Authority(side.authority).label, side.authority.replace("_", " "))
    return f"{said} - {citation(side.instrument, side.article)}({authority})"


def _sources(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for layer in decision.sources:
        yield Entry(
            f"{layer.name} {layer.version}",
            pairs((tongue("来源", "from"), layer.origin)),
            tuple(basis.clause for basis in layer.clauses),
        )
        for basis in layer.clauses:
            authority = tongue(Authority(basis.authority).label, basis.authority.replace("_", " "))
            yield Entry(f"{basis.clause}: {citation(basis.instrument, basis.article)}({authority})")


def _questions(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.undetermined:
        fact = tongue.plan.facts.get(item.fact)
        question = item.question or (fact.label if fact else item.fact)
        yield Entry(question, pairs((tongue("事实", "fact"), item.fact)), item.blocks)


def _violations(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.violations:
        kind = {
            "late": tongue("迟办", "late"),
            "missed": tongue("逾期未办", "missed"),
            "done": tongue("已违反禁止", "done though forbidden"),
        }[item.kind]
        yield Entry(f"{tongue.action(item.action)}: {kind}{_by(item.days, tongue)}", (), item.clauses)


def _by(days: int | None, tongue: Wording) -> str:
    match days:
        case None:
            return ""
        case 0:  # the limit was of minutes or hours
            return tongue(" 不足 1 天", " by less than a day")
        case _:
            return tongue(f" {days} 天", f" by {days} day(s)")


def _confirmations(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    """Facts that made a clause fire and are a person's judgement to make, each once."""
    reasons = [
        *(reason for duty in decision.duties for reason in duty.reasons),
        *(reason for prohibition in decision.prohibitions for reason in prohibition.reasons),
        *(reason for permission in decision.permissions for reason in permission.reasons),
    ]
    used = (fact for reason in reasons for fact in reason.facts if fact.confirm_by)
    for fact in {fact.fact: fact for fact in used}.values():
        known = tongue.plan.facts.get(fact.fact)
        head = f"{known.label if known else fact.fact} = {value_text(fact.fact, fact.value, tongue.plan, tongue.lang)}"
        yield Entry(head, pairs((tongue("由谁认定", "to be confirmed by"), tongue.roles(fact.confirm_by))))


def _notices(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for item in decision.notices:
        yield Entry(item.text, pairs((tongue("来源", "from"), item.origin)), item.clauses)


def _principles(decision: Decision) -> Iterable[Entry]:
    for item in decision.principles:
        yield Entry(f"{item.label}({item.clause})", (), item.clauses)


def _readings(decision: Decision, tongue: Wording) -> Iterable[Entry]:
    for id_, option in decision.readings.items():
        reading = tongue.plan.readings.get(id_)
        text = next((found.text for found in reading.options if found.id == option), "") if reading else ""
        changed = reading is not None and option != reading.chosen
        note = tongue("不是预案采用的选项", "not the plan's own choice") if changed else ""
        yield Entry(f"{id_}={option}", pairs(("", text), ("", note)), status="changed" if changed else "")
