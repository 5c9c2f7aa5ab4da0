"""(Diagnostic, language) -> the JSON object that programs are given."""

from __future__ import annotations

from typing import Any

from plan_rules.errors import Diagnostic


def diagnostic_object(diagnostic: Diagnostic, lang: str) -> dict[str, Any]:
    """One diagnostic; `line` and `column` count from 1 and are null where there is no place."""
    span, related = diagnostic.span, diagnostic.related
    return {
        "code": diagnostic.code,
        "severity": str(diagnostic.severity),
        "message": diagnostic.message.within(lang),
        "facts": list(diagnostic.facts),
        "help": diagnostic.help.within(lang) if diagnostic.help else None,
        "source": span.source if span else None,
        "line": span.line if span else None,
        "column": span.column if span else None,
        "width": span.width if span else None,
        "subject": diagnostic.subject,
        "related": {"source": related.source, "line": related.line, "column": related.column} if related else None,
    }
