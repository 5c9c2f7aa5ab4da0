"""Document: what a paper says, block by block, each text with where it comes from; nothing of how it is set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from plan_rules.plan import Clause, Plan


class Origin(StrEnum):
    """Where a text comes from.  What is not the plan's own is marked wherever it is set."""

    SOURCE = "source"  # the plan's text, or the plan's own name for something
    RULE = "rule"  # said by the rules of the plan file, in the plan's own names
    READING = "reading"
    PRESUMPTION = "presumption"
    NOTICE = "notice"
    REMARK = "remark"
    INFERRED = "inferred"  # a part of a rule that the source text leaves out
    PARAMETER = "parameter"  # of how cases are kept
    TEMPLATE = "template"  # wording of the bank's forms
    LAYER = "layer"  # of what is laid over the plan: regulation, or rules of the bank
    STATED = "stated"  # facts that somebody stated, scenarios, and what was decided on them


MARKS = {
    Origin.READING: "解释",
    Origin.PRESUMPTION: "推定",
    Origin.NOTICE: "提示",
    Origin.REMARK: "备注",
    Origin.INFERRED: "推断",
    Origin.PARAMETER: "我行参数",
    Origin.TEMPLATE: "模板用语",
    Origin.LAYER: "叠加的规定",
}


@dataclass(frozen=True, slots=True)
class Text:
    """Some words, where they come from, and whether they are to be seen first."""

    words: str
    origin: Origin = Origin.RULE
    strong: bool = False

    @property
    def mark(self) -> str:
        """The word that says that this is not the plan's text; empty for what is."""
        return MARKS.get(self.origin, "")


Cell: TypeAlias = tuple[Text, ...]  # one paragraph each


class Tone(StrEnum):
    """What a row of a table is shown as, by colour and by a sign."""

    PLAIN = ""
    EMPTY = "empty"  # something is missing
    HEED = "heed"  # somebody should look


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: a cell a column."""

    cells: tuple[Cell, ...]
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; `share` is its part of the width, against those of the others."""

    title: str
    share: int = 10


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings.  `title` is also the name of its sheet; it may be empty."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: level 1 is a part, level 2 a part of that."""

    words: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph."""

    text: Text


@dataclass(frozen=True, slots=True)
class Points:
    """A list; the first text of each cell is the point, the others what there is to say of it."""

    items: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Blanks:
    """Lines to be filled in by hand: a label, and how many lines."""

    labels: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Places to sign: who, with a date each."""

    roles: tuple[str, ...]


Block: TypeAlias = Heading | Paragraph | Points | Table | Blanks | Signatures


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which plan a paper is about: in the footer of every page."""

    name: str
    version: str
    digest: str

    @property
    def short(self) -> str:
        """The digest in as many characters as people compare."""
        return self.digest.removeprefix("sha256:")[:12]


def stamp(plan: Plan) -> Stamp:
    """The stamp of a plan."""
    return Stamp(plan.name, plan.version, plan.digest)


@dataclass(frozen=True, slots=True)
class Document:
    """A paper.  `key` names its kind; `landscape` is for wide tables."""

    key: str
    title: str
    stamp: Stamp
    blocks: tuple[Block, ...]
    subtitle: str = ""
    landscape: bool = False

    def texts(self) -> Iterator[Text]:
        """Every text in it, in order; headings and labels of the form are not texts."""
        for block in self.blocks:
            match block:
                case Paragraph(text):
                    yield text
                case Points(items):
                    yield from (text for cell in items for text in cell)
                case Table():
                    yield from (text for row in block.rows for cell in row.cells for text in cell)
                case Heading() | Blanks() | Signatures():
                    pass

    def origins(self) -> tuple[Origin, ...]:
        """The kinds of text in it that are marked, for its legend."""
        found = {text.origin for text in self.texts()}
        return tuple(origin for origin in MARKS if origin in found)


def text_origin(clause: Clause) -> Origin:
    """Where the text of a clause comes from: the plan, or what is laid over it."""
    return Origin.LAYER if clause.layer else Origin.SOURCE


def cell(*texts: Text | str) -> Cell:
    """A cell of some paragraphs."""
    return tuple(text if isinstance(text, Text) else Text(text) for text in texts if not isinstance(text, str) or text)


def table(title: str, columns: Iterable[tuple[str, int]], rows: Iterable[Row | tuple[Cell | str, ...]]) -> Table:
    """A table of (heading, share) pairs and rows, whose cells may be plain words."""
    return Table(
        title,
        tuple(Column(*column) for column in columns),
        tuple(
            row if isinstance(row, Row) else Row(tuple(cell(each) if isinstance(each, str) else each for each in row))
            for row in rows
        ),
    )


def blank() -> Cell:
    """A cell to be filled in."""
    return ()
