"""What can be shown of a plan as a whole, exactly: proofs, differences, coverage, questions, certificates.

prove(plan)                 every defect of the plan, each with an incident that proves it
diff(old, new)              what decisions say otherwise, on which incidents, and whether that may pass
cover(plan, scenarios)      what of the plan scenarios try, and the mistakes they would miss
missing(coverage)           the scenarios that are missing
ask(plan, facts)            what some facts settle, and the question that settles most
lint(plan)                  where rules and their text differ
certificate(plan), verify   what was shown, and whether it still is
"""

from __future__ import annotations

from plan_rules.analysis.asking import Answer, Choice, Question, ask
from plan_rules.analysis.certificate import certificate, certificate_text, verify
from plan_rules.analysis.changes import Change
from plan_rules.analysis.coverage import Coverage, cover
from plan_rules.analysis.diagram import BUDGET, OutOfBudget
from plan_rules.analysis.difference import Difference, diff
from plan_rules.analysis.finding import Finding, Verdict, Witness
from plan_rules.analysis.generation import Missing, missing
from plan_rules.analysis.linting import lint
from plan_rules.analysis.proving import Proof, proof, prove
from plan_rules.analysis.suite import ScenarioFails
from plan_rules.analysis.witnesses import Disagreement

__all__ = [
    "BUDGET",
    "Answer",
    "Change",
    "Choice",
    "Coverage",
    "Difference",
    "Disagreement",
    "Finding",
    "Missing",
    "OutOfBudget",
    "Proof",
    "Question",
    "ScenarioFails",
    "Verdict",
    "Witness",
    "ask",
    "certificate",
    "certificate_text",
    "cover",
    "diff",
    "lint",
    "missing",
    "proof",
    "prove",
    "verify",
]
