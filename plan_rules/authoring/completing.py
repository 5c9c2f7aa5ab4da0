"""(A text that is being written, a place in it) -> what may be written there, and what it takes the place of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.authoring.descriptions import CONDITIONS, KEYS, VALUES
from plan_rules.authoring.grammar import KINDS
from plan_rules.authoring.index import Index, Thing
from plan_rules.authoring.spots import BOUNDS, Spot, phrase_start, unused
from plan_rules.errors import Message
from plan_rules.language.keywords import ENGLISH, KEYWORDS, VALUE_WORDS, canonical, chinese, condition_word, value_word
from plan_rules.language.pieces import Pieces
from plan_rules.language.tree import Fields, Report, Text, Tree

_HERE = "\ue000here"
_AFTER = "\ue000after"
_SEPARATOR = re.compile(r"^\s*(?:-\s+)*|[\[{,]\s*|:\s+")
_WORD = re.compile(r"[^\[\]{},:#]*")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_PAIRS = {"[": "]", "{": "}"}
_ENGLISH_VALUES = {word: english for english, word in VALUE_WORDS.items()}
_OF_TYPE = {
    "是否": ("是", "否"),
    "选项": ("不是",),
    "等次": (*BOUNDS, "不是"),
    "整数": BOUNDS,
    "日期": ("有", "无"),
    "时刻": ("有", "无"),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that may be written.

    `sort` is key, name or word; `text` what is written, `label` what is shown, `detail` says what it is, and `also` are
    other words by which it may be found: its id, its keyword in the other language, how it is spoken.
    """

    sort: str
    label: str
    text: str
    detail: Message
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Completion:
    """What may be written instead of the characters from `column` (from 1) to the place that was asked about."""

    column: int
    proposals: tuple[Proposal, ...]


def completion(text: str, line: int, column: int, pieces: Pieces | None = None) -> Completion:
    """What may be written at a place; nothing where the text around it cannot be read."""
    lines = text.split("\n")
    before, after = lines[line - 1][: column - 1], lines[line - 1][column - 1 :]
    start = max(found.end() for found in _SEPARATOR.finditer(before) if found.end() <= len(before))
    start += phrase_start(before[start:])
    word = _WORD.match(after)
    rest = after[word.end() if word else 0 :]
    rest = " " + rest if rest.startswith("#") else rest
    pieces = pieces or Pieces()
    for read in (pieces.sound, lambda text, source: pieces(text, source, Report())):  # another line may have an error
        for written in _tries(before[:start], rest):
            lines[line - 1] = written
            tree = read("\n".join(lines), "plan")
            index = Index.of(tree) if tree is not None else None
            spot = next((spot for spot in index.spots if spot.text == _HERE), None) if index else None
            if index is not None and spot is not None:
                follows = rest.startswith(":")
                english = before[start:].isascii() and before[start:] != ""
                found = dict.fromkeys(_proposals(index, spot, english=english, colon="" if follows else ": "))
                return Completion(start + 1, tuple(found))
    return Completion(column, ())


def _tries(before: str, after: str) -> Iterator[str]:
    """The line with a word in the place asked about, in each of the ways in which it may be meant."""
    bare = _QUOTED.sub("", before)
    opened: list[str] = []
    for character in bare:
        if character in _PAIRS:
            opened.append(_PAIRS[character])
        elif opened and character == opened[-1]:
            opened.pop()
    closing = "".join(reversed(opened))
    yield before + _HERE + after
    if not after.startswith(":"):
        yield f"{before}{_HERE}: {_AFTER}{after}"
    if closing:
        yield before + _HERE + closing
        yield f"{before}{_HERE}: {_AFTER}{closing}"


# --------------------------------------------------------------------------- what may stand in a spot


def _proposals(index: Index, spot: Spot, *, english: bool, colon: str) -> Iterator[Proposal]:
    if spot.role == "key" and spot.shape is not None:
        for keyword in unused(spot.shape, spot.beside if spot.beside is not None else Fields()):
            yield _key(keyword, english, colon)
        return
    if spot.beside is not None:  # the key of a condition
        taken = {condition_word(key) or str(key) for key in spot.beside}
        yield from (
            _thing(thing, colon) for kind in spot.kinds for thing in index.named(kind) if thing.name not in taken
        )
        yield from (_condition(word, english, colon) for word in CONDITIONS if word not in taken)
        return
    for kind in spot.kinds:
        within = str(spot.within) if spot.within is not None and kind in ("value", "option") else None
        yield from (_thing(thing, "") for thing in index.named(kind, within) if thing.name not in (_HERE, _AFTER))
    yield from (_word(word, english) for word in (*spot.words, *_words_for(index, spot)))


def _words_for(index: Index, spot: Spot) -> tuple[str, ...]:
    """The words of the language that a value may be or begin with."""
    if "tier" in spot.kinds:
        return BOUNDS
    if "value" not in spot.kinds or spot.within is None:
        return ()
    fact = index.thing("fact", str(spot.within))
    if fact is None:
        return ("是", "否") if index.thing("situation", str(spot.within)) else ()
    record = index.record(fact)
    told = next((value for key, value in _entries(record) if canonical(key) == "type"), "")
    return _OF_TYPE.get(value_word(str(told)), ())


def _entries(tree: Tree | None) -> Iterator[tuple[Text, Tree]]:
    yield from tree.items() if isinstance(tree, Fields) else ()


def _key(keyword: str, english: bool, colon: str) -> Proposal:
    label, other = (keyword, chinese(keyword)) if english else (chinese(keyword), keyword)
    return Proposal("key", label, label + colon, KEYS.get(keyword, Message("", "")), (other,))


def _condition(word: str, english: bool, colon: str) -> Proposal:
    zh = {"reading": "解释", "tier": "等级", "unless": "除非"}.get(word) or ENGLISH[word]
    label, other = (word, zh) if english else (zh, word)
    return Proposal("key", label, label + colon, CONDITIONS[word], (other,))


def _word(word: str, english: bool) -> Proposal:
    zh = chinese(word) if word in ENGLISH else word
    keyword = KEYWORDS.get(zh)
    detail = VALUES.get(zh) or (KEYS[keyword] if keyword else Message("", ""))
    other = _ENGLISH_VALUES.get(zh) or keyword or zh
    label = other if english else zh
    space = " " if zh in (*BOUNDS, "不是", "早于") else ""
    return Proposal("word", label, label + space, detail, (zh if english else other,))


def _thing(thing: Thing, colon: str) -> Proposal:
    zh, en = KINDS[thing.kind]
    told = Message(f"{zh} {thing.id}" if thing.id != thing.name else zh, f"{en} {thing.id}")
    also = (str(thing.id),) if thing.id != thing.name else ()
    return Proposal("name", str(thing.name), str(thing.name) + colon, told, (*also, *_spoken(str(thing.name))))


def _spoken(name: str) -> tuple[str, ...]:
    """A Chinese name by the first letters of how it is spoken, as an input method takes it."""
    if name.isascii():
        return ()
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  loads a large table

    return ("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)),)
