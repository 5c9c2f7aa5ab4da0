"""A Plan as a whole -> Diagnostics: nothing circular, dangling or left out, and the source text carried whole."""

from __future__ import annotations

from itertools import pairwise

from plan_rules.condition import (
    ALWAYS,
    TierIs,
)
from plan_rules.errors import Severity, Span
from plan_rules.fact import Kind
from plan_rules.invariant import Invariant
from plan_rules.language.grading import check_fallback
from plan_rules.language.names import cycle
from plan_rules.language.shape import PlanHead
from plan_rules.language.tree import Report
from plan_rules.plan import Clause, Impossible, Notice, Plan, Presumption, Reading, Remark, Tier


def check(plan: Plan, head: PlanHead, report: Report) -> None:
    """Report what is wrong with the plan as a whole."""
    _check_exemptions(plan, report)
    _check_precedence(plan, report)
    _check_ranks(plan, report)
    _check_tiers_in_order(plan, report)
    tiers_sound = _check_tier_cycles(plan, report)
    _check_clauses(plan, report)
    _check_ids(plan, report)
    if tiers_sound and not report.failed:
        _check_tiers(plan, head, report)
    if plan.source is None:
        if head.source is None:
            report.add(
                "PR066",
                (
                    "预案没有写底本, 无法核对原文是否齐全",
                    "the plan names no source text, so its wording is not checked",
                ),
                head.id.span,
                ("在“预案”里补上“底本: 文件名”", "add `source: file` under `plan`"),
                severity=Severity.WARNING,
            )
    else:
        _check_source(plan, report)


# --------------------------------------------------------------------------- exceptions, order, ids


def _check_exemptions(plan: Plan, report: Report) -> None:
    circle = cycle({clause.id: [e.clause for e in clause.exemptions] for clause in plan.clauses.values()})
    if circle:
        report.add(
            "PR052",
            (f"例外循环: {' → '.join(circle)}", f"exceptions form a circle: {' → '.join(circle)}"),
            plan.clauses[circle[0]].span,
            ("去掉其中一处“例外于”", "remove one `exception_to`"),
            related=plan.clauses[circle[-2]].span,
            subject=circle[0],
        )
    for clause in plan.clauses.values():
        for exemption in clause.exemptions:
            base = plan.clauses.get(exemption.clause)
            owned = {norm.action for norm in base.norms} if base else set()
            for action in exemption.actions:
                if base and action not in owned:
                    label = plan.actions[action].label
                    report.add(
                        "PR053",
                        (f"“{base.id}”没有“{label}”, 免除落空", f"`{base.id}` has no `{action}` to waive"),
                        exemption.span,
                        ("改正“例外于”或“免除”", "mend `exception_to` or `waives`"),
                        related=base.span,
                        related_label=("被例外的条款", "the clause excepted from"),
                        subject=clause.id,
                    )


def _check_ranks(plan: Plan, report: Report) -> None:
    """Of two tiers of one rank none would take precedence."""
    seen: dict[int, Tier] = {}
    for tier in plan.tiers.values():
        first = seen.setdefault(tier.rank, tier)
        if first is not tier:
            report.add(
                "PR024",
                (f"两个等级的“级”都是 {tier.rank}", f"two tiers have the rank {tier.rank}"),
                tier.span,
                ("每个等级写不同的“级”", "give each tier a rank of its own"),
                related=first.span,
                related_label=("另一个在这里", "the other is here"),
                subject=tier.id,
            )


def _check_tiers_in_order(plan: Plan, report: Report) -> None:
    """A fact whose values are the tiers lists them from least to most, which need not be by their numbers."""
    for fact in plan.facts.values():
        listed = [plan.tiers[value.id] for value in fact.values if value.id in plan.tiers]
        right = sorted(listed, key=lambda tier: tier.severity)
        if fact.kind is Kind.ORDINAL and len(plan.tiers) > 1 and len(listed) == len(plan.tiers) and listed != right:
            report.add(
                "PR080",
                (
                    f"“{fact.label}”的取值没有按等级由轻到重排列",
                    f"the values of `{fact.id}` do not list the tiers from the least severe to the most",
                ),
                fact.span,
                (
                    "依次写: " + "、".join(tier.name for tier in right) + "; 级数小的重, 在“预案”里写“级数: 小者重”",
                    "list them in this order: "
                    + ", ".join(tier.id for tier in right)
                    + "; where the smaller number is worse, write `rank_order: smaller is worse` under `plan`",
                ),
                facts=(fact.id,),
            )


