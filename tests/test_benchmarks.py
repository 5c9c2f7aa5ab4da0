"""The page of results is made of the results; everything measured gives the same answers before it is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks import tables
from benchmarks.__main__ import MODULES
from benchmarks.incidents import case
from benchmarks.peers import PEERS
from benchmarks.report import page
from benchmarks.worker import FLOOR
from tests.command_line import ROOT

EMBEDDED = [way for way in tables.NEEDS if way != tables.SPARK]  # what Spark says is compared in tests/batch


def results() -> dict[str, object]:
    read: dict[str, object] = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    return read


def test_the_page_of_results_is_made_of_the_results() -> None:
    assert (ROOT / "docs" / "explanation" / "benchmarks.md").read_text(encoding="utf-8") == page(results())


def test_the_page_says_which_peers_were_left_out_and_why() -> None:
    told = page(results() | {"left_out": {"clipspy": "clips is not installed"}})

    assert "**Left out of this run**: clipspy (clips is not installed)." in told
    assert "Left out of this run" not in page(results() | {"left_out": {}})


def test_the_page_tells_of_everything_that_is_measured() -> None:
    told, measured = page(results()), results()

    missing = [name for name in (*PEERS, *tables.NEEDS) if name not in measured["left_out"]]  # type: ignore[operator]
    assert [name for name in missing if f"| {name} |" not in told and f"| **{name}** |" not in told] == []


def test_every_peer_that_is_measured_says_how_it_is_installed() -> None:
    pinned = (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8")

    assert {*MODULES} == {*PEERS}
    assert [peer for peer in PEERS if f"\n{peer}==" not in pinned] == ["durable_rules (durable.lang)"]


@pytest.mark.parametrize("row", [FLOOR, *PEERS])
def test_what_is_measured_gives_the_right_answers(row: str) -> None:
    if row in MODULES and find_spec(MODULES[row]) is None:
        pytest.skip("not installed: pip install -r benchmarks/requirements.txt")
    for plan in ("shipped", "25"):
        if row == FLOOR and plan != "shipped":
            continue  # written by hand for that one
        command = [sys.executable, "-m", "benchmarks.worker", "measure", row, plan, "40", "0"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout.splitlines()[-1])["wrong"] == 0


@pytest.mark.parametrize("way", EMBEDDED)
def test_what_is_measured_on_tables_gives_the_right_clauses(way: str) -> None:
    if tables.missing(way):
        pytest.skip("not installed: pip install -r benchmarks/requirements.txt")
    given = case("shipped", tables.DISTINCT)

    assert tables.rows_wrong(tables.ready(way, given, 600)(), given, 600, whole=way not in tables.EVERY_ANSWER) == 0


def test_what_is_written_by_hand_gives_every_answer_that_batch_gives() -> None:
    digests = {way: tables.digest(way, 400) for way in EMBEDDED if way in tables.EVERY_ANSWER}

    assert None not in digests.values()
    assert len({*digests.values()}) == 1, digests


def test_a_table_of_other_answers_has_another_digest(monkeypatch: pytest.MonkeyPatch) -> None:
    right = tables.digest(tables.POLARS_BY_HAND, 50)
    over = tables.over
    monkeypatch.setattr(tables, "over", lambda way, table: lambda: over(way, table)().head(49))

    assert tables.digest(tables.POLARS_BY_HAND, 50) != right


def test_speed_beside_hand_written_code_is_its_time_divided_by_ours() -> None:
    def measured(seconds: float) -> dict[str, object]:
        spent = {"wall_s": seconds, "cpu_s": 2 * seconds, "wrong": 0}
        return {"first_s": 1.0, "digest": "", "peak_kb": 1, "sizes": {"10": spent}}

    found = tables.summary({tables.POLARS_BY_HAND: [measured(1.0)], tables.POLARS: [measured(4.0)]})

    assert found[tables.POLARS]["sizes"]["10"]["wall_speed"] == 0.25
    assert found[tables.POLARS]["sizes"]["10"]["cpu_speed"] == 0.25
    assert "wall_speed" not in found[tables.POLARS_BY_HAND]["sizes"]["10"]


def test_the_results_of_a_single_part_leave_the_others_as_they_were(tmp_path: Path) -> None:
    before = results()
    (tmp_path / "results.json").write_text(json.dumps(before), encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks", "--only", "check", "--rounds", "1"]
    done = subprocess.run(
        [*command, "--json", str(tmp_path / "results.json")], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    after = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    assert after["check"]["check_ms"] > 0
    assert all(after[part] == before[part] for part in ("shipped", "tables", "sizes", "processes", "cold", "memory"))
