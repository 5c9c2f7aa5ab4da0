"""The editor's requests -> what is wrong with the text, the file written or not, as JSON."""

from __future__ import annotations

import time
from typing import Any

from plan_rules.errors import Diagnostic
from plan_rules.extra import from_extra
from plan_rules.studio.desk import DRAFT, SAVED, Desk, as_kept, plain
from plan_rules.studio.folder import Changed, NotKept, version_of

with from_extra("studio"):
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import Route

LARGE_PATHS = ("/edit/check", "/edit/save")
_MOST_SHOWN = 200


class Editing:
    """What the editor asks of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[Route]:
        """The four requests."""
        return [
            Route("/edit/text", self._text, methods=["GET"]),
            Route("/edit/check", self._check, methods=["POST"]),
            Route("/edit/save", self._save, methods=["POST"]),
            Route("/edit/drop", self._drop, methods=["POST"]),
        ]

    async def _text(self, request: Request) -> Response:
        """The draft, or else the file; what the file holds, and its version."""
        del request

        def work() -> dict[str, str]:
            saved = self._desk.text(SAVED)
            return {"text": _lined(self._desk.text(DRAFT)), "saved": _lined(saved), "version": version_of(saved)}

        return JSONResponse(await run_in_threadpool(work))

    async def _check(self, request: Request) -> Response:
        """Every defect of the text, and how many milliseconds finding them took."""
        text = await request.body()
        lang = "en" if request.query_params.get("lang") == "en" else "zh"

        def work() -> dict[str, Any]:
            begun = time.perf_counter()
            name = self._desk.folder.plan_name
            found = self._desk.keep_draft(text)
            shown = [_plain(each, name, lang) for each in found[:_MOST_SHOWN]]
            return {"diagnostics": shown, "milliseconds": round((time.perf_counter() - begun) * 1000)}

        return JSONResponse(await run_in_threadpool(work))

    async def _save(self, request: Request) -> Response:
        """Write the file, if it is still the one that was read."""
        text = await request.body()
        lang = "en" if request.query_params.get("lang") == "en" else "zh"
        seen = request.headers.get("x-seen", "")
        try:
            version = await run_in_threadpool(self._written, text, seen)
        except NotKept as failure:
            status = 409 if isinstance(failure, Changed) else 400
            return JSONResponse({"message": failure.message.within(lang)}, status_code=status)
        self._desk.drop_draft()
        return JSONResponse({"version": version})

    def _written(self, text: bytes, seen: str) -> str:
        folder = self._desk.folder
        return folder.write(folder.plan_name, as_kept(text, folder.read(folder.plan_name) or b""), seen)

    async def _drop(self, request: Request) -> Response:
        del request
        self._desk.drop_draft()
        return JSONResponse({})


def _lined(text: bytes) -> str:
    return plain(text).decode("utf-8", errors="replace")


def _plain(diagnostic: Diagnostic, name: str, lang: str) -> dict[str, Any]:
    """A diagnostic as the page shows it; `here` is whether its place is in the text of the editor."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message.within(lang),
        "help": diagnostic.help.within(lang) if diagnostic.help else "",
        "source": span.source if span else "",
        "here": bool(span and span.source == name and span.line),
        "line": span.line if span else 0,
        "column": span.column if span else 0,
        "width": span.width if span else 0,
    }