def _check_precedence(plan: Plan, report: Report) -> None:
    circle = cycle({action.id: action.after for action in plan.actions.values()})
    if circle:
        names = " → ".join(plan.actions[id_].label for id_ in circle)
        report.add(
            "PR054",
            (f"“须先”循环: {names}", f"actions wait for each other in a circle: {' → '.join(circle)}"),
            plan.actions[circle[0]].span,
            ("去掉其中一处“须先”", "remove one `after`"),
            related=plan.actions[circle[-2]].span,
            subject=circle[0],
        )


def _check_ids(plan: Plan, report: Report) -> None:
    seen: dict[str, Span] = {}
    things: tuple[Presumption | Impossible | Notice | Reading | Remark | Invariant, ...] = (
        *plan.presumptions,
        *plan.impossibles,
        *plan.notices,
        *plan.readings.values(),
        *plan.remarks,
        *plan.invariants,
    )
    for thing in things:
        if thing.id in seen:
            report.add(
                "PR024",
                (f"编号“{thing.id}”用了两次", f"id `{thing.id}` is used twice"),
                thing.span,
                ("换一个编号", "choose another id"),
                related=seen[thing.id],
                related_label=("第一次用在这里", "first used here"),
            )
        elif thing.id in plan.clauses:
            report.add(
                "PR024",
                (f"编号“{thing.id}”与条款重复", f"id `{thing.id}` is also a clause's"),
                thing.span,
                ("换一个编号", "choose another id"),
                related=plan.clauses[thing.id].span,
            )
        seen.setdefault(thing.id, thing.span)


def _check_clauses(plan: Plan, report: Report) -> None:
    starts = sorted(clause.span.line for clause in plan.clauses.values())
    spoilt = {found.span.line for found in report.found if found.span and found.severity is Severity.ERROR}
    ends = dict(pairwise((*starts, 10**9)))
    for clause in plan.clauses.values():
        if any(clause.span.line <= line < ends[clause.span.line] for line in spoilt):
            continue  # what it lacks may be what could not be read
        if not clause.text.strip():
            report.add(
                "PR062",
                (f"条款“{clause.id}”没有原文", f"clause `{clause.id}` has no source text"),
                clause.span,
                ("补上“原文: …”, 照抄预案", "add `wording: ...`, copied from the plan"),
                subject=clause.id,
            )
        if clause.excludes:
            _check_exclusion(clause, report)
        if not _does_something(clause):
            report.add(
                "PR068",
                (f"条款“{clause.id}”什么也没有规定", f"clause `{clause.id}` says nothing"),
                clause.span,
                (
                    "写上应当、不得、可以、定为、例外于、服务于、所立原则或界定",
                    "give it must, must_not, may, assigns, exception_to, serves, states or defines",
                ),
                severity=Severity.WARNING,
                subject=clause.id,
            )


def _check_exclusion(clause: Clause, report: Report) -> None:
    """Where the plan does not apply it demands nothing: not by the clause that says so either."""
    if clause.norms or clause.tier or clause.exemptions:
        report.add(
            "PR090",
            (
                f"条款“{clause.id}”写了不适用, 又写了应当、不得、可以、定为或例外于",
                f"clause `{clause.id}` excludes, and yet demands, forbids, allows, assigns or excepts",
            ),
            clause.span,
            (
                "不适用的事件由别的预案管: 写“移交: {预案: …, 对象: …}”, 其余分写成另一条",
                "another plan sees to it: write `handoff: {plan: ..., recipient: ...}`, and the rest as another clause",
            ),
            subject=clause.id,
        )
    if clause.condition == ALWAYS:
        report.add(
            "PR091",
            (f"条款“{clause.id}”总是不适用", f"clause `{clause.id}` excludes every incident"),
            clause.span,
            ("补上“当: …”, 写明什么事件不适用", "add `when: ...`: which incidents are excluded"),
            subject=clause.id,
        )


def _does_something(clause: Clause) -> bool:
    return bool(
        clause.norms
        or clause.tier
        or clause.exemptions
        or clause.serves
        or clause.supports
        or clause.principle
        or clause.defines
        or clause.excludes
        or clause.handoff
    )


# --------------------------------------------------------------------------- tiers


