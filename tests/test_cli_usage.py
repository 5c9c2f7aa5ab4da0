"""The command line never shows a traceback: whatever it is given, it says what is wrong and which exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import ROOT, run, run_in_terminal
from tests.pace import reference_seconds

COMMANDS = ("decide", "explain", "check", "test", "schema", "show")
FACTS = "examples/incidents/assault.yaml"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_in_both_languages_with_the_exit_codes(command: str, lang: str) -> None:
    done = run(command, "--help", "--lang", lang)
    assert done.returncode == 0
    assert ("退出码" if lang == "zh" else "Exit codes") in done.stdout
    assert ("选项:" if lang == "zh" else "Options:") in done.stdout
    assert lang == "en" or "Show this message" not in done.stdout


def test_help_in_a_terminal_is_drawn_in_one_language() -> None:
    shown = run_in_terminal("--help")
    assert "命令" in shown
    assert "Options" not in shown
    assert "Commands" not in shown


def test_the_version_is_printed() -> None:
    assert run("--version").stdout.startswith("plan-rules ")


def test_the_package_itself_runs_too() -> None:
    command = [sys.executable, "-m", "plan_rules", "--version"]
    assert subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout.startswith(b"plan-rules ")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["decide"], 2),
        (["decide", "nowhere.yaml"], 2),
        (["decide", "examples"], 2),
        (["decide", FACTS, "--plan", "nowhere.yaml"], 3),
        (["decide", FACTS, "--plan", "examples"], 3),
        (["decide", FACTS, "--plan", FACTS], 3),
        (["decide", FACTS, "--plan", sys.executable], 3),
        (["decide", sys.executable], 2),
        (["decide", FACTS, "--at", "soon"], 2),
        (["decide", FACTS, "--at", "2025-02-30"], 2),
        (["decide", FACTS, "--at", "2025-W21-1"], 2),
        (["decide", FACTS, "--at", "0001-01-01"], None),
        (["decide", FACTS, "--reading", "AMB-06"], 2),
        (["decide", FACTS, "--reading", "AMB-99=A"], 2),
        (["decide", FACTS, "--reading", "AMB-06=Z"], 2),
        (["decide", FACTS, "--engine", "steam"], 2),
        (["decide", FACTS, "--lang", "fr"], 2),
        (["explain", FACTS, "九.9"], 2),
        (["check", "nowhere.yaml"], 3),
        (["check", "examples"], 3),
        (["check", sys.executable], 1),
        (["test", "nowhere.yaml"], 2),
        (["test", FACTS], 2),
        (["test", sys.executable], 2),
        (["test", "--junit", "examples"], 2),
        (["show", "九.9"], 2),
        (["show", "coverage", "--scenarios", "nowhere.yaml"], 2),
        (["schema", "--plan", "nowhere.yaml"], 3),
        (["frobnicate"], 2),
        (["--frobnicate"], 2),
        ([], 2),
    ],
)
def test_bad_input_ends_in_a_sentence_and_its_exit_code(arguments: list[str], code: int | None) -> None:
    done = run(*arguments)
    assert "Traceback" not in done.stdout + done.stderr
    assert done.returncode == code or (code is None and done.returncode in (0, 2, 3)), done.stderr
    assert done.stdout or done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "facts.yaml"
    secret.write_text("{}")
    secret.chmod(0)
    done = run("decide", str(secret))
    assert done.returncode == 2
    assert "没有读取的权限" in done.stderr


def test_a_reader_that_stops_early_is_no_error() -> None:
    command = f"{sys.executable} -m plan_rules.cli show clauses | head -1"
    done = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, check=False)
    assert done.stderr == b""


def test_decide_loads_neither_rich_nor_other_commands_when_piped() -> None:
    code = f"""
import sys
from plan_rules.cli.running import run
run(["decide", "{FACTS}", "--json"])
print([name for name in sys.modules if name.split(".")[0] in ("rich", "hypothesis") or "testing_command" in name])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_decision_takes_less_than_half_a_second_of_processor_time(tmp_path: Path) -> None:
    compiled = {"PYTHONPYCACHEPREFIX": str(tmp_path), "PYTHONDONTWRITEBYTECODE": ""}  # as where it is installed

    def spent() -> float:
        before = os.times()
        run("decide", FACTS, "--json", **compiled)
        after = os.times()
        return after.children_user + after.children_system - before.children_user - before.children_system

    spent()
    assert reference_seconds(spent) < 0.5
