"""Work -> the processor time it takes, in seconds of the machine that the bounds in the tests were stated for.

Machines differ, and so does one machine from minute to minute.  A fixed piece of work is timed beside each run of what
is measured, and their ratio is what counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

YARDSTICK = 0.035  # seconds of processor time that `_yardstick` takes on that machine


def reference_seconds(spent: Callable[[], float], times: int = 5) -> float:
    """The median of what `spent` says it took, each time beside the yardstick."""
    ratios = []
    for _ in range(times):
        before = processor_seconds(_yardstick)
        took = spent()
        ratios.append(2 * took / (before + processor_seconds(_yardstick)))
    return median(ratios) * YARDSTICK


def seconds_of(work: Callable[[], object], times: int = 5) -> float:
    """The median of what this process spends on a piece of work."""
    return reference_seconds(lambda: processor_seconds(work), times)


def processor_seconds(work: Callable[[], object]) -> float:
    """What this process spends on a piece of work, in seconds of this machine."""
    start = time.process_time()
    work()
    return time.process_time() - start


def slowness() -> float:
    """How many seconds of this machine, now, are one of that machine; never less than one."""
    return max(1.0, median(processor_seconds(_yardstick) for _ in range(5)) / YARDSTICK)


def _yardstick() -> None:
    """What the library mostly does: small tuples, dictionaries, calls, texts."""
    found: dict[tuple[int, str], list[int]] = {}
    for number in range(36_000):
        found.setdefault((number % 997, str(number % 13)), []).append(number)
    texts = [f"{key[1]}:{len(numbers)}" for key, numbers in sorted(found.items())]
    assert len(frozenset("".join(sorted(texts)).split(":"))) > 1
