"""Text -> the columns it takes in a terminal, where a full-width character takes two and a combining one none.

Characters that no terminal shows as themselves (tabs, controls, invisible and direction marks) are written out, so
that a person can see them and whatever is drawn below them stays aligned.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

TAB = "    "


@lru_cache(maxsize=4096)
def shown(character: str) -> str:
    """How one character is shown: itself, spaces for a tab, or its code point such as `<U+200B>`."""
    if character == "\t":
        return TAB
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
        return f"<U+{ord(character):04X}>"
    return character


@lru_cache(maxsize=4096)
def _width_of(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me") or unicodedata.combining(character):
        return 0
    # Of ambiguous width (A) are quotation marks and the like: terminals of today give them one column.
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def visible(text: str) -> str:
    """The text with nothing hidden in it: safe to print, one line if it was one."""
    return "".join(shown(character) for character in text)


def width(text: str) -> int:
    """Columns of the text as `visible` shows it."""
    return sum(_width_of(piece) for character in text for piece in shown(character))


def pad(text: str, columns: int) -> str:
    """The text filled with spaces to so many columns."""
    return text + " " * max(0, columns - width(text))
