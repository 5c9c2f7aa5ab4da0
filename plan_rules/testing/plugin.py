"""pytest plugin: plan files -> a test for the file and one for each claim about the plan; scenario files -> one each.

    [tool.pytest.ini_options]
    testpaths = ["tests", "rules"]
    plan_rules_files = ["rules/*.yaml"]

Files are known by what they say: 预案 and 正文 (plan and body) make a plan file, `scenarios` a scenario file, and all
others are left alone.  pytest loads this module in every run, so it loads nothing more until a file is ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from plan_rules.testing.file_kinds import kind_of

if TYPE_CHECKING:
    import pytest

_FILES = ("rules/*.yaml",)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of the command line and of the configuration file."""
    group = parser.getgroup("plan_rules", "预案 / plan_rules")
    group.addoption(
        "--plan-rules-off",
        action="store_true",
        help="do not collect plan files and scenario files (不收集预案文件和场景文件)",
    )
    parser.addini("plan_rules_files", "plan files and scenario files, as patterns", type="args", default=[*_FILES])
    parser.addini("plan_rules_plan", "the plan of scenario files; default: plan.yaml beside them", default="")
    parser.addini("plan_rules_lang", "the language of failures: zh or en", default="zh")
    parser.addini("plan_rules_budget", "the number of nodes that a proof may take", default="")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """The collector of a plan file or a scenario file; None for any other file."""
    config = parent.config
    if config.getoption("plan_rules_off") or not _wanted(file_path, config.getini("plan_rules_files")):
        return None
    kind = kind_of(file_path)
    if kind not in {"plan", "scenarios"}:
        return None
    from plan_rules.testing import collecting  # noqa: PLC0415  heavy, and only now needed

    collector = collecting.PlanFile if kind == "plan" else collecting.ScenarioFile
    return collector.from_parent(parent, path=file_path)


def _wanted(path: PurePath, patterns: Iterable[str]) -> bool:
    """Does the end of the path match a pattern?"""
    return any(path.match(pattern) for pattern in patterns)
