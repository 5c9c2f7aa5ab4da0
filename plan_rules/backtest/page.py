"""The report in words -> one HTML page that needs nothing else: tables, and charts as drawings in the page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil

from plan_rules.backtest.wordings import Table, Wordings
from plan_rules.display_width import visible

_MOST_ROWS = 400
_PAGE = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 64rem;
  margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; border-bottom: 1px solid #ccc; padding-bottom: .2rem;
  margin-top: 2.2rem; }}
.summary {{ padding: .6rem .9rem; border-left: 5px solid #1565c0; background: #f5f5f5; font-weight: 600; }}
.note {{ color: #555; font-size: .95rem; margin: .2rem 0; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; width: 100%; font-size: .95rem; }}
th {{ text-align: left; font-weight: 600; color: #555; border-bottom: 1px solid #bbb; }}
th, td {{ padding: .2rem .6rem .2rem 0; vertical-align: top; overflow-wrap: anywhere; }}
td {{ border-bottom: 1px solid #eee; }}
.n {{ text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }}
svg {{ display: block; width: 100%; height: auto; margin: .6rem 0 1rem; }}
svg text {{ fill: currentColor; font: 12px system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; }}
.b0 {{ fill: #b0bec5; background: #b0bec5; }} .b1 {{ fill: #1565c0; background: #1565c0; }}
.mark {{ display: inline-block; width: .8em; height: .8em; print-color-adjust: exact; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #161616; color: #eee; }} .summary {{ background: #242424; }}
  th, .note {{ color: #bbb; }} td {{ border-color: #333; }} .b0 {{ fill: #607d8b; background: #607d8b; }}
  .b1 {{ fill: #64b5f6; background: #64b5f6; }} }}
@media print {{ body {{ margin: 0; max-width: none; }} h2 {{ break-after: avoid; }}
  tr, svg {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="summary">{summary}</p>
{notes}
{tables}
</body>
</html>
"""


def html(words: Wordings, lang: str) -> str:
    """The page."""
    return _PAGE.format(
        lang="zh-CN" if lang == "zh" else "en",
        title=_text(words.title()),
        summary=_text(words.summary()),
        notes="\n".join(f'<p class="note">{_text(note)}</p>' for note in words.notes()),
        tables="\n".join(_table(table, words) for table in words.tables() if table.rows),
    )


def _text(text: str) -> str:
    return escape(visible(text))


def _table(table: Table, words: Wordings) -> str:
    rest = len(table.rows) - _MOST_ROWS
    more = words.say(f"另有 {rest} 行, 见 --json", f"{rest} more rows: see --json")
    rows = [_row("th", table.head, table), *(_row("td", row, table) for row in table.rows[:_MOST_ROWS])]
    parts = [f"<h2>{_text(table.title)}</h2>", _chart(table), '<div class="wide"><table>', *rows, "</table></div>"]
    parts += [f'<p class="note">{_text(more)}</p>'] if rest > 0 else []
    return "\n".join(filter(None, parts))


def _row(tag: str, cells: Sequence[str], table: Table) -> str:
    return f"<tr>{''.join(_cell(tag, text, index, table) for index, text in enumerate(cells))}</tr>"


def _cell(tag: str, text: str, index: int, table: Table) -> str:
    shape = ' class="n"' if index in table.numbers else ""
    return f"<{tag}{shape}>{_text(text)}</{tag}>"


# --------------------------------------------------------------------------- drawings

_BARS, _GROUPS = 15, 60
_LABEL, _WIDTH, _HEIGHT = 300, 960, 22


def _chart(table: Table) -> str:
    """Bars for the first rows; two a row where an old and a new plan are counted."""
    if table.bars is None or len(table.rows) < 2:
        return ""
    columns = [1, 2] if table.bars == 2 and table.numbers == (1, 2) else [table.bars]
    rows = table.rows[: _BARS if table.numbers[0] == table.bars or len(columns) == 2 else _GROUPS]
    counts = [[int(row[column].replace(",", "")) for column in columns] for row in rows]
    most = max(max(each) for each in counts) or 1
    labels = [row[1] if len(table.head) > 2 and 1 not in table.numbers else row[0] for row in rows]
    parts = []
    step = _HEIGHT if len(columns) == 1 else 34
    for index, (label, values) in enumerate(zip(labels, counts, strict=True)):
        top = index * step
        parts.append(
            f'<text x="{_LABEL - 8}" y="{top + step // 2 + 4}" text-anchor="end">{_text(_short(label))}</text>'
        )
        for place, value in enumerate(values):
            height = (step - 8) // len(values)
            length = ceil(value * (_WIDTH - _LABEL - 90) / most)
            above = top + 3 + place * height
            shade = "b1" if place == len(values) - 1 else "b0"
            parts.append(f'<rect class="{shade}" x="{_LABEL}" y="{above}" width="{length}" height="{height - 1}"/>')
            parts.append(f'<text x="{_LABEL + length + 6}" y="{above + height - 3}">{value:,}</text>')
    height = len(rows) * step + 4
    said = _text(table.title)
    return (
        _legend(table, len(columns))
        + f'<svg role="img" aria-label="{said}" viewBox="0 0 {_WIDTH} {height}">\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _legend(table: Table, bars: int) -> str:
    """Which bar is which plan's."""
    if bars == 1:
        return ""
    marks = (f'<span class="mark b{place}"></span> {_text(table.head[place + 1])}' for place in range(bars))
    return f'<p class="note">{" &nbsp; ".join(marks)}</p>\n'


def _short(label: str) -> str:
    """As much of a label as there is room for: a Chinese character takes two places."""
    room, kept = 44, ""
    for character in label:
        room -= 2 if ord(character) > 0x2E7F else 1
        if room < 0:
            return kept + "…"
        kept += character
    return kept
