"""`plan-rules decide`: the main job, for programs, for pipes and for people."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path

import pytest

from tests.command_line import ROOT, run, run_in_terminal

INCIDENTS = sorted((ROOT / "examples" / "incidents").glob("*.yaml"))
ASSAULT = "examples/incidents/assault.yaml"


def columns(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(character) in "WF") for character in text)


@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda path: path.stem)
def test_every_example_is_decided_and_gives_the_same_bytes_each_time(incident: Path) -> None:
    first, second = (run("decide", str(incident), "--at", "2025-05-26", "--json") for _ in range(2))
    assert first.returncode == 0, first.stdout + first.stderr
    assert first.stdout == second.stdout
    assert json.loads(first.stdout)["plan"]["digest"]


def test_the_json_has_the_keys_of_the_contract() -> None:
    answer = json.loads(run("decide", ASSAULT, "--json").stdout)
    keys = ["plan", "tier", "duties", "prohibitions", "permissions", "undetermined", "violations", "principles"]
    assert list(answer)[:10] == [*keys, "readings", "facts"]
    assert answer["tier"]["id"] == "tier_3_serious_aggression"
    assert answer["duties"][0]["action"] == "call_police"
    assert answer["duties"][0]["clauses"] == ["三.3.c"]


@pytest.mark.parametrize("engine", ["durable", "reference", "generated"])
def test_every_engine_gives_the_same_bytes(engine: str) -> None:
    assert run("decide", ASSAULT, "--json", "--engine", engine).stdout == run("decide", ASSAULT, "--json").stdout


def test_facts_come_from_standard_input_as_yaml_or_json() -> None:
    yaml = run("decide", "-", "--json", stdin=b"staff_assaulted: true\n")
    json_ = run("decide", "-", "--json", stdin=b'{"staff_assaulted": true}')
    assert yaml.returncode == 0
    assert yaml.stdout == json_.stdout


def test_a_reading_can_be_chosen_for_one_decision() -> None:
    facts = b"verbal_abuse: true"
    assert json.loads(run("decide", "-", "--json", stdin=facts).stdout)["tier"]["rank"] == 1
    other = json.loads(run("decide", "-", "--json", "--reading", "AMB-06=B", stdin=facts).stdout)
    assert other["tier"]["rank"] == 3
    assert other["readings"]["AMB-06"] == "B"


def test_a_reading_chosen_for_one_decision_goes_before_those_of_the_facts() -> None:
    facts = b"verbal_abuse: true\npolicy_reading: null\n"
    done = run("decide", "-", "--json", "--reading", "AMB-06=B", stdin=facts)
    assert json.loads(done.stdout)["readings"]["AMB-06"] == "B"


def test_working_days_of_a_year_without_a_calendar_are_refused_by_name() -> None:
    facts = b"staff_assaulted: true\nincident_resolved_on: 2040-01-02\n"
    done = run("decide", "-", "--json", "--reading", "AMB-13=B", stdin=facts)
    assert done.returncode == 3
    assert json.loads(done.stdout)["error"] == "calendar_unknown"


def test_who_must_act_is_told_without_ambiguity() -> None:
    duties = run("decide", "examples/incidents/disruption.yaml", "--at", "2025-05-20T09:40").stdout
    assert "谁: 网点负责人(不在时大堂经理)和保安人员" in duties


def test_an_impossible_combination_exits_2_and_names_the_rule_and_the_facts() -> None:
    done = run("decide", "-", "--json", stdin=b"staff_assaulted: true\naggression_level: minor\n")
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["error"] == "facts_invalid"
    (found,) = answer["diagnostics"]
    assert found["code"] == "X1"
    assert set(found["facts"]) == {"staff_assaulted", "aggression_level"}
    assert found["message"]


def test_for_people_bad_facts_are_quoted_with_carets_and_a_suggestion() -> None:
    done = run("decide", "-", stdin="投诉: x\nstaff_asaulted: true\n".encode())
    assert done.returncode == 2
    assert done.stdout == ""
    assert "stdin:2:1" in done.stderr
    assert "^^^^" in done.stderr
    assert "staff_assaulted" in done.stderr


def test_in_a_pipe_the_answer_is_lines_without_colours_or_boxes() -> None:
    done = run("decide", ASSAULT)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout
    assert not set("╭╮╰╯│─") & set(done.stdout)
    lines = done.stdout.splitlines()
    assert lines[1].startswith("等级 | ")
    first_duty = next(line for line in lines if line.startswith("应当"))
    assert "待办" in first_duty
    assert "三.3.c" in first_duty
    assert all(" | " in line for line in lines)


@pytest.mark.parametrize("columns_wide", [80, 60, 120])
@pytest.mark.parametrize("incident", INCIDENTS, ids=lambda path: path.stem)
def test_in_a_terminal_no_line_is_wider_than_the_terminal(incident: Path, columns_wide: int) -> None:
    shown = run_in_terminal("decide", str(incident), "--at", "2025-05-26", columns=columns_wide)
    assert "\x1b[" in shown
    bare = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert "…" not in bare
    assert "下一步" in bare or "待办" not in bare
    for line in bare.splitlines():
        assert columns(line) <= columns_wide, line


def test_it_speaks_english_when_the_locale_or_the_option_does() -> None:
    by_locale = run("decide", ASSAULT, LANG="en_US.UTF-8").stdout
    assert by_locale == run("decide", ASSAULT, "--lang", "en").stdout
    assert "Must | 1 | to do" in by_locale
    assert run("decide", ASSAULT, LC_ALL="C", LANG="en_US.UTF-8").stdout.startswith("预案")


def test_chinese_comes_out_whatever_the_encoding_of_the_locale() -> None:
    done = run("decide", ASSAULT, "--lang", "zh", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 0
    assert "报警" in done.stdout
