"""A request -> a span of OpenTelemetry, where its API is installed and somebody collects spans; else nothing.

Spans hold what logs hold: the route, the status, the plan's digest, the request's id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

Begin = Callable[[str, Mapping[str, str]], AbstractContextManager[Any]]


def tracing() -> Begin | None:
    """What begins a span, of its name and the headers of a request; None where nobody collects any."""
    try:
        from opentelemetry import propagate, trace  # noqa: PLC0415  optional
    except ImportError:
        return None
    if isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider | trace.NoOpTracerProvider):
        return None
    tracer = trace.get_tracer("plan_rules.service")

    def begin(name: str, headers: Mapping[str, str]) -> AbstractContextManager[Any]:
        return tracer.start_as_current_span(
            name, context=propagate.extract(headers), kind=trace.SpanKind.SERVER, record_exception=False
        )

    return begin
