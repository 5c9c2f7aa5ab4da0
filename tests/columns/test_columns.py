"""A plan's column program says of every row what `decide` says of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.columns import Program, ReadingInvalid, lower
from plan_rules.columns.coding import coded
from plan_rules.columns.evaluation import evaluate
from plan_rules.columns.formula import FALSE, Type, columns_of
from plan_rules.plan import Plan
from plan_rules.testing import plans
from tests.columns.rows import differences, random_row
from tests.conformance.plans import plans as odd_plans

ROOT = Path(__file__).parents[2]
WRITTEN = {
    path.parent.name if path.name == "plan.yaml" else path.stem: path
    for path in (
        *sorted((ROOT / "examples/plans").glob("*/plan.yaml")),
        *sorted((ROOT / "tests/data").glob("*_plan.yaml")),
    )
}
DRAWN = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))


def _rows(random: Random, plan: Plan, count: int) -> list[dict[str, object]]:
    return [random_row(random, plan) for _ in range(count)]


@DRAWN
@given(plan=plans(clauses=8, facts=5), random=st.randoms(use_true_random=False))
def test_a_program_says_what_decide_says_of_every_row(plan: Plan, random: Random) -> None:
    assert differences(plan, lower(plan), _rows(random, plan, 15)) == []


@DRAWN
@given(plan=odd_plans(clauses=12), random=st.randoms(use_true_random=False))
def test_a_program_of_a_plan_of_any_shape_says_what_decide_says(plan: Plan, random: Random) -> None:
    assert differences(plan, lower(plan), _rows(random, plan, 8)) == []


def test_the_shipped_plan_says_the_same_in_columns() -> None:
    plan = pr.load()
    assert differences(plan, lower(plan), _rows(Random(7), plan, 150)) == []


@pytest.mark.parametrize("name", WRITTEN)
def test_other_plans_say_the_same_in_columns(name: str) -> None:
    plan = pr.load(WRITTEN[name])
    assert differences(plan, lower(plan), _rows(Random(8), plan, 60)) == []


def test_a_program_is_of_the_readings_it_is_asked_for() -> None:
    plan = pr.load()
    other = {"AMB-06": "B", "AMB-07": "B", "AMB-15": "D"}
    assert differences(plan, lower(plan, other), _rows(Random(9), plan, 40)) == []


def test_what_a_table_has_no_column_for_is_not_stated_in_any_row() -> None:
    plan = pr.load()
    given = ("aggression_level", "order_disrupted", "police_called_at__none")
    rows = [{name: row[name] for name in given if name in row} for row in _rows(Random(10), plan, 60)]
    program = lower(plan, given=(*given, "branch"))

    assert [each.name for each in program.inputs] == ["aggression_level", "order_disrupted", "police_called_at__none"]
    assert differences(plan, program, rows) == []


def test_a_stage_reads_inputs_and_earlier_stages_only_and_every_name_is_used_once() -> None:
    program = lower(pr.load())
    known = {each.name for each in program.inputs}
    for stage in program.stages:
        assert {name for each in stage for name in columns_of(each.formula)} <= known
        assert not known & {each.name for each in stage}
        known |= {each.name for each in stage}
    assert {name for each in program.answers for name in columns_of(each.formula)} <= known
    assert len({*known, *(each.name for each in program.answers)}) == len(known) + len(program.answers)


@pytest.mark.parametrize("readings", [{"AMB-06": "Z"}, {"AMB-99": "A"}])
def test_a_reading_that_the_plan_does_not_have_is_refused(readings: dict[str, str]) -> None:
    with pytest.raises(ReadingInvalid, match=r"没有解释“AMB-.*AMB-06: A, B"):
        lower(pr.load(), readings)


@DRAWN
@given(plan=odd_plans(clauses=12), random=st.randoms(use_true_random=False))
def test_a_program_with_numbers_for_text_says_the_same_of_every_row(plan: Plan, random: Random) -> None:
    program, rows = lower(plan), _rows(random, plan, 15)
    with_numbers = coded(program)

    assert [_answers(with_numbers, row) for row in rows] == [_answers(program, row) for row in rows]


@pytest.mark.parametrize("name", ["shipped", *WRITTEN])
def test_numbers_for_text_change_no_answer_of_a_plan_as_it_is_written(name: str) -> None:
    plan = pr.load(WRITTEN[name]) if name in WRITTEN else pr.load()
    program = lower(plan)
    with_numbers = coded(program)

    for row in _rows(Random(11), plan, 150):
        assert _answers(with_numbers, row) == _answers(program, row)


def test_of_the_shipped_plan_only_the_reason_for_refusing_a_row_stays_text() -> None:
    kept = [each for stage in coded(lower(pr.load())).stages for each in stage if each.type is Type.TEXT]

    assert [each.about for each in kept] == ["why the row is refused"]


def _answers(program: Program, row: dict[str, object]) -> dict[str, object]:
    found = evaluate(program, row)
    names = (*(each.name for each in program.answers), *(each.column for each in program.rejections))
    return {name: found[name] for name in names}


def test_a_wrong_program_turns_this_suite_red() -> None:
    plan = pr.load()
    program = lower(plan)
    police = next(each for each in program.answers if each.name == "duty_call_police")
    wrong = replace(
        program, answers=tuple(replace(each, formula=FALSE) if each is police else each for each in program.answers)
    )
    assert differences(plan, wrong, [{"staff_assaulted": True}]) != []
