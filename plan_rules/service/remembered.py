"""(What was asked, in bytes) -> what was answered: to the same bytes a plan gives the same answer, worked out once.

Systems ask of one incident again and again, as whenever its page is opened.  What is kept is in memory only, the latest
so many, and nothing of a plan that is no longer served.
"""

from __future__ import annotations

from collections import OrderedDict

_LONGEST = 4096  # bytes of a question that is kept

Key = tuple[str, int, bytes]  # what kind of question, of which state of the shelf, in which bytes
Kept = tuple[bytes, str]  # the answer, and the digest of the plan that made it


class Remembered:
    """The latest answers, at most so many."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[Key, Kept] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def of(self, key: Key) -> Kept | None:
        """What was answered; None where it was not asked, or is no longer known."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def keep(self, key: Key, answer: bytes, digest: str) -> None:
        """Remember an answer."""
        if not self._most or len(key[2]) > _LONGEST:
            return
        if self._kept and next(reversed(self._kept))[1] != key[1]:
            self._kept.clear()  # another plan is served
        self._kept[key] = answer, digest
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
