"""An incident from the first shout to the report, as a desk would keep it: a case, tickets by message, what is late.

    python examples/case_desk.py

The store is a file; the ticket system is a function that remembers the ids it has acted on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import plan_rules as pr
from plan_rules.cases import Cases, Message
from plan_rules.cases.delivery import to_callable
from plan_rules.cases.worker import deliver_once

DESK = "10023"  # a staff number, never a name
CASE = "2025-0042"


class Clock:
    """The time of the story; a desk leaves it out and has the machine's."""

    def __init__(self) -> None:
        self.now = datetime.fromisoformat("2025-05-20T09:15")

    def __call__(self) -> datetime:
        """The time now."""
        return self.now


class Tickets:
    """A ticket system: one ticket a message, whatever comes twice."""

    def __init__(self) -> None:
        self.open: dict[str, str] = {}

    def take(self, message: Message) -> None:
        """Open a ticket, unless there is one."""
        to = message.body.get("to", message.body["roles"])
        self.open.setdefault(message.id, f"{message.kind} {message.body['label']} -> {', '.join(to)}")


@contextmanager
def desk(clock: Clock) -> Iterator[Cases]:
    with TemporaryDirectory() as folder, Cases.connect(f"sqlite:///{Path(folder) / 'cases.db'}", clock=clock) as cases:
        yield cases


def hand_out(cases: Cases, tickets: Tickets, clock: Clock) -> None:
    """What a worker does all day; see docs/how-to/deliver-messages.md."""
    before = len(tickets.open)
    while deliver_once(cases.outbox, to_callable(tickets.take), worker="desk", clock=clock).delivered:
        pass
    for ticket in [*tickets.open.values()][before:]:
        print(f"  {ticket}")


def story(cases: Cases, tickets: Tickets, clock: Clock) -> None:
    cases.open(pr.load(), {"complaint_location": "counter", "aggression_level": "minor"}, by=DESK, case=CASE)
    print("09:15 客户大声嚷嚷")
    hand_out(cases, tickets, clock)

    clock.now = datetime.fromisoformat("2025-05-20T09:40")
    struck = cases.observe(CASE, {"staff_assaulted": True}, withdrawn=["aggression_level"], by=DESK)
    assert struck.change is not None
    print(f"09:40 客户打人: {struck.change.tier_before} -> {struck.change.tier_after}")
    hand_out(cases, tickets, clock)

    cases.done(CASE, "call_police", role="outlet_manager", by=DESK)
    clock.now = datetime.fromisoformat("2025-05-20T16:00")
    cases.resolve(CASE, by=DESK)
    report = cases.due(case=CASE)[0]
    print(f"16:00 处理完; {report.label} 截止 {report.due}")
    hand_out(cases, tickets, clock)

    clock.now = datetime.fromisoformat("2025-05-24T08:30")
    print(f"{clock.now:%m-%d} 逾期 {[duty.action for duty in cases.due(before=clock.now)]}")
    cases.review(by="clock")
    hand_out(cases, tickets, clock)

    cases.done(CASE, "report_to_sponsor", by=DESK)
    closed = cases.finish(CASE, by=DESK).case
    late = next(life for life in closed.lives if life.violation)
    print(f"关闭; {late.action} {late.violation} {late.days}")
    print(f"留痕完整 {cases.audit.verify().whole}, 重演一致 {all(each.same for each in cases.audit.replay(CASE))}")


def main() -> None:
    clock, tickets = Clock(), Tickets()
    with desk(clock) as cases:
        story(cases, tickets, clock)


if __name__ == "__main__":
    main()
