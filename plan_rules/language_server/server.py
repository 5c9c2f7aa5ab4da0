"""Language -> the server: what each message of an editor does."""

from __future__ import annotations

import asyncio
import gc
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plan_rules.authoring.draft import Draft, Mark, marks, read_draft
from plan_rules.authoring.reach import Reach
from plan_rules.errors import Message, Severity
from plan_rules.extra import from_extra
from plan_rules.language.pieces import Pieces
from plan_rules.loading import shipped
from plan_rules.suggestion import nearest

with from_extra("editor"):
    from lsprotocol import types as lsp
    from pygls.lsp.server import LanguageServer
    from pygls.uris import to_fs_path

    from plan_rules.language_server.places import Places
    from plan_rules.language_server.proofs import Proofs
    from plan_rules.language_server.worker import marks_in, reach_in

SOURCE = "plan-rules"
_PLAN = re.compile(r"^(?:预案|plan)[:：]", re.MULTILINE)
_SEVERITY = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_HELP = Message("改法", "help")
_SEE = Message("另见", "see")


@dataclass(slots=True)
class OpenPlan:
    """One file that is open: what was read of it last, and what was proved of that very text."""

    uri: str
    folder: Path | None
    pieces: Pieces = field(default_factory=Pieces)
    proofs: Proofs = field(default_factory=Proofs)
    draft: Draft | None = None
    version: int | None = None
    proved: tuple[Mark, ...] = ()
    reach: Reach | None = None
    waiting: asyncio.Handle | None = None


class PlanServer(LanguageServer):
    """Answers one editor."""

    def __init__(self, version: str, lang: str) -> None:
        super().__init__(SOURCE, version)
        self.lang = lang
        self.plans: dict[str, OpenPlan] = {}

    # ----------------------------------------------------------------- texts that change

    def opened(self, uri: str) -> None:
        """Begin with a file."""
        path = to_fs_path(uri) if uri.startswith("file:") else None
        self.plans[uri] = OpenPlan(uri, Path(path).parent if path else None)
        self._read(self.plans[uri])

    def changed(self, uri: str) -> None:
        """Read the text once every key that has been struck by now is in it."""
        plan = self.plans[uri]
        plan.proofs.stop()
        if plan.waiting is not None:
            plan.waiting.cancel()
        plan.waiting = asyncio.get_running_loop().call_soon(self._read, plan)

    def closed(self, uri: str) -> None:
        """Forget a file."""
        plan = self.plans.pop(uri)
        plan.proofs.stop()
        if plan.waiting is not None:
            plan.waiting.cancel()
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(uri, []))

    def _read(self, plan: OpenPlan) -> None:
        document = self.workspace.get_text_document(plan.uri)
        text = document.source
        plan.waiting, plan.version, plan.proved = None, document.version, ()
        if not _PLAN.search(text):
            plan.draft = None
            self._publish(plan, ())
            return
        plan.draft = read_draft(text, source=Path(plan.uri).name, folder=plan.folder, pieces=plan.pieces)
        self._publish(plan, marks(plan.draft))
        if plan.draft.plan is not None:
            plan.proofs.begin(text, plan.folder, lambda found: self._proved(plan, found))

    def _proved(self, plan: OpenPlan, found: dict[str, Any]) -> None:
        if plan.draft is None:
            return
        plan.proved, plan.reach = marks_in(found), reach_in(found)
        self._publish(plan, (*marks(plan.draft), *plan.proved))

    # ----------------------------------------------------------------- in the words of the protocol

    def places(self, plan: OpenPlan) -> Places:
        """The places of the text as it was read last."""
        return Places.of(plan.draft.text if plan.draft else "", self.workspace.position_encoding or "utf-16")

    def _publish(self, plan: OpenPlan, found: Iterable[Mark]) -> None:
        places = self.places(plan)
        told = [self._diagnostic(mark, plan.uri, places) for mark in found]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(plan.uri, told, plan.version))

    def _diagnostic(self, mark: Mark, uri: str, places: Places) -> lsp.Diagnostic:
        lines = [mark.message.within(self.lang)]
        if mark.help is not None:
            lines.append(f"{_HELP.within(self.lang)}: {mark.help.within(self.lang)}")
        related = None
        if mark.related is not None:
            label = (mark.related_label or _SEE).within(self.lang)
            place = lsp.Location(uri, places.span(mark.related))
            related = [lsp.DiagnosticRelatedInformation(place, label)]
        return lsp.Diagnostic(
            places.mark(mark),
            "\n".join(lines),
            severity=_SEVERITY[mark.severity],
            code=mark.code,
            source=SOURCE,
            related_information=related,
        )


def server(version: str, lang: str) -> PlanServer:
    """The server with all it answers to; `lang` is that of its messages, `zh` or `en`."""
    answering = PlanServer(version, lang)

    @answering.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    def _opened(params: lsp.DidOpenTextDocumentParams) -> None:
        answering.opened(params.text_document.uri)

    @answering.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    def _changed(params: lsp.DidChangeTextDocumentParams) -> None:
        answering.changed(params.text_document.uri)

    @answering.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    def _closed(params: lsp.DidCloseTextDocumentParams) -> None:
        answering.closed(params.text_document.uri)

    return answering


def serve(version: str, lang: str) -> None:
    """Serve one editor over stdin and stdout, until it says that it is done."""
    _warm_up()
    server(version, lang).start_io()


def _warm_up() -> None:
    """What is slow the first time is done before the first key; what stays for good is not looked at for garbage."""
    nearest("预按", ["预案"])
    read_draft(shipped("plan.yaml").decode())
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
