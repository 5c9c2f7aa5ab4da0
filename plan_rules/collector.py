"""The collector of cyclic garbage, told that what is loaded by now stays: for processes that answer again and again."""

from __future__ import annotations

import gc

_SELDOM = (20_000, 20, 50)  # new objects before it looks for cycles


def settle() -> None:
    """What is loaded by now need not be looked through again while somebody waits."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_SELDOM)
