"""`plan-rules overlays`: what is laid over a plan -> a line a provision: what it rests on, its force, its conflicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from plan_rules import loading
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import OK, as_json
from plan_rules.display_width import visible
from plan_rules.layer import Provision
from plan_rules.layered import side
from plan_rules.plan import Clause, Plan


def run(path: str | None, overlays: Sequence[str], *, at: str | None, json: bool, lang: str) -> int:
    """List the layers over a plan; without overlays, what comes with the library."""
    plan = plan_of(path, overlays or tuple(loading.SHIPPED_OVERLAYS), at)
    output.say([as_json(_object(plan))] if json else _lines(plan, lang))
    return OK


def _lines(plan: Plan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    layering = plan.layering
    assert layering is not None
    for layer in layering.layers:
        in_force = sum(provision.force == "in_force" for provision in layer.provisions)
        counted = (
            f"{len(layer.provisions)} 条, {in_force} 条生效"
            if zh
            else f"{len(layer.provisions)} provisions, {in_force} in force"
        )
        yield visible(f"{layer.name} {layer.version} | {layer.origin} | {counted}")
        for provision in layer.provisions:
            yield visible(" | ".join(_fields(provision, plan, zh=zh)))


def _fields(provision: Provision, plan: Plan, *, zh: bool) -> Iterator[str]:
    authority = provision.authority.label if zh else provision.authority.value.replace("_", " ")
    force = provision.force.label if zh else provision.force.value.replace("_", " ")
    yield f"{'●' if provision.force == 'in_force' else '○'} {force}"
    yield provision.id
    yield f"{provision.citation}({authority})"
    about = f" {'、'.join(provision.about)}" if provision.about else ""
    yield f"{provision.relation.label if zh else provision.relation.value.replace('_', ' ')}{about}"
    if provision.figures:
        yield provision.figures
    for winner, loser in _conflicts(provision, plan):
        yield f"{winner.id} 胜过 {loser.id}" if zh else f"{winner.id} prevails over {loser.id}"
    if provision.to_confirm and provision.confirmed is None:
        yield f"{'待确认' if zh else 'to confirm'}: {provision.to_confirm}"


def _conflicts(provision: Provision, plan: Plan) -> Iterator[tuple[Clause, Clause]]:
    """(winner, loser) of each conflict with another layer that a clause of the provision has a part in."""
    for winner in plan.clauses.values():
        for exemption in winner.exemptions:
            loser = plan.clauses[exemption.clause]
            if winner.layer != loser.layer and {winner.id, loser.id} & {*provision.clauses}:
                yield winner, loser


def _object(plan: Plan) -> dict[str, Any]:
    layering = plan.layering
    assert layering is not None
    return {
        "plan": {"id": plan.id, "version": plan.version, "digest": plan.digest},
        "since": layering.since.isoformat() if layering.since else None,
        "until": layering.until.isoformat() if layering.until else None,
        "layers": [
            {
                "id": layer.id,
                "name": layer.name,
                "version": layer.version,
                "origin": layer.origin,
                "authority": layer.authority.value,
                "digest": layer.digest,
                "in_force": layer.in_force,
                "provisions": [_provision(provision, plan) for provision in layer.provisions],
            }
            for layer in layering.layers
        ],
    }


def _provision(provision: Provision, plan: Plan) -> dict[str, Any]:
    return {
        "id": provision.id,
        "instrument": provision.instrument,
        "article": provision.article,
        "authority": provision.authority.value,
        "summary": provision.summary,
        "figures": provision.figures,
        "relation": provision.relation.value,
        "about": list(provision.about),
        "force": provision.force.value,
        "to_confirm": provision.to_confirm,
        "confirmed_by": provision.confirmed.decided_by if provision.confirmed else None,
        "effective": provision.effective.isoformat() if provision.effective else None,
        "repealed": provision.repealed.isoformat() if provision.repealed else None,
        "clauses": list(provision.clauses),
        "conflicts": [
            {"winner": side(plan, winner, None)._asdict(), "loser": side(plan, loser, None)._asdict()}
            for winner, loser in _conflicts(provision, plan)
        ],
    }
