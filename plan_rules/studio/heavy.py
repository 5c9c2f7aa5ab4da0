"""Texts of plans and scenarios -> proofs, differences and the matrix, worked out in a process of their own.

They take seconds; the page that waits for them goes on answering, and what takes too long is ended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import ParamSpec, TypeVar

from plan_rules.analysis.difference import diff
from plan_rules.analysis.finding import Finding, Verdict
from plan_rules.analysis.proving import proof
from plan_rules.difference_page import page
from plan_rules.documents.content import Document
from plan_rules.documents.matrix import matrix
from plan_rules.errors import Message, ScenariosInvalid, Severity, ToldError
from plan_rules.extra import from_extra
from plan_rules.finding_text import answer_phrase, share, witness_phrase
from plan_rules.loading import reload
from plan_rules.pages import Page
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios
from plan_rules.studio.folder import SCENARIOS

with from_extra("studio"):
    import anyio
    import anyio.to_process

LONGEST = 180  # seconds
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Texts:
    """What a plan is read from: its file, what it is called, and its 底本."""

    name: str
    text: bytes
    source: bytes | None

    def plan(self) -> Plan:
        """Read again.  Raises PlanInvalid."""
        return reload(self.text, self.source, source=self.name)


def texts_of(plan: Plan, name: str) -> Texts:
    """The texts of a plan that was read."""
    return Texts(name, plan.text, plan.source.raw if plan.source else None)


class TooLong(ToldError):
    """It took longer than it may."""


async def elsewhere(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do it in another process.  Raises what it raises, and TooLong."""
    try:
        with anyio.fail_after(LONGEST):
            return await anyio.to_process.run_sync(partial(work, *args, **kwargs), cancellable=True)
    except TimeoutError as late:
        raise TooLong(
            Message(
                f"{LONGEST} 秒没有算完, 已停下; 可在命令行运行, 那里没有时间限制",
                f"not done after {LONGEST} seconds and stopped; the command line has no such limit",
            )
        ) from late


# --------------------------------------------------------------------------- proofs


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, in words."""

    code: str
    severity: str
    message: str
    line: int | None
    evidence: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Proved:
    """What was shown of a plan, in words; `claims` are (sign, code, statement)."""

    clean: bool
    incidents: int
    claims: tuple[tuple[str, str, str], ...]
    findings: tuple[Found, ...]
    undecided: bool

    @property
    def proved(self) -> int:
        """How many claims hold."""
        return sum(sign == Verdict.PROVED.value for sign, _, _ in self.claims)


def proved(texts: Texts, day: date, lang: str) -> Proved:
    """Every claim about the plan."""
    plan = texts.plan()
    shown = proof(plan, today=day)
    return Proved(
        clean=shown.clean,
        incidents=shown.total,
        claims=tuple(
            (each.verdict.value, each.claim.name, each.claim.statement.within(lang)) for each in shown.results
        ),
        findings=tuple(_found(each, plan, lang) for each in shown.findings),
        undecided=bool(shown.undecided) or any(each.verdict is Verdict.UNDECIDED for each in shown.results),
    )


def _found(finding: Finding, plan: Plan, lang: str) -> Found:
    zh = lang == "zh"
    diagnostic, evidence = finding.diagnostic, []
    if finding.witness:
        evidence.append(("例" if zh else "such as", witness_phrase(finding.witness, plan, lang)))
        evidence.append(("那时" if zh else "then", answer_phrase(finding.witness.decision, finding, plan, lang)))
    if finding.count and finding.total:
        evidence.append(("占" if zh else "share", share(finding.count, finding.total)))
    if finding.accepted:
        evidence.append(("认可" if zh else "accepted", f"{finding.accepted.reason} ({finding.accepted.decided_by})"))
    elif diagnostic.help:
        evidence.append(("帮助" if zh else "help", diagnostic.help.within(lang)))
    severity = Severity.NOTE if finding.accepted else finding.severity
    line = diagnostic.span.line if diagnostic.span and diagnostic.span.line else None
    return Found(finding.code, severity.value, diagnostic.message.within(lang), line, tuple(evidence))


# --------------------------------------------------------------------------- differences and the matrix


@dataclass(frozen=True, slots=True)
class Compared:
    """What an amendment does, and whether it may pass."""

    page: Page
    may_pass: bool
    without_scenarios: str


def compared(old: Texts, new: Texts, scenarios: bytes | None, day: date, lang: str) -> Compared:
    """Everything that is different.  Scenarios that cannot be read are left out, and said to be."""
    before, after = old.plan(), new.plan()
    left_out = ""
    told: tuple[Scenario, ...] = ()
    try:
        told = _scenarios(scenarios, after)
    except ScenariosInvalid as invalid:
        first = invalid.diagnostics[0].message
        left_out = first.within(lang)
    difference = diff(before, after, told, today=day)
    return Compared(page(difference, lang), difference.may_pass, left_out)


def covered(texts: Texts, scenarios: bytes | None) -> Document:
    """The coverage matrix, without what takes minutes.  Raises ScenariosInvalid."""
    plan = texts.plan()
    return matrix(plan, _scenarios(scenarios, plan), mistakes=False)


def _scenarios(text: bytes | None, plan: Plan) -> tuple[Scenario, ...]:
    return () if text is None else read_scenarios(text, SCENARIOS, plan)
