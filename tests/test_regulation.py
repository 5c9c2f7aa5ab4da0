"""The regulation that comes with the library: all of it is there, off by default; conflicts resolved, proved, and shown."""

import datetime as dt
from collections import Counter
from pathlib import Path
from random import Random

import pytest

import plan_rules as pr
from plan_rules.analysis.linting import lint
from plan_rules.analysis.proving import proof
from plan_rules.engines import ENGINES
from plan_rules.layer import Force, Relation
from plan_rules.loading import on_day, shipped
from plan_rules.scenarios import read_scenarios
from plan_rules.scenarios import run as run_scenarios
from tests.conformance.plans import disagreements, lowered, random_wide

DAY = dt.date(2026, 3, 5)
TEXT = shipped("regulation.yaml").decode()
SCENARIOS = shipped("regulation_scenarios.yaml")
ENTRIES = [
    *(f"OV-C{number}" for number in range(1, 17)),
    *(f"OV-W{number}" for number in range(1, 4)),
    *(f"OV-R{number}" for number in range(1, 3)),
    *(f"OV-E{number}" for number in range(1, 5)),
    *(f"OV-P{number}" for number in range(1, 8)),
    *(f"OV-S{number}" for number in range(1, 5)),
    *(f"OV-D{number}" for number in range(1, 3)),
]
TO_CONFIRM = {"OV-C6", "OV-W3", "OV-R1", "OV-R2", "OV-E1", "OV-E2", "OV-P2", "OV-P3", "OV-S3", "OV-S4", "OV-D1"}
FIGURES = {
    "OV-C1": "15/30/60 自然日",
    "OV-C4": "3项",
    "OV-C6": "30/30日",
    "OV-C7": "5人",
    "OV-C8": "20人",
    "OV-C13": "无固定年数",
    "OV-C15": "7个工作日",
    "OV-W1": "20日, 书面",
    "OV-W2": "及时",
    "OV-W3": "15/60日; 3年",
    "OV-R1": "无数字",
    "OV-R2": "12小时",
    "OV-E1": "4h/2h; 100; 20×7天",
    "OV-E2": "30min/1h",
    "OV-E3": "迅速",
    "OV-P4": "最短",
    "OV-P6": "30日",
    "OV-P7": "3年",
    "OV-S4": "定期",
}
RESOLUTIONS = {("OV-W1", "四.4.d"), ("OV-C5.b", "四.4.d"), ("OV-C10", "三.1.b"), ("OV-C14.b", "四.5.a")}


@pytest.fixture(scope="module")
def plan() -> pr.Plan:
    return pr.load(overlays=["regulation"], at=DAY)


def without_resolutions(folder: Path) -> Path:
    file = folder / "regulation.yaml"
    file.write_text(TEXT[: TEXT.index("\n裁决:")] + "\n", encoding="utf-8")
    return file


def everything_confirmed(folder: Path) -> Path:
    file = folder / "bank.yaml"
    file.write_text(
        '叠加: {编号: bank, 名称: 本行规定, 版本: "1", 叠加于: zhijin-complaint, 位阶: 本行, 来源: 合规部}\n'
        f"确认:\n- {{条目: [{', '.join(sorted(TO_CONFIRM))}], 决定: 合规, 确认日: 2026-01-15}}\n",
        encoding="utf-8",
    )
    return file


def test_every_entry_is_there_with_its_figures(plan: pr.Plan) -> None:
    assert plan.layering
    (layer,) = plan.layering.layers

    assert [provision.id for provision in layer.provisions] == ENTRIES
    assert {each.id: each.figures for each in layer.provisions if each.figures} == FIGURES


def test_what_is_not_certain_is_to_be_confirmed_and_takes_no_effect(plan: pr.Plan) -> None:
    assert plan.layering
    provisions = plan.layering.layers[0].provisions

    assert {each.id for each in provisions if each.to_confirm} == TO_CONFIRM
    assert {each.id for each in provisions if each.force is Force.TO_CONFIRM} == TO_CONFIRM - {"OV-R2"}
    assert not {plan.provision(clause).id for clause in plan.clauses if plan.provision(clause)} & TO_CONFIRM  # type: ignore[union-attr]


def test_what_only_informs_adds_no_clause(plan: pr.Plan) -> None:
    informing = {Relation.INFORMS, Relation.CONFIRMS, Relation.INTERPRETS, Relation.UNDERPINS}
    assert plan.layering
    provisions = plan.layering.layers[0].provisions

    assert all(not each.clauses for each in provisions if each.relation in informing)
    assert all(each.clauses for each in provisions if each.relation not in informing)


def test_every_clause_that_a_provision_bears_on_is_the_plans(plan: pr.Plan) -> None:
    assert plan.layering
    about = {clause for each in plan.layering.layers[0].provisions for clause in each.about}

    assert about <= set(pr.load().clauses)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_scenarios_of_regulation_pass_on_every_engine(plan: pr.Plan, engine: str) -> None:
    scenarios = read_scenarios(SCENARIOS, "regulation_scenarios.yaml", plan)
    verdicts = run_scenarios(plan, scenarios, engine=engine)

    assert len(verdicts) == 19
    assert [verdict.scenario.id for verdict in verdicts if not verdict.passed] == []


def test_scenarios_of_the_plan_are_decided_alike_by_every_engine_under_regulation(plan: pr.Plan) -> None:
    for scenario in read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", plan):
        for step in scenario.steps:
            if not step.expected.invalid:
                answers = {pr.decide(plan, dict(step.facts), engine=engine).to_json() for engine in ENGINES}
                assert len(answers) == 1, scenario.id


