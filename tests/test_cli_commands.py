"""`explain`, `test`, `show` and `schema` on the shipped plan."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import yaml

from tests.command_line import ROOT, run

ASSAULT = "examples/incidents/assault.yaml"
ORDINARY = "examples/incidents/ordinary.yaml"


def test_explain_says_for_each_clause_its_text_and_the_facts_that_made_it_fire() -> None:
    done = run("explain", ASSAULT)
    assert done.returncode == 0, done.stderr
    block = next(block for block in done.stdout.split("\n\n") if block.startswith("三.3.c 触发: "))
    assert "报警" in block.splitlines()[0]
    assert "I1" in block


def test_explain_one_clause_says_only_that_one() -> None:
    done = run("explain", ASSAULT, "三.3.c")
    assert [block.split()[0] for block in done.stdout.split("\n\n")] == ["三.3.c"]


def test_explain_why_not_gives_the_change_that_would_make_it_fire() -> None:
    by_option = run("explain", ORDINARY, "--why-not", "三.3.c")
    assert by_option.returncode == 0, by_option.stderr
    assert by_option.stdout.startswith("三.3.c 没有触发")
    assert "=" in by_option.stdout
    assert run("explain", ORDINARY, "三.3.c").stdout == by_option.stdout


def test_explain_why_not_says_of_a_day_only_that_it_has_come() -> None:
    assert "事件处理完之日 已有" in run("explain", ORDINARY, "--why-not", "四.7.a").stdout
    assert "incident_resolved_on is known" in run("explain", ORDINARY, "--why-not", "四.7.a", "--lang", "en").stdout


def test_explain_as_json_holds_both_answers() -> None:
    answer = json.loads(run("explain", ORDINARY, "三.1.a", "--why-not", "三.3.c", "--json").stdout)
    assert [why["clause"] for why in answer["why"]] == ["三.1.a"]
    assert [why["clause"] for why in answer["why_not"]] == ["三.3.c"]
    assert answer["why_not"][0]["changes"]


def test_all_scenarios_beside_the_plan_pass() -> None:
    done = run("test")
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].endswith(" passed, 0 failed")
    assert run("test", "rules/scenarios.yaml").stdout == done.stdout


def test_a_failing_scenario_says_what_differs_and_where_and_exits_1(tmp_path: Path) -> None:
    scenarios = tmp_path / "bad.yaml"
    scenarios.write_text("- {id: a, title: 甲, facts: {staff_assaulted: true}, expected: {tier: tier_1_general}}")
    junit = tmp_path / "out.xml"
    done = run("test", str(scenarios), "--junit", str(junit))
    assert done.returncode == 1
    assert "✗ 失败 a 甲" in done.stdout
    assert f"{scenarios}:1" in done.stdout
    assert "预期 tier_1_general" in done.stdout
    assert done.stdout.splitlines()[-1] == "0 passed, 1 failed"
    assert ET.parse(junit).getroot().get("failures") == "1"


def test_a_scenario_file_with_defects_is_quoted_and_nothing_is_run(tmp_path: Path) -> None:
    scenarios = tmp_path / "bad.yaml"
    scenarios.write_text("- id: a\n  facts: {order_disrupted: perhaps}\n  expected: {}\n")
    done = run("test", str(scenarios))
    assert done.returncode == 2
    assert f"{scenarios}:2:28" in done.stderr
    assert "passed" not in done.stdout


def test_show_lists_the_clauses_of_the_plan_in_its_order() -> None:
    ids = [line.split()[0] for line in run("show").stdout.splitlines()]
    assert ids.index("三.1.a") < ids.index("三.3.c") < ids.index("四.7.a")
    assert len(ids) == len(set(ids))


def test_show_one_clause_tells_text_condition_norms_and_readings() -> None:
    shown = run("show", "三.3.c").stdout
    assert "当:" in shown
    assert "call_police" in shown
    assert "AMB-09" in shown


def test_the_coverage_matrix_has_a_row_for_each_of_the_103_items() -> None:
    rows = run("show", "coverage").stdout.splitlines()[1:-1]
    assert len(rows) == 103
    police = next(row for row in rows if row.startswith("三.3.c"))
    assert "call_police" in police
    assert "S58" in police


def test_the_schema_accepts_the_examples_and_refuses_an_unknown_fact() -> None:
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for file in (ROOT / "examples" / "incidents").glob("*.yaml"):
        assert not list(validator.iter_errors(yaml.safe_load(file.read_text(encoding="utf-8")))), file
    assert not validator.is_valid({"staff_asaulted": True})


def test_the_schemas_of_events_are_by_type_and_hold_that_of_the_facts() -> None:
    found = json.loads(run("schema", "--events").stdout)

    assert "plan-rules.case.event" in found
    facts = found["plan-rules.incident.reported"]["properties"]["facts"]
    assert facts["properties"] == json.loads(run("schema").stdout)["properties"]


def test_the_schema_is_a_component_of_an_openapi_document_that_takes_it_as_it_is() -> None:
    document = json.loads(run("schema", "--openapi").stdout)

    assert document["openapi"] == "3.1.0"
    assert document["components"] == {"schemas": {"Incident": json.loads(run("schema").stdout)}}
    assert document["jsonSchemaDialect"] == document["components"]["schemas"]["Incident"]["$schema"]
