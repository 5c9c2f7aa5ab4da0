"""(Plan, Question) -> the answer, worked out in this process or in one of several engine processes.

The rule engine is C code.  In processes of its own it can die without taking the service along: what it was asked is
asked of another, once, and it is started again.
"""

from __future__ import annotations

import asyncio
import pickle
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Protocol

from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.service.answers import Answering, Question
from plan_rules.service.problem import Refused, refused

with from_extra("service"):
    import anyio.to_thread

MOST_WAITING = 64
LONGEST = 60.0  # seconds for one answer
LENGTH = struct.Struct(">I")
_TRIES = 2
_MOST_PLANS = 16  # that a process keeps
_SLOWEST_START = 5.0
_COMMAND = (sys.executable, "-m", "plan_rules.service.engine_worker")


class Engines(Protocol):
    """Whoever works answers out."""

    async def start(self) -> None:
        """Be ready."""

    async def answer(self, plan: Plan, question: Question) -> bytes:
        """The answer.  Raises what `Answering.answer` raises, and Refused where nobody can answer."""

    async def close(self) -> None:
        """Let go of what was started."""


class Here:
    """In this process: decisions at once, what takes long in a thread, one at a time."""

    def __init__(self, answering: Answering) -> None:
        self._answering = answering
        self._limiter: anyio.CapacityLimiter | None = None

    async def start(self) -> None:
        """Be ready."""
        self._limiter = anyio.CapacityLimiter(1)

    async def answer(self, plan: Plan, question: Question) -> bytes:
        """The answer."""
        if not question.heavy(plan) or self._limiter is None:
            return self._answering.answer(plan, question)
        if self._limiter.statistics().tasks_waiting >= MOST_WAITING:
            raise busy()
        work = partial(self._answering.answer, plan, question)
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)

    async def close(self) -> None:
        """Nothing was started."""


class EngineDied(Exception):
    """An engine process ended, or did not answer in time."""


class Pool:
    """So many engine processes; `died` is told of each that ends on its own."""

    def __init__(self, answering: Answering, size: int, died: Callable[[], None]) -> None:
        self._answering, self._size, self._died = answering, size, died
        self._idle: asyncio.Queue[_Worker] = asyncio.Queue()
        self._waiting = 0
        self._all: set[_Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Start every process."""
        await asyncio.gather(*(self._begin() for _ in range(self._size)))

    async def answer(self, plan: Plan, question: Question) -> bytes:
        """The answer of whichever is free first."""
        if self._waiting >= MOST_WAITING * self._size:
            raise busy()
        for _ in range(_TRIES):
            worker = await self._free()
            try:
                return await worker.answer(plan, question)
            except EngineDied:
                self._died()
            finally:
                self._settle(worker)
        raise refused(
            503,
            "engine_failed",
            "规则引擎没有作答, 请再试一次",
            "the rule engine did not answer; try again",
            retry_after="1",
        )

    async def close(self) -> None:
        """End every process."""
        starting = tuple(self._starting)
        for task in starting:
            task.cancel()
        await asyncio.gather(*starting, return_exceptions=True)
        for worker in self._all:
            await worker.end()

    async def _free(self) -> _Worker:
        self._waiting += 1
        try:
            return await asyncio.wait_for(self._idle.get(), LONGEST)
        except TimeoutError:
            raise busy() from None
        finally:
            self._waiting -= 1

    def _settle(self, worker: _Worker) -> None:
        """Back to the idle ones; in the place of one that is gone another is started, while others answer."""
        if worker.usable:
            self._idle.put_nowait(worker)
            return
        self._all.discard(worker)
        worker.kill()
        task = asyncio.create_task(self._begin())
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _begin(self) -> None:
        pause = 0.05
        while True:
            worker = await _Worker.started()
            self._all.add(worker)
            with suppress(EngineDied):
                await worker.begin(self._answering)
                break
            self._all.discard(worker)
            self._died()
            await asyncio.sleep(pause)
            pause = min(pause * 2, _SLOWEST_START)
        self._idle.put_nowait(worker)


class _Worker:
    """One engine process, asked one thing at a time over its standard input and output."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._plans: set[str] = set()
        self.usable = True

    @classmethod
    async def started(cls) -> _Worker:
        """A process that was started."""
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe))

    async def begin(self, answering: Answering) -> None:
        """Tell it how to answer, and wait until it can.  Raises EngineDied."""
        await self._told(("begin", answering))

    async def answer(self, plan: Plan, question: Question) -> bytes:
        """The answer.  Raises EngineDied, and what answering raised there."""
        if plan.digest not in self._plans:
            if len(self._plans) >= _MOST_PLANS:
                await self._told(("forget",))
                self._plans.clear()
            await self._told(("plan", plan.digest, plan.text, plan.source.raw if plan.source else None))
            self._plans.add(plan.digest)
        answer = await self._told(("answer", plan.digest, question))
        if isinstance(answer, Exception):
            raise answer
        assert isinstance(answer, bytes)
        return answer

    async def _told(self, message: tuple[Any, ...]) -> Any:
        """Say one thing and hear one.  Whatever goes wrong on the way, the process is not used again."""
        usable, self.usable = self.usable, False
        if not usable:
            raise EngineDied
        writer, reader = self._process.stdin, self._process.stdout
        assert writer is not None
        assert reader is not None
        text = pickle.dumps(message)
        try:
            async with asyncio.timeout(LONGEST):
                writer.write(LENGTH.pack(len(text)) + text)
                await writer.drain()
                (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
                heard = pickle.loads(await reader.readexactly(length))  # noqa: S301  of a process of ours
        except (OSError, EOFError, TimeoutError) as failure:
            raise EngineDied from failure
        self.usable = True
        return heard

    def kill(self) -> None:
        """End it at once."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """End it and wait until it has."""
        self.kill()
        await self._process.wait()


def busy() -> Refused:
    """Too much is asked at once."""
    return refused(503, "busy", "请求太多, 稍后再试", "too much is asked at once; try again later", retry_after="1")
