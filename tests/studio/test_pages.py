"""The studio in a browser: each pane does what it says, by mouse, by keyboard and on a phone, and asks nobody else."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

import plan_rules as pr
from plan_rules.analysis import proof
from plan_rules.explanation import explain
from plan_rules.scenarios import read_scenarios
from tests.studio.served import Studio, served, with_the_shipped_plan

CHROMIUM = Path("/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PANES = ("/", "/edit", "/prove", "/scenarios", "/matrix")
READY = {
    "/": "#answer .tier",
    "/edit": "#defects li",
    "/prove": "#base",
    "/scenarios": "li.item",
    "/matrix": "table.matrix",
}
SLOW = 60_000  # milliseconds: what is worked out in a process of its own, on a busy machine
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="chromium is not installed: no page can be looked at"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=SLOW)
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    with served(with_the_shipped_plan(tmp_path_factory.mktemp("plan"))) as running:
        yield running


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Studio]:
    """A studio for a test that writes."""
    with served(with_the_shipped_plan(tmp_path)) as running:
        yield running


@pytest.fixture
def opened(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a pane and waits for it.  Afterwards: no error was told, and nothing was asked of another address."""
    contexts, wrong, asked = [], [], set()

    def open_(studio: Studio, path: str = "/", *, phone: bool = False, lang: str = "zh") -> Page:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, has_touch=phone)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(SLOW)
        page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda failure: wrong.append(str(failure)))
        page.on(
            "request",
            lambda request: asked.add(
                request.url.partition("/static")[0].split("/")[2] if request.url.startswith("http") else "data"
            ),
        )
        page.goto(studio.base + path + ("?lang=en" if lang == "en" else ""))
        page.locator(READY[path]).first.wait_for()
        asked.discard("data")
        assert {f"127.0.0.1:{studio.port}"} >= asked
        return page

    yield open_
    for context in contexts:
        context.close()
    superseded = ("htmx:afterRequest", "htmx:sendAbort")  # told of a request that a later one replaced
    assert [text for text in wrong if "409" not in text and not text.startswith(superseded)] == []


def accessible(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1]


def state(page: Page, question: str, answer: str) -> None:
    """Pick an answer as a person does, by its words."""
    page.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()


def told(page: Page, kind: str) -> list[str]:
    return page.locator(f"#answer .part.{kind} .head strong").all_inner_texts()


def shows(page: Page, decision: pr.Decision) -> None:
    """The page shows this decision: tier, and what is asked, in order."""
    assert decision.tier is not None
    expect(page.locator("#answer .tier h2")).to_have_text(decision.tier.label)
    expect(page.locator("#answer .part.duty .head strong")).to_have_text([duty.label for duty in decision.duties])
    assert told(page, "prohibition") == [item.label for item in decision.prohibitions]
    assert told(page, "permission") == [item.label for item in decision.permissions]


# --------------------------------------------------------------------------- everyone can use it


@pytest.mark.parametrize("path", PANES)
@pytest.mark.parametrize(
    ("phone", "lang"), [(False, "zh"), (False, "en"), (True, "zh")], ids=["desktop", "english", "phone"]
)
def test_every_pane_is_accessible(
    opened: Callable[..., Page], studio: Studio, path: str, phone: bool, lang: str
) -> None:
    page = opened(studio, path, phone=phone, lang=lang)
    if path == "/":
        state(page, "客户有没有对员工动手?", "是" if lang == "zh" else "yes")
        page.locator("#answer .rank3").wait_for()
        page.locator("#question .settled").wait_for()
        for each in page.locator("details:not([open]) > summary").all()[:6]:
            each.click()
    accessible(page)


