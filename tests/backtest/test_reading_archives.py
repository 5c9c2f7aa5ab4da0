"""What an archive may look like, and what is said where it cannot be read."""

import datetime as dt
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

import plan_rules as pr
from plan_rules.backtest.archive import Named
from plan_rules.backtest.cells import UNSTATED, Column, Unstated, bare, cell, stated
from plan_rules.backtest.part import ArchiveUnreadable, quoted
from plan_rules.backtest.run import MAX_GROUPS, Options, Result, backtest
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.fact_values import FactDefect
from tests.cases import postgres

PLAN = pr.load()
QUIET = Options(replay=0)
FACTS = [fact for fact in PLAN.facts.values() if fact.kind is not Kind.READINGS]
WORDS = [
    *(
        "",
        " ",
        "\u3000是 ",
        "是",
        "否",
        "true",
        "TRUE",
        "False",
        "yes",
        "1",
        "unknown",
        "未知",
        "UNKNOWN",
        "无",
        "null",
        "NULL",
        "it's",
    ),
    *(
        "-0",
        "5",
        " 5 ",
        "007",
        "3.00",
        "3.5",
        "-3",
        "999999999999999999",
        "9999999999999999999",
        "100001",
        "²",
        "x" * 50,
    ),
    *(
        "2025-03-10",
        "2025/3/10",
        "2025年3月10日",
        "20250310",
        "2025-02-30",
        "0000-01-01",
        "9999-12-31",
        "2025-13-01",
        "2025.3.1",
    ),
    *(
        "2025-03-10T09:41",
        "2025/3/10 9:41:05",
        "2025-03-10 09:41:05.123",
        "2025-03-10T09:41Z",
        "2025-03-10 09:41:00+00",
    ),
    *(
        "2025-03-10 09:41-0530",
        "2025-03-10 09:41+24:00",
        "2025-03-10 24:00",
        "2025-03-10 23:60",
        "9:41",
        "9999-12-31T23:00Z",
    ),
    *(
        "0001-01-01T00:00+09:00",
        "2025-03-10 00:00:00",
        "2025-03-10 00:00:00Z",
        "20250310 0941",
        "lobby",
        "营业大厅",
        "轻微",
        "serious",
    ),
]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.READINGS])
def test_a_cell_means_the_same_in_sql_and_in_python(kind: Kind) -> None:
    for fact in (fact for fact in FACTS if fact.kind is kind):
        mapped: dict[str, Any] = {
            "it's": UNSTATED,
            "x" * 50: UNKNOWN,
            "9:41": _any(fact),
            **({"1": None} if fact.dated else {}),
        }
        for column in (Column(fact.id), Column(fact.id, mapped)):
            assert _in_sql(fact, column) == [_in_python(fact, column, word) for word in WORDS]


def _any(fact: Fact) -> Any:
    """A value of the fact."""
    days = {Kind.DATE: dt.date(2025, 1, 2), Kind.DATETIME: dt.datetime(2025, 1, 2, 3, 4)}
    return days.get(fact.kind) or (fact.domain[-1] if fact.domain else fact.high)


def _in_python(fact: Fact, column: Column, word: str) -> Any:
    try:
        value = stated(fact, column, word, PLAN)
    except FactDefect as defect:
        return defect.diagnostic.code
    return "unstated" if isinstance(value, Unstated) else (type(value), value)


def _in_sql(fact: Fact, column: Column) -> list[Any]:
    found = cell(fact, column, quoted("text"), "cell")
    query = (
        f"SELECT {bare(fact, 'word')} AS text, row FROM (SELECT unnest(?) AS word, unnest(range({len(WORDS)})) AS row)"
    )
    for name, sql in found.steps:
        query = f"SELECT *, {sql} AS {quoted(name)} FROM ({query})"
    query = f"SELECT {found.value}, {found.unknown}, {found.none}, {found.unreadable} FROM ({query}) ORDER BY row"
    return [_told(fact, found.code, *row) for row in duckdb.execute(query, [WORDS]).fetchall()]


def _told(fact: Fact, code: str, value: Any, unknown: bool, none: bool, unreadable: bool) -> Any:
    """What a row says; the program of columns tells values that the fact does not have."""
    if unreadable or unknown or none:
        return code if unreadable else (type(UNKNOWN), UNKNOWN) if unknown else (type(None), None)
    if value is None:
        return "unstated"
    if fact.domain and value not in fact.domain:
        return "FA003"
    if fact.kind is Kind.INTEGER and not fact.low <= value <= fact.high:
        return "FA004"
    return type(value), value


