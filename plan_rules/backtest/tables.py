"""A Parquet file, a table of a DuckDB file, a table of PostgreSQL -> its columns and its rows, part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from plan_rules.backtest.csv_file import unique
from plan_rules.backtest.part import ROW, ArchiveUnreadable, Part, literal, quoted, unreadable
from plan_rules.errors import Message
from plan_rules.extra import from_extra
from plan_rules.fact import Kind
from plan_rules.suggestion import did_you_mean

if TYPE_CHECKING:
    import duckdb


_ARROW = {
    "bool": Kind.BOOL,
    **dict.fromkeys(("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"), Kind.INTEGER),
    "date32[day]": Kind.DATE,
    **dict.fromkeys(("timestamp[s]", "timestamp[ms]", "timestamp[us]"), Kind.DATETIME),
}
_DUCK = {
    "BOOLEAN": Kind.BOOL,
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"), Kind.INTEGER),
    "DATE": Kind.DATE,
    "TIMESTAMP": Kind.DATETIME,
}


@dataclass
class ParquetFile:
    """One Parquet file; DuckDB reads it, a run of row groups a part."""

    path: Path
    name: str
    columns: tuple[str, ...] = field(init=False)
    kinds: dict[str, Kind] = field(init=False)
    _groups: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        with from_extra("backtest"):
            import pyarrow as pa  # noqa: PLC0415
            import pyarrow.parquet as arrow_parquet  # noqa: PLC0415
        try:
            with arrow_parquet.ParquetFile(self.path) as file:
                self.columns = unique(self.name, tuple(file.schema_arrow.names))
                types = ((name, file.schema_arrow.field(name).type) for name in self.columns)
                self.kinds = {name: kind for name, type_ in types if (kind := _ARROW.get(str(type_)))}
                self._groups = tuple(
                    file.metadata.row_group(index).num_rows for index in range(file.metadata.num_row_groups)
                )
        except (OSError, pa.ArrowException) as failure:
            raise unreadable(self.name, "不是完好的 Parquet 文件", "it is no whole Parquet file") from failure

    @property
    def weight(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def parts(self, columns: tuple[str, ...], rows: int) -> Iterator[Part]:
        """Queries of runs of row groups; a row group that is larger is cut."""
        stat = self.path.stat()
        chosen = ", ".join([*map(quoted, columns), f"file_row_number + 1 AS {quoted(ROW)}"])
        read = f"SELECT {chosen} FROM read_parquet({literal(str(self.path))}, file_row_number = true)"  # noqa: S608
        total = sum(self._groups)
        for index, (first, last) in enumerate(self._runs(rows)):
            part = read if last - first == total else f"{read} WHERE file_row_number BETWEEN {first} AND {last - 1}"
            weight = stat.st_size * (last - first) // total
            yield Part(self.name, index, f"{stat.st_size}:{stat.st_mtime_ns}", weight, query=part)

    def _runs(self, rows: int) -> Iterator[tuple[int, int]]:
        first = end = 0
        for group in self._groups:
            if end > first and end + group - first > rows:
                yield first, end
                first = end
            end += group
            while end - first > rows:
                yield first, first + rows
                first += rows
        if end > first:
            yield first, end


@dataclass
class DuckTable:
    """A table of a DuckDB file, attached as `archive`, read only."""

    path: Path
    name: str
    table: str
    connection: duckdb.DuckDBPyConnection
    columns: tuple[str, ...] = field(init=False)
    kinds: dict[str, Kind] = field(init=False)
    rows: int = field(init=False)

    def __post_init__(self) -> None:
        import duckdb  # noqa: PLC0415

        try:
            self.connection.execute(f"ATTACH IF NOT EXISTS {literal(str(self.path))} AS archive (READ_ONLY)")
            listed = self.connection.execute(
                "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'archive' ORDER BY ALL"
            ).fetchall()
        except duckdb.Error as failure:
            raise unreadable(
                self.name,
                "不是这个版本的 DuckDB 能打开的库, 或正被别的程序占用",
                "it is no database that this version of DuckDB opens, or another program holds it",
            ) from failure
        schema, _, table = self.table.rpartition(".")
        if (schema or "main", table) not in listed:
            names = [name if within == "main" else f"{within}.{name}" for within, name in listed]
            raise no_table(self.name, self.table, names)
        self._from = f"archive.{quoted(schema or 'main')}.{quoted(table)}"
        found = self.connection.execute(f"SELECT * FROM {self._from} LIMIT 0").description or []  # noqa: S608  quoted
        self.columns = tuple(column[0] for column in found)
        self.kinds = {column[0]: kind for column in found if (kind := _DUCK.get(str(column[1])))}
        last = self.connection.execute(f"SELECT coalesce(max(rowid) + 1, 0) FROM {self._from}").fetchone()  # noqa: S608
        self.rows = last[0] if last else 0

    @property
    def weight(self) -> int:
        """Rows."""
        return self.rows

    def parts(self, columns: tuple[str, ...], rows: int) -> Iterator[Part]:
        """Queries of runs of row numbers."""
        stat = self.path.stat()
        chosen = ", ".join([*map(quoted, columns), f"rowid + 1 AS {quoted(ROW)}"])
        for index, first in enumerate(range(0, self.rows, rows)):
            last = min(first + rows, self.rows)
            query = f"SELECT {chosen} FROM {self._from} WHERE rowid BETWEEN {first} AND {last - 1}"  # noqa: S608
            yield Part(self.name, index, f"{stat.st_size}:{stat.st_mtime_ns}", last - first, query=query)


@dataclass
class PostgresTable:
    """A table of PostgreSQL, read in the order of its ids.  The address is never shown: it may hold a password."""

    address: str
    table: str
    order: str
    name: str = field(init=False)
    columns: tuple[str, ...] = field(init=False)
    weight: int = field(init=False)  # rows
    kinds: dict[str, Kind] = field(init=False, default_factory=dict)  # none: every cell is read as text

    def __post_init__(self) -> None:
        with from_extra("postgres"):
            import psycopg  # noqa: PLC0415
        self.name = f"{urlsplit(self.address).path.strip('/') or 'postgres'}.{self.table}"
        schema, _, table = self.table.rpartition(".")
        self._from = ".".join(map(quoted, [schema, table] if schema else [table]))
        try:
            with psycopg.connect(self.address) as connection:
                listed = connection.execute(
                    "SELECT table_schema, table_name FROM information_schema.tables "
                    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
                ).fetchall()
                if (schema or "public", table) not in listed:
                    names = [name if within == "public" else f"{within}.{name}" for within, name in listed]
                    raise no_table(urlsplit(self.address).path.strip("/"), self.table, names)
                found = connection.execute(f"SELECT * FROM {self._from} LIMIT 0").description or []  # noqa: S608  quoted
                self.columns = unique(self.name, tuple(column.name for column in found))
                counted = connection.execute(f"SELECT count(*) FROM {self._from}").fetchone()  # noqa: S608  quoted
                self.weight = counted[0] if counted else 0
        except psycopg.Error as failure:
            raise unreadable(
                self.name, "连不上这个数据库, 或不许读这张表", "the database is not reached, or does not let it be read"
            ) from failure
        if self.order not in self.columns:
            raise unreadable(
                self.name,
                "数据库的表要用 --id 写明编号列, 行才有次序",
                "a table of PostgreSQL needs --id, a column that gives its rows an order",
            )

    def parts(self, columns: tuple[str, ...], rows: int) -> Iterator[Part]:
        """Tables of text columns.  What a part is known by is its content: a table has no date."""
        import psycopg  # noqa: PLC0415
        import pyarrow as pa  # noqa: PLC0415

        chosen = ", ".join(f"{quoted(column)}::text" for column in columns)
        first = 1
        with psycopg.connect(self.address) as connection, connection.cursor("archive") as cursor:
            cursor.itersize = 10_000
            cursor.execute(f"SELECT {chosen} FROM {self._from} ORDER BY {quoted(self.order)}, {chosen}")  # noqa: S608  quoted
            for index in count():
                fetched = cursor.fetchmany(rows)
                if not fetched:
                    return
                texts = [pa.array(column, pa.string()) for column in zip(*fetched, strict=True)]
                table = pa.table(dict(zip(columns, texts, strict=True)))
                sink = hashlib.sha256()
                for batch in table.to_batches():
                    sink.update(batch.serialize())
                numbers = pa.array(range(first, first + len(fetched)), pa.int64())
                yield Part(self.name, index, sink.hexdigest(), len(fetched), table.append_column(ROW, numbers))
                first += len(fetched)


def no_table(name: str, table: str, known: list[str]) -> ArchiveUnreadable:
    """That there is no such table, and which there are."""
    zh, en = did_you_mean(table, known) or (
        "有这些表: " + "、".join(known[:20]),
        "its tables: " + ", ".join(known[:20]),
    )
    if not table:
        return unreadable(name, f"用 --table 写明哪一张表; {zh}", f"say which table with --table; {en}")
    return ArchiveUnreadable(
        Message(f"{name} 里没有表“{table[:60]}”; {zh}", f"{name} has no table `{table[:60]}`; {en}")
    )
