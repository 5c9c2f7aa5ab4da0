"""Everything that is claimed of a plan, a module for each kind of claim.

PF001 clauses      never fires              PF010 exceptions   strips a protective duty
PF002 conditions   part cannot matter       PF011 clauses      adds nothing
PF003 tiers        no tier                  PF012 protection   vanishes as facts get worse
PF004 tiers        two tiers                PF013 protection   silently lost while something is unknown
PF005 conflicts    must and must not        PF014 invariants   a 红线 is broken
PF006 conflicts    exclude each other       PF015 readings     option changes nothing
PF007 order        order contradicts        PF017 protection   withheld though certain
PF008 order        deadline cannot be met
PF009 exceptions   swallows its base        PF016 (proving)    undecided within the budget
OV010 conflicts    layers conflict, unresolved
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from plan_rules.analysis.claims import (
    clauses,
    conditions,
    conflicts,
    exceptions,
    invariants,
    order,
    protection,
    readings,
    tiers,
)
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.told import Told

ABOUT_COMPLETE_INCIDENTS: Mapping[str, Callable[[Meaning], Iterable[Claim]]] = {
    "clauses": clauses.claims,
    "conditions": conditions.claims,
    "tiers": tiers.claims,
    "conflicts": conflicts.claims,
    "order": order.claims,
    "exceptions": exceptions.claims,
    "protection": protection.claims,
    "invariants": invariants.claims,
    "readings": readings.claims,
}
ABOUT_INCIDENTS_AS_TOLD: Mapping[str, Callable[[Told], Iterable[Claim]]] = {
    "unknown facts": protection.claims_as_told,
}

__all__ = ["ABOUT_COMPLETE_INCIDENTS", "ABOUT_INCIDENTS_AS_TOLD"]
