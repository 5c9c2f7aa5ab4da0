"""Questions on standard input -> answers on standard output: an engine process, until its input ends."""

from __future__ import annotations

import os
import pickle
import signal
import sys
from typing import Any, BinaryIO

from plan_rules.errors import PlanRulesError
from plan_rules.loading import reload
from plan_rules.plan import Plan
from plan_rules.service.answers import Answering
from plan_rules.service.engines import LENGTH
from plan_rules.service.problem import Refused, problem_of


class Worker:
    """What the process knows: how to answer, and the plans it was given."""

    def __init__(self) -> None:
        self._answering = Answering()
        self._plans: dict[str, Plan] = {}

    def answer(self, message: tuple[Any, ...]) -> Any:
        """The answer to one message; an error that a caller can cause is one."""
        match message:
            case ("begin", answering):
                self._answering = answering
                return b""
            case ("plan", digest, text, source):
                self._plans[digest] = reload(text, source)
                return b""
            case ("forget",):
                self._plans.clear()
                return b""
            case ("answer", digest, question):
                try:
                    return self._answering.answer(self._plans[digest], question)
                except PlanRulesError as failure:
                    return Refused(problem_of(failure))
            case _:
                raise AssertionError(message[0])


def main() -> None:
    """Answer until the input ends.  What is printed by mistake goes to standard error, never between two answers."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is meant for the service, which ends this process
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    worker = Worker()
    while (head := asked.read(LENGTH.size)) and len(head) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        message = pickle.loads(asked.read(length))  # noqa: S301  of the process that started this one
        _say(told, worker.answer(message))


def _say(told: BinaryIO, answer: Any) -> None:
    text = pickle.dumps(answer)
    told.write(LENGTH.pack(len(text)) + text)
    told.flush()


if __name__ == "__main__":
    main()
