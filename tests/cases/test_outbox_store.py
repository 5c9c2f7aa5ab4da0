"""The outbox of a store, on both databases, by the laws that a worker relies on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.cases.casebook import Cases
from plan_rules.cases.delivery import Undelivered
from plan_rules.cases.message import REQUIRED, Message, message_id
from plan_rules.cases.step import Step
from plan_rules.cases.worker import Outbox, Policy, Tally, deliver_once, pause, run
from plan_rules.errors import Message as Words
from tests.cases.store_stories import BY, FEW, PLAN, STORIES, Clock, Story, another_case, folded, opened, sql, tell

LEASE = timedelta(seconds=60)
SECOND = timedelta(seconds=1)
ASSAULT = {"complaint_location": "counter", "staff_assaulted": True}


@pytest.fixture
def waiting(cases: Cases) -> set[str]:
    """The ids of the messages of one assault."""
    cases.open(PLAN, ASSAULT, by=BY, case="A")
    found = {message.id for message, _ in cases.outbox.of_case("A")}
    assert len(found) > 5
    return found


def refusing(permanent: bool = False) -> Undelivered:
    return Undelivered(Words("对方未接受", "not accepted"), permanent)


# ------------------------------------------------------------------------------------------------------- what is in it


def required_by(steps: Iterator[Step]) -> list[str]:
    """The ids of the messages that the events require: one for each duty that was ever open."""
    found, seen = [], set[tuple[str, int]]()
    for step in steps:
        for life in step.case.lives:
            if life.open and (life.action, life.occasion) not in seen:
                found.append(message_id(step.case.id, REQUIRED, life.action, life.occasion))
                seen.add((life.action, life.occasion))
    return found


@FEW
@given(STORIES)
def test_there_is_one_message_for_each_duty_that_began(cases: Cases, clock: Clock, story: Story) -> None:
    case = tell(cases, clock, story)
    cases.review(by="clock", limit=1_000)
    messages = [message for message, _ in cases.outbox.of_case(case)]
    steps = [*folded(cases.events(case), case, {PLAN.digest: PLAN})]

    assert sorted(message.id for message in messages if message.kind == REQUIRED) == sorted(required_by(iter(steps)))
    assert sorted(messages, key=lambda one: one.id) == sorted(
        (Message(one.id, one.case, one.kind, one.at, one.body, 0) for step in steps for one in step.messages),
        key=lambda one: one.id,
    )


def test_messages_are_claimed_in_the_order_in_which_they_came_due(cases: Cases, clock: Clock) -> None:
    for case in ("A", "B", "C"):
        cases.open(PLAN, ASSAULT, by=BY, case=case)
        clock.passes(minutes=1)
    seen: list[Message] = []
    while claimed := cases.outbox.claim("w", now=clock.now, lease=LEASE, limit=4):
        assert len(claimed) <= 4
        seen += claimed

    assert [one.at for one in seen] == sorted(one.at for one in seen)
    assert [one.case for one in seen] == sorted(one.case for one in seen)
    assert len({one.id for one in seen}) == len(seen) == sum(cases.outbox.counts().values())


def test_what_is_claimed_is_what_was_written(cases: Cases, clock: Clock) -> None:
    step = cases.open(PLAN, ASSAULT, by=BY, case="A")
    claimed = cases.outbox.claim("w", now=clock.now, lease=LEASE, limit=100)
    made = next(iter(folded(cases.events("A"), "A", {PLAN.digest: PLAN}))).messages

    assert {one.id: one for one in claimed} == {one.id: one for one in made}
    assert step.case.id == "A"


def test_a_message_is_not_claimed_before_it_is_due(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    assert cases.outbox.claim("w", now=clock.now - SECOND, lease=LEASE, limit=100) == ()
    assert len(cases.outbox.claim("w", now=clock.now, lease=LEASE, limit=100)) == len(waiting)


# ------------------------------------------------------------------------------------------------------------- claims


def test_a_claim_is_its_workers_alone_until_the_lease_ends(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    outbox: Outbox = cases.outbox
    first = outbox.claim("a", now=clock.now, lease=LEASE, limit=100)
    assert {one.id for one in first} == waiting
    assert {one.attempt for one in first} == {1}

    clock.now += LEASE - SECOND
    assert outbox.claim("b", now=clock.now, lease=LEASE, limit=100) == ()
    clock.now += SECOND
    second = outbox.claim("b", now=clock.now, lease=LEASE, limit=100)
    assert {one.id for one in second} == waiting
    assert {one.attempt for one in second} == {2}


def test_only_the_worker_that_holds_a_message_ends_its_claim(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    outbox = cases.outbox
    (one,) = outbox.claim("a", now=clock.now, lease=LEASE, limit=1)
    at = clock.now + 2 * LEASE

    def ends(worker: str, id_: str = one.id) -> list[bool]:
        return [
            outbox.acknowledge(id_, worker, now=clock.now),
            outbox.retry(id_, worker, now=clock.now, at=at, why="x"),
            outbox.bury(id_, worker, now=clock.now, why="x"),
        ]

    assert ends("b") == ends("") == [False] * 3
    assert ends("a", "no such message") == [False] * 3
    clock.now += LEASE
    taken = outbox.claim("b", now=clock.now, lease=LEASE, limit=100)
    assert one.id in {each.id for each in taken}
    assert ends("a") == [False] * 3
    assert outbox.acknowledge(one.id, "b", now=clock.now)
    assert ends("a") == ends("b") == [False] * 3
    assert outbox.counts() == {"delivered": 1, "claimed": len(waiting) - 1}


def test_a_worker_whose_lease_ran_out_unnoticed_still_ends_its_claim(
    cases: Cases, clock: Clock, waiting: set[str]
) -> None:
    (one,) = cases.outbox.claim("a", now=clock.now, lease=LEASE, limit=1)
    clock.now += 2 * LEASE

    assert cases.outbox.acknowledge(one.id, "a", now=clock.now)


def test_a_message_put_off_is_due_again_when_it_says(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    outbox = cases.outbox
    claimed = outbox.claim("a", now=clock.now, lease=LEASE, limit=100)
    at = clock.now + timedelta(hours=1)
    for one in claimed:
        assert outbox.retry(one.id, "a", now=clock.now, at=at, why="x")

    assert outbox.counts() == {"waiting": len(waiting)}
    assert outbox.claim("a", now=at - SECOND, lease=LEASE, limit=100) == ()
    again = outbox.claim("b", now=at, lease=LEASE, limit=100)
    assert {(one.id, one.attempt) for one in again} == {(id_, 2) for id_ in waiting}


def test_dead_letters_say_why_and_can_be_revived(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    outbox = cases.outbox
    one, other = outbox.claim("a", now=clock.now, lease=LEASE, limit=2)
    assert outbox.bury(one.id, "a", now=clock.now, why="没有地址 / no address")
    assert outbox.acknowledge(other.id, "a", now=clock.now)
    clock.now += timedelta(days=1)

    ((dead, why),) = outbox.dead()
    assert (dead.id, dead.attempt, why) == (one.id, 1, "没有地址 / no address")
    assert one.id not in {each.id for each in outbox.claim("b", now=clock.now, lease=LEASE, limit=100)}
    assert outbox.revive([other.id, "no such message"], now=clock.now) == 0
    assert outbox.revive([one.id, other.id], now=clock.now) == 1
    assert outbox.dead() == ()
    (revived,) = outbox.claim("b", now=clock.now, lease=LEASE, limit=100)
    assert (revived.id, revived.attempt) == (one.id, 1)
    assert not outbox.acknowledge(one.id, "a", now=clock.now)


# ------------------------------------------------------------------------------------------------------------- workers


def test_a_worker_empties_the_outbox(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    seen: list[str] = []
    policy = Policy(batch=100)

    assert deliver_once(cases.outbox, lambda one: seen.append(one.id), worker="a", clock=clock, policy=policy) == Tally(
        delivered=len(waiting)
    )
    assert sorted(seen) == sorted(waiting)
    assert deliver_once(cases.outbox, lambda one: seen.append(one.id), worker="a", clock=clock) == Tally()


def test_failures_are_put_off_and_buried_as_the_policy_says(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    hopeless, unlucky = sorted(waiting)[:2]
    attempts: list[str] = []

    def deliver(one: Message) -> None:
        attempts.append(one.id)
        if one.id == hopeless:
            raise refusing(permanent=True)
        if one.id == unlucky:
            raise refusing()

    policy = Policy(attempts=3, batch=100)
    first = deliver_once(cases.outbox, deliver, worker="a", clock=clock, policy=policy)
    assert first == Tally(delivered=len(waiting) - 2, retried=1, buried=1)
    clock.now += pause(unlucky, 1, policy) - SECOND
    assert deliver_once(cases.outbox, deliver, worker="a", clock=clock, policy=policy) == Tally()
    tally = run(
        cases.outbox,
        deliver,
        worker="a",
        clock=clock,
        wait=lambda seconds: clock.passes(seconds=seconds),
        stop=lambda: "waiting" not in cases.outbox.counts(),
        policy=policy,
    )

    assert tally == Tally(retried=1, buried=1)
    assert attempts.count(unlucky) == 3 and attempts.count(hopeless) == 1
    assert {one.id for one, _ in cases.outbox.dead()} == {hopeless, unlucky}
    assert {why for _, why in cases.outbox.dead()} == {"对方未接受 / not accepted"}


def test_a_worker_that_died_is_taken_over_from(cases: Cases, clock: Clock, waiting: set[str]) -> None:
    def die(one: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        deliver_once(cases.outbox, die, worker="a", clock=clock)
    seen: list[tuple[str, int]] = []
    policy = Policy(batch=100)
    for _ in range(2):
        deliver_once(
            cases.outbox, lambda one: seen.append((one.id, one.attempt)), worker="b", clock=clock, policy=policy
        )
        clock.now += policy.lease

    assert sorted(id_ for id_, _ in seen) == sorted(waiting)
    assert sorted(attempt for _, attempt in seen) == [1] * (len(waiting) - 1) + [2]


ENDS = st.sampled_from(["acknowledge", "retry", "bury", "nothing"])


@settings(FEW, max_examples=10)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 5), st.integers(0, 90), ENDS), max_size=12))
def test_whatever_workers_do_a_message_has_one_holder_and_is_ended_once(
    cases: Cases, clock: Clock, turns: list[tuple[str, int, int, str]]
) -> None:
    outbox = cases.outbox
    case = another_case()
    cases.open(PLAN, {"complaint_location": "counter"}, by=BY, case=case)
    held: dict[str, tuple[str, object]] = {}  # by whom, until when
    ended: set[str] = set()
    for worker, limit, seconds, end in turns:
        for one in outbox.claim(worker, now=clock.now, lease=LEASE, limit=limit):
            assert one.id not in ended
            assert one.id not in held or held[one.id][1] <= clock.now  # type: ignore[operator]
            held[one.id] = (worker, clock.now + LEASE)
        clock.passes(seconds=seconds)
        for id_, (holder, _) in [*held.items()]:
            if end == "acknowledge":
                mine = outbox.acknowledge(id_, worker, now=clock.now)
            elif end == "retry":
                mine = outbox.retry(id_, worker, now=clock.now, at=clock.now + SECOND, why="x")
            elif end == "bury":
                mine = outbox.bury(id_, worker, now=clock.now, why="x")
            else:
                continue
            assert mine == (holder == worker)
            if mine:
                held.pop(id_)
                ended |= {id_} if end != "retry" else set()


def test_two_workers_never_hold_the_same_message_at_once(store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as cases:
        for number in range(6):
            cases.open(PLAN, ASSAULT, by=BY, case=f"A-{number}")
        total = sum(cases.outbox.counts().values())
    seen: list[str] = []
    tallies: list[Tally] = []
    start = threading.Barrier(4)

    def work(worker: str) -> None:
        with opened(store_url, clock) as mine:
            start.wait()
            policy = Policy(batch=1_000)
            tallies.append(
                deliver_once(mine.outbox, lambda one: seen.append(one.id), worker=worker, clock=clock, policy=policy)
            )

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(tally.delivered for tally in tallies) == total
    assert len(seen) == len(set(seen)) == total
    with opened(store_url, clock) as cases:
        assert cases.outbox.counts() == {"delivered": total}


def test_a_batch_claimed_by_many_at_once_is_shared_out(store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as cases:
        for number in range(4):
            cases.open(PLAN, ASSAULT, by=BY, case=f"A-{number}")
        total = sum(cases.outbox.counts().values())
        claims: list[tuple[str, ...]] = []
        start = threading.Barrier(4)

        def claim(worker: str) -> None:
            start.wait()
            while found := cases.outbox.claim(worker, now=clock.now, lease=LEASE, limit=7):
                claims.append(tuple(one.id for one in found))

        threads = [threading.Thread(target=claim, args=(name,)) for name in "abcd"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    ids = [id_ for claim in claims for id_ in claim]
    assert len(ids) == len(set(ids)) == total


def test_messages_of_a_store_do_not_depend_on_the_log(
    cases: Cases, clock: Clock, store_url: str, waiting: set[str]
) -> None:
    """A worker needs no plan: what it sends was written when it was made."""
    sql(store_url, "UPDATE cases SET snapshot = '{}'")

    assert len(cases.outbox.claim("w", now=clock.now, lease=LEASE, limit=100)) == len(waiting)
