"""Plan -> Findings that need no incident to prove them: the rules against their source text, and the declarations.

Nothing here reads a clock; what somebody stands by (认可) is the caller's to leave out.
"""

from __future__ import annotations

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.bearers import bearers
from plan_rules.analysis.linters.metadata import metadata
from plan_rules.analysis.linters.prose import prose
from plan_rules.analysis.linters.times import times
from plan_rules.analysis.linters.vocabulary import vocabulary
from plan_rules.plan import Plan

__all__ = ["lint"]

_CHECKS = (times, prose, metadata, vocabulary, bearers)


def lint(plan: Plan) -> tuple[Finding, ...]:
    """Every finding of codes LN001 to LN007, in the order of the text."""
    found = [finding for check in _CHECKS for finding in check(plan)]
    return tuple(sorted(found, key=lambda finding: finding.diagnostic.sort_key()))
