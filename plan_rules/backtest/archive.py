"""DATA as it is named on the command line (file, folder, pattern, database) -> the Sources of an archive, in order."""

from __future__ import annotations

import glob
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plan_rules.backtest.csv_file import CsvFile
from plan_rules.backtest.part import Source, unreadable
from plan_rules.backtest.tables import DuckTable, ParquetFile, PostgresTable

if TYPE_CHECKING:
    import duckdb

_TEXT = (".csv", ".tsv", ".txt")
_PARQUET = (".parquet", ".pq")
_DUCKDB = (".duckdb", ".ddb", ".db")
_ADDRESSES = ("postgresql://", "postgres://")
MAX_FILES = 100_000


@dataclass(frozen=True, slots=True)
class Named:
    """How an archive is named: where it is, and what has to be said of it.

    `data`: a file, a folder, a pattern, or the address of a PostgreSQL database; `table` in a database; `encoding` of
    CSV; `id`: the column that names a row (needed for PostgreSQL, which reads in its order).
    """

    data: str
    table: str = ""
    encoding: str = "utf-8"
    id: str = ""


def sources_of(named: Named, connection: duckdb.DuckDBPyConnection) -> tuple[Source, ...]:
    """The files or the table of an archive.  Raises ArchiveUnreadable where there is none, or one cannot be read."""
    if named.data.startswith(_ADDRESSES):
        return (PostgresTable(named.data, named.table, named.id),)
    if named.data.lower().endswith(_DUCKDB):
        path = _present(named.data)
        return (DuckTable(path, f"{path.name}/{named.table}", named.table, connection),)
    return tuple(_file(path, name, named) for path, name in _files(named.data))


def _files(data: str) -> Sequence[tuple[Path, str]]:
    """The files, each with its name within the archive, in the order of the names."""
    path = Path(data)
    if path.is_dir():
        found = [file for file in path.rglob("*") if file.suffix.lower() in (*_TEXT, *_PARQUET) and file.is_file()]
        root = path
    elif not path.exists() and any(mark in data for mark in "*?["):
        found = [file for file in map(Path, glob.glob(data, recursive=True)) if file.is_file()]  # noqa: PTH207  a pattern with a folder
        root = _above(data)
    else:
        return [(_present(data), path.name)]
    if not found:
        raise unreadable(data, "里面没有 CSV 或 Parquet 文件", "there are no CSV or Parquet files in it")
    if len(found) > MAX_FILES:
        raise unreadable(data, f"多于 {MAX_FILES} 个文件", f"there are more than {MAX_FILES} files")
    return sorted(((file, file.relative_to(root).as_posix()) for file in found), key=lambda pair: pair[1])


def _above(pattern: str) -> Path:
    """The folder above the first part of a pattern that is one."""
    parts = Path(pattern).parts
    first = next(index for index, part in enumerate(parts) if any(mark in part for mark in "*?["))
    return Path(*parts[:first])


def _present(data: str) -> Path:
    path = Path(data)
    try:
        if path.is_file():
            return path
    except (OSError, ValueError):
        pass
    raise unreadable(data[:200], "没有这个文件", "no such file")


def _file(path: Path, name: str, named: Named) -> Source:
    if path.suffix.lower() in _PARQUET:
        return ParquetFile(path, name)
    return CsvFile(path, name, named.encoding)
