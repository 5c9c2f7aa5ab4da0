"""(Plan with layers, the clauses that fired) -> which layers are in force, and which clause prevails over which.

Both sides of a conflict are named with what they rest on, so that nobody takes the one for the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from plan_rules.layer import Authority
from plan_rules.layer_answers import Basis, LayerInForce, Override, Side
from plan_rules.norm import Norm
from plan_rules.plan import Clause, Plan


def sources(plan: Plan, clauses: Sequence[Clause]) -> tuple[LayerInForce, ...]:
    """The layers in force, each with those of its clauses that fired."""
    assert plan.layering is not None
    return tuple(
        LayerInForce(
            layer.id,
            layer.name,
            layer.version,
            layer.origin,
            layer.authority.value,
            layer.effective.isoformat() if layer.effective else None,
            layer.digest,
            tuple(_basis(plan, clause) for clause in clauses if clause.layer == layer.id),
        )
        for layer in plan.layering.layers
        if layer.in_force
    )


def _basis(plan: Plan, clause: Clause) -> Basis:
    provision = plan.provision(clause.id)
    assert provision is not None
    return Basis(clause.id, provision.id, provision.instrument, provision.article, provision.authority.value)


def overrides(plan: Plan, clauses: Sequence[Clause], norms: Mapping[str, Sequence[Norm]]) -> tuple[Override, ...]:
    """Every norm of one layer that a clause of another takes away in this incident.

    `norms` are those of each clause that would bind if nothing were taken away.
    """
    return tuple(dict.fromkeys(_overrides(plan, clauses, norms)))


def _overrides(plan: Plan, clauses: Sequence[Clause], norms: Mapping[str, Sequence[Norm]]) -> Iterator[Override]:
    by_id = {clause.id: clause for clause in clauses}
    for winner in clauses:
        if _swallowed(winner, clauses):
            continue
        for exemption in winner.exemptions:
            loser = by_id.get(exemption.clause)
            if loser is None or loser.layer == winner.layer:
                continue
            for norm in norms[loser.id]:
                if not exemption.actions or norm.action in exemption.actions:
                    yield _override(plan, winner, loser, norm.action, norm.modality)


def _swallowed(clause: Clause, clauses: Sequence[Clause]) -> bool:
    """Does an exception take all of this clause away?"""
    return any(
        exemption.clause == clause.id and not exemption.actions for other in clauses for exemption in other.exemptions
    )


def _override(plan: Plan, winner: Clause, loser: Clause, action: str, says: str) -> Override:
    assert plan.layering is not None
    decided = next(
        (each for each in plan.layering.resolutions if (each.winner, each.loser) == (winner.id, loser.id)), None
    )
    return Override(
        action=action,
        label=plan.actions[action].label,
        winner=side(plan, winner, next((norm.modality for norm in winner.norms if norm.action == action), None)),
        loser=side(plan, loser, says),
        reason=decided.reason if decided else winner.note,
        decided_by=decided.decided_by if decided else "",
    )


def side(plan: Plan, clause: Clause, says: str | None) -> Side:
    """A clause as one side of a conflict."""
    provision = plan.provision(clause.id)
    if provision is None:
        return Side(clause.id, says, plan.id, plan.name, clause.id, Authority.BANK.value)
    return Side(clause.id, says, provision.layer, provision.instrument, provision.article, provision.authority.value)
