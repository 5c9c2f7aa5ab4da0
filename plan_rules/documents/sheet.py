"""Document -> an Excel file (.xlsx): a sheet a table, headings that stay, filters, set up for printing."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from plan_rules.display_width import visible, width
from plan_rules.documents.archive import settled
from plan_rules.documents.content import MARKS, Cell, Document, Paragraph, Points, Signatures, Table, Tone
from plan_rules.documents.extra import from_documents

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_FILLS = {Tone.EMPTY: "FBE3E1", Tone.HEED: "FFF4D6"}
_SIGNS = {Tone.PLAIN: "", Tone.EMPTY: "缺", Tone.HEED: "查"}
_NOT_IN_A_NAME = re.compile(r"[\\/*?:\[\]]")
_MOST = 32_767  # characters in a cell
_WIDTH = 150  # characters, all columns together


def as_sheets(document: Document) -> bytes:
    """The bytes of the file; what is no table stands on the first sheet.  Raises ExtraMissing."""
    with from_documents():
        from openpyxl import Workbook  # noqa: PLC0415  only for Excel files
    book = Workbook()
    book.properties.creator, book.properties.title = "", visible(document.title)
    assert book.active is not None
    _front(book, document)
    for block in document.blocks:
        if isinstance(block, Table):
            _sheet(book, block, document)
    written = io.BytesIO()
    book.save(written)
    return settled(written.getvalue())


def _front(book: Workbook, document: Document) -> None:
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    sheet: Any = book.active
    sheet.title = "说明"
    stamp = document.stamp
    lines = [document.title, document.subtitle, f"{stamp.name} {stamp.version}", f"摘要 {stamp.digest}"]
    if document.origins():
        lines.append(f"标有{'、'.join(f'【{MARKS[origin]}】' for origin in document.origins())}的文字不是预案的原文。")
    for block in document.blocks:
        match block:
            case Paragraph(text):
                lines.append(_words((text,)))
            case Points(items):
                lines += [f"• {_words(item)}" for item in items]
            case Signatures(roles):
                lines += [f"{role}(签字): ______________    日期:　　　年　　月　　日" for role in roles]
            case _:
                pass
    for line in filter(None, lines):
        sheet.append([_plain(line)])
    sheet.column_dimensions["A"].width = 110
    for row in sheet.iter_rows():
        row[0].alignment = Alignment(wrap_text=True, vertical="top")
    sheet["A1"].font = Font(bold=True, size=16)
    _printed(sheet, document)


def _sheet(book: Workbook, block: Table, document: Document) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    sheet: Any = book.create_sheet(_name(block.title, book.sheetnames))
    signed = any(row.tone for row in block.rows)
    sheet.append([*(["标"] if signed else []), *(visible(column.title) for column in block.columns)])
    for row in block.rows:
        sheet.append([*([_SIGNS[row.tone]] if signed else []), *(_plain(_words(cell)) for cell in row.cells)])
    whole = sum(column.share for column in block.columns)
    widths = [*([5.0] if signed else []), *(max(6.0, _WIDTH * column.share / whole) for column in block.columns)]
    line = Side(style="thin", color="777777")
    border = Border(left=line, right=line, top=line, bottom=line)
    for number, cells in enumerate(sheet.iter_rows()):
        for each in cells:
            each.alignment = Alignment(wrap_text=True, vertical="top")
            each.border = border
            if number == 0:
                each.font, each.fill = Font(bold=True), PatternFill("solid", start_color="E9EDF2")
        sheet.row_dimensions[number + 1].height = _height([each.value for each in cells], widths)
    for number, size in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = size
    if signed:
        _coloured(sheet)
    sheet.freeze_panes = "B2" if len(widths) > 2 else "A2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"
    _printed(sheet, document)


def _coloured(sheet: Worksheet) -> None:
    """By the sign in the first column, so that a row that is filled in by hand loses its colour with its sign."""
    from openpyxl.formatting.rule import FormulaRule  # noqa: PLC0415
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    for tone, colour in _FILLS.items():
        fill = PatternFill("solid", start_color=colour, end_color=colour)
        sheet.conditional_formatting.add(sheet.dimensions, FormulaRule(formula=[f'$A1="{_SIGNS[tone]}"'], fill=fill))


def _height(values: Sequence[object], widths: Sequence[float]) -> float:
    """Points: as many lines as the fullest cell takes (a spreadsheet does not find that out by itself)."""
    lines = (
        sum(max(1, -(-width(part) // max(1, int(size) - 2))) for part in str(value or "").split("\n"))
        for value, size in zip(values, widths, strict=True)
    )
    return min(400.0, 15.5 * max(lines, default=1))


def _printed(sheet: Worksheet, document: Document) -> None:
    stamp = document.stamp
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.left.text = f"{visible(stamp.name)} {visible(stamp.version)}".replace("&", "&&")
    sheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    sheet.oddFooter.right.text = f"摘要 {stamp.short}"


def _name(title: str, taken: Sequence[str]) -> str:
    stem = _NOT_IN_A_NAME.sub(" ", visible(title)).strip("' ")[:28] or "表"
    names = (stem, *(f"{stem} {number}" for number in range(2, 100)))
    return next(name for name in names if name not in taken)


def _words(cell: Cell) -> str:
    return "\n".join((f"【{text.mark}】" if text.mark else "") + text.words for text in cell)


def _plain(words: str) -> str:
    """Words, never a formula: what begins like one gets a space before it."""
    shown = "\n".join(visible(line) for line in words.split("\n"))
    return (f" {shown}" if shown[:1] in ("=", "+", "-", "@") else shown)[:_MOST]
