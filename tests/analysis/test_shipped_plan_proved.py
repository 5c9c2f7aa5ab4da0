"""The plan that comes with the library: what is proved of it, and how long that takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

import plan_rules as pr
from plan_rules.analysis import Verdict, lint, proof, prove
from plan_rules.analysis.finding import Finding
from plan_rules.condition import NEVER
from plan_rules.errors import Severity
from plan_rules.loading import shipped
from tests.pace import seconds_of

PLAN = pr.load()
PROOF = proof(PLAN)


def test_the_plan_proves_clean_and_nothing_is_left_undecided() -> None:
    assert PROOF.clean
    assert not PROOF.undecided
    assert all(result.verdict is not Verdict.UNDECIDED for result in PROOF.results)


def test_whatever_is_found_is_explained_in_the_file() -> None:
    assert [found.code for found in (*PROOF.findings, *lint(PLAN, today=date(2026, 1, 1))) if not found.accepted] == []


def test_the_plan_draws_red_lines_worth_having_and_each_is_proved_as_the_readings_stand() -> None:
    red = [result for result in PROOF.results if result.claim.code == "PF014"]
    assert len(PLAN.invariants) >= 15
    assert len(red) >= len(PLAN.invariants)
    assert all(result.verdict in (Verdict.PROVED, Verdict.OTHERWISE) for result in red)


def test_no_red_line_holds_for_want_of_incidents() -> None:
    from plan_rules.analysis.meaning import Meaning
    from plan_rules.analysis.space import Drawing, Space

    meaning = Meaning(Drawing(PLAN, Space([PLAN])))
    here = meaning.drawing.possible & meaning.drawing.as_chosen
    empty = [
        item.id for item in PLAN.invariants if meaning.drawing.holds(item.condition) & here == meaning.diagram.nothing
    ]
    assert empty == []


@pytest.mark.parametrize("clause", ["三.3.c", "三.3.f", "三.3.g", "四.4.h", "四.7.a"])
def test_a_plan_without_one_of_its_protective_clauses_breaks_a_red_line(clause: str) -> None:
    gone = replace(PLAN.clauses[clause], condition=NEVER)
    broken = replace(PLAN, clauses={**PLAN.clauses, clause: gone}, digest=f"{PLAN.digest}?without={clause}")
    codes = {found.code for found in prove(broken) if found.severity is Severity.ERROR}
    assert {"PF001", "PF014"} <= codes


def test_every_witness_is_an_incident_that_the_engine_decides_so() -> None:
    for found in PROOF.findings:
        if found.witness:
            readings = {"policy_reading": dict(found.witness.readings)} if found.witness.readings else {}
            assert pr.decide(PLAN, {**found.witness.facts, **readings}).to_json() == found.witness.decision.to_json()


def test_findings_say_how_many_incidents_they_concern() -> None:
    counted = [found for found in PROOF.findings if found.witness and not found.witness.readings]
    assert counted
    for found in counted:
        assert found.count is not None and found.total is not None
        assert 0 < found.count < found.total


def test_the_same_plan_gives_the_same_findings() -> None:
    first, second = prove(PLAN), prove(pr.loads(shipped("plan.yaml")))
    assert [told(found) for found in first] == [told(found) for found in second]


def told(found: Finding) -> tuple[object, ...]:
    return found.code, found.subject, found.count, found.witness and dict(found.witness.facts)


def test_an_acceptance_that_has_run_out_accepts_nothing() -> None:
    until = tuple(replace(item, until=date(2026, 6, 30)) for item in PLAN.acceptances)
    plan = replace(PLAN, acceptances=until)
    assert proof(plan, today=date(2026, 6, 30)).clean
    assert not proof(plan, today=date(2026, 7, 1)).clean
    expired = {found.code for found in lint(plan, today=date(2026, 7, 1)) if found.severity is Severity.ERROR}
    assert expired == {"LN008"}


def test_proving_takes_less_than_a_second_of_the_processor() -> None:
    assert seconds_of(lambda: prove(PLAN)) < 1


def test_a_budget_too_small_is_said_and_never_taken_for_a_proof() -> None:
    small = proof(PLAN, budget=1500)
    assert not small.clean
    told = [found for found in small.findings if found.code == "PF016"]
    assert told
    assert all("没有证完" in found.diagnostic.message.zh for found in told)
    tiny = proof(PLAN, budget=1)
    assert not tiny.results
    assert {found.code for found in tiny.findings} == {"PF016"}
