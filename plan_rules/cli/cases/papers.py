"""`plan-rules case export` and `report`: what leaves the bank, and the draft of the report on an incident."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules.cases.calendar_export import as_calendar
from plan_rules.cases.export import as_lines, as_page, went_wrong
from plan_rules.cases.report import draft
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import instant, opened
from plan_rules.cli.cases.files import write
from plan_rules.cli.cases.looking import told
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.errors import Message
from plan_rules.pages import as_html, as_markdown, as_text


def export(asked: Asked, case: str, form: str, to: str | None) -> int:
    """The case as JSON Lines, as a page, or its deadlines as a calendar file."""
    _known(form, ("jsonl", "html", "ics"))
    with opened(asked) as cases:
        story = told(cases, case)
        hashes = [entry.digest for entry in cases.audit.entries(case)]
    if form == "ics":
        write(as_calendar([story.case], asked.lang), to)
    elif form == "html":
        page = as_page(story, asked.lang, hashes)
        write(as_html(page, passes=not went_wrong(story), lang=asked.lang), to)
    else:
        write("\n".join(as_lines(story, hashes)), to)
    return OK


def report(asked: Asked, case: str, form: str, to: str | None) -> int:
    """The draft of the report, as of an instant."""
    _known(form, ("text", "markdown", "html"))
    with opened(asked) as cases:
        story = told(cases, case)
        at = max(instant(asked, cases), story.case.at)
    page = draft(story, at, asked.lang)
    if form == "html":
        write(as_html(page, passes=not went_wrong(story), lang=asked.lang), to)
    else:
        write(as_markdown(page) if form == "markdown" else as_text(page), to)
    return OK


def _known(form: str, forms: Sequence[str]) -> None:
    if form not in forms:
        message = Message(
            f"没有格式“{form[:20]}”; 可写: {'、'.join(forms)}", f"no format `{form[:20]}`; known: {', '.join(forms)}"
        )
        raise Stop(BAD_INPUT, "usage", message)
