"""(Caller, now) -> may this request pass, or in how many seconds the next one may: a bucket of tokens a caller."""

from __future__ import annotations

from collections import OrderedDict

_MOST = 10_000  # callers remembered; one that is forgotten begins with a full bucket


class Rates:
    """A bucket for each name, of `burst` seconds' worth of requests, filled at the rate of the caller.

    Each of so many `workers` has a share of its own, since they share nothing.
    """

    def __init__(self, rate: float, workers: int = 1, burst: float = 2.0) -> None:
        self._rate = rate
        self._workers = workers
        self._burst = burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is in it, and as of when

    def wait(self, name: str, now: float, rate: float | None = None) -> float:
        """0.0 where the request may pass (and is counted), else the seconds until one may."""
        per_second = (rate or self._rate) / self._workers
        most = max(1.0, per_second * self._burst)
        left, since = self._left.pop(name, (most, now))
        left = min(most, left + (now - since) * per_second)
        passes = left >= 1.0
        self._left[name] = (left - 1.0 if passes else left, now)
        if len(self._left) > _MOST:
            self._left.popitem(last=False)
        return 0.0 if passes else (1.0 - left) / per_second