# --------------------------------------------------------------------------- what cannot be read


def refused(data: Path | str, *, named: dict[str, Any] | None = None, options: Options = QUIET) -> str:
    """Why an archive is refused, in both languages."""
    with pytest.raises(ArchiveUnreadable) as failure:
        backtest([PLAN], Named(str(data), **(named or {})), options)
    said = failure.value.message
    assert said.zh != said.en
    named_in_english = re.sub("对我行员工人身攻击|编号|支行|网点", "", said.en)
    assert not re.search("[\u4e00-\u9fff]", named_in_english)
    return f"{said.zh} / {said.en}"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b" \n", "文件是空的"),
        (b"PK\x03\x04rest", "另存为“CSV UTF-8”"),
        (b"staff_assaulted\n\x00\x00", "不是文本文件"),
        ("staff_assaulted,备注\n是,好\n".encode("gbk"), "add --encoding gbk"),
        ("staff_assaulted\n是\n".encode("utf-16"), "add --encoding utf-16"),
        (b"staff_assaulted,staff_assaulted\n,\n", "列名写了两次: staff_assaulted"),
        (b"one,two\n1,2\n", "none of its columns is a fact"),
        (b"staff_assualted\n\n", "staff_assaulted"),
        ("staff_assaulted,对我行员工人身攻击\n是,是\n".encode(), "两列是同一个事实"),
        (b"staff_assaulted\n", "一行也没有"),
        (b'staff_assaulted,note\ntrue,"never closed\n' + b"x\n" * 5_000, "引号不成对"),
    ],
)
def test_what_is_no_archive_is_refused_with_the_remedy(content: bytes, said: str, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_bytes(content)

    assert said in refused(file)


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    (tmp_path / "bad.duckdb").write_bytes(b"no database")
    file = tmp_path / "past.csv"
    file.write_text("staff_assaulted,public_figure,网点\n是,是,甲\n", encoding="utf-8")

    assert "没有这个文件" in refused(tmp_path / "none.csv")
    assert "没有 CSV 或 Parquet 文件" in refused(tmp_path / "empty")
    assert "Parquet" in refused(tmp_path / "bad.parquet")
    assert "DuckDB" in refused(tmp_path / "bad.duckdb", named={"table": "past"})
    assert "没有这种编码" in refused(file, named={"encoding": "klingon"})
    assert "没有 --id 所说的列" in refused(file, named={"id": "编号"})
    assert "没有 --by 所说的列" in refused(file, options=Options(by=("支行",), replay=0))
    assert "敏感" in refused(file, options=Options(by=("public_figure",), replay=0))
    assert "敏感" in refused(file, named={"id": "public_figure"})
    assert "不是内存大小" in refused(file, options=Options(memory="much"))


def test_a_dimension_of_too_many_groups_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("staff_assaulted,no\n" + "".join(f"是,{n}\n" for n in range(MAX_GROUPS + 1)), encoding="utf-8")

    assert "month:no" in refused(file, options=Options(by=("no",), replay=0))


def test_a_table_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "past.duckdb")) as connection:
        connection.execute("CREATE TABLE incidents (staff_assaulted BOOLEAN)")

    assert "incidents" in refused(tmp_path / "past.duckdb", named={"table": "incident"})
    assert "--table" in refused(tmp_path / "past.duckdb")


# --------------------------------------------------------------------------- what can


def accepted(data: Path | str, options: Options = QUIET, **named: str) -> Result:
    return backtest([PLAN], Named(str(data), **named), options)


