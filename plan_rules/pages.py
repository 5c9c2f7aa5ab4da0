"""Page: a title, one line that sums up, what it is about, sections of items; set as text, Markdown or HTML."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from plan_rules.display_width import pad, visible, width


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know, and what there is to say of it."""

    head: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Items under a title."""

    title: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole of it: a title, one line that sums up, sections that have something in them.

    `about` are (label, value) pairs that stand before the sections: to whom, when, after which plan.
    """

    title: str
    summary: str
    sections: tuple[Section, ...]
    about: tuple[tuple[str, str], ...] = ()


def as_text(read: Page) -> str:
    """Plain text, details indented."""
    lines = [read.title, read.summary]
    if read.about:
        columns = max(width(visible(label)) for label, _ in read.about)
        lines += ["", *(f"  {pad(visible(label), columns)}  {value}" for label, value in read.about)]
    for section in read.sections:
        lines += ["", section.title]
        for item in section.items:
            lines.append(f"  • {item.head}")
            lines += [f"      {detail}" for detail in item.details]
    return "\n".join(visible(line) for line in lines)


def as_markdown(read: Page) -> str:
    """Markdown, as a review tool shows it."""
    lines = [f"# {_plain_markdown(read.title)}", "", f"**{_plain_markdown(read.summary)}**"]
    if read.about:
        lines += ["", "| | |", "|---|---|"]
        lines += [f"| {_plain_markdown(label)} | {_plain_markdown(value)} |" for label, value in read.about]
    for section in read.sections:
        lines += ["", f"## {_plain_markdown(section.title)}", ""]
        for item in section.items:
            lines.append(f"- **{_plain_markdown(item.head)}**")
            lines += [f"    - {_plain_markdown(detail)}" for detail in item.details]
    return "\n".join(visible(line) for line in lines)


def _plain_markdown(text: str) -> str:
    for sign in "\\`*_[]<>|#":
        text = text.replace(sign, "\\" + sign)
    return text


_HTML = """<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 16px/1.6 system-ui, "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; max-width: 56rem;
  margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.15rem; border-bottom: 1px solid #ccc; padding-bottom: .2rem; }}
.summary {{ padding: .6rem .9rem; border-left: 5px solid {colour}; background: #f5f5f5; font-weight: 600; }}
table {{ border-collapse: collapse; margin: 1rem 0; }} th {{ text-align: left; font-weight: 400; color: #666;
  padding: .2rem 1.2rem .2rem 0; vertical-align: top; white-space: nowrap; }} td {{ padding: .2rem 0;
  overflow-wrap: anywhere; }}
li {{ margin: .4rem 0; }} li ul {{ color: #444; font-size: .95rem; }}
@media (prefers-color-scheme: dark) {{ body {{ background: #161616; color: #eee; }} .summary {{ background: #242424; }}
  li ul, th {{ color: #bbb; }} }}
@media print {{ body {{ margin: 0; max-width: none; }} h2 {{ break-after: avoid; }} li {{ break-inside: avoid; }} }}
</style>
</head>
<body>
<h1>{title}</h1>
<p class="summary">{summary}</p>{about}
{sections}
</body>
</html>"""


def as_html(read: Page, *, passes: bool, lang: str) -> str:
    """One page that needs nothing else."""
    sections = "\n".join(
        f"<h2>{escape(section.title)}</h2>\n<ul>\n{''.join(map(_html_item, section.items))}</ul>"
        for section in read.sections
    )
    return _HTML.format(
        lang="zh-CN" if lang == "zh" else "en",
        title=escape(visible(read.title)),
        summary=escape(visible(read.summary)),
        about=_html_about(read.about),
        colour="#2e7d32" if passes else "#c62828",
        sections=sections,
    )


def _html_about(about: tuple[tuple[str, str], ...]) -> str:
    rows = "".join(
        f"<tr><th>{escape(visible(label))}</th><td>{escape(visible(value))}</td></tr>\n" for label, value in about
    )
    return f"\n<table>\n{rows}</table>" if rows else ""


def _html_item(item: Item) -> str:
    details = "".join(f"<li>{escape(visible(detail))}</li>" for detail in item.details)
    inner = f"<ul>{details}</ul>" if details else ""
    return f"<li><strong>{escape(visible(item.head))}</strong>{inner}</li>\n"
