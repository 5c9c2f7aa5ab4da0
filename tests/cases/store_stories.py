"""Stories of incidents to record in a store: S58 of the scenarios, and any number of others."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, func, make_url, select, text

import plan_rules as pr
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.casebook import Cases
from plan_rules.cases.event import (
    Breached,
    Closed,
    Done,
    Event,
    HandedOver,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Upgraded,
    What,
)
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.step import Step
from plan_rules.cases.store.schema import metadata
from tests.command_line import ROOT

START = datetime(2025, 5, 20, 9, 15)
MINUTE = timedelta(minutes=1)
BY = "1001"
PLAN = pr.load()
# A store is made once a test: every example is another case in it.
FEW = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
_NUMBERS = count(1)


@dataclass
class Clock:
    """Time that passes when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def passes(self, **amount: float) -> None:
        self.now += timedelta(**amount)


@dataclass(frozen=True)
class Move:
    """Something that is told of a case, so many minutes after what was told before."""

    what: What
    minutes: int = 1


@dataclass(frozen=True)
class Story:
    """What is known at first, and what is told then."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    moves: tuple[Move, ...] = ()


def another_case() -> str:
    """A case id that no other example has."""
    return f"ZJ-2025-{next(_NUMBERS):04}"


@cache
def s58() -> Story:
    """The scenario that goes through all three tiers to the report to the sponsor."""
    text = (ROOT / "rules" / "scenarios.yaml").read_text(encoding="utf-8")
    found = text[text.index("- id: S58") :]
    # Every scalar as text, as the plan's own reader has it: YAML makes numbers of times of day.
    (scenario, *_) = yaml.load(found[: found.index("- id: S60")], Loader=yaml.BaseLoader)
    steps = [(datetime.fromisoformat(step["at"]), plain(step["facts"])) for step in scenario["steps"]]
    before, known = steps[0]
    moves = []
    for at, facts in steps[1:]:
        told = {name: value for name, value in facts.items() if known.get(name) != value}
        gone = tuple(name for name in known if name not in facts)
        moves.append(Move(Observed(facts=told, withdrawn=gone), (at - before) // MINUTE))
        before, known = at, facts
    return Story(steps[0][1], tuple(moves))


def plain(facts: Mapping[str, str]) -> dict[str, Any]:
    return {name: {"true": True, "false": False}.get(value, value) for name, value in facts.items()}


_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "complaint_location": st.just("counter"),
        "staff_assaulted": st.booleans(),
        "order_disrupted": st.booleans(),
        "media_present": st.booleans(),
        "aggression_level": st.sampled_from(["none", "minor", "serious"]),
        "opinion_valid": st.booleans(),
        "counter_disturbance_continues": st.booleans(),
        "group_complaint": st.booleans(),
        "police_arrived": st.booleans(),
    },
)
_ACTIONS = st.sampled_from(
    [
        "call_police",
        "dissuade_customer",
        "report_to_executive",
        "report_to_sponsor",
        "summarise_lessons",
        "engage_mediator",
    ]
)
_WHATS: st.SearchStrategy[What] = st.one_of(
    st.builds(Observed, facts=_FACTS),
    st.builds(Observed, facts=_FACTS),
    st.builds(Done, action=_ACTIONS, role=st.sampled_from(["", "outlet_manager"])),
    st.builds(Breached, action=st.sampled_from(["mishandle_to_aggression", "argue_with_customer"])),
    st.builds(Overridden, action=_ACTIONS, reason=st.just("已口头说明"), approver=st.just("2002")),
    st.just(HandedOver(role="a_role", to="b_role")),
    st.just(Resolved()),
    st.just(Reopened(reason="又来了")),
    st.just(Reviewed()),
    st.just(Closed()),
)
MOVES = st.builds(Move, _WHATS, st.sampled_from([0, 1, 30, 24 * 60, 4 * 24 * 60]))
STORIES = st.builds(Story, _FACTS, st.lists(MOVES, max_size=8).map(tuple))


def tell(cases: Cases, clock: Clock, story: Story, case: str | None = None) -> str:
    """Record a story; what a case does not take is left out, and must leave no trace.  The id of the case."""
    case = case or another_case()
    try:
        cases.open(PLAN, story.facts, by=BY, case=case)
    except pr.FactsInvalid:
        cases.open(PLAN, {}, by=BY, case=case)
    for move in story.moves:
        clock.passes(minutes=move.minutes)
        record(cases, case, move.what)
    return case


def record(cases: Cases, case: str, what: What) -> bool:
    """Was it taken?"""
    try:
        cases.record(case, what, by=BY)
    except (EventRefused, pr.FactsInvalid):
        return False
    return True


def folded(events: tuple[Event, ...], case: str, plans: Mapping[str, pr.Plan], **told: Any) -> Iterator[Step]:
    """The steps that the events come to, without any store."""
    first = events[0]
    assert isinstance(first.what, Opened)
    step = begin(case, plans[first.what.plan], first, **told)
    yield step
    for event in events[1:]:
        plan = plans[event.what.plan] if isinstance(event.what, Upgraded) else None
        step = advance(step.case, event, plan)
        yield step


# --------------------------------------------------------------------------- the database itself


@contextmanager
def database(url: str) -> Iterator[Connection]:
    """The database as somebody with a client of his own has it: nothing of ours in between."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def rows(url: str) -> dict[str, int]:
    """How many rows each table has."""
    with database(url) as connection:
        return {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }


def contents(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is in the store."""
    with database(url) as connection:
        return {
            name: sorted((tuple(row) for row in connection.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def sql(url: str, statement: str, **values: Any) -> None:
    """One statement, as somebody with a client of his own would give it."""
    with database(url) as connection:
        connection.execute(text(statement), values)


@contextmanager
def untouched(url: str) -> Iterator[None]:
    """Nothing at all is written meanwhile."""
    before = contents(url)
    yield
    assert contents(url) == before


def opened(url: str, clock: Callable[[], datetime] | None = None, **told: Any) -> Cases:
    """The store, at nine fifteen."""
    return Cases.connect(url, clock=clock or Clock(), **told)


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def amended(folder: Path) -> Path:
    """A plan file with another version of the plan beside its source."""
    text = (ROOT / "rules" / "plan.yaml").read_text(encoding="utf-8")
    file = folder / "amended.yaml"
    (folder / "source.yaml").write_bytes((ROOT / "rules" / "source.yaml").read_bytes())
    file.write_text(text + "\n# 修订\n", encoding="utf-8")
    return file
