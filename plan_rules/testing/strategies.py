"""Plan -> Hypothesis strategies: its incidents, those of a part of it, and plans changed in one place.

Incidents are drawn from the exact space of what can be, without trial and error: `decide` takes every one of them.
They shrink towards the incident of which nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeAlias

from hypothesis import strategies as st

from plan_rules.analysis.space import Incident
from plan_rules.condition import Condition
from plan_rules.plan import Plan
from plan_rules.testing import regions
from plan_rules.testing.amending import Amendment, amendments
from plan_rules.testing.chances import Pick
from plan_rules.testing.drawn_incidents import RegionInvalid
from plan_rules.testing.plan_files import plan_texts, plans
from plan_rules.testing.untrusted import any_facts

Incidents: TypeAlias = st.SearchStrategy[dict[str, Any]]

__all__ = [
    "Amendment",
    "RegionInvalid",
    "amendments",
    "any_facts",
    "boundary_incidents",
    "incidents",
    "plan_texts",
    "plans",
    "region",
    "stated_incidents",
]


def incidents(plan: Plan, *, unknowns: bool = False) -> Incidents:
    """Complete incidents, as `decide` takes them; with `unknowns`, some facts of them are not known.

    Of two incidents that some condition of the plan tells apart, each is as likely as the other.
    Raises RegionInvalid where nothing can be.
    """
    drawn = regions.everywhere(plan)
    return _picked(drawn.with_unknowns if unknowns else drawn.whole)


def region(
    plan: Plan,
    *,
    clause: str | None = None,
    duty: str | None = None,
    condition: Condition | None = None,
    situation: str | None = None,
) -> Incidents:
    """Complete incidents at which the clause fires, the duty is demanded, or the condition or situation (情形) holds.

    Exactly one is given, as an id (a situation's name).  Raises RegionInvalid where there is no such incident.
    """
    return _picked(regions.where(plan, clause, duty, condition, situation).whole)


def boundary_incidents(plan: Plan) -> Incidents:
    """Complete incidents, mostly usual, with numbers at or next to where conditions begin, ordinals at either end.

    Raises RegionInvalid where nothing can be.
    """
    return _picked(regions.at_cuts(plan).whole)


def stated_incidents(plan: Plan) -> Incidents:
    """Incidents as people tell them: of some facts a value, of a few that it is not known, of the others nothing.

    Raises RegionInvalid where nothing can be.
    """
    return _picked(regions.everywhere(plan).as_told)


@st.composite
def _picked(draw: st.DrawFn, drawn: Callable[[Pick], Incident]) -> Incident:
    return drawn(lambda many: draw(_below(many)))


@lru_cache(maxsize=4096)
def _below(many: int) -> st.SearchStrategy[int]:
    return st.integers(0, many - 1)
