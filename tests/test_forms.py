"""Reports to be filled in: which fields, which of them when; what is missing or ill-typed is said, field by field."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis import diff
from plan_rules.decision_page import page
from plan_rules.documents.handbook import handbook
from plan_rules.language.reader import read

TEXT = (Path(__file__).parent / "data" / "order_plan.yaml").read_text(encoding="utf-8")
PLAN = pr.loads(TEXT)
WHOLE = {"order_no": "A1", "found_on": "2026-03-02", "portions": 2, "hospital": False}
SPOILED = {"trouble": "spoiled", "own_order": True, "head_stops": False}


def defects(values: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(found.code, found.facts) for found in pr.check_form(PLAN, "food_report", values)]


def test_a_form_that_is_filled_in_has_nothing_wrong() -> None:
    assert defects(WHOLE) == []
    assert defects(WHOLE | {"found_on": date(2026, 3, 2), "remark": "无", "degree": "mild"}) == []


@pytest.mark.parametrize("left_out", list(WHOLE))
@pytest.mark.parametrize("empty", [None, "", "  ", "unknown", "未知", pr.UNKNOWN])
def test_what_is_mandatory_and_left_out_is_missing(left_out: str, empty: Any) -> None:
    missing = [("PR097", (left_out,))]

    assert defects({name: value for name, value in WHOLE.items() if name != left_out}) == missing
    assert defects(WHOLE | {left_out: empty}) == missing


def test_some_fields_are_mandatory_where_others_say_so() -> None:
    assert defects(WHOLE | {"hospital": True}) == [("PR097", ("hospital_name",)), ("PR097", ("degree",))]
    assert defects(WHOLE | {"portions": 10}) == [("PR097", ("degree",))]
    assert defects(WHOLE | {"hospital": True, "hospital_name": "市一", "degree": "severe"}) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("order_no", 1),
        ("order_no", "长" * 16_385),
        ("found_on", "昨天"),
        ("portions", 0),
        ("portions", 100),
        ("portions", "2"),
        ("portions", True),
        ("hospital", "是"),
        ("degree", "重"),
        ("degree", 1),
        ("phone", "1"),
        ("订单号", "A1"),
    ],
)
def test_what_the_form_does_not_take_is_told_with_what_it_does(field: str, value: Any) -> None:
    (found,) = pr.check_form(PLAN, "food_report", WHOLE | {field: value})

    assert (found.code, found.facts) == ("PR098", (field,))
    assert found.help
    assert found.help.zh
    assert found.help.en


def test_the_name_of_a_field_in_place_of_its_id_is_told_the_id() -> None:
    (found,) = pr.check_form(PLAN, "food_report", WHOLE | {"备注": "无"})

    assert found.help
    assert found.help.en == "use the id: `remark`"


def test_a_form_that_the_plan_does_not_have_is_an_error_of_the_program() -> None:
    with pytest.raises(pr.FormUnknown, match="no form `other`"):
        pr.check_form(PLAN, "other", {})


@given(
    st.dictionaries(
        st.sampled_from([*WHOLE, "remark", "nothing"]),
        st.one_of(st.none(), st.text(), st.integers(), st.lists(st.none())),
    )
)
def test_anything_filled_in_is_taken_or_told(values: dict[str, Any]) -> None:
    for found in pr.check_form(PLAN, "food_report", values):
        assert found.code in ("PR097", "PR098")
        assert found.message.zh
        assert found.help


def test_the_duty_names_its_form_and_others_name_none() -> None:
    duties = {each.action: each.form for each in pr.decide(PLAN, SPOILED).duties}

    assert duties["report_food"] == "food_report"
    assert set(duties.values()) == {"food_report", None}
    told = {each["action"]: each for each in pr.decide(PLAN, SPOILED).to_dict()["duties"]}
    assert told["report_food"]["form"] == "food_report"
    assert [each for each in told.values() if "form" in each] == [told["report_food"]]


def test_the_page_and_the_handbook_show_the_form() -> None:
    sections = {section.key: section for section in page(pr.decide(PLAN, SPOILED), PLAN).sections}
    (report,) = [entry for entry in sections["duty"].entries if entry.head == "上报食安部"]

    assert ("填表", "食品异常报告表") in report.details
    said = repr(handbook(PLAN))
    assert "填写: 食品异常报告表" in said
    assert "有人就医的必填" in said


def test_english_declares_the_same_form() -> None:
    english = TEXT
    for zh, en in {"表单": "forms", "字段": "fields", "必填": "mandatory", "填表": "form", "类型": "type"}.items():
        english = english.replace(f"{zh}:", f"{en}:")
    plan = pr.loads(english.replace("type: 文字", "type: free text"))

    assert pr.check_form(plan, "food_report", {}) == pr.check_form(PLAN, "food_report", {})


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("填表: 食品异常报告表", "填表: 食品报告表", "PR096"),
        ("{编号: remark, 类型: 文字}", "{编号: remark, 类型: 文字, 单位: 字}", "PR096"),
        ("必填: {有人就医: 是}", "必填: {备注: 有}", "PR096"),
        ("必填: {有人就医: 是}", "必填: {有人就诊: 是}", "PR096"),
        ("必填: {有人就医: 是}", "必填: 有时", "PR022"),
        ("{编号: hospital, 类型: 是否, 必填: 是}", "{编号: hospital, 类型: 真假, 必填: 是}", "PR031"),
        ("{编号: remark, 类型: 文字}", "{编号: order_no, 类型: 文字}", "PR024"),
        ("最小: 1, 最大: 99, 单位: 份, 必填: 是", "最小: 一, 最大: 99, 单位: 份, 必填: 是", "PR040"),
    ],
)
def test_what_is_wrong_with_a_form_is_reported_in_its_place(right: str, wrong: str, code: str) -> None:
    assert right in TEXT
    found = [each for each in read(TEXT.replace(right, wrong, 1), "order.yaml").diagnostics if each.code != "PR066"]

    assert code in {each.code for each in found}
    assert all(each.help and each.span for each in found)


def test_a_form_without_fields_is_none() -> None:
    empty = TEXT.replace("表单:\n", "表单:\n  空表: {编号: empty, 字段: {}}\n", 1)

    assert {"PR096"} == {each.code for each in read(empty, "order.yaml").diagnostics} - {"PR066"}


def test_a_plan_read_twice_has_the_same_forms_and_a_changed_field_is_an_edit() -> None:
    moved = pr.loads("# 一行注释\n" + TEXT)
    wider = pr.loads(TEXT.replace("最大: 99", "最大: 98"))
    assert wider.forms != PLAN.forms

    assert [edit for edit in diff(PLAN, moved).edits if edit.kind == "form"] == []
    assert [(edit.subject, edit.what) for edit in diff(PLAN, wider).edits if edit.kind == "form"] == [
        ("food_report", "rule")
    ]
