"""Document -> a Word file (.docx): styles a bank can edit, page numbers, the same bytes for the same document."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from plan_rules.display_width import visible
from plan_rules.documents.archive import settled
from plan_rules.documents.content import (
    MARKS,
    Blanks,
    Block,
    Cell,
    Document,
    Heading,
    Paragraph,
    Points,
    Signatures,
    Table,
    Text,
    Tone,
)
from plan_rules.documents.extra import from_documents

if TYPE_CHECKING:
    from docx.document import Document as Word

_SERIF, _SANS = "宋体", "黑体"  # on every machine with Chinese Office; others substitute them
_FILLS = {Tone.EMPTY: "FBE3E1", Tone.HEED: "FFF4D6"}
_HEAD_FILL = "E9EDF2"


def as_word(document: Document) -> bytes:
    """The bytes of the file.  Raises ExtraMissing."""
    with from_documents():
        import docx  # noqa: PLC0415  only for Word files
        from docx.enum.section import WD_ORIENT  # noqa: PLC0415
        from docx.shared import Mm, Pt  # noqa: PLC0415
    word = docx.Document()
    section = word.sections[0]
    long, short = Mm(297), Mm(210)
    section.page_width, section.page_height = (long, short) if document.landscape else (short, long)
    section.orientation = WD_ORIENT.LANDSCAPE if document.landscape else WD_ORIENT.PORTRAIT
    section.left_margin = section.right_margin = Mm(20)
    section.top_margin = section.bottom_margin = Mm(20)
    for name, font, size in (("Normal", _SERIF, 10.5), ("Title", _SANS, 20), ("Heading 1", _SANS, 14)):
        _styled(word.styles[name], font, Pt(size))
    _styled(word.styles["Heading 2"], _SANS, Pt(12))
    word.core_properties.title = visible(document.title)
    word.core_properties.author = word.core_properties.comments = ""
    _begin(word, document)
    for block in document.blocks:
        _add(word, block)
    _footer(word, document)
    written = io.BytesIO()
    word.save(written)
    return settled(written.getvalue())


def _styled(style: Any, font: str, size: Any) -> None:
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import RGBColor  # noqa: PLC0415

    style.font.name, style.font.size = font, size
    style.font.color.rgb = RGBColor(0x11, 0x11, 0x11)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)


def _begin(word: Word, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    stamp = document.stamp
    lines = (document.subtitle, f"{stamp.name} · 版本 {stamp.version} · 摘要 {stamp.short}")
    word.add_paragraph(visible(document.title), style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in filter(None, lines):
        word.add_paragraph(visible(line)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    if document.origins():
        marks = "、".join(f"【{MARKS[origin]}】" for origin in document.origins())
        word.add_paragraph(f"标有{marks}的文字不是预案的原文。")


def _add(word: Word, block: Block) -> None:
    match block:
        case Heading(words, level):
            word.add_heading(visible(words), level)
        case Paragraph(text):
            _write(word.add_paragraph(), text)
        case Points(items):
            for item in items:
                for number, text in enumerate(item):
                    _write(word.add_paragraph(style="List Bullet" if number == 0 else "List Continue"), text)
        case Table():
            _table(word, block)
        case Blanks(labels):
            for label, lines in labels:
                word.add_paragraph(visible(label)).paragraph_format.keep_with_next = True
                for _ in range(lines):
                    word.add_paragraph("_" * 78)
        case Signatures(roles):
            _signatures(word, roles)


def _write(paragraph: Any, text: Text) -> None:
    mark = f"【{text.mark}】" if text.mark else ""
    run = paragraph.add_run(mark + visible(text.words))
    run.bold = text.strong or None


def _table(word: Word, block: Table) -> None:
    if block.title:
        word.add_heading(visible(block.title), 2)
    table = word.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.autofit = False
    section = word.sections[0]
    assert section.page_width is not None and section.left_margin is not None and section.right_margin is not None
    width = section.page_width - section.left_margin - section.right_margin
    whole = sum(column.share for column in block.columns)
    widths = [width * column.share // whole for column in block.columns]
    for column, size in zip(table.columns, widths, strict=True):
        column.width = size
    head = table.rows[0]
    _row_property(head, "tblHeader")
    for each, column, size in zip(head.cells, block.columns, widths, strict=True):
        each.width = size
        each.paragraphs[0].add_run(visible(column.title)).bold = True
        _fill(each, _HEAD_FILL)
    for row in block.rows:
        added = table.add_row()
        _row_property(added, "cantSplit")
        for each, content, size in zip(added.cells, row.cells, widths, strict=True):
            each.width = size
            _fill_cell(each, content)
            if row.tone in _FILLS:
                _fill(each, _FILLS[row.tone])
    word.add_paragraph()


def _fill_cell(cell: Any, content: Cell) -> None:
    from docx.shared import Pt  # noqa: PLC0415

    for number, text in enumerate(content):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        _write(paragraph, text)
    for paragraph in cell.paragraphs:
        paragraph.paragraph_format.space_after = Pt(2)
        for run in paragraph.runs:
            run.font.size = Pt(9)


def _row_property(row: Any, name: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415

    row._tr.get_or_add_trPr().append(OxmlElement(f"w:{name}"))


def _fill(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _signatures(word: Word, roles: tuple[str, ...]) -> None:
    from docx.enum.table import WD_ROW_HEIGHT_RULE  # noqa: PLC0415
    from docx.shared import Mm  # noqa: PLC0415

    table = word.add_table(rows=1, cols=len(roles), style="Table Grid")
    table.rows[0].height, table.rows[0].height_rule = Mm(22), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell, role in zip(table.rows[0].cells, roles, strict=True):
        cell.text = f"{visible(role)}(签字):\n\n日期:　　　年　　月　　日"


def _footer(word: Word, document: Document) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415

    stamp = document.stamp
    paragraph = word.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{visible(stamp.name)} {visible(stamp.version)}    第 ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" 页 共 ")
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(f" 页    摘要 {stamp.short}")


def _field(paragraph: Any, code: str) -> None:
    from docx.oxml import OxmlElement  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), code)
    paragraph._p.append(field)
