"""Diagnostics -> a SARIF 2.1.0 log, as code hosts and editors show it beside the lines it is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from plan_rules.errors import Diagnostic, Severity, Span

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def to_sarif(diagnostics: Sequence[Diagnostic], version: str, lang: str = "zh") -> dict[str, Any]:
    """One run of the tool at this version; columns count code points, from 1."""
    codes = list(dict.fromkeys(diagnostic.code for diagnostic in diagnostics))
    driver = {"name": "plan-rules", "version": version, "rules": [{"id": code} for code in codes]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code), lang) for diagnostic in diagnostics],
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(diagnostic: Diagnostic, index: int, lang: str) -> dict[str, Any]:
    help_line = f"\n{diagnostic.help.within(lang)}" if diagnostic.help else ""
    result: dict[str, Any] = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVEL[diagnostic.severity],
        "message": {"text": diagnostic.message.within(lang) + help_line},
    }
    if diagnostic.span:
        result["locations"] = [_location(diagnostic.span)]
    if diagnostic.related:
        related = _location(diagnostic.related)
        if diagnostic.related_label:
            related["message"] = {"text": diagnostic.related_label.within(lang)}
        result["relatedLocations"] = [related]
    return result


def _location(span: Span) -> dict[str, Any]:
    region = {
        "startLine": max(span.line, 1),
        "startColumn": max(span.column, 1),
        "endColumn": max(span.column, 1) + max(span.width, 1),
    }
    return {"physicalLocation": {"artifactLocation": {"uri": quote(span.source)}, "region": region}}
