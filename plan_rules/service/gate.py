"""An ASGI application -> the same, behind a gate: who may ask, how much and how often; logged, counted, traced.

Everything that is known of a request before its route is: its id, its caller, its size.  What is refused here is told
as a problem, like everything else.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from plan_rules.extra import from_extra
from plan_rules.listening import is_loopback
from plan_rules.service.call import Call, request_id
from plan_rules.service.engines import busy
from plan_rules.service.log import Log
from plan_rules.service.measures import Measures
from plan_rules.service.problem import MEDIA_TYPE, Problem, Refused, language_of, problem_of, refused
from plan_rules.service.rates import Rates
from plan_rules.service.tokens import ANONYMOUS, Caller, Tokens
from plan_rules.service.tracing import Begin

with from_extra("service"):
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_OPEN = ("/health/live", "/health/ready")  # asked by what watches over the service, which has no token
_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_REPEATED = frozenset((b"authorization", b"content-length", b"content-type", b"host"))  # said twice, they say nothing


@dataclass(frozen=True)
class Doors:
    """Who may enter: with a token, or on the loopback anybody where `anonymous`; how much at once."""

    tokens: Callable[[], Tokens]
    anonymous: bool
    max_body: int
    most_at_once: int


class Gate:
    """The application behind its gate."""

    def __init__(
        self, app: ASGIApp, doors: Doors, rates: Rates, measures: Measures, log: Log, begin: Begin | None
    ) -> None:
        self._app, self._doors, self._rates = app, doors, rates
        self._measures, self._log, self._begin = measures, log, begin
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or the beginning and the end of the service."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
            call = Call(request_id(headers.get(b"x-request-id", "")), language_of(headers.get(b"accept-language", "")))
            call.kept_in(scope)
            await self._timed(call, headers, scope, receive, send)

    async def _timed(self, call: Call, headers: dict[bytes, str], scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        self._inside += 1
        self._measures.in_flight.inc()
        answering = _Answering(send, call)
        try:
            with self._span(headers) as span:
                await self._passed(call, headers, scope, receive, answering)
                _describe(span, call)
        finally:
            self._inside -= 1
            self._measures.in_flight.dec()
            seconds = time.perf_counter() - started
            self._measures.answered(call.route, _method(scope), call.status, seconds)
            told = {"plan": call.plan, "error": call.error, "caller": call.caller.name if call.caller else None}
            self._log.tell(
                "request",
                request=call.id,
                method=_method(scope),
                route=call.route,
                status=call.status,
                ms=round(seconds * 1000, 3),
                **{name: value for name, value in told.items() if value is not None},
            )

    def _span(self, headers: dict[bytes, str]) -> Any:
        if self._begin is None:
            return nullcontext()
        carried = ("traceparent", "tracestate")
        return self._begin("request", {name: headers.get(name.encode(), "") for name in carried})

    async def _passed(
        self, call: Call, headers: dict[bytes, str], scope: Scope, receive: Receive, answering: _Answering
    ) -> None:
        try:
            self._let_in(call, headers, scope)
            await self._app(scope, _limited(receive, self._doors.max_body), answering)
        except Refused as refusal:
            await answering.problem(refusal.problem)
        except Exception as failure:
            self._log.fault(failure, request=call.id, route=call.route)
            await answering.problem(problem_of(_fault()))

    def _let_in(self, call: Call, headers: dict[bytes, str], scope: Scope) -> None:
        """Who asks, kept in the call.  Raises Refused."""
        if self._inside > self._doors.most_at_once:
            raise busy()
        if scope["path"] in _OPEN:
            return
        if sum(name in _REPEATED for name, _ in scope["headers"]) > len(_REPEATED & headers.keys()):
            raise refused(400, "header_twice", "同一个请求头写了两次", "a header is written twice")
        call.caller = self._caller(headers)
        wait = self._rates.wait(call.caller.name, time.monotonic(), call.caller.rate)
        if wait:
            after = str(max(1, round(wait + 0.5)))
            raise refused(
                429, "too_fast", "请求太快, 稍后再试", "too many requests; try again later", retry_after=after
            )
        length = headers.get(b"content-length", "0")
        if not length.isdecimal() or int(length[:20]) > self._doors.max_body:
            raise too_large(self._doors.max_body)
        if scope["method"] == "POST" and not headers.get(b"content-type", "").lower().startswith("application/json"):
            raise refused(
                415, "not_json", "请求正文的 Content-Type 应是 application/json", "the body is to be application/json"
            )

    def _caller(self, headers: dict[bytes, str]) -> Caller:
        scheme, _, token = headers.get(b"authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            caller = self._doors.tokens().caller(token.strip())
            if caller is not None:
                return caller
        elif self._doors.anonymous and not scheme:
            host = headers.get(b"host", "")
            name = host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]
            if not is_loopback(name):  # a stranger's name that points to this machine
                raise refused(421, "host_unknown", "不认识这个主机名", "this host name is not served here")
            return ANONYMOUS
        raise refused(
            401,
            "token_missing",
            "请在请求头写 Authorization: Bearer 口令; 口令由 plan-rules serve --new-token 生成",
            "send the header `Authorization: Bearer TOKEN`; `plan-rules serve --new-token` makes one",
            www_authenticate="Bearer",
        )


class _Answering:
    """`send`, with the headers that every answer has; knows what was sent."""

    def __init__(self, send: Send, call: Call) -> None:
        self._send = send
        self._call = call

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._call.status = message["status"]
            added = (*_ALWAYS, (b"x-request-id", self._call.id.encode()))
            message = {**message, "headers": [*message.get("headers", ()), *added]}
        await self._send(message)

    async def problem(self, problem: Problem) -> None:
        """Tell a problem, where nothing was told yet."""
        if self._call.status:
            return
        self._call.error = problem.error
        body = problem.body(self._call.lang, self._call.id)
        headers = {"content-type": MEDIA_TYPE, "content-language": self._call.lang, **problem.headers}
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        raw.append((b"content-length", str(len(body)).encode()))
        await self({"type": "http.response.start", "status": problem.status, "headers": raw})
        await self({"type": "http.response.body", "body": body})


def _limited(receive: Receive, limit: int) -> Receive:
    """`receive`, which refuses once the body is larger: also one of no stated length."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise too_large(limit)
        return message

    return receiving


def too_large(limit: int) -> Refused:
    """The body is larger than it may be."""
    return refused(413, "too_large", f"请求正文超过 {limit} 字节", f"the body is larger than {limit} bytes")


def _fault() -> Refused:
    return refused(500, "fault", "服务出错, 已记入日志", "the service failed; it is in the log")


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS") else "other"


def _describe(span: Any, call: Call) -> None:
    if span is None:
        return
    span.update_name(call.route)
    span.set_attribute("http.route", call.route)
    span.set_attribute("http.response.status_code", call.status)
    span.set_attribute("plan_rules.request", call.id)
    if call.plan:
        span.set_attribute("plan_rules.plan", call.plan)
