"""(Plan or overlay, history, trust, instant) -> the sign-off that is in force, or every reason why it may not be used.

A signature counts at an instant when it was made by then, with the trusted key of its approver, on a day on which the
approver might sign and the key was not revoked.  A version is approved by as many distinct approvers as the trust asks
for.  Of the versions, the last one whose effective day has come is in force.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from plan_rules.errors import Diagnostic, Message, Severity
from plan_rules.governance.keys import fits
from plan_rules.governance.sign_off import History, Signature, SignOff, SignOffRefused, instant_text, refuse
from plan_rules.governance.signable import Signable, signable
from plan_rules.governance.trust import Trust
from plan_rules.plan import Plan


class State(StrEnum):
    """How a version stands at an instant."""

    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"
    NOT_YET = "not_yet"
    PENDING = "pending"  # too few have signed


@dataclass(frozen=True, slots=True)
class Standing:
    """One version: how it stands, and of each signature why it does not count, None where it does."""

    entry: SignOff
    state: State
    refusals: tuple[Message | None, ...]

    @property
    def counted(self) -> int:
        """How many distinct approvers' signatures count."""
        counting = zip(self.entry.signatures, self.refusals, strict=True)
        return len({each.approver for each, refusal in counting if refusal is None})


def standings(history: History, trust: Trust, at: datetime) -> tuple[Standing, ...]:
    """How each version stands at the instant (local time), oldest first."""
    current = _current(history, trust, at)
    return tuple(
        Standing(entry, _state(number, current, entry, trust), tuple(_refusals(entry, trust, at)))
        for number, entry in enumerate(history)
    )


def verify(plan: Plan, history: History, trust: Trust, at: datetime) -> SignOff:
    """The sign-off by which this plan, or the last overlay over it, is in force at the instant (local time).

    Raises SignOffRefused.
    """
    return verify_signable(signable(plan), history, trust, at)


def verify_signable(what: Signable, history: History, trust: Trust, at: datetime) -> SignOff:
    """The sign-off by which this is in force at the instant (local time).  Raises SignOffRefused."""
    if not history:
        raise refuse(
            "SG005",
            (f"{what.called.zh}没有签署", f"{what.called.en} is not signed"),
            ("由批准人签署: plan-rules sign sign", "have it signed: `plan-rules sign sign`"),
            subject=what.id,
            span=what.span,
        )
    broken = tuple(replace(each, span=what.span) for each in defects(history, trust))
    if broken:
        raise SignOffRefused(broken)
    found = _standing_of(what, standings(history, trust, at))
    _check_approved(what, found, trust)
    _check_in_force(what, found, at)
    return found.entry


def defects(history: History, trust: Trust) -> Iterator[Diagnostic]:
    """Where the chain of the history is broken, and signatures that are not over what they stand beside."""
    before: SignOff | None = None
    for number, entry in enumerate(history, 1):
        yield from _chain_defects(before, entry, number, history)
        yield from _signature_defects(entry, number, trust)
        before = entry


# --------------------------------------------------------------------------- the chain


def _chain_defects(before: SignOff | None, entry: SignOff, number: int, history: History) -> Iterator[Diagnostic]:
    here = entry.statement
    digests = (before.statement.digest, before.statement.own_digest()) if before is not None else (None, None)
    if (here.previous, here.after) == digests:
        return
    known = {each.statement.own_digest() for each in history}
    moved = here.after is None or here.after in known
    zh = "次序被调换, 或前面多了一条" if moved else "前面的一条被删去或改动"
    en = "it was moved, or an entry was put before it" if moved else "the entry before it was removed or altered"
    yield _defect(
        "SG008", (f"签署历史第 {number} 条“{here.name()}”接不上: {zh}", f"entry {number} `{here.name()}`: {en}")
    )


def _signature_defects(entry: SignOff, number: int, trust: Trust) -> Iterator[Diagnostic]:
    name = entry.statement.name()
    for each in entry.signatures:
        approver = trust.approvers.get(each.approver)
        if approver is not None and each.key == approver.key_id and not _genuine(entry, each, trust):
            yield _defect(
                "SG009",
                (
                    f"签署历史第 {number} 条“{name}”: “{each.approver}”的签名不对, 所签内容被改动过",
                    f"entry {number} `{name}`: the signature of `{each.approver}` is not over what stands there",
                ),
            )


def _genuine(entry: SignOff, each: Signature, trust: Trust) -> bool:
    return fits(each.signature, entry.statement.text_for(each), trust.approvers[each.approver].key)


def _defect(code: str, message: tuple[str, str]) -> Diagnostic:
    help_ = Message("从存档恢复签署文件", "restore the sign-off file from the archive")
    return Diagnostic(code, Severity.ERROR, Message(*message), help=help_)


# --------------------------------------------------------------------------- signatures that count


