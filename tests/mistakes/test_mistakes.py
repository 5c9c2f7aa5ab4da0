"""What is told of every seeded slip: that there is one, on its line, and how to put it right, in words of the trade."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mistakes.draft import Slip
from tests.mistakes.reports import Verdict, verdict
from tests.mistakes.slips import QUOTAS, slips
from tests.mistakes.table import measured, stated

NAMED = frozenset({"错字", "同音字", "缩进", "全角符号", "单位", "改号", "删值", "矛盾"})


@pytest.fixture(scope="module")
def verdicts() -> list[Verdict]:
    return [verdict(slip) for slip in slips()]


def test_the_slips_are_many_of_every_kind_and_the_same_each_time() -> None:
    made = slips()
    counted = Counter(slip.kind for slip in made)

    assert len(made) >= 400
    assert set(QUOTAS) >= NAMED
    assert all(counted[kind] >= 40 for kind in NAMED)
    assert Counter(slip.plan for slip in made)["bank"] >= 100
    assert [(slip.what, slip.lines) for slip in made] == [(slip.what, slip.lines) for slip in slips()]


def test_every_slip_is_reported(verdicts: list[Verdict]) -> None:
    assert [shown(each.slip) for each in verdicts if not each.told] == []


def test_the_first_message_stands_where_the_slip_is(verdicts: list[Verdict]) -> None:
    astray = [shown(each.slip) for each in verdicts if not each.right_line]

    assert len(astray) <= len(verdicts) // 100, astray


def test_the_help_holds_what_was_meant_nine_times_in_ten_of_every_kind(verdicts: list[Verdict]) -> None:
    for kind in QUOTAS:
        judged = [each for each in verdicts if each.slip.kind == kind]

        assert sum(each.right_fix for each in judged) >= 0.9 * len(judged), kind


def test_no_message_needs_a_programmer(verdicts: list[Verdict]) -> None:
    assert {word: shown(each.slip) for each in verdicts for word in each.jargon} == {}


def test_the_page_states_what_was_measured(verdicts: list[Verdict]) -> None:
    assert stated() == measured(verdicts), "python -m tests.mistakes.table"


def shown(slip: Slip) -> str:
    return f"{slip.kind} {slip.plan}:{slip.lines.start} {slip.what}"
