"""Laws of cases, over stories of events that fit and events that do not; and a case beside a model of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from plan_rules.cases.advance import advance, begin
from plan_rules.cases.case import Case, case_of
from plan_rules.cases.duty_life import DutyLife, Life
from plan_rules.cases.event import (
    Breached,
    Closed,
    Done,
    Event,
    HandedOver,
    Noted,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Upgraded,
    What,
    made,
    read,
    written,
)
from plan_rules.cases.lives import next_review
from plan_rules.cases.message import REQUIRED
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.step import Step
from plan_rules.deciding import decide
from plan_rules.decision import Decision
from plan_rules.errors import CalendarUnknown, FactsInvalid
from plan_rules.fact import Kind
from plan_rules.norm import Term
from tests.cases.case_stories import CASE_ID, PLAN, kept_otherwise, seconds

HELD_TO = kept_otherwise(PLAN, reminders={Term.IMMEDIATE: 5, Term.PROMPT: 30})
OTHER = replace(
    kept_otherwise(PLAN, ladder=PLAN.case.ladder[:2], reminders={Term.IMMEDIATE: 1}),
    readings={**PLAN.readings, "AMB-05": replace(PLAN.readings["AMB-05"], chosen="B")},
)
PLANS = {plan.digest: plan for plan in (HELD_TO, OTHER)}
REFUSALS = (EventRefused, FactsInvalid, CalendarUnknown)
DAY = datetime(2025, 5, 20, 9)

# ----------------------------------------------------------------------------------- stories

# What tells tiers, statuses and impossible combinations apart is told more often than the rest.
OFTEN = (
    "staff_assaulted",
    "aggression_level",
    "order_disrupted",
    "counter_disturbance_continues",
    "media_present",
    "police_called_at",
    "exec_notified_at",
    "exec_arrived_at",
    "reported_to_ga_or_po_at",
    "incident_resolved_on",
    "sponsor_report_sent_on",
    "complainant_count",
    "policy_reading",
)
DAYS = [f"2025-05-{day}" for day in range(17, 28)]
CLOCK = ["08:00", "9:41", "09:41:30", "16:00"]
READINGS = [{"AMB-06": "B"}, {"AMB-13": "B"}, {"AMB-13-roll": "A2"}, {"AMB-24": "B"}, {"AMB-10": "B"}, {"AMB-99": "A"}]


def values(name: str) -> st.SearchStrategy[Any]:
    """Values of a fact, as JSON; now and then one that it does not take."""
    fact = PLAN.facts[name]
    match fact.kind:
        case Kind.INTEGER:
            right: list[Any] = [fact.low, fact.low + 1, fact.low + 20, "unknown"]
        case Kind.DATE:
            right = [*DAYS, None, "unknown", "9999-12-28"]
        case Kind.DATETIME:
            right = [*CLOCK, *(f"{day}T09:30" for day in DAYS[::3]), None, "unknown"]
        case Kind.READINGS:
            right = [*READINGS, None, {}]
        case _:
            right = [*fact.domain, "unknown"]
    return st.sampled_from([*right, *right, *right, "no such value"])


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(st.one_of(st.sampled_from(OFTEN), st.sampled_from([*PLAN.facts])), max_size=3))
    told = {name: draw(values(name)) for name in names}
    return told | ({"no_such_fact": True} if draw(st.integers(0, 40)) == 40 else {})


KINDS = (
    *("observed", "done") * 4,
    *("withdrawn", "reviewed", "resolved") * 2,
    *("breached", "overridden", "handed_over", "noted", "reopened", "upgraded", "closed", "opened"),
)


@st.composite
def whats(draw: st.DrawFn, case: Case) -> What:
    """An event that the case as it stands may take, or may not."""

    def one_of(names: Sequence[str], instead: str = "call_police") -> str:
        return draw(st.sampled_from([*names, *names, *names, instead, "nothing_known"]))

    def roles() -> str:
        return draw(st.sampled_from(["a_role", "b_role", "lobby_manager", "nobody"]))

    known = ["handle_on_site", "give_written_reply", "casual_statement", "engage_mediator"]
    make: dict[str, Callable[[], What]] = {
        "observed": lambda: Observed(facts=draw(facts())),
        "withdrawn": lambda: Observed(facts=draw(facts()), withdrawn=(one_of([*case.facts], "staff_assaulted"),)),
        "done": lambda: Done(
            action=one_of([life.action for life in case.lives if life.required]),
            role=draw(st.sampled_from(["", "lobby_manager", "nobody"])),
        ),
        "breached": lambda: Breached(action=one_of(case.forbidden)),
        "overridden": lambda: Overridden(
            action=one_of(known), reason="理由", approver=draw(st.sampled_from(["2002", "1001"]))
        ),
        "handed_over": lambda: HandedOver(role=roles(), to=roles()),
        "resolved": Resolved,
        "reopened": lambda: Reopened(reason="又来了"),
        "upgraded": lambda: Upgraded(plan=draw(st.sampled_from([*PLANS, "sha256:0"]))),
        "closed": Closed,
        "opened": lambda: Opened(plan=case.plan.digest),
        "noted": Noted,
        "reviewed": Reviewed,
    }
    return make[draw(st.sampled_from(KINDS))]()


# How stories begin: over and to be reported, in the midst of it, and in any way.
ENDED = {"staff_assaulted": True, "incident_resolved_on": "2025-05-19"}
SERIOUS = {"staff_assaulted": True}
CALM: dict[str, Any] = {}
GAPS = st.sampled_from([0, 1, 59, 60, 300, 3_600, 86_400, 86_400, 3 * 86_400, -60])


@dataclass
class Tale:
    """Events, and the steps of those that were taken: `steps[n]` is None where event n was refused."""

    events: list[Event]
    steps: list[Step | None]

    def taken(self) -> list[Step]:
        return [step for step in self.steps if step is not None]


def told(case: Case, happened: Event) -> Step | None:
    """The case after the event; None where it is refused."""
    wanted = happened.what.plan if isinstance(happened.what, Upgraded) else ""
    try:
        return advance(case, happened, PLANS.get(wanted))
    except REFUSALS:
        return None


@st.composite
def tales(draw: st.DrawFn) -> Tale:
    known = draw(st.sampled_from([ENDED, SERIOUS, CALM])) | draw(facts())
    first = made(id="e1", at=DAY, by="1001", what=Opened(plan=HELD_TO.digest, facts=known))
    try:
        steps: list[Step | None] = [begin(CASE_ID, HELD_TO, first)]
    except REFUSALS:
        first = made(id="e1", at=DAY, by="1001", what=Opened(plan=HELD_TO.digest))
        steps = [begin(CASE_ID, HELD_TO, first)]
    events, case = [first], steps[0].case if steps[0] else None
    assert case
    for number in range(2, draw(st.integers(3, 14))):
        at = case.at + seconds(draw(GAPS))
        events.append(made(id=f"e{number}", at=at, by="1001", what=draw(whats(case))))
        step = told(case, events[-1])
        case = step.case if step else case
        steps.append(step)
    return Tale(events, steps)


def folded(events: Sequence[Event]) -> list[Step | None]:
    """The steps of the events, from the start."""
    steps: list[Step | None] = [begin(CASE_ID, HELD_TO, events[0])]
    case = steps[0].case  # type: ignore[union-attr]
    for happened in events[1:]:
        steps.append(told(case, happened))
        case = steps[-1].case if steps[-1] else case
    return steps


def as_json(step: Step | None) -> Any:
    if step is None:
        return None
    return (step.case.to_dict(), step.decision.to_dict(), step.change.to_dict(), step.messages)


few = settings(
    max_examples=settings().max_examples * 3 // 2,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

# ----------------------------------------------------------------------------------- laws of the fold


@few
@given(tales())
def test_the_same_events_give_the_same_case(tale: Tale) -> None:
    again = [read(json.loads(json.dumps(written(happened)))) for happened in tale.events]

    assert again == tale.events
    assert [as_json(step) for step in folded(again)] == [as_json(step) for step in tale.steps]


@few
@given(tales())
def test_a_case_that_was_stored_goes_on_as_if_it_had_not_been(tale: Tale) -> None:
    case = tale.steps[0].case if tale.steps[0] else None
    assert case
    for happened, step in zip(tale.events[1:], tale.steps[1:], strict=True):
        plain = json.loads(json.dumps(case.to_dict()))
        stored = case_of(plain, PLANS[plain["plan"]], case.calendar)
        assert stored.to_dict() == plain
        assert as_json(told(stored, happened)) == as_json(step)
        case = step.case if step else case


@few
@given(tales())
def test_a_refused_event_leaves_everything_as_it_was(tale: Tale) -> None:
    accepted = [happened for happened, step in zip(tale.events, tale.steps, strict=True) if step]
    event(f"refused: {(len(tale.events) - len(accepted)) * 4 // len(tale.events)} quarters")

    assert [as_json(step) for step in folded(accepted)] == [as_json(step) for step in tale.taken()]


@few
@given(tales())
def test_every_event_that_is_taken_counts_once_and_time_goes_on(tale: Tale) -> None:
    taken = tale.taken()

    assert [step.case.version for step in taken] == [*range(1, len(taken) + 1)]
    assert all(before.case.at <= after.case.at for before, after in pairwise(taken))
    assert {step.case.opened_at for step in taken} == {DAY}


# ----------------------------------------------------------------------------------- laws of lives


@few
@given(tales())
def test_what_is_required_is_what_the_decision_asks_for(tale: Tale) -> None:
    for step in tale.taken():
        required = Counter(life.action for life in step.case.lives if life.required)

        assert max(required.values(), default=1) == 1
        assert {*required} == {duty.action for duty in step.decision.duties}
        assert step.case.forbidden == tuple(item.action for item in step.decision.prohibitions)
        assert step.case.decision == step.decision


@few
@given(tales())
def test_a_duty_stands_as_the_decision_says_where_nobody_said_otherwise(tale: Tale) -> None:
    for step in tale.taken():
        duties = {duty.action: duty for duty in step.decision.duties}
        late = {item.action: item.days for item in step.decision.violations if item.kind != "done"}
        for life in step.case.lives:
            if not life.required:
                assert not life.open
            elif not life.said:
                assert (life.status, life.violation, life.days) == stands(duties[life.action].status, late, life)


def stands(status: str, days: Mapping[str, int | None], life: DutyLife) -> tuple[Life, str, int | None]:
    kept = Life.DONE if status in ("done", "late") else Life.IN_FORCE
    return kept, status if status in ("late", "missed") else "", days.get(life.action)


@few
@given(tales())
def test_occasions_of_a_duty_are_counted_without_gaps(tale: Tale) -> None:
    lives: dict[str, list[DutyLife]] = {}
    for life in tale.taken()[-1].case.lives:
        lives.setdefault(life.action, []).append(life)

    for occasions in lives.values():
        assert [life.occasion for life in occasions] == [*range(1, len(occasions) + 1)]
        assert all(not life.required for life in occasions[:-1])
        assert all(life.until is not None for life in occasions if not life.open)
        assert all(before.since <= after.since for before, after in pairwise(occasions))


@few
@given(tales())
def test_lives_are_never_forgotten(tale: Tale) -> None:
    def names(step: Step) -> list[tuple[str, int, datetime]]:
        return [(life.action, life.occasion, life.since) for life in step.case.lives]

    for before, after in pairwise(tale.taken()):
        assert names(after)[: len(names(before))] == names(before)


@few
@given(tales())
def test_a_change_says_what_became_of_each_life(tale: Tale) -> None:
    before: dict[tuple[str, int], DutyLife] = {}
    for step in tale.taken():
        now = {(life.action, life.occasion): life for life in step.case.lives}
        assert step.change.new == tuple(key[0] for key in now if key not in before)
        assert step.change.lapsed == tuple(
            key[0] for key, life in before.items() if life.open and now[key].status is Life.LAPSED
        )
        assert step.change.carried == tuple(key[0] for key, life in before.items() if life.open and now[key].open)
        before = now


@few
@given(tales())
def test_the_peak_never_falls_and_is_never_below_the_tier(tale: Tale) -> None:
    def rank(tier: str | None) -> int:
        return PLAN.tiers[tier].rank if tier else 0

    taken = tale.taken()
    assert all(rank(before.case.peak) <= rank(after.case.peak) for before, after in pairwise(taken))
    assert all(rank(step.case.tier) <= rank(step.case.peak) for step in taken)
    assert rank(taken[-1].case.peak) == max(rank(step.case.tier) for step in taken)


# ----------------------------------------------------------------------------------- laws of messages and time


@few
@given(tales())
def test_every_message_is_told_once_and_every_duty_that_is_ever_open_is_told_of(tale: Tale) -> None:
    messages = [message for step in tale.taken() for message in step.messages]
    assert len({message.id for message in messages}) == len(messages)

    begun, seen = [], set()
    for step in tale.taken():
        for life in step.case.lives:
            key = (life.action, life.occasion)
            if life.open and key not in seen:
                begun.append(key)
                seen.add(key)
    told_of = [(item.body["action"], item.body["occasion"]) for item in messages if item.kind == REQUIRED]
    assert told_of == begun


@few
@given(tales())
def test_time_changes_nothing_before_the_next_review_and_something_then(tale: Tale) -> None:
    for step in tale.taken():
        due = next_review(step.case)
        event("nothing to come" if due is None else "something to come")
        if due is None:
            if step.case.phase != "closed":
                assert is_quiet(step.case, step.case.at + timedelta(days=4000))
            continue
        assert due > step.case.at
        assert is_quiet(step.case, due - seconds(1))
        assert not is_quiet(step.case, due)


def is_quiet(case: Case, at: datetime) -> bool:
    """Does a review at this instant change nothing but the days by which something is overdue?"""

    def counted(lives: Sequence[DutyLife]) -> list[DutyLife]:
        return [replace(life, days=None) for life in lives]

    step = advance(case, made(id="r", at=at, by="clock", what=Reviewed()))
    return counted(step.case.lives) == counted(case.lives) and not step.messages


# ----------------------------------------------------------------------------------- beside a model

# From the text of the plan: by which fact each of these is known to have been done.
SHOWN_BY = {
    "call_police": "police_called_at",
    "report_to_executive": "exec_notified_at",
    "leaders_go_to_scene": "exec_arrived_at",
    "executive_go_to_scene": "exec_arrived_at",
    "report_to_ga_or_po": "reported_to_ga_or_po_at",
    "report_media_to_imd": "media_reported_to_imd_at",
    "report_to_sponsor": "sponsor_report_sent_on",
}
NOTHING = (None, "unknown")
MODEL_FACTS = [
    ("staff_assaulted", [True, False]),
    ("aggression_level", ["none", "minor", "serious"]),
    ("order_disrupted", [True, False, "unknown"]),
    ("counter_disturbance_continues", [True, False]),
    ("media_present", [True, False]),
    ("explanation_needed", [True]),
    ("police_called_at", ["09:41", None, "unknown"]),
    ("exec_notified_at", ["09:35", None]),
    ("exec_arrived_at", ["09:50", None]),
    ("sponsor_report_sent_on", ["2025-05-21", "2025-05-24", None]),
]


class CaseMachine(RuleBasedStateMachine):
    """A case beside the facts merged by hand, the decision on them, and who said what was done."""

    case: Case
    at = DAY

    @initialize()
    def opens(self) -> None:
        self.facts: dict[str, Any] = {}
        self.said: set[str] = set()
        self.required: set[str] = set()
        self.peak: str | None = None
        self.phase = "open"
        self.number = 1
        self.at = DAY
        self.case = begin(CASE_ID, PLAN, self._event(Opened(plan=PLAN.digest))).case
        self._stand({})

    def _event(self, what: What) -> Event:
        self.number += 1
        return made(id=f"e{self.number}", at=self.at, by="1001", what=what)

    def _decided(self, facts: Mapping[str, Any]) -> Decision:
        return decide(PLAN, {**facts, **({"peak_tier": self.peak} if self.peak else {})}, at=self.at)

    def _stand(self, facts: dict[str, Any], said: set[str] | None = None) -> None:
        """The model once these facts are known."""
        decision = self._decided(facts)
        asked = {duty.action for duty in decision.duties}
        again = {action for action in asked if action not in self.required}
        back = {
            action
            for action, fact in SHOWN_BY.items()
            if self.facts.get(fact) not in NOTHING and facts.get(fact) in NOTHING
        }
        self.said = ((self.said - back) & asked - again) | (said or set())
        self.facts, self.required = facts, asked
        self.done = {duty.action for duty in decision.duties if duty.status in ("done", "late")} | self.said
        ranks = [PLAN.tiers[tier] for tier in (self.peak, decision.tier and decision.tier.id) if tier]
        self.peak = max(ranks, key=lambda tier: tier.rank).id if ranks else None

    def _tell(self, what: What, facts: dict[str, Any] | None, said: set[str] | None = None) -> None:
        """The event is taken, and the model with it, unless the facts cannot be or it does not fit (None)."""
        before = self.case.to_dict()
        try:
            if facts is not None:
                self._decided(facts)
        except FactsInvalid:
            facts = None
        try:
            self.case = advance(self.case, self._event(what)).case
        except REFUSALS:
            assert facts is None, f"refused: {what}"
            assert self.case.to_dict() == before
        else:
            assert facts is not None, f"taken: {what}"
            self._stand(facts, said)

    @rule(wait=st.sampled_from([0, 60, 3600, 86_400, 200_000]))
    def waits(self, wait: int) -> None:
        self.at += seconds(wait)
        if self.phase != "closed":
            self._tell(Reviewed(), self.facts)

    @rule(named=st.sampled_from(MODEL_FACTS), pick=st.integers(0, 2))
    def observes(self, named: tuple[str, list[Any]], pick: int) -> None:
        name, choices = named
        value = choices[pick % len(choices)]
        whole = f"{self.at.date()}T{value}" if isinstance(value, str) and ":" in value else value
        self._tell(Observed(facts={name: value}), {**self.facts, name: whole} if self.phase != "closed" else None)

    @rule(named=st.sampled_from(MODEL_FACTS))
    def withdraws(self, named: tuple[str, list[Any]]) -> None:
        name = named[0]
        fits = name in self.facts and self.phase != "closed"
        left = {key: value for key, value in self.facts.items() if key != name}
        self._tell(Observed(withdrawn=(name,)), left if fits else None)

    @rule(pick=st.integers(0, 30))
    def does(self, pick: int) -> None:
        actions = [*sorted(self.required), "call_police", "report_to_sponsor"]
        action = actions[pick % len(actions)]
        fact = SHOWN_BY.get(action)
        facts = dict(self.facts)
        if fact is not None and facts.get(fact) in NOTHING:
            facts[fact] = str(self.at.date()) if fact.endswith("_on") else self.at.isoformat()
        fits = action in self.required and self.phase != "closed"
        self._tell(Done(action=action), facts if fits else None, {action})

    @rule()
    def resolves(self) -> None:
        before = self.case.version
        fits = self.phase == "open"
        day = {"incident_resolved_on": str(self.at.date())} if "incident_resolved_on" not in self.facts else {}
        self._tell(Resolved(), {**self.facts, **day} if fits else None)
        self.phase = "resolved" if self.case.version > before and fits else self.phase

    @precondition(lambda self: self.phase != "open")
    @rule()
    def reopens(self) -> None:
        counted = ("incident_resolved_on", "sponsor_report_sent_on")
        self._tell(Reopened(reason="又来了"), {key: value for key, value in self.facts.items() if key not in counted})
        self.phase = "open"

    @rule()
    def closes(self) -> None:
        owed = "report_to_sponsor" in self.required - self.done
        fits = self.phase == "resolved" and not owed
        self._tell(Closed(), self.facts if fits else None)
        self.phase = "closed" if fits else self.phase

    @invariant()
    def what_is_asked_and_what_is_done_are_the_models(self) -> None:
        lives = [life for life in self.case.lives if life.required]
        assert {life.action for life in lives} == self.required
        assert {life.action for life in lives if life.status is Life.DONE} == self.done
        assert (self.case.phase.value, self.case.peak) == (self.phase, self.peak)
        assert self.case.facts == {name: shown(value) for name, value in self.facts.items()}


def shown(value: Any) -> Any:
    """An instant to the minute where it has no seconds."""
    return value.removesuffix(":00") if isinstance(value, str) and value.count(":") == 2 else value


def test_a_case_agrees_with_a_model_of_it() -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        CaseMachine,
        settings=settings(
            max_examples=settings().max_examples // 2,
            stateful_step_count=25,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
