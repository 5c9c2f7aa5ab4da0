"""Trust file -> Trust: who may approve a plan, with which key, from when until when, and whose key is revoked.

    人数: 2
    批准人:
      wang:
        姓名: 王某
        职务: 合规部负责人
        公钥: 11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
        自: 2026-01-01
        撤销: {自: 2026-05-01, 理由: 调离}

`自带签署` names the folder, from that of the trust file, with the sign-offs of overlays that come with the library.
A revocation is of signatures made on its day or later; with `泄露: 是`, of all: who has the key can write any instant.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from plan_rules.errors import DiagnosedError, Message, Span
from plan_rules.extra import from_extra
from plan_rules.governance.keys import fingerprint, public_key
from plan_rules.instants import read_day
from plan_rules.language.document import parse
from plan_rules.language.fitting import shaped
from plan_rules.language.keywords import value_word
from plan_rules.language.shape import Shape, Word
from plan_rules.language.tree import Report, Text

with from_extra("signing"):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

MAX_BYTES = 256 * 1024
LEAST, MOST = 2, 9  # approvers of a plan


class TrustInvalid(DiagnosedError):
    """The trust file has defects; nobody is trusted by it."""

    noun = Message("信任文件无效", "the trust file is invalid")


@dataclass(frozen=True, slots=True)
class Revocation:
    """From which day signatures no longer count, and why; of a compromised key none ever did."""

    since: date
    reason: str
    compromised: bool = False


@dataclass(frozen=True, slots=True)
class Approver:
    """One person who may approve, and the key that is theirs; `since` and `until` are days, both included."""

    id: str
    name: str
    title: str
    key: Ed25519PublicKey
    since: date | None = None
    until: date | None = None
    revoked: Revocation | None = None

    @property
    def key_id(self) -> str:
        """The fingerprint of the key."""
        return fingerprint(self.key)

    def refusal(self, at: datetime) -> Message | None:
        """Why a signature made at this instant does not count; None where it does."""
        gone, day = self.revoked, at.date()
        if gone is not None and gone.compromised:
            return Message(f"密钥已泄露, 一概不算: {gone.reason}", f"the key is compromised: {gone.reason}")
        if gone is not None and day >= gone.since:
            return Message(f"密钥自 {gone.since} 起撤销: {gone.reason}", f"revoked since {gone.since}: {gone.reason}")
        if self.since is not None and day < self.since:
            return Message(f"自 {self.since} 起才能签", f"may sign from {self.since} only")
        if self.until is not None and day > self.until:
            return Message(f"只能签到 {self.until}", f"may sign until {self.until} only")
        return None


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may approve, and how many of them it takes."""

    approvers: Mapping[str, Approver]
    quorum: int = LEAST
    shipped: Path | None = None  # where sign-offs of overlays that come with the library are


class RevocationShape(Shape):
    """撤销."""

    since: Word
    reason: Word
    compromised: Word | None = None


class ApproverShape(Shape):
    """批准人."""

    person: Word
    post: Word
    public_key: Word
    since: Word | None = None
    until: Word | None = None
    revoked: RevocationShape | None = None


class TrustShape(Shape):
    """A whole trust file."""

    quorum: Word | None = None
    shipped_sign_offs: Word | None = None
    approvers: dict[Word, ApproverShape]


def load_trust(path: str | Path) -> Trust:
    """The trust of a file.  Raises TrustInvalid, OSError."""
    with Path(path).open("rb") as file:
        return read_trust(file.read(MAX_BYTES + 1), str(path))


