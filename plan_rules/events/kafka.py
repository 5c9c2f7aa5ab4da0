"""A Kafka topic of CloudEvents -> answers in another, problems in a dead-letter topic; at least once, no second effect.

What makes it safe is the order: the store's transaction; then the answer, until the broker has it; then the offset.  A
consumer that dies in between has the same messages again: the store knows them, and they are answered with the same
bytes under the same ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from plan_rules import errors
from plan_rules.cases.delivery.cloud_event import cloud_event
from plan_rules.cases.delivery.undelivered import Deliver, Undelivered
from plan_rules.cases.message import Message
from plan_rules.events.desk import Desk, answer
from plan_rules.events.outgoing import Outgoing
from plan_rules.extra import from_extra

with from_extra("kafka"):
    from cloudevents.core.bindings import kafka
    from cloudevents.core.formats.json import JSONFormat
    from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
    from confluent_kafka import Message as Received

# What the promise rests on; a caller's own settings do not override these.
CONSUMER: Mapping[str, Any] = {
    "enable.auto.commit": False,
    "enable.auto.offset.store": False,
    "auto.offset.reset": "earliest",
    "isolation.level": "read_committed",
}
PRODUCER: Mapping[str, Any] = {"enable.idempotence": True, "acks": "all"}

# The client mends these by itself.
_PASSING = frozenset(
    {
        KafkaError._ALL_BROKERS_DOWN,
        KafkaError._PARTITION_EOF,
        KafkaError._TRANSPORT,
        KafkaError._MAX_POLL_EXCEEDED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    }
)
# The partition is another's by now, which has the messages again: nothing is lost, and nothing happens twice.
_MOVED = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError._ASSIGNMENT_LOST,
    }
)


class BrokerFailed(errors.ToldError):
    """The broker could not do it; no offset of what it did not take was committed, so it comes again."""


@dataclass(frozen=True, slots=True)
class Topics:
    """Where answers and problems go.  One topic for both does."""

    answers: str
    problems: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many messages were answered, and how many of them by a problem."""

    answered: int = 0
    problems: int = 0


def consumer(settings: Mapping[str, Any]) -> Consumer:
    """A consumer of librdkafka's settings, such as `bootstrap.servers` and `group.id`; subscribe it to topics."""
    return Consumer({**settings, **CONSUMER})


def producer(settings: Mapping[str, Any]) -> Producer:
    """A producer of librdkafka's settings."""
    return Producer({**settings, **PRODUCER})


def consume(
    desk: Desk,
    taken: Consumer,
    sent: Producer,
    topics: Topics,
    *,
    stop: Callable[[], bool],
    batch: int = 100,
    wait: int = 1,
) -> Tally:
    """Answer what comes until `stop`; the message in hand is finished, answered and committed first.

    `batch` messages are answered before their offsets are committed; `wait` is in seconds, where nothing comes.
    Raises StoreError, EngineError and BrokerFailed: all before it is committed, nothing is lost by that, and a
    supervisor starts the program again.
    """
    answered = problems = 0
    while not stop():
        for found in _round(desk, taken, sent, topics, stop, taken.consume(batch, wait)):
            answered += 1
            problems += found.is_problem
    return Tally(answered, problems)


def _round(
    desk: Desk,
    taken: Consumer,
    sent: Producer,
    topics: Topics,
    stop: Callable[[], bool],
    messages: Iterable[Received],
) -> list[Outgoing]:
    found: list[Outgoing] = []
    refused: list[KafkaError] = []
    done: dict[tuple[str, int], int] = {}
    try:
        for message in messages:
            if stop():
                break
            if not _is_message(message):
                continue
            answered = _answered(desk, message)
            _send(sent, topics.problems if answered.is_problem else topics.answers, answered.to_kafka(), refused)
            found.append(answered)
            done[str(message.topic()), int(message.partition() or 0)] = int(message.offset() or 0) + 1
    finally:  # also where the store failed: what was answered before is not answered again
        _settle(taken, sent, refused, done)
    return found


def _answered(desk: Desk, message: Received) -> Outgoing:
    """The answer to one message.  An error that it could not be blamed for names the place where it lies."""
    origin = f"{message.topic()}/{message.partition()}/{message.offset()}"
    headers = {name: value for name, value in dict(message.headers() or ()).items() if value is not None}
    received = datetime.fromtimestamp(max(message.timestamp()[1], 0) // 1000, UTC)
    try:
        return answer(desk, headers, message.value() or b"", origin=origin, received=received)
    except Exception as failure:
        failure.add_note(f"Kafka: {origin}")
        raise


def _is_message(message: Received) -> bool:
    """Is it one, and no news of the broker?  Raises BrokerFailed for news that end it."""
    error = message.error()
    if error is None:
        return True
    if error.code() not in _PASSING and not error.retriable():
        raise _failed(error)
    return False


def _send(sent: Producer, topic: str, message: kafka.KafkaMessage, refused: list[KafkaError]) -> None:
    def delivered(error: KafkaError | None, _: Received) -> None:
        if error is not None:
            refused.append(error)

    sent.produce(topic, message.value, message.key, headers=dict(message.headers), on_delivery=delivered)


def _settle(taken: Consumer, sent: Producer, refused: list[KafkaError], done: Mapping[tuple[str, int], int]) -> None:
    """Wait until the broker has the answers, then commit.  Raises BrokerFailed."""
    if not done:
        return
    sent.flush()  # ends at the latest when `message.timeout.ms` of the producer ran out
    if refused:
        raise _failed(refused[0])
    offsets = [TopicPartition(*place, offset) for place, offset in done.items()]
    try:
        committed = taken.commit(offsets=offsets, asynchronous=False)
    except KafkaException as failure:
        if failure.args[0].code() not in _MOVED:
            raise _failed(failure.args[0]) from failure
        return
    wrong = [place.error for place in committed or () if place.error and place.error.code() not in _MOVED]
    if wrong:
        raise _failed(wrong[0])


def _failed(error: KafkaError) -> BrokerFailed:
    """The client's own words may name servers; its name for the error does not."""
    return BrokerFailed(
        errors.Message(
            f"Kafka 出错({error.name()}); 没有提交未答复的消息, 重新启动后接着办理",
            f"Kafka failed ({error.name()}); nothing unanswered was committed, start again to go on",
        )
    )


def to_topic(sent: Producer, topic: str) -> Deliver:
    """An adapter for a worker of the outbox: each message goes to the topic as a CloudEvent, its case as the key."""

    def deliver(message: Message) -> None:
        refused: list[KafkaError] = []
        event = kafka.to_structured(cloud_event(message), JSONFormat(), key_mapper=lambda _: message.case)
        _send(sent, topic, event, refused)
        sent.flush()
        if refused:
            name = refused[0].name()
            what = errors.Message(f"Kafka 没有接收({name})", f"not accepted by Kafka ({name})")
            raise Undelivered(what, permanent=refused[0].code() == KafkaError.MSG_SIZE_TOO_LARGE)

    return deliver
