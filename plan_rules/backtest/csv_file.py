"""A CSV file, its encoding -> its columns and its rows as text, part by part; rows of another length are set aside."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from plan_rules.backtest.part import ROW, ArchiveUnreadable, Part, unreadable
from plan_rules.extra import from_extra
from plan_rules.fact import Kind

if TYPE_CHECKING:
    import pyarrow as pa

_HEAD = 1024 * 1024  # bytes in which the header must end
_BLOCK = 4 * 1024 * 1024  # bytes; no row may be longer
_MOST_MALFORMED = 100_000
_DELIMITERS = (",", "\t", ";", "|")
_MAGIC = {
    b"PK\x03\x04": ("这是 Excel 或压缩文件; 另存为“CSV UTF-8”", "it is an Excel or zip file; save it as CSV UTF-8"),
    b"\xd0\xcf\x11\xe0": ("这是旧版 Excel 文件; 另存为“CSV UTF-8”", "it is an old Excel file; save it as CSV UTF-8"),
    b"\x1f\x8b": ("这是 gzip 压缩文件; 先解压", "it is a gzip file; decompress it first"),
    b"PAR1": ("这是 Parquet 文件; 文件名应以 .parquet 结尾", "it is a Parquet file; its name must end in .parquet"),
}


@dataclass
class CsvFile:
    """One CSV file.  Raises ArchiveUnreadable where it is none, or is written in another encoding."""

    path: Path
    name: str
    encoding: str = "utf-8"
    delimiter: str = field(init=False)
    columns: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.encoding = _known(self.encoding)
        try:
            with self.path.open("rb") as file:
                head = file.read(_HEAD)
        except OSError as failure:
            raise unreadable(self.name, failure.strerror or "系统错误", failure.strerror or "system error") from failure
        text = self._text(head)
        first = text.split("\n", 1)[0]
        self.delimiter = max(_DELIMITERS, key=lambda mark: (first.count(mark), -_DELIMITERS.index(mark)))
        try:
            header = next(csv.reader(io.StringIO(text), delimiter=self.delimiter), [])
        except csv.Error as failure:
            raise unreadable(self.name, "第一行不是列名", f"the first line is no header ({failure})") from failure
        if not any(cell.strip() for cell in header):
            raise unreadable(self.name, "第一行没有列名", "the first line holds no names of columns")
        self.columns = unique(self.name, tuple(cell.strip() for cell in header))

    @property
    def kinds(self) -> dict[str, Kind]:
        """None: every cell is text."""
        return {}

    @property
    def weight(self) -> int:
        """Bytes."""
        return self.path.stat().st_size

    def parts(self, columns: tuple[str, ...], rows: int) -> Iterator[Part]:
        """Tables of text columns, every one of `rows` rows but the last.  An empty cell is null."""
        with from_extra("backtest"):
            import pyarrow as pa  # noqa: PLC0415
        stat = self.path.stat()
        identity = f"{stat.st_size}:{stat.st_mtime_ns}"
        malformed: list[int] = []
        numbered, told, index, weighed = _Numbered(malformed), 0, 0, 0
        with self.path.open("rb") as file:
            read = _Quotes(file)
            try:
                for table in _regrouped(self._batches(read, columns, malformed), rows):
                    numbers = numbered.next(table.num_rows)
                    here, told = tuple(malformed[told : numbered.passed]), numbered.passed
                    at = min(file.tell(), stat.st_size)
                    weight, weighed = at - weighed, at
                    yield Part(
                        self.name,
                        index,
                        identity,
                        weight,
                        table.append_column(ROW, pa.array(numbers, pa.int64())),
                        malformed=here,
                    )
                    index += 1
            except (pa.ArrowInvalid, UnicodeError) as failure:
                raise self._broken(failure) from failure
        if read.count % 2 and not self.encoding.startswith("utf-16"):
            raise unreadable(
                self.name,
                "引号不成对, 后面的行都成了一格里的文字; 改好引号(格里的一个引号写成两个)",
                'quotes do not come in pairs: rows become the text of one cell; mend them (in a cell a quote is `""`)',
            )
        if malformed[told:]:
            empty = pa.table({name: pa.array([], pa.string()) for name in columns} | {ROW: pa.array([], pa.int64())})
            yield Part(self.name, index, identity, 0, empty, malformed=tuple(malformed[told:]))

    def _batches(self, file: Any, columns: tuple[str, ...], malformed: list[int]) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa  # noqa: PLC0415
        import pyarrow.csv as arrow_csv  # noqa: PLC0415

        def skip(row: Any) -> str:
            malformed.append(row.number - 1)
            if len(malformed) > _MOST_MALFORMED:
                return "error"
            return "skip"

        reader = arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                block_size=_BLOCK,
                encoding=self.encoding,
                column_names=list(self.columns),
                skip_rows_after_names=1,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=skip
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(self.columns, pa.string()),
                include_columns=list(columns),
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
        yield from reader

    def _text(self, head: bytes) -> str:
        if not head.strip():
            raise unreadable(self.name, "文件是空的", "the file is empty")
        for magic, (zh, en) in _MAGIC.items():
            if head.startswith(magic):
                raise unreadable(self.name, zh, en)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and not self.encoding.startswith("utf-16"):
            raise self._otherwise("utf-16")
        text = decoded(head, self.encoding)
        if text is None:
            raise self._otherwise(next((each for each in ("utf-8", "gb18030") if decoded(head, each)), None))
        if "\0" in text:
            raise unreadable(self.name, "这不是文本文件", "it is no text file")
        return text.removeprefix("\ufeff")

    def _otherwise(self, encoding: str | None) -> ArchiveUnreadable:
        if encoding is None:
            return unreadable(
                self.name,
                f"编码不是 {self.encoding}, 也不是 UTF-8 或 GBK; 用 --encoding 写明",
                f"it is not in {self.encoding}, nor in UTF-8 or GBK; say which with --encoding",
            )
        shown = "GBK" if encoding == "gb18030" else encoding.upper()
        return unreadable(
            self.name,
            f"编码不是 {self.encoding.upper()}, 像是 {shown}; 加上 --encoding {shown.lower()}",
            f"it is not in {self.encoding.upper()} but looks like {shown}; add --encoding {shown.lower()}",
        )

    def _broken(self, failure: Exception) -> ArchiveUnreadable:
        if isinstance(failure, UnicodeError) or "UTF8" in str(failure):
            return unreadable(
                self.name,
                f"中间有不是 {self.encoding} 的字节; 另存为一种编码, 或用 --encoding 写明",
                f"some of it is not in {self.encoding}; save it in one encoding, or say which with --encoding",
            )
        if "straddl" in str(failure):
            return unreadable(
                self.name,
                "有一行长得不像话; 检查引号是否成对",
                "a row is longer than any should be; check that quotes come in pairs",
            )
        return unreadable(
            self.name,
            f"不像用“{self.delimiter}”分列的 CSV: 多于 {_MOST_MALFORMED} 行的列数与第一行不同",
            f"it does not look like CSV divided by `{self.delimiter}`: more than {_MOST_MALFORMED} rows have another "
            "number of columns than the first",
        )


def decoded(head: bytes, encoding: str) -> str | None:
    """The beginning of a text, which may end inside a character; None where it is not in this encoding."""
    try:
        return codecs.getincrementaldecoder(encoding)().decode(head)
    except UnicodeError:
        return None


def unique(name: str, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a file; ArchiveUnreadable where two have one name."""
    twice = [column for column in dict.fromkeys(columns) if columns.count(column) > 1]
    if twice:
        shown = [column[:40] or "(空)" for column in twice[:5]]
        raise unreadable(
            name,
            f"列名写了两次: {'、'.join(shown)}; 改掉或删去一列",
            f"columns of the same name: {', '.join(shown)}; rename or drop one of them",
        )
    return columns