def read_trust(text: str | bytes, source: str = "trust.yaml") -> Trust:
    """The trust of a text; `source` names it in messages.  Raises TrustInvalid with every defect."""
    report = Report()
    if len(text) > MAX_BYTES:
        zh, en = f"信任文件超过 {MAX_BYTES} 字节", f"a trust file of more than {MAX_BYTES} bytes"
        report.add("SG001", (zh, en), Span(source, 1, 1), ("删去不需要的内容", "remove what is not needed"))
        raise TrustInvalid(report.sorted())
    tree = parse(text, source, report)
    shape = shaped(TrustShape, tree, report) if tree is not None else None
    trust = _trust(shape, Span(source, 1, 1), report) if shape is not None and not report.failed else None
    if trust is None or report.failed:
        raise TrustInvalid(report.sorted())
    return trust


def _trust(shape: TrustShape, top: Span, report: Report) -> Trust | None:
    found = {str(id_): _approver(id_, each, report) for id_, each in shape.approvers.items()}
    quorum = _quorum(shape.quorum, report)
    approvers = {id_: each for id_, each in found.items() if each is not None}
    by_key: dict[str, str] = {}
    for id_, each in approvers.items():
        other = by_key.setdefault(each.key_id, id_)
        if other != id_:
            report.add(
                "SG002",
                (f"“{id_}”与“{other}”是同一把公钥", f"`{id_}` and `{other}` have the same key"),
                shape.approvers[_key_of(shape, id_)].public_key.span,
                (
                    "每位批准人用自己的密钥: plan-rules sign keygen",
                    "each has an own key: `plan-rules sign keygen`",
                ),
            )
    if len(found) < quorum:
        report.add(
            "SG001",
            (f"批准人只有 {len(found)} 位, 要 {quorum} 位", f"{len(found)} approvers where {quorum} are needed"),
            top,
            ("补上批准人", "name more approvers"),
        )
    folder = Path(top.source).parent / str(shape.shipped_sign_offs) if shape.shipped_sign_offs else None
    return None if report.failed else Trust(approvers, quorum, folder)


def _key_of(shape: TrustShape, id_: str) -> Text:
    return next(key for key in shape.approvers if key == id_)


def _approver(id_: Text, shape: ApproverShape, report: Report) -> Approver | None:
    try:
        key = public_key(str(shape.public_key))
    except ValueError:
        report.add(
            "SG002",
            (f"“{id_}”的公钥读不出来", f"the key of `{id_}` cannot be read"),
            shape.public_key.span,
            ("写 keygen 打印的公钥(Base64), 或 PEM", "write the key that keygen printed (Base64), or PEM"),
        )
        return None
    since, until = _day(shape.since, report), _day(shape.until, report)
    return Approver(str(id_), str(shape.person), str(shape.post), key, since, until, _revocation(shape.revoked, report))


def _revocation(shape: RevocationShape | None, report: Report) -> Revocation | None:
    since = _day(shape.since, report) if shape is not None else None
    if shape is None or since is None:
        return None
    word = value_word(shape.compromised) if shape.compromised is not None else "否"
    if word not in ("是", "否"):
        assert shape.compromised is not None
        report.add(
            "SG003",
            (f"“泄露”不能是“{word}”", f"`compromised` is not `{word}`"),
            shape.compromised.span,
            ("写 是 或 否", "write `yes` or `no`"),
        )
    return Revocation(since, str(shape.reason), word == "是")


def _day(word: Text | None, report: Report) -> date | None:
    found = read_day(word) if word is not None else None
    if word is not None and found is None:
        report.add(
            "SG003",
            (f"“{word}”不是日期", f"`{word}` is no day"),
            word.span,
            ("写成 2027-01-01", "write it as 2027-01-01"),
        )
    return found


def _quorum(word: Text | None, report: Report) -> int:
    if word is None:
        return LEAST
    if word.isascii() and word.isdigit() and len(word) == 1 and LEAST <= int(word) <= MOST:
        return int(word)
    report.add(
        "SG003",
        (f"“人数”不能是“{word}”", f"`quorum` is not `{word}`"),
        word.span,
        (f"写 {LEAST} 至 {MOST}", f"write {LEAST} to {MOST}"),
    )
    return LEAST
