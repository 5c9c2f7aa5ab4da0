"""`plan-rules show`: the clauses of a plan, one of them in full, or which scenario covers which item of the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plan_rules.cli import output
from plan_rules.cli.condition_text import condition_lines, situations_in
from plan_rules.cli.explaining_command import known_clause
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import OK
from plan_rules.cli.testing_command import scenarios_of
from plan_rules.condition import ALWAYS
from plan_rules.display_width import pad, visible, width
from plan_rules.instants import written
from plan_rules.norm import Norm, Strength, TimeLimit
from plan_rules.phrases import condition_phrase, modality_phrase
from plan_rules.plan import Clause, Plan
from plan_rules.scenarios import Scenario
from plan_rules.scenarios import run as run_scenarios

STRENGTH = {Strength.DEFEASIBLE: ("可推翻", "defeasible"), Strength.ADVISORY: ("仅建议", "advisory")}


def run(
    subject: str, *, plan_path: str | None, scenarios: Sequence[str], lang: str, overlays: Sequence[str] = ()
) -> int:
    """Show `clauses`, `coverage`, or the clause of this id."""
    plan = plan_of(plan_path, overlays)
    if subject == "clauses":
        output.say(_clauses(plan))
    elif subject == "coverage":
        output.say(_coverage(plan, scenarios_of(scenarios, plan, plan_path, overlays), lang))
    else:
        known_clause(subject, plan)
        output.say(_clause(plan.clauses[subject], plan, lang))
    return OK


def _clauses(plan: Plan) -> Iterator[str]:
    column = max((width(id_) for id_ in plan.clauses), default=0)
    for clause in plan.clauses.values():
        yield f"{pad(clause.id, column)}  {visible(clause.text)}"


def _coverage(plan: Plan, scenarios: Sequence[Scenario], lang: str) -> Iterator[str]:
    """A line for each atomic item of the source: its clauses, what they do, the scenarios they fire in."""
    fired: dict[str, list[str]] = {}
    for verdict in run_scenarios(plan, scenarios):
        for fired_id in dict.fromkeys(id_ for step in verdict.steps for id_ in step.fired):
            fired.setdefault(fired_id, []).append(verdict.scenario.id)
    carriers: dict[str, list[Clause]] = {}
    for clause in plan.clauses.values():
        for item in clause.carries:
            carriers.setdefault(item, []).append(clause)
    rows = [_coverage_row(item, clauses, fired) for item, clauses in carriers.items()]
    titles = ("条目", "条款", "作用", "场景") if lang == "zh" else ("item", "clauses", "does", "scenarios")
    widths = [max(width(row[column]) for row in [titles, *rows]) for column in range(3)]
    for row in [titles, *rows]:
        yield "  ".join((*(pad(cell, size) for cell, size in zip(row, widths, strict=False)), row[3])).rstrip()
    covered = sum(row[3] != "-" for row in rows)
    total = len(rows)
    yield f"{covered}/{total} 个条目有场景触发" if lang == "zh" else f"{covered} of {total} items fire in a scenario"


def _coverage_row(item: str, clauses: Sequence[Clause], fired: dict[str, list[str]]) -> tuple[str, str, str, str]:
    does = dict.fromkeys(what for clause in clauses for what in _does(clause))
    scenarios = dict.fromkeys(id_ for clause in clauses for id_ in fired.get(clause.id, ()))
    return (item, ",".join(clause.id for clause in clauses), ",".join(does) or "-", ",".join(scenarios) or "-")


def _does(clause: Clause) -> Iterator[str]:
    """What a clause is in the plan for: its actions, tier, principle, what it defines, whose purpose it states."""
    yield from (norm.action for norm in clause.norms)
    if clause.tier:
        yield clause.tier
    if clause.principle:
        yield clause.principle
    if clause.excludes:
        yield "excluded"
    if clause.handoff:
        yield f"→{clause.handoff.plan}"
    yield from clause.supports
    yield from clause.defines
    yield from (f"→{served}" for served in clause.serves)


def _clause(clause: Clause, plan: Plan, lang: str) -> Iterator[str]:
    """One clause in full."""
    zh = lang == "zh"
    yield f"{clause.id}  {visible(clause.text)}"
    if clause.scraped != clause.text and not clause.layer:
        yield f"{'底本' if zh else 'as scraped'}: {visible(clause.scraped)}"
    section = plan.sections.get(clause.section)
    if section and section.title:
        yield f"{'所在' if zh else 'section'}: {visible(section.title)}"
    yield f"{'位置' if zh else 'place'}: {clause.span}"
    yield f"{'当' if zh else 'when'}:"
    yield from (f"  {visible(line)}" for line in condition_lines(clause.condition, plan, lang))
    for name, condition in situations_in(clause.condition, plan).items():
        yield visible(f"  {'情形' if zh else 'situation'} {name}:")
        yield from (f"    {visible(line)}" for line in condition_lines(condition, plan, lang))
    if clause.tier:
        yield f"{'定为' if zh else 'tier'}: {plan.tiers[clause.tier].label}"
    yield from _scope(clause, plan, zh=zh)
    for norm in clause.norms:
        yield visible(_norm(norm, plan, lang))
    for exemption in clause.exemptions:
        actions = ", ".join(plan.actions[action].label for action in exemption.actions) or ("全部" if zh else "all")
        yield f"{'例外于' if zh else 'exception to'} {exemption.clause}: {visible(actions)}"
    if clause.governs:
        yield f"{'统领' if zh else 'governs'}: {', '.join(clause.governs)}"
    for reading in plan.readings.values():
        if clause.id in reading.clauses:
            options = " / ".join(f"{option.id} {option.text}" for option in reading.options)
            yield visible(f"{'解释' if zh else 'reading'} {reading.id} = {reading.chosen} ({reading.topic}): {options}")
    if clause.note:
        yield f"{'说明' if zh else 'note'}: {visible(clause.note)}"


def _scope(clause: Clause, plan: Plan, *, zh: bool) -> Iterator[str]:
    """That the plan does not apply, and who takes over."""
    if clause.excludes:
        yield "不适用本预案" if zh else "the plan does not apply"
    if clause.handoff:
        to = clause.handoff.recipient
        parties = ", ".join(_party(party, plan) for party in to.parties) if to else ""
        yield visible(
            f"{'移交' if zh else 'hand over to'}: {clause.handoff.plan}" + (f" → {parties}" if parties else "")
        )


def _norm(norm: Norm, plan: Plan, lang: str) -> str:
    zh = lang == "zh"
    word = modality_phrase(norm.modality, lang)
    if norm.discretion:
        word = "斟酌" if zh else "at discretion"
    roles = ", ".join(_party(role, plan) for role in norm.bearers.roles)
    parts = [f"{word}: {plan.actions[norm.action].label} ({norm.action})", roles]
    if norm.recipient:
        joint = (" 或 " if zh else " or ") if norm.recipient.joined == "any" else ", "
        parts.append(f"→ {joint.join(_party(party, plan) for party in norm.recipient.parties)}")
    if norm.limit:
        parts.append(_limit(norm.limit, lang))
    if norm.condition != ALWAYS:
        parts.append(f"{'当' if zh else 'when'} {condition_phrase(norm.condition, plan, lang)}")
    if norm.form:
        parts.append(f"{'填表' if zh else 'form'} {plan.forms[norm.form].label if zh else norm.form}")
    parts += _waits(norm, plan, zh=zh)
    strength = _strength(norm, plan)
    if strength is not Strength.STRICT:
        parts.append(STRENGTH[strength][0 if zh else 1] + (f" ({norm.strength_by})" if norm.strength_by else ""))
    return " · ".join(part for part in parts if part)


def _waits(norm: Norm, plan: Plan, *, zh: bool) -> Iterator[str]:
    """What the norm waits for."""
    if norm.approvals:
        joint = (" 或 " if zh else " or ") if norm.approvals.need == "any" else ", "
        approving = joint.join(_party(part.role, plan) for part in norm.approvals.parts)
        yield f"{'须经' if zh else 'approval of'} {approving}"
    if norm.discretion:
        yield f"{'裁量' if zh else 'discretion of'} {', '.join(_party(role, plan) for role in norm.discretion.roles)}"
    if norm.rung:
        yield f"{'递进' if zh else 'step'} {norm.rung.ladder} {norm.rung.step}/{norm.rung.of}"


def _limit(limit: TimeLimit, lang: str) -> str:
    if limit.cutoff is None:
        return limit.text
    return f"{limit.text} ({'截点' if lang == 'zh' else 'cut-off'} {written(limit.cutoff)})"


def _strength(norm: Norm, plan: Plan) -> Strength:
    """How firmly the norm binds under the reading the plan has chosen."""
    reading = plan.readings.get(norm.strength_by or "")
    options = reading.options if reading else ()
    chosen = next((option.strength for option in options if reading and option.id == reading.chosen), None)
    return chosen or norm.strength


def _party(id_: str, plan: Plan) -> str:
    return plan.roles[id_].label if id_ in plan.roles else plan.parties.get(id_, id_)
