"""(Finding, its plan, the lines it is about, language) -> the page a person reads, or a JSON object for programs.

As a diagnostic is shown, with the incident that proves it, how many there are, and who stands by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from plan_rules.analysis.finding import Finding, Witness
from plan_rules.decision import Decision, Duty, Permission, Prohibition, outline
from plan_rules.diagnostic_text import Lines, render_one
from plan_rules.display_width import visible
from plan_rules.errors import Diagnostic, Severity
from plan_rules.fact_values import shown
from plan_rules.phrases import facts_phrase, modality_phrase
from plan_rules.plan import Plan


def render_finding(finding: Finding, plan: Plan, sources: Lines, lang: str = "zh") -> str:
    """One finding."""
    diagnostic = as_diagnostic(finding)
    lines = [
        render_one(replace(diagnostic, help=None), sources, lang),
        *(visible(line) for line in _evidence(finding, plan, lang)),
    ]
    if diagnostic.help:
        lines.append(f"  {'帮助' if lang == 'zh' else 'help'}: {visible(diagnostic.help.within(lang))}")
    return "\n".join(lines)


def as_diagnostic(finding: Finding) -> Diagnostic:
    """The finding as a diagnostic; one that somebody stands by weighs no more than a note."""
    return replace(finding.diagnostic, severity=finding.severity)


def _evidence(finding: Finding, plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if finding.witness:
        yield f"  {'例' if zh else 'such as'}: {witness_phrase(finding.witness, plan, lang)}"
        yield f"    → {answer_phrase(finding.witness.decision, finding, plan, lang)}"
    if finding.count and finding.total:
        yield f"  {'占' if zh else 'share'}: {share(finding.count, finding.total)}{_of_situations(finding, zh)}"
    if finding.accepted:
        until = f", {'到期' if zh else 'until'} {finding.accepted.until}" if finding.accepted.until else ""
        word = "认可" if zh else "accepted"
        yield f"  {word}: {finding.accepted.reason} ({finding.accepted.decided_by}{until})"


def _of_situations(finding: Finding, zh: bool) -> str:
    if not (finding.situations and finding.all_situations):
        return ""
    here, everywhere = f"{finding.situations:,}", f"{finding.all_situations:,}"
    return (
        f" (能区分的 {everywhere} 种情形中的 {here} 种)" if zh else f" ({here} of {everywhere} situations told apart)"
    )


def share(count: int, total: int) -> str:
    """A part of a whole in per cent, exact to the digits shown; never 0 % of what is something."""
    if total == 0:
        return "0%"
    hundredths = count * 10_000 // total
    if hundredths == 0 and count:
        return "<0.01%"
    return f"{hundredths // 100}.{hundredths % 100:02d}%"


def witness_phrase(witness: Witness, plan: Plan, lang: str = "zh") -> str:
    """The facts to state and the readings to choose."""
    readings = ", ".join(f"{name}={option}" for name, option in witness.readings.items())
    chosen = f" ({'解释' if lang == 'zh' else 'readings'} {readings})" if readings else ""
    return facts_phrase(witness.facts, plan, lang) + chosen


def answer_phrase(decision: Decision, finding: Finding, plan: Plan, lang: str = "zh") -> str:
    """What the engine decides on the incident, as far as the finding's clauses go."""
    zh = lang == "zh"
    tier = (decision.tier.label if zh else decision.tier.id) if decision.tier else ("不分级" if zh else "no tier")
    if decision.exclusions:
        tier = "不适用本预案" if zh else "the plan does not apply"
    parts = [tier]
    for modality, items in (
        ("duty", decision.in_force),
        ("prohibition", decision.prohibitions),
        ("permission", decision.allowed),
    ):
        concerned = [item_phrase(item, plan, zh) for item in items if {*item.clauses} & {*finding.clauses}]
        if concerned:
            parts.append(f"{modality_phrase(modality, lang)} " + ("、" if zh else ", ").join(concerned))
    return "; ".join(parts)


def item_phrase(item: Duty | Prohibition | Permission, plan: Plan, zh: bool) -> str:
    """An action that a decision demands, forbids or allows, with who and how soon."""
    roles = [plan.roles[role].label if zh and role in plan.roles else role for role in item.roles]
    told = [("、" if zh else ", ").join(roles)] if roles else []
    if isinstance(item, Duty) and item.deadline:
        told.append(item.deadline.text if zh else item.deadline.kind)
    return (item.label if zh else item.action) + (f"({'; '.join(told)})" if told else "")


def finding_object(finding: Finding) -> dict[str, Any]:
    """What a finding has besides its diagnostic, as JSON; counts are decimal strings, being of any size."""
    return {
        "clauses": list(finding.clauses),
        "witness": witness_object(finding.witness) if finding.witness else None,
        "count": None if finding.count is None else str(finding.count),
        "total": None if finding.total is None else str(finding.total),
        "situations": None if finding.situations is None else str(finding.situations),
        "all_situations": None if finding.all_situations is None else str(finding.all_situations),
        "accepted": _acceptance(finding),
    }


def _acceptance(finding: Finding) -> dict[str, Any] | None:
    if finding.accepted is None:
        return None
    until = finding.accepted.until
    return {
        "reason": finding.accepted.reason,
        "decided_by": finding.accepted.decided_by,
        "until": until.isoformat() if until else None,
    }


def witness_object(witness: Witness) -> dict[str, Any]:
    """An incident and what the engine decides on it, as JSON."""
    return {
        "facts": {fact: shown(value) for fact, value in witness.facts.items()},
        "readings": dict(witness.readings),
        **outline(witness.decision),
    }


def worth_showing(findings: Sequence[Finding], every: bool) -> list[Finding]:
    """Those to show: errors and warnings that nobody stands by, or all."""
    return [finding for finding in findings if every or finding.severity is not Severity.NOTE]
