"""Setting -> the service as an ASGI application: its parts put together, and what it does beside answering."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from plan_rules.calendars import CHINA, Calendar, read_calendar
from plan_rules.collector import settle
from plan_rules.errors import Message, PlanRulesError
from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.service.answers import Answering
from plan_rules.service.call import UNROUTED, call_of
from plan_rules.service.decision_routes import DecisionRoutes
from plan_rules.service.engines import Engines, Here, Pool
from plan_rules.service.gate import Doors, Gate
from plan_rules.service.log import Log
from plan_rules.service.measures import MEDIA_TYPE as MEASURES_TYPE
from plan_rules.service.measures import Measures
from plan_rules.service.openapi import document
from plan_rules.service.plan_routes import PlanRoutes
from plan_rules.service.problem import MEDIA_TYPE, Problem, problem_of, refused
from plan_rules.service.rates import Rates
from plan_rules.service.remembered import Remembered
from plan_rules.service.routes import add_route, answered
from plan_rules.service.setting import VARIABLE, Setting
from plan_rules.service.shelf import Shelf, Sources, Swap, system_clock
from plan_rules.service.shortcut import Shortcut
from plan_rules.service.tokens import Role, Tokens, TokensRefused, load_tokens
from plan_rules.service.tracing import tracing

with from_extra("service"):
    import anyio.to_thread
    from fastapi import FastAPI, Request
    from fastapi.exceptions import RequestValidationError
    from starlette.exceptions import HTTPException
    from starlette.responses import Response
    from starlette.types import ASGIApp

STARTUP_FAILURE = 3  # the exit code by which uvicorn knows that to start again would fail again
_HTTP = {
    404: ("not_found", "没有这个地址", "there is nothing here"),
    405: ("method", "不支持这种请求", "not a method of this address"),
}


class Service:
    """One process of the service.  Raises PlanRulesError, OSError where it cannot be started."""

    def __init__(self, setting: Setting) -> None:
        self._setting = setting
        self.log = Log(sys.stdout)
        self.measures = Measures()
        self._calendar = _calendar(setting.calendar)
        self._tokens_seen: tuple[int, int, int] | None = None
        self._tokens = Tokens()
        self._read_tokens()
        self.shelf = Shelf(Sources(setting.plans, setting.overlays, setting.trust), setting.engine, system_clock)
        self._served: dict[str, Plan] = {}
        for edition in self.shelf.editions():
            self._serves(edition.plan)
        answering = Answering(setting.engine, self._calendar)
        self.engines: Engines = (
            Pool(answering, setting.engine_workers, self._engine_died) if setting.engine_workers else Here(answering)
        )
        self._cases: Any = None

    def application(self) -> ASGIApp:
        """What answers requests."""
        app = FastAPI(
            title="plan-rules", version="1", lifespan=self._living, openapi_url=None, docs_url=None, redoc_url=None
        )
        handlers = DecisionRoutes(self.shelf, self.engines, Remembered(self._setting.remember)).add_to(app)
        PlanRoutes(self.shelf, partial(self.refresh, anyway=True)).add_to(app)
        if self._setting.store is not None:
            from plan_rules.cases.casebook import Cases  # noqa: PLC0415  loads the store, which few need
            from plan_rules.service.case_routes import CaseRoutes  # noqa: PLC0415

            self._cases = Cases.connect(self._setting.store)
            CaseRoutes(self._cases, self.shelf, self._calendar).add_to(app)
        self._add_health(app)
        app.add_exception_handler(PlanRulesError, _problem)
        app.add_exception_handler(HTTPException, _http)
        app.add_exception_handler(RequestValidationError, _parameter)
        setting = self._setting
        doors = Doors(lambda: self._tokens, setting.anonymous, setting.max_body, setting.most_at_once)
        rates = Rates(setting.rate, setting.workers)
        return Gate(Shortcut(app, handlers), doors, rates, self.measures, self.log, tracing())

    # ----------------------------------------------------------------- plans and tokens, as they change

    def refresh(self, *, anyway: bool = False) -> tuple[Swap, ...]:
        """Look at the files of plans and tokens again, and tell what came of it."""
        try:
            self._read_tokens()
        except TokensRefused as refusal:
            self.log.tell("tokens_refused", "warning", why=refusal.message.en)
        swaps = self.shelf.refresh(anyway=anyway)
        for swap in swaps:
            self._tell(swap)
        return swaps

    def _tell(self, swap: Swap) -> None:
        self.measures.swapped(swap.plan, served=swap.refusal is None)
        self.measures.refuses(swap.plan, now=swap.refusal is not None)
        if swap.refusal is not None:
            codes = [f"{each.code} {each.message.en}" for each in swap.diagnostics[:10]]
            self.log.tell(
                "plan_refused", "warning", plan=swap.plan, serves=swap.before, why=swap.refusal.en, found=codes
            )
            return
        plan = self.shelf.edition(swap.plan).plan
        self._serves(plan)
        self.log.tell("plan_swapped", plan=swap.plan, version=plan.version, before=swap.before, after=swap.after)

    def _serves(self, plan: Plan) -> None:
        before = self._served.get(plan.id)
        if before is not None:
            self.measures.serves(before.id, before.version, before.digest, now=False)
        self.measures.serves(plan.id, plan.version, plan.digest, now=True)
        self._served[plan.id] = plan

    def _read_tokens(self) -> None:
        path = self._setting.tokens
        if path is None:
            return
        try:
            found = path.stat()
            seen = (found.st_mtime_ns, found.st_size, found.st_ino)
        except OSError:
            seen = None
        if seen is None or seen != self._tokens_seen:
            self._tokens, self._tokens_seen = load_tokens(path), seen

    def _engine_died(self) -> None:
        self.measures.engine_deaths.inc()
        self.log.tell("engine_died", "error")

    # ----------------------------------------------------------------- its life

    @asynccontextmanager
    async def _living(self, _: FastAPI) -> AsyncIterator[None]:
        await self.engines.start()
        settle()
        watching = asyncio.create_task(self._watch()) if self._setting.watch else None
        plans = {edition.plan.id: edition.plan.digest for edition in self.shelf.editions()}
        self.log.tell("started", process=os.getpid(), plans=plans, engine=self._setting.engine)
        try:
            yield
        finally:
            if watching is not None:
                watching.cancel()
            await self.engines.close()
            if self._cases is not None:
                self._cases.close()
            self.log.tell("stopped", process=os.getpid())

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._setting.watch)
            try:
                await anyio.to_thread.run_sync(self.refresh)
            except Exception as failure:
                self.log.fault(failure)

    # ----------------------------------------------------------------- health, measures, the document

    def _add_health(self, app: FastAPI) -> None:
        tag = "operation"

        async def live(request: Request) -> Response:  # noqa: ARG001  as all handlers
            return answered({"status": "live"})

        async def ready(request: Request) -> Response:
            lang, refusals = call_of(request.scope).lang, self.shelf.refusals()
            plans = [
                {
                    "id": edition.plan.id,
                    "digest": edition.plan.digest,
                    "refused": why.refusal.within(lang)
                    if (why := refusals.get(edition.plan.id)) and why.refusal
                    else None,
                }
                for edition in self.shelf.editions()
            ]
            return answered({"status": "ready", "plans": plans})

        async def measures(request: Request) -> Response:  # noqa: ARG001
            return Response(self.measures.text(), media_type=MEASURES_TYPE)

        async def openapi(request: Request) -> Response:  # noqa: ARG001
            return answered(document(app, (edition.plan for edition in self.shelf.editions())))

        for path, handler, role, summary, answer in (
            ("/health/live", live, None, "Does the process answer?", "Health"),
            ("/health/ready", ready, None, "Can it decide, and by which plans?", "Health"),
            ("/metrics", measures, Role.METRICS, "Measures for Prometheus", "text"),
            ("/openapi.json", openapi, Role.DECIDE, "This document", "object"),
        ):
            add_route(app, "GET", path, handler, role=role, tag=tag, summary=summary, answer=answer)


def from_environment() -> ASGIApp:
    """The application of a worker process, as its environment says."""
    setting = Setting.model_validate_json(os.environ[VARIABLE])
    try:
        return Service(setting).application()
    except (PlanRulesError, OSError) as failure:
        sys.stderr.write(f"{failure}\n")
        raise SystemExit(STARTUP_FAILURE) from failure


def _calendar(path: Path | None) -> Calendar:
    return CHINA if path is None else read_calendar(path.read_bytes(), str(path))


async def _problem(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, PlanRulesError)
    return _told(request, problem_of(failure))


async def _http(request: Request, failure: Exception) -> Response:
    """What the router refuses."""
    assert isinstance(failure, HTTPException)
    error, zh, en = _HTTP.get(failure.status_code, ("refused", "请求有误", "the request is refused"))
    headers = {name.lower(): value for name, value in (failure.headers or {}).items()}
    return _told(request, Problem(failure.status_code, error, Message(zh, en), headers=headers))


async def _parameter(request: Request, failure: Exception) -> Response:
    """A parameter of the address that is not as it is meant; its value is not repeated."""
    assert isinstance(failure, RequestValidationError)
    call_of(request.scope).route = getattr(request.scope.get("route"), "path", UNROUTED)
    where = str(failure.errors()[0]["loc"][-1])[:40].encode("utf-8", "replace").decode()
    return _told(
        request,
        refused(
            422, "parameter_invalid", f"参数“{where}”写法不对", f"the parameter `{where}` is not as it is meant"
        ).problem,
    )


def _told(request: Request, problem: Problem) -> Response:
    call = call_of(request.scope)
    call.error = problem.error
    headers = {"content-language": call.lang, **problem.headers}
    return Response(problem.body(call.lang, call.id), problem.status, headers=headers, media_type=MEDIA_TYPE)
