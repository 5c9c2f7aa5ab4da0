"""The worker against a model of an outbox: failures, deaths and leases that run out, with two workers at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plan_rules import errors
from plan_rules.cases.delivery import Undelivered
from plan_rules.cases.message import REQUIRED, Message, message_id
from plan_rules.cases.worker import Outbox, Policy, Tally, deliver_once, pause, run

START = datetime(2025, 5, 20, 9, 40)
SECOND = timedelta(seconds=1)


def message(number: int = 0) -> Message:
    body = {"action": "call_police", "label": "报警"}
    return Message(message_id(f"C-{number}", REQUIRED, "call_police", 1), f"C-{number}", REQUIRED, START, body)


@dataclass
class Entry:
    """A message in the model: whose it is until when, how often it was claimed, and how it ended."""

    message: Message
    due: datetime = START
    holder: str | None = None
    attempt: int = 0
    ended: str | None = None
    whys: list[str] = field(default_factory=list)
    pauses: list[timedelta] = field(default_factory=list)


class Model:
    """An outbox as its Protocol tells it, as plain as can be."""

    def __init__(self, count: int) -> None:
        self.entries = {one.id: Entry(one) for one in map(message, range(count))}
        self.lock = threading.Lock()

    def claim(self, worker: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[Message, ...]:
        with self.lock:
            ready = [entry for entry in self.entries.values() if entry.ended is None and entry.due <= now][:limit]
            for entry in ready:
                entry.holder, entry.due, entry.attempt = worker, now + lease, entry.attempt + 1
            return tuple(replace(entry.message, attempt=entry.attempt) for entry in ready)

    def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
        return self._end(message_id, worker, ended="delivered")

    def retry(self, message_id: str, worker: str, *, now: datetime, at: datetime, why: str) -> bool:
        kept = self._end(message_id, worker, due=at)
        if kept:
            self.entries[message_id].whys.append(why)
            self.entries[message_id].pauses.append(at - now)
        return kept

    def bury(self, message_id: str, worker: str, *, now: datetime, why: str) -> bool:
        kept = self._end(message_id, worker, ended="dead")
        if kept:
            self.entries[message_id].whys.append(why)
        return kept

    def _end(self, message_id: str, worker: str, **changes: Any) -> bool:
        with self.lock:
            entry = self.entries[message_id]
            if entry.holder != worker or entry.ended is not None:
                return False
            entry.holder = None
            for name, value in changes.items():
                setattr(entry, name, value)
            return True

    def waiting(self) -> list[Entry]:
        return [entry for entry in self.entries.values() if entry.ended is None]

    def ends(self) -> list[str | None]:
        return [entry.ended for entry in self.entries.values()]


@dataclass
class Clock:
    """Time that passes when it is told to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def failing(permanent: bool = False) -> Undelivered:
    return Undelivered(errors.Message("对方未接受", "not accepted"), permanent)


def to_each(*outcomes: BaseException | None) -> tuple[Callable[[Message], None], list[Message]]:
    """An adapter that goes through these outcomes, and what it was given."""
    given_: list[Message] = []
    rest = iter(outcomes)

    def deliver(one: Message) -> None:
        given_.append(one)
        outcome = next(rest, None)
        if outcome is not None:
            raise outcome

    return deliver, given_


# ------------------------------------------------------------------------------------------------------------ one batch


def test_what_is_due_is_delivered_and_acknowledged() -> None:
    outbox, (deliver, seen) = Model(3), to_each()

    assert deliver_once(outbox, deliver, worker="a", clock=Clock()) == Tally(delivered=3)
    assert [one.attempt for one in seen] == [1, 1, 1]
    assert outbox.ends() == ["delivered"] * 3


def test_a_batch_is_no_larger_than_the_policy_says() -> None:
    outbox, (deliver, _) = Model(5), to_each()

    assert deliver_once(outbox, deliver, worker="a", clock=Clock(), policy=Policy(batch=2)) == Tally(delivered=2)


def test_nothing_due_is_nothing_done() -> None:
    assert deliver_once(Model(0), to_each()[0], worker="a", clock=Clock()) == Tally()


def test_a_failure_puts_off_its_message_alone() -> None:
    outbox, (deliver, _) = Model(3), to_each(None, failing())

    assert deliver_once(outbox, deliver, worker="a", clock=Clock()) == Tally(delivered=2, retried=1)
    (entry,) = outbox.waiting()
    assert entry.whys == ["对方未接受 / not accepted"]
    assert entry.due == START + pause(entry.message.id, 1, Policy())


