"""`plan-rules check`: a plan file -> every defect in it, as text, JSON or SARIF."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules import loading
from plan_rules.cli import output
from plan_rules.cli.inputs import day_of, plan_sources, readable
from plan_rules.cli.stop import DEFECTS, OK, as_json
from plan_rules.cli.version import version
from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.diagnostic_text import render, summary
from plan_rules.errors import Diagnostic, Severity
from plan_rules.sarif import to_sarif


def run(path: str | None, *, form: str, lang: str, overlays: Sequence[str] = (), day: str | None = None) -> int:
    """Check one plan file and the overlays over it; 0 when there are no errors, 1 when there are."""
    readable(path, overlays)
    diagnostics = loading.check(path, overlays=overlays, at=day_of(day) if overlays else None)
    name = path or "plan.yaml"
    if form == "json":
        found = [diagnostic_object(diagnostic, lang) for diagnostic in diagnostics]
        output.say([as_json({"source": name, "usable": not _errors(diagnostics), "diagnostics": found})])
    elif form == "sarif":
        output.say([as_json(to_sarif(diagnostics, version(), lang))])
    else:
        page = render(diagnostics, plan_sources(path, overlays), lang)
        text = "\n".join([*([page, ""] if page else []), summary(diagnostics, name, lang)])
        if output.to_terminal():
            from plan_rules.cli.drawn import draw_defects  # noqa: PLC0415  loads rich, which a pipe does not need

            draw_defects(text, output.console())
        else:
            output.say([text])
    return DEFECTS if _errors(diagnostics) else OK


def _errors(diagnostics: Sequence[Diagnostic]) -> bool:
    return any(diagnostic.severity is Severity.ERROR for diagnostic in diagnostics)
