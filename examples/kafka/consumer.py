"""Takes incidents and case events from a Kafka topic, keeps the cases, answers; ends cleanly on SIGTERM.

    KAFKA_SERVERS=localhost:9092 PLAN_RULES_STORE=sqlite:///cases.db python examples/kafka/consumer.py

Kill it whenever you like: what it had not committed comes again, has no second effect, and gets the same answer.  Run
as many as the topic has partitions; send what belongs to one case with the case as the key.  All else that librdkafka
can be told (certificates, passwords) goes into a JSON file named by KAFKA_SETTINGS.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import plan_rules as pr
from plan_rules.cases import Cases, StoreError
from plan_rules.events import Desk
from plan_rules.events.kafka import BrokerFailed, Topics, consume, consumer, producer

INCIDENTS = os.environ.get("KAFKA_TOPIC", "incidents")
TOPICS = Topics(
    answers=os.environ.get("KAFKA_ANSWERS", "incident-answers"),
    problems=os.environ.get("KAFKA_PROBLEMS", "incident-problems"),
)


def settings(client: str) -> dict[str, Any]:
    """What librdkafka is told; the file has an object for `both`, one for `consumer`, one for `producer`."""
    file = os.environ.get("KAFKA_SETTINGS")
    own = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
    return {"bootstrap.servers": os.environ["KAFKA_SERVERS"], **own.get("both", {}), **own.get(client, {})}


def main() -> int:
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    taken = consumer({"group.id": os.environ.get("KAFKA_GROUP", "plan-rules"), **settings("consumer")})
    with Cases.connect(os.environ["PLAN_RULES_STORE"]) as cases:
        taken.subscribe([INCIDENTS])
        try:
            tally = consume(Desk(pr.load(), cases), taken, producer(settings("producer")), TOPICS, stop=stop.is_set)
        except (StoreError, BrokerFailed) as failure:  # a supervisor starts it again, and nothing is lost
            print(failure, file=sys.stderr)
            return 1
        finally:
            taken.close()
    print(f"answered {tally.answered}, of these problems {tally.problems}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
