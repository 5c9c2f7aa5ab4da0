"""Any story at all can be put on paper, in both languages, and no paper gives a secret away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plan_rules.cases.advance import advance, begin
from plan_rules.cases.calendar_export import as_calendar
from plan_rules.cases.case import Case
from plan_rules.cases.case_page import case_page, lines
from plan_rules.cases.due_list import due_list
from plan_rules.cases.event import Event, made
from plan_rules.cases.export import as_lines, as_page
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.report import draft
from plan_rules.cases.story import Story, told
from plan_rules.errors import FactsInvalid
from plan_rules.fact import Kind
from plan_rules.pages import as_html, as_markdown, as_text
from plan_rules.plan import Plan
from tests.cases.paper_stories import SEALED, cited, fire, s58, shipped, small

BEGIN = datetime(2025, 5, 20, 9)
GRAVE = {
    "zhijin-complaint": {"staff_assaulted": True, "aggression_level": "serious", "public_figure": True},
    "fire_drill": {"flames": True, "found_at": "08:59", "people": 30},
}


@st.composite
def stories(draw: st.DrawFn, plan: Plan) -> Story:
    """Events that a case takes, drawn one after another from what is possible then."""
    facts = draw(st.sampled_from([{}, GRAVE[plan.id]]))
    what = {"kind": "opened", "plan": plan.digest, "outlet": "城关", "facts": facts}
    opened = made(id="e0", at=BEGIN, by="zj-0007", what=what)
    events, case = [opened], begin("C-1", plan, opened).case
    for number in range(1, draw(st.integers(3, 10))):
        at = case.at + timedelta(minutes=draw(st.sampled_from([0, 1, 7, 90, 2000, 6000])))
        sealed = SEALED if draw(st.integers(0, 5)) == 0 else ()
        event = made(id=f"e{number}", at=at, by="zj-0007", what=draw(_what(case)), sealed=sealed)
        try:
            case = advance(case, event, plan).case
        except (EventRefused, FactsInvalid):
            continue
        events.append(event)
    return told({plan.digest: plan}.get, "C-1", events)


def _what(case: Case) -> st.SearchStrategy[dict[str, Any]]:
    roles = st.sampled_from(["", *case.plan.roles])
    words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="[]"), min_size=1, max_size=40)
    kinds = [
        *[st.builds(lambda facts: {"kind": "observed", "facts": facts}, _facts(case.plan))] * 4,
        st.just({"kind": "resolved"}),
        st.sampled_from([{"kind": kind} for kind in ("noted", "resolved", "reviewed", "closed")]),
        st.builds(
            lambda role, to: {"kind": "handed_over", "role": role, "to": to}, *[st.sampled_from([*case.plan.roles])] * 2
        ),
        st.builds(lambda why: {"kind": "reopened", "reason": why}, words),
        st.builds(lambda: {"kind": "upgraded", "plan": case.plan.digest}),
        st.builds(lambda why: {"kind": "erased", "items": ("customer_name",), "reason": why}, words),
    ]
    if case.facts:
        kinds.append(st.builds(lambda name: {"kind": "observed", "withdrawn": (name,)}, st.sampled_from([*case.facts])))
    if case.lives:
        action = st.sampled_from([life.action for life in case.lives])
        kinds += [st.builds(lambda action, role: {"kind": "done", "action": action, "role": role}, action, roles)] * 2
        kinds.append(
            st.builds(
                lambda action, why: {"kind": "overridden", "action": action, "reason": why, "approver": "boss-1"},
                action,
                words,
            )
        )
    if case.forbidden:
        kinds.append(
            st.builds(
                lambda action, role: {"kind": "breached", "action": action, "role": role},
                st.sampled_from(case.forbidden),
                roles,
            )
        )
    return st.one_of(kinds)


def _facts(plan: Plan) -> st.SearchStrategy[dict[str, Any]]:
    values = {
        fact.id: st.sampled_from([*fact.domain])
        if fact.domain
        else st.integers(fact.low, fact.high)
        if fact.kind is Kind.INTEGER
        else st.sampled_from(["2025-05-21", "2025-05-24"])
        if fact.kind is Kind.DATE
        else st.sampled_from(["09:41", "2025-05-20T10:00:30"])
        for fact in plan.facts.values()
        if not fact.of_case and fact.kind is not Kind.READINGS
    }
    # Half of the time what makes an incident grave or must be kept secret, so that the stories have both.
    grave = [fact.id for fact in plan.facts.values() if fact.id in values and (fact.sensitive or fact.worse)]
    worst = {fact: st.just(plan.facts[fact].domain[-1]) if plan.facts[fact].domain else values[fact] for fact in grave}
    return st.one_of(_some(values, 0), _some(worst, 2))


def _some(values: dict[str, st.SearchStrategy[Any]], least: int) -> st.SearchStrategy[dict[str, Any]]:
    least = min(least, len(values))
    return st.lists(st.sampled_from([*values]), min_size=least, max_size=least + 3, unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: values[name] for name in names})
    )


def papers(story: Story, at: datetime, lang: str) -> tuple[list[str], list[str]]:
    """What leaves the bank, and what those who must act see."""
    report, page = draft(story, at, lang), as_page(story, lang)
    outside = ["\n".join(as_lines(story))]
    for each in (report, page):
        outside += [as_text(each), as_markdown(each), as_html(each, passes=True, lang=lang)]
    inside = ["\n".join(lines(case_page(story, at, lang), lang)), as_calendar([story.case], lang).decode()]
    return outside, [*inside, str([due.to_dict() for due in due_list([story.case], at, lang)])]


@pytest.mark.parametrize("plan", [shipped(), small()], ids=["shipped", "small"])
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_story_can_be_put_on_paper_and_no_paper_gives_a_secret_away(plan: Plan, data: st.DataObject) -> None:
    story = data.draw(stories(plan))
    lang = data.draw(st.sampled_from(["zh", "en"]))
    at = story.case.at + timedelta(minutes=data.draw(st.sampled_from([0, 30, 3000, 90000])))
    outside, inside = papers(story, at, lang)

    assert papers(told({plan.digest: plan}.get, "C-1", story.events), at, lang) == (outside, inside)
    for text in (outside[1], outside[4], inside[0]):
        assert cited(text) <= set(plan.clauses)
    for text in (*outside, *inside):
        assert not [word for sealed in SEALED for word in (sealed["ref"], sealed["commitment"]) if word in text]
        assert not [fact.id for fact in plan.facts.values() if fact.sensitive and f"{fact.label}: " in text]
        assert not [fact.id for fact in plan.facts.values() if fact.sensitive and f'"{fact.id}":true' in text]
    for text in outside:  # these stand only on whether the complainant is well known
        assert "thank_public_figure" not in text and "知名人士的投诉" not in text


def test_a_story_needs_an_event_and_begins_with_an_opening() -> None:
    plan = shipped()
    noted = made(id="e1", at=BEGIN, by="zj-0007", what={"kind": "noted"})

    with pytest.raises(ValueError, match="no event in case C-1"):
        told({plan.digest: plan}.get, "C-1", [])
    with pytest.raises(EventRefused):
        told(lambda digest: plan, "C-1", [noted])


def test_a_story_is_what_its_events_lead_to() -> None:
    for story in (s58(), fire()):
        assert story.case is story.steps[-1].case
        assert [event.at for event, _ in story.pairs] == [step.case.at for _, step in story.pairs]
        assert isinstance(story.events[0], Event)
