"""An archive counted by the command: every count is that of `decide`, row by row."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import duckdb
import pytest

import plan_rules as pr
from plan_rules.backtest.answered import Asked
from plan_rules.backtest.cells import Column
from plan_rules.backtest.layout import Layout
from plan_rules.backtest.replay import ReplayDisagrees, replayed
from plan_rules.cli.running import run as main
from tests.backtest.archives import ROOT, Row, answers, counted, decisions, rows, write
from tests.command_line import run, run_in_terminal

PLAN = pr.load()
SHIPPED = str(ROOT / "rules/plan.yaml")
ROWS = rows(PLAN, 1_500)
NAMED = ("--id", "编号")


def backtest(*arguments: str) -> dict[str, Any]:
    """The command in this process: what is compiled of a plan is compiled once."""
    told: dict[str, Any] = json.loads(printed(*arguments, "--json"))
    return told


def printed(*arguments: str) -> str:
    """What the command prints."""
    with redirect_stdout(io.StringIO()) as out:
        code = main(["backtest", *arguments])
    assert code == 0, out.getvalue()
    return out.getvalue()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("archive") / "past.csv", ROWS)


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped plan with one clause that applies less often, and a duty of another."""
    folder = tmp_path_factory.mktemp("amended")
    text = (ROOT / "rules/plan.yaml").read_text(encoding="utf-8")
    wrong = "      - {过激行为程度: 严重}\n"
    assert text.count(wrong) == 1
    (folder / "plan.yaml").write_text(
        text.replace(wrong, "      - {过激行为程度: 严重, 引起群众围观: 是}\n"), encoding="utf-8"
    )
    (folder / "source.yaml").write_bytes((ROOT / "rules/source.yaml").read_bytes())
    return folder / "plan.yaml"


def test_every_count_is_that_of_decide(archive: Path) -> None:
    told = backtest(SHIPPED, str(archive), *NAMED, "--replay", "300")
    expected = counted(PLAN, ROWS)

    assert 200 < expected["rows"] < len(ROWS) - 100
    assert {name: told["answers"]["plan"][name] for name in expected} == expected
    assert told["archive"]["rows"] == len(ROWS)
    assert told["archive"]["replayed"] == 300


def test_groups_add_up_and_are_those_of_their_rows(archive: Path) -> None:
    told = backtest(SHIPPED, str(archive), *NAMED, "--by", "网点", "--by", "month:受理日期", "--replay", "0")

    for group in told["by"]["网点"]:
        listed = tuple(row for row in ROWS if row.branch == group["group"])
        expected = counted(PLAN, listed)
        assert group["rows"] == len(listed)
        assert group["plan"] == {name: expected[name] for name in group["plan"]}
    months = [group["group"] for group in told["by"]["month:受理日期"]]
    assert months == [f"2025-{month:02d}" for month in range(1, 13)]
    assert sum(group["rows"] for group in told["by"]["month:受理日期"]) == len(ROWS)


def test_rows_that_do_not_fit_are_named_with_their_reason_and_nothing_else(archive: Path, tmp_path: Path) -> None:
    file = tmp_path / "rejected.csv"
    told = backtest(SHIPPED, str(archive), *NAMED, "--replay", "0", "--rejected", str(file))
    lines = [line.split(",") for line in file.read_text(encoding="utf-8-sig").splitlines()]

    refused = {row.id for row, decision in zip(ROWS, decisions(PLAN, ROWS), strict=True) if decision is None}
    assert lines[0] == ["source", "row", "id", "code", "fact", "plans", "reason"]
    assert {line[2] for line in lines[1:]} == refused
    assert all(ROWS[int(line[1]) - 1].id == line[2] for line in lines[1:])
    assert sum(each["rows"] for each in told["set_aside"]) == len(lines) - 1
    assert "看情况" not in file.read_text(encoding="utf-8")


def test_an_amendment_changes_the_rows_that_decide_answers_otherwise(archive: Path, amended: Path) -> None:
    told = backtest(SHIPPED, str(amended), str(archive), *NAMED, "--replay", "50")["changes"]
    new = pr.load(amended)
    changed: set[str] = set()
    gained: dict[tuple[str, str, str], set[str]] = {}
    for row, before, after in zip(ROWS, decisions(PLAN, ROWS), decisions(new, ROWS), strict=True):
        if before is None or after is None:
            continue
        old_, new_ = answers(before), answers(after)
        for kind in ("duty", "prohibition", "permission"):
            for change, subjects in (
                ("gained", {*new_[kind]} - {*old_[kind]}),
                ("lost", {*old_[kind]} - {*new_[kind]}),
            ):
                for subject in subjects:
                    gained.setdefault((change, kind, subject), set()).add(row.id)
                    changed.add(row.id)
        if before.tier != after.tier:
            changed.add(row.id)

    assert changed
    assert told["changed"]["rows"] == len(changed)
    assert set(told["changed"]["examples"]) <= changed
    found = {
        (each["change"], kind, each["subject"]): each
        for kind in ("duty", "prohibition", "permission")
        for each in told[kind]
    }
    assert {key: each["rows"] for key, each in found.items()} == {key: len(ids) for key, ids in gained.items()}
    assert all(set(each["examples"]) <= gained[key] for key, each in found.items())