def test_a_failure_for_good_is_buried_at_once() -> None:
    outbox, (deliver, _) = Model(1), to_each(failing(permanent=True))

    assert deliver_once(outbox, deliver, worker="a", clock=Clock()) == Tally(buried=1)
    assert outbox.ends() == ["dead"]


def test_a_message_is_buried_after_so_many_attempts_and_no_sooner() -> None:
    outbox, clock, (deliver, seen) = Model(1), Clock(), to_each(*[failing()] * 9)
    tally = run(
        outbox,
        deliver,
        worker="a",
        clock=clock,
        wait=clock.wait,
        policy=Policy(attempts=4),
        stop=lambda: not outbox.waiting(),
    )

    assert tally == Tally(retried=3, buried=1)
    assert [one.attempt for one in seen] == [1, 2, 3, 4]


def test_an_exception_that_is_no_undelivered_puts_the_message_off_and_its_text_is_not_kept() -> None:
    outbox, (deliver, _) = Model(2), to_each(RuntimeError("报警 C-0"))

    assert deliver_once(outbox, deliver, worker="a", clock=Clock()) == Tally(delivered=1, retried=1)
    assert outbox.waiting()[0].whys == ["接收函数出错: RuntimeError / the receiving function raised RuntimeError"]


def test_a_reason_is_one_short_line() -> None:
    outbox, (deliver, _) = Model(1), to_each(Undelivered(errors.Message("长\n" * 500, "long")))
    deliver_once(outbox, deliver, worker="a", clock=Clock())
    (why,) = outbox.waiting()[0].whys

    assert len(why) == 300 and "\n" not in why


def test_a_message_over_which_its_worker_dies_each_time_is_buried_and_not_tried_for_ever() -> None:
    outbox, clock, (deliver, seen) = Model(2), Clock(), to_each(*[SystemExit()] * 3)
    policy = Policy(attempts=3, lease=10 * SECOND)
    for _ in range(3):
        with pytest.raises(SystemExit):
            deliver_once(outbox, deliver, worker="a", clock=clock, policy=policy)
        clock.now += policy.lease

    assert deliver_once(outbox, deliver, worker="a", clock=clock, policy=policy) == Tally(delivered=1, buried=1)
    assert outbox.ends() == ["dead", "delivered"]
    assert outbox.entries[seen[0].id].whys == ["3 次投递都没有结果 / no result of 3 attempts"]


