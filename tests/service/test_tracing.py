"""Where spans are collected each request is one, below the trace it came with; it holds what logs hold."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

import plan_rules as pr
from plan_rules.service.application import Service
from plan_rules.service.log import Log
from plan_rules.service.setting import Setting
from plan_rules.service.tracing import tracing

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


async def asked(app: Any, path: str, body: bytes, *headers: tuple[bytes, bytes]) -> list[dict[str, Any]]:
    """One request, without a server: what the application sends."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    given = [(b"host", b"localhost"), (b"content-type", b"application/json"), *headers]
    scope = {"type": "http", "method": "POST", "path": path, "headers": given, "query_string": b"", "root_path": ""}
    await app(scope, receive, send)
    return sent


def test_a_request_is_a_span_of_the_trace_it_came_with(monkeypatch: pytest.MonkeyPatch) -> None:
    collected = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collected))
    monkeypatch.setattr("opentelemetry.trace.get_tracer_provider", lambda: provider)
    service = Service(Setting(anonymous=True, watch=0))
    service.log = Log(io.StringIO())
    app = service.application()
    parent = (b"traceparent", f"00-{TRACE}-00f067aa0ba902b7-01".encode())
    sent = asyncio.run(asked(app, "/v1/decide", b'{"facts": {"staff_assaulted": true}}', parent))

    (span,) = collected.get_finished_spans()
    assert sent[0]["status"] == 200
    assert (span.name, span.kind) == ("/v1/decide", SpanKind.SERVER)
    assert format(span.context.trace_id, "032x") == TRACE
    assert {*span.attributes} == {
        "http.route",
        "http.response.status_code",
        "plan_rules.request",
        "plan_rules.plan",
    }
    assert span.attributes["plan_rules.plan"] == pr.load().digest
    assert "staff_assaulted" not in json.dumps(dict(span.attributes))


def test_nothing_is_traced_where_nobody_collects() -> None:
    assert tracing() is None


def test_nothing_is_traced_where_the_library_is_not_installed() -> None:
    code = "import sys; sys.modules['opentelemetry'] = None; from plan_rules.service.tracing import tracing; print(tracing())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "None"
