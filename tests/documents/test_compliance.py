"""监管对照表: a row for each provision, every conflict with its winner and authority, scenarios side by side."""

import datetime as dt
from functools import cache
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules import loading
from plan_rules.documents.catalogue import KINDS, Material, set_as
from plan_rules.documents.compliance import compliance
from plan_rules.documents.content import Document, Origin, Table, Tone
from plan_rules.scenarios import read_scenarios

DAY = dt.date(2026, 3, 5)


@cache
def plan() -> pr.Plan:
    return pr.load(overlays=["regulation"], at=DAY)


@cache
def paper() -> Document:
    scenarios = read_scenarios(loading.shipped("regulation_scenarios.yaml"), "regulation_scenarios.yaml", plan())
    return compliance(plan(), scenarios)


def table(title: str, document: Document) -> list[list[str]]:
    """The rows of a table, each cell as one text."""
    (found,) = (block for block in document.blocks if isinstance(block, Table) and block.title == title)
    return [["\n".join(text.words for text in cell) for cell in row.cells] for row in found.rows]


def test_there_is_a_row_for_each_provision_with_its_basis_figures_and_force() -> None:
    layering = plan().layering
    assert layering
    rows = {row[0]: row for row in table("监管规定", paper())}

    assert list(rows) == [provision.id for provision in layering.layers[0].provisions]
    assert rows["OV-W1"][1:6] == [
        "征信业管理条例(2013)第25条\n行政法规",
        "收到征信异议, 标注, 20日内核查处理并书面答复异议人",
        "20日, 书面",
        "冲突\n四.4.d",
        "● 生效\n施行 2013-03-15",
    ]
    assert rows["OV-W1"][7] == "与 四.4.d 冲突, 以 OV-W1(行政法规)为准"
    assert rows["OV-E2"][5].startswith("○ 待确认\n")
    assert rows["OV-C15"][5].startswith("○ 只供参考")


def test_every_conflict_names_winner_loser_authorities_and_reason() -> None:
    rows = table("冲突与裁决", paper())

    assert len(rows) == 5
    for action, winner, loser, reason, _ in rows:
        assert action
        assert reason
        assert "(本行)" in loser
        assert any(f"({authority})" in winner for authority in ("法律", "行政法规", "部门规章"))
    written = next(row for row in rows if row[1].startswith("OV-W1"))
    assert written == [
        "给客户书面答复",
        "OV-W1 征信业管理条例(2013)第25条(行政法规)\n应当",
        "四.4.d 织金惠民村镇银行客户投诉应急预案四.4.d(本行)\n不得",
        "行政法规高于本行预案; 征信异议必须书面答复",
        "合规",
    ]


def test_a_conflict_that_nobody_resolved_is_marked(tmp_path: Path) -> None:
    text = loading.shipped("regulation.yaml").decode()
    file = tmp_path / "regulation.yaml"
    file.write_text(text[: text.index("\n裁决:")] + "\n", encoding="utf-8")
    document = compliance(pr.load(overlays=[file], at=DAY), ())
    (found,) = (block for block in document.blocks if isinstance(block, Table) and block.title == "冲突与裁决")

    marked = {row.cells[0][0].words for row in found.rows if row.tone is Tone.EMPTY}
    assert "OV-W1、四.4.d" in marked
    assert "没有裁决的冲突" in "".join(text.words for text in document.texts())


def test_scenarios_stand_side_by_side_with_and_without_regulation() -> None:
    rows = {row[0].split("\n")[0]: row for row in table("场景对照: 不叠加与叠加", paper())}
    off, on, prevails = rows["RG01"][1:]

    assert "不得: 给客户书面答复" in off
    assert "应当: 给客户书面答复(截止 2026-03-22)" in on
    assert prevails == (
        "给客户书面答复: 以 OV-W1 征信业管理条例(2013)第25条(行政法规) 为准,"
        " 四.4.d 织金惠民村镇银行客户投诉应急预案四.4.d(本行) 不适用"
    )
    assert rows["RG02"][3] == ""


def test_what_waits_for_the_bank_is_listed_to_be_signed() -> None:
    rows = table("待本行确认", paper())

    assert [row[0] for row in rows] == [
        "OV-C6", "OV-W3", "OV-R1", "OV-E1", "OV-E2", "OV-P2", "OV-P3", "OV-S3", "OV-S4", "OV-D1",
    ]  # fmt: skip
    assert all(row[2] and row[3] == "" for row in rows)


def test_a_summary_is_marked_as_what_it_is_in_every_paper() -> None:
    summaries = {provision.summary for layer in plan().layering.layers for provision in layer.provisions}  # type: ignore[union-attr]
    for kind in ("handbook", "compliance"):
        for _, document in KINDS[kind].build(Material(plan())):
            assert isinstance(document, Document)
            for text in document.texts():
                if any(summary in text.words for summary in summaries):
                    assert text.origin is Origin.LAYER


@pytest.mark.parametrize("form", ["html", "docx", "xlsx"])
def test_the_table_is_set_in_every_form_and_always_the_same(form: str) -> None:
    assert set_as(paper(), form) == set_as(paper(), form)


def test_a_plan_with_nothing_over_it_has_no_such_table() -> None:
    assert list(KINDS["compliance"].build(Material(pr.load()))) == []
