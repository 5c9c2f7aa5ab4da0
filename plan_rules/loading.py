"""A path, a text, or nothing (the plan that comes with the library) -> Plan, or every Diagnostic."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from plan_rules.errors import Diagnostic, Message, PlanInvalid, Severity, Span
from plan_rules.language import sources
from plan_rules.language.characters import MAX_BYTES
from plan_rules.language.reader import ReadResult, read
from plan_rules.language.sources import COMPOSED, Part
from plan_rules.plan import Plan

SHIPPED = "plan.yaml"
SHIPPED_OVERLAYS = {"regulation": "regulation.yaml"}  # the word that stands for a file that comes with the library
File = str | os.PathLike[str]


def load(path: File | None = None, *, overlays: Sequence[File] = (), at: date | None = None) -> Plan:
    """The plan of a file; without a path, the plan that comes with the library.

    `overlays` are the files laid over it (the word `regulation` is the one that comes with the library), as they stand
    on the day `at`, which they need.  Raises PlanInvalid with every defect of the files, OSError where one cannot be
    read, ValueError for overlays without a day.
    """
    if not overlays:
        return _shipped_plan() if path is None else _plan(_read_file(path))
    return _plan(_read_layers(path, overlays, _day(at)))


def compose(plan: Plan, overlays: Sequence[File], *, at: date) -> Plan:
    """The plan with files laid over it, as they stand on the day; what it was composed of before is left off.

    Raises what `load` raises.
    """
    from plan_rules.language.composing import parts_of, read_composed  # noqa: PLC0415  as below

    text = parts_of(plan.text)[0] if plan.text.startswith(COMPOSED) else plan.text
    raw = plan.source.raw if plan.source else None
    parts = [_overlay(each) for each in overlays]
    return (
        _plan(read_composed(Part(text, SHIPPED), parts, _day(at), find=lambda _: raw)) if parts else _plain(text, raw)
    )


def _plain(text: bytes, source_text: bytes | None) -> Plan:
    return _plan(read(text, SHIPPED, find=lambda _: source_text))


@lru_cache(maxsize=8)
def bare(plan: Plan) -> Plan:
    """The plan without what is laid over it."""
    return compose(plan, (), at=date.min)


def beneath(plan: Plan, day: date) -> Plan:
    """The plan without the last file laid over it, as the others stand on the day."""
    if plan.layering is None or len(plan.layering.layers) == 1:
        return bare(plan)
    return _composed_again(plan, day, len(plan.layering.layers) - 1)


@lru_cache(maxsize=32)
def on_day(plan: Plan, day: date) -> Plan:
    """The plan with what is laid over it as it stands on a day; a plan without overlays stays as it is."""
    if plan.layering is None or plan.layering.holds_on(day):
        return plan
    return _composed_again(plan, day, len(plan.layering.layers))


def _composed_again(plan: Plan, day: date, count: int) -> Plan:
    """The plan with the lowest files laid over it, as they stand on the day."""
    from plan_rules.language.composing import parts_of, read_composed  # noqa: PLC0415  as above

    base, overlays, _ = parts_of(plan.text)
    raw = plan.source.raw if plan.source else None
    parts = [Part(text, f"overlay {number}") for number, text in enumerate(overlays[:count], 1)]
    return _plan(read_composed(Part(base, SHIPPED), parts, day, find=lambda _: raw))


def loads(text: str | bytes, *, source: str = "plan.yaml") -> Plan:
    """The plan of a text.  `source` names it in messages.  Raises PlanInvalid."""
    return _plan(read(text, source))


def reload(text: bytes, source_text: bytes | None, *, source: str = "plan.yaml") -> Plan:
    """A plan that was stored: from its `text` and its 底本's `source.raw` (None where it has none), without any file.

    Raises PlanInvalid, also where the plan names a 底本 and none was stored.
    """
    if text.startswith(COMPOSED):
        from plan_rules.language.composing import parts_of, read_composed  # noqa: PLC0415  only for overlays

        base, overlays, day = parts_of(text)
        parts = [Part(each, f"overlay {number}") for number, each in enumerate(overlays, 1)]
        return _plan(read_composed(Part(base, source), parts, day, find=lambda _: source_text))
    return _plan(read(text, source, find=lambda _: source_text))


def check(path: File | None = None, *, overlays: Sequence[File] = (), at: date | None = None) -> tuple[Diagnostic, ...]:
    """Every defect of a plan file and of the overlays over it, in the order of the text; empty where there is none.

    What is to be confirmed is checked as if it were.  Raises OSError, and ValueError for overlays without a day.
    """
    if overlays:
        day = _day(at)
        found = (_read_layers(path, overlays, day, confirmed=confirmed).diagnostics for confirmed in (False, True))
        return tuple(sorted(dict.fromkeys(each for some in found for each in some), key=Diagnostic.sort_key))
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


def _read_file(path: File) -> ReadResult:
    try:
        part = _part(path)
    except PlanInvalid as invalid:
        return ReadResult(None, invalid.diagnostics)
    return read(part.text, part.source, Path(path).parent)


def _read_layers(path: File | None, overlays: Sequence[File], day: date, *, confirmed: bool = False) -> ReadResult:
    from plan_rules.language.composing import read_composed  # noqa: PLC0415  as above

    try:
        base = Part(shipped(SHIPPED), SHIPPED) if path is None else _part(path)
        parts = [_overlay(each) for each in overlays]
    except PlanInvalid as invalid:
        return ReadResult(None, invalid.diagnostics)
    folder = None if path is None else Path(path).parent
    return read_composed(base, parts, day, folder=folder, confirmed=confirmed)


def _overlay(file: File) -> Part:
    name = SHIPPED_OVERLAYS.get(str(file))
    return _part(file) if name is None else Part(shipped(name), name)


def _part(path: File) -> Part:
    """The bytes of a file; PlanInvalid where it is too large."""
    with Path(path).open("rb") as stream:
        text = stream.read(MAX_BYTES + 1)
    if len(text) > MAX_BYTES:
        raise PlanInvalid((_too_large(str(path)),))
    return Part(text, str(path))


def _day(at: date | None) -> date:
    if at is None:
        raise ValueError("叠加文件要看哪一天的: 写 at=日期 / overlays change by date: give at=date")
    return date(at.year, at.month, at.day)


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
