"""Draft: the text of a plan file as it is being written -> its Diagnostics and, where it can be read, its Plan.

`read_draft` is for every keystroke: one `Pieces` kept for a text makes it read only what changed, with the same result.
`findings` proves and lints, which takes seconds: it is for when the writer pauses.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linting import lint
from plan_rules.analysis.proving import prove
from plan_rules.errors import Diagnostic, Message, Severity, Span
from plan_rules.language.document import parse
from plan_rules.language.pieces import Pieces
from plan_rules.language.reader import read
from plan_rules.language.sources import Finder
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Draft:
    """A text and what reading it gave: the plan, unless it has an error, and every diagnostic as the text has them."""

    text: str
    source: str
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A defect as an editor shows it, from one place to another of the text.

    Lines and columns count from 1, columns in characters (code points); the end is behind the last character meant.
    """

    code: str
    severity: Severity
    line: int
    column: int
    end_line: int
    end_column: int
    message: Message
    help: Message | None = None
    related: Span | None = None
    related_label: Message | None = None
    subject: str | None = None


def read_draft(
    text: str,
    *,
    source: str = "plan.yaml",
    folder: Path | None = None,
    find: Finder | None = None,
    pieces: Pieces | None = None,
) -> Draft:
    """Read a text as it stands.

    `source` names it in messages, `folder` is where its 底本 may lie (or `find` gives it).  `pieces` is kept from one
    reading of a text to the next: what comes out is the same without it, only later.
    """
    result = read(text, source, folder, find=find, parse=pieces if pieces is not None else parse)
    return Draft(text, source, result.plan, result.diagnostics)


def findings(plan: Plan, *, today: date | None = None) -> tuple[Finding, ...]:
    """What `prove` and `lint` find in the plan, in the order of its text.  Takes seconds for a large plan.

    `today` is the day on which acceptances (认可) are looked at; without it none has run out.
    """
    proved = prove(plan, today=today)
    found = (*proved, *lint(plan, today=today, proved=proved))
    return tuple(sorted(found, key=lambda finding: finding.diagnostic.sort_key()))


def marks(draft: Draft) -> tuple[Mark, ...]:
    """The diagnostics of a draft, each at its place in the text."""
    return marks_of(draft.diagnostics, draft)


def marks_of_findings(found: Iterable[Finding], draft: Draft) -> tuple[Mark, ...]:
    """Findings that nobody stands by, each at its place in the text of the draft they were found in."""
    return marks_of((finding.diagnostic for finding in found if finding.accepted is None), draft)


def marks_of(diagnostics: Iterable[Diagnostic], draft: Draft) -> tuple[Mark, ...]:
    """Each diagnostic at its place; one that has none in this text stands at the text's first line."""
    lines = draft.text.replace("\r\n", "\n").removeprefix("\ufeff").split("\n")
    return tuple(_mark(diagnostic, draft.source, lines) for diagnostic in diagnostics)


def _mark(found: Diagnostic, source: str, lines: list[str]) -> Mark:
    span = found.span if found.span is not None and found.span.source == source else None
    line = min(span.line, len(lines)) if span else 1
    length = len(lines[line - 1])
    column = min(span.column, length + 1) if span else 1
    end = min(column + span.width, length + 1) if span else length + 1
    return Mark(
        code=found.code,
        severity=found.severity,
        line=line,
        column=column,
        end_line=line,
        end_column=max(end, column),
        message=found.message,
        help=found.help,
        related=found.related if found.related and found.related.source == source else None,
        related_label=found.related_label,
        subject=found.subject,
    )
