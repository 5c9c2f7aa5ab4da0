"""(Events of a case, the plans they name) -> Story: the case as it stands, and what each event led to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.case import Case
from plan_rules.cases.event import Event, Opened, Upgraded
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


def told(plan_of: Callable[[str], Plan], case_id: str, events: Iterable[Event], calendar: Calendar = CHINA) -> Story:
    """Fold the events of a case.

    `plan_of` gives the plan of a digest, and raises what it likes where there is none.  Raises ValueError where there
    is no event, and EventRefused, FactsInvalid, CalendarUnknown as `begin` and `advance` do.
    """
    happened = tuple(events)
    steps: list[Step] = []
    for event in happened:
        steps.append(_next(steps, plan_of, case_id, event, calendar))
    if not steps:
        raise ValueError(f"案件 {case_id} 没有事件 / no event in case {case_id}")
    return Story(steps[-1].case, happened, tuple(steps))


def _next(
    steps: Sequence[Step], plan_of: Callable[[str], Plan], case_id: str, event: Event, calendar: Calendar
) -> Step:
    what = event.what
    if steps:
        return advance(steps[-1].case, event, plan_of(what.plan) if isinstance(what, Upgraded) else None)
    # An event of another kind is refused by `begin`, whatever the plan is.
    return begin(case_id, plan_of(what.plan if isinstance(what, Opened) else ""), event, calendar)


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
