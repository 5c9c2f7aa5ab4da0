"""The seeded slips: for each kind as many as its quota, drawn evenly from the plans and the sorts of the kind."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator

from tests.mistakes.contradictions import contradictions
from tests.mistakes.draft import Draft, Slip, drafts
from tests.mistakes.layout_slips import full_width, indentation, punctuation
from tests.mistakes.value_slips import dates, deleted, renumbered, twice, units
from tests.mistakes.word_slips import homophones, typos

SEED = 6
Maker = Callable[[Draft], Iterator[tuple[str, Slip]]]
QUOTAS: dict[str, tuple[Maker, int]] = {
    "错字": (typos, 72),
    "同音字": (homophones, 64),
    "缩进": (indentation, 64),
    "全角符号": (full_width, 64),
    "标点": (punctuation, 48),
    "单位": (units, 56),
    "改号": (renumbered, 40),
    "删值": (deleted, 64),
    "日期": (dates, 7),
    "重复": (twice, 24),
    "矛盾": (contradictions, 40),
}


def slips() -> list[Slip]:
    """Every seeded slip, kind by kind; the same each time."""
    plans = drafts()
    return [slip for kind in QUOTAS for slip in _drawn(kind, plans)]


def _drawn(kind: str, plans: tuple[Draft, ...]) -> list[Slip]:
    """In turn one of each sort of each plan, until there are enough."""
    maker, quota = QUOTAS[kind]
    found: dict[tuple[str, str], list[Slip]] = defaultdict(list)
    for draft in plans:
        for sort, slip in maker(draft):
            found[draft.name, sort].append(slip)
    rng = random.Random(f"{SEED}/{kind}")
    heaps = [rng.sample(found[key], len(found[key])) for key in sorted(found)]
    rng.shuffle(heaps)
    drawn: list[Slip] = []
    while heaps and len(drawn) < quota:
        heaps = [heap for heap in heaps if heap]
        drawn += [heap.pop() for heap in heaps][: quota - len(drawn)]
    return drawn
