"""Norms of fired clauses as they bind: in force, or what they wait for; and how far each ladder has come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from plan_rules.decision import Bearer, LadderAnswer
from plan_rules.gates import AT_DISCRETION, AWAITING, CHOSEN, DECLINED, FAILED, GIVEN, LAPSED, PENDING
from plan_rules.norm import Norm, Strength
from plan_rules.plan import Clause


@dataclass(frozen=True, slots=True)
class Applied:
    """A norm of a fired clause as it binds."""

    clause: Clause
    norm: Norm
    key: str
    strength: Strength
    bearer: Bearer
    state: str | None = ""  # one of `gates.PENDING`, empty where it is in force, None where it is gone


def as_it_stands(applied: Applied, fired: frozenset[str]) -> Applied:
    """The norm with what became of what it waits for."""
    norm, key = applied.norm, applied.key
    state: str | None = ""
    if key + LAPSED in fired:
        state = FAILED if norm.modality != "prohibition" else None
    elif key + DECLINED in fired:
        state = None
    elif norm.modality == "prohibition":
        state = ""
    elif norm.discretion and key + CHOSEN not in fired:
        state = AT_DISCRETION
    elif norm.approvals and key + GIVEN not in fired:
        state = AWAITING
    return replace(applied, state=state)


def nearest(norms: list[Applied]) -> list[Applied]:
    """Those in force; where there is none, those that are nearest to it."""
    for state in ("", *PENDING):
        if found := [norm for norm in norms if norm.state == state]:
            return found
    return norms


def ladders(applied: list[Applied]) -> tuple[LadderAnswer, ...]:
    """How far each ladder has come."""
    reached: dict[str, list[Applied]] = {}
    for norm in applied:
        if norm.norm.rung is not None:
            reached.setdefault(norm.norm.rung.ladder, []).append(norm)
    return tuple(_ladder(name, norms) for name, norms in reached.items())


def _ladder(name: str, norms: list[Applied]) -> LadderAnswer:
    places = [(norm.norm.rung.step, norm.norm.rung.of, norm.state) for norm in norms if norm.norm.rung]
    step, of = max((step, of) for step, of, _ in places)
    failed = all(state == FAILED for at, _, state in places if at == step)
    return LadderAnswer(name, step, of, failed, tuple(dict.fromkeys(norm.clause.id for norm in norms)))
