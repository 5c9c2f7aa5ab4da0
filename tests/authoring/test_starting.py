"""A plan that was started by questions is whole: it reads, decides as its scenarios say, and proves."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_rules.authoring.starting import (
    Answers,
    Grade,
    Task,
    id_from,
    name_defect,
    plan_text,
    scenarios_text,
    wording_defect,
)
from plan_rules.cli.starting_command import TEMPLATES
from plan_rules.errors import Severity
from plan_rules.language.characters import check_characters
from plan_rules.language.reader import read
from plan_rules.language.tree import Report
from plan_rules.scenarios import read_scenarios
from plan_rules.scenarios import run as scenarios_run
from tests.command_line import run

NAMES = st.text(
    st.sampled_from("值班经理现场查看疏散门口保安电梯困人报警abcXYZ019·(/-_ 是id"), min_size=1, max_size=8
).filter(lambda name: name_defect(name) is None)
WORDINGS = st.text(st.characters(), min_size=1, max_size=30).filter(lambda words: wording_defect(words) is None)


@st.composite
def answers(draw: st.DrawFn) -> Answers:
    grades = draw(st.lists(NAMES, min_size=1, max_size=5, unique=True))
    signs = iter(draw(st.lists(NAMES, min_size=len(grades), max_size=len(grades), unique=True)))
    tasks = st.lists(st.builds(Task, NAMES, NAMES), min_size=1, max_size=3, unique=True).map(tuple)
    return Answers(
        id=id_from(draw(NAMES)),
        name=draw(NAMES),
        grades=tuple(
            Grade(grade, draw(WORDINGS), next(signs) if index else None, draw(tasks))
            for index, grade in enumerate(grades)
        ),
    )


@given(answers())
def test_a_started_plan_has_no_error_and_its_scenarios_pass(given_answers: Answers) -> None:
    result = read(plan_text(given_answers), "plan.yaml")

    assert [found.code for found in result.diagnostics if found.severity is Severity.ERROR] == []
    assert result.plan is not None
    assert [tier.name for tier in result.plan.tiers.values()] == [grade.name for grade in given_answers.grades]
    assert [clause.text for clause in result.plan.clauses.values()] == [grade.wording for grade in given_answers.grades]
    scenarios = read_scenarios(scenarios_text(given_answers), "scenarios.yaml", result.plan)
    assert len(scenarios) == len(given_answers.grades)
    assert [verdict.scenario.id for verdict in scenarios_run(result.plan, scenarios) if not verdict.passed] == []


@given(st.characters())
def test_words_are_refused_for_a_character_exactly_where_reading_refuses_it(character: str) -> None:
    report = Report()
    check_characters(f"原文: 在{character}场", "plan.yaml", report)

    if character not in "\n\t":
        assert (wording_defect(f"在{character}场") is not None) == report.failed


@pytest.mark.parametrize("hidden", ["\ufe00", "\u200b", "\u3164", "\u115f"])
def test_words_and_names_with_a_character_that_cannot_be_seen_are_refused(hidden: str) -> None:
    assert wording_defect(f"值班员{hidden}到场") is not None
    assert name_defect(f"值班{hidden}员") is not None


SPOKEN = """\
小区停电应急预案

一般、严重
停电后, 值班员应立即到现场查看。
值班员:到现场查看
电梯困人的, “值班员”应立即拨打119。
电梯困人
值班员:拨打119;经理:安抚被困人员
"""


def test_questions_answered_at_the_terminal_give_a_plan_that_passes_its_own_scenarios(tmp_path: Path) -> None:
    begun = run("init", str(tmp_path / "plan"), stdin=SPOKEN.encode())
    plan = str(tmp_path / "plan" / "plan.yaml")

    assert begun.returncode == 0, begun.stderr
    assert run("check", plan).returncode == 0
    tested = run("test", str(tmp_path / "plan" / "scenarios.yaml"), "--plan", plan)
    assert tested.stdout.splitlines()[-1] == "2 passed, 0 failed"
    assert run("prove", plan).returncode == 0


ENGLISH = """\
Plan for power cuts

minor, severe
Under ten minutes: the lobby manager calms customers.
lobby manager: calm customers
Over an hour: close.
longer than an hour
branch manager: close the outlet; general office: tell the regulator
"""


def test_names_of_several_english_words_make_a_plan_that_passes(tmp_path: Path) -> None:
    begun = run("init", str(tmp_path / "plan"), "--lang", "en", stdin=ENGLISH.encode())
    plan = str(tmp_path / "plan" / "plan.yaml")

    assert begun.returncode == 0, begun.stdout
    assert run("check", plan).returncode == 0
    tested = run("test", str(tmp_path / "plan" / "scenarios.yaml"), "--plan", plan)
    assert tested.stdout.splitlines()[-1] == "2 passed, 0 failed"


def test_a_bad_answer_is_said_why_and_asked_again(tmp_path: Path) -> None:
    asked_again = SPOKEN.replace("一般、严重\n", "一般、一般\n一般、严重\n").replace(
        "电梯困人\n", "电梯困人?!\n是\n电梯困人\n", 1
    )
    begun = run("init", str(tmp_path / "plan"), stdin=asked_again.encode())

    assert begun.returncode == 0, begun.stderr
    assert "不同的名称" in begun.stdout
    assert "不用标点" in begun.stdout


def test_questions_that_are_not_all_answered_write_nothing(tmp_path: Path) -> None:
    begun = run("init", str(tmp_path / "plan"), stdin="小区停电应急预案\n".encode())

    assert begun.returncode == 2
    assert "没有答完" in begun.stderr
    assert not (tmp_path / "plan").exists()


def test_a_folder_that_holds_a_plan_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "plan.yaml").write_text("名称: 我的", encoding="utf-8")
    begun = run("init", str(tmp_path), "--template", "bank")

    assert begun.returncode == 2
    assert "已经存在" in begun.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["plan.yaml"]
    assert (tmp_path / "plan.yaml").read_text(encoding="utf-8") == "名称: 我的"


def test_an_unknown_template_is_refused_with_the_names_of_those_there_are(tmp_path: Path) -> None:
    begun = run("init", str(tmp_path / "new"), "--template", "school")

    assert begun.returncode == 2
    assert "hospital" in begun.stderr


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_checks_proves_and_passes_its_scenarios(template: str, tmp_path: Path) -> None:
    begun = run("init", str(tmp_path / "new"), "--template", template)
    plan = str(tmp_path / "new" / "plan.yaml")

    assert begun.returncode == 0, begun.stderr
    assert run("check", plan).returncode == 0
    assert "examples/" not in Path(plan).read_text(encoding="utf-8")
    assert run("prove", plan).returncode == 0
    tested = run("test", str(tmp_path / "new" / "scenarios.yaml"), "--plan", plan)
    assert tested.returncode == 0, tested.stdout
