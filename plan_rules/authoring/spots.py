"""The tree of a plan file -> its Spots: each word with what it is there: a key, a name declared, a name used, a value.

A tree may have any defect: what fits no slot is a spot of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.authoring.grammar import DECLARES, NAMED_BY, Slot, keys, slot
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.keywords import CONDITION_WORDS, VALUE_WORDS, canonical, condition_word, value_word
from plan_rules.language.ranges import part
from plan_rules.language.shape import OptionShape, Shape
from plan_rules.language.tree import Fields, Items, Text, Tree

BOUNDS = ("至少", "至多", "超过", "不足")
_PHRASE = (*BOUNDS, "不是", "早于")
_BEGINS = re.compile(
    "(?:"
    + "|".join([*_PHRASE, *(english + r"\b" for english, word in VALUE_WORDS.items() if word in _PHRASE)])
    + r")\s*"
)
_JOINT = re.compile(r"\s*且\s*|\s+and\s+")
_CHOOSING = ("any", "all", "in_order", "first_contact")


@dataclass(frozen=True, slots=True)
class Spot:
    """One word of the file and what it is there.

    `role` is key, name (declared), id (declared), use (of a name or an id), choice or text.  `kinds` are those that a
    name may be of, `words` the words of the language that may stand there instead, `shape` the part whose key it is,
    `beside` the mapping in which a key stands.  `within` is the fact whose value, or the reading whose option, it is;
    `of` the first word of the declaration that a declared id belongs to.
    """

    text: Text
    role: str
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shape: type[Shape] | None = None
    beside: Fields | None = None
    within: str | None = None
    of: Text | None = None


def spots(tree: Tree) -> Iterator[Spot]:
    """Every word of a plan file that the grammar knows a place for, in the order of the text."""
    yield from _record(tree, DocumentShape, None)


def named(shape: type[Shape], keyword: str) -> str | None:
    """The kind of thing that this field of a record names."""
    field, kind = NAMED_BY.get(shape.__name__, ("", ""))
    return kind if field == keyword else None


def _record(tree: Tree, shape: type[Shape], of: tuple[str, Text] | None) -> Iterator[Spot]:
    if isinstance(tree, Items):
        for item in tree:
            yield from _record(item, shape, of)
    elif isinstance(tree, Text):
        yield Spot(tree, "key", shape=shape, beside=Fields())
    else:
        for key, value in tree.items():
            yield Spot(key, "key", shape=shape, beside=tree)
            keyword = canonical(key)
            found = slot(shape, keyword)
            if found is not None:
                yield from _value(value, found, shape, keyword, of)


def _value(tree: Tree, found: Slot, shape: type[Shape], keyword: str, of: tuple[str, Text] | None) -> Iterator[Spot]:
    kind = named(shape, keyword)
    if isinstance(tree, Text) and kind is not None:
        yield Spot(tree, "name", (kind,))
    elif isinstance(tree, Text) and keyword == "id" and of is not None and not found.kinds:
        yield Spot(tree, "id", (of[0],), of=of[1])
    elif keyword == "also_called" and of is not None:
        yield from (Spot(word, "id", (of[0],), of=of[1]) for word in _words(tree))
    elif found.shape is not None and found.form == "table":
        yield from _table(tree, found.shape, keyword)
    elif found.shape is not None:
        yield from _record(tree, found.shape, None)
    else:
        yield from _filled(tree, found, keyword, of[1] if of else None)


def _filled(tree: Tree, found: Slot, keyword: str, owner: Text | None) -> Iterator[Spot]:
    match found.form:
        case "names" | "choice" | "step" | "mandatory":
            return _names(tree, found)
        case "condition" | "fills":
            return _condition(tree)
        case "shown":
            return iter([Spot(tree, "use", found.kinds)]) if isinstance(tree, Text) else _condition(tree)
        case "bearers":
            return _bearers(tree, found)
        case "under":
            return _under(tree)
        case "approvals":
            return _approvals(tree, found)
        case "limit":
            return _limit(tree, found)
        case "table of condition" | "table of text":
            return _plain_table(tree, found, DECLARES[keyword])
        case _:
            return _within(tree, found, owner)


def _within(tree: Tree, found: Slot, owner: Text | None) -> Iterator[Spot]:
    match found.form:
        case "bounded":
            return _phrases(tree, ("tier",), None)
        case "value":
            return _phrases(tree, ("value",), owner, found.words)
        case "values" | "options":
            return _declared_within(tree, found.form.removesuffix("s"), owner)
        case "chosen":
            return (Spot(word, "use", ("option",), within=owner) for word in _words(tree))
        case "reminders":
            return (Spot(key, "choice", words=found.words) for key in (tree if isinstance(tree, Fields) else ()))
        case "anything":
            return (Spot(word, "use", found.kinds) for word in _words(tree))
        case _:
            return (Spot(word, "text") for word in _words(tree))


def _table(tree: Tree, shape: type[Shape], keyword: str) -> Iterator[Spot]:
    kind = DECLARES.get(keyword)
    if not isinstance(tree, Fields):
        return
    for name, record in tree.items():
        yield Spot(name, "name" if kind else "text", (kind,) if kind else ())
        yield from _record(record, shape, (kind, name) if kind else None)


def _plain_table(tree: Tree, found: Slot, kind: str) -> Iterator[Spot]:
    if not isinstance(tree, Fields):
        return
    for name, value in tree.items():
        yield Spot(name, "name", (kind,))
        yield from _condition(value) if found.kinds else (Spot(word, "text") for word in _words(value))


def _names(tree: Tree, found: Slot) -> Iterator[Spot]:
    for word in _words(tree):
        if found.form == "step":
            yield Spot(_part(word, 0, word.rfind("-") if "-" in word else None), "use", found.kinds)
        elif found.form == "choice" or (not found.kinds) or value_word(word) in found.words:
            yield Spot(word, "choice", found.kinds, words=found.words)
        else:
            yield Spot(word, "use", found.kinds, words=found.words)


def _bearers(tree: Tree, found: Slot) -> Iterator[Spot]:
    for item in tree if isinstance(tree, Items) else [tree]:
        if isinstance(item, Text):
            yield Spot(item, "use", found.kinds)
        elif isinstance(item, Fields):
            for key, value in item.items():
                yield Spot(key, "choice", words=_CHOOSING)
                yield from (Spot(word, "use", ("role",)) for word in _words(value))


def _approvals(tree: Tree, found: Slot) -> Iterator[Spot]:
    if isinstance(tree, Text):
        yield Spot(tree, "use", found.kinds)
    for key, shown in tree.items() if isinstance(tree, Fields) else ():
        if canonical(key) in ("any", "all"):
            yield Spot(key, "choice", found.kinds, words=("any", "all"))
            yield from _approvals(shown, found)
        else:
            yield Spot(key, "use", found.kinds, words=("any", "all"))
            yield from iter([Spot(shown, "use", ("fact",))]) if isinstance(shown, Text) else _condition(shown)


def _limit(tree: Tree, found: Slot) -> Iterator[Spot]:
    if isinstance(tree, Text):
        yield Spot(tree, "choice", words=found.words)
    elif isinstance(tree, Fields):
        for way, limits in tree.items():
            yield Spot(way, "choice", words=("by_tier", "by_bearer"))
            kinds = ("tier",) if canonical(way) == "by_tier" else ("role", "group")
            for key, limit in limits.items() if isinstance(limits, Fields) else ():
                yield Spot(key, "use" if canonical(key) != "otherwise" else "choice", kinds, words=("otherwise",))
                yield from (Spot(word, "choice", words=found.words) for word in _words(limit))


def _declared_within(tree: Tree, kind: str, owner: Text | None) -> Iterator[Spot]:
    if not isinstance(tree, Fields):
        return
    for key, value in tree.items():
        yield Spot(key, "name", (kind,), within=owner)
        if kind == "value":
            yield from (Spot(word, "id", (kind,), within=owner, of=key) for word in _words(value))
        elif isinstance(value, Fields):
            yield from _record(value, OptionShape, None)


# --------------------------------------------------------------------------- conditions


def _condition(tree: Tree) -> Iterator[Spot]:
    if isinstance(tree, Text):
        yield Spot(tree, "use", ("situation",), words=("总是",))
    elif isinstance(tree, Items):
        for item in tree:
            yield from _condition(item)
    else:
        for key, value in tree.items():
            yield from _entry(key, value, tree)


def _entry(key: Text, value: Tree, beside: Fields) -> Iterator[Spot]:
    word = condition_word(key)
    kinds = ("fact", "situation")
    yield Spot(key, "use" if word is None else "choice", kinds, words=tuple(CONDITION_WORDS), beside=beside)
    match word:
        case "all" | "any" | "unless":
            yield from _condition(value)
        case "tier":
            yield from _phrases(value, ("tier",), None)
        case "reading":
            yield from _under(value)
        case _:
            yield from _phrases(value, ("value",), key)


def _under(tree: Tree) -> Iterator[Spot]:
    if isinstance(tree, Text):
        yield Spot(tree, "use", ("reading",))
    elif isinstance(tree, Fields):
        for key, value in tree.items():
            yield Spot(key, "use", ("reading",))
            yield from (Spot(word, "use", ("option",), within=key) for word in _words(value))


def _phrases(tree: Tree, kinds: tuple[str, ...], within: Text | None, words: tuple[str, ...] = ()) -> Iterator[Spot]:
    """The names in values such as `至少 二级 且不足 四级`."""
    for text in _words(tree):
        start = 0
        for end in (*(joint.start() for joint in _JOINT.finditer(text)), len(text)):
            piece = _part(text, start, end)
            begins = _BEGINS.match(piece)
            at = begins.end() if begins else 0
            compared = begins is not None and piece.startswith(("早于", "earlier"))
            told = ("fact",) if compared else kinds
            yield Spot(_part(piece, at), "use", told, words=words, within=None if compared else within)
            joint = _JOINT.match(text, end)
            start = joint.end() if joint else end


def _part(whole: Text, start: int, end: int | None = None) -> Text:
    """A part of a text at its own place; at that of the whole, where that runs over several lines or is escaped."""
    if whole.span.width in (len(whole), len(whole) + 2):
        return part(whole, start, end)
    return Text(str(whole)[start:end], whole.span, plain=whole.plain)


def _words(tree: Tree) -> Iterator[Text]:
    """The texts of a value: itself, or those of a list."""
    if isinstance(tree, Text):
        yield tree
    elif isinstance(tree, Items):
        for item in tree:
            yield from _words(item)


def phrase_start(written: str) -> int:
    """How many characters of a value are words such as `至少`, before the name that follows them."""
    start = max((joint.end() for joint in _JOINT.finditer(written)), default=0)
    begins = _BEGINS.match(written, start)
    return begins.end() if begins else start


def unused(shape: type[Shape], beside: Fields) -> tuple[str, ...]:
    """The keywords that a part of the file may have besides those it has."""
    taken = {canonical(key) for key in beside}
    return tuple(keyword for keyword in keys(shape) if keyword not in taken)
