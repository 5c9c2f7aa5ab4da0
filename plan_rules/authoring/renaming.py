"""(Index, a word in it, another name) -> every place that must change with it, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass

from plan_rules.authoring.grammar import KINDS
from plan_rules.authoring.index import Index, Thing, plain_name
from plan_rules.authoring.spots import Spot
from plan_rules.errors import Message, Span, ToldError
from plan_rules.language.tree import Text

_TOGETHER = (("fact", "situation"), ("role", "group", "party"))  # kinds whose names stand in the same places
_IDS = ("clause", "section", "reading", "option", "presumption", "combination", "notice", "remark", "invariant")


class CannotRename(ToldError):
    """The word is no name, or cannot have the one asked for."""


@dataclass(frozen=True, slots=True)
class Renaming:
    """The word that is renamed, and each place where it is written: the characters to replace, without quotes."""

    thing: Thing
    word: str
    places: tuple[Span, ...]


def renaming(index: Index, spot: Spot, text: str) -> Renaming:
    """What renaming the word at a spot of a text would change.

    Raises CannotRename where it is an id or no name, and where the text does not have it, letter by letter, at a place.
    """
    thing = index.meant(spot)
    if thing is None:
        raise CannotRename(Message("这里不是名称, 不能改名", "this is no name"))
    if thing.kind in _IDS or spot.text == thing.id != thing.name or (spot.role == "id" and spot.text == thing.id):
        raise CannotRename(
            Message("编号发布后不得改名; 要改就在文件里逐处改", "an id is never renamed; change it by hand if you must")
        )
    places = tuple(inner(other.text) for other in index.places(thing) if other.text == spot.text)
    lines = text.split("\n")
    if not all(lines[at.line - 1][at.column - 1 :].startswith(spot.text) for at in places):
        raise CannotRename(
            Message(
                "这个名称有的地方分成几行、用了转义, 或那一行有语法错误; 先改好那里",
                "somewhere the name is broken over lines or escaped, or its line has an error; mend that first",
            )
        )
    return Renaming(thing, str(spot.text), places)


def check_name(index: Index, what: Renaming, name: str) -> None:
    """Raises CannotRename where the name cannot be written plainly, or is another thing's already."""
    if not plain_name(name):
        raise CannotRename(
            Message(
                f"“{name}”不能直接用作名称: 不用冒号、逗号、括号、引号", f"`{name}` cannot be a name without quotes"
            )
        )
    kinds = next((kinds for kinds in _TOGETHER if what.thing.kind in kinds), (what.thing.kind,))
    for kind in kinds:
        other = index.thing(kind, name, what.thing.within)
        if other is not None and other != what.thing:
            zh, en = KINDS[kind]
            raise CannotRename(Message(f"已经有叫“{name}”的{zh}", f"there is a {en} named `{name}` already"))


def inner(text: Text) -> Span:
    """Where the characters of a text stand, within its quotes."""
    span = text.span
    quoted = not text.plain and span.width == len(text) + 2
    return Span(span.source, span.line, span.column + (1 if quoted else 0), len(text))
