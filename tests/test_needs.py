"""The page of needs leads somewhere: its commands exist, its tests exist, no reader has fewer than ten answers."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import typer

from plan_rules.cli import app
from plan_rules.documents.catalogue import KINDS

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "reference" / "needs.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| (\d+) \|([^|]+)\|([^|]+)\|([^|]+)\|$", re.MULTILINE)
READERS = PAGE.split("\n## ")[1:]
NAMES = [reader.split("\n")[0] for reader in READERS]
COMMAND = re.compile(r"`plan-rules ([^`]+)`")


@cache
def names_in(file: str) -> frozenset[str]:
    """The names of the tests in a file of the repository."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_there_are_three_readers() -> None:
    assert len(READERS) == 3


@pytest.mark.parametrize("reader", READERS, ids=NAMES)
def test_each_reader_has_ten_needs_each_with_a_place_and_a_test(reader: str) -> None:
    rows = ROW.findall(reader)

    assert [number for number, *_ in rows] == [str(number) for number in range(1, 11)]
    assert all("`" in where and "::test_" in held for _, _, where, held in rows)


@pytest.mark.parametrize("named", re.findall(r"`(tests/[^`]+)`", PAGE))
def test_every_test_that_is_named_exists(named: str) -> None:
    file, test = named.split("::")

    assert test in names_in(file)


@pytest.mark.parametrize("line", COMMAND.findall(PAGE))
def test_every_command_that_is_named_exists(line: str) -> None:
    words = line.split()
    found = typer.main.get_command(app.build("en", rich=False))
    while words and hasattr(found, "commands"):
        found = found.commands[words.pop(0)]

    options = {option for parameter in found.params for option in parameter.opts}
    assert {word for word in words if word.startswith("-")} <= options
    if line.startswith("document "):
        assert words[0] in KINDS
