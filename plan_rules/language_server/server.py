"""Language -> the server that answers one editor over stdin and stdout."""

from __future__ import annotations

import gc

from plan_rules.authoring.draft import read_draft
from plan_rules.extra import from_extra
from plan_rules.loading import shipped
from plan_rules.suggestion import nearest

with from_extra("editor"):
    from lsprotocol import types as lsp

    from plan_rules.language_server.answers import add_answers
    from plan_rules.language_server.session import PlanServer


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

    add_answers(answering)
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