def test_a_plan_against_itself_changes_nothing(archive: Path) -> None:
    told = backtest(SHIPPED, SHIPPED, str(archive), *NAMED, "--replay", "0")["changes"]

    assert told["compared"] == counted(PLAN, ROWS)["rows"]
    assert told["changed"] == {"rows": 0, "examples": []}


def test_without_a_plan_it_is_the_shipped_one_and_three_are_too_many(archive: Path) -> None:
    assert backtest(str(archive), *NAMED, "--replay", "0") == backtest(SHIPPED, str(archive), *NAMED, "--replay", "0")
    done = run("backtest", SHIPPED, SHIPPED, SHIPPED, str(archive), "--lang", "en")
    assert (done.returncode, done.stderr) == (2, "give two plans at most, and the archive last\n")


def test_parquet_and_tables_give_what_csv_gives(archive: Path, tmp_path: Path) -> None:
    parquet, database = tmp_path / "past.parquet", tmp_path / "past.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute(f"CREATE TABLE past AS FROM read_csv('{archive}', all_varchar = true)")
        connection.execute(f"COPY past TO '{parquet}' (ROW_GROUP_SIZE 500)")
    expected = backtest(SHIPPED, str(archive), *NAMED, "--replay", "0")
    for named in ((str(parquet),), (str(database), "--table", "past")):
        told = backtest(SHIPPED, *named, *NAMED, "--replay", "0")
        assert told["answers"] == expected["answers"]
        assert told["set_aside"] == expected["set_aside"]


def test_typed_columns_are_read_as_their_text_is(tmp_path: Path) -> None:
    typed, text = tmp_path / "typed.parquet", tmp_path / "text.parquet"
    duckdb.sql(
        "SELECT * FROM (VALUES (true, 3, TIMESTAMP '2025-03-10 09:41:05.5', DATE '2025-03-10', 'a'), (NULL, NULL, NULL, NULL, 'b'), "
        "(false, 0, TIMESTAMP '2025-03-10 09:41', DATE '2025-03-09', 'c'), (true, 1000000000000000000, NULL, DATE 'infinity', 'd'), "
        "(true, 1, TIMESTAMP '0001-01-01 00:00:00' - INTERVAL 1 DAY, NULL, 'e')) "
        "AS t(staff_assaulted, complainant_count, police_called_at, incident_resolved_on, no)"
    ).write_parquet(str(typed))
    duckdb.sql(f"SELECT COLUMNS(*)::VARCHAR FROM '{typed}'").write_parquet(str(text))

    told = backtest(SHIPPED, str(typed), "--id", "no")
    assert told["answers"]["plan"]["rows"] == 2
    assert told["answers"]["plan"]["tier"]["tier_3_serious_aggression"] == 1
    assert [(each["code"], each["fact"]) for each in told["set_aside"]] == [
        ("FA002", "complainant_count"),
        ("FA004", "complainant_count"),
        ("FA005", "incident_resolved_on"),
        ("FA005", "police_called_at"),
    ]
    expected = backtest(SHIPPED, str(text), "--id", "no")
    assert {**told, "archive": {}} == {**expected, "archive": {}}


def test_a_run_that_was_killed_goes_on_and_gives_the_same_bytes(tmp_path: Path) -> None:
    folder, state = tmp_path / "archive", tmp_path / "state"
    folder.mkdir()
    for index in range(5):
        write(folder / f"{index}.csv", ROWS[index * 50 : index * 50 + 50])
    asked = [SHIPPED, str(folder), *NAMED, "--by", "网点", "--replay", "10", "--json"]
    whole = printed(*asked)
    command = [sys.executable, "-m", "plan_rules.cli", "backtest", *asked, "--state", str(state)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}
    ) as killed:
        while killed.poll() is None and len(list(state.glob("*.json"))) < 2:
            time.sleep(0.01)
        killed.send_signal(signal.SIGKILL)
    kept = {file.name: file.stat().st_mtime_ns for file in state.glob("*.json")}
    resumed = printed(*asked, "--state", str(state))

    assert 2 <= len(kept) < 5
    assert resumed == whole
    assert {name: (state / name).stat().st_mtime_ns for name in kept} == kept
    assert printed(*asked, "--state", str(state)) == whole


def test_a_row_that_the_rule_engine_answers_otherwise_is_named() -> None:
    layout = Layout({"staff_assaulted": ("staff_assaulted", Column("staff_assaulted"))}, (), None, ())
    asked = [Asked.of(PLAN, {}, layout, 0)]
    decision = pr.decide(PLAN, {"staff_assaulted": True})
    told = [f"{kind} {subject}" for kind, subjects in answers(decision).items() for subject in subjects]
    assert decision.tier is not None
    right = (7, 1, "C-1", "是", True, decision.tier.id, [], told)

    assert replayed(asked, layout, {}, [right], "past.csv") == [7]
    for wrong in (
        (*right[:5], "tier_1_general", [], told),
        (*right[:7], told[:-1]),
        (*right[:4], False, None, ["X1 "], []),
    ):
        with pytest.raises(ReplayDisagrees, match=r"C-1 \(past.csv 1\)"):
            replayed(asked, layout, {}, [wrong], "past.csv")


