"""The sign-off file beside a plan <-> its entries, oldest first: what was signed of each version, and by whom.

One line of canonical JSON an entry.  An entry names the digest of the plan before it and of the entry before it, so
that none can be removed, moved or edited unseen; signatures are beside the statement, so that one more can be added.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NaiveDatetime,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
)

from plan_rules.digests import canonical, digest_of
from plan_rules.errors import DiagnosedError, Diagnostic, Message, Severity, Span

SUFFIX = ".signed"
MAX_BYTES = 1024 * 1024
MAX_SIGNATURES = 20
MAX_OVER = 100

Digest: TypeAlias = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
Words: TypeAlias = Annotated[str, Field(min_length=1, max_length=200)]


class SignOffRefused(DiagnosedError):
    """A plan is not signed as it must be, or cannot be signed."""

    noun = Message("签署不能采信", "the sign-off cannot be relied on")


def refuse(
    code: str, message: tuple[str, str], help_: tuple[str, str], *, subject: str | None = None, span: Span | None = None
) -> SignOffRefused:
    """The refusal with one Diagnostic."""
    found = Diagnostic(code, Severity.ERROR, Message(*message), span, help=Message(*help_), subject=subject)
    return SignOffRefused((found,))


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Signer(_Frozen):
    """Who signed, as what, with which key, when: signed together with the statement."""

    approver: Words
    name: Words
    title: Words
    key: Digest
    at: NaiveDatetime


class Signature(Signer):
    """A signer and the signature in Base64."""

    signature: Annotated[str, Field(min_length=88, max_length=88)]


class Statement(_Frozen):
    """What is signed of one version of a plan, or of an overlay.

    `source` is the digest of its 底本; `previous` and `diff` are those of the plan that it follows and of what is
    different from it; `after` is that of the statement before.  All are None where there is nothing of the kind.
    Of an overlay, `plan` and `over` say what it lies over: the digests of the plan and of the overlays beneath it.
    """

    plan: Words
    version: Words
    effective: date
    digest: Digest
    source: Digest | None
    previous: Digest | None
    after: Digest | None
    diff: Digest | None
    overlay: Words | None = None
    over: Annotated[tuple[Digest, ...], Field(max_length=MAX_OVER)] = ()

    @model_serializer(mode="wrap")
    def _without_overlay(self, written: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Statements of plans stay as they were before overlays could be signed, and so do their signatures."""
        found: dict[str, Any] = written(self)
        return {key: value for key, value in found.items() if key not in ("overlay", "over") or value}

    def name(self) -> str:
        """How people call it."""
        return f"{self.overlay or self.plan} {self.version}"

    def own_digest(self) -> str:
        """The digest of this statement, without signatures."""
        return digest_of(canonical(self.model_dump(mode="json")))

    def text_for(self, signer: Signer) -> str:
        """What this signer signs."""
        who = {key: value for key, value in signer.model_dump(mode="json").items() if key != "signature"}
        return canonical({"signer": who, "statement": self.model_dump(mode="json")})


class SignOff(_Frozen):
    """One entry: a statement and the signatures over it, in the order in which they were made."""

    statement: Statement
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1, max_length=MAX_SIGNATURES)]

    @property
    def signers(self) -> frozenset[str]:
        """The approvers named."""
        return frozenset(each.approver for each in self.signatures)


History: TypeAlias = tuple[SignOff, ...]


def beside(plan: str | os.PathLike[str]) -> Path:
    """The sign-off file of a plan file, or of an overlay."""
    return Path(os.fspath(plan) + SUFFIX)


def load_history(plan: str | os.PathLike[str]) -> History:
    """What was signed of the plan of this file; empty where nothing was.  Raises SignOffRefused, OSError."""
    return history_of(beside(plan))


def history_of(file: Path) -> History:
    """The entries of a sign-off file; empty where there is none.  Raises SignOffRefused, OSError."""
    try:
        with file.open("rb") as stream:
            return read_history(stream.read(MAX_BYTES + 1), str(file))
    except (FileNotFoundError, NotADirectoryError):
        return ()


def read_history(text: bytes, source: str) -> History:
    """The entries of a sign-off file.  Raises SignOffRefused at the first line that is not exactly as written."""
    if len(text) > MAX_BYTES:
        raise _unreadable(source, 1)
    lines = text.split(b"\n")
    if lines.pop() != b"":
        raise _unreadable(source, len(lines) + 1)
    return tuple(_entry(line, source, number) for number, line in enumerate(lines, 1))


def written(history: History) -> bytes:
    """The bytes of the sign-off file."""
    return "".join(_line(entry) + "\n" for entry in history).encode()


def _line(entry: SignOff) -> str:
    return canonical(entry.model_dump(mode="json"))


def _entry(line: bytes, source: str, number: int) -> SignOff:
    try:
        entry = SignOff.model_validate_json(line)
        if _line(entry).encode() == line:
            return entry
    except (ValidationError, UnicodeEncodeError) as failure:
        raise _unreadable(source, number) from failure
    raise _unreadable(source, number)


def _unreadable(source: str, line: int) -> SignOffRefused:
    return refuse(
        "SG004",
        ("签署文件的这一行读不出来, 或被改动过", "this line of the sign-off file cannot be read, or was altered"),
        ("从存档恢复签署文件; 它只由 plan-rules sign 写", "restore the file; only `plan-rules sign` writes it"),
        span=Span(source, line, 1),
    )


def instant_text(at: datetime) -> str:
    """An instant as people read it."""
    return at.isoformat(" ", "minutes")
