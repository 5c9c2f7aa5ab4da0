"""What a decision says of files laid over the plan: which are in force, and which clause prevails over which."""

from __future__ import annotations

from typing import NamedTuple


class Basis(NamedTuple):
    """A clause that fired and is not the plan's own: the rule of the instrument it rests on, and where that stands."""

    clause: str
    provision: str
    instrument: str
    article: str
    authority: str


class LayerInForce(NamedTuple):
    """A file laid over the plan and in force: who issued it, and which of its clauses fired."""

    id: str
    name: str
    version: str
    origin: str
    authority: str
    effective: str | None
    digest: str
    clauses: tuple[Basis, ...]


class Side(NamedTuple):
    """One side of a conflict: its clause, what that says of the action (None: nothing), and what it rests on.

    `layer` is the id of the overlay, or of the plan itself; `instrument` is the plan's name for a clause of its own.
    """

    clause: str
    says: str | None
    layer: str
    instrument: str
    article: str
    authority: str


class Override(NamedTuple):
    """A clause of one layer that prevails, in this incident, over one of another, and why."""

    action: str
    label: str
    winner: Side
    loser: Side
    reason: str
    decided_by: str
