"""Entries of a log, each holding the digest of the one before it: what is altered, missing or moved is found.

An entry is canonical JSON (sorted keys, no spaces, UTF-8) and its digest the SHA-256 of that text.  Whoever can rewrite
all that follows an entry can hide a change from its own chain, and can cut the end off; an Anchor kept elsewhere tells.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plan_rules.digests import canonical, digest_of

GENESIS = "sha256:" + "0" * 64  # what the first entry of a stream holds


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry as it is stored: its place, its text, and the digest of the text."""

    stream: str
    version: int
    body: str
    digest: str

    @property
    def content(self) -> dict[str, Any]:
        """The entry as a JSON object."""
        found: dict[str, Any] = json.loads(self.body)
        return found


class Fault(StrEnum):
    """What is wrong with an entry."""

    ALTERED = "altered"  # its text is not what its digest says
    MISSING = "missing"  # an entry before it is gone
    REORDERED = "reordered"  # it stands where another was
    CUT = "cut"  # the stream ends before an entry that an anchor knows
    UNKNOWN = "unreadable"  # its text is no entry


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry of a stream that does not fit."""

    stream: str
    version: int
    fault: Fault


def next_entry(stream: str, version: int, previous: str, recorded_at: str, content: Mapping[str, Any]) -> Entry:
    """The entry that follows the one of this digest."""
    head = {"stream": stream, "version": version, "previous": previous, "recorded_at": recorded_at}
    body = canonical({**content, **head})
    return Entry(stream, version, body, digest_of(body))


def verify(stream: str, entries: Iterable[Entry], *, known: Mapping[int, str] | None = None) -> Break | None:
    """The first entry that does not fit, of a stream's entries in order; None where all do.

    `known` are digests by version that were anchored elsewhere.
    """
    known = known or {}
    previous, version = GENESIS, 0
    for entry in entries:
        version += 1
        fault = _fault(stream, version, previous, entry) or (
            Fault.ALTERED if known.get(version, entry.digest) != entry.digest else None
        )
        if fault is not None:
            return Break(stream, version if fault is Fault.MISSING else entry.version, fault)
        previous = entry.digest
    last = max(known, default=0)
    return Break(stream, version + 1, Fault.CUT) if last > version else None


def _fault(stream: str, version: int, previous: str, entry: Entry) -> Fault | None:
    if digest_of(entry.body) != entry.digest:
        return Fault.ALTERED
    try:
        content = entry.content
        place = (content["stream"], content["version"], content["previous"])
    except (ValueError, KeyError, TypeError):
        return Fault.UNKNOWN
    if place == (stream, version, previous) and entry.version == version:
        return None
    if entry.version > version and content["version"] == entry.version:
        return Fault.MISSING
    return Fault.REORDERED


def root_of(heads: Iterable[tuple[str, int, str]]) -> str:
    """One digest of the heads of all streams, each (stream, version, digest), in the order of the streams."""
    return digest_of("".join(canonical(list(head)) + "\n" for head in heads))