def test_a_death_between_delivery_and_acknowledgement_delivers_again_with_the_same_id() -> None:
    outbox, clock, (deliver, seen) = Model(1), Clock(), to_each(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        deliver_once(outbox, deliver, worker="a", clock=clock)
    assert deliver_once(outbox, deliver, worker="b", clock=clock) == Tally()
    clock.now += Policy().lease
    assert deliver_once(outbox, deliver, worker="b", clock=clock) == Tally(delivered=1)

    assert [(one.id, one.attempt) for one in seen] == [(message().id, 1), (message().id, 2)]


def test_a_worker_whose_lease_ran_out_does_not_acknowledge_what_another_took_over() -> None:
    outbox, clock = Model(1), Clock()
    tallies: list[Tally] = []

    def slow(one: Message) -> None:
        clock.now += Policy().lease
        tallies.append(deliver_once(outbox, lambda other: None, worker="b", clock=clock))

    assert deliver_once(outbox, slow, worker="a", clock=clock) == Tally(lost=1)
    assert tallies == [Tally(delivered=1)]


@pytest.mark.parametrize("failure", [failing(), failing(permanent=True)])
def test_a_worker_whose_lease_ran_out_neither_puts_off_nor_buries_what_another_delivered(failure: Undelivered) -> None:
    outbox, clock = Model(1), Clock()

    def slow(one: Message) -> None:
        clock.now += Policy().lease
        deliver_once(outbox, lambda other: None, worker="b", clock=clock)
        raise failure

    assert deliver_once(outbox, slow, worker="a", clock=clock) == Tally(lost=1)
    assert outbox.ends() == ["delivered"]


def test_a_slow_delivery_costs_the_messages_behind_it_no_attempt() -> None:
    outbox, clock = Model(3), Clock()
    attempts: list[int] = []

    def slow(one: Message) -> None:
        attempts.append(one.attempt)
        clock.now += Policy().lease - SECOND

    assert deliver_once(outbox, slow, worker="a", clock=clock) == Tally(delivered=3)
    assert attempts == [1, 1, 1]


def test_a_message_is_not_begun_when_claiming_it_took_longer_than_its_lease() -> None:
    clock, (deliver, seen) = Clock(), to_each()

    class Slow(Model):
        def claim(self, worker: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[Message, ...]:
            claimed = super().claim(worker, now=now, lease=lease, limit=limit)
            clock.now += lease
            return claimed

    assert deliver_once(Slow(1), deliver, worker="a", clock=clock, policy=Policy(batch=1)) == Tally(lost=1)
    assert seen == []


# ------------------------------------------------------------------------------------------------------------- the loop


def test_the_loop_waits_while_nothing_is_due_and_goes_on_when_something_is() -> None:
    outbox, clock, (deliver, _) = Model(1), Clock(), to_each(failing())
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        clock.wait(seconds)

    tally = run(outbox, deliver, worker="a", clock=clock, wait=wait, stop=lambda: not outbox.waiting())

    assert tally == Tally(delivered=1, retried=1)
    assert waits == [1.0] * 5 and clock.now >= START + pause(message().id, 1, Policy())


def test_a_stop_finishes_the_message_in_hand_and_begins_no_other() -> None:
    outbox, stopped = Model(3), threading.Event()
    tally = run(
        outbox,
        lambda one: stopped.set(),
        worker="a",
        clock=Clock(),
        wait=lambda seconds: pytest.fail("nothing to wait for"),
        stop=stopped.is_set,
    )

    assert tally == Tally(delivered=1)
    assert outbox.ends() == ["delivered", None, None]
    assert [entry.attempt for entry in outbox.waiting()] == [0, 0]  # no other is claimed, so none waits for a lease


def test_what_the_outbox_raises_ends_the_loop() -> None:
    class Broken(Model):
        def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
            raise ConnectionError

    outbox = Broken(1)
    with pytest.raises(ConnectionError):
        run(outbox, to_each()[0], worker="a", clock=Clock(), wait=Clock().wait, stop=lambda: False)

    assert outbox.ends() == [None]  # and so delivered again


def test_two_workers_in_threads_deliver_every_message_once() -> None:
    outbox: Model = Model(200)
    seen: list[str] = []
    done = threading.Event()

    def deliver(one: Message) -> None:
        seen.append(one.id)

    def work(name: str) -> None:
        tallies.append(
            run(
                outbox,
                deliver,
                worker=name,
                clock=lambda: START,
                wait=done.wait,
                policy=Policy(poll=timedelta(milliseconds=5)),
                stop=lambda: not outbox.waiting(),
            )
        )

    tallies: list[Tally] = []
    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(seen) == sorted(outbox.entries)
    assert tallies[0] + tallies[1] == Tally(delivered=200)


# ---------------------------------------------------------------------------------------------------------- laws of it


@dataclass(frozen=True)
class Turn:
    """What happens in one delivery: time passes, the other worker may act meanwhile, and then it ends so."""

    ends: str = "accepted"
    seconds: int = 0
    meanwhile: bool = False


ENDS = ["accepted", "refused", "refused for good", "bug", "dies before", "dies after"]
TURNS = st.builds(Turn, ends=st.sampled_from(ENDS), seconds=st.integers(0, 40), meanwhile=st.booleans())


class Death(BaseException):
    """A worker ends, in the middle of a delivery."""


class World:
    """Two workers at one outbox, each delivery as the script has it; afterwards everything is accepted at once."""

    def __init__(self, count: int, script: list[Turn], policy: Policy) -> None:
        self.outbox = Ledger(self, count)
        self.clock = Clock()
        self.script: Iterator[Turn] = iter(script)
        self.policy = policy
        self.depth = 0
        self.begun: list[str] = []
        self.accepted: list[tuple[str, str]] = []
        self.for_good: set[str] = set()

    def work(self, worker: str) -> None:
        with suppress(Death):
            deliver_once(
                self.outbox,
                lambda one: self.deliver(worker, one),
                worker=worker,
                clock=self.clock,
                policy=self.policy,
            )

    def deliver(self, worker: str, one: Message) -> None:
        turn = next(self.script, Turn())
        self.begun.append(one.id)
        if turn.ends == "dies before":
            raise Death
        self.clock.now += turn.seconds * SECOND
        if turn.meanwhile and self.depth < 3:
            self.depth += 1
            # A worker's name is used by one worker at a time, as a database sees it.
            self.work(f"{worker}'")
            self.depth -= 1
        self.end(turn, worker, one)

    def end(self, turn: Turn, worker: str, one: Message) -> None:
        match turn.ends:
            case "refused":
                raise failing()
            case "refused for good":
                self.for_good.add(one.id)
                raise failing(permanent=True)
            case "bug":
                raise LookupError(one.body["label"])
        self.accepted.append((one.id, worker))
        if turn.ends == "dies after":
            raise Death

    def play(self) -> None:
        for _ in range(1_000):
            waiting = self.outbox.waiting()
            if not waiting:
                return
            self.clock.now = max(self.clock.now, min(entry.due for entry in waiting))
            self.work("a")
            self.work("b")
        pytest.fail("messages are left over")


class Ledger(Model):
    """The model, watching that nothing is acknowledged by a worker that did not deliver it."""

    def __init__(self, world: World, count: int) -> None:
        super().__init__(count)
        self.world = world
        self.ended: list[str] = []

    def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
        assert (message_id, worker) in self.world.accepted
        return super().acknowledge(message_id, worker, now=now)

    def _end(self, message_id: str, worker: str, **changes: Any) -> bool:
        kept = super()._end(message_id, worker, **changes)
        if kept and "ended" in changes:
            self.ended.append(message_id)
        return kept


POLICIES = st.builds(
    Policy,
    attempts=st.integers(1, 5),
    first=st.integers(1, 10).map(lambda number: number * SECOND),
    most=st.integers(10, 60).map(lambda number: number * SECOND),
    lease=st.integers(1, 60).map(lambda number: number * SECOND),
    batch=st.integers(1, 4),
)


@given(st.integers(1, 4), st.lists(TURNS, max_size=25), POLICIES)
@example(1, [Turn(seconds=40, meanwhile=True)], Policy(lease=30 * SECOND))  # both deliver, one acknowledges
@example(1, [Turn("dies after")] * 5, Policy(attempts=5))
@example(1, [Turn("refused for good", 40, True)], Policy(lease=30 * SECOND))  # delivered, then refused by the slower
def test_every_message_is_delivered_at_least_once_or_is_dead_for_a_reason(
    count: int, script: list[Turn], policy: Policy
) -> None:
    world = World(count, script, policy)
    world.play()

    accepted = {id_ for id_, _ in world.accepted}
    for id_, entry in world.outbox.entries.items():
        if entry.ended == "delivered":
            assert id_ in accepted
        else:
            assert entry.ended == "dead"
            assert entry.whys
            assert id_ in world.for_good or entry.attempt >= policy.attempts
        assert world.begun.count(id_) <= policy.attempts
        assert entry.pauses == sorted(entry.pauses)
        assert all(timedelta() < one <= policy.most for one in entry.pauses)
        assert all("报警" not in why for why in entry.whys)
    assert sorted(world.outbox.ended) == sorted(world.outbox.entries)  # each ended once, by one worker


# ----------------------------------------------------------------------------------------------------------- the pauses


@given(st.text(), POLICIES)
def test_a_pause_never_shrinks_and_is_never_longer_than_the_policy_says(id_: str, policy: Policy) -> None:
    pauses = [pause(id_, attempt, policy) for attempt in range(1, 40)]

    assert pauses == sorted(pauses)
    assert all(policy.first * 3 // 4 < one <= policy.most for one in pauses)
    assert pauses[-1] > policy.most * 3 // 4
    assert pauses == [pause(id_, attempt, policy) for attempt in range(1, 40)]


def test_a_pause_doubles_until_an_hour_less_up_to_a_quarter() -> None:
    wholes = [timedelta(seconds=5 * 2**number) for number in range(10)] + [timedelta(hours=1)] * 2
    for attempt, whole in enumerate(wholes, 1):
        assert whole * 3 // 4 < pause(message().id, attempt, Policy()) <= whole

    assert pause(message().id, 10_000, Policy()) == pause(message().id, 12, Policy())


def test_messages_that_failed_together_do_not_come_back_together() -> None:
    pauses = {pause(message(number).id, 12, Policy()) for number in range(300)}

    assert len(pauses) > 150
    assert max(pauses) - min(pauses) > timedelta(minutes=14)


@pytest.mark.parametrize(
    "options",
    [
        {"attempts": 0},
        {"batch": 0},
        {"first": timedelta()},
        {"lease": -SECOND},
        {"poll": timedelta()},
        {"first": timedelta(hours=2)},
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="须"):
        Policy(**options)


def test_the_model_is_an_outbox() -> None:
    outbox: Outbox = Model(1)

    assert outbox.claim("a", now=START, lease=SECOND, limit=1) == (message(),)
