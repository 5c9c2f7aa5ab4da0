"""Imports of the extra `documents` -> the modules, or an error that says what line, or what library, is missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from plan_rules.cases.extra import ExtraMissing
from plan_rules.errors import Message, ToldError


class PdfUnavailable(ToldError):
    """WeasyPrint is installed, and the libraries of the system that it draws with are not."""


@contextmanager
def from_documents() -> Iterator[None]:
    """Put around imports of what the extra installs.  Raises ExtraMissing, and PdfUnavailable for system libraries."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise ExtraMissing((missing.name or "").partition(".")[0], "documents") from missing
    except OSError as missing:  # WeasyPrint finds its libraries while it is imported
        raise PdfUnavailable(
            Message(
                f"PDF 需要系统的 Pango 库(Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0): {missing}; "
                "也可改写 --format html, 在浏览器里打印",
                f"PDF needs the system's Pango (Debian: apt-get install libpango-1.0-0 libpangoft2-1.0-0): {missing}; "
                "or write `--format html` and print it in a browser",
            )
        ) from missing
