"""Part: rows of an archive, few enough to be held at once; Source: a file or table that gives its parts in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from plan_rules.errors import Message, ToldError
from plan_rules.fact import Kind

if TYPE_CHECKING:
    import pyarrow as pa

ROW = "#row"  # the column of a part that numbers its rows; no file has a column of this name


class ArchiveUnreadable(ToldError):
    """A file or table of the archive cannot be read as what it should be."""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one source: as an Arrow table, or as the text of a query that DuckDB runs.

    `identity` tells whether they are the rows they were when a result was stored.  `weight` is what the part adds to
    the progress, `malformed` the numbers of rows before it that are no rows of the table.
    """

    source: str
    index: int
    identity: str
    weight: int
    table: pa.Table | None = None
    query: str = ""
    malformed: tuple[int, ...] = ()


class Source(Protocol):
    """One file or table of an archive."""

    @property
    def name(self) -> str:
        """How it is called in reports: as it stands in the archive, without the place of the archive."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns, in order."""

    @property
    def kinds(self) -> Mapping[str, Kind]:
        """The columns that hold values of one kind of fact, and no text."""

    @property
    def weight(self) -> int:
        """What all its parts weigh together, about."""

    def parts(self, columns: tuple[str, ...], rows: int) -> Iterator[Part]:
        """The parts, of at most so many rows, with the columns that are asked for and `ROW`."""


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"


def unreadable(name: str, zh: str, en: str) -> ArchiveUnreadable:
    """The error of one file."""
    return ArchiveUnreadable(Message(f"读不了 {name}: {zh}", f"cannot read {name}: {en}"))