def test_rows_of_another_length_are_set_aside_and_the_numbers_of_the_others_stay(tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("staff_assaulted,note\n是,a\n是\n也许,b\n是,c,d\n也许,e\n", encoding="utf-8")

    result = accepted(file, Options(replay=0, rejected=True, rows=2))
    assert result.malformed == 2
    assert [line[1:5] for line in result.rejected] == [
        [2, "2", "columns", ""],
        [3, "3", "FA002", "staff_assaulted"],
        [4, "4", "columns", ""],
        [5, "5", "FA002", "staff_assaulted"],
    ]
    assert result.tally.whole["plan", "accepted"] == 1


@pytest.mark.parametrize("mark", [",", "\t", ";", "|"])
def test_the_mark_between_columns_is_seen_and_quotes_may_hold_it(mark: str, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_bytes(f'\ufeffstaff_assaulted{mark}note\r\n是{mark}"a{mark}\nb"\r\n'.encode())

    assert accepted(file).tally.whole["plan", "tier", "tier_3_serious_aggression"] == 1


def test_a_folder_and_a_pattern_are_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "2024").mkdir()
    (tmp_path / "2024" / "a.csv").write_text("staff_assaulted\n是\n", encoding="utf-8")
    (tmp_path / "b.csv").write_text("对我行员工人身攻击,网点\n是,甲\n否,甲\n", encoding="utf-8")
    (tmp_path / "readme.md").write_text("no archive", encoding="utf-8")

    whole = accepted(tmp_path, Options(by=("网点",), replay=0))
    assert whole.sources == ("2024/a.csv", "b.csv")
    assert {value: counts["rows",] for value, counts in whole.tally.groups(0).items()} == {"": 1, "甲": 2}
    assert accepted(tmp_path / "*.csv").sources == ("b.csv",)


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_parts_of_any_size_give_the_same_counts(rows: int, tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    file.write_text("staff_assaulted,aggression_level\n" + "是,\n是,轻微\n否,严重\n,\n" * 2, encoding="utf-8")

    result = accepted(file, Options(replay=0, rows=rows))
    assert result.tally.to_json() == accepted(file).tally.to_json()
    assert result.tally.whole["plan", "set_aside", "X1", ""] == 2


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    if postgres.binaries() is None:
        pytest.skip("no PostgreSQL on this machine")
    with postgres.server() as found:
        yield found


def test_a_table_of_postgresql_is_read_in_the_order_of_its_ids(server: postgres.Server) -> None:
    import psycopg

    address = server.new_database().replace("postgresql+psycopg://", "postgresql://")
    with psycopg.connect(address) as connection:
        connection.execute(
            "CREATE TABLE past (no TEXT, staff_assaulted BOOLEAN, police_called_at TIMESTAMP, complainant_count INT)"
        )
        connection.execute(
            "INSERT INTO past VALUES ('b', true, '2025-03-10 09:41', 2), ('a', NULL, NULL, -1), ('c', false, NULL, 3)"
        )

    result = accepted(address, Options(rejected=True, rows=2), table="past", id="no")
    assert result.tally.whole["plan", "tier", "tier_3_serious_aggression"] == 1
    assert [line[1:5] for line in result.rejected] == [[1, "a", "FA004", "complainant_count"]]
    assert "@" not in result.sources[0]
    assert "past" in refused(address, named={"table": "pasts", "id": "no"})
    assert "--id" in refused(address, named={"table": "past"})


# --------------------------------------------------------------------------- what was counted before


def test_parts_that_were_counted_are_taken_and_the_rest_is_counted(tmp_path: Path) -> None:
    file, state = tmp_path / "past.csv", tmp_path / "state"
    file.write_text(
        "no,staff_assaulted\n" + "".join(f"{n},{'是' if n % 3 else 'x'}\n" for n in range(40)), encoding="utf-8"
    )
    options = Options(replay=6, rejected=True, rows=10, state=state)
    whole = _of(accepted(file, options, id="no"))
    parts = sorted(state.iterdir())
    assert len(parts) == 4

    parts[0].unlink()
    parts[1].write_bytes(parts[1].read_bytes()[:-10])
    untouched = [part.stat().st_mtime_ns for part in parts[2:]]
    assert _of(accepted(file, options, id="no")) == whole
    assert [part.stat().st_mtime_ns for part in parts[2:]] == untouched
    assert sorted(state.iterdir()) == parts


def _of(result: Result) -> Any:
    return result.tally.to_json(), result.rejected, result.replayed


def test_a_file_that_was_changed_is_counted_anew(tmp_path: Path) -> None:
    file = tmp_path / "past.csv"
    options = Options(replay=0, state=tmp_path / "state")
    for cell_, expected in (("是", 1), ("否", 0)):
        file.write_text(f"staff_assaulted\n{cell_}\n", encoding="utf-8")
        os.utime(file, ns=(1, 10 + expected))
        assert accepted(file, options).tally.whole["plan", "tier", "tier_3_serious_aggression"] == expected


def test_what_is_kept_holds_no_facts(tmp_path: Path) -> None:
    file, state = tmp_path / "past.csv", tmp_path / "state"
    file.write_text("no,complainant_count\n1,77777\n2,secret words\n", encoding="utf-8")
    accepted(file, Options(rejected=True, state=state), id="no")

    kept = "".join(part.read_text(encoding="utf-8") for part in state.iterdir())
    assert "complainant_count" in kept
    assert "77777" not in kept
    assert "secret" not in kept
