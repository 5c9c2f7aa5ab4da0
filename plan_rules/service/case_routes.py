"""/v1/cases and /v1/due: incidents over time, kept in a store; what is repeated has no second effect."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Annotated, Any, TypeVar

from plan_rules.calendars import Calendar
from plan_rules.cases.case import LIVE, Phase
from plan_rules.cases.casebook import Cases, Recorded
from plan_rules.cases.event import what_of, written
from plan_rules.cases.objects import case_object, due_object, line_object, recorded_object
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.store.failures import StoreConflict, StoreError
from plan_rules.deciding import moment
from plan_rules.errors import Message
from plan_rules.extra import from_extra
from plan_rules.instants import written as written_instant
from plan_rules.plan import Plan
from plan_rules.service.body import EventBody, OpenBody
from plan_rules.service.call import call_of
from plan_rules.service.problem import Problem, Refused, refused
from plan_rules.service.routes import Handler, add_route, answered, body_of
from plan_rules.service.shelf import Shelf
from plan_rules.service.tokens import Role

with from_extra("service"):
    import anyio.to_thread
    from fastapi import FastAPI, Query, Request
    from starlette.responses import Response

_NO_CASE = "CS018"
_OUT_OF_TURN = ("CS015", "CS017")  # it moved on meanwhile; the id was used for something else
_PATH = "/v1/cases/{case}"
T = TypeVar("T")


class CaseRoutes:
    """Cases of one store."""

    def __init__(self, cases: Cases, shelf: Shelf, calendar: Calendar) -> None:
        self._cases, self._shelf, self._calendar = cases, shelf, calendar

    def add_to(self, app: FastAPI) -> None:
        """Add the routes."""
        role, tag, seldom = Role.CASES, "cases", (422, 503)
        add_route(
            app, "POST", "/v1/cases", self._open, role=role, tag=tag, summary="Begin a case", body="OpenBody",
            answer="Recorded", refusals=(404, 409, *seldom),
        )  # fmt: skip
        add_route(
            app, "POST", f"{_PATH}/events", self._record, role=role, tag=tag, summary="Record what happened",
            body="EventBody", answer="Recorded", refusals=(404, 409, *seldom),
        )  # fmt: skip
        for path, handler, summary, answer in (
            (_PATH, self._get, "A case as it stands, what is due, what the plan asks", "Case"),
            (f"{_PATH}/events", self._events, "Everything that was recorded of a case", "Events"),
        ):
            add_route(
                app, "GET", path, handler, role=role, tag=tag, summary=summary, answer=answer, refusals=(404, *seldom)
            )
        looking: tuple[tuple[str, Handler, str, str], ...] = (
            ("/v1/cases", self._list, "Cases, the latest first", "Cases"),
            ("/v1/due", self._due, "Duties: those to be done at once, then the soonest first", "Dues"),
        )
        for path, look, summary, answer in looking:
            add_route(app, "GET", path, look, role=role, tag=tag, summary=summary, answer=answer, refusals=seldom)

    # ----------------------------------------------------------------- recording

    async def _open(self, request: Request) -> Response:
        asked = await body_of(request, OpenBody)
        plan = self._shelf.edition(asked.plan).plan
        call_of(request.scope).plan = plan.digest
        told: dict[str, Any] = {"by": asked.by or _caller(request), "at": _instant(asked.at), "event": asked.event}
        work = partial(
            self._cases.open, plan, asked.facts, case=asked.case, outlet=asked.outlet, calendar=self._calendar, **told
        )
        return _recorded(await _done(work), request)

    async def _record(self, request: Request, case: str) -> Response:
        asked = await body_of(request, EventBody)
        told: dict[str, Any] = {"by": asked.by or _caller(request), "at": _instant(asked.at), "event": asked.event}
        plan = self._upgraded_to(asked.what)

        def work() -> Recorded:
            return self._cases.record(case, what_of(asked.what), plan=plan, expected=asked.expected, **told)

        return _recorded(await _done(work), request)

    def _upgraded_to(self, what: Mapping[str, Any]) -> Plan | None:
        """The plan that an event of the kind `upgraded` moves the case to: one that is served."""
        if what.get("kind") != "upgraded":
            return None
        found = self._shelf.by_digest(str(what.get("plan")))
        if found is None:
            raise refused(
                422,
                "plan_unknown",
                "没有提供这个摘要的预案; 见 /v1/plans",
                "no plan of this digest is served; see /v1/plans",
            )
        return found

    # ----------------------------------------------------------------- looking

    async def _get(self, request: Request, case: str) -> Response:
        def work() -> tuple[dict[str, Any], str]:
            found = self._cases.load(case)
            at = max(self._cases.now(), found.at)
            return case_object(found, at, call_of(request.scope).lang), found.plan.digest

        told, digest = await _done(work)
        call_of(request.scope).plan = digest
        return answered(told, plan_digest=digest)

    async def _events(self, request: Request, case: str) -> Response:  # noqa: ARG002  as all handlers
        found = await _done(partial(self._cases.events, case))
        return answered({"case": case, "events": [written(event) for event in found]})

    async def _list(
        self,
        request: Request,  # noqa: ARG002
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        closed: Annotated[bool, Query(description="with those that are closed")] = False,
    ) -> Response:
        found = await _done(partial(self._cases.list, tuple(Phase) if closed else LIVE, limit=limit))
        return answered({"cases": [line_object(line) for line in found]})

    async def _due(
        self,
        request: Request,  # noqa: ARG002
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[str | None, Query(max_length=40, description="a day or an instant")] = None,
        case: Annotated[str | None, Query(max_length=64)] = None,
    ) -> Response:
        until = _instant(before)

        def work() -> dict[str, Any]:
            now = self._cases.now()
            at_once = () if until is not None else self._cases.at_once(limit=limit, case=case)
            found = (*at_once, *self._cases.due(before=until, limit=limit, case=case))[:limit]
            return {"at": written_instant(now), "due": [due_object(each, now) for each in found]}

        return answered(await _done(work))


def _recorded(recorded: Recorded, request: Request) -> Response:
    digest = recorded.case.plan.digest
    call_of(request.scope).plan = digest
    return answered(recorded_object(recorded), plan_digest=digest)


def _caller(request: Request) -> str:
    caller = call_of(request.scope).caller
    assert caller is not None
    return caller.name


def _instant(text: str | None) -> datetime | None:
    return moment(text)


async def _done(work: Callable[[], T]) -> T:
    """What the store says, asked in a thread.  Raises Refused."""
    try:
        return await anyio.to_thread.run_sync(work)
    except EventRefused as failure:
        code = failure.diagnostics[0].code
        status, error = (404, "case_unknown") if code == _NO_CASE else (422, "event_refused")
        if code in _OUT_OF_TURN:
            status = 409
        message = (
            Message("没有登记任何内容", "nothing was recorded") if status != 404 else failure.diagnostics[0].message
        )
        raise Refused(Problem(status, error, message, failure.diagnostics)) from failure
    except StoreConflict as failure:
        raise Refused(Problem(409, failure.error, failure.message)) from failure
    except StoreError as failure:
        raise Refused(Problem(503, failure.error, failure.message, headers={"retry-after": "1"})) from failure
