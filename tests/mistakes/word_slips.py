"""Slips in words: characters left out or swapped, alike to the ear or to the eye, in names, values, keywords, wording."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.mistakes.draft import WORDS, Draft, Slip
from tests.mistakes.misspellings import LOOKS_LIKE, SOUNDS_LIKE, misspelt, mistyped
from tests.mistakes.places import Place

Spoiler = Callable[[str], list[str]]


def typos(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """Characters left out, doubled, swapped."""
    yield from _misspelt(draft, "错字", mistyped)
    yield from _misspelt(draft, "错字", lambda word: misspelt(word, LOOKS_LIKE))
    yield from _wording(draft)


def homophones(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """Characters that an input method offers for the same sound."""
    yield from _misspelt(draft, "同音字", lambda word: misspelt(word, SOUNDS_LIKE))


def _misspelt(draft: Draft, kind: str, spoil: Spoiler) -> Iterator[tuple[str, Slip]]:
    for number, place in enumerate(draft.places):
        sort = _sort(draft, place)
        if sort == "声明" and draft.uses[place.word] == 1:
            continue  # no rule uses it: as good a name as the other
        wrong = [word for word in spoil(place.word) if word not in draft.names] if sort else []
        if sort and wrong:
            word = wrong[(number * 7) % len(wrong)]
            yield sort, draft.slip(kind, f"{place.word} → {word}", draft.instead(place, word), [place.word])


def _sort(draft: Draft, place: Place) -> str | None:
    """What kind of word stands there; None for one of the reader's own sentences."""
    if place.word not in draft.names or place.word.isascii():
        return None
    if place.is_key and place.word in WORDS:
        return "关键字"
    if place.prose:
        return None
    if place.is_key and len(place.path) == 1 and place.within in ("角色", "事实", "动作", "等级", "原则", "情形"):
        return "声明"
    return "用词" if place.word in WORDS else "名称"


def _wording(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A character wrong in the words quoted, where there is a source to hold them to."""
    for number, place in enumerate(draft.places):
        if draft.plan.source is None or place.key not in ("原文", "扫描文") or place.is_key:
            continue
        wrong = misspelt(place.word, LOOKS_LIKE) or mistyped(place.word)
        if wrong:
            word = wrong[(number * 5) % len(wrong)]
            at = [place.line, *(line for line in draft.entry(place.line) if line < place.line)]
            yield "原文", draft.slip("错字", f"{place.word} → {word}", draft.instead(place, word), [place.word], at=at)
