"""`plan-rules check`: every defect of a plan file, for people and for machines."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.command_line import ROOT, run, run_in_terminal

RULES = ROOT / "rules"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the shipped plan in which the first use of a fact's name is mistyped."""
    for file in RULES.glob("*.yaml"):
        shutil.copy(file, tmp_path)
    plan = tmp_path / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    head, mark, tail = text.rpartition("四.7.b")
    plan.write_text(head + "四.7.乙" + tail if mark else text, encoding="utf-8")
    return plan


def test_the_shipped_plan_has_no_errors() -> None:
    done = run("check")
    assert done.returncode == 0, done.stdout
    assert "0 个错误" in done.stdout
    assert run("check", "rules/plan.yaml").returncode == 0


def test_a_defect_is_shown_with_its_line_and_the_exit_code_is_1(broken: Path) -> None:
    done = run("check", str(broken))
    assert done.returncode == 1
    assert "-->" in done.stdout
    assert "^" in done.stdout
    assert "不能使用" in done.stdout.splitlines()[-1]


def test_in_a_terminal_the_same_page_is_coloured(broken: Path) -> None:
    shown = run_in_terminal("check", str(broken))
    assert "\x1b[1;31m" in shown
    assert re.sub(r"\x1b\[[0-9;]*m", "", shown) == run("check", str(broken)).stdout


def test_json_and_sarif_tell_the_same_defects(broken: Path) -> None:
    told = json.loads(run("check", str(broken), "--format", "json").stdout)
    sarif = json.loads(run("check", str(broken), "--format", "sarif").stdout)
    assert told["usable"] is False
    assert [found["code"] for found in told["diagnostics"]] == [
        result["ruleId"] for result in sarif["runs"][0]["results"]
    ]


def test_a_broken_plan_decides_nothing_and_exits_3(broken: Path) -> None:
    done = run("decide", "examples/incidents/assault.yaml", "--plan", str(broken), "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"] == "plan_invalid"


def test_english_is_spoken_when_asked_for(broken: Path) -> None:
    done = run("check", str(broken), "--lang", "en")
    assert "error[" in done.stdout
    assert "cannot be used" in done.stdout
