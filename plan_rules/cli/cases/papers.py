"""`plan-rules case export` and `report`: what leaves the bank, and the draft of the report on an incident."""

from __future__ import annotations

from collections.abc import Sequence

from plan_rules.cases.calendar_export import as_calendar
from plan_rules.cases.export import as_lines, as_page, went_wrong
from plan_rules.cases.report import draft
from plan_rules.cases.story import Story
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import instant, opened
from plan_rules.cli.cases.files import write, write_raw
from plan_rules.cli.cases.looking import told
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.errors import Message
from plan_rules.pages import Page, as_html, as_markdown, as_text

_OFFICE = ("docx", "pdf")
_SHEETS = ("xlsx",)


def export(asked: Asked, case: str, form: str, to: str | None) -> int:
    """The case as JSON Lines, as a page or a sheet, or its deadlines as a calendar file."""
    _known(form, ("jsonl", "html", "ics", *_SHEETS))
    with opened(asked) as cases:
        story = told(cases, case)
        hashes = [entry.digest for entry in cases.audit.entries(case)]
    if form == "ics":
        write(as_calendar([story.case], asked.lang), to)
    elif form in _SHEETS:
        write_raw(_log(story, hashes, asked.lang), to)
    elif form == "html":
        page = as_page(story, asked.lang, hashes)
        write(as_html(page, passes=not went_wrong(story), lang=asked.lang), to)
    else:
        write("\n".join(as_lines(story, hashes)), to)
    return OK


def report(asked: Asked, case: str, form: str, to: str | None) -> int:
    """The draft of the report, as of an instant."""
    _known(form, ("text", "markdown", "html", *_OFFICE))
    with opened(asked) as cases:
        story = told(cases, case)
        at = max(instant(asked, cases), story.case.at)
    page = draft(story, at, asked.lang)
    if form in _OFFICE:
        write_raw(_signed(page, story, form), to)
    elif form == "html":
        write(as_html(page, passes=not went_wrong(story), lang=asked.lang), to)
    else:
        write(as_markdown(page) if form == "markdown" else as_text(page), to)
    return OK


def _signed(page: Page, story: Story, form: str) -> bytes:
    """The report as a letter to be completed and signed."""
    from plan_rules.documents.catalogue import set_as  # noqa: PLC0415  other forms do not need the extra
    from plan_rules.documents.paper import letter  # noqa: PLC0415

    return set_as(letter(page, story.case.plan), form)


def _log(story: Story, hashes: Sequence[str], lang: str) -> bytes:
    from plan_rules.documents.paper import log  # noqa: PLC0415
    from plan_rules.documents.sheet import as_sheets  # noqa: PLC0415

    return as_sheets(log(as_page(story, lang, hashes), story.case.plan))


def _known(form: str, forms: Sequence[str]) -> None:
    if form not in forms:
        message = Message(
            f"没有格式“{form[:20]}”; 可写: {'、'.join(forms)}", f"no format `{form[:20]}`; known: {', '.join(forms)}"
        )
        raise Stop(BAD_INPUT, "usage", message)
