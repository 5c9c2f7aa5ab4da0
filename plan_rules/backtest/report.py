"""Result -> the report as plain data: one JSON object, the same bytes for the same archive, plans and options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from plan_rules.backtest.answered import DEMANDS, NAMES
from plan_rules.backtest.reasons import MALFORMED, reason
from plan_rules.backtest.run import Result
from plan_rules.backtest.tally import Key
from plan_rules.plan import Plan

MOST_UNUSED = 200


def report(result: Result, lang: str = "zh") -> dict[str, Any]:
    """What was counted: the archive, what was set aside, the answers of each plan, what changes, and by group."""
    names = NAMES[len(result.plans)]
    whole = result.tally.whole
    told: dict[str, Any] = {
        "plans": {
            name: {"id": plan.id, "name": plan.name, "version": plan.version, "digest": plan.digest}
            for name, plan in zip(names, result.plans, strict=True)
        },
        "readings": dict(result.options.readings),
        "archive": {
            "sources": list(result.sources),
            "rows": whole[("rows",)] + result.malformed,
            "columns": dict(result.used),
            "unused_columns": list(result.unused[:MOST_UNUSED]),
            "replayed": result.replayed,
        },
        "set_aside": list(_set_aside(result, lang)),
        "answers": {name: _answers(plan, name, whole) for name, plan in zip(names, result.plans, strict=True)},
    }
    if len(result.plans) == 2:
        told["changes"] = _changes(result, whole, examples=True)
    told["by"] = {
        text: [
            {"group": value, "rows": counts[("rows",)], **_of_group(result, counts)}
            for value, counts in result.tally.groups(dimension).items()
        ]
        for dimension, text in enumerate(result.options.by)
    }
    return told


def _set_aside(result: Result, lang: str) -> Iterator[dict[str, Any]]:
    """Why rows are set aside, the most frequent reason first."""
    names = NAMES[len(result.plans)]
    found: dict[tuple[str, str], dict[str, int]] = {}
    for key, count in result.tally.whole.items():
        if len(key) == 4 and key[1] == "set_aside":
            found.setdefault((key[2], key[3]), {})[key[0]] = count
    if result.malformed:
        found[MALFORMED, ""] = dict.fromkeys(names, result.malformed)
    for (code, fact), counts in sorted(found.items(), key=lambda item: (-max(item[1].values()), item[0])):
        plan = next(plan for name, plan in zip(names, result.plans, strict=True) if name in counts)
        yield {
            "code": code,
            "fact": fact or None,
            "message": reason(code, fact, plan).within(lang),
            "rows": counts if len(names) > 1 else counts[names[0]],
        }


def _answers(plan: Plan, name: str, counts: Counter[Key]) -> dict[str, Any]:
    """What one plan answers: counts by tier, by action, by clause; what is never answered is left out."""
    told: dict[str, Any] = {
        "rows": counts[(name, "accepted")],
        "tier": {tier or "none": counts[(name, "tier", tier)] for tier in (*plan.tiers, "")},
    }
    for kind, order in (
        ("duty", plan.actions),
        ("prohibition", plan.actions),
        ("permission", plan.actions),
        ("clause", plan.clauses),
        ("open", plan.clauses),
    ):
        told[kind] = _ordered(counts, (name, kind), order)
    for kind in ("handoff", "excluded"):
        if found := {key[-1]: count for key, count in counts.items() if key[:2] == (name, kind) and count}:
            told[kind] = dict(sorted(found.items()))
    return told


def _ordered(counts: Counter[Key], start: Key, order: Mapping[str, Any]) -> dict[str, int]:
    return {each: counts[(*start, each)] for each in order if counts[(*start, each)]}


def _changes(result: Result, counts: Counter[Key], *, examples: bool = False) -> dict[str, Any]:
    """What rows that both plans take have otherwise under the new one."""

    def told(key: Key, **what: Any) -> dict[str, Any]:
        found = {**what, "rows": counts[key]}
        if examples:
            found["examples"] = [row[3] for row in result.tally.examples.get(key, ())]
            if counts[key] and not found["examples"]:
                found["left_out"] = "sensitive"
        return found

    old, new = result.plans
    tiers = ((before, after) for before in (*old.tiers, "") for after in (*new.tiers, ""))
    found: dict[str, Any] = {
        "compared": counts[("compared",)],
        **{name: told((name,)) for name in ("changed", "refused", "taken")},
        "tier": [
            told(("tier", before, after), **{"from": before or None, "to": after or None})
            for before, after in tiers
            if counts[("tier", before, after)]
        ],
    }
    for kind in DEMANDS:
        subjects = dict.fromkeys(
            (*new.actions, *old.actions, *sorted(key[2] for key in counts if key[:2] == ("gained", "handoff")))
        )
        found[kind] = [
            told((change, kind, subject), change=change, subject=subject)
            for subject in subjects
            for change in ("gained", "lost")
            if counts[(change, kind, subject)]
        ]
    return found


def _of_group(result: Result, counts: Counter[Key]) -> dict[str, Any]:
    """One group: how many are taken, the tiers, and what changes; demands of one plan as counts."""
    told: dict[str, Any] = {}
    for name, plan in zip(NAMES[len(result.plans)], result.plans, strict=True):
        told[name] = {
            "rows": counts[(name, "accepted")],
            "tier": {tier or "none": counts[(name, "tier", tier)] for tier in (*plan.tiers, "")},
        }
        if len(result.plans) == 1:
            told[name] |= {kind: _ordered(counts, (name, kind), plan.actions) for kind in DEMANDS[:3]}
    if len(result.plans) == 2:
        told["changes"] = _changes(result, counts)
    return told
