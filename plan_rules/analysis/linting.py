"""(Plan, a day) -> every finding of lint, and the acceptances that have run out or stand by nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from plan_rules.analysis.finding import Finding, accepted, owners
from plan_rules.analysis.linters import lint as findings_of
from plan_rules.analysis.proving import prove
from plan_rules.errors import Diagnostic, Message, Severity
from plan_rules.invariant import Acceptance
from plan_rules.layer import Layering
from plan_rules.plan import Plan


def lint(plan: Plan, *, today: date | None = None, proved: Sequence[Finding] | None = None) -> tuple[Finding, ...]:
    """What reads wrong in the plan, in the order of its text.

    `today` is the day on which acceptances (认可) are looked at; without it none has run out.  `proved` is what
    `prove(plan)` found, where that is known already: acceptances stand by it.
    """
    found = [each for each in findings_of(plan) if not _waits(plan, each)]
    if proved is None:
        proved = prove(plan) if plan.acceptances else ()
    told = [*found, *_about_acceptances(plan, (*found, *proved), today)]
    stood_by = (replace(each, accepted=accepted(each, plan.acceptances, today)) for each in told)
    return tuple(sorted(stood_by, key=lambda each: each.diagnostic.sort_key()))


def _waits(plan: Plan, finding: Finding) -> bool:
    """Is it about a word of a layer that a provision which is not in force may use?"""
    layers = plan.layering.layers if plan.layering else ()
    waiting = any(provision.waits for layer in layers for provision in layer.provisions)
    span = finding.diagnostic.span
    return (
        finding.code == "LN006"
        and waiting
        and span is not None
        and span.source in {each.span.source for each in layers}
    )


def _about_acceptances(plan: Plan, findings: Sequence[Finding], today: date | None) -> Iterator[Finding]:
    for acceptance in plan.acceptances:
        if today is not None and acceptance.until is not None and acceptance.until < today:
            yield _ran_out(acceptance)
        if acceptance.finding.startswith("DF"):
            continue  # it is about an amendment, which a plan alone does not show
        if plan.layering and (plan.layering.waiting or not _laid_over(plan.layering, acceptance)):
            continue  # it stands by the plan alone, or may stand by a provision that is not in force
        missing = [name for name in acceptance.about if not any(_covers(acceptance, name, each) for each in findings)]
        if missing:
            yield _stands_by_nothing(acceptance, missing)


def _laid_over(layering: Layering, acceptance: Acceptance) -> bool:
    """Is it written in a file laid over the plan?"""
    return acceptance.span.source in {layer.span.source for layer in layering.layers}


def _covers(acceptance: Acceptance, name: str, finding: Finding) -> bool:
    named = name == finding.subject or name in owners(finding.subject)
    return named and accepted(finding, (acceptance,), None) is not None


def _ran_out(acceptance: Acceptance) -> Finding:
    return Finding(
        Diagnostic(
            "LN008",
            Severity.ERROR,
            Message(
                f"对 {acceptance.finding} 的认可已于 {acceptance.until} 到期",
                f"the acceptance of {acceptance.finding} ran out on {acceptance.until}",
            ),
            acceptance.span,
            Message(
                "重新审定后改“到期”, 或改好它认可的问题", "look at it again and move `until`, or mend what it accepts"
            ),
            subject=acceptance.finding,
        )
    )


def _stands_by_nothing(acceptance: Acceptance, missing: Sequence[str]) -> Finding:
    names = "、".join(missing)
    return Finding(
        Diagnostic(
            "LN009",
            Severity.WARNING,
            Message(
                f"对 {acceptance.finding} 的认可落空: {names}没有这样的问题",
                f"nothing to accept: no {acceptance.finding} about {', '.join(missing)}",
            ),
            acceptance.span,
            Message("删去它们, 以免以后真有问题时被盖住", "drop them, lest they hide a finding to come"),
            subject=acceptance.finding,
        )
    )
