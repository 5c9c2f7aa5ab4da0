"""A folder that keeps the result of every finished part, so that a run that was stopped goes on where it was.

A result is known by a digest of all that it follows from: plans, options, mapping, the part and the identity of its
file.  Nothing of a row is kept but what the report shows: counts, ids of examples, ids and reasons of rejected rows.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_rules.digests import canonical, digest_of
from plan_rules.errors import Message, ToldError


class StateUnusable(ToldError):
    """The folder cannot be written to or read."""


@dataclass(frozen=True, slots=True)
class Stored:
    """Results under a folder; without one, nothing is kept.  `follows_from` is what is the same for every part."""

    folder: Path | None
    follows_from: Any

    def get(self, key: Any) -> dict[str, Any] | None:
        """The result of a part; None where there is none, or not a whole one."""
        if self.folder is None:
            return None
        try:
            kept = json.loads(self._file(key).read_bytes())
            result, digest = kept["result"], kept["digest"]
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise self._unusable(failure) from failure
        except (ValueError, KeyError, TypeError):
            return None  # it was cut off, or is something else
        return result if digest == digest_of(canonical(result)) else None

    def put(self, key: Any, result: dict[str, Any]) -> None:
        """Keep a result: whole or not at all."""
        if self.folder is None:
            return
        file = self._file(key)
        beside = file.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            beside.write_text(canonical({"digest": digest_of(canonical(result)), "result": result}), encoding="utf-8")
            beside.replace(file)
        except OSError as failure:
            raise self._unusable(failure) from failure

    def _file(self, key: Any) -> Path:
        assert self.folder is not None
        name = digest_of(canonical([self.follows_from, key])).removeprefix("sha256:")
        return self.folder / f"{name[:40]}.json"

    def _unusable(self, failure: OSError) -> StateUnusable:
        why = failure.strerror or type(failure).__name__
        return StateUnusable(
            Message(
                f"--state 的文件夹 {self.folder} 不能用: {why}; 换一个能写的文件夹",
                f"the folder {self.folder} of --state cannot be used: {why}; name one that can be written to",
            )
        )
