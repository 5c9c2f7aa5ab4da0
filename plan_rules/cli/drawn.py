"""Page -> what a terminal shows: a banner in the tier's colour, duties step by step, boxes for the rest."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from plan_rules.decision_page import STATUS, Page
from plan_rules.display_width import visible
from plan_rules.entries import Entry, Section

TIER_COLOURS = {0: "cyan", 1: "green", 2: "yellow", 3: "red"}
_STATUS = {"open": "bold", "done": "green", "late": "yellow", "missed": "bold red"}
_HEADLINES = ((("错误", "error"), "bold red"), (("警告", "warning"), "bold yellow"), (("提示", "note"), "bold cyan"))
_HELP = ("帮助", "help")
_BOX = {
    "prohibition": ("red", "✗"),
    "exclusion": ("yellow", "!"),
    "handoff": ("cyan", "→"),
    "pending": ("yellow", "…"),
    "ladder": ("cyan", "↑"),
    "permission": ("green", "✓"),
    "question": ("yellow", "?"),
    "confirm": ("yellow", "?"),
    "violation": ("bold red", "!"),
    "notice": ("cyan", "i"),
    "override": ("magenta", "⇒"),
    "lapsed": ("bright_black", "-"),
    "done": ("green", "✓"),
    "allowed": ("green", "·"),
    "altered": ("cyan", "~"),
}


def draw(page: Page, console: Console, lang: str = "zh") -> None:
    """Print the page, as wide as the console."""
    console.print(_banner(page, lang))
    for section in page.sections:
        if section.key == "duty":
            console.print(_duties(section, lang))
        elif section.key in _BOX:
            console.print(_box(section))
        else:
            console.print(_footnote(section))


def draw_defects(text: str, console: Console) -> None:
    """Print a page of defects as it stands: headlines, carets and help in colour, long lines unbroken."""
    for line in text.split("\n"):
        console.print(Text(line, style=_defect_style(line)), soft_wrap=True)


def _defect_style(line: str) -> str:
    bare = line.strip()
    if line[:1] not in ("", " "):
        return next((style for words, style in _HEADLINES if line.startswith(words)), "bold")
    if bare.startswith(_HELP):
        return "cyan"
    marks = bare.removeprefix("|").strip()
    return "bold red" if marks and set(marks) <= {"^"} else ""


def _banner(page: Page, lang: str) -> Panel:
    colour = TIER_COLOURS.get(page.rank, "red")
    parts: list[RenderableType] = [Text(visible(page.tier), style=f"bold {colour}")]
    title = "下一步" if lang == "zh" else "Next"
    for step in page.next_steps:
        parts.append(Text.assemble((f"{title} ▶ ", f"bold {colour}"), visible(step)))
    return Panel(Group(*parts), title=escape(visible(page.case or page.plan)), border_style=colour, padding=(0, 1))


def _duties(section: Section, lang: str) -> Panel:
    """Steps in order; what is done together stands under one number."""
    table = Table.grid(padding=(0, 1))
    table.add_column(justify="right", style="bold", no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    together = "同时" if lang == "zh" else "with it"
    throughout = "始终" if lang == "zh" else "always"
    for order, entries in groupby(section.entries, key=lambda entry: entry.order):
        for index, entry in enumerate(entries):
            first = throughout if order is None else str(order)
            table.add_row(first if index == 0 else "" if order is None else together, _mark(entry, lang), _body(entry))
    return Panel(table, title=section.title, title_align="left", border_style="blue", padding=(0, 1))


def _mark(entry: Entry, lang: str) -> Text:
    sign, zh, en = STATUS[entry.status]
    return Text(f"{sign} {zh if lang == 'zh' else en}", style=_STATUS[entry.status])


def _body(entry: Entry) -> Text:
    text = Text(visible(entry.head), style="dim" if entry.status == "done" else "bold")
    # No space after the label: a line is broken at spaces, and a label belongs with its value.
    details = [f"{label}:{value}" if label else value for label, value in entry.details]
    if details:
        text.append("\n" + visible(" · ".join(details)), style="not bold")
    if entry.clauses:
        text.append("\n" if not details else " ")
        text.append(visible("[" + " ".join(entry.clauses) + "]"), style="not bold dim")
    return text


def _box(section: Section) -> Panel:
    colour, sign = _BOX[section.key]
    table = Table.grid(padding=(0, 1))
    table.add_column(style=colour, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for entry in section.entries:
        table.add_row(sign, _body(entry))
    return Panel(table, title=section.title, title_align="left", border_style=colour, padding=(0, 1))


def _footnote(section: Section) -> Text:
    """Principles and readings in running text; a reading that is not the plan's own choice stands out."""
    text = Text(f"{section.title}: ", style="dim")
    text.append_text(Text(" · ").join(_notes(section.entries)))
    return text


def _notes(entries: Iterable[Entry]) -> Iterable[Text]:
    for entry in entries:
        if entry.status == "changed":
            details = "; ".join(value for _, value in entry.details)
            yield Text(visible(f"{entry.head} ({details})"), style="not dim bold yellow")
        else:
            yield Text(visible(entry.head), style="dim")
