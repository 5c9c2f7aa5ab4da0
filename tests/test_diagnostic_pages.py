"""Every diagnostic code has its page; what a page calls wrong is reported by that code, the right form is not."""

import re
from datetime import date
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.backtest.mapping import MappingInvalid, read_mapping
from plan_rules.calendars import read_calendar
from plan_rules.errors import CalendarInvalid
from plan_rules.incident import read_facts
from plan_rules.language.composing import read_composed
from plan_rules.language.reader import read
from plan_rules.language.sources import Part
from plan_rules.scenarios import read_scenarios

ROOT = Path(__file__).parents[1]
PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (ROOT / "docs/reference/diagnostics").glob("*.md")}
INDEX = PAGES.pop("index")
SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
DAY = date(2026, 1, 1)  # on which overlays are looked at
EXAMPLE = re.compile(r"^```yaml\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
# What prove, lint and diff find is tried in tests/test_finding_pages.py and tests/analysis/test_lint.py.
EXAMPLES = {
    code: found
    for code, page in PAGES.items()
    if not code.startswith(("PF", "DF", "LN")) and len(found := EXAMPLE.findall(page)) == 2
}


def diagnostics(text: str, page: str) -> tuple[pr.Diagnostic, ...]:
    """What is wrong with a text of the kind that the page is about."""
    if "日历文件" in page:
        try:
            read_calendar(text, "example.yaml")
        except CalendarInvalid as refused:
            return refused.diagnostics
        return ()
    if "列对照文件" in page:
        try:
            read_mapping(text, "example.yaml", [pr.load()])
        except MappingInvalid as refused:
            return refused.diagnostics
        return ()
    if "叠加文件" in page:
        return read_composed(Part(SMALL.encode(), "small.yaml"), [Part(text.encode(), "example.yaml")], DAY).diagnostics
    if "事实文件" in page or "场景文件" in page:
        try:
            (read_facts if "事实文件" in page else read_scenarios)(text, "example.yaml", pr.load())
        except pr.PlanRulesError as refused:
            return tuple(getattr(refused, "diagnostics", ()))
        return ()
    return read(text, "example.yaml").diagnostics


def in_small_plan(wrong: str, right: str) -> tuple[str, str]:
    """The small plan with the wrong form in place of the right one; a section of red lines or on cases is added to it."""
    if right.startswith(("红线:", "案件:")):
        return f"{SMALL}\n{wrong}\n", f"{SMALL}\n{right}\n"
    assert right in SMALL
    return SMALL.replace(right, wrong), SMALL


def test_every_code_in_the_source_has_a_page_and_a_line_in_the_index() -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "plan_rules").rglob("*.py"))
    codes = set(re.findall(r'"((?:TX|PR|FA|SC|CA|BT|CS|LN|PF|DF|SG|OV|EV)\d{3})"', source))

    assert codes == set(PAGES)
    assert codes == set(re.findall(r"^\| \[(\w+)\]", INDEX, re.MULTILINE))


def test_the_small_plan_is_sound() -> None:
    assert {found.code for found in read(SMALL, "small.yaml").diagnostics} == {"PR066"}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_a_page_shows_what_is_wrong_and_what_is_right(code: str) -> None:
    wrong, right = EXAMPLES[code]
    page = PAGES[code]
    if "预案文件）" in page:
        wrong, right = in_small_plan(wrong, right)

    found = diagnostics(wrong, page)
    assert code in {item.code for item in found}
    assert code not in {item.code for item in diagnostics(right, page)}
    for item in found:
        assert item.message.zh
        assert item.message.en
        assert item.help
        assert item.span
        assert item.span.line <= wrong.count("\n") + 1
