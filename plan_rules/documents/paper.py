"""Page (a report, an export, findings) -> a Document, so that it can be printed, edited in Word and signed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plan_rules.documents.content import Block, Document, Heading, Origin, Paragraph, Points, Stamp, Text, table
from plan_rules.pages import Page


def paper(key: str, page: Page, stamp: Stamp, after: Iterable[Block] = ()) -> Document:
    """The page block by block, then what is to be filled in."""
    return Document(key, page.title, stamp, (*_blocks(page), *after))


def _blocks(page: Page) -> Iterator[Block]:
    yield Paragraph(Text(page.summary, Origin.STATED, strong=True))
    if page.about:
        yield table("基本情况", (("", 20), ("", 80)), page.about)
    for section in page.sections:
        yield Heading(section.title, 1)
        yield Points(
            tuple(
                (Text(item.head, Origin.STATED, strong=True), *(Text(each, Origin.STATED) for each in item.details))
                for item in section.items
            )
        )
