"""Run as a process: JSON commands on standard input, each carried out by a child that may die -> how it ended.

A child consumes one partition until nothing comes.  `at` kills it at its n-th boundary: before and after each commit of
the store, each answer handed to the producer, each wait for the broker, each commit of offsets.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from datetime import datetime
from typing import Any

from confluent_kafka import OFFSET_STORED, Consumer, Producer, TopicPartition
from sqlalchemy import Engine, event

import plan_rules
from plan_rules.cases.casebook import Cases
from plan_rules.cases.store import migrating, outbox  # noqa: F401  imported ahead of the forks
from plan_rules.events import Desk
from plan_rules.events.kafka import CONSUMER, PRODUCER, Topics, consume

PLAN = plan_rules.load()
NOW = datetime(2025, 5, 20, 12, 0)


class Fate:
    """Death at the n-th boundary; 0 is never."""

    left = 0

    @classmethod
    def boundary(cls) -> None:
        if cls.left:
            cls.left -= 1
            if not cls.left:
                os.kill(os.getpid(), signal.SIGKILL)


class MortalConsumer(Consumer):
    """A consumer that can die around a commit, and knows when nothing comes."""

    quiet = 0

    def consume(self, *arguments: Any) -> Any:
        found = super().consume(*arguments)
        self.quiet = 0 if found else self.quiet + 1
        return found

    def commit(self, **arguments: Any) -> Any:
        Fate.boundary()
        done = super().commit(**arguments)
        Fate.boundary()
        return done


class MortalProducer(Producer):
    """A producer that can die around what it does."""

    def produce(self, *arguments: Any, **more: Any) -> None:
        Fate.boundary()
        super().produce(*arguments, **more)

    def flush(self, *arguments: Any) -> int:
        Fate.boundary()
        left = super().flush(*arguments)
        Fate.boundary()
        return left


def child(command: dict[str, Any]) -> None:
    """Consume until nothing comes."""
    Fate.left = command["at"]
    event.listen(Engine, "commit", lambda _: Fate.boundary())
    common = {"bootstrap.servers": command["servers"], "log_level": 0}
    taken = MortalConsumer({**common, "group.id": "desk", **CONSUMER})
    # Nothing leaves before it is waited for, so that an answer that nobody waited for would be lost.
    sent = MortalProducer({**common, **PRODUCER, "linger.ms": 60_000})
    taken.assign([TopicPartition(command["topic"], 0, OFFSET_STORED)])
    with Cases.connect(command["store"], clock=lambda: NOW) as cases:
        topics = Topics(command["answers"], command["problems"])
        consume(Desk(PLAN, cases), taken, sent, topics, stop=lambda: taken.quiet > 0, batch=3)
    taken.close()


def main() -> None:
    with Cases.connect("sqlite://", clock=lambda: NOW) as cases:  # whatever is loaded on first use is loaded once
        cases.open(PLAN, {"staff_assaulted": True}, by="desk")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                child(json.loads(line))
                code = 0
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(code)
        end = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        sys.stdout.write(f"{end}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
