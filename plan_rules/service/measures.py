"""What is counted of the service -> its Prometheus exposition.

With several worker processes the counts of all of them are in files of the folder PROMETHEUS_MULTIPROC_DIR.
"""

from __future__ import annotations

import os

from plan_rules.extra import from_extra

with from_extra("service"):
    from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_LATEST
    from prometheus_client.multiprocess import MultiProcessCollector

MEDIA_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Measures:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "plan_rules_requests", "Requests answered.", ("route", "method", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "plan_rules_request_seconds", "Time to answer.", ("route",), registry=self._registry, buckets=_BUCKETS
        )
        self.in_flight = Gauge(
            "plan_rules_in_flight", "Requests being answered.", registry=self._registry, multiprocess_mode="livesum"
        )
        self._swaps = Counter(
            "plan_rules_plan_swaps",
            "Plans read again, by what came of it.",
            ("plan", "outcome"),
            registry=self._registry,
        )
        self._served = Gauge(
            "plan_rules_plan_served",
            "1 for the plan that is served.",
            ("plan", "version", "digest"),
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self._refused = Gauge(
            "plan_rules_plan_refused",
            "1 where the file of a plan holds what may not be served.",
            ("plan",),
            registry=self._registry,
            multiprocess_mode="livemax",
        )
        self.engine_deaths = Counter("plan_rules_engine_deaths", "Engine processes that died.", registry=self._registry)
        self._children: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}

    def answered(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request."""
        found = self._children.get((route, method, status))
        if found is None:  # finding a child by its labels takes longer than counting
            found = self._requests.labels(route, method, str(status)), self._seconds.labels(route)
            self._children[route, method, status] = found
        found[0].inc()
        found[1].observe(seconds)

    def swapped(self, plan: str, *, served: bool) -> None:
        """A plan was read again."""
        self._swaps.labels(plan, "served" if served else "refused").inc()

    def serves(self, plan: str, version: str, digest: str, *, now: bool) -> None:
        """This is, or is no longer, the plan that is served."""
        self._served.labels(plan, version, digest).set(1 if now else 0)

    def refuses(self, plan: str, *, now: bool) -> None:
        """The file of this plan holds, or no longer holds, what may not be served."""
        self._refused.labels(plan).set(1 if now else 0)

    def text(self) -> bytes:
        """The exposition, of all worker processes."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
