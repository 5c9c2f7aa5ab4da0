"""(Plans, archive, options) -> Result: every part of the archive counted, or taken from what was counted before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from plan_rules.backtest.answered import Asked, answered, measures
from plan_rules.backtest.archive import Named, sources_of
from plan_rules.backtest.cells import Column
from plan_rules.backtest.layout import Layout, Wanted, asked_for, layout_of
from plan_rules.backtest.part import ArchiveUnreadable, Part, Source, literal, quoted
from plan_rules.backtest.rejected import malformed_lines, rejecting
from plan_rules.backtest.replay import among, chosen, lowest, replayed, replaying
from plan_rules.backtest.stored import Stored
from plan_rules.backtest.tally import Tally, counting, showing, tallied
from plan_rules.digests import digest_of
from plan_rules.errors import Message
from plan_rules.extra import from_extra
from plan_rules.plan import Plan

if TYPE_CHECKING:
    import duckdb

MAX_GROUPS = 5_000
FORMAT = 2  # of what is stored: another number, and nothing stored before is taken
Progress = Callable[[int, int], None]  # (what is done, of how much)


@dataclass(frozen=True, slots=True)
class Options:
    """How an archive is read and what is counted of it.

    `by`: columns to group by, `month:COLUMN` for months of its days; `mapping`: what `read_mapping` gives; `readings`
    other than the plans'; `replay`: how many rows durable_rules decides again; `rejected`: are the rows that are set
    aside listed; `state`: the folder in which results of parts are kept; `rows` of a part, `memory` as DuckDB has it.
    """

    by: tuple[str, ...] = ()
    mapping: Mapping[str, Column] = field(default_factory=dict)
    readings: Mapping[str, str] = field(default_factory=dict)
    replay: int = 1000
    rejected: bool = False
    state: Path | None = None
    rows: int = 500_000  # of a part
    memory: str = "1GiB"


@dataclass(slots=True)
class Result:
    """What was counted; `report` tells it.

    `used`: fact -> column, `unused`: columns that are no fact; `malformed`: how many lines are no rows; `replayed`: how
    many rows were decided again; `rejected`: where asked for, a line for each reason of each row set aside.
    """

    plans: tuple[Plan, ...]
    options: Options
    sources: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    used: Mapping[str, str] = field(default_factory=dict)  # fact -> column
    tally: Tally = field(default_factory=Tally)
    malformed: int = 0
    replayed: int = 0
    rejected: list[str] = field(default_factory=list)


def backtest(
    plans: Sequence[Plan], named: Named, options: Options, progress: Progress = lambda _done, _of: None
) -> Result:
    """Count what an archive would have got under one plan, or under an old and a new one.

    Raises ArchiveUnreadable, ReadingInvalid, StateUnusable, ExtraMissing, and ReplayDisagrees where durable_rules
    answers a row differently.  `progress` is told what is done, of how much.
    """
    with opened(options.memory) as connection:
        sources = sources_of(named, connection)
        wanted = Wanted(tuple(plans), options.mapping, options.by, named.id or None)
        layouts = {source.name: layout_of(source.name, source.columns, wanted, source.kinds) for source in sources}
        every = tuple(dict.fromkeys(column for source in sources for column in source.columns))
        asked_for(layouts, every, wanted)
        run = _Run(tuple(plans), options, connection, layouts, named)
        return run.whole(sources, progress)


@contextmanager
def opened(memory: str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB that holds so much in memory, puts the rest on the disk, and asks nothing of a network."""
    with from_extra("backtest"):
        import duckdb  # noqa: PLC0415
        import pyarrow  # noqa: F401, ICN001, PLC0415
    with TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute("SET autoinstall_known_extensions = false")
        connection.execute("SET preserve_insertion_order = false")
        connection.execute("SET enable_progress_bar = false")
        _plan_quickly(connection)
        connection.execute(f"SET temp_directory = {literal(folder)}")
        try:
            connection.execute(f"SET memory_limit = {literal(memory)}")
        except duckdb.Error as failure:
            shown = memory[:20]
            raise ArchiveUnreadable(
                Message(f"“{shown}”不是内存大小, 写成 2GiB", f"`{shown}` is no amount of memory; write 2GiB")
            ) from failure
        yield connection


# DuckDB's other optimizers write definitions into each other, and a plan's stages grow without bound.
_OPTIMIZERS = frozenset(
    {"column_lifetime", "common_subexpressions", "filter_pushdown", "limit_pushdown", "row_group_pruner", "top_n"}
    | {"unused_columns"}
)


def _plan_quickly(connection: duckdb.DuckDBPyConnection) -> None:
    known = [name for (name,) in connection.execute("SELECT name FROM duckdb_optimizers()").fetchall()]
    off = ",".join(name for name in known if name not in _OPTIMIZERS)
    connection.execute(f"SET disabled_optimizers = {literal(off)}")


