"""`plan-rules fmt`: plan and scenario files -> the same laid out evenly, in place; or only which are not."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from plan_rules.authoring.formatting import formatted
from plan_rules.cli import output
from plan_rules.cli.inputs import read
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, DEFECTS, OK, Stop
from plan_rules.diagnostic_text import lines_of
from plan_rules.errors import Message


def run(paths: Sequence[str], *, check: bool, lang: str) -> int:
    """Lay out every file; with `check`, write nothing and exit 1 where one is not laid out.

    `-` is laid out from standard input to standard output.
    """
    texts = {path: read(path, exit_code=BAD_PLAN, error="plan_unreadable") for path in dict.fromkeys(paths)}
    results = {path: _laid_out(path, text) for path, text in texts.items()}
    changed = [path for path, result in results.items() if result != texts[path]]
    if check:
        output.say([f"没有排好: {path}" if lang == "zh" else f"not laid out: {path}" for path in changed])
        return DEFECTS if changed else OK
    for path, result in results.items():
        if path == "-":
            sys.stdout.buffer.write(result)
        elif path in changed:
            _write(path, result)
            output.say([f"排好了 {path}" if lang == "zh" else f"laid out {path}"])
    return OK


def _laid_out(path: str, text: bytes) -> bytes:
    result = formatted(text, path)
    if result.text is None:
        message = Message("有错误的文件不排版: 先改好", "a file with errors is not laid out: mend it first")
        raise Stop(BAD_PLAN, "plan_invalid", message, result.diagnostics, {path: lines_of(text)})
    return result.text.encode()


def _write(path: str, text: bytes) -> None:
    try:
        Path(path).write_bytes(text)
    except OSError as failure:
        message = Message(f"写不了 {path}: {failure.strerror}", f"cannot write {path}: {failure.strerror}")
        raise Stop(BAD_INPUT, "file_unwritable", message) from failure
