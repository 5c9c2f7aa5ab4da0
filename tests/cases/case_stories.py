"""Stories for tests: events told one after the other, to a case of the shipped plan or of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.case import Case
from plan_rules.cases.duty_life import DutyLife
from plan_rules.cases.event import Event, Observed, Opened, What, made
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.step import Step
from plan_rules.instants import read_moment
from plan_rules.plan import Plan

PLAN = pr.load()
CASE_ID = "2025-017"
START = "2025-05-20T09:00"
ASSAULT = {"staff_assaulted": True}


def instant(text: str | datetime) -> datetime:
    found = read_moment(text)
    assert found is not None
    return found


def event(number: int, at: str | datetime, what: What, by: str = "1001") -> Event:
    return made(id=f"e{number}", at=instant(at), by=by, what=what)


@dataclass
class Story:
    """A case as its events are told; `steps` holds what came of each."""

    plan: Plan = PLAN
    id: str = CASE_ID
    steps: list[Step] = field(default_factory=list)

    @property
    def case(self) -> Case:
        return self.steps[-1].case

    @property
    def last(self) -> Step:
        return self.steps[-1]

    def tell(self, at: str | datetime, what: What, by: str = "1001", plan: Plan | None = None) -> Step:
        self.steps.append(advance(self.case, event(len(self.steps) + 1, at, what, by), plan))
        return self.last

    def see(self, at: str | datetime, withdrawn: tuple[str, ...] = (), **facts: Any) -> Step:
        return self.tell(at, Observed(facts=facts, withdrawn=withdrawn))

    def refused(self, at: str | datetime, what: What, by: str = "1001", plan: Plan | None = None) -> pr.Diagnostic:
        """Why the event is refused; the case is as it was."""
        before = self.case.to_dict()
        with pytest.raises(EventRefused) as caught:
            advance(self.case, event(len(self.steps) + 1, at, what, by), plan)
        assert self.case.to_dict() == before
        (found,) = caught.value.diagnostics
        return found

    def life(self, action: str) -> DutyLife:
        found = self.case.life(action)
        assert found is not None
        return found

    def standing(self) -> dict[str, str]:
        """Every duty that is required now, and how it stands."""
        return {life.action: life.violation or life.status.value for life in self.case.lives if life.required}


def opened(facts: Mapping[str, Any] | None = None, at: str = START, plan: Plan = PLAN) -> Story:
    story = Story(plan)
    story.steps.append(begin(story.id, plan, event(1, at, Opened(plan=plan.digest, facts=dict(facts or {})))))
    return story


def kept_otherwise(plan: Plan, **rules: Any) -> Plan:
    """The plan with other rules of how cases are kept."""
    name = ",".join(f"{key}={value}" for key, value in rules.items())
    return replace(plan, digest=f"{plan.digest}?{name}", case=replace(plan.case, **rules))


def seconds(count: int) -> timedelta:
    return timedelta(seconds=count)
