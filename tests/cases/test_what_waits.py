"""A case over time: what waits is not due, begins to run once in force, and never lapses into a violation."""

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.cases.calendar_export import as_calendar
from plan_rules.cases.case_page import case_page
from plan_rules.cases.duty_life import Life
from plan_rules.cases.export import as_lines, as_page
from plan_rules.cases.report import draft
from tests.cases.case_stories import Story, instant, opened
from tests.cases.paper_stories import Row, story

PLAN = pr.load(Path(__file__).parents[1] / "data" / "order_plan.yaml")
LATE = {"trouble": "late", "own_order": True, "found_at": "2026-03-02T09:00", "amount": 2000}
START = "2026-03-02T09:00"


def told(**facts: object) -> Story:
    return opened(LATE | facts, START, PLAN)


def test_what_waits_for_approval_has_no_life_until_it_is_given_and_is_then_due() -> None:
    story = told(finance_agreed=True)
    assert story.case.life("pay") is None
    story.see("2026-03-02T10:00", area_agreed=True)

    assert story.life("pay").open
    assert story.life("pay").due == "2026-03-02T11:00"


def test_what_waits_is_never_missed_however_late_it_gets() -> None:
    story = told()
    story.see("2026-03-09T10:00", ill=True)

    assert story.case.life("pay") is None
    assert "stop_orders" not in story.standing()


def test_an_approval_withdrawn_ends_the_duty() -> None:
    story = told(finance_agreed=True, area_agreed=True)
    story.see("2026-03-02T09:30", area_agreed=False)

    assert story.life("pay").status is Life.LAPSED


def test_what_they_chose_begins_and_what_they_declined_does_not() -> None:
    chosen, declined = told(), told()
    chosen.see("2026-03-02T09:30", head_stops=True)
    declined.see("2026-03-02T09:30", head_stops=False)

    assert chosen.life("stop_orders").open
    assert declined.case.life("stop_orders") is None


def test_a_step_that_failed_is_no_longer_due_and_the_next_begins() -> None:
    story = told()
    assert story.life("agent_talks").open
    story.see("2026-03-02T09:20", agent_failed=True)

    assert not story.life("agent_talks").required
    assert story.life("head_visits").since == instant("2026-03-02T09:20")
    assert story.case.life("office_talks") is None


def test_where_the_plan_turns_out_not_to_apply_nothing_is_required_any_more() -> None:
    story = told()
    story.see("2026-03-02T09:20", crime=True)

    assert story.standing() == {}
    assert story.case.tier is None


OPENED: Row = (START, {"kind": "opened", "facts": LATE | {"agent_failed": True}})
CRIME: Row = ("2026-03-02T09:40", {"kind": "observed", "facts": {"crime": True}})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_of_the_case_says_what_waits_which_step_it_is_and_who_takes_over(lang: str) -> None:
    page = case_page(story(OPENED, plan=PLAN), instant("2026-03-02T09:30"), lang=lang)
    sections = {section.key: section for section in page.sections}

    assert {entry.clauses for entry in sections["pending"].entries} == {("三.1",), ("三.2",), ("三.4",), ("三.5",)}
    assert "2" in sections["ladder"].entries[0].head
    assert {entry.clauses for entry in sections["todo"].entries} == {("二.4",), ("三.4",)}

    page = case_page(story(OPENED, CRIME, plan=PLAN), instant("2026-03-02T09:45"), lang=lang)
    keys = {section.key for section in page.sections}
    assert {"exclusion", "handoff"} <= keys
    assert "pending" not in keys


@pytest.mark.parametrize("rows", [(OPENED,), (OPENED, CRIME)])
def test_every_paper_of_such_a_case_can_be_written(rows: tuple[Row, ...]) -> None:
    kept, at = story(*rows, plan=PLAN), instant("2026-03-03T10:00")

    assert draft(kept, at).sections
    assert as_page(kept).sections
    assert list(as_lines(kept))
    assert as_calendar([kept.case])