def _refusals(entry: SignOff, trust: Trust, at: datetime) -> Iterator[Message | None]:
    seen: set[str] = set()
    for each in entry.signatures:
        yield _refusal(each, entry, trust, at, seen)
        seen.add(each.approver)


def _refusal(each: Signature, entry: SignOff, trust: Trust, at: datetime, seen: set[str]) -> Message | None:
    approver = trust.approvers.get(each.approver)
    if approver is None:
        return Message("不是批准人", "no approver")
    if each.key != approver.key_id:
        return Message("不是信任文件里的密钥", "another key than in the trust file")
    if not _genuine(entry, each, trust):
        return Message("签名不对", "the signature is wrong")
    if each.approver in seen:
        return Message("同一人签了两次", "signed twice by one person")
    if each.at > at:
        return Message(f"签于 {instant_text(each.at)}, 在此之后", f"signed at {instant_text(each.at)}, after that")
    return approver.refusal(each.at)


# --------------------------------------------------------------------------- which version is in force


def _current(history: History, trust: Trust, at: datetime) -> int | None:
    """The version that is in force if it is approved: signatures that stopped counting bring no older one back."""
    come = [
        number
        for number, entry in enumerate(history)
        if entry.statement.effective <= at.date() and len(entry.signers) >= trust.quorum
    ]
    return come[-1] if come else None


def _state(number: int, current: int | None, entry: SignOff, trust: Trust) -> State:
    if number == current:
        return State.IN_FORCE
    if current is not None and number < current:
        return State.SUPERSEDED
    return State.NOT_YET if len(entry.signers) >= trust.quorum else State.PENDING


def _standing_of(what: Signable, found: tuple[Standing, ...]) -> Standing:
    """The version with the bytes of this file, and of an overlay over the same plan and overlays."""
    same = [each for each in found if each.entry.statement.digest == what.digest]
    if not same or not what.is_named(same[-1].entry.statement):
        raise refuse(
            "SG006",
            (
                f"{what.called.zh}与签署的任何一版都不相同: 没有签署, 或签署后被改动",
                f"{what.called.en} is none of those signed: unsigned, or altered since",
            ),
            ("恢复签署的文件; 有意修改的, 重新签署", "restore the file that was signed, or have this one signed"),
            subject=what.id,
            span=what.span,
        )
    same = [each for each in same if each.entry.statement.over == what.over]
    if not same:
        raise refuse(
            "SG018",
            (
                f"{what.called.zh}签署时叠加在另一版预案或另一些叠加文件上",
                f"{what.called.en} was signed over another version of the plan, or over other overlays",
            ),
            (
                "用签署时的预案和叠加文件, 次序也照旧; 或在现在的上面重新签署",
                "use those that it was signed over, in that order; or have it signed over these",
            ),
            subject=what.id,
            span=what.span,
        )
    if same[-1].entry.statement.source != what.source:
        raise refuse(
            "SG007",
            ("预案的底本不是签署时的底本", "the source text beside the plan is another than when it was signed"),
            ("恢复底本文件; 有意修改的, 重新签署", "restore the source text, or have the plan signed again"),
            subject=what.id,
        )
    return same[-1]


def _check_approved(what: Signable, found: Standing, trust: Trust) -> None:
    if found.counted >= trust.quorum:
        return
    signed = [(each.approver, why) for each, why in zip(found.entry.signatures, found.refusals, strict=True) if why]
    zh = "".join(f"; “{who}”的不算: {why.zh}" for who, why in signed)
    en = "".join(f"; not that of `{who}`: {why.en}" for who, why in signed)
    raise refuse(
        "SG010",
        (
            f"{what.called.zh}要 {trust.quorum} 位批准人签署, 算数的有 {found.counted} 位{zh}",
            f"{what.called.en} has {found.counted} of the {trust.quorum} signatures needed{en}",
        ),
        ("请另一位批准人签署: plan-rules sign sign", "have another approver sign: `plan-rules sign sign`"),
        subject=found.entry.statement.name(),
        span=what.span,
    )


def _check_in_force(what: Signable, found: Standing, at: datetime) -> None:
    name, effective = found.entry.statement.name(), found.entry.statement.effective
    if found.state is State.NOT_YET:
        raise refuse(
            "SG011",
            (
                f"{what.called.zh}自 {effective} 起施行, {instant_text(at)} 尚未施行",
                f"{what.called.en} is not yet in force at {instant_text(at)}: it is from {effective}",
            ),
            ("在此之前用上一版", "use the version before until then"),
            subject=name,
            span=what.span,
        )
    if found.state is State.SUPERSEDED:
        raise refuse(
            "SG012",
            (f"{what.called.zh}已被后来签署的一版取代", f"{what.called.en} is superseded by a version signed later"),
            ("换用现行的一版; 各版见 plan-rules sign history", "use the one in force: see `plan-rules sign history`"),
            subject=name,
            span=what.span,
        )
