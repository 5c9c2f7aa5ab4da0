"""Scenario files: incidents with the answer expected of the plan, read with care and run against it."""

from __future__ import annotations

from plan_rules.scenarios.form import Expected, Scenario, Step
from plan_rules.scenarios.reader import read_scenarios
from plan_rules.scenarios.running import Mismatch, StepVerdict, Verdict, compare, limit_of, pending_in, run, run_step

__all__ = [
    "Expected",
    "Mismatch",
    "Scenario",
    "Step",
    "StepVerdict",
    "Verdict",
    "compare",
    "limit_of",
    "pending_in",
    "read_scenarios",
    "run",
    "run_step",
]
