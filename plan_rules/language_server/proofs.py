"""A text at rest -> what proving it finds, from a process that is ended as soon as the text changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

QUIET = 0.4  # seconds without a key until proving begins


@dataclass(slots=True)
class Proofs:
    """Proves one text at a time; the latest asked for."""

    _task: asyncio.Task[None] | None = None

    def begin(self, text: str, folder: Path | None, tell: Callable[[dict[str, Any]], None]) -> None:
        """Prove this text once it has been quiet, and tell what was found; whatever is under way is given up."""
        self.stop()
        self._task = asyncio.create_task(_proved(text, folder, tell))

    def stop(self) -> None:
        """Give up what is under way."""
        if self._task is not None:
            self._task.cancel()
            self._task = None


async def _proved(text: str, folder: Path | None, tell: Callable[[dict[str, Any]], None]) -> None:
    await asyncio.sleep(QUIET)
    today = datetime.now(UTC).astimezone().date().isoformat()
    request = json.dumps({"text": text, "folder": str(folder) if folder else None, "today": today}).encode()
    worker = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "plan_rules.language_server.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        found, _ = await worker.communicate(request)
    except asyncio.CancelledError:
        with contextlib.suppress(ProcessLookupError):
            worker.kill()
        await worker.wait()
        raise
    if worker.returncode == 0:
        tell(json.loads(found))
