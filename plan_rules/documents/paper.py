"""Page (a report, the timeline of a case) -> a Document, so that it can be printed, edited in Word and signed."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.documents.content import (
    Block,
    Document,
    Heading,
    Origin,
    Paragraph,
    Points,
    Signatures,
    Text,
    cell,
    stamp,
    table,
)
from plan_rules.pages import Page, Section
from plan_rules.plan import Plan


def letter(page: Page, plan: Plan) -> Document:
    """A report on an incident, to be completed and signed (发起行报送稿)."""
    return Document("report", page.title, stamp(plan), (*_begin(page), *_sections(page), Signatures(_SIGNED)))


def log(page: Page, plan: Plan) -> Document:
    """The timeline of a case as a table (处置留痕日志)."""
    rows = (
        (str(number), cell(Text(item.head, Origin.STATED, strong=True)), _said(item.details))
        for section in page.sections
        for number, item in enumerate(section.items, 1)
    )
    columns = (("序", 5), ("事件", 35), ("决定、改变、登记", 60))
    return Document("log", page.title, stamp(plan), (*_begin(page), table("处置留痕日志", columns, rows)))


def points(section: Section) -> tuple[Block, ...]:
    """A section of a page."""
    items = tuple((Text(item.head, Origin.STATED, strong=True), *_said(item.details)) for item in section.items)
    return (Heading(section.title, 1), Points(items))


_SIGNED = ("编写", "审核", "签发")


def _begin(page: Page) -> Iterator[Block]:
    yield Paragraph(Text(page.summary, Origin.STATED, strong=True))
    if page.about:
        yield table("基本情况", (("项目", 20), ("内容", 80)), page.about)


def _sections(page: Page) -> Iterator[Block]:
    for section in page.sections:
        yield from points(section)


def _said(details: tuple[str, ...]) -> tuple[Text, ...]:
    return tuple(Text(each, Origin.STATED) for each in details)
