"""(A mistyped name, the known names) -> the names most likely meant: edits, homophones, English aliases.

An input method offers homophones, so two Chinese names that sound alike are near however different they look.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

_ENOUGH = 0.6
_SHORT = 2  # in a name of two characters one wrong character is half of it
_ENOUGH_SHORT = 0.5
_SOUNDS_ALIKE = 0.95
_MOST = 3


def nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """At most three known names near to `name`, nearest first; empty where none is near."""
    if len(name) > 60:
        return ()
    scored = sorted((-_likeness(name, candidate), candidate) for candidate in dict.fromkeys(known))
    enough = _ENOUGH if len(name) > _SHORT else _ENOUGH_SHORT
    return tuple(candidate for score, candidate in scored[:_MOST] if -score >= enough)


def did_you_mean(name: str, known: Iterable[str]) -> tuple[str, str] | None:
    """The help line (Chinese, English) that offers the nearest names, or None."""
    near = nearest(name, known)
    if not near:
        return None
    return (
        "是不是" + "、".join(f"“{candidate}”" for candidate in near) + "?",
        "did you mean " + ", ".join(f"`{candidate}`" for candidate in near) + "?",
    )


@lru_cache(maxsize=16_384)  # a draft is read again at each key, with the same names mistyped
def _likeness(name: str, candidate: str) -> float:
    if name.casefold() == candidate.casefold():
        return 1.0
    written = SequenceMatcher(None, name.casefold(), candidate.casefold()).ratio()
    if _is_ascii(name) or _is_ascii(candidate):
        return written
    sound = SequenceMatcher(None, _pinyin(name), _pinyin(candidate)).ratio()
    return max(written, sound * _SOUNDS_ALIKE)


def _is_ascii(name: str) -> bool:
    return name.isascii()


@lru_cache(maxsize=4096)
def _pinyin(name: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415  loads a large table; only a mistyped name needs it

    return tuple(lazy_pinyin(name, style=Style.NORMAL))
