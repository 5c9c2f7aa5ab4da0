"""A path, a text, or nothing (the plan that comes with the library) -> Plan, or every Diagnostic."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from plan_rules.errors import Diagnostic, Message, PlanInvalid, Severity, Span
from plan_rules.language import sources
from plan_rules.language.characters import MAX_BYTES
from plan_rules.language.reader import ReadResult, read
from plan_rules.plan import Plan

SHIPPED = "plan.yaml"


def load(path: str | os.PathLike[str] | None = None) -> Plan:
    """The plan of a file; without a path, the plan that comes with the library.

    Raises PlanInvalid with every defect of the file, OSError where it cannot be read.
    """
    return _shipped_plan() if path is None else _plan(_read_file(path))


def loads(text: str | bytes, *, source: str = "plan.yaml") -> Plan:
    """The plan of a text.  `source` names it in messages.  Raises PlanInvalid."""
    return _plan(read(text, source))


def reload(text: bytes, source_text: bytes | None, *, source: str = "plan.yaml") -> Plan:
    """A plan that was stored: from its `text` and its 底本's `source.raw` (None where it has none), without any file.

    Raises PlanInvalid, also where the plan names a 底本 and none was stored.
    """
    return _plan(read(text, source, find=lambda _: source_text))


def check(path: str | os.PathLike[str] | None = None) -> tuple[Diagnostic, ...]:
    """Every defect of a plan file, in the order of the text; empty where there is none.  Raises OSError."""
    return (_read_shipped() if path is None else _read_file(path)).diagnostics


@lru_cache(maxsize=1)
def _shipped_plan() -> Plan:
    return _plan(_read_shipped())


def shipped(name: str) -> bytes:
    """A file that comes with the library: `plan.yaml`, `source.yaml`, `scenarios.yaml`, or `plans/NAME/plan.yaml`."""
    text = sources.shipped(name)
    if text is None:
        raise FileNotFoundError(name)
    return text


def _read_shipped() -> ReadResult:
    return read(shipped(SHIPPED), SHIPPED)


def _read_file(path: str | os.PathLike[str]) -> ReadResult:
    file = Path(path)
    with file.open("rb") as stream:
        text = stream.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        return ReadResult(None, (_too_large(str(path)),))
    return read(text, str(path), file.parent)


def _too_large(source: str) -> Diagnostic:
    return Diagnostic(
        "TX002",
        Severity.ERROR,
        Message(f"文件超过上限 {MAX_BYTES} 字节", f"the file is larger than the limit of {MAX_BYTES} bytes"),
        Span(source, 1, 1),
        Message("删去不需要的内容", "remove what is not needed"),
    )


def _plan(result: ReadResult) -> Plan:
    if result.plan is None:
        raise PlanInvalid(result.diagnostics)
    return result.plan
