"""Text -> numbers that look drawn, the same for the same text everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

Item = TypeVar("Item")


class Draws:
    """Numbers out of SHA-256 of a text and a counter."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._count = 0

    def below(self, end: int) -> int:
        """A number from 0 to before `end`."""
        self._count += 1
        return int.from_bytes(sha256(f"{self._text} {self._count}".encode()).digest()[:8], "big") % end

    def one(self, items: Sequence[Item]) -> Item:
        """One of them."""
        return items[self.below(len(items))]