def test_regulation_takes_nothing_away_but_what_is_resolved(plan: pr.Plan) -> None:
    base = pr.load()
    for scenario in read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", base):
        for step in scenario.steps:
            if step.expected.invalid:
                continue
            old, new = (pr.decide(each, dict(step.facts)) for each in (base, plan))
            taken = {override.action for override in new.overrides}
            assert {duty.action for duty in old.duties} - {duty.action for duty in new.duties} <= taken
            assert {item.action for item in old.prohibitions} - {item.action for item in new.prohibitions} <= taken
            assert new.tier == old.tier


@pytest.mark.slow
def test_the_plan_with_regulation_proves_clean_and_reads_clean(plan: pr.Plan) -> None:
    assert proof(plan, today=DAY).clean
    assert all(finding.severity == "note" for finding in lint(plan, today=DAY))


@pytest.mark.slow
@pytest.mark.parametrize("day", [dt.date(2009, 1, 1), dt.date(2025, 12, 31)])
def test_it_proves_and_reads_clean_on_other_days_too(day: dt.date) -> None:
    plan = pr.load(overlays=["regulation"], at=day)

    assert proof(plan, today=day).clean
    assert all(finding.severity == "note" for finding in lint(plan, today=day))


@pytest.mark.slow
def test_conflicts_that_nobody_resolved_are_found_with_an_incident(tmp_path: Path) -> None:
    unresolved = pr.load(overlays=[without_resolutions(tmp_path)], at=DAY)
    found = {
        tuple(name.split("#")[0] for name in finding.subject.split("+")): finding
        for finding in proof(unresolved, today=DAY).findings
        if finding.code == "OV010"
    }

    assert {tuple(sorted(pair)) for pair in found} == {tuple(sorted(pair)) for pair in RESOLUTIONS}
    written = found["OV-W1", "四.4.d"]
    assert written.severity == "error"
    assert "行政法规, 征信业管理条例(2013)第25条" in written.diagnostic.message.zh
    assert written.diagnostic.help
    assert "胜: OV-W1, 负: 四.4.d" in written.diagnostic.help.zh
    assert written.witness
    assert written.witness.decision.requires("give_written_reply")
    assert written.witness.decision.forbids("give_written_reply")


@pytest.mark.slow
def test_with_everything_confirmed_every_engine_agrees_and_no_conflict_is_open(tmp_path: Path) -> None:
    plan = pr.load(overlays=["regulation", everything_confirmed(tmp_path)], at=DAY)
    assert plan.layering
    forces = Counter(each.force for each in plan.layering.layers[0].provisions)

    assert forces == {Force.IN_FORCE: 30, Force.INFORMS: 7, Force.REPEALED: 1}
    assert {"OV-P2", "OV-E2", "OV-S3"} <= set(plan.clauses)
    assert not {"OV010", "PF005"} & {finding.code for finding in proof(plan, today=DAY).findings}
    random = Random(20260305)
    wides = [random_wide(random, plan) for _ in range(300)]
    assert [list(disagreements(engine, lowered(plan), wides)) for engine in ENGINES] == [[] for _ in ENGINES]


def test_the_version_of_the_day_is_taken() -> None:
    plan = pr.load(overlays=["regulation"], at=DAY)
    versions = {}
    for day in ("2012-06-01", "2025-12-31", "2026-01-01"):
        layering = on_day(plan, dt.date.fromisoformat(day)).layering
        assert layering
        (entry,) = (each for each in layering.layers[0].provisions if each.id == "OV-S3")
        versions[day] = (entry.instrument, entry.force)

    assert versions == {
        "2012-06-01": ("治安管理处罚法(2012版)", Force.NOT_YET),
        "2025-12-31": ("治安管理处罚法(2012版)", Force.IN_FORCE),
        "2026-01-01": ("治安管理处罚法(2025修订)", Force.TO_CONFIRM),
    }


def test_the_plans_own_words_stay_its_own(plan: pr.Plan) -> None:
    base = pr.load()

    assert {name: clause.text for name, clause in plan.clauses.items() if not clause.layer} == {
        name: clause.text for name, clause in base.clauses.items()
    }
    assert all(clause.text.startswith("[不是预案原文, ") for clause in plan.clauses.values() if clause.layer)
    assert plan.source == base.source


BANK = Path(__file__).parents[1] / "examples" / "overlays" / "bank.yaml"


def test_plan_regulation_and_the_banks_own_rules_are_one_plan() -> None:
    plan = pr.load(overlays=["regulation", BANK], at=DAY)
    facts = {
        "credit_record_disputed": True,
        "written_reply_requested": True,
        "besieging_persons": 100,
        "emergency_at": "2026-03-05T09:00",
    }
    decision = pr.decide(plan, facts, at="2026-03-05T09:30")
    due = {duty.action: duty.deadline.due for duty in decision.duties if duty.deadline and duty.deadline.due}

    assert [(source.id, source.authority) for source in decision.sources] == [
        ("regulation", "departmental_rule"),
        ("our_bank", "bank"),
    ]
    assert decision.requires("review_written_reply")
    assert due["emergency_report"] == "2026-03-05T10:00"


def test_the_bank_cannot_prevail_over_the_law(tmp_path: Path) -> None:
    file = tmp_path / "bank.yaml"
    against = "裁决:\n- {胜: 四.4.d, 负: OV-W1, 动作: [给客户书面答复], 理由: 本行习惯, 决定: 综合部}\n"
    file.write_text(BANK.read_text(encoding="utf-8") + against, encoding="utf-8")

    with pytest.raises(pr.PlanInvalid) as refused:
        pr.load(overlays=[without_resolutions(tmp_path), file], at=DAY)
    assert [found.code for found in refused.value.diagnostics] == ["OV006"]