def test_a_mapping_reads_an_archive_that_speaks_otherwise(tmp_path: Path) -> None:
    (tmp_path / "map.yaml").write_text(
        "列:\n  地点: 投诉发生地\n  程度: {事实: 过激行为程度, 取值: {'0': 无, '2': 严重, 不详: 未知}}\n  柜员: 不用\n",
        encoding="utf-8",
    )
    file = tmp_path / "old.csv"
    file.write_text(
        "地点,程度,柜员,别的\n柜面,2,10023,x\n营业大厅,0,10024,y\n,不详,10025,z\n柜面,7,10026,z\n", encoding="gbk"
    )

    told = backtest(SHIPPED, str(file), "--mapping", str(tmp_path / "map.yaml"), "--encoding", "gbk")
    assert told["answers"]["plan"]["tier"]["tier_3_serious_aggression"] == 1
    assert told["answers"]["plan"]["rows"] == 3
    assert told["archive"]["unused_columns"] == ["别的"]
    assert [each["code"] for each in told["set_aside"]] == ["FA003"]


def test_another_reading_counts_as_decide_does_under_it(archive: Path) -> None:
    told = backtest(SHIPPED, str(archive), *NAMED, "--reading", "AMB-06=B", "--replay", "50")

    found = [
        pr.decide(PLAN, {**row.facts, "policy_reading": {"AMB-06": "B"}})
        for row in _taken(ROWS)
        if row.facts is not None
    ]
    tiers = [decision.tier.id for decision in found if decision.tier]
    assert told["answers"]["plan"]["tier"]["tier_3_serious_aggression"] == tiers.count("tier_3_serious_aggression")
    assert tiers.count("tier_3_serious_aggression") != counted(PLAN, ROWS)["tier"]["tier_3_serious_aggression"]


def _taken(listed: tuple[Row, ...]) -> list[Row]:
    return [row for row, decision in zip(listed, decisions(PLAN, listed), strict=True) if decision is not None]


def test_a_page_needs_nothing_else_and_a_terminal_shows_tables(archive: Path, amended: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    shown = run_in_terminal(
        "backtest",
        SHIPPED,
        str(amended),
        str(archive),
        *NAMED,
        "--by",
        "网点",
        "--replay",
        "0",
        "--html",
        str(page),
        "--lang",
        "zh",
        columns=110,
    )

    text = page.read_text(encoding="utf-8")
    assert "决定的变化" in shown
    assert "<svg" in text
    assert not any(word in text for word in ("<script", "http:", "https:", "src=", "@import", "url("))
    assert printed(SHIPPED, str(archive), "--replay", "0", "--lang", "en").startswith("Backtest of an archive")


def test_no_row_is_named_beside_what_a_sensitive_fact_has_a_part_in(archive: Path, amended: Path) -> None:
    """Whatever is changed about the sensitive facts of a row that is named: what is said of it stays true."""
    text = amended.read_text(encoding="utf-8")
    known = "    当: {未办结: 是, 投诉人为社会知名人士: 是}\n"
    assert text.count(known) > 1
    other = amended.with_name("known.yaml")
    other.write_text(text.replace(known, known.replace("}", ", 引起群众围观: 是}")), encoding="utf-8")
    page = amended.with_name("page.html")
    told = backtest(SHIPPED, str(other), str(archive), *NAMED, "--replay", "0", "--html", str(page))["changes"]

    changes = [(kind, each) for kind in ("duty", "prohibition", "permission") for each in told[kind]]
    hidden = {each["subject"] for _, each in changes if each.get("left_out") == "sensitive"}
    assert hidden == {"thank_public_figure", "valued_reception"}
    assert page.read_text(encoding="utf-8").count("涉及敏感事实, 不列") == len(hidden)
    named = {id_: (kind, each) for kind, each in changes for id_ in each["examples"]}
    assert named.keys() | set(told["changed"]["examples"]) and hidden.isdisjoint(
        e["subject"] for _, e in named.values()
    )
    plans = (PLAN, pr.load(other))
    facts = {row.id: row.facts for row in ROWS}
    for id_ in {*named, *told["changed"]["examples"]}:
        for known_figure in (True, False, "unknown"):
            stated = {**(facts[id_] or {}), "public_figure": known_figure}
            before, after = (answers(pr.decide(plan, stated)) for plan in plans)
            assert before != after
            if id_ in named:
                kind, each = named[id_]
                assert (each["subject"] in after[kind], each["subject"] in before[kind]) == (
                    each["change"] == "gained",
                    each["change"] == "lost",
                )