@dataclass(slots=True)
class _Run:
    plans: tuple[Plan, ...]
    options: Options
    connection: duckdb.DuckDBPyConnection
    layouts: Mapping[str, Layout]
    named: Named
    lowest: list[int] = field(default_factory=list)

    def whole(self, sources: Sequence[Source], progress: Progress) -> Result:
        unused = dict.fromkeys(column for layout in self.layouts.values() for column in layout.unused)
        used = {fact: column for layout in self.layouts.values() for fact, (column, _) in layout.facts.items()}
        result = Result(
            self.plans,
            self.options,
            tuple(source.name for source in sources),
            tuple(unused),
            dict(sorted(used.items())),
        )
        of, done = sum(source.weight for source in sources), 0
        for source in sources:
            layout = self.layouts[source.name]
            asked = [Asked.of(plan, self.options.readings, layout, index) for index, plan in enumerate(self.plans)]
            kept = self._kept(layout, asked)
            for part in source.parts(layout.columns, self.options.rows):
                self._add(result, self._part(part, asked, layout, kept))
                done += part.weight
                progress(min(done, of), of)
        if not result.tally.whole[("rows",)] and not result.malformed:
            raise ArchiveUnreadable(
                Message("库里一行也没有, 只有列名", "there is no row in the archive, only names of columns")
            )
        return result

    def _kept(self, layout: Layout, asked: Sequence[Asked]) -> Stored:
        """Where the results of a source's parts are kept, known by all that they follow from."""
        options = self.options
        columns = {
            fact: [column, repr(sorted(found.values.items(), key=str))]
            for fact, (column, found) in layout.facts.items()
        }
        follows = {
            "format": FORMAT,
            "query": digest_of(counting(measures(asked), len(layout.by), answered(asked, layout, "", "part"))),
            "plans": [plan.digest for plan in self.plans],
            "layers": [repr(plan.layering) for plan in self.plans],
            "readings": dict(options.readings),
            "by": list(options.by),
            "id": self.named.id,
            "encoding": self.named.encoding,
            "columns": columns,
            "replay": options.replay,
            "rejected": options.rejected,
            "rows": options.rows,
        }
        return Stored(options.state, follows)

    def _part(self, part: Part, asked: Sequence[Asked], layout: Layout, kept: Stored) -> dict[str, Any]:
        key = [part.source, part.index, part.identity, self.lowest[-1:]]
        found = kept.get(key)
        if found is None:
            found = self._counted(part, asked, layout)
            kept.put(key, found)
        return found

    def _counted(self, part: Part, asked: Sequence[Asked], layout: Layout) -> dict[str, Any]:
        """The result of a part, as JSON."""
        rows = f"({part.query})"
        if part.table is not None:
            self.connection.register("part", part.table)
            rows = "part"
        query = answered(asked, layout, part.source, rows)
        self._not_too_many_groups(answered((), layout, part.source, rows), layout)
        counted = measures(asked)
        shown = self._all(showing(counted, query))[0] if len(asked) > 1 else ()
        tally = tallied(counted, self._all(counting(counted, len(layout.by), query)), shown, part.source)
        mixed: list[int] = []
        if self.options.replay:
            known = answered((), layout, part.source, rows)
            picked = [row for (row,) in self._all(chosen(known, self.lowest, self.options.replay))]
            sample = answered(asked, layout, part.source, among(rows, picked))
            again = self._all(replaying(asked, layout, sample))
            mixed = replayed(asked, layout, self.options.readings, again, part.source)
        lines = malformed_lines(part)
        if self.options.rejected:
            lines += [list(line) for line in self._all(rejecting(asked, part.source, query))]
            lines.sort(key=lambda line: line[1])
        if part.table is not None:
            self.connection.unregister("part")
        return {
            "tally": tally.to_json(),
            "replayed": mixed,
            "malformed": len(part.malformed),
            "rejected": lines if self.options.rejected else [],
        }

    def _add(self, result: Result, part: Mapping[str, Any]) -> None:
        result.tally.add(Tally.from_json(part["tally"]))
        result.malformed += part["malformed"]
        result.replayed += len(part["replayed"])
        result.rejected += part["rejected"]
        self.lowest = lowest(self.lowest, part["replayed"], self.options.replay)
        for dimension, text in enumerate(self.options.by):
            self._few(text, sum(at == dimension for at, _ in result.tally.counts))

    def _not_too_many_groups(self, query: str, layout: Layout) -> None:
        for index, text in enumerate(self.options.by):
            if layout.by[index]:
                found = self._all(f"SELECT count(DISTINCT {quoted(f'#by{index}')}) FROM ({query})")  # noqa: S608
                self._few(text, found[0][0])

    def _few(self, text: str, groups: int) -> None:
        if groups > MAX_GROUPS:
            raise ArchiveUnreadable(
                Message(
                    f"--by {text}: 多于 {MAX_GROUPS} 组; 换一列, 或按月: month:{text}",
                    f"--by {text}: more than {MAX_GROUPS} groups; take another column, or months: month:{text}",
                )
            )

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        import duckdb  # noqa: PLC0415

        try:
            return self.connection.execute(query).fetchall()
        except duckdb.OutOfMemoryException as failure:
            raise ArchiveUnreadable(
                Message(
                    f"{self.options.memory} 内存不够; 用 --memory 放宽",
                    f"{self.options.memory} of memory are not enough; allow more with --memory",
                )
            ) from failure
