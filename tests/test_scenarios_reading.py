"""Scenario files are read with care: exact types, and every defect at once with its line."""

from __future__ import annotations

import json
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_rules.errors import ScenariosInvalid
from plan_rules.fact import UNKNOWN
from plan_rules.loading import load
from plan_rules.scenarios import Scenario, read_scenarios

PLAN = load()


def read(text: str) -> tuple[Scenario, ...]:
    return read_scenarios(dedent(text), "scenarios.yaml", PLAN)


def defects(text: str) -> list[tuple[int, str]]:
    """(line, code) of every defect."""
    with pytest.raises(ScenariosInvalid) as refused:
        read(text)
    return [(found.span.line if found.span else 0, found.code) for found in refused.value.diagnostics]


def ends_well(text: bytes | str) -> bool:
    """Are there scenarios, or else diagnostics?"""
    try:
        return isinstance(read_scenarios(text, "scenarios.yaml", PLAN), tuple)
    except ScenariosInvalid as refused:
        return bool(refused.diagnostics)


def test_values_get_the_types_of_their_facts_and_not_those_of_yaml() -> None:
    (scenario,) = read(
        """
        scenarios:
        - id: S1
          as_of: 2025-05-20T09:15
          facts:
            staff_assaulted: 是
            order_disrupted: false
            aggression_level: 严重
            complainant_count: 3
            opinion_valid: 未知
            incident_resolved_on: 2025-05-20
            police_called_at: 09:41
            exec_arrived_at: null
          expected: {}
        """
    )
    assert scenario.steps[0].facts == {
        "staff_assaulted": True,
        "order_disrupted": False,
        "aggression_level": "serious",
        "complainant_count": 3,
        "opinion_valid": UNKNOWN,
        "incident_resolved_on": "2025-05-20",
        "police_called_at": "09:41",
        "exec_arrived_at": None,
    }
    assert scenario.kind == "snapshot"


def test_what_a_scenario_leaves_out_is_not_checked_but_null_is_no_tier() -> None:
    silent, none = read(
        """
        - {id: a, expected: {}}
        - {id: b, expected: {tier: null, required: []}}
        """
    )
    assert not silent.steps[0].expected.tier_checked
    assert silent.steps[0].expected.required is None
    assert none.steps[0].expected.tier_checked
    assert none.steps[0].expected.tier is None
    assert none.steps[0].expected.required == frozenset()


def test_readings_of_a_scenario_hold_for_its_steps_and_a_step_may_change_them() -> None:
    (scenario,) = read(
        """
        - id: a
          readings: {AMB-06: B}
          steps:
          - {at: 2025-05-20T09:15, expected: {}}
          - {at: 2025-05-20T09:16, readings: {AMB-06: A}, expected: {}}
        """
    )
    assert [dict(step.readings) for step in scenario.steps] == [{"AMB-06": "B"}, {"AMB-06": "A"}]
    assert scenario.kind == "timeline"


def test_every_defect_is_reported_at_once_with_its_line() -> None:
    assert defects(
        """\
        scenarios:
        - id: a
          title: two of one id
          expect: {}
          facts:
            staff_asaulted: true
            order_disrupted: 1
            complainant_count: 0
            police_called_at: 25:00
          expected:
            tier: tier_9
            required: [call_polic]
            deadlines: {report_to_sponsor: soon}
            violations: [report_to_sponsor:late]
            unknown_blocking: [weather]
        - id: a
          as_of: yesterday
          expected: [x]
        - text
        """
    ) == [
        (4, "SC002"),
        (6, "SC005"),
        (7, "SC006"),
        (8, "SC006"),
        (9, "SC006"),
        (11, "SC005"),
        (12, "SC005"),
        (13, "SC006"),
        (14, "SC006"),
        (15, "SC005"),
        (16, "SC007"),
        (17, "SC006"),
        (18, "SC004"),
        (19, "SC004"),
    ]


def test_a_mistyped_name_comes_with_the_one_that_was_meant() -> None:
    with pytest.raises(ScenariosInvalid) as refused:
        read("- {id: a, facts: {staff_asaulted: true}, expected: {}}")
    (found,) = refused.value.diagnostics
    assert found.help is not None
    assert "staff_assaulted" in found.help.en
    assert found.span is not None
    assert (found.span.column, found.span.width) == (19, 14)


def test_a_scenario_that_expects_a_refusal_may_hold_facts_that_are_wrong() -> None:
    (scenario,) = read("- {id: a, facts: {order_disrupted: maybe, nonsense: [1]}, expected: {invalid: F1}}")
    assert scenario.steps[0].facts == {"order_disrupted": "maybe", "nonsense": ["1"]}
    assert scenario.steps[0].expected.invalid == {"F1"}


@pytest.mark.parametrize(
    "text", ["", "x", "scenarios: 1", "{a: b}", "- &a {id: a}", "- !!python/name:os.system x", "[" * 2000]
)
def test_a_file_that_holds_no_scenarios_is_refused(text: str) -> None:
    with pytest.raises(ScenariosInvalid):
        read(text)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_bytes_end_in_scenarios_or_diagnostics(text: bytes | str) -> None:
    assert ends_well(text)


_TREES = st.recursive(
    st.sampled_from(["a", "null", "S1", "snapshot", "2025-05-20", "call_police", "true", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["id", "facts", "expected", "steps", "at", "required", "tier", "deadlines", "readings", "AMB-06"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(st.lists(_TREES, max_size=3))
def test_any_tree_of_known_words_ends_in_scenarios_or_diagnostics(tree: object) -> None:
    assert ends_well(json.dumps(tree))
