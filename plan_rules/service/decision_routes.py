"""POST /v1/decide, /v1/explain, /v1/ask: an incident in, the plan's answer out."""

from __future__ import annotations

from plan_rules.extra import from_extra
from plan_rules.service.answers import ASK, DECIDE, EXPLAIN, Question
from plan_rules.service.body import AskBody, DecideBody, ExplainBody
from plan_rules.service.call import call_of
from plan_rules.service.engines import Engines
from plan_rules.service.routes import add_route, answered, body_of
from plan_rules.service.shelf import Shelf
from plan_rules.service.tokens import Role

with from_extra("service"):
    from fastapi import FastAPI, Request
    from starlette.responses import Response

_REFUSALS = (404, 422, 503)


class DecisionRoutes:
    """What is asked of one incident."""

    def __init__(self, shelf: Shelf, engines: Engines) -> None:
        self._shelf, self._engines = shelf, engines

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        for path, handler, summary, body, answer in (
            ("/v1/decide", self._decide, "What the plan asks of an incident", "DecideBody", "Decision"),
            ("/v1/explain", self._explain, "Why clauses fired, and why others did not", "ExplainBody", "Explanation"),
            ("/v1/ask", self._ask, "What is certain, and what to ask next", "AskBody", "NextQuestion"),
        ):
            add_route(
                app, "POST", path, handler, role=Role.DECIDE, summary=summary, tag="decisions",
                body=body, answer=answer, refusals=_REFUSALS,
            )  # fmt: skip

    async def _decide(self, request: Request) -> Response:
        asked = await body_of(request, DecideBody)
        return await self._answer(request, asked.plan, Question(DECIDE, asked.facts, asked.at))

    async def _explain(self, request: Request) -> Response:
        asked = await body_of(request, ExplainBody)
        question = Question(EXPLAIN, asked.facts, asked.at, asked.clauses, asked.why_not)
        return await self._answer(request, asked.plan, question)

    async def _ask(self, request: Request) -> Response:
        asked = await body_of(request, AskBody)
        return await self._answer(request, asked.plan, Question(ASK, asked.facts))

    async def _answer(self, request: Request, plan: str | None, question: Question) -> Response:
        plan_ = self._shelf.edition(plan).plan
        call_of(request.scope).plan = plan_.digest
        answer = await self._engines.answer(plan_, question.bounded(plan_))
        return answered(answer, plan_digest=plan_.digest)
