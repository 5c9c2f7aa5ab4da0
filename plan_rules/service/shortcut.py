"""An ASGI application -> the same, which answers the paths that are asked most without looking for their routes.

Between a request and its route a framework does much; a decision takes a fifth of a millisecond and would wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping

from plan_rules.errors import PlanRulesError
from plan_rules.extra import from_extra
from plan_rules.service.problem import Refused, problem_of
from plan_rules.service.routes import Handler

with from_extra("service"):
    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


class Shortcut:
    """POST to these paths is answered at once; all else goes to the application.  Raises Refused."""

    def __init__(self, app: ASGIApp, handlers: Mapping[str, Handler]) -> None:
        self._app, self._handlers = app, handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        handler = self._handlers.get(scope["path"]) if scope["type"] == "http" and scope["method"] == "POST" else None
        if handler is None:
            await self._app(scope, receive, send)
            return
        try:
            answer = await handler(Request(scope, receive))
        except Refused:
            raise
        except PlanRulesError as failure:
            raise Refused(problem_of(failure)) from failure
        await answer(scope, receive, send)
