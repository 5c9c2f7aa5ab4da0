"""`plan-rules outbox`: messages delivered, looked at, tried again."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from threading import Event
from types import FrameType
from typing import Any, TextIO

from plan_rules.cases.casebook import Cases
from plan_rules.cases.delivery import Deliver
from plan_rules.cases.message import Message
from plan_rules.cases.worker import Policy, Tally, rounds
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.carriers import mailer, poster, printer
from plan_rules.cli.cases.desk import opened
from plan_rules.cli.stop import BAD_INPUT, OK, Stop, as_json
from plan_rules.display_width import visible
from plan_rules.errors import Message as Said
from plan_rules.instants import written

_STATUSES = {
    "waiting": ("等待投递", "waiting"),
    "claimed": ("正在投递", "being delivered"),
    "delivered": ("已投递", "delivered"),
    "dead": ("投不出去", "given up"),
}
_MOST = 1_000_000


def work(
    asked: Asked,
    webhook: str | None,
    secret_file: str | None,
    mail: str | None,
    printing: bool,
    once: bool,
    worker: str | None,
) -> int:
    """Deliver until stopped by SIGTERM or SIGINT, which let the message in hand be finished."""
    if sum((webhook is not None, mail is not None, printing)) != 1:
        message = Said(
            "往哪里投? --webhook、--mail、--print 三者写一个", "where to? give one of --webhook, --mail and --print"
        )
        raise Stop(BAD_INPUT, "usage", message)
    name = worker or f"{socket.gethostname()}:{os.getpid()}"[:100]
    with _stopped() as stop:
        deliver = _carrier(webhook, secret_file, mail, lambda: printer(asked, stop.set))
        _serve(deliver, name, stop, asked, once=once, log=sys.stderr if printing else sys.stdout)
    return OK


def _serve(deliver: Deliver, name: str, stop: Event, asked: Asked, *, once: bool, log: TextIO) -> None:
    """Deliver, and log what each round came to; what is printed is not mixed with it."""
    with opened(asked) as cases:
        for done in _rounds(cases, deliver, name, stop, once=once):
            log.write(_tally(done, asked) + "\n")
            log.flush()


def _carrier(
    webhook: str | None, secret_file: str | None, mail: str | None, printing: Callable[[], Deliver]
) -> Deliver:
    try:
        if webhook is not None:
            return poster(webhook, secret_file)
        return mailer(mail) if mail is not None else printing()
    except ValueError as failure:
        said = str(failure)
        raise Stop(BAD_INPUT, "usage", Said(said, said)) from failure


def _rounds(cases: Cases, deliver: Deliver, name: str, stop: Event, *, once: bool) -> Iterator[Tally]:
    """What each round came to, where it came to anything."""
    policy = Policy()
    for done in rounds(cases.outbox, deliver, worker=name, clock=cases.now, policy=policy, stop=stop.is_set):
        if done != Tally():
            yield done
        elif once:
            return
        else:
            stop.wait(policy.poll.total_seconds())


def _tally(done: Tally, asked: Asked) -> str:
    if asked.as_json:
        return json.dumps(asdict(done))
    counted = (
        (done.delivered, ("投递", "delivered")),
        (done.retried, ("稍后再投", "put off")),
        (done.buried, ("放弃", "given up")),
        (done.lost, ("由别的进程投递", "taken over by another worker")),
    )
    return ", ".join(f"{asked(*words)} {count}" for count, words in counted if count)


@contextmanager
def _stopped() -> Iterator[Event]:
    """Set once the process is told to end."""
    stop = Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


# --------------------------------------------------------------------------- looked at


def status(asked: Asked) -> int:
    """How many messages there are of each status."""
    with opened(asked) as cases:
        counts = cases.outbox.counts()
    if asked.as_json:
        output.say([as_json({name: counts.get(name, 0) for name in _STATUSES})])
    else:
        output.say(f"{asked(*words)} | {counts.get(name, 0)}" for name, words in _STATUSES.items())
    return OK


def dead(asked: Asked) -> int:
    """What was given up, and why."""
    with opened(asked) as cases:
        found = cases.outbox.dead()
    if asked.as_json:
        output.say([as_json({"dead": [_message_object(message, why) for message, why in found]})])
        return OK
    for message, why in found:
        fields = (message.id[:12], message.case, written(message.at), message.kind, message.body["label"], why)
        output.say([visible(" | ".join(fields))])
    if not found:
        output.say([asked("没有", "none")])
    return OK


def _message_object(message: Message, why: str) -> Mapping[str, Any]:
    return {
        "id": message.id,
        "case": message.case,
        "at": written(message.at),
        "kind": message.kind,
        "action": message.body["action"],
        "attempts": message.attempt,
        "why": why,
    }


def revive(asked: Asked, ids: Sequence[str] | None, every: bool) -> int:
    """Try again what was given up: all of it, or those whose ids begin so."""
    if bool(ids) == every:
        message = Said("写消息编号, 或 --all", "give ids of messages, or --all")
        raise Stop(BAD_INPUT, "usage", message)
    with opened(asked) as cases:
        known = [message.id for message, _ in cases.outbox.dead(limit=_MOST)]
        for beginning in ids or ():
            if not any(each.startswith(beginning) for each in known):
                unknown = Said(
                    f"没有这条投不出去的消息: {beginning[:64]}", f"no message given up begins with {beginning[:64]}"
                )
                raise Stop(BAD_INPUT, "unknown_message", unknown)
        wanted = [each for each in known if every or each.startswith(tuple(ids or ()))]
        count = cases.outbox.revive(wanted, now=cases.now())
    said = asked(f"{count} 条重新投递", f"{count} to be tried again")
    output.say([as_json({"revived": count}) if asked.as_json else said])
    return OK
