"""Requests -> pages and the parts of them that change: every pane of the studio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlencode

from plan_rules.analysis import OutOfBudget
from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.documents.content import Document
from plan_rules.errors import (
    DiagnosedError,
    Diagnostic,
    FactsInvalid,
    Message,
    PlanInvalid,
    PlanRulesError,
    ScenariosInvalid,
    ToldError,
)
from plan_rules.explanation import ClauseUnknown
from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.studio import heavy
from plan_rules.studio.answer import answer, clause_choices, instead
from plan_rules.studio.desk import DRAFT, SAVED, Desk
from plan_rules.studio.folder import SCENARIOS, version_of
from plan_rules.studio.incident_form import facts_of, fields_of
from plan_rules.studio.setting import rendered
from plan_rules.studio.suite import added, scenario_of, tried
from plan_rules.studio.triage import asked

with from_extra("studio"):
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import HTMLResponse, Response
    from starlette.routing import Route

_MOST_FIELDS = 3000
PANES = (
    ("/", "定级处置", "Decide"),
    ("/edit", "编辑", "Edit"),
    ("/prove", "证明与修订", "Prove and compare"),
    ("/scenarios", "场景", "Scenarios"),
    ("/matrix", "条款矩阵", "Clause matrix"),
)


class BadForm(ToldError):
    """What was sent is no form of ours."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a request says: its fields, the language, and which text of the plan is meant."""

    form: Mapping[str, str]
    lang: str
    of: str

    @property
    def at(self) -> str | None:
        """The instant of the decision, where one was filled in."""
        return self.form.get("at") or None


