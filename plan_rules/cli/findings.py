"""Findings -> what a command prints of them: text, JSON or SARIF, and one line that sums up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from plan_rules.analysis.finding import Finding
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_sources
from plan_rules.cli.stop import BAD_INPUT, Stop, as_json
from plan_rules.cli.version import version
from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.errors import Message, Severity
from plan_rules.finding_text import as_diagnostic, finding_object, render_finding, worth_showing
from plan_rules.plan import Plan
from plan_rules.sarif import to_sarif


def say(
    findings: Sequence[Finding],
    plan: Plan,
    path: str | None,
    *,
    every: bool,
    lang: str,
    overlays: Sequence[str] = (),
) -> None:
    """Findings in full, then how many there are of each weight."""
    sources = plan_sources(path, overlays)
    pages = [render_finding(finding, plan, sources, lang) for finding in worth_showing(findings, every)]
    text = "\n\n".join(pages)
    if not pages:
        return
    if output.to_terminal():
        from plan_rules.cli.drawn import draw_defects  # noqa: PLC0415  loads rich, which a pipe does not need

        draw_defects(text + "\n", output.console())
    else:
        output.say([text, ""])


def counted(findings: Sequence[Finding], lang: str) -> str:
    """How many errors, warnings and notes; how many of them somebody stands by."""
    errors, warnings, notes = (sum(found.severity is severity for found in findings) for severity in Severity)
    accepted = sum(found.accepted is not None for found in findings)
    if lang == "en":
        return f"{errors} errors, {warnings} warnings, {notes} notes ({accepted} of them accepted)"
    return f"{errors} 个错误, {warnings} 个警告, {notes} 个提示(其中认可的 {accepted} 个)"


def objects(findings: Sequence[Finding], lang: str) -> list[dict[str, Any]]:
    """Findings as JSON objects."""
    return [{**diagnostic_object(as_diagnostic(finding), lang), **finding_object(finding)} for finding in findings]


def say_sarif(findings: Sequence[Finding], lang: str) -> None:
    """Findings as a SARIF log; what somebody stands by is suppressed in it."""
    output.say([as_json(to_sarif([as_diagnostic(finding) for finding in findings], version(), lang))])


def heavy(findings: Sequence[Finding]) -> bool:
    """Is there an error or a warning that nobody stands by?"""
    return any(finding.severity is not Severity.NOTE for finding in findings)


def day_of(text: str | None) -> dt.date:
    """The day named, or today by the clock of this machine."""
    if text is None:
        return dt.datetime.now(tz=dt.UTC).astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError as failure:
        message = Message(f"“{text}”不是日期, 写成 2026-12-31", f"`{text}` is no date; write 2026-12-31")
        raise Stop(BAD_INPUT, "usage", message) from failure
