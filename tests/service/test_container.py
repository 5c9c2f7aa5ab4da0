"""The container file names what there is, runs as nobody in particular, and needs to write nowhere."""

from __future__ import annotations

import re
import tomllib

import pytest

from plan_rules.cli.app import build
from tests.service.served import ROOT

if not (ROOT / "Containerfile").exists():
    pytest.skip("only a source tree has one", allow_module_level=True)

TEXT = (ROOT / "Containerfile").read_text(encoding="utf-8")
STEPS = re.findall(r"(?m)^([A-Z]+) ((?:.*\\\n)*.*)$", TEXT)


def of(word: str) -> list[str]:
    return [rest for found, rest in STEPS if found == word]


def test_what_is_copied_is_there_and_is_let_into_the_build() -> None:
    let_in = (ROOT / ".containerignore").read_text(encoding="utf-8").split("\n")
    copied = [name for line in of("COPY") if "--from" not in line for name in line.split()[:-1]]

    assert copied
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in let_in] == []


def test_what_is_installed_are_extras_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (named,) = re.findall(r"'\.\[(.*?)\]'", TEXT)

    assert {*named.split(",")} <= {*project["optional-dependencies"]}
    assert "service" in named.split(",")


def test_every_hashed_release_of_the_lock_is_a_constraint() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    (pattern,) = re.findall(r"sed -n 's/(.*?)/\\1/p'", TEXT)
    found = re.findall("(?m)" + pattern.replace(r"\(", "(").replace(r"\)", ")"), lock)

    assert len(found) == len(re.findall(r"(?m)^[a-z0-9]\S*==", lock)) > 50


def test_it_runs_as_a_numbered_user_without_rights() -> None:
    assert of("USER") == ["10001:10001"]
    assert TEXT.rindex("\nUSER ") > TEXT.rindex("\nRUN ")


def test_what_it_runs_is_a_command_with_options_that_there_are() -> None:
    import typer

    words = re.findall(r'"(.*?)"', of("ENTRYPOINT")[0] + of("CMD")[0])
    root = typer.main.get_command(build("en", rich=False))
    options = {option for parameter in root.commands["serve"].params for option in parameter.opts}  # type: ignore[attr-defined]

    assert words[:2] == ["plan-rules", "serve"]
    assert {word for word in words if word.startswith("--")} <= options


def test_its_health_is_that_of_the_service() -> None:
    (check,) = of("HEALTHCHECK")

    assert "http://127.0.0.1:8080/health/ready" in check
    assert of("EXPOSE") == ["8080"]
