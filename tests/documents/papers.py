"""The shipped plan, its scenarios, and what is made of them, once for all tests."""

from __future__ import annotations

from functools import cache

import plan_rules as pr
from plan_rules import loading
from plan_rules.documents.catalogue import KINDS, Material, Paper
from plan_rules.scenarios import read_scenarios

PLAN = pr.load()
SCENARIOS = read_scenarios(loading.shipped("scenarios.yaml"), "scenarios.yaml", PLAN)


@cache
def made(kind: str) -> tuple[Paper, ...]:
    """The papers of a kind."""
    return tuple(paper for _, paper in KINDS[kind].build(Material(PLAN, SCENARIOS)))
