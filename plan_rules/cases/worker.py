"""(Outbox, Deliver) -> every message delivered at least once, or buried with the reason why.

A worker claims one message at a time, so a lease covers one delivery: no message waits, claimed, behind a slow one.  A
worker that dies lets its lease run out, and another takes the message over.  Between a delivery and its acknowledgement
a worker can die too; then the message is delivered again, with the same id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from plan_rules.cases.delivery import Deliver, Undelivered, to_callable
from plan_rules.cases.message import Message

_WHY_LENGTH = 300  # in characters


class Outbox(Protocol):
    """The messages that wait to be delivered, as a worker sees them.

    `claim` gives those that are due and those whose claim ran out, to this worker alone until the lease ends, and
    counts `attempt` up.  The others end a claim, and answer False where the message is no longer this worker's.
    """

    def claim(self, worker: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[Message, ...]:
        """At most `limit` messages to deliver."""

    def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
        """It was accepted."""

    def retry(self, message_id: str, worker: str, *, now: datetime, at: datetime, why: str) -> bool:
        """It was not accepted, and is due again at `at`."""

    def bury(self, message_id: str, worker: str, *, now: datetime, why: str) -> bool:
        """It is not tried again: a dead letter, for a person to look at."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How often to try and how long to wait.

    A message is tried `attempts` times.  The pause after the first is `first`, then twice that, and so on up to
    `most`, less up to a quarter that depends on the message.  `lease` must be longer than any one delivery takes.
    `batch` bounds `deliver_once`; `poll` is the wait of `run` where nothing is due.  Raises ValueError where a number
    makes no sense.
    """

    attempts: int = 80
    first: timedelta = timedelta(seconds=5)
    most: timedelta = timedelta(hours=1)
    lease: timedelta = timedelta(seconds=60)
    batch: int = 20
    poll: timedelta = timedelta(seconds=1)

    def __post_init__(self) -> None:
        if self.attempts < 1 or self.batch < 1:
            raise ValueError("attempts 和 batch 须至少为 1 / attempts and batch must be at least 1")
        if min(self.first, self.most, self.lease, self.poll) <= timedelta() or self.first > self.most:
            raise ValueError(
                "时长须大于零, 且 first 不得超过 most / durations must be above zero, and first no longer than most"
            )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages were delivered, put off, buried, or lost to another worker meanwhile."""

    delivered: int = 0
    retried: int = 0
    buried: int = 0
    lost: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.delivered + other.delivered,
            self.retried + other.retried,
            self.buried + other.buried,
            self.lost + other.lost,
        )


def pause(message_id: str, attempt: int, policy: Policy) -> timedelta:
    """How long to wait after this attempt: doubling, never less than before, at most `policy.most`.

    Messages that failed together are spread over the last quarter of it, by their ids.
    """
    unit = timedelta(microseconds=1)
    whole = min((policy.first // unit) << max(attempt - 1, 0), policy.most // unit)
    share = hashlib.sha256(message_id.encode()).digest()[0]  # 0 to 255 of 1024: less than a quarter
    return (whole - whole * share // 1024) * unit


def deliver_once(
    outbox: Outbox,
    deliver: Deliver,
    *,
    worker: str,
    clock: Callable[[], datetime],
    policy: Policy = Policy(),
    stop: Callable[[], bool] = lambda: False,
) -> Tally:
    """Deliver what is due now, at most `policy.batch` messages; after a `stop` no other is begun.

    `worker` names this worker among all that share the outbox.  An exception of `deliver` other than Undelivered puts
    the message off, as a failure of unknown kind.
    """
    total = Tally()
    guarded = to_callable(deliver)
    for _ in range(policy.batch):
        if stop():
            break
        now = clock()
        claimed = outbox.claim(worker, now=now, lease=policy.lease, limit=1)
        if not claimed:
            break
        for message in claimed:
            if clock() >= now + policy.lease:  # the claim itself took so long that the message may be another's
                total += Tally(lost=1)
            else:
                total += _settle(_Desk(outbox, worker, clock, policy), message, guarded)
    return total


def run(
    outbox: Outbox,
    deliver: Deliver,
    *,
    worker: str,
    clock: Callable[[], datetime],
    wait: Callable[[float], object],
    stop: Callable[[], bool],
    policy: Policy = Policy(),
) -> Tally:
    """Deliver until `stop`; the message in hand is finished first.  `wait` sleeps so many seconds, or less on a stop.

    What the outbox raises ends the loop: nothing is lost, and a supervisor starts it again.
    """
    total = Tally()
    for done in rounds(outbox, deliver, worker=worker, clock=clock, policy=policy, stop=stop):
        total += done
        if done == Tally() and not stop():
            wait(policy.poll.total_seconds())
    return total


def rounds(
    outbox: Outbox,
    deliver: Deliver,
    *,
    worker: str,
    clock: Callable[[], datetime],
    stop: Callable[[], bool],
    policy: Policy = Policy(),
) -> Iterator[Tally]:
    """What each round of `deliver_once` came to, until `stop`; nothing, where nothing was due."""
    while not stop():
        yield deliver_once(outbox, deliver, worker=worker, clock=clock, policy=policy, stop=stop)


@dataclass(frozen=True, slots=True)
class _Desk:
    """One worker at its outbox."""

    outbox: Outbox
    worker: str
    clock: Callable[[], datetime]
    policy: Policy

    def acknowledge(self, message: Message) -> Tally:
        kept = self.outbox.acknowledge(message.id, self.worker, now=self.clock())
        return Tally(delivered=1) if kept else Tally(lost=1)

    def retry(self, message: Message, why: str) -> Tally:
        now = self.clock()
        at = now + pause(message.id, message.attempt, self.policy)
        kept = self.outbox.retry(message.id, self.worker, now=now, at=at, why=why)
        return Tally(retried=1) if kept else Tally(lost=1)

    def bury(self, message: Message, why: str) -> Tally:
        kept = self.outbox.bury(message.id, self.worker, now=self.clock(), why=why)
        return Tally(buried=1) if kept else Tally(lost=1)


def _settle(desk: _Desk, message: Message, deliver: Deliver) -> Tally:
    """Deliver one message and end its claim."""
    last = desk.policy.attempts
    if message.attempt > last:  # each time its worker ended over it, perhaps because of it
        return desk.bury(message, f"{last} 次投递都没有结果 / no result of {last} attempts")
    try:
        deliver(message)
    except Undelivered as failure:
        why = " ".join(str(failure).split())[:_WHY_LENGTH]
        final = failure.permanent or message.attempt >= last
        return desk.bury(message, why) if final else desk.retry(message, why)
    return desk.acknowledge(message)
