"""A file of hashed tokens <-> who may ask what; a new token is made and shown once.

    {"tokens": [{"name": "ticket-system", "roles": ["decide", "cases"], "sha256": "9f86d0…", "rate": 50}]}

A token is 32 random bytes, so its plain SHA-256 is as hard to turn back as any hash; the file holds no token.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from plan_rules.errors import Message, ToldError

MAX_BYTES = 1024 * 1024
PREFIX = "pr_"
_NAME = r"^[A-Za-z0-9][A-Za-z0-9_.:@-]{0,63}$"


class Role(StrEnum):
    """What a caller may do."""

    DECIDE = "decide"  # decide, explain, ask, look at plans
    CASES = "cases"  # begin cases, record in them, look at them
    METRICS = "metrics"  # read the measures
    ADMIN = "admin"  # all of it, and have plans read again


class TokensRefused(ToldError):
    """The file of tokens cannot be used."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a name for logs, what they may do, and how many requests a second (None: as the service has it)."""

    name: str
    roles: frozenset[Role]
    rate: float | None = None

    def may(self, role: Role) -> bool:
        """May the caller do this?"""
        return role in self.roles or Role.ADMIN in self.roles


ANONYMOUS = Caller("anonymous", frozenset({Role.ADMIN}))


@dataclass(frozen=True)
class Tokens:
    """Callers by the SHA-256 of their token."""

    callers: Mapping[str, Caller] = field(default_factory=dict)

    def caller(self, token: str) -> Caller | None:
        """Whose token it is; None where it is nobody's.  What is compared is a hash, so that time tells nothing."""
        return self.callers.get(_hash(token))


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=_NAME)]
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    rate: Annotated[float, Field(gt=0, le=1_000_000)] | None = None


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    tokens: Annotated[tuple[_Entry, ...], Field(max_length=10_000)]


def load_tokens(path: Path) -> Tokens:
    """The tokens of a file.  Raises TokensRefused."""
    return _tokens(_read(path), path)


def new_token(path: Path, name: str, roles: Iterable[Role], rate: float | None = None) -> str:
    """Make a token of this name, write its hash to the file, and give it back: it is shown never again.

    The file is replaced whole, readable by its owner alone.  Raises TokensRefused, also where the name is taken.
    """
    entries = _read(path).tokens if path.exists() else ()
    if any(entry.name == name for entry in entries):
        raise _refused(
            path, f"名称“{name}”已经有了; 先删去那一行", f"`{name}` is there already; delete its entry first"
        )
    token = PREFIX + secrets.token_urlsafe(32)
    try:
        entry = _Entry(name=name, roles=tuple(dict.fromkeys(roles)), sha256=_hash(token), rate=rate)
    except ValidationError as failure:
        raise _refused(
            path,
            "名称用字母、数字和 _.:@-, 不超过 64 个字符; 至少一个角色",
            "a name is letters, digits and _.:@-, at most 64; and give at least one role",
        ) from failure
    text = _File(tokens=(*entries, entry)).model_dump(mode="json", exclude_none=True)
    beside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps(text, ensure_ascii=False, indent=1) + "\n")
        beside.replace(path)
    except OSError as failure:
        beside.unlink(missing_ok=True)
        why = failure.strerror or str(failure)
        raise _refused(path, f"写不了: {why}", f"it cannot be written: {why}") from failure
    return token


def _read(path: Path) -> _File:
    try:
        with path.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        raise _refused(path, f"读不了: {why}", f"it cannot be read: {why}") from failure
    if len(text) > MAX_BYTES:
        raise _refused(path, f"超过 {MAX_BYTES} 字节", f"it is larger than {MAX_BYTES} bytes")
    try:
        return _File.model_validate_json(text)
    except ValidationError as failure:
        first = failure.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "?"
        raise _refused(path, f"“{where}”写法不对", f"`{where}` is not as it is meant") from failure


def _tokens(file: _File, path: Path) -> Tokens:
    callers = {each.sha256: Caller(each.name, frozenset(each.roles), each.rate) for each in file.tokens}
    names = {each.name for each in file.tokens}
    if not len(callers) == len(names) == len(file.tokens):
        raise _refused(path, "同一个名称或口令写了两次", "a name or a token is written twice")
    return Tokens(callers)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _refused(path: Path, zh: str, en: str) -> TokensRefused:
    return TokensRefused(Message(f"口令文件 {path}: {zh}", f"the file of tokens {path}: {en}"))
