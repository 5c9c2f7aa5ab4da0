"""Difference -> a JSON object, for programs."""

from __future__ import annotations

from typing import Any

from plan_rules.analysis.changes import Change, Shown, places
from plan_rules.analysis.difference import Difference
from plan_rules.decision import outline
from plan_rules.fact_values import shown
from plan_rules.finding_text import finding_object


def difference_object(difference: Difference, lang: str = "zh") -> dict[str, Any]:
    """Everything as JSON; counts are decimal strings, being of any size."""
    old, new = difference.old, difference.new
    return {
        "old": {"id": old.id, "version": old.version, "digest": old.digest},
        "new": {"id": new.id, "version": new.version, "digest": new.digest},
        "may_pass": difference.may_pass,
        "same": difference.same,
        "changes": [_change_object(change, difference) for change in difference.changes],
        "newly_refused": str(difference.newly_refused),
        "newly_taken": str(difference.newly_taken),
        "scenarios": [
            {"scenario": each.scenario, "step": each.step, "before": each.passed_before, "now": each.passes_now}
            for each in difference.scenarios
        ],
        "edits": [
            {"kind": each.kind, "subject": each.subject, "what": each.what, "before": each.before, "after": each.after}
            for each in difference.edits
        ],
        "findings": [
            {
                "code": found.code,
                "severity": found.severity.value,
                "message": found.diagnostic.message.within(lang),
                "subject": found.subject,
                **finding_object(found),
            }
            for found in difference.findings
        ],
        "undecided": [outcome._asdict() for outcome in difference.undecided],
    }


def _change_object(change: Change, difference: Difference) -> dict[str, Any]:
    assert difference.compared is not None
    scales = difference.compared.space.scales
    return {
        **change.outcome._asdict(),
        "gained": change.gained,
        "before": change.before,
        "protective": change.protective,
        "regions": [
            {
                name: [list(value) if isinstance(value, tuple) else value for value in values]
                for name, values in places(region, scales).items()
            }
            for region in change.regions
        ],
        "count": str(change.count),
        "total": str(change.total),
        "situations": str(change.situations),
        "all_situations": str(change.all_situations),
        "rest": str(change.rest),
        "witness": _shown_object(change.shown) if change.shown else None,
    }


def _shown_object(example: Shown) -> dict[str, Any]:
    return {
        "facts": {fact: shown(value) for fact, value in example.facts.items()},
        "old": outline(example.old),
        "new": outline(example.new),
    }
