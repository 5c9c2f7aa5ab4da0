"""(Plan, the plan before, history) -> what one approver signs; signed -> the history with that signature in it.

What was reviewed is what is signed: the digest of the difference is that of its canonical JSON, made anew by everybody
who signs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from plan_rules.analysis.difference import Difference, diff
from plan_rules.difference_object import difference_object
from plan_rules.digests import canonical, digest_of
from plan_rules.extra import from_extra
from plan_rules.governance.keys import fingerprint, signed
from plan_rules.governance.sign_off import History, Signature, Signer, SignOff, SignOffRefused, Statement, refuse
from plan_rules.governance.signable import Signable, signable
from plan_rules.governance.standing import defects
from plan_rules.governance.trust import Approver, Trust
from plan_rules.instants import local
from plan_rules.loading import beneath, on_day
from plan_rules.plan import Plan

with from_extra("signing"):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class Review:
    """What is to be signed, and the difference that it stands for; None of a first version."""

    statement: Statement
    difference: Difference | None


def review(plan: Plan, history: History, trust: Trust, *, effective: date | None, last: Plan | None) -> Review:
    """What an approver is asked to sign: a new version, or one that others have begun to sign.

    Of a plan with overlays over it, that is the last overlay.  `last` is the plan signed last before this one, or this
    plan with the overlay signed last in the place of this one, not needed where that one was signed over anything else;
    `effective` the day from which this one applies, not needed where somebody signed already.  Raises SignOffRefused
    where this cannot be signed after that history, PlanInvalid where the overlays do not fit the plan on that day.
    """
    broken = tuple(defects(history, trust))
    if broken:
        raise SignOffRefused(broken)
    what = signable(plan)
    begun = history[-1].statement if history and _is_of(history[-1].statement, what) else None
    before = history[:-1] if begun else history
    if begun is None:
        _check_new(what, history, trust)
    after = before[-1].statement if before else None
    day = _effective(begun, effective, after)
    difference = _difference(plan, what, after, last, day)
    statement = Statement(
        plan=what.plan,
        version=what.version,
        effective=day,
        digest=what.digest,
        source=what.source,
        previous=after.digest if after else None,
        after=after.own_digest() if after else None,
        diff=difference_digest(difference) if difference else None,
        overlay=what.overlay,
        over=what.over,
    )
    if begun is not None and statement != begun:
        raise refuse(
            "SG016",
            (
                "你看到的与别人签的不同: 与上一版的差别、底本或程序版本不一样",
                "what you see is not what was signed: another difference, source text or version of plan_rules",
            ),
            ("核对上一版和底本文件, 用同一版本的程序", "compare the files, and use the same version of plan_rules"),
            subject=statement.name(),
        )
    return Review(statement, difference)


def difference_digest(difference: Difference) -> str:
    """The digest of what is different, as canonical JSON."""
    return digest_of(canonical(difference_object(difference, "zh")))


def sign(
    statement: Statement, history: History, trust: Trust, *, approver: str, key: Ed25519PrivateKey, at: datetime
) -> History:
    """The history with this approver's signature, made at this instant.  Raises SignOffRefused."""
    at = local(at)
    person = _signing(approver, key, trust, at)
    entry = history[-1] if history and history[-1].statement == statement else None
    if entry is not None and approver in entry.signers:
        raise refuse(
            "SG014",
            (f"“{approver}”已经签过这一版", f"`{approver}` has signed this version already"),
            ("请另一位批准人签署", "have another approver sign"),
            subject=approver,
        )
    signer = Signer(approver=person.id, name=person.name, title=person.title, key=person.key_id, at=at)
    signature = Signature(**signer.model_dump(), signature=signed(statement.text_for(signer), key))
    if entry is None:
        return (*history, SignOff(statement=statement, signatures=(signature,)))
    return (*history[:-1], SignOff(statement=statement, signatures=(*entry.signatures, signature)))


