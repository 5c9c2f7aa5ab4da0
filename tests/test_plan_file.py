"""The plan that is shipped: whole, in both languages, with every name others rely on and no reading that does nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

import plan_rules as pr
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS
from plan_rules.language.reader import ReadResult, read
from tests.pace import seconds_of

RULES = Path(__file__).parents[1] / "rules"
TEXT = (RULES / "plan.yaml").read_text("utf-8")
PLAN = pr.load()
CLAUSES = tuple(PLAN.clauses)
AT = datetime(2025, 10, 20, 9, 0)

ROLES = [
    "bank",
    "leading_group",
    "leading_group_office",
    "president",
    "vice_president",
    "all_departments",
    "general_affairs_manager",
    "general_affairs_dept",
    "integrated_management_dept",
    "president_office",
    "service_quality_executive",
    "bank_leader_or_dept_head",
    "outlet_manager",
    "lobby_manager",
    "security_guard",
    "outlet_staff",
    "handling_person",
    "bank_staff",
    "person_involved",
    "business_outlets",
    "a_role",
    "b_role",
    "liaison_officer",
    "sponsor_bank",
    "police",
    "media",
    "third_party_mediator",
    "customer",
    "other_customers",
    "regulator",
]
TIERS = ["tier_1_general", "tier_2_order_disrupted", "tier_3_serious_aggression"]
PRINCIPLES = [
    "rapid_response",
    "control_situation",
    "tiered_management",
    "on_site_handling",
    "timely_communication",
    "rule_based_reply",
    "protect_reputation",
    "ensure_safety",
    "fact_patience_common_ground",
]
FACTS = [
    "complaint_received",
    "complaint_location",
    "customer_in_reception_room",
    "reception_room_declined",
    "other_customers_present",
    "aggression_level",
    "staff_assaulted",
    "verbal_abuse",
    "premises_attacked",
    "crowd_gathered",
    "order_disrupted",
    "counter_disturbance_continues",
    "not_defused_at_once",
    "opinion_valid",
    "resolvable_now",
    "exceeds_authority",
    "demand_conflicts_with_rules",
    "bank_responsible",
    "customer_misunderstanding",
    "bank_at_fault",
    "compensation_involved",
    "mediator_available",
    "explanation_needed",
    "written_reply_requested",
    "rule_text_requested",
    "rule_text_public",
    "public_figure",
    "group_complaint",
    "complainant_count",
    "media_present",
    "mishandled_by_bank",
    "aggression_caused_by_mishandling",
    "staff_argued",
    "staff_used_violence",
    "consequence_level",
    "impact_level",
    "reported_to_ga_or_po_at",
    "exec_notified_at",
    "exec_arrived_at",
    "police_called_at",
    "police_arrived",
    "incident_resolved_on",
    "sponsor_report_sent_on",
    "media_reported_to_imd_at",
    "last_training_on",
    "training_overdue",
    "casual_statement_made",
    "leading_group_established",
    "ab_roles_designated",
    "liaison_system_in_place",
    "a_role_on_duty",
    "in_person_complainants",
    "complaint_received_on",
    "complexity",
    "extension_approved",
    "decision_notified_on",
    "outlet_closed_minutes",
    "besieging_persons",
    "features_recorded",
    "features_shared_outside",
    "injury_occurred",
    "policy_reading",
]
ACTIONS = [
    "establish_leading_group",
    "staff_leading_group",
    "coordinate_local_complaints",
    "handle_on_site",
    "assist_handling",
    "handle_in_public",
    "invite_to_reception_room",
    "follow_handling_principle",
    "listen_patiently",
    "communicate_to_consensus",
    "thank_customer",
    "resolve_immediately",
    "escalate_level_by_level",
    "explain_patiently",
    "argue_with_customer",
    "handle_individually",
    "prevent_escalation",
    "dissuade_customer",
    "maintain_business_order",
    "keep_serving_others",
    "stay_vigilant",
    "prepare_contingency",
    "report_to_ga_or_po",
    "executive_go_to_scene",
    "executive_handle",
    "handle_by_rules",
    "contain_conflict",
    "call_police",
    "report_to_executive",
    "leaders_go_to_scene",
    "leaders_coordinate",
    "remain_calm_and_adapt",
    "protect_people_and_property",
    "act_with_reason_and_restraint",
    "mishandle_to_aggression",
    "pursue_accountability",
    "designate_ab_roles",
    "maintain_liaison_system",
    "valued_reception",
    "reason_and_explain_policy",
    "thank_public_figure",
    "observe_features",
    "reuse_features",
    "prepare_talking_points",
    "accurate_consistent_wording",
    "give_written_reply",
    "provide_internal_rule_text",
    "provide_public_rule_text",
    "decline_or_avoid_interview",
    "casual_statement",
    "report_media_to_imd",
    "brief_media_uniformly",
    "unauthorized_media_briefing",
    "crisis_pr",
    "engage_mediator",
    "compensate_with_care",
    "prevent_group_complaint",
    "control_group_situation",
    "report_to_sponsor",
    "summarise_lessons",
    "train_case_analysis",
    "improve_service_culture",
]

SERIOUS_AND_CLOSED = {"aggression_level": "serious", "incident_resolved_on": "2025-09-29"}
INCIDENTS: tuple[Mapping[str, Any], ...] = (
    {},
    {"complaint_received": False},
    {"aggression_level": "minor"},
    {"staff_assaulted": True, "police_called_at": "09:10", "police_arrived": True},
    {"order_disrupted": True, "counter_disturbance_continues": True, "exec_notified_at": "09:30"},
    {"order_disrupted": True, "aggression_level": "minor"},
    {"verbal_abuse": True},
    {"crowd_gathered": True},
    {"explanation_needed": True, "written_reply_requested": True, "rule_text_requested": True},
    {"media_present": True, "casual_statement_made": True},
    SERIOUS_AND_CLOSED,  # three natural days end in the National Day holiday
    {**SERIOUS_AND_CLOSED, "sponsor_report_sent_on": "2025-10-09"},
    {"aggression_level": "minor", "incident_resolved_on": "2025-09-29", "written_reply_requested": True},
    {"public_figure": True, "aggression_level": "minor", "bank_responsible": True},
    {"complainant_count": 2},
    {"complainant_count": 3},
    {"complainant_count": 5},
    {"peak_tier": "tier_2_order_disrupted"},
    {"peak_tier": "tier_3_serious_aggression"},
)


def reread(text: str) -> ReadResult:
    return read(text, "plan.yaml", RULES)


def without(clause: str) -> str:
    """The plan file without the block of lines of this clause."""
    block = re.compile(rf"^  - 编号: {re.escape(clause)}\n(?:    .*\n)*", re.MULTILINE)
    body = TEXT.index("\n正文:\n")
    rest, found = block.subn("", TEXT[body:])
    assert found == 1
    return TEXT[:body] + rest


# --------------------------------------------------------------------------- whole


def test_the_shipped_plan_has_no_diagnostics() -> None:
    assert pr.check() == ()
    assert pr.check(RULES / "plan.yaml") == ()


def test_the_body_has_the_103_clauses_of_the_source() -> None:
    items = yaml.load((RULES / "source.yaml").read_text("utf-8"), yaml.CSafeLoader)["条目"]

    assert len(CLAUSES) == 103
    assert list(CLAUSES) == [item["编号"] for item in items if "原文" in item]


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_clause_taken_out_is_missed_by_name(clause: str) -> None:
    result = reread(without(clause))
    errors = [found for found in result.diagnostics if found.severity is pr.Severity.ERROR]

    assert result.plan is None
    assert any(clause in (found.subject, *re.findall(r"[“`]([^”`]+)[”`]", found.message.zh)) for found in errors)
    assert clause in {found.subject for found in errors if found.code == "PR064"}


def test_a_clause_that_the_source_lacks_is_reported() -> None:
    added = "  - 编号: 三.9.z\n    原文: 新添的话\n    服务于: [三.1.b]\n"
    before = "  - 编号: 三.1.b\n"
    assert TEXT.count(before) == 1

    assert "PR065" in {found.code for found in reread(TEXT.replace(before, added + before)).diagnostics}


@pytest.mark.parametrize("where", ["first", "middle", "last"])
def test_one_character_changed_in_each_wording_is_reported_for_each_clause(where: str) -> None:
    def changed(hit: re.Match[str]) -> str:
        wording = hit[2]
        at = {"first": 0, "middle": len(wording) // 2, "last": len(wording) - 1}[where]
        return f"{hit[1]}{wording[:at]}某{wording[at + 1 :]}'"

    text, count = re.subn(r"^(    原文: ')(.*)'$", changed, TEXT, flags=re.MULTILINE)
    result = reread(text)

    assert count == 103
    assert result.plan is None
    assert {found.subject for found in result.diagnostics if found.code == "PR063"} == set(CLAUSES)


@pytest.mark.parametrize("clause", ["前言.a", "三.1.p", "四.4.e", "结语.f"])
def test_one_character_changed_in_one_wording_is_the_one_thing_reported(clause: str) -> None:
    wording = PLAN.clauses[clause].text
    result = reread(TEXT.replace(f"原文: '{wording}'", f"原文: '{wording[:3]}某{wording[4:]}'"))

    assert [(found.code, found.subject) for found in result.diagnostics] == [("PR063", clause)]


def test_reading_the_plan_takes_under_a_second_of_cpu() -> None:
    assert seconds_of(lambda: reread(TEXT), times=3) < 1.0


def test_the_plan_has_every_id_that_other_systems_rely_on() -> None:
    assert set(PLAN.roles) == set(ROLES)
    assert set(PLAN.tiers) == set(TIERS)
    assert set(PLAN.principles) == set(PRINCIPLES)
    assert set(PLAN.facts) == {*FACTS, "peak_tier"}
    assert set(PLAN.actions) == set(ACTIONS)


# --------------------------------------------------------------------------- in English


ENGLISH_VALUE = {chinese: english for english, chinese in VALUE_WORDS.items()}
PROSE = {"原文", "扫描文", "提问", "内容", "标题", "题", "名称", "目的", "决定", "底本", "编号", "id", "次序", "做"}
DATED = {fact.label for fact in PLAN.facts.values() if fact.kind.value in ("date", "datetime")}
NAMES = {thing.label for things in (PLAN.facts, PLAN.roles, PLAN.actions) for thing in things.values()}


def english(tree: Any, key: str = "", depth: int = 0) -> Any:
    """The plan in English keywords and value words; names and prose stay as they are."""
    if isinstance(tree, dict):
        return {english_key(name, key, depth): english(item, name, depth + 1) for name, item in tree.items()}
    if isinstance(tree, list):
        return [english(item, key, depth) for item in tree]
    return tree if key in PROSE or (key in DATED and tree == "未知") else english_value(tree, key)


def english_key(name: str, owner: str, depth: int) -> str:
    if depth and name in CONDITION_WORDS:
        return CONDITION_WORDS[name]
    return name if name in NAMES or owner == "取值" else KEYWORDS.get(name, name)


def english_value(text: str, key: str) -> str:
    if text in ("有", "无") and key not in DATED:
        return text  # the name of a value
    if key == "时限":
        counted = re.match(r"(\d+)(自然日|工作日|小时|分钟)(.*)", text)
        if counted:
            return f"{counted[1]} {ENGLISH_VALUE[counted[2]]}{counted[3]}"
        word, _, rest = text.partition("(")
        return ENGLISH_VALUE[word] + (f"({rest}" if rest else "")
    word, _, rest = text.partition(" ")
    if rest:
        return f"{ENGLISH_VALUE[word]} {rest}" if word in ENGLISH_VALUE else text
    return ENGLISH_VALUE.get(text, text)


def plain(decision: pr.Decision) -> dict[str, Any]:
    """A decision but for the digest of the file and the words in which a time limit is put."""
    found = decision.to_dict()
    del found["plan"]["digest"]
    for duty in found["duties"]:
        if duty["deadline"]:
            del duty["deadline"]["text"]
    return found


def test_a_plan_with_english_keywords_decides_the_same() -> None:
    text = yaml.safe_dump(
        english(yaml.load(TEXT, yaml.CBaseLoader)),
        allow_unicode=True,
        sort_keys=False,
        width=10_000,
    )
    result = reread(text)

    assert "\n应当:" not in text
    assert "must:" in text
    assert "at least" in text
    assert "not happened" in text
    assert result.diagnostics == ()
    assert result.plan is not None
    for incident in INCIDENTS:
        assert plain(pr.decide(result.plan, incident, at=AT)) == plain(pr.decide(PLAN, incident, at=AT))


# --------------------------------------------------------------------------- readings


def answer(incident: Mapping[str, Any], reading: str, option: str) -> dict[str, Any]:
    """What is decided under an option, but for the naming of the option itself."""
    found = pr.decide(PLAN, {**incident, "policy_reading": {reading: option}}, at=AT).to_dict()
    del found["readings"], found["facts"]
    return found


PAIRS = [
    (reading.id, one.id, other.id)
    for reading in PLAN.readings.values()
    for one, other in combinations(reading.options, 2)
]


@pytest.mark.parametrize(
    ("reading", "option"), [(reading.id, option.id) for reading in PLAN.readings.values() for option in reading.options]
)
def test_every_option_of_every_reading_gives_decisions(reading: str, option: str) -> None:
    for incident in INCIDENTS:
        decision = pr.decide(PLAN, {**incident, "policy_reading": {reading: option}}, at=AT)
        assert decision.readings.get(reading, option) == option


@pytest.mark.parametrize(("reading", "one", "other"), PAIRS)
def test_any_two_options_of_a_reading_differ_on_some_incident(reading: str, one: str, other: str) -> None:
    differing = [
        incident for incident in INCIDENTS if answer(incident, reading, one) != answer(incident, reading, other)
    ]

    assert differing


@pytest.mark.parametrize(("reading", "one", "other"), PAIRS)
def test_where_two_options_differ_the_decision_names_the_reading(reading: str, one: str, other: str) -> None:
    for incident in INCIDENTS:
        if answer(incident, reading, one) != answer(incident, reading, other):
            named = [
                pr.decide(PLAN, {**incident, "policy_reading": {reading: option}}, at=AT).readings
                for option in (one, other)
            ]
            assert any(reading in readings for readings in named), incident


@pytest.mark.parametrize("id_", ["../x", "/etc/plan", "..", "a/b", "消防", "1st", "id", "x" * 65, "a b"])
def test_the_id_of_a_plan_is_one_that_programs_can_use(id_: str) -> None:
    small = (Path(__file__).parent / "data" / "small_plan.yaml").read_text("utf-8")
    found = read(small.replace("编号: fire_drill", f'编号: "{id_}"', 1).encode(), "plan.yaml")

    (defect,) = (each for each in found.diagnostics if each.severity is pr.Severity.ERROR)
    assert (defect.code, defect.span and (defect.span.line, defect.span.column)) == ("PR023", (2, 7))
    assert defect.message.zh == f"“{id_}”不能用作编号"
    assert defect.help is not None and defect.help.zh.startswith("编号以英文字母开头")
    assert found.plan is None
