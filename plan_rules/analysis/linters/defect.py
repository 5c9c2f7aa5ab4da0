"""(Code, what it is about, words in both languages, place) -> Finding: the one form of what lint finds."""

from __future__ import annotations

from plan_rules.analysis.finding import Finding
from plan_rules.errors import Diagnostic, Message, Severity, Span
from plan_rules.norm import Norm
from plan_rules.plan import Clause, Plan

Words = tuple[str, str]  # Chinese, English
_TEXT_HERE = Message("原文在这里", "the source text is here")


def of_clause(
    code: str, clause: Clause, says: Words, mend: Words, norm: Norm | None = None, severity: Severity = Severity.WARNING
) -> Finding:
    """A finding about a clause, at one of its norms where it is about that."""
    return Finding(
        Diagnostic(
            code,
            severity,
            Message(f"条款“{clause.id}”{says[0]}", f"clause `{clause.id}`: {says[1]}"),
            span=norm.span if norm else clause.span,
            help=Message(*mend),
            related=clause.span if norm else None,
            related_label=_TEXT_HERE if norm else None,
            subject=clause.id,
        ),
        clauses=(clause.id,),
    )


def of_declaration(  # noqa: PLR0913  a Diagnostic has as many parts
    code: str,
    severity: Severity,
    subject: str,
    says: Words,
    mend: Words,
    span: Span | None,
    *,
    facts: tuple[str, ...] = (),
    clauses: tuple[str, ...] = (),
) -> Finding:
    """A finding about something declared, at its declaration."""
    return Finding(
        Diagnostic(code, severity, Message(*says), span=span, help=Message(*mend), facts=facts, subject=subject),
        clauses=clauses,
    )


def action_name(plan: Plan, norm: Norm) -> str:
    """What the action of a norm is called in the plan."""
    return plan.actions[norm.action].label
