"""The session of one editor: its open files, read as they change, and what it is told of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from plan_rules.authoring.draft import Draft, Mark, marks, read_draft
from plan_rules.authoring.index import Index
from plan_rules.authoring.reach import Reach
from plan_rules.errors import Message, Severity
from plan_rules.extra import from_extra
from plan_rules.language.pieces import Pieces
from plan_rules.language.tree import Report

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
    completing: Pieces = field(default_factory=Pieces)  # of the text with a word put in
    proofs: Proofs = field(default_factory=Proofs)
    draft: Draft | None = None
    version: int | None = None
    proved: tuple[Mark, ...] = ()
    reach: Reach | None = None
    reached: str | None = None  # the text that `reach` is about
    waiting: asyncio.Handle | None = None
    _index: tuple[str, Index | None] | None = None

    @property
    def index(self) -> Index | None:
        """The index of the text as it was read last; None where it cannot be read."""
        if self.draft is None:
            return None
        if self._index is None or self._index[0] != self.draft.text:
            tree = self.pieces(self.draft.text, self.draft.source, Report())
            self._index = (self.draft.text, Index.of(tree) if tree is not None else None)
        return self._index[1]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """Every defect known of the text."""
        return (*marks(self.draft), *self.proved) if self.draft else ()


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
        plan.proved, plan.reach, plan.reached = marks_in(found), reach_in(found), plan.draft.text
        self._publish(plan, plan.marks)
        if self.shows_lenses:
            self.workspace_code_lens_refresh(None)

    def latest(self, uri: str) -> OpenPlan | None:
        """The open file, with every key read that has been struck; None where it is no plan."""
        plan = self.plans.get(uri)
        if plan is not None and plan.waiting is not None:
            plan.waiting.cancel()
            self._read(plan)
        return plan if plan is not None and plan.draft is not None else None

    @property
    def shows_lenses(self) -> bool:
        """Can the editor be asked to look at lenses again?"""
        workspace = self.client_capabilities.workspace
        return bool(workspace and workspace.code_lens and workspace.code_lens.refresh_support)

    # ----------------------------------------------------------------- in the words of the protocol

    def places(self, plan: OpenPlan) -> Places:
        """The places of the text as it was read last."""
        return Places.of(plan.draft.text if plan.draft else "", self.workspace.position_encoding or "utf-16")

    def _publish(self, plan: OpenPlan, found: Iterable[Mark]) -> None:
        places = self.places(plan)
        told = [self.diagnostic(mark, plan.uri, places) for mark in found]
        self.text_document_publish_diagnostics(lsp.PublishDiagnosticsParams(plan.uri, told, plan.version))

    def diagnostic(self, mark: Mark, uri: str, places: Places) -> lsp.Diagnostic:
        """A mark as the editor takes it."""
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
