"""Large plans: proofs in time, and a plan past the budget says so in time."""

from __future__ import annotations

from functools import partial
from random import Random
from statistics import median

import pytest

import plan_rules as pr
from plan_rules.analysis import Verdict, diff, proof
from tests.analysis.large_plans import large_plan
from tests.pace import seconds_of


@pytest.mark.slow
@pytest.mark.parametrize(
    ("clauses", "chapters", "own", "limit"),
    [(60, 4, 6, 0.5), (200, 14, 7, 3.0)],
    ids=["60 of 30 facts", "200 in chapters"],
)
def test_every_check_of_a_large_plan_is_done_in_time(clauses: int, chapters: int, own: int, limit: float) -> None:
    spent = []
    for seed in range(3 if clauses < 100 else 1):
        plan = pr.loads(large_plan(Random(seed), clauses, chapters, own))
        spent.append(seconds_of(partial(proof, plan), times=1))
    assert median(spent) < limit


@pytest.mark.slow
def test_comparing_large_plans_is_done_in_time() -> None:
    spent = []
    for seed in range(3):
        text = large_plan(Random(seed), 60, 4, 6)
        old, new = pr.loads(text), pr.loads(text.replace("至少 20", "至少 30", 1))
        spent.append(seconds_of(partial(diff, old, new), times=1))
    assert median(spent) < 0.5


@pytest.mark.slow
def test_a_plan_that_brings_everything_together_says_what_is_undecided_and_stays_in_bounds() -> None:
    plan = pr.loads(large_plan(Random(3), 200, 1, 34))
    given = []
    assert seconds_of(lambda: given.append(proof(plan, budget=1 << 16)), times=1) < 30
    (shown,) = given
    assert any(finding.code == "PF016" for finding in shown.findings)
    assert shown.undecided or any(result.verdict is Verdict.UNDECIDED for result in shown.results)
    assert not shown.clean
