"""Page -> lines for pipes and logs: one entry a line, the section first, no colours and no boxes."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.decision_page import STATUS, Page
from plan_rules.display_width import visible
from plan_rules.entries import Entry, Section


def lines(page: Page, lang: str = "zh") -> Iterator[str]:
    """The page, line by line."""
    zh = lang == "zh"
    if page.case:
        yield f"{'案件' if zh else 'Case'} | {visible(page.case)}"
    else:
        yield f"{'预案' if zh else 'Plan'} | {visible(page.plan)}"
    yield f"{'等级' if zh else 'Tier'} | {visible(page.tier)}"
    for step in page.next_steps:
        yield f"{'下一步' if zh else 'Next'} | {visible(step)}"
    for section in page.sections:
        for entry in section.entries:
            yield visible(" | ".join(_fields(section, entry, zh=zh)))


def _fields(section: Section, entry: Entry, *, zh: bool) -> Iterator[str]:
    yield section.title
    if section.key == "duty":
        yield str(entry.order) if entry.order is not None else ("始终" if zh else "throughout")
        yield STATUS[entry.status][1 if zh else 2]
    yield entry.head
    for label, value in entry.details:
        yield f"{label}: {value}" if label else value
    if entry.clauses:
        yield f"{'依据' if zh else 'clauses'}: {', '.join(entry.clauses)}"