def _signing(approver: str, key: Ed25519PrivateKey, trust: Trust, at: datetime) -> Approver:
    person = trust.approvers.get(approver)
    if person is None:
        why: tuple[str, str] | None = ("信任文件里没有这位批准人", "no such approver in the trust file")
    elif fingerprint(key.public_key()) != person.key_id:
        why = ("密钥不是信任文件里的那一把", "the key is another than in the trust file")
    else:
        refusal = person.refusal(at)
        why = (refusal.zh, refusal.en) if refusal else None
    if person is None or why is not None:
        zh, en = why or ("", "")
        raise refuse(
            "SG013",
            (f"“{approver}”不能签署: {zh}", f"`{approver}` cannot sign: {en}"),
            ("核对信任文件、批准人编号和密钥文件", "look at the trust file, the approver's id and the key file"),
            subject=approver,
        )
    return person


# --------------------------------------------------------------------------- what may follow


def _is_of(statement: Statement, what: Signable) -> bool:
    """Is the statement about these bytes, over the same?"""
    return (statement.digest, statement.over) == (what.digest, what.over)


def _check_new(what: Signable, history: History, trust: Trust) -> None:
    """A new version may follow: the one before is approved, no version is named twice."""
    if not history:
        return
    last = history[-1]
    if len(last.signers) < trust.quorum:
        raise _cannot_follow(
            what,
            (f"上一版“{last.statement.name()}”还没有签完", f"`{last.statement.name()}` is not fully signed yet"),
            ("先签完它; 作废的, 从签署文件删去它那一行", "sign it first, or take its line out of the sign-off file"),
        )
    if any((each.statement.plan, each.statement.overlay) != (what.plan, what.overlay) for each in history):
        other = last.statement.overlay or last.statement.plan
        raise _cannot_follow(
            what,
            (f"签署文件是“{other}”的", f"the sign-off file is of `{other}`"),
            ("预案和叠加文件的编号不能改", "the id of a plan or an overlay does not change"),
        )
    same = [each.statement for each in history if each.statement.version == what.version]
    if any(each.digest != what.digest or each.over == what.over for each in same):
        raise _cannot_follow(
            what,
            (f"版本“{what.version}”已经签署过", f"version `{what.version}` is signed already"),
            ("改文件里的“版本”", "change `version` in the file"),
        )


def _effective(begun: Statement | None, effective: date | None, before: Statement | None) -> date:
    day = effective or (begun.effective if begun else None)
    if day is None or (begun is not None and day != begun.effective) or (before and day < before.effective):
        least = begun.effective if begun else before.effective if before else None
        raise refuse(
            "SG017",
            ("施行日期没有写, 或与已签的不符", "no effective day, or one that does not fit what is signed"),
            (
                f"用 --effective 写{'明' if begun or not least else '不早于'} {least or '2027-01-01'}",
                f"give --effective {least or '2027-01-01'}{'' if begun or not least else ' or later'}",
            ),
        )
    return day


def _difference(plan: Plan, what: Signable, after: Statement | None, last: Plan | None, day: date) -> Difference | None:
    """What is different from what was signed last; of an overlay not yet signed over this, from the plan without it.

    Acceptances and dates are looked at on the effective day.
    """
    if what.overlay is not None and (after is None or after.over != what.over):
        return diff(beneath(plan, day), on_day(plan, day), today=day)
    if after is None:
        return None
    if last is None or not _is_of(after, signable(last)):
        raise refuse(
            "SG015",
            (
                f"要与上一版“{after.name()}”比较才能签署, 给的不是它",
                f"to be signed it is compared with `{after.name()}`, which was not given",
            ),
            ("用 --last 指明上一版的文件, 或 git 版本 REV:路径", "name its file with --last, or `REV:path` in git"),
            subject=after.digest,
        )
    return diff(on_day(last, day), on_day(plan, day), today=day)


def _cannot_follow(what: Signable, message: tuple[str, str], help_: tuple[str, str]) -> SignOffRefused:
    return refuse("SG017", message, help_, subject=f"{what.id} {what.version}", span=what.span)
