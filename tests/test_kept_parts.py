"""What a decision keeps to use again never shows: with the smallest memory, the largest and none, the bytes are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules import assembly, decision_json, reasons
from plan_rules.assembly import Assembler
from plan_rules.deciding import moment
from plan_rules.engines import engine
from plan_rules.facts import fact_reader
from plan_rules.normal import lower
from plan_rules.scenarios import read_scenarios

PLAN = pr.load()
LOWERED = lower(PLAN, PLAN.chosen())
SCENARIOS = (Path(__file__).parents[1] / "rules" / "scenarios.yaml").read_bytes()


@pytest.mark.parametrize(("most", "whys"), [(1, 1), (20, 20), (100_000, 1), (100_000, 100_000)])
def test_whatever_is_kept_a_decision_is_as_if_nothing_were(
    monkeypatch: pytest.MonkeyPatch, most: int, whys: int
) -> None:
    reader, fires = fact_reader(PLAN), engine("durable", LOWERED)
    steps = [step for scenario in read_scenarios(SCENARIOS, "s", PLAN) for step in scenario.steps]
    monkeypatch.setattr(assembly, "KEPT", most)
    monkeypatch.setattr(reasons, "KEPT", whys)  # made anew, at places that were others'
    monkeypatch.setattr(decision_json, "_KEPT", most)
    keeping, writer = Assembler(LOWERED), decision_json._Writer(PLAN.digest)
    plainly = Assembler(LOWERED)
    seen = 0
    for step in [*steps, *reversed(steps)]:
        try:
            facts = reader.read(step.facts, moment(step.at))
        except pr.FactsInvalid:
            continue
        fired = fires(facts.wide)
        kept = keeping.decision(facts, fired, moment(step.at))
        why = Assembler.reasons(plainly, kept.fired, facts)
        for item in (*kept.duties, *kept.prohibitions, *kept.permissions):
            assert item.reasons == tuple(why[clause] for clause in item.clauses)
        assert writer.written(kept) == kept.to_json().encode()
        seen += 1
    assert seen > 150
