"""The schema of plan files is right JSON Schema, takes every plan there is, and refuses keys that no plan has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from plan_rules.authoring.grammar import keys
from plan_rules.authoring.plan_schema import plan_file_schema
from plan_rules.language.clause_shape import ClauseShape
from plan_rules.language.keywords import KEYWORDS, chinese
from plan_rules.loading import shipped
from plan_rules.testing.plan_files import plan_texts
from tests.command_line import run

ROOT = Path(__file__).parents[2]
PLANS = [ROOT / "rules" / "plan.yaml", *sorted((ROOT / "examples" / "plans").glob("*/plan.yaml"))]
SHIPPED = shipped("plan.yaml").decode()
SCHEMA = plan_file_schema(SHIPPED)
BARE = plan_file_schema()


class Plain(yaml.CSafeLoader):
    """YAML as editors read it: numbers and yes or no, and dates as text."""

    yaml_implicit_resolvers = {  # noqa: RUF012  as PyYAML has it
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def defects(schema: dict[str, Any], text: str, loader: type = Plain) -> list[str]:
    found = Draft202012Validator(schema).iter_errors(yaml.load(text, loader))
    return [error.message[:200] for error in found]


def test_it_is_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    Draft202012Validator.check_schema(BARE)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("loader", [Plain, yaml.CBaseLoader])
@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_it_takes_every_plan_there_is(file: Path, loader: type) -> None:
    text = file.read_text(encoding="utf-8")
    assert defects(plan_file_schema(text), text, loader) == []
    assert defects(BARE, text, loader) == []


@given(plan_texts())
@settings(max_examples=25, deadline=None)
def test_it_takes_plans_nobody_wrote(text: str) -> None:
    assert defects(plan_file_schema(text), text) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("\n正文:", "\n正问:"),
        ("    服务于: [三.1.q]", "    服务与: [三.1.q]"),
        ("{做: 个别处理, 责任: 现场负责人", "{作: 个别处理, 责任: 现场负责人"),
        ("{做: 个别处理, 责任: 现场负责人", "{责任: 现场负责人"),
        ("  取: 最高", "  取: 中间"),
        ("  版本: 1.0.0", "  version: 1.0.0\n  版本: 1.0.0"),
        ("类型: 选项\n", "类型: 选相\n"),
    ],
)
def test_it_refuses_what_no_plan_may_have(right: str, wrong: str) -> None:
    assert SHIPPED.count(right) == 1
    assert defects(SCHEMA, SHIPPED.replace(right, wrong)) != []


def test_every_key_of_a_clause_is_told_in_both_languages() -> None:
    clause = SCHEMA["$defs"]["Clause"]["properties"]
    assert set(clause) == {word for keyword in keys(ClauseShape) for word in (keyword, chinese(keyword))}
    assert clause["当"]["description"] == clause["when"]["description"]
    assert " / " in clause["当"]["description"]
    assert set(SCHEMA["properties"]) <= {*KEYWORDS, *KEYWORDS.values()}


def test_names_are_offered_with_what_they_stand_for() -> None:
    roles = SCHEMA["$defs"]["role"]
    said = dict(zip(roles["enum"], roles["enumDescriptions"], strict=True))
    assert said["大堂经理"] == "角色 lobby_manager / role lobby_manager"
    assert said["lobby_manager"] == "角色 大堂经理 / role 大堂经理"
    level = SCHEMA["$defs"]["condition"]["anyOf"][0]["properties"]["过激行为程度"]["anyOf"][0]["enum"]
    assert {"无", "轻微", "严重", "serious", "至少 轻微", "不是 无"} <= set(level)


def test_the_command_prints_it() -> None:
    told = run("schema", "--plan-file")
    assert told.returncode == 0
    assert json.loads(told.stdout)["$defs"] == SCHEMA["$defs"]