def _known(encoding: str) -> str:
    try:
        found = codecs.lookup(encoding).name
    except LookupError as failure:
        raise unreadable(
            f"--encoding {encoding[:40]}",
            "没有这种编码; 可写 utf-8、gbk、utf-16",
            "no such encoding; write utf-8, gbk or utf-16",
        ) from failure
    return "gb18030" if found in ("gbk", "gb2312") else found


class _Quotes(io.RawIOBase):
    """A file that counts the quotes that are read."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.count = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        found = self._file.read(len(buffer))
        self.count += found.count(b'"')
        buffer[: len(found)] = found
        return len(found)


class _Numbered:
    """Numbers rows from 1 as they stand in the file, past those that were set aside."""

    def __init__(self, malformed: list[int]) -> None:
        self._malformed = malformed
        self._next = 1
        self.passed = 0

    def next(self, count: int) -> list[int]:
        """The numbers of the next so many good rows."""
        end, first = self._next + count, self.passed
        while self.passed < len(self._malformed) and self._malformed[self.passed] < end:
            end += 1
            self.passed += 1
        left_out = set(self._malformed[first : self.passed])
        numbers = [number for number in range(self._next, end) if number not in left_out]
        self._next = end
        return numbers


def _regrouped(batches: Iterator[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    """The same rows in tables of `rows` rows, whatever the batches were."""
    import pyarrow as pa  # noqa: PLC0415

    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        if count < rows:
            continue
        table = pa.Table.from_batches(held)
        while count >= rows:
            yield table.slice(0, rows)
            table, count = table.slice(rows), count - rows
        held = table.to_batches()
    if count:
        yield pa.Table.from_batches(held)
