"""How papers are set: the same bytes for the same plan, nothing fetched, nothing executed, a clear word where one fails."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from plan_rules.cases.event import made as made_event
from plan_rules.cases.export import as_page
from plan_rules.cases.extra import ExtraMissing
from plan_rules.cases.report import draft
from plan_rules.cases.story import told
from plan_rules.documents.catalogue import KINDS, set_as
from plan_rules.documents.content import Document, Stamp, Table, cell, table
from plan_rules.documents.extra import PdfUnavailable, from_documents
from plan_rules.documents.html import as_html
from plan_rules.documents.paper import letter, log
from plan_rules.documents.pdf import _only_data
from tests.command_line import ROOT, run
from tests.documents.papers import PLAN, made

SET = """
import hashlib, plan_rules as pr
from plan_rules.documents.catalogue import KINDS, Material, set_as
for kind in ("personal", "dont"):
    for _, paper in KINDS[kind].build(Material(pr.load())):
        for form in KINDS[kind].forms:
            print(kind, form, hashlib.sha256(set_as(paper, form)).hexdigest())
"""
SERIOUS = {"aggression_level": "serious"}
HOSTILE = Document(
    "test",
    "<script>alert(1)</script>",
    Stamp('"; } body { display: none', "1", "sha256:0"),
    (table("=1+1", (("a", 1), ("b", 1)), ((cell("=HYPERLINK(1)"), "</td><img src=x>"),)),),
)


def test_the_same_plan_gives_the_same_bytes_in_every_form() -> None:
    printed = [
        subprocess.run(
            [sys.executable, "-c", SET],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    ]

    assert len(printed[0].splitlines()) == 7
    assert printed[0] == printed[1]


def test_no_part_of_an_office_file_has_a_clock() -> None:
    (paper,) = made("personal")
    for form in ("docx", "xlsx"):
        with zipfile.ZipFile(io.BytesIO(set_as(paper, form))) as archive:
            assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
            assert b"1980-01-01T00:00:00Z" in archive.read("docProps/core.xml")


def test_words_are_words_and_nothing_that_runs() -> None:
    page = as_html(HOSTILE)

    assert "<script>" not in page
    assert "<img" not in page
    assert 'content: ""' not in page
    book = load_workbook(io.BytesIO(set_as(HOSTILE, "xlsx")))
    assert all(each.data_type != "f" for sheet in book for row in sheet.iter_rows() for each in row)


@pytest.mark.parametrize("url", ["http://example.com/a.png", "file:///etc/hostname", "https://example.com"])
def test_nothing_is_fetched_but_what_the_page_holds_itself(url: str) -> None:
    with pytest.raises(ValueError, match="refused to fetch"):
        _only_data(url)


def test_a_missing_package_is_told_with_the_line_that_brings_it() -> None:
    with pytest.raises(ExtraMissing, match=r"plan-rules\[documents\]"), from_documents():
        raise ModuleNotFoundError("No module named 'weasyprint'", name="weasyprint")


def test_a_missing_library_of_the_system_is_told_in_both_languages() -> None:
    with pytest.raises(PdfUnavailable) as told, from_documents():
        raise OSError("cannot load library 'libpango-1.0-0'")

    assert "Pango" in told.value.message.zh
    assert "--format html" in told.value.message.en


def test_every_paper_carries_the_plan_its_version_and_digest() -> None:
    for kind in ("handbook", "dont", "personal"):
        (paper,) = made(kind)
        page = as_html(paper)
        assert f"{PLAN.name} · 版本 {PLAN.version} · 摘要 {PLAN.digest.removeprefix('sha256:')[:12]}" in page
        assert "共 " in page


def test_what_is_not_the_plans_text_is_marked_on_paper_as_in_word() -> None:
    (paper,) = made("personal")
    word = docx.Document(io.BytesIO(set_as(paper, "docx")))

    assert '<span class="mark">我行参数</span>处理投诉' in as_html(paper)
    assert any(
        "【我行参数】处理投诉" in each.text for table_ in word.tables for row in table_.rows for each in row.cells
    )


def test_a_sheet_keeps_its_headings_and_can_be_filtered_and_printed() -> None:
    (paper,) = made("readings")
    book = load_workbook(io.BytesIO(set_as(paper, "xlsx")))
    tables = [block for block in paper.blocks if isinstance(block, Table)]

    assert len(book.sheetnames) == 1 + len(tables)
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes
        assert sheet.auto_filter.ref == sheet.dimensions
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.fitToWidth == 1


def test_an_empty_row_of_the_matrix_is_coloured_by_its_sign() -> None:
    (paper,) = made("matrix")
    book = load_workbook(io.BytesIO(set_as(paper, "xlsx")))

    assert book["条款覆盖矩阵"].max_row == 104


def test_the_three_day_report_is_a_word_file_to_sign_and_the_log_a_sheet() -> None:
    at = datetime(2025, 5, 21, 11)
    story = told(
        {PLAN.digest: PLAN}.get,
        "ZJ-1",
        [
            made_event(id="e1", at=at, by="zj", what={"kind": "opened", "plan": PLAN.digest, "facts": SERIOUS}),
            made_event(id="e2", at=at, by="zj", what={"kind": "resolved"}),
        ],
    )
    page = draft(story, at)
    word = docx.Document(io.BytesIO(set_as(letter(page, PLAN), "docx")))
    text = "\n".join(each.text for each in word.paragraphs)
    book = load_workbook(io.BytesIO(set_as(log(as_page(story), PLAN), "xlsx")))

    assert word.paragraphs[0].text == "关于客户投诉过激行为事件情况及处理结果的报告"
    assert all(section.title in text for section in page.sections)
    assert "签发" in word.tables[-1].rows[0].cells[-1].text
    assert book["处置留痕日志"].max_row == 1 + len(story.events)


# --------------------------------------------------------------------------- the command


def test_a_paper_is_written_in_the_form_that_its_name_says(tmp_path: Path) -> None:
    done = run("document", "dont", "-o", str(tmp_path / "dont.docx"))

    assert done.returncode == 0
    assert "报警" not in done.stdout
    assert docx.Document(tmp_path / "dont.docx").paragraphs[0].text == "禁语禁行卡"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("novel", "-o", "x.pdf"), "handbook(执行手册)"),
        (("cards", "-o", "x.xlsx"), "可写: html、pdf"),
        (("revision", "a.yaml", "-o", "x.pdf"), "写明两份预案"),
        (("cards", "没有的角色", "-o", "x.html"), "没有“没有的角色”"),
        (("dont", "more", "-o", "x.html"), "不需要“more”"),
        (("dont", "-o", "/nowhere/x.html"), "写不了"),
    ],
)
def test_what_cannot_be_written_is_said_in_a_sentence(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    done = run("document", *arguments, "--lang", "zh", cwd=tmp_path)

    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_every_kind_is_named_in_the_help() -> None:
    done = run("document", "--help", "--lang", "en")

    assert all(kind in done.stdout for kind in KINDS)
