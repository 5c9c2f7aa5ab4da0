"""POST /v1/decide, /v1/explain, /v1/ask: an incident in, the plan's answer out."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from plan_rules.extra import from_extra
from plan_rules.service.answers import ASK, DECIDE, EXPLAIN, Question
from plan_rules.service.body import AskBody, DecideBody, ExplainBody, read_body
from plan_rules.service.call import call_of
from plan_rules.service.engines import Engines
from plan_rules.service.remembered import Remembered
from plan_rules.service.routes import Handler, add_route, answered, text_of
from plan_rules.service.shelf import Shelf
from plan_rules.service.tokens import Role

with from_extra("service"):
    from fastapi import FastAPI, Request
    from starlette.responses import Response

_REFUSALS = (404, 422, 503)


class DecisionRoutes:
    """What is asked of one incident."""

    def __init__(self, shelf: Shelf, engines: Engines, remembered: Remembered) -> None:
        self._shelf, self._engines, self._remembered = shelf, engines, remembered

    def add_to(self, app: FastAPI) -> Mapping[str, Handler]:
        """Add the routes; what answers each of the paths."""
        added = {}
        for path, handler, summary, body, answer in (
            ("/v1/decide", self._decide, "What the plan asks of an incident", "DecideBody", "Decision"),
            ("/v1/explain", self._explain, "Why clauses fired, and why others did not", "ExplainBody", "Explanation"),
            ("/v1/ask", self._ask, "What is certain, and what to ask next", "AskBody", "NextQuestion"),
        ):
            added[path] = add_route(
                app, "POST", path, handler, role=Role.DECIDE, summary=summary, tag="decisions",
                body=body, answer=answer, refusals=_REFUSALS,
            )  # fmt: skip
        return added

    async def _decide(self, request: Request) -> Response:
        return await self._answer(request, DECIDE, _decide)

    async def _explain(self, request: Request) -> Response:
        return await self._answer(request, EXPLAIN, _explain)

    async def _ask(self, request: Request) -> Response:
        return await self._answer(request, ASK, _ask)

    async def _answer(
        self, request: Request, kind: str, read: Callable[[bytes], tuple[str | None, Question]]
    ) -> Response:
        text = await text_of(request)
        key = (kind, self._shelf.state, text)
        found = self._remembered.of(key)
        if found is None:
            name, question = read(text)
            plan = self._shelf.edition(name).plan
            call_of(request.scope).plan = plan.digest
            found = await self._engines.answer(plan, question.bounded(plan)), plan.digest
            self._remembered.keep(key, *found)
        call_of(request.scope).plan = found[1]
        return answered(found[0], plan_digest=found[1])


def _decide(text: bytes) -> tuple[str | None, Question]:
    asked = read_body(text, DecideBody)
    return asked.plan, Question(DECIDE, asked.facts, asked.at)


def _explain(text: bytes) -> tuple[str | None, Question]:
    asked = read_body(text, ExplainBody)
    return asked.plan, Question(EXPLAIN, asked.facts, asked.at, asked.clauses, asked.why_not)


def _ask(text: bytes) -> tuple[str | None, Question]:
    asked = read_body(text, AskBody)
    return asked.plan, Question(ASK, asked.facts)
