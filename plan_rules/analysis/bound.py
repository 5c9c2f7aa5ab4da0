"""Bound: a norm of a clause, and the incidents in which it binds."""

from __future__ import annotations

from dataclasses import dataclass

from plan_rules.analysis.diagram import Points
from plan_rules.norm import Norm
from plan_rules.plan import Clause


@dataclass(frozen=True, slots=True)
class Bound:
    """A norm of a clause, and where it binds: `where` with exceptions taken off, `before` without.

    It is `strict` on a part of that; `otherwise` is where it would stand if it only advised.  It binds where it is in
    force; `listed` is where it is that or pending (`gates`).
    """

    clause: Clause
    index: int
    norm: Norm
    where: Points
    before: Points
    strict: Points
    otherwise: Points
    listed: Points
