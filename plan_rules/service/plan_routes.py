"""GET /v1/plans, /v1/plans/ID, its schema of facts; POST /v1/plans/reload: what is served, and how it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.extra import from_extra
from plan_rules.incident import json_schema
from plan_rules.service.call import call_of
from plan_rules.service.problem import Problem, Refused
from plan_rules.service.routes import add_route, answered
from plan_rules.service.shelf import Edition, Shelf, Swap
from plan_rules.service.tokens import Role

with from_extra("service"):
    import anyio.to_thread
    from fastapi import FastAPI, Request
    from starlette.responses import Response


class PlanRoutes:
    """The plans served; `refresh` has them read again."""

    def __init__(self, shelf: Shelf, refresh: Callable[[], tuple[Swap, ...]]) -> None:
        self._shelf, self._refresh = shelf, refresh

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        role, tag = Role.DECIDE, "plans"
        add_route(app, "GET", "/v1/plans", self._list, role=role, tag=tag, summary="The plans served", answer="Plans")
        add_route(
            app, "POST", "/v1/plans/reload", self._reload, role=Role.ADMIN, tag=tag, answer="Reloaded",
            summary="Read plan files again, and serve what may be served", refusals=(409, 415),
        )  # fmt: skip
        for path, handler, summary, answer in (
            ("/v1/plans/{plan}", self._get, "One plan: its digest, signatures and clauses", "Plan"),
            ("/v1/plans/{plan}/schema", self._schema, "JSON Schema of an incident's facts", "object"),
        ):
            add_route(
                app, "GET", path, handler, role=role, tag=tag, summary=summary, answer=answer, refusals=(404, 422)
            )

    async def _list(self, request: Request) -> Response:
        lang = call_of(request.scope).lang
        return answered({"plans": [self._about(edition, lang) for edition in self._shelf.editions()]})

    async def _get(self, request: Request, plan: str) -> Response:
        edition = self._found(request, plan)
        clauses = [{"id": clause.id, "text": clause.text} for clause in edition.plan.clauses.values()]
        about = self._about(edition, call_of(request.scope).lang)
        return answered({**about, "clauses": clauses}, plan_digest=edition.plan.digest)

    async def _schema(self, request: Request, plan: str) -> Response:
        found = self._found(request, plan).plan
        return answered(json_schema(found, call_of(request.scope).lang), plan_digest=found.digest)

    async def _reload(self, request: Request) -> Response:
        swaps = await anyio.to_thread.run_sync(self._refresh)
        for swap in swaps:
            if swap.refusal is not None:
                raise Refused(Problem(409, "plan_refused", swap.refusal, swap.diagnostics))
        return answered({"swaps": [swap_object(swap, call_of(request.scope).lang) for swap in swaps]})

    def _found(self, request: Request, plan: str) -> Edition:
        edition = self._shelf.edition(plan)
        call_of(request.scope).plan = edition.plan.digest
        return edition

    def _about(self, edition: Edition, lang: str) -> dict[str, Any]:
        refusal = self._shelf.refusals().get(edition.plan.id)
        return {**edition.about, "refused": swap_object(refusal, lang) if refusal else None}


def swap_object(swap: Swap, lang: str) -> dict[str, Any]:
    """What came of reading a plan again, as plain data."""
    return {
        "plan": swap.plan,
        "before": swap.before,
        "after": swap.after,
        "refusal": swap.refusal.within(lang) if swap.refusal else None,
        "diagnostics": [diagnostic_object(each, lang) for each in swap.diagnostics],
    }
