"""HTML -> PDF by WeasyPrint: nothing is fetched, and the same page gives the same bytes."""

from __future__ import annotations

import logging
from typing import Any

from plan_rules.documents.extra import from_documents


def as_pdf(html: str) -> bytes:
    """The page printed.  Raises ExtraMissing or PdfUnavailable."""
    with from_documents():
        import weasyprint  # noqa: PLC0415  loads the libraries that draw
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it warns of what only screens understand
    printed: bytes = weasyprint.HTML(string=html, url_fetcher=_only_data).write_pdf()
    return printed


def _only_data(url: str, *_: Any, **__: Any) -> Any:
    """What the page holds itself; nothing on the network or the disk."""
    import weasyprint  # noqa: PLC0415  it is there: it is calling

    if not url.startswith("data:"):
        raise ValueError(f"不取用 {url[:60]} / refused to fetch {url[:60]}")
    return weasyprint.default_url_fetcher(url)
