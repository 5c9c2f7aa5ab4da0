"""`plan-rules lsp`: an editor on stdin and stdout -> diagnostics, hover, completion and the rest, until it is done."""

from __future__ import annotations

from plan_rules.cli.stop import OK
from plan_rules.cli.version import version
from plan_rules.language_server.server import serve


def run(*, lang: str) -> int:
    """Serve one editor."""
    serve(version(), lang)
    return OK
