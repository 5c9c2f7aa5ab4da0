"""`plan-rules backtest`: one or two plans, an archive -> what it would have got; as text, JSON or a page."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plan_rules.backtest.archive import Named
from plan_rules.backtest.cells import Column
from plan_rules.backtest.mapping import MappingInvalid, read_mapping
from plan_rules.backtest.page import html
from plan_rules.backtest.part import ArchiveUnreadable
from plan_rules.backtest.reasons import reason
from plan_rules.backtest.rejected import HEADER
from plan_rules.backtest.replay import ReplayDisagrees
from plan_rules.backtest.report import report
from plan_rules.backtest.run import Options, Progress, Result, backtest
from plan_rules.backtest.stored import StateUnusable
from plan_rules.backtest.wordings import MOST_SHOWN, Table, Wordings
from plan_rules.cli import output
from plan_rules.cli.comparing_command import named_plan
from plan_rules.cli.inputs import chosen_readings, laid_over, read, source_name
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop, as_json
from plan_rules.columns import ReadingInvalid
from plan_rules.diagnostic_text import lines_of
from plan_rules.display_width import pad, visible, width
from plan_rules.errors import Message
from plan_rules.fact import Kind
from plan_rules.plan import Plan

if TYPE_CHECKING:
    from rich.console import RenderableType


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be counted, and how it is told.  `named` are up to two plans, and the archive."""

    named: Sequence[str]
    by: Sequence[str] = ()
    id: str | None = None
    mapping: str | None = None
    table: str = ""
    encoding: str = "utf-8"
    readings: Sequence[str] = ()
    overlays: Sequence[str] = ()
    at: str | None = None
    trust: str | None = None
    replay: int = 1000
    rejected: str | None = None
    state: str | None = None
    memory: str = "1GiB"
    html: str | None = None
    as_json: bool = False
    lang: str = "zh"


def run(asked: Asked) -> int:
    """Count an archive."""
    plans, data = _plans(asked)
    options = _options(asked, plans)
    named = Named(data, asked.table, asked.encoding, asked.id or "")
    for path in filter(None, (asked.rejected, asked.html)):
        _expect_writable(Path(path))
    try:
        with _progress(asked) as progress:
            result = backtest(plans, named, options, progress)
    except ReadingInvalid as failure:
        raise Stop(BAD_INPUT, "usage", failure.message) from failure
    except ArchiveUnreadable as failure:
        raise Stop(BAD_INPUT, "archive_unreadable", failure.message) from failure
    except StateUnusable as failure:
        raise Stop(BAD_INPUT, "state_unusable", failure.message) from failure
    except ReplayDisagrees as failure:
        raise Stop(DEFECTS, "replay_disagrees", failure.message) from failure
    told = report(result, asked.lang)
    words = Wordings(told, plans, asked.lang)
    if asked.rejected is not None:
        _write(asked.rejected, _lines(result, plans, asked.lang))
    if asked.html is not None:
        _write(asked.html, html(words, asked.lang))
    if asked.as_json:
        output.say([as_json(told)])
    elif output.to_terminal():
        output.console().print(*_drawn(words), sep="\n")
    else:
        output.say(_plain(words))
    return OK


def _plans(asked: Asked) -> tuple[tuple[Plan, ...], str]:
    *files, data = asked.named
    if len(files) > 2:
        message = Message("至多写两份预案, 最后写历史数据", "give two plans at most, and the archive last")
        raise Stop(BAD_INPUT, "usage", message)
    return tuple(_plan(file, asked) for file in files or (None,)), data


def _plan(file: str | None, asked: Asked) -> Plan:
    """A plan by its file or revision, or the shipped one; signed where that is asked for, with what is laid over it."""
    if asked.trust or file is None or Path(file).exists():
        return trusted_plan_of(file, asked.trust, at=asked.at, overlays=asked.overlays)
    return laid_over(named_plan(file), asked.overlays, asked.at)


def _options(asked: Asked, plans: Sequence[Plan]) -> Options:
    readings = chosen_readings(asked.readings)
    if readings and not all(any(fact.kind is Kind.READINGS for fact in plan.facts.values()) for plan in plans):
        message = Message("这份预案不能换解释", "this plan takes no other readings")
        raise Stop(BAD_INPUT, "usage", message)
    if asked.replay < 0:
        raise Stop(BAD_INPUT, "usage", Message("--replay 写 0 或更大的整数", "--replay is a whole number, 0 or more"))
    return Options(
        tuple(asked.by),
        _mapping(asked.mapping, plans),
        readings,
        asked.replay,
        asked.rejected is not None,
        Path(asked.state) if asked.state else None,
        memory=asked.memory,
    )


