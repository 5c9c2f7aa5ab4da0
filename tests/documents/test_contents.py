"""What papers say: everything of the plan is somewhere, nothing else is taken for the plan's text."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from plan_rules import loading, loads
from plan_rules.analysis.difference import diff
from plan_rules.deciding import decide
from plan_rules.documents.accountability import accountability, concerned
from plan_rules.documents.bearing import Capacity
from plan_rules.documents.conduct import conduct, prohibitions
from plan_rules.documents.content import Document, Origin, Table, Tone
from plan_rules.documents.drill import CannotDrill, drill
from plan_rules.documents.effects import Effects, told, under
from plan_rules.documents.matrix import matrix
from plan_rules.documents.revision import revision
from plan_rules.documents.roles import tasks_by_role
from plan_rules.documents.telephone import LONGEST, spoken
from plan_rules.scenarios.running import stated_facts
from tests.documents.papers import PLAN, SCENARIOS, made

DOCUMENTS = (
    "handbook",
    "grading",
    "dont",
    "roles",
    "media",
    "phone",
    "personal",
    "accountability",
    "readings",
    "drill",
)


def words(document: Document) -> str:
    return "\n".join(text.words for text in document.texts())


def rows(document: Document, title: str) -> list[list[str]]:
    found = next(block for block in document.blocks if isinstance(block, Table) and block.title == title)
    return [["\n".join(text.words for text in cell) for cell in row.cells] for row in found.rows]


# --------------------------------------------------------------------------- the plan's words are the plan's


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_what_is_shown_as_the_plans_text_is_the_plans_text(kind: str) -> None:
    texts = {clause.text for clause in PLAN.clauses.values()}
    texts |= {f"底本: {clause.scraped}" for clause in PLAN.clauses.values()}

    for document in made(kind):
        assert {text.words for text in document.texts() if text.origin is Origin.SOURCE} <= texts


def test_the_handbook_has_every_clause_and_where_the_scanned_text_differs_that_too() -> None:
    (handbook,) = made("handbook")
    said = [text.words for text in handbook.texts() if text.origin is Origin.SOURCE]

    for clause in PLAN.clauses.values():
        assert clause.text in said
        assert (f"底本: {clause.scraped}" in said) is (clause.scraped not in ("", clause.text))


def test_readings_presumptions_and_notices_are_marked_as_not_the_plans_text() -> None:
    (handbook,) = made("handbook")
    marked = "\n".join(text.words for text in handbook.texts() if text.mark)
    plain = "\n".join(text.words for text in handbook.texts() if not text.mark)

    for notice in PLAN.notices:
        assert notice.text in marked
        assert notice.text not in plain
    for reading in PLAN.readings.values():
        assert reading.topic in marked
        assert reading.topic not in plain


def test_every_norm_is_a_sentence_of_the_handbook() -> None:
    (handbook,) = made("handbook")

    for clause in PLAN.clauses.values():
        for norm in clause.norms:
            assert f"“{PLAN.actions[norm.action].label}”" in words(handbook)


# --------------------------------------------------------------------------- roles


def test_every_action_that_somebody_bears_is_on_a_list() -> None:
    listed = {task.norm.action for tasks in tasks_by_role(PLAN).values() for task in tasks}

    assert listed == {norm.action for clause in PLAN.clauses.values() for norm in clause.norms}


def test_an_action_is_on_the_lists_of_exactly_those_who_bear_it() -> None:
    lists = tasks_by_role(PLAN)
    near = (Capacity.ITSELF, Capacity.ALIAS, Capacity.THROUGH, Capacity.DEPUTY)
    holders: dict[str, set[str]] = {}
    for role, tasks in lists.items():
        for task in tasks:
            if task.bears.capacity in near:
                holders.setdefault(task.norm.action, set()).add(role)

    assert holders["call_police"] == {"outlet_manager", "lobby_manager", "a_role", "b_role"}
    assert holders["report_to_sponsor"] == {"bank", "general_affairs_dept", "integrated_management_dept"}
    assert holders["assist_handling"] == {"security_guard"}
    for step in (step for scenario in SCENARIOS for step in scenario.steps):
        if step.expected.invalid or step.readings or "policy_reading" in step.facts:
            continue
        for duty in decide(PLAN, stated_facts(step), at=step.at).duties:
            bearing = {*duty.roles, *(role for each in duty.bearers for role in (*each.through, *each.deputies))}
            assert bearing <= holders[duty.action], duty.action


# --------------------------------------------------------------------------- prohibitions


def test_every_prohibition_is_paired_with_what_to_do_instead() -> None:
    table = rows(conduct(PLAN), "禁语禁行")

    assert len(table) == len(prohibitions(PLAN)) == 8
    assert all(instead.startswith("✓ ") for _, _, _, instead, _ in table)


def test_where_the_plan_names_nothing_instead_the_card_says_whom_to_ask() -> None:
    text = loading.shipped("plan.yaml").decode().replace(", 替代: [礼貌谢绝或回避采访]", "")
    table = rows(conduct(loads(text)), "禁语禁行")
    row = next(row for row in table if "随意表态" in row[1])

    assert "请示" in row[3]
    assert "综合管理部" in row[3]


# --------------------------------------------------------------------------- the telephone, the facts of a breach


FACTS = {
    "complaint_location": "counter",
    "staff_assaulted": True,
    "premises_attacked": True,
    "crowd_gathered": True,
    "verbal_abuse": True,
    "order_disrupted": True,
    "counter_disturbance_continues": True,
    "complainant_count": 3,
    "injury_occurred": True,
    "police_called_at": "2025-05-20T09:41",
}


def test_a_line_for_the_telephone_has_at_most_sixty_characters() -> None:
    for facts in ({}, FACTS):
        lines = list(spoken(PLAN, facts, decide(PLAN, facts)))
        assert all(len(line) <= LONGEST for line in lines)
        assert [line[:3] for line in lines if line[0] != "　"][:3] == ["我是:", "时间:", "地点:"]


def test_the_telephone_is_told_what_is_known_and_nothing_that_is_sensitive() -> None:
    said = "".join(spoken(PLAN, FACTS, decide(PLAN, FACTS)))

    for part in ("柜面", "投诉人数 3", "对我行员工人身攻击", "冲砸营业场所", "报警", "行领导(部门)负责人赶赴现场"):
        assert part in said
    assert "受伤" not in said


def test_the_sheet_on_a_breach_lists_facts_and_who_finds_them_and_gives_no_verdict() -> None:
    sheet = accountability(PLAN, {"aggression_caused_by_mishandling": True, "aggression_level": "minor"})
    facts = {row[0].split("\n")[0]: row for row in rows(sheet, "事实")}

    assert {"mishandled_by_bank", "staff_used_violence", "consequence_level", "impact_level"} <= {*concerned(PLAN)}
    assert facts["过激行为因我方处理不当引起"][1:3] == ["是", "行长"]
    assert facts["事件后果大小"][1] == "没有陈述"
    assert all(row[3] == row[4] == "" for row in facts.values())


# --------------------------------------------------------------------------- coverage, readings, amendments


def test_the_matrix_has_a_row_for_each_item_of_the_source_and_none_is_empty() -> None:
    (document,) = made("matrix")
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.title == document.title]

    assert len(table.rows) == 103
    assert all(row.tone is Tone.PLAIN for row in table.rows)


def test_the_row_of_a_rule_that_was_deleted_is_marked() -> None:
    clause = replace(PLAN.clauses["三.3.c"], norms=())
    plan = replace(PLAN, clauses={**PLAN.clauses, clause.id: clause}, digest="sha256:other")
    document = matrix(plan, SCENARIOS)
    table = next(block for block in document.blocks if isinstance(block, Table) and block.title == document.title)

    assert [row.cells[0][0].words for row in table.rows if row.tone is Tone.EMPTY] == ["三.3.c"]
    assert "没有通过的场景" in words(document)


def test_the_register_names_the_scenarios_that_change_with_each_other_option() -> None:
    effects = Effects(PLAN, SCENARIOS)
    reading = PLAN.readings["AMB-06"]
    option = next(option for option in reading.options if option.id == "B")
    found = effects.of(reading, option)

    assert {effect.scenario for effect in found} == {"S09"}
    step = next(scenario for scenario in SCENARIOS if scenario.id == "S09").steps[0]
    assert told(PLAN, step)["等级"] != told(under(PLAN, reading, option), step)["等级"]


def test_the_register_has_every_reading_and_remark_with_room_to_sign() -> None:
    (document,) = made("readings")
    readings, remarks = (block for block in document.blocks[1:3] if isinstance(block, Table))

    assert [row.cells[0][0].words for row in readings.rows] == [*PLAN.readings]
    assert [row.cells[0][0].words for row in remarks.rows] == [remark.id for remark in PLAN.remarks]
    assert all(row.cells[-1] == () for table in (readings, remarks) for row in table.rows)


def test_a_changed_deadline_shows_up_as_so_many_changed_scenarios() -> None:
    text = loading.shipped("plan.yaml").decode().replace("时限: 3自然日", "时限: 2自然日")
    difference = diff(PLAN, loads(text), SCENARIOS)
    document = revision(difference, SCENARIOS)
    changed = {change.scenario for change in difference.scenarios}

    assert len(changed) > 3
    assert f"{len(changed)} 个的结果改变: " in words(document)
    assert all(name in words(document) for name in changed)
    assert "3自然日, 截止 " in words(document)
    assert "2自然日, 截止 " in words(document)


# --------------------------------------------------------------------------- drills


def test_a_drill_checks_every_duty_of_every_step() -> None:
    for document in made("drill"):
        scenario = next(scenario for scenario in SCENARIOS if document.title.endswith(scenario.id))
        said = [block for block in document.blocks if isinstance(block, Table) and block.title == "应当"]
        for step, table in zip(scenario.steps, said, strict=True):
            decision = decide(PLAN, stated_facts(step), at=step.at)
            asked = [duty.label for duty in decision.duties if duty.status in ("open", "missed")]
            assert [row.cells[3][0].words for row in table.rows] == asked


def test_a_scenario_that_the_plan_refuses_cannot_be_drilled() -> None:
    refused = next(scenario for scenario in SCENARIOS if scenario.steps[0].expected.invalid)

    with pytest.raises(CannotDrill, match=re.escape(refused.id)):
        drill(PLAN, refused)
