"""The VS Code extension starts the server that there is, by the settings that it declares."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.command_line import run

FOLDER = Path(__file__).parents[2] / "editors" / "vscode"
PACKAGE = json.loads((FOLDER / "package.json").read_text(encoding="utf-8"))
SCRIPT = (FOLDER / PACKAGE["main"]).read_text(encoding="utf-8")
SETTINGS = PACKAGE["contributes"]["configuration"]["properties"]


def test_every_setting_that_is_read_is_declared() -> None:
    read = set(re.findall(r'settings\.get\("(\w+)"\)', SCRIPT))
    assert {f"planRules.{name}" for name in read} == set(SETTINGS)


def test_every_command_is_registered_and_every_module_is_a_dependency() -> None:
    commands = {command["command"] for command in PACKAGE["contributes"]["commands"]}
    assert commands == set(re.findall(r'registerCommand\("([\w.]+)"', SCRIPT))
    modules = {module.split("/")[0] for module in re.findall(r'require\("([^"]+)"\)', SCRIPT)} - {"vscode"}
    assert modules == set(PACKAGE["dependencies"])


def test_the_command_that_is_started_is_one_of_ours() -> None:
    program, *arguments = SETTINGS["planRules.command"]["default"]
    assert program == "plan-rules"
    for lang in SETTINGS["planRules.language"]["enum"]:
        assert run(*arguments, "--lang", lang, "--help").returncode == 0


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_script_is_javascript() -> None:
    node = shutil.which("node")
    assert node is not None
    assert subprocess.run([node, "--check", str(FOLDER / PACKAGE["main"])], check=False).returncode == 0


def test_nothing_that_npm_installs_is_kept_in_the_repository() -> None:
    assert "node_modules/" in (FOLDER / ".gitignore").read_text(encoding="utf-8")
