"""The page of results is made of the results; every engine measured gives the right answers before it is timed."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec

import pytest

from benchmarks.__main__ import MODULES, NEEDS
from benchmarks.peers import PEERS
from benchmarks.report import page
from benchmarks.worker import FLOOR
from tests.command_line import ROOT


def test_the_page_of_results_is_made_of_the_results() -> None:
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))

    assert (ROOT / "docs" / "explanation" / "benchmarks.md").read_text(encoding="utf-8") == page(results)


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


@pytest.mark.parametrize("way", NEEDS)
def test_what_is_measured_on_tables_gives_the_right_answers(way: str) -> None:
    if find_spec(NEEDS[way]) is None:
        pytest.skip("not installed: pip install -r benchmarks/requirements.txt")
    command = [sys.executable, "-m", "benchmarks.tables", way, "300", "0"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1])["wrong"] == 0