class Panes:
    """The pages of one desk."""

    def __init__(self, desk: Desk, csrf: str) -> None:
        self._desk = desk
        self._csrf = csrf
        self._matrix_of: tuple[heavy.Texts, bytes | None, Document] | None = None  # the last one, which took seconds

    def routes(self) -> list[Route]:
        """Every page and every part."""
        pages = {
            "/": self._incident,
            "/edit": self._edit,
            "/prove": self._prove,
            "/scenarios": self._scenarios,
            "/matrix": self._matrix,
        }
        parts = {
            "/decide": self._decide,
            "/ask": self._ask,
            "/why-not": self._why_not,
            "/keep": self._keep,
            "/prove/claims": self._claims,
            "/prove/difference": self._difference,
            "/scenarios/run": self._run,
            "/matrix/rows": self._rows,
        }
        return [
            *(Route(path, self._page(path, work), methods=["GET"]) for path, work in pages.items()),
            *(Route(path, self._part(work), methods=["POST"]) for path, work in parts.items()),
        ]

    # ----------------------------------------------------------------- what all have in common

    def _page(self, path: str, work: Any) -> Any:
        async def page(request: Request) -> Response:
            sent = _sent(request.query_params, self._desk)
            try:
                said = await run_in_threadpool(work, sent)
            except ToldError as failure:
                said = ("trouble.html", {"message": failure.message})
            common = {
                "path": path,
                "panes": PANES,
                "csrf": self._csrf,
                "nonce": request.scope["nonce"],
                "desk": self._desk,
                "of": sent.of,
                "has_draft": await run_in_threadpool(lambda: self._desk.has_draft),
                "link": partial(_link, sent),
            }
            template, content = said
            return HTMLResponse(rendered(template, sent.lang, **common, **content))

        return page

    def _part(self, work: Any) -> Any:
        async def part(request: Request) -> Response:
            sent = _sent({}, self._desk)
            try:
                sent = _sent(_form(await request.body()), self._desk)
                told = work(sent)
                html = await told if hasattr(told, "__await__") else told
            except (PlanRulesError, OutOfBudget) as failure:
                return HTMLResponse(_refused(failure, sent.lang))
            return HTMLResponse(html)

        return part

    # ----------------------------------------------------------------- deciding

    def _incident(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        result = self._desk.reading(sent.of)
        plan = result.plan
        if plan is None:
            return "unusable.html", {"defects": result.diagnostics}
        return "incident.html", {
            "plan": plan,
            "fields": fields_of(plan, sent.lang),
            "readings": plan.readings.values(),
            "clauses": clause_choices(plan),
        }

    def _asked(self, sent: Sent) -> tuple[Plan, dict[str, Any]]:
        plan = self._desk.plan(sent.of)
        return plan, facts_of(sent.form, plan)

    async def _decide(self, sent: Sent) -> str:
        def work() -> str:
            plan, facts = self._asked(sent)
            return rendered("answer.html", sent.lang, answer=answer(plan, facts, sent.at, sent.lang))

        return await run_in_threadpool(work)

    async def _ask(self, sent: Sent) -> str:
        def work() -> str:
            plan, facts = self._asked(sent)
            try:
                question = asked(plan, facts, sent.lang)
            except FactsInvalid:  # the answer tells which, and what to write instead
                question = None
            return rendered("question.html", sent.lang, asked=question)

        return await run_in_threadpool(work)

    async def _why_not(self, sent: Sent) -> str:
        def work() -> str:
            plan, facts = self._asked(sent)
            found = instead(plan, facts, sent.at, sent.form.get("clause", ""), sent.lang)
            return rendered("instead.html", sent.lang, instead=found)

        return await run_in_threadpool(work)

    async def _keep(self, sent: Sent) -> str:
        """One more scenario."""

        def work() -> str:
            plan, facts = self._asked(sent)
            decision: Decision = decide(plan, facts, at=sent.at)
            named = (sent.form.get("id", ""), sent.form.get("title", ""), sent.form.get("story", ""))
            scenario = scenario_of(plan, facts, decision, at=sent.at, named=named)
            text = self._desk.folder.read(SCENARIOS)
            self._desk.folder.write(SCENARIOS, added(text, scenario, plan), version_of(text))
            return rendered("kept.html", sent.lang, id=scenario.id, file=SCENARIOS)

        return await run_in_threadpool(work)

    # ----------------------------------------------------------------- editing

    def _edit(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        del sent
        return "edit.html", {}

    # ----------------------------------------------------------------- proofs

    def _prove(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        bases = tuple((base, self._desk.label(base).within(sent.lang)) for base in self._desk.bases())
        return "prove.html", {"bases": bases, "meant": self._desk.label(sent.of).within(sent.lang)}

    async def _texts(self, of: str) -> heavy.Texts:
        plan = await run_in_threadpool(self._desk.plan, of)
        return heavy.texts_of(plan, self._desk.source(of))

    async def _claims(self, sent: Sent) -> str:
        found = await heavy.elsewhere(heavy.proved, await self._texts(sent.of), _today(), sent.lang)
        return rendered("claims.html", sent.lang, proved=found)

    async def _difference(self, sent: Sent) -> str:
        base = sent.form.get("base", "")
        if base not in self._desk.bases():
            raise BadForm(Message("没有这个比较对象", "there is no such text to compare with"))
        scenarios = await run_in_threadpool(self._desk.folder.read, SCENARIOS)
        old, new = await self._texts(base), await self._texts(sent.of)
        found = await heavy.elsewhere(heavy.compared, old, new, scenarios, _today(), sent.lang)
        return rendered("difference.html", sent.lang, compared=found)

    # ----------------------------------------------------------------- scenarios and the matrix

    def _scenarios(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        del sent
        return "scenarios.html", {"file": SCENARIOS}

    async def _run(self, sent: Sent) -> str:
        def work() -> str:
            plan = self._desk.plan(sent.of)
            found = tried(plan, self._desk.scenarios(plan), sent.lang)
            return rendered("tried.html", sent.lang, tried=found, of=sent.of)

        return await run_in_threadpool(work)

    def _matrix(self, sent: Sent) -> tuple[str, dict[str, Any]]:
        del sent
        return "matrix.html", {}

    async def _rows(self, sent: Sent) -> str:
        scenarios = await run_in_threadpool(self._desk.folder.read, SCENARIOS)
        texts = await self._texts(sent.of)
        if self._matrix_of is None or self._matrix_of[:2] != (texts, scenarios):
            self._matrix_of = texts, scenarios, await heavy.elsewhere(heavy.covered, texts, scenarios)
        return rendered("rows.html", sent.lang, document=self._matrix_of[2])


def _form(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError as failure:
        raise BadForm(
            Message("请求的写法不对, 请重新载入页面", "the request is no form; load the page again")
        ) from failure
    return dict(pairs)


def _sent(form: Mapping[str, str], desk: Desk) -> Sent:
    lang = "en" if form.get("lang") == "en" else "zh"
    of = DRAFT if form.get("of") == DRAFT and desk.has_draft else SAVED
    return Sent(form, lang, of)


def _link(sent: Sent, path: str, **changed: str) -> str:
    """A page in the same language and of the same text, but for what is changed."""
    said = {"lang": sent.lang, "of": sent.of, **changed}
    usual = {"lang": "zh", "of": SAVED}
    query = urlencode([(name, value) for name, value in said.items() if usual[name] != value])
    return path + (f"?{query}" if query else "")


def _today() -> dt.date:
    """Acceptances run out by the day of this machine."""
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


def _refused(failure: Exception, lang: str) -> str:
    """Why there is no answer, and what to do."""
    defects: tuple[Diagnostic, ...] = ()
    message = Message(str(failure), str(failure))
    match failure:
        case PlanInvalid():
            defects = failure.diagnostics
            message = Message("预案有错误, 不能使用; 先在“编辑”里改好", "the plan has errors; mend them in Edit first")
        case ScenariosInvalid():
            defects = failure.diagnostics
            message = Message("场景文件有错误, 没有运行", "the scenario file has errors; nothing was run")
        case DiagnosedError():
            defects = failure.diagnostics
            message = Message("填写的事实不能同时成立或写法不对", "these facts are refused")
        case ClauseUnknown():
            message = Message("预案里没有这一条", "the plan has no such clause")
        case OutOfBudget():
            message = Message(
                "预案太大, 在限度以内算不出来", "the plan is too large to be worked out within the budget"
            )
        case ToldError():
            message = failure.message
        case _:
            pass
    return rendered("refused.html", lang, message=message, defects=defects)
