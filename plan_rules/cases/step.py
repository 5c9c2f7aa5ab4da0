"""(Case, what an event said of it) -> Step: decided again, what changed, and what has to be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from plan_rules.cases.case import Case, higher
from plan_rules.cases.duty_life import Life
from plan_rules.cases.event import Event, Upgraded
from plan_rules.cases.lives import lives_after
from plan_rules.cases.message import Message
from plan_rules.cases.sending import messages
from plan_rules.decision import Decision, Duty


@dataclass(frozen=True, slots=True)
class Change:
    """What an event changed, by action ids: what is to be done now and was not, what lapsed, what carries on.

    `done` and `violated` became so by this event (or by the time that passed); `forbidden` and `allowed_again` are
    prohibitions that began and ended.  `altered` carry on with another bearer, time limit or clause.
    """

    tier_before: str | None
    tier_after: str | None
    new: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    violated: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    allowed_again: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            name: list(value) if isinstance(value := getattr(self, name), tuple) else value for name in self.__slots__
        }


@dataclass(frozen=True, slots=True)
class Step:
    """The case after an event, with the decision made then."""

    case: Case
    decision: Decision
    change: Change
    messages: tuple[Message, ...]


def step(before: Case, said: Case, event: Event) -> Step:
    """Decide again, and carry the lives of duties on."""
    said, decision = _settled(said, event.at)
    after = replace(
        said,
        version=before.version + 1,
        at=event.at,
        tier=decision.tier.id if decision.tier else None,
        lives=lives_after(said, decision, event.at),
        forbidden=tuple(item.action for item in decision.prohibitions),
    )
    change = _change(before, after, decision, event)
    return Step(after, decision, change, tuple(messages(before, after, decision)))


def _settled(case: Case, at: datetime) -> tuple[Case, Decision]:
    """The case with its peak, and what is decided of it; a plan may ask how high the tier ever was, so now too."""
    while True:
        decision = case.decided(at)
        peak = higher(case.plan, case.peak, decision.tier.id if decision.tier else None)
        if peak == case.peak:
            return case, decision
        case = replace(case, peak=peak)


def _change(before: Case, after: Case, decision: Decision, event: Event) -> Change:
    was = {(life.action, life.occasion): life for life in before.lives}
    pairs = [(was.get((life.action, life.occasion)), life) for life in after.lives]
    return Change(
        tier_before=before.tier,
        tier_after=after.tier,
        new=tuple(life.action for old, life in pairs if old is None),
        lapsed=tuple(life.action for old, life in pairs if old and old.open and life.status is Life.LAPSED),
        carried=tuple(life.action for old, life in pairs if old and old.open and life.open),
        done=tuple(
            life.action for old, life in pairs if life.status is Life.DONE and (old is None or old.status != Life.DONE)
        ),
        violated=tuple(
            dict.fromkeys(
                (
                    *(life.action for old, life in pairs if life.violation and (old is None or not old.violation)),
                    *(item.action for item in after.breaches[len(before.breaches) :] if not item.excused),
                )
            )
        ),
        forbidden=tuple(action for action in after.forbidden if action not in before.forbidden),
        allowed_again=tuple(action for action in before.forbidden if action not in after.forbidden),
        altered=_altered(before.decision, decision) if isinstance(event.what, Upgraded) else (),
    )


def _altered(earlier: Decision, decision: Decision) -> tuple[str, ...]:
    def terms(duty: Duty) -> tuple[Any, ...]:
        bearers = tuple(bearer._replace(status="") for bearer in duty.bearers)
        return (duty.roles, duty.recipient, duty.deadline, duty.order, duty.clauses, duty.defeasible, bearers)

    was = {duty.action: terms(duty) for duty in earlier.in_force}
    return tuple(duty.action for duty in decision.in_force if duty.action in was and was[duty.action] != terms(duty))
