"""Finding: a defect in a plan, with the incident that proves it; Claim: what is shown of a plan, or refuted."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from plan_rules.analysis.diagram import Points
from plan_rules.decision import Decision
from plan_rules.errors import Diagnostic, Message, Severity, Span
from plan_rules.invariant import Acceptance


@dataclass(frozen=True, slots=True)
class Clue:
    """What makes a claim fail, and what to write instead."""

    help: Message
    related: Span | None = None
    related_label: Message | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """Something that ought to be true of a plan.

    `points` gives the incidents that tell: one of them refutes a claim that is about every incident, and shows one that
    is about some incident.  `subject` is the id that the claim is about (with `code` it names the claim), `clauses` and
    `actions` those concerned; `statement` says it, and a finding has `defect` and `help` where it is not so.
    """

    code: str
    subject: str
    severity: Severity
    statement: Message
    defect: Message
    help: Message
    points: Callable[[], Points]
    about_every: bool = True
    clauses: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    span: Span | None = None
    related: Span | None = None
    related_label: Message | None = None
    clue: Callable[[], Clue | None] | None = None  # looked for only where the claim is refuted

    @property
    def name(self) -> str:
        """The name of the claim in its plan."""
        return f"{self.code}[{self.subject}]"


class Verdict(StrEnum):
    """What was shown of a claim."""

    PROVED = "proved"
    REFUTED = "refuted"
    OTHERWISE = "refuted_otherwise"  # proved as the readings stand, refuted where they are chosen otherwise
    UNDECIDED = "undecided"  # not within the budget


@dataclass(frozen=True, slots=True)
class Witness:
    """A concrete incident: facts to state, readings to choose, and what the engine of the product decides."""

    facts: Mapping[str, Any]
    readings: Mapping[str, str]
    decision: Decision


@dataclass(frozen=True, slots=True)
class Finding:
    """A defect in a plan.

    `count` of `total` incidents are concerned, exactly; `situations` and `all_situations` count every point of the
    space once, so that a fact with many values weighs no more than others.  `accepted` is the 认可 that stands by it;
    `otherwise` tells a defect that only other readings than those chosen bring about.
    """

    diagnostic: Diagnostic
    clauses: tuple[str, ...] = ()
    witness: Witness | None = None
    count: int | None = None
    total: int | None = None
    situations: int | None = None
    all_situations: int | None = None
    accepted: Acceptance | None = None
    otherwise: bool = False

    @property
    def code(self) -> str:
        """The permanent code of its kind."""
        return self.diagnostic.code

    @property
    def subject(self) -> str:
        """The id that it is about."""
        return self.diagnostic.subject or ""

    @property
    def severity(self) -> Severity:
        """How much it weighs; one that somebody stands by is a note."""
        return Severity.NOTE if self.accepted else self.diagnostic.severity


def accepted(finding: Finding, acceptances: tuple[Acceptance, ...], today: date | None) -> Acceptance | None:
    """The acceptance that covers the finding today; without a day none has run out.

    It names the finding's subject, or everything that the subject is a part of: both clauses of a pair.  That a red
    line is broken as the readings stand nobody can accept.
    """
    if finding.code in _NEVER and finding.diagnostic.severity is Severity.ERROR:
        return None
    return next(
        (
            found
            for found in acceptances
            if found.finding == finding.code
            and (finding.otherwise or not found.otherwise_only)
            and (finding.subject in found.about or owners(finding.subject) <= {*found.about})
            and (today is None or found.until is None or today <= found.until)
        ),
        None,
    )


def owners(subject: str) -> frozenset[str]:
    """What a subject is about: a part of a condition or a norm is about its clause, a pair about both."""
    return frozenset(_WITHIN.split(name)[0] for name in _BETWEEN.split(subject))


_NEVER = ("PF014", "DF002")
_BETWEEN = re.compile("[+>]")
_WITHIN = re.compile("[/#]")