def _check_tier_cycles(plan: Plan, report: Report) -> bool:
    sound = True
    for clause in plan.clauses.values():
        if clause.tier and any(isinstance(part, TierIs) for part in plan.leaves(clause.condition)):
            sound = False
            report.add(
                "PR051",
                (f"条款“{clause.id}”用等级来定等级", f"clause `{clause.id}` assigns a tier by way of the tier"),
                clause.span,
                ("改用事实来定级", "assign the tier by facts"),
                subject=clause.id,
            )
    return sound


def _check_tiers(plan: Plan, head: PlanHead, report: Report) -> None:
    assigned = {clause.tier for clause in plan.clauses.values()}
    for tier in plan.tiers.values():
        if tier.id not in assigned:
            report.add(
                "PR060",
                (f"没有条款把事件定为“{tier.label}”", f"no clause assigns tier `{tier.id}`"),
                tier.span,
                (
                    f"在某条写上“定为: {tier.label}”, 或删去这个等级",
                    f"write `assigns: {tier.id}` in a clause, or drop the tier",
                ),
                subject=tier.id,
            )
    if plan.tiers and assigned != {None}:
        check_fallback(plan, head, report)


# --------------------------------------------------------------------------- the source text


def _check_source(plan: Plan, report: Report) -> None:
    source = plan.source
    assert source is not None
    carried: dict[str, str] = {}
    for clause in plan.clauses.values():
        _check_wording(plan, clause, report)
        for name in clause.carries:
            carried.setdefault(name, clause.id)
    for item in source.items.values():
        if item.heading:
            _check_heading(plan, item.id, item.text, report)
        elif item.id not in carried and item.id not in report.ignored:
            report.add(
                "PR064",
                (
                    f"原文条目“{item.id}”没有条款承载: {item.text}",
                    f"source item `{item.id}` is carried by no clause: {item.text}",
                ),
                _near(plan, item.id),
                (
                    f"补上编号为“{item.id}”的条款, 或在某条写“覆盖: [{item.id}]”",
                    f"add clause `{item.id}`, or `carries: [{item.id}]` to one",
                ),
                subject=item.id,
            )


def _check_wording(plan: Plan, clause: Clause, report: Report) -> None:
    assert plan.source is not None
    items = [plan.source.items.get(item) for item in clause.carries]
    for id_, item in zip(clause.carries, items, strict=True):
        if item is None:
            report.add(
                "PR065",
                (f"底本里没有条目“{id_}”", f"the source has no item `{id_}`"),
                clause.span,
                ("改正“覆盖”或条款编号", "mend `carries` or the clause's id"),
                subject=clause.id,
            )
    known = [item for item in items if item is not None]
    if not clause.carries and clause.text.strip() and not clause.layer:
        report.add(
            "PR065",
            (f"条款“{clause.id}”不在底本里", f"clause `{clause.id}` is not in the source"),
            clause.span,
            (
                "改正编号; 底本以外的内容写成“提示”并注明来源",
                "mend its id; what is not in the source goes under `notices` with its origin",
            ),
            subject=clause.id,
        )
    if not known or len(known) != len(items) or not clause.text.strip():
        return
    _compare(clause, "原文", "wording", clause.text, "".join(item.text for item in known), report)
    if clause.scraped:
        _compare(clause, "扫描文", "scraped wording", clause.scraped, "".join(item.scraped for item in known), report)


def _compare(clause: Clause, zh: str, en: str, here: str, there: str, report: Report) -> None:
    if here == there:
        return
    report.add(
        "PR063",
        (f"条款“{clause.id}”的{zh}与底本不同", f"the {en} of clause `{clause.id}` differs from the source"),
        clause.span,
        (f"底本写的是: {there}", f"the source says: {there}"),
        subject=clause.id,
    )


def _check_heading(plan: Plan, id_: str, title: str, report: Report) -> None:
    section = plan.sections.get(id_)
    if section is not None and section.title and section.title != title:
        report.add(
            "PR063",
            (f"章节“{id_}”的标题与底本不同", f"the title of section `{id_}` differs from the source"),
            section.span,
            (f"底本写的是: {title}", f"the source says: {title}"),
            subject=id_,
        )


def _near(plan: Plan, item: str) -> Span | None:
    """Where the item would stand: after the last clause before it in the source."""
    assert plan.source is not None
    before: Span | None = next((section.span for section in plan.sections.values()), None)
    placed = {carried: clause.span for clause in plan.clauses.values() for carried in clause.carries}
    for known in plan.source.items:
        if known == item:
            break
        before = placed.get(known, before)
    return before