def test_the_header_stays_where_it_is_when_a_pane_is_opened(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    for _, name in zip(PANES, ("定级处置", "编辑", "证明与修订", "场景", "条款矩阵"), strict=True):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        expect(page.get_by_role("navigation").get_by_role("link", name=name)).to_have_attribute("aria-current", "page")
        assert page.evaluate("window.scrollY") == 0


def test_another_language_is_one_link_away_and_stays(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Quick triage")).to_be_visible()
    page.get_by_role("link", name="Scenarios").click()
    expect(page.locator("main")).to_contain_text("passed, 0 failed")


# --------------------------------------------------------------------------- deciding


def test_a_few_taps_settle_the_tier_as_the_engine_does(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio, phone=True)
    page.locator("#question").get_by_role("button", name="轻微").click()
    page.locator("#question").get_by_role("button", name="是").click()

    expect(page.locator("#question")).to_contain_text("等级已定: 二级")
    shows(page, pr.decide(pr.load(), {"aggression_level": "minor", "order_disrupted": True}))
    page.get_by_role("link", name=re.compile("已影响正常工作秩序")).click()
    expect(page.locator("#answer .tier")).to_be_in_viewport()
    page.get_by_role("link", name="改事实").click()
    expect(page.locator("#facts-title")).to_be_in_viewport()


def test_the_decision_follows_the_form_with_reasons_and_the_words_of_the_clause(
    opened: Callable[..., Page], studio: Studio
) -> None:
    page = opened(studio)
    shows(page, pr.decide(pr.load(), {}))
    state(page, "客户有没有对员工动手?", "是")
    decision = pr.decide(pr.load(), {"staff_assaulted": True})
    shows(page, decision)

    call = page.locator("#answer li.item", has_text="报警").first
    call.locator("summary").click()
    clause = next(duty for duty in decision.duties if duty.action == "call_police").clauses[0]
    expect(call.locator("blockquote").first).to_contain_text(pr.load().clauses[clause].text)
    expect(call.locator("blockquote").first).to_contain_text("(推定")

    state(
        page,
        "有没有新闻媒体到场?" if page.get_by_role("group", name="有没有新闻媒体到场?").count() else "有没有群众围观?",
        "是",
    )
    page.wait_for_timeout(500)
    assert call.locator("details").first.get_attribute("open") is not None, "what was opened stays open"


def test_a_question_in_the_answer_is_answered_on_the_spot(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    first = pr.decide(pr.load(), {}).undetermined[0]
    page.get_by_role("button", name=f"{first.question} 是", exact=True).click()

    expect(page.locator("#answer .part.question").get_by_text(first.question, exact=True)).to_have_count(0)
    shows(page, pr.decide(pr.load(), {first.fact: True}))


def test_facts_that_contradict_each_other_are_named(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    state(page, "客户有没有对员工动手?", "是")
    state(page, "客户有没有过激行为，轻微还是严重?", "轻微")

    alert = page.locator("#answer").get_by_role("alert")
    expect(alert).to_contain_text("X1")
    accessible(page)
    state(page, "客户有没有过激行为，轻微还是严重?", "严重")
    shows(page, pr.decide(pr.load(), {"staff_assaulted": True, "aggression_level": "serious"}))


def test_the_form_is_filled_in_and_read_by_keyboard_alone(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    page.locator("#question button").first.wait_for()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("#question button").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_contain_text("正常工作秩序")
    expect(page.locator("#question button").first).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#question")).to_contain_text("等级已定")

    page.get_by_role("group", name="有没有群众围观?").get_by_role("radio").first.focus()
    page.keyboard.press("ArrowRight")
    shows(page, pr.decide(pr.load(), {"aggression_level": "none", "order_disrupted": False, "crowd_gathered": True}))
    page.locator("#answer summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#answer blockquote").first).to_be_visible()


def test_an_instant_is_typed_or_ticked_as_unknown_and_never_both(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio, phone=True)
    fact = next(f for f in pr.load().facts.values() if f.id == "police_called_at")
    state(page, "客户有没有对员工动手?", "是")
    page.get_by_label(fact.question, exact=True).fill("2025-05-20T09:41")
    shows(page, pr.decide(pr.load(), {"staff_assaulted": True, "police_called_at": "2025-05-20T09:41"}))
    expect(page.locator("#answer li.item.done")).to_contain_text("报警")

    page.get_by_label(f"{fact.question} 不知道").check()
    expect(page.get_by_label(fact.question, exact=True)).to_have_value("")
    expect(page.locator("#answer li.item.done")).to_have_count(0)
    page.get_by_label(fact.question, exact=True).fill("2025-05-20T09:41")
    expect(page.get_by_label(f"{fact.question} 不知道")).not_to_be_checked()


def test_facts_are_found_by_name_and_what_is_filled_in_can_be_looked_at_alone(
    opened: Callable[..., Page], studio: Studio
) -> None:
    page = opened(studio)
    state(page, "客户有没有辱骂或威胁?", "是")
    page.get_by_label("只看已填").check()
    expect(page.locator(".fact:visible legend")).to_have_text(["客户有没有辱骂或威胁?"])
    page.get_by_label("只看已填").uncheck()
    page.get_by_label("查找").fill("police")
    assert 0 < page.locator(".fact:visible").count() < 10
    page.get_by_label("查找").fill("没有这样的事实吧")
    expect(page.get_by_text("没有这样的事实", exact=True)).to_be_visible()

    page.reload()
    page.locator("#answer .tier").wait_for()
    expect(
        page.get_by_role("group", name="客户有没有辱骂或威胁?").get_by_role("radio", name="是", exact=True)
    ).to_be_checked()
    page.get_by_role("button", name="全部清空").click()
    shows(page, pr.decide(pr.load(), {}))


def test_why_not_says_the_smallest_change_and_makes_it(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio)
    page.locator("#why-not > summary").click()
    page.locator("#clause").select_option("三.3.c")
    page.get_by_role("button", name="查原因").click()
    change = explain(pr.load(), {}).why_not("三.3.c").changes
    expect(page.locator("#instead .changes li")).to_have_count(len(change))
    expect(page.locator("#instead")).to_contain_text(pr.load().clauses["三.3.c"].text)
    page.get_by_role("button", name="照此改表单").click()

    shows(page, pr.decide(pr.load(), dict(change)))
    page.get_by_role("button", name="查原因").click()
    expect(page.locator("#instead")).to_contain_text("已经触发")


# --------------------------------------------------------------------------- editing


def type_at(page: Page, line: int, text: str) -> None:
    """Type at the end of a line, as a person does."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Home")
    page.locator(".cm-line").nth(line - 1).click()
    page.keyboard.press("End")
    page.keyboard.type(text)


def test_what_is_wrong_is_told_as_one_types_at_its_line(own: Studio, opened: Callable[..., Page]) -> None:
    page = opened(own, "/edit")
    expect(page.locator("#defects")).to_contain_text("没有错误")
    type_at(page, 14, "\n版夲: 2")
    expect(page.locator("#defects")).to_contain_text("版夲")
    expect(page.locator("#defects button").first).to_contain_text("第 15 行")
    expect(page.locator(".cm-lintRange-error").first).to_be_visible()
    accessible(page)

    page.locator(".cm-content").focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("F8")
    page.keyboard.press("Home")
    page.keyboard.press("Home")
    page.keyboard.type("# ")
    expect(page.locator("#defects")).to_contain_text("没有错误")


def test_the_page_tells_the_same_as_check(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    page = opened(own, "/edit")
    type_at(page, 24, "\n多出来的: 1")
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text("已保存")
    expect(page.locator("#defects button").first).to_be_visible()

    found = pr.check(own.folder / "plan.yaml")
    assert found
    expect(page.locator("#defects button")).to_have_count(len(found))
    for shown, wanted in zip(page.locator("#defects button").all_inner_texts(), found, strict=True):
        assert f"{wanted.code} {wanted.message.zh}" in shown
        assert wanted.span is not None
        assert f"第 {wanted.span.line} 行" in shown


def test_a_draft_is_tried_before_it_is_saved(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    saved = (own.folder / "plan.yaml").read_bytes()
    page = opened(own, "/edit")
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+f")
    page.keyboard.type("标题: 有严重过激行为")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("了")
    expect(page.locator("#state")).to_have_text("有未保存的改动")
    expect(page.locator("#defects")).to_contain_text("没有错误")
    page.wait_for_timeout(500)
    page.get_by_role("link", name="定级处置").click()
    page.get_by_role("link", name="改用草稿").click()
    state(page, "客户有没有对员工动手?", "是")

    expect(page.locator("#answer .tier h2")).to_have_text("有严重过激行为了")
    assert (own.folder / "plan.yaml").read_bytes() == saved
    page.get_by_role("link", name="改用文件").click()
    expect(page.locator("#answer .tier h2")).to_have_text("有严重过激行为")


def test_a_file_changed_elsewhere_is_not_overwritten_by_saving(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    page = opened(own, "/edit")
    type_at(page, 1, " (改)")
    theirs = (own.folder / "plan.yaml").read_bytes() + b"# theirs\n"
    (own.folder / "plan.yaml").write_bytes(theirs)
    page.get_by_role("button", name="保存").click()

    expect(page.locator("#trouble")).to_contain_text("在别处改过了")
    assert (own.folder / "plan.yaml").read_bytes() == theirs
    page.get_by_role("button", name="放弃草稿").click()
    type_at(page, 1, " (改)")
    page.keyboard.press("Control+s")
    expect(page.locator("#state")).to_have_text("已保存")
    assert (own.folder / "plan.yaml").read_text(encoding="utf-8").endswith("# theirs\n")


@pytest.mark.parametrize("windows", [False, True], ids=["as it comes", "as Windows writes"])
def test_saving_what_was_not_touched_changes_no_byte(own: Studio, opened: Callable[..., Page], windows: bool) -> None:
    assert own.folder is not None
    before = (own.folder / "plan.yaml").read_bytes()
    if windows:
        before = b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n")
        (own.folder / "plan.yaml").write_bytes(before)
    page = opened(own, "/edit")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#state")).to_have_text("已保存")
    assert (own.folder / "plan.yaml").read_bytes() == before
    page.get_by_role("link", name="定级处置").click()
    expect(page.locator(".draft")).to_have_count(0)


def test_a_keystroke_is_answered_soon(
    own: Studio, opened: Callable[..., Page], record_property: Callable[..., None]
) -> None:
    """From the event of the key to the diagnostics on the screen, on the shipped plan, with the machine as it is.

    On a machine that does nothing else the median is under 100 ms; the bound is for one that is busy.
    """
    page = opened(own, "/edit")
    type_at(page, 28, "")
    page.wait_for_timeout(500)
    page.evaluate("performance.clearMeasures()")
    for count in range(30):
        page.keyboard.type("字")
        page.wait_for_function("n => performance.getEntriesByName('diagnostics').length > n", arg=count)
        page.wait_for_timeout(100)
    took = page.evaluate("performance.getEntriesByName('diagnostics').map(each => each.duration)")
    median = statistics.median(took)
    record_property("median_ms", median)
    print(f"\nkeystroke to diagnostics: median {median:.0f} ms, largest {max(took):.0f} ms, of {len(took)}")  # noqa: T201

    assert median < 600
    shown = page.locator("#time").inner_text()
    assert shown == f"{round(took[-1])} ms"


# --------------------------------------------------------------------------- proofs, scenarios, matrix


def test_the_proof_is_that_of_prove(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio, "/prove")
    page.get_by_role("button", name="证明这份预案").click()
    expect(page.locator("#claims .done")).to_be_visible(timeout=SLOW)
    wanted = proof(pr.load())

    expect(page.locator("#claims .done")).to_contain_text(f"{wanted.total:,}")
    expect(page.locator("#claims")).to_contain_text(f"全部断言 ({len(wanted.results)})")
    page.locator("#claims summary").first.click()
    accessible(page)


def test_an_amendment_is_shown_for_what_it_does(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    page = opened(own, "/prove", phone=True)
    page.get_by_role("button", name="比较").click()
    expect(page.locator("#difference .done")).to_contain_text("决定都相同", timeout=SLOW)

    file = own.folder / "plan.yaml"
    text = file.read_text(encoding="utf-8")
    clause = text.index("- 编号: 三.3.c")
    must = text.index("应当", clause)
    file.write_text(text[:must] + "可以" + text[must + 2 :], encoding="utf-8")
    page.get_by_role("button", name="比较").click()
    expect(page.locator("#difference .bad").first).to_contain_text("不能放行", timeout=SLOW)
    expect(page.locator("#difference")).to_contain_text("报警")
    accessible(page)


def test_a_scenario_is_saved_from_the_form_runs_and_comes_back_into_the_form(
    own: Studio, opened: Callable[..., Page]
) -> None:
    assert own.folder is not None
    file = own.folder / "scenarios.yaml"
    before = file.read_bytes()
    page = opened(own)
    state(page, "客户有没有对员工动手?", "是")
    state(page, "有没有其他客户在场?", "不知道")
    page.locator("#keep > summary").click()
    page.get_by_label("编号(如 S101)").fill("S900")
    page.get_by_label("标题").fill('有人动手: "严重" # 不是注释')
    page.get_by_role("button", name="存入 scenarios.yaml").click()
    expect(page.locator("#kept")).to_contain_text("已存为 S900")

    assert file.read_bytes().startswith(before), "what was there stays, byte by byte"
    kept = read_scenarios(file.read_bytes(), "scenarios.yaml", pr.load())[-1]
    decision = pr.decide(pr.load(), {"staff_assaulted": True, "other_customers_present": "unknown"})
    assert kept.title == '有人动手: "严重" # 不是注释'
    assert kept.steps[0].facts == {"staff_assaulted": True, "other_customers_present": "unknown"}
    assert decision.tier is not None
    assert kept.steps[0].expected.tier == decision.tier.id
    assert kept.steps[0].expected.required == {duty.action for duty in decision.duties}

    page.get_by_role("button", name="存入 scenarios.yaml").click()
    expect(page.locator("#kept").get_by_role("alert")).to_contain_text("已有编号")
    page.get_by_role("button", name="全部清空").click()
    page.get_by_role("link", name="场景").click()
    row = page.locator("li.item", has_text="S900")
    expect(row).to_have_class(re.compile("passed"))
    row.get_by_role("button").click()
    shows(page, decision)


def test_a_scenario_that_fails_says_what_differs(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    file = own.folder / "scenarios.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("tier: tier_1_general", "tier: null", 1), encoding="utf-8")
    page = opened(own, "/scenarios", phone=True)
    page.get_by_label("只看没通过的").check()

    expect(page.locator("li.item:visible")).to_have_count(1)
    expect(page.locator("li.item:visible")).to_contain_text("预期 null")
    accessible(page)


def test_the_matrix_has_every_item_in_the_plans_words(opened: Callable[..., Page], studio: Studio) -> None:
    page = opened(studio, "/matrix")
    source = pr.load().source
    assert source is not None
    items = [item for item in source.items.values() if not item.heading]
    rows = page.locator("table.matrix tbody tr")
    expect(rows).to_have_count(len(items))
    text = page.locator("table.matrix").inner_text()
    assert "call_police" not in text
    assert "报警" in text

    page.get_by_label("查找").fill("媒体")
    assert 0 < page.locator("table.matrix tbody tr:visible").count() < len(items)
    width = page.locator("table.matrix thead th").nth(3).bounding_box()
    assert width is not None
    assert width["width"] > 250


def test_a_plan_with_errors_can_be_opened_and_mended(own: Studio, opened: Callable[..., Page]) -> None:
    assert own.folder is not None
    file = own.folder / "plan.yaml"
    good = file.read_text(encoding="utf-8")
    file.write_text(good.replace("版本: 1.0.0", "版本: 1.0.0\n  版夲: 2", 1), encoding="utf-8")
    page = opened(own, "/edit")
    page.goto(own.base)
    expect(page.locator("h1")).to_contain_text("预案有错误")
    accessible(page)
    page.get_by_role("link", name="到“编辑”里改").click()
    expect(page.locator("#defects button").first).to_contain_text("版夲")


def test_the_shipped_plan_is_looked_at_and_not_written(opened: Callable[..., Page]) -> None:
    with served(None) as studio:
        page = opened(studio, "/edit")
        expect(page.get_by_role("button", name="保存")).to_be_disabled()
        page.get_by_role("link", name="定级处置").click()
        shows(page, pr.decide(pr.load(), {}))
        page.locator("#keep > summary").click()
        expect(page.locator("#keep")).to_contain_text("plan-rules init")
        page.context.close()  # before the studio ends: nothing is on its way any more


def test_when_the_studio_is_stopped_the_page_says_so(
    opened: Callable[..., Page], tmp_path: Path, browser: Browser
) -> None:
    del opened
    with served(with_the_shipped_plan(tmp_path)) as studio:
        page = browser.new_context(viewport=DESKTOP).new_page()
        page.goto(studio.base)
        page.locator("#answer .tier").wait_for()
    state(page, "客户有没有对员工动手?", "是")
    expect(page.locator("#trouble")).to_contain_text("它还在运行吗")
    page.context.close()
