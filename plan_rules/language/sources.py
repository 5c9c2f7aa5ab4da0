"""底本: the source document item by item, read from its own file; the yardstick that a plan file must carry whole."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import TypeAlias

from pydantic import Field

from plan_rules.language.document import parse
from plan_rules.language.fitting import shaped
from plan_rules.language.shape import Shape, Word
from plan_rules.language.tree import Report, Text
from plan_rules.plan import SourceItem, SourceText

Finder: TypeAlias = Callable[[str], bytes | None]  # a bare file name -> what stands in the file

_FILE_NAME = re.compile(r"[\w\-]+(\.[\w\-]+)*")


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
    found = Report()
    tree = parse(text, str(name), found)
    shape = shaped(SourceShape, tree, found) if tree is not None else None
    report.found.extend(found.found)
    return (
        SourceText(str(shape.source.id), str(shape.source.name), _items(shape, report), str(name), text)
        if shape
        else None
    )


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
