"""CasePage -> what a terminal shows: a banner in the tier's colour, what to do, what is forbidden, what happened."""

from __future__ import annotations

from datetime import datetime

from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from plan_rules.cases.case_page import CasePage
from plan_rules.cases.days import moment
from plan_rules.cli.drawn import TIER_COLOURS
from plan_rules.display_width import visible
from plan_rules.entries import Entry, Section

_STYLES = {"overdue": "bold red", "now": "bold yellow", "missed": "bold red", "late": "yellow"}
_WORDS = {
    "overdue": ("! 逾期", "! overdue"),
    "now": ("▶ 立即", "▶ at once"),
    "open": ("○ 待办", "○ to do"),
    "late": ("! 迟办", "! late"),
    "missed": ("✗ 漏办", "✗ missed"),
}
_BOX = {
    "prohibition": ("red", "✗"),
    "wrong": ("bold red", "!"),
    "exclusion": ("yellow", "!"),
    "handoff": ("cyan", "→"),
    "pending": ("yellow", "…"),
    "ladder": ("cyan", "↑"),
    "follow_up": ("yellow", "▶"),
    "override": ("cyan", "~"),
    "handover": ("cyan", "→"),
    "done": ("green", "✓"),
    "lapsed": ("bright_black", "-"),
    "event": ("blue", "·"),
}
# What the live view shows of a duty: who, until when, and since when if it is to be done at once.
_BRIEF = ("谁", "who", "截止", "due")
_SINCE = ("自", "since")
_LIVE = ("todo", "prohibition", "wrong", "follow_up", "event")


def drawn(page: CasePage, at: datetime, lang: str = "zh", *, live: bool = False) -> RenderableType:
    """The page; with `live`, only what matters now, and briefly."""
    parts: list[RenderableType] = [_banner(page, at, lang)]
    for section in page.sections:
        if live and section.key not in _LIVE:
            continue
        if section.key == "todo":
            parts.append(_duties(section, lang, brief=live))
        elif section.key == "lapsed" or (live and section.key == "prohibition"):
            parts.append(_in_one(section))
        else:
            parts.append(_box(section, brief=live))
    if live:
        parts.append(Text("按 q 结束" if lang == "zh" else "q ends", style="dim"))
    return Group(*parts)


def _banner(page: CasePage, at: datetime, lang: str) -> Panel:
    zh = lang == "zh"
    colour = TIER_COLOURS.get(page.rank, "red")
    tier = page.tier + (f": {page.title}" if page.title else "")
    peak = (f"最高曾达{page.peak}" if zh else f"highest tier: {page.peak}") if page.peak_rank > page.rank else ""
    late = (f"逾期 {page.overdue} 项" if zh else f"{page.overdue} overdue") if page.overdue else ""
    said = " · ".join(part for part in (page.outlet, page.phase, peak) if part)
    since = f"开案 {moment(page.opened_at)}, 已 " if zh else f"opened {moment(page.opened_at)}, "
    ago = "" if zh else " ago"
    parts: list[RenderableType] = [
        Text.assemble((visible(tier), f"bold {colour}"), (f"  {late}" if late else "", "bold red")),
        Text(visible(f"{said}  {since}{_elapsed(page, at, lang)}{ago}")),
    ]
    title = "下一步" if zh else "Next"
    parts += [Text.assemble((f"{title} ▶ ", f"bold {colour}"), visible(step)) for step in page.next_steps]
    return Panel(Group(*parts), title=escape(visible(page.case)), border_style=colour, padding=(0, 1))


def _elapsed(page: CasePage, at: datetime, lang: str) -> str:
    """Hours, minutes and seconds since the case was opened; days before them."""
    seconds = max(0, int((at - page.opened_at).total_seconds()))
    days, rest = divmod(seconds, 86_400)
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{days} {'天' if lang == 'zh' else 'd'} {clock}" if days else clock


def _duties(section: Section, lang: str, *, brief: bool) -> Panel:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for entry in section.entries:
        zh, en = _WORDS.get(entry.status, _WORDS["open"])
        mark = Text(zh if lang == "zh" else en, style=_STYLES.get(entry.status, "bold"))
        table.add_row(mark, _body(entry, brief=brief))
    return Panel(table, title=section.title, title_align="left", border_style="blue", padding=(0, 1))


def _body(entry: Entry, *, brief: bool) -> Text:
    style = _STYLES.get(entry.status, "bold")
    text = Text(visible(entry.head), style=style)
    shown = (*_BRIEF, *_SINCE) if entry.status == "now" else _BRIEF
    kept = [(label, value) for label, value in entry.details if not brief or label in shown or not label]
    # No space after the label: a line is broken at spaces, and a label belongs with its value.
    details = [f"{label}:{value}" if label else value for label, value in kept]
    if details:
        text.append(("  " if brief else "\n") + visible(" · ".join(details)), style="not bold default")
    if entry.clauses and not brief:
        text.append(visible(" [" + " ".join(entry.clauses) + "]"), style="not bold default dim")
    return text


def _box(section: Section, *, brief: bool) -> Panel:
    colour, sign = _BOX.get(section.key, ("cyan", "•"))
    table = Table.grid(padding=(0, 1))
    table.add_column(style=colour, no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    for entry in section.entries:
        table.add_row(sign, _event(entry, brief=brief) if section.key == "event" else _body(entry, brief=brief))
    return Panel(table, title=section.title, title_align="left", border_style=colour, padding=(0, 1))


def _event(entry: Entry, *, brief: bool) -> Text:
    text = Text(visible(entry.head))
    for _, value in entry.details:
        if not brief or value[:1] in "↑↓":
            text.append(("  " if brief else "\n") + visible(value), style="dim")
    return text


def _in_one(section: Section) -> Panel:
    """All of it in running text."""
    colour, sign = _BOX[section.key]
    text = Text(" · ".join(visible(f"{sign} {entry.head}") for entry in section.entries), style=colour)
    return Panel(text, title=section.title, title_align="left", border_style=colour, padding=(0, 1))
