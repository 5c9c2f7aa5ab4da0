"""FastAPI application, what answers -> routes: each with the role it needs, its summary, and how bodies are read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from plan_rules.extra import from_extra
from plan_rules.service.body import read_body
from plan_rules.service.call import call_of
from plan_rules.service.problem import as_json, refused
from plan_rules.service.tokens import Role

with from_extra("service"):
    from fastapi import FastAPI, Request
    from pydantic import BaseModel
    from starlette.responses import Response

SLOWEST_BODY = 10.0  # seconds
PROBLEM: Mapping[str, Any] = {
    "description": "Problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
Handler = Callable[..., Awaitable[Response]]
Asked = TypeVar("Asked", bound=BaseModel)


def add_route(  # noqa: PLR0913  what OpenAPI says of it
    app: FastAPI,
    method: str,
    path: str,
    handler: Handler,
    *,
    role: Role | None,
    summary: str,
    tag: str,
    body: str | None = None,
    answer: str = "object",
    refusals: tuple[int, ...] = (),
    status: int = 200,
) -> Handler:
    """Add one route; what answers it, once the role was looked at.

    `body` and `answer` are names of schemas, `refusals` the statuses besides those that all have.
    """

    @wraps(handler)
    async def guarded(request: Request, **given: Any) -> Response:
        call = call_of(request.scope)
        call.route = path
        if role is not None and (call.caller is None or not call.caller.may(role)):
            raise refused(
                403, "role_missing", f"这个口令没有“{role}”的权限", f"this token does not have the role `{role}`"
            )
        return await handler(request, **given)

    usual = (401, 403, 429) if role is not None else ()
    bodied = (400, 413, 415) if body is not None else ()
    extra: dict[str, Any] = {}
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body}"}
        extra["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    app.add_api_route(
        path,
        guarded,
        methods=[method],
        summary=summary,
        tags=[tag],
        status_code=status,
        response_class=Response,
        response_model=None,
        operation_id=f"{method.lower()}_{path.strip('/').replace('/', '_').replace('{', '').replace('}', '')}",
        openapi_extra=extra or None,
        responses={
            status: {"description": summary, "content": _content(answer)},
            **{code: dict(PROBLEM) for code in sorted({*usual, *bodied, *refusals})},
        },
    )
    return guarded


def _content(answer: str) -> dict[str, Any]:
    if answer == "text":
        return {"text/plain": {"schema": {"type": "string"}}}
    schema = {"type": "object"} if answer == "object" else {"$ref": f"#/components/schemas/{answer}"}
    return {"application/json": {"schema": schema}}


async def body_of(request: Request, kind: type[Asked]) -> Asked:
    """What the body asks.  Raises Refused."""
    return read_body(await text_of(request), kind)  # type: ignore[type-var]


async def text_of(request: Request) -> bytes:
    """The body.  Raises Refused where it does not come."""
    parts, more = [], True
    try:
        async with asyncio.timeout(SLOWEST_BODY):
            while more:
                message = await request.receive()
                parts.append(message.get("body", b""))
                more = message.get("more_body", False)
    except TimeoutError:
        raise refused(408, "too_slow", "请求正文没有及时到", "the body did not come in time") from None
    return parts[0] if len(parts) == 1 else b"".join(parts)


def answered(value: Any, status: int = 200, **headers: str) -> Response:
    """JSON, of plain data or of bytes that are JSON."""
    body = value if isinstance(value, bytes) else as_json(value)
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Response(body, status, headers=named, media_type="application/json")