def _mapping(path: str | None, plans: Sequence[Plan]) -> dict[str, Column]:
    if path is None:
        return {}
    text = read(path, exit_code=BAD_INPUT, error="mapping_invalid")
    try:
        return read_mapping(text, source_name(path), plans)
    except MappingInvalid as invalid:
        message = Message("列对照文件有误, 没有回测", "the mapping file is invalid; nothing was counted")
        sources = {source_name(path): lines_of(text)}
        raise Stop(BAD_INPUT, "mapping_invalid", message, invalid.diagnostics, sources) from invalid


def _expect_writable(path: Path) -> None:
    """Counting can take long: what is written of it at the end has to have a place before it begins."""
    if path.is_dir():
        raise _unwritable(path, "这是一个目录", "it is a directory")
    if not path.parent.is_dir():
        raise _unwritable(
            path, f"没有文件夹 {path.parent}, 先建好它", f"there is no folder {path.parent}; make it first"
        )
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise _unwritable(path, "没有写入的权限", "permission denied")


def _write(path: str, text: str) -> None:
    try:
        Path(path).write_text(text, encoding="utf-8", newline="")
    except OSError as failure:
        why = failure.strerror or "error"
        raise _unwritable(path, why, why) from failure


def _unwritable(path: str | Path, zh: str, en: str) -> Stop:
    return Stop(BAD_INPUT, "output_unwritable", Message(f"写不了 {path}: {zh}", f"cannot write {path}: {en}"))


def _lines(result: Result, plans: Sequence[Plan], lang: str) -> str:
    """The rows set aside, as CSV; a byte order mark so that Excel reads it as UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    facts = {name: plan for plan in plans for name in (*plan.facts, *(each.id for each in plan.impossibles))}
    for line in result.rejected:
        code, fact = line[3], line[4]
        plan = facts.get(fact) or facts.get(code) or plans[-1]
        writer.writerow([*(_harmless(str(cell)) for cell in line), reason(code, fact, plan).within(lang)])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


# --------------------------------------------------------------------------- as it runs


@contextmanager
def _progress(asked: Asked) -> Iterator[Progress]:
    """A bar on a terminal's standard error; nothing anywhere else."""
    if not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    title = "回测" if asked.lang == "zh" else "backtest"
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of or 1)


# --------------------------------------------------------------------------- as it is told


def _plain(words: Wordings) -> Iterator[str]:
    yield visible(words.title())
    yield visible(words.summary())
    yield from (visible(note) for note in words.notes())
    for table in words.tables():
        if table.rows:
            yield ""
            yield visible(table.title)
            yield from _columns(table)
            yield from _more(table, words)


def _columns(table: Table) -> Iterator[str]:
    rows = [table.head, *table.rows[: MOST_SHOWN * 3]]
    widths = [max(width(visible(row[index])) for row in rows) for index in range(len(table.head))]
    for row in rows:
        cells = []
        for index, text in enumerate(row):
            shown = visible(text)
            blank = " " * (widths[index] - width(shown))
            cells.append(blank + shown if index in table.numbers else pad(shown, widths[index]))
        yield ("  " + "  ".join(cells)).rstrip()


def _more(table: Table, words: Wordings) -> Iterator[str]:
    rest = len(table.rows) - MOST_SHOWN * 3
    if rest > 0:
        yield words.say(f"  … 另有 {rest} 行, 用 --json 或 --html 看", f"  ... {rest} more; see --json or --html")


def _drawn(words: Wordings) -> Iterator[RenderableType]:
    from rich import box  # noqa: PLC0415
    from rich.table import Table as Drawn  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    yield Text(visible(words.title()), style="bold")
    yield Text(visible(words.summary()), style="bold cyan")
    for note in words.notes():
        yield Text(visible(note), style="dim")
    for table in words.tables():
        if not table.rows:
            continue
        drawn = Drawn(title=visible(table.title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
        for index, head in enumerate(table.head):
            numeric: Any = "right" if index in table.numbers else "left"
            drawn.add_column(visible(head), justify=numeric, overflow="fold")
        for row in table.rows[: MOST_SHOWN * 3]:
            drawn.add_row(*(Text(visible(cell)) for cell in row))
        yield drawn
        yield from (Text(line, style="dim") for line in _more(table, words))
