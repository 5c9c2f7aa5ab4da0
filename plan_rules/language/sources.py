"""底本: the source document item by item, read from its own file; the yardstick that a plan file must carry whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import NamedTuple, TypeAlias

from pydantic import Field

from plan_rules.errors import Diagnostic
from plan_rules.language.document import parse
from plan_rules.language.fitting import shaped
from plan_rules.language.shape import Shape, Word
from plan_rules.language.tree import Report, Text
from plan_rules.plan import SourceItem, SourceText

Finder: TypeAlias = Callable[[str], bytes | None]  # a bare file name -> what stands in the file

COMPOSED = b'{"composed":'  # how the text of a composed plan begins
_FILE_NAME = re.compile(r"[\w\-]+(\.[\w\-]+)*")


class Part(NamedTuple):
    """One file: its bytes, and its name in messages."""

    text: bytes
    source: str


class SourceHead(Shape):
    """底本: which document this is."""

    id: Word
    name: Word


class ItemShape(Shape):
    """One item (原文) or heading (标题) of the source."""

    id: Word
    wording: Word | None = None
    title: Word | None = None
    scraped: Word | None = None


class SourceShape(Shape):
    """A whole source file."""

    source: SourceHead
    items: list[ItemShape] = Field(min_length=1)


def shipped(name: str) -> bytes | None:
    """A file that comes with the library, from the wheel or from a source checkout; None where there is none."""
    packed = resources.files("plan_rules").joinpath("shipped").joinpath(name)
    if packed.is_file():
        return packed.read_bytes()
    checkout = Path(__file__).resolve().parents[2] / ("examples" if name.startswith("plans/") else "rules") / name
    return checkout.read_bytes() if checkout.is_file() else None


def beside(folder: Path | None) -> Finder:
    """Files of the folder where the plan lies, or else those that come with the library."""

    def find(name: str) -> bytes | None:
        if folder is not None and (folder / name).is_file():
            return (folder / name).read_bytes()
        return shipped(name)

    return find


def read_source(name: Text, find: Finder, report: Report) -> SourceText | None:
    """The source text a plan names."""
    text = find(name) if _FILE_NAME.fullmatch(name) else None
    if text is None:
        report.add(
            "PR067",
            (f"找不到底本“{name}”", f"the source text `{name}` is not to be found"),
            name.span,
            ("把底本文件放在预案文件旁边, 只写文件名", "put the file beside the plan file and write its bare name"),
        )
        return None
    source, found = _read_source(str(name), text)
    report.found.extend(found)
    return source


@lru_cache(maxsize=8)  # it stays as it is while a plan is written beside it
def _read_source(name: str, text: bytes) -> tuple[SourceText | None, tuple[Diagnostic, ...]]:
    report = Report()
    tree = parse(text, name, report)
    shape = shaped(SourceShape, tree, report) if tree is not None else None
    items = _items(shape, report) if shape else {}
    source = SourceText(str(shape.source.id), str(shape.source.name), items, name, text) if shape else None
    return source, tuple(report.found)


def _items(shape: SourceShape, report: Report) -> dict[str, SourceItem]:
    items: dict[str, SourceItem] = {}
    for item in shape.items:
        if item.id in items:
            report.add(
                "PR024",
                (f"底本条目“{item.id}”写了两次", f"source item `{item.id}` is written twice"),
                item.id.span,
                ("改正编号", "mend the id"),
            )
        text = item.wording or item.title or ""
        items[str(item.id)] = SourceItem(
            str(item.id), str(text), str(item.scraped or ""), heading=item.title is not None
        )
    return items
