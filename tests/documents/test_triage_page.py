"""The triage page in a browser, from a file: a few taps to the answer, accessible, and nothing is asked of a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

import plan_rules as pr
from plan_rules.documents.triage import triage_page

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed: no page can be looked at")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("triage") / "triage.html"
    file.write_text(triage_page(pr.load()), encoding="utf-8")
    return file.as_uri()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport=request.param, offline=True)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda failure: wrong.append(str(failure)))
    opened.goto(address)
    yield opened
    context.close()
    assert wrong == []


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


def test_a_few_taps_lead_to_what_the_engine_decides(page: Page) -> None:
    accessible(page)
    page.get_by_role("button", name="严重").click()
    accessible(page)

    decision = pr.decide(pr.load(), {"aggression_level": "serious"})
    assert decision.tier is not None
    assert page.get_by_role("heading", level=2).first.inner_text() == decision.tier.label
    heads = page.locator("section").first.locator("strong").all_inner_texts()
    assert [head.split(" ", 1)[1] for head in heads] == [duty.label for duty in decision.duties]
    page.locator("summary", has_text="依据").first.click()
    first = pr.load().clauses[decision.duties[0].clauses[0]]
    assert first.text in page.locator("blockquote").first.inner_text()


def test_what_is_unknown_is_answered_on_the_spot(page: Page) -> None:
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="否").click()
    wanted = pr.decide(pr.load(), {"aggression_level": "none", "order_disrupted": False}).undetermined
    asked = page.locator("section.ask li")
    assert asked.locator("strong").all_inner_texts() == [each.question for each in wanted]

    asked.first.get_by_role("button").first.click()
    assert wanted[0].question not in page.locator("section.ask strong").all_inner_texts()
    page.get_by_role("button", name="上一步").click()
    assert asked.count() == len(wanted)


def test_a_contradiction_is_named_and_can_be_taken_back(page: Page) -> None:
    page.get_by_role("button", name="严重").click()
    page.locator("details.facts > summary").click()
    accessible(page)
    page.get_by_label("是否收到客户投诉?").select_option(label="否")
    page.locator("details.facts > summary").click()
    page.get_by_label("客户有没有对员工动手?").select_option(label="是")
    page.locator("details.facts > summary").click()
    page.get_by_label("客户有没有过激行为，轻微还是严重?").select_option(label="轻微")

    assert "对我行员工人身攻击: 是" in page.get_by_role("alert").inner_text()
    accessible(page)
    page.get_by_role("button", name="上一步").click()
    assert page.get_by_role("alert").count() == 0
