"""(Events of a case, the plans they name) -> Story: the case as it stands, and what each event led to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.advance import follow
from plan_rules.cases.case import Case
from plan_rules.cases.event import Event
from plan_rules.cases.step import Step
from plan_rules.decision import Duty
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Story:
    """A case with its past: `steps[i]` is what `events[i]` led to, and `case` what the last of them left."""

    case: Case
    events: tuple[Event, ...]
    steps: tuple[Step, ...]

    @property
    def pairs(self) -> Iterator[tuple[Event, Step]]:
        """Each event with its step, in the order in which they happened."""
        return zip(self.events, self.steps, strict=True)


def told(
    plan_of: Callable[[str], Plan | None], case_id: str, events: Iterable[Event], calendar: Calendar = CHINA
) -> Story:
    """Fold the events of a case; `plan_of` gives the plan of a digest.

    Raises ValueError where there is no event, and what `follow` raises.
    """
    happened = tuple(events)
    steps: list[Step] = []
    for event in happened:
        steps.append(follow(steps[-1].case if steps else None, case_id, event, plan_of, calendar))
    if not steps:
        raise ValueError(f"案件 {case_id} 没有事件 / no event in case {case_id}")
    return Story(steps[-1].case, happened, tuple(steps))


def asked(story: Story) -> dict[tuple[str, int], Duty]:
    """What the plan last asked of each life of a duty, by action and occasion."""
    found: dict[tuple[str, int], Duty] = {}
    for step in story.steps:
        duties = {duty.action: duty for duty in step.decision.duties}
        found |= {
            (life.action, life.occasion): duties[life.action]
            for life in step.case.lives
            if life.required and life.action in duties
        }
    return found
