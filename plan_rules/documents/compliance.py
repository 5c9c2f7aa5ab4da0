"""(Plan with layers, scenarios) -> the table of regulation against the plan (监管对照表).

A row a provision: what it rests on, what it says, whether it is in force and why not; every conflict with its winner;
and what the layers change of each scenario, side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.proving import proof
from plan_rules.deciding import decide, moment
from plan_rules.decision import Decision
from plan_rules.documents.content import (
    Block,
    Cell,
    Document,
    Heading,
    Origin,
    Paragraph,
    Row,
    Signatures,
    Text,
    Tone,
    blank,
    cell,
    stamp,
    table,
)
from plan_rules.documents.sentence import norm_sentence
from plan_rules.errors import CalendarUnknown, FactsInvalid
from plan_rules.layer import Authority, Force, Layer, Layering, Provision, citation
from plan_rules.layer_answers import Override, Side
from plan_rules.layered import side
from plan_rules.loading import bare, on_day
from plan_rules.norm import Exemption
from plan_rules.phrases import modality_phrase
from plan_rules.plan import Clause, Plan
from plan_rules.scenarios import Scenario, Step
from plan_rules.scenarios.running import stated_facts

_NOTE = (
    "本表列出叠加在预案上的规定: 它们不是预案的原文, 摘要也不是法规的逐字原文。"
    "“待确认”的条目在本行确认以前不起作用; 尚未施行和已经废止的也不起作用。"
)
_COLUMNS = (
    ("编号", 8),
    ("依据、位阶", 17),
    ("摘要", 27),
    ("数值", 9),
    ("与预案", 11),
    ("效力", 13),
    ("规则", 22),
    ("冲突", 13),
)


def compliance(plan: Plan, scenarios: Sequence[Scenario]) -> Document:
    """The table of a plan with layers over it, as it stands on the day it was composed for."""
    assert plan.layering is not None
    blocks = tuple(_blocks(plan, plan.layering, scenarios))
    return Document("compliance", "监管对照表", stamp(plan), blocks, subtitle=window(plan.layering), landscape=True)


def window(layering: Layering) -> str:
    """The days on which the layers stand so."""
    since = f"{layering.since} 起" if layering.since else ""
    until = f"{layering.until} 前" if layering.until else ""
    return "、".join(filter(None, (since, until))) + "有效的版本" if since or until else "没有日期之分"


def _blocks(plan: Plan, layering: Layering, scenarios: Sequence[Scenario]) -> Iterator[Block]:
    yield Paragraph(Text(_NOTE, Origin.TEMPLATE))
    for layer in layering.layers:
        yield Heading(f"{layer.name} {layer.version}")
        yield Paragraph(Text(_about(layer), Origin.LAYER))
        if layer.provisions:
            yield table(layer.name, _COLUMNS, (_row(provision, plan) for provision in layer.provisions))
    yield from _conflicts(plan)
    waiting = [each for layer in layering.layers for each in layer.provisions if each.force is Force.TO_CONFIRM]
    if waiting:
        yield table(
            "待本行确认",
            (("编号", 10), ("依据", 24), ("为什么待确认", 40), ("确认人签字、日期", 20)),
            ((each.id, cell(_basis(each)), cell(Text(each.to_confirm, Origin.STATED)), blank()) for each in waiting),
        )
    rows = tuple(_compared(plan, scenarios))
    if rows:
        shown = (("场景", 16), ("不叠加时", 26), ("叠加后", 40), ("冲突以哪一条为准", 28))
        yield table("场景对照: 不叠加与叠加", shown, rows)
    yield Signatures(("合规部", "法务", "分管领导"))


def _about(layer: Layer) -> str:
    counted = [
        f"{force.label} {count} 条"
        for force in Force
        if (count := sum(each.force is force for each in layer.provisions))
    ]
    return f"来源: {layer.origin}; 共 {len(layer.provisions)} 条: {'、'.join(counted) or '没有条目'}。"


# --------------------------------------------------------------------------- a provision


def _row(provision: Provision, plan: Plan) -> Row:
    clauses = [plan.clauses[name] for name in provision.clauses if name in plan.clauses]
    conflicts = [
        _prevails(plan, *pair) for pair in conflicts_of(plan) if {pair[0].id, pair[1].id} & {*provision.clauses}
    ]
    on = provision.force is Force.IN_FORCE
    cells = (
        cell(Text(provision.id, strong=True)),
        cell(_basis(provision), Text(provision.authority.label, Origin.STATED)),
        cell(Text(provision.summary, Origin.LAYER), Text(provision.note, Origin.LAYER) if provision.note else ""),
        cell(Text(provision.figures, Origin.STATED)) if provision.figures else (),
        cell(provision.relation.label, "、".join(provision.about)),
        cell(Text(f"{'●' if on else '○'} {provision.force.label}", strong=on), *_why(provision)),
        cell(*dict.fromkeys(norm_sentence(norm, plan) for clause in clauses for norm in clause.norms)),
        cell(*conflicts),
    )
    return Row(cells, Tone.HEED if provision.force is Force.TO_CONFIRM else Tone.PLAIN)


def _basis(provision: Provision) -> Text:
    return Text(provision.citation, Origin.STATED)


def _why(provision: Provision) -> Iterator[Text | str]:
    if provision.to_confirm:
        confirmed = provision.confirmed
        by = f"{confirmed.decided_by} {confirmed.since} 确认" if confirmed else provision.to_confirm
        yield Text(by, Origin.STATED)
    if provision.effective:
        yield f"施行 {provision.effective}"
    if provision.repealed:
        yield f"废止 {provision.repealed}"


# --------------------------------------------------------------------------- conflicts


def conflicts_of(plan: Plan) -> Iterator[tuple[Clause, Clause, Exemption]]:
    """(winner, loser, what the loser loses) of two layers, in the order of the plan."""
    for clause in plan.clauses.values():
        for exemption in clause.exemptions:
            other = plan.clauses[exemption.clause]
            if clause.layer != other.layer:
                yield clause, other, exemption


def _conflicts(plan: Plan) -> Iterator[Block]:
    resolved = [_resolved(plan, *conflict) for conflict in conflicts_of(plan)]
    found = [each for each in proof(plan).findings if each.code == "OV010" and not each.otherwise]
    open_ = [Row((cell("、".join(each.clauses)), *_unresolved(each)), Tone.EMPTY) for each in found]
    columns = (("动作", 18), ("为准的一条", 28), ("不适用的一条", 28), ("理由", 20), ("决定", 10))
    if resolved or open_:
        yield table("冲突与裁决", columns, (*resolved, *open_))
    said = f"没有裁决的冲突 {len(open_)} 处(标红)。" if open_ else "对全部可能的事件核对过, 没有未裁决的冲突。"
    yield Paragraph(Text(said, Origin.STATED, strong=True))


def _unresolved(finding: Finding) -> tuple[Cell, ...]:
    return cell(Text(finding.diagnostic.message.zh, Origin.STATED)), blank(), blank(), blank()


def _resolved(plan: Plan, winner: Clause, loser: Clause, exemption: Exemption) -> tuple[Cell | str, ...]:
    assert plan.layering is not None
    decided = next(
        (each for each in plan.layering.resolutions if (each.winner, each.loser) == (winner.id, loser.id)), None
    )
    actions = exemption.actions or tuple(dict.fromkeys(norm.action for norm in loser.norms))
    return (
        "、".join(plan.actions[action].label for action in actions),
        cell(*_side(plan, winner, actions)),
        cell(*_side(plan, loser, actions)),
        cell(Text(decided.reason if decided else winner.note, Origin.STATED)),
        decided.decided_by if decided else "",
    )


def _side(plan: Plan, clause: Clause, actions: Sequence[str]) -> Iterator[Text]:
    says = next((norm.modality for norm in clause.norms if norm.action in actions), None)
    shown = side(plan, clause, says)
    yield Text(_named(shown), Origin.STATED)
    if says:
        yield Text(modality_phrase(says, "zh"))


def _named(shown: Side) -> str:
    return f"{shown.clause} {citation(shown.instrument, shown.article)}({Authority(shown.authority).label})"


def _prevails(plan: Plan, winner: Clause, loser: Clause, _: Exemption) -> str:
    authority = Authority(side(plan, winner, None).authority).label
    return f"与 {loser.id} 冲突, 以 {winner.id}({authority})为准"


# --------------------------------------------------------------------------- scenarios


def _compared(plan: Plan, scenarios: Sequence[Scenario]) -> Iterator[Row]:
    """A row for each step that the layers change."""
    for scenario in scenarios:
        for number, step in enumerate(scenario.steps, 1):
            both = _both(plan, step)
            if both is None:
                continue
            without, laid = both
            off, on = _said(without), _said(laid)
            if off == on:
                continue
            name = f"{scenario.id}{f' 第 {number} 步' if len(scenario.steps) > 1 else ''}"
            cells = (
                cell(Text(name, strong=True), Text(scenario.title, Origin.STATED)),
                cell(*(Text(words, Origin.STATED) for words in off if words not in on)),
                cell(*(Text(words, Origin.STATED) for words in on if words not in off)),
                cell(*(Text(_override(each), Origin.STATED) for each in laid.overrides)),
            )
            yield Row(cells, Tone.HEED if laid.overrides else Tone.PLAIN)


def _both(plan: Plan, step: Step) -> tuple[Decision, Decision] | None:
    """The step decided by the plan alone and with the layers of its day; None where it is refused."""
    base, facts = bare(plan), stated_facts(step)
    known = {name: value for name, value in facts.items() if name in base.facts}
    at = moment(step.at)
    try:
        laid = plan if at is None else on_day(plan, at.date())
        return decide(base, known, at=step.at), decide(laid, facts, at=step.at)
    except (FactsInvalid, CalendarUnknown):
        return None


def _said(decision: Decision) -> tuple[str, ...]:
    return (
        f"等级: {decision.tier.label if decision.tier else '不分级'}",
        *(f"应当: {each.label}{_due(each.deadline.due if each.deadline else None)}" for each in decision.in_force),
        *(f"不得: {each.label}" for each in decision.prohibitions),
        *(f"可以: {each.label}" for each in decision.allowed),
    )


def _due(due: str | None) -> str:
    return f"(截止 {due})" if due else ""


def _override(override: Override) -> str:
    return f"{override.label}: 以 {_named(override.winner)} 为准, {_named(override.loser)} 不适用"
