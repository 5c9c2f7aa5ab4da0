"""A real editor's side of the protocol: pygls' client over the stdin and stdout of `plan-rules lsp`."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest

pytest.importorskip("pygls")

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient

ROOT = Path(__file__).parents[2]
SHIPPED = (ROOT / "rules" / "plan.yaml").read_text(encoding="utf-8")
SOURCE = ROOT / "rules" / "source.yaml"
Result = TypeVar("Result")


class Editor:
    """One file open in one editor."""

    def __init__(self, client: LanguageClient, file: Path) -> None:
        self.client = client
        self.folder = file.parent
        self.uri = file.as_uri()
        self.version = 0
        self.text = ""
        self.published: asyncio.Queue[lsp.PublishDiagnosticsParams] = asyncio.Queue()

        @client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

    async def open(self, text: str) -> list[lsp.Diagnostic]:
        self.text, self.version = text, 1
        item = lsp.TextDocumentItem(self.uri, "yaml", self.version, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return await self.told()

    def place(self, needle: str, into: int = 0) -> lsp.Position:
        """Where the text stands that occurs once, and so many characters into it."""
        assert self.text.count(needle) == 1, (needle, self.text.count(needle))
        return self.at(self.text.index(needle) + into)

    def at(self, offset: int) -> lsp.Position:
        before = self.text[:offset]
        line = before.count("\n")
        return lsp.Position(line, len(before.rpartition("\n")[2].encode("utf-16-le")) // 2)

    def offset(self, position: lsp.Position) -> int:
        lines = self.text.split("\n")
        units = lines[position.line].encode("utf-16-le")[: position.character * 2]
        return sum(len(line) + 1 for line in lines[: position.line]) + len(units.decode("utf-16-le"))

    def within(self, range_: lsp.Range) -> str:
        return self.text[self.offset(range_.start) : self.offset(range_.end)]

    def strike(self, needle: str, written: str, into: int = 0, over: int = 0) -> None:
        """Write at a place, over so many characters."""
        start = self.offset(self.place(needle, into))
        range_ = lsp.Range(self.at(start), self.at(start + over))
        self.text = self.text[:start] + written + self.text[start + over :]
        self.version += 1
        self.client.text_document_did_change(
            lsp.DidChangeTextDocumentParams(
                lsp.VersionedTextDocumentIdentifier(self.version, self.uri),
                [lsp.TextDocumentContentChangePartial(range_, written)],
            )
        )

    async def told(self, *, proofs: bool = False) -> list[lsp.Diagnostic]:
        """What is published next for the text as it stands; with `proofs`, what is published after that."""
        while True:
            published = await asyncio.wait_for(self.published.get(), 90)
            if published.version != self.version:
                continue
            if not proofs:
                return list(published.diagnostics)
            proofs = False

    @property
    def document(self) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri)


@asynccontextmanager
async def editing(folder: Path, lang: str = "zh") -> AsyncIterator[Editor]:
    (folder / "source.yaml").write_bytes(SOURCE.read_bytes())
    client = LanguageClient("an-editor", "1")
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    await client.start_io(sys.executable, "-m", "plan_rules", "lsp", "--lang", lang, env=environment)
    capabilities = lsp.ClientCapabilities()
    await client.initialize_async(lsp.InitializeParams(capabilities, root_uri=folder.as_uri()))
    client.initialized(lsp.InitializedParams())
    try:
        yield Editor(client, folder / "plan.yaml")
    finally:
        await client.shutdown_async(None)
        client.exit(None)
        await client.stop()


@pytest.fixture
def edit(tmp_path: Path) -> Callable[[Callable[[Editor], Awaitable[Result]]], Result]:
    """Run a session with an editor."""

    def run(session: Callable[[Editor], Awaitable[Result]], lang: str = "zh") -> Result:
        async def whole() -> Result:
            async with editing(tmp_path, lang) as editor:
                return await session(editor)

        return asyncio.run(whole())

    return run
