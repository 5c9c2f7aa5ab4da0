"""(Document or deck of cards) -> one HTML page that needs nothing else; the same page is printed as PDF."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plan_rules.display_width import visible
from plan_rules.documents.content import MARKS, Blanks, Document, Heading, Paragraph, Points, Signatures, Table
from plan_rules.documents.extra import from_documents

if TYPE_CHECKING:
    from jinja2 import Environment

_KINDS = {
    Heading: "heading",
    Paragraph: "paragraph",
    Points: "points",
    Table: "table",
    Blanks: "blanks",
    Signatures: "signatures",
}


def as_html(document: Document) -> str:
    """The document, screen and print in one."""
    return rendered("document.html", document=document, marks=MARKS)


def rendered(template: str, **content: Any) -> str:
    """A template of this package; everything put into it is escaped."""
    return _environment().get_template(template).render(**content)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    with from_documents():
        from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  only for documents
    environment = Environment(
        loader=PackageLoader("plan_rules.documents"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
    )
    environment.tests["block"] = lambda block, kind: _KINDS[type(block)] == kind
    environment.tests["search"] = lambda words, part: part in words
    environment.filters["css"] = _in_css
    return environment


def _in_css(words: str) -> str:
    """Words within a CSS string: what could end it is written as an escape."""
    return "".join(sign if sign.isalnum() or sign in " .-_" else f"\\{ord(sign):06x}" for sign in words)
