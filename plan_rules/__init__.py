"""A bank's contingency plan for customer complaints, executable: an incident's facts in, the plan's answer out.

import plan_rules as pr

plan = pr.load()
decision = pr.decide(plan, {"staff_assaulted": True})
decision.requires("call_police")  # True
"""

from plan_rules.deciding import decide
from plan_rules.decision import Decision, Duty, Permission, Prohibition, Violation
from plan_rules.errors import (
    Diagnostic,
    EngineError,
    FactsInvalid,
    PlanInvalid,
    PlanRulesError,
    Severity,
    Span,
)
from plan_rules.explanation import explain
from plan_rules.fact import UNKNOWN, Fact
from plan_rules.forms import FormUnknown, check_form
from plan_rules.loading import check, load, loads
from plan_rules.plan import Clause, Plan

__version__ = "0.1.0"

__all__ = [
    "UNKNOWN",
    "Clause",
    "Decision",
    "Diagnostic",
    "Duty",
    "EngineError",
    "Fact",
    "FactsInvalid",
    "FormUnknown",
    "Permission",
    "Plan",
    "PlanInvalid",
    "PlanRulesError",
    "Prohibition",
    "Severity",
    "Span",
    "Violation",
    "__version__",
    "check",
    "check_form",
    "decide",
    "explain",
    "load",
    "loads",
]
