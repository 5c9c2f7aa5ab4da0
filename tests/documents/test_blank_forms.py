"""Blank forms: every field of the plan's forms, with what it takes, and who must fill it in."""

from __future__ import annotations

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.documents.catalogue import KINDS, Material, set_as
from plan_rules.documents.content import Document, Table
from plan_rules.plan import Form
from tests.documents.papers import PLAN

ORDER = pr.load(Path(__file__).parents[1] / "data" / "order_plan.yaml")
PAPERS = dict(KINDS["forms"].build(Material(ORDER)))


def rows(paper: Document, title: str) -> list[list[str]]:
    found = next(block for block in paper.blocks if isinstance(block, Table) and block.title == title)
    return [["".join(text.words for text in cell) for cell in row.cells] for row in found.rows]


@pytest.mark.parametrize("form", ORDER.forms.values(), ids=list(ORDER.forms))
def test_a_blank_form_has_every_field_with_room_to_fill_it_in(form: Form) -> None:
    filled = rows(PAPERS[form.id], "填写")

    assert [row[0] for row in filled] == [field.fact.label for field in form.fields.values()]
    assert all(row[1] and not row[3] for row in filled)


def test_a_field_says_whether_it_must_be_filled_in_or_when() -> None:
    must = {row[0]: row[2] for row in rows(PAPERS["food_report"], "填写")}

    assert must["订单号"] == "必填"
    assert must["备注"] == ""
    assert "有人就医" in must["医院名称"]


def test_a_form_names_each_duty_that_asks_for_it() -> None:
    for form, paper in PAPERS.items():
        asked = {
            (ORDER.actions[norm.action].label, clause.id)
            for clause in ORDER.clauses.values()
            for norm in clause.norms
            if norm.form == form
        }
        assert {(action, clause) for _, action, clause in rows(paper, "何时要填")} == asked


def test_a_form_can_be_set_in_every_way() -> None:
    for paper in PAPERS.values():
        assert all(set_as(paper, form) for form in KINDS["forms"].forms)


def test_a_plan_without_forms_has_none() -> None:
    assert list(KINDS["forms"].build(Material(PLAN))) == []
