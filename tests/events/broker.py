"""A Kafka broker that librdkafka brings along for tests: it speaks the protocol over sockets, and keeps all in memory.

It lives in the process of the tests, and outlives the consumers that these kill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from confluent_kafka import OFFSET_END, Consumer, Producer, TopicPartition
from confluent_kafka import Message as Received


@contextmanager
def broker() -> Iterator[str]:
    """The address of a running broker."""
    holder = Producer({"test.mock.num.brokers": 1, "bootstrap.servers": "replaced", "log_level": 0})
    try:
        found = next(iter(holder.list_topics(timeout=10).brokers.values()))
        yield f"{found.host}:{found.port}"
    finally:
        holder.flush(0)


def put(servers: str, topic: str, messages: Iterable[tuple[str | None, bytes]]) -> None:
    """Messages of (key, value) into the topic."""
    sender = Producer({"bootstrap.servers": servers, "log_level": 0, "linger.ms": 0})
    for key, value in messages:
        sender.produce(topic, value, key)
    assert sender.flush(20) == 0


def everything(servers: str, topic: str) -> list[Received]:
    """All that the topic has by now."""
    reader = Consumer({"bootstrap.servers": servers, "group.id": uuid4().hex, "log_level": 0})
    try:
        listed = reader.list_topics(topic, timeout=10).topics[topic].partitions
        ends = {one: reader.get_watermark_offsets(TopicPartition(topic, one), timeout=10)[1] for one in listed}
        reader.assign([TopicPartition(topic, one, 0) for one in listed])
        found: list[Received] = []
        while len(found) < sum(ends.values()):
            found += [message for message in reader.consume(500, 0.1) if message.error() is None]
        return found
    finally:
        reader.close()


def committed(servers: str, group: str, topic: str) -> int:
    """How many messages of the topic the group has committed, over all partitions."""
    reader = Consumer({"bootstrap.servers": servers, "group.id": group, "log_level": 0})
    try:
        listed = reader.list_topics(topic, timeout=10).topics[topic].partitions
        places = reader.committed([TopicPartition(topic, one) for one in listed], timeout=10)
        return sum(place.offset for place in places if place.offset > OFFSET_END and place.offset > 0)
    finally:
        reader.close()
