"""`plan-rules sign keygen`, `review`, `sign`, `verify`, `history` and `revoke`."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plan_rules.cli import output
from plan_rules.cli.comparing_command import named_file, named_plan
from plan_rules.cli.findings import day_of
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.signed_plans import moment_of, trust_of
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, DEFECTS, OK, Stop, as_json
from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.diagnostic_text import render
from plan_rules.difference_object import difference_object
from plan_rules.difference_page import page
from plan_rules.display_width import visible
from plan_rules.errors import Message, ToldError
from plan_rules.governance import (
    Review,
    Revocation,
    SignOff,
    SignOffRefused,
    Standing,
    State,
    Statement,
    Trust,
    TrustInvalid,
    beside,
    history_of,
    new_key_file,
    public_text,
    read_key_file,
    sign_off_file,
    signed_and_loaded,
    standings,
    with_revocation,
    written,
)
from plan_rules.governance import review as reviewed
from plan_rules.governance import sign as signed
from plan_rules.governance.standing import defects
from plan_rules.instants import written as time_text
from plan_rules.pages import as_html, as_markdown, as_text
from plan_rules.plan import Plan

_STATES = {
    State.IN_FORCE: ("现行", "in force"),
    State.SUPERSEDED: ("已被取代", "superseded"),
    State.NOT_YET: ("尚未施行", "not yet in force"),
    State.PENDING: ("没有签完", "not fully signed"),
}


def keygen(file: str, approver: str, passphrase_file: str | None, *, for_programs: bool, lang: str) -> int:
    """Make a key, and print what goes into the trust file."""
    passphrase = _passphrase(passphrase_file, lang, new=True)
    with _files(file):
        key = public_text(new_key_file(Path(file), passphrase))
    if for_programs:
        output.say([as_json({"file": file, "public_key": key})])
        return OK
    zh = lang == "zh"
    said = (
        f"写好了 {file}, 只有你能读; 公钥写进信任文件:" if zh else f"wrote {file}, for you alone; for the trust file:"
    )
    words = ("姓名", "职务", "公钥") if zh else ("person", "post", "public_key")
    output.say([said, "", f"  {approver}:", f"    {words[0]}: …", f"    {words[1]}: …", f"    {words[2]}: {key}"])
    return OK


def _typed(prompt: str) -> bytes:
    return getpass.getpass(prompt).encode()


def _new_passphrase(lang: str) -> bytes:
    """A passphrase for a new key, typed twice: a slip that nobody sees would lock the key for ever."""
    words = _typed("口令: " if lang == "zh" else "passphrase: ")
    if words != _typed("再输一次: " if lang == "zh" else "once more: "):
        raise Stop(
            BAD_INPUT, "key_refused", Message("两次输入的口令不同, 没有建密钥", "the two differ; no key was made")
        )
    if not words:
        raise Stop(BAD_INPUT, "key_refused", Message("口令是空的, 没有建密钥", "it is empty; no key was made"))
    return words


def _passphrase(file: str | None, lang: str, *, new: bool = False) -> bytes | None:
    if file is None:
        return None
    if file == "-":
        return _new_passphrase(lang) if new else _typed("口令: " if lang == "zh" else "passphrase: ")
    with _files(file):
        words = Path(file).read_bytes().split(b"\n")[0].rstrip(b"\r")
    if not words:
        raise Stop(BAD_INPUT, "key_refused", Message(f"{file} 的第一行是空的", f"the first line of {file} is empty"))
    return words


# --------------------------------------------------------------------------- review and sign


@dataclass(frozen=True, slots=True)
class ToReview:
    """What is to be signed: a plan, or the last of the overlays over it; what it follows, and from which day."""

    plan: str
    overlays: Sequence[str]
    last: str | None
    effective: str | None
    trust: str | None


def review(asked: ToReview, *, form: str, lang: str) -> int:
    """Show what would be signed."""
    with _refusals(BAD_INPUT):
        trust = _trust(asked.trust)
        found = _reviewed(asked, trust)
    difference = found.difference
    match form:
        case "json":
            told = difference_object(difference, lang) if difference else None
            output.say([as_json({"statement": found.statement.model_dump(mode="json"), "difference": told})])
        case "html" if difference is not None:
            output.say([as_html(page(difference, lang), passes=difference.may_pass, lang=lang)])
        case "markdown" if difference is not None:
            output.say([as_markdown(page(difference, lang))])
        case _:
            shown = as_text(page(difference, lang)) if difference else None
            first = _nothing_before(asked.last, _sign_off_file(asked.plan, asked.overlays, trust), lang)
            output.say([shown or first, "", *_statement_lines(found.statement, lang)])
    return OK


def _nothing_before(last: str | None, signed_off: Path, lang: str) -> str:
    first = "第一次签署, 没有上一版" if lang == "zh" else "the first version signed: nothing to compare with"
    if last is None:
        return first
    unused = (
        f"; --last {last} 没有用到: {signed_off} 里没有签过的版本"
        if lang == "zh"
        else f"; --last {last} is not used: {signed_off} holds no signed version"
    )
    return first + unused


def _reviewed(asked: ToReview, trust: Trust) -> Review:
    history = history_of(_sign_off_file(asked.plan, asked.overlays, trust))
    day = day_of(asked.effective) if asked.effective else None
    seen_on = asked.effective or (history[-1].statement.effective.isoformat() if history else None)
    plan, last = plan_of(asked.plan, asked.overlays, seen_on), _last(asked, seen_on)
    return reviewed(plan, history, trust, effective=day, last=last)


def _last(asked: ToReview, day: str | None) -> Plan | None:
    """The plan signed last, or the plan with the overlay signed last in the place of this one."""
    if asked.last is None or not asked.overlays:
        return named_plan(asked.last) if asked.last else None
    with named_file(asked.last) as file:
        return plan_of(asked.plan, [*asked.overlays[:-1], file], day)


def _sign_off_file(plan: str, overlays: Sequence[str], trust: Trust) -> Path:
    """Of the last overlay, or of the plan where there is none."""
    return sign_off_file(overlays[-1], trust) if overlays else beside(plan)


def _statement_lines(statement: Statement, lang: str) -> Iterator[str]:
    rows = (
        ("叠加文件", "overlay", statement.name()) if statement.overlay else ("预案", "plan", statement.name()),
        ("施行日期", "effective", statement.effective.isoformat()),
        ("文件摘要" if statement.overlay else "预案摘要", "digest", statement.digest),
        *(("叠加于", "over", digest) for digest in statement.over),
        ("底本摘要", "source text", statement.source),
        ("上一版摘要", "version before", statement.previous),
        ("差别摘要", "difference", statement.diff),
    )
    for zh, en, value in rows:
        if value is not None:
            yield visible(f"{zh if lang == 'zh' else en}: {value}")


@dataclass(frozen=True, slots=True)
class ToSign:
    """What is to be signed, by whom."""

    what: ToReview
    approver: str
    key: str
    passphrase_file: str | None
    at: str | None


def sign(asked: ToSign, *, lang: str) -> int:
    """Sign, and write the sign-off file."""
    trust, at = _trust(asked.what.trust), moment_of(asked.at)
    passphrase = _passphrase(asked.passphrase_file, lang)
    with _refusals(BAD_INPUT):
        with _files(asked.key):
            key = read_key_file(Path(asked.key), passphrase)
        found = _reviewed(asked.what, trust)
        statement, file = found.statement, _sign_off_file(asked.what.plan, asked.what.overlays, trust)
        history = signed(statement, history_of(file), trust, approver=asked.approver, key=key, at=at)
    _replace(file, written(history))
    zh = lang == "zh"
    count, needed = len(history[-1].signers), trust.quorum
    enough = count >= needed
    output.say(_statement_lines(statement, lang))
    if found.difference is not None and not found.difference.may_pass:
        warned = "注意: 这次修订破了红线, 或取消了保护性的要求, diff 不放行; 详见 sign review"
        output.say([warned if zh else "note: `diff` does not let this amendment pass; see `sign review`"])
    if zh:
        output.say([f"“{asked.approver}”签署了; " + ("签完了" if enough else f"还差 {needed - count} 位")])
    else:
        output.say([f"signed by {asked.approver}; " + ("complete" if enough else f"{needed - count} more to sign")])
    return OK


def _replace(file: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    with _files(str(file)):
        new = file.with_name(file.name + ".new")
        new.write_bytes(content)
        new.replace(file)


# --------------------------------------------------------------------------- how it stands


@dataclass(frozen=True, slots=True)
class ToVerify:
    """What is looked at, and as of when."""

    plan: str
    overlays: Sequence[str]
    trust: str | None
    at: str | None


def verify(asked: ToVerify, *, for_programs: bool, lang: str) -> int:
    """Say whether the plan, and every overlay, is in force; 1 where it is not."""
    trusted, moment = _trust(asked.trust), moment_of(asked.at)
    plan_of(asked.plan, asked.overlays, asked.at)  # says what is wrong with a file that cannot be read
    try:
        entries = signed_and_loaded(asked.plan, trust=trusted, at=moment, overlays=asked.overlays)[1]
    except SignOffRefused as refusal:
        told = [diagnostic_object(each, lang) for each in refusal.diagnostics]
        shown = (
            as_json({"in_force": False, "diagnostics": told}) if for_programs else render(refusal.diagnostics, {}, lang)
        )
        output.say([shown])
        return DEFECTS
    if for_programs:
        sign_off, *overlays = (entry.model_dump(mode="json") for entry in entries)
        more = {"overlays": overlays} if overlays else {}
        output.say([as_json({"in_force": True, "sign_off": sign_off, **more})])
        return OK
    output.say(visible(_in_force(entry, lang)) for entry in entries)
    return OK


def _in_force(entry: SignOff, lang: str) -> str:
    signers = "、".join(f"{each.name}({each.title})" for each in entry.signatures)
    name, day = entry.statement.name(), entry.statement.effective
    if lang == "zh":
        return f"有效: {name}, 自 {day} 起施行, 签署人 {signers}"
    return f"in force: {name}, from {day}, signed by {signers}"


def history(asked: ToVerify, *, for_programs: bool, lang: str) -> int:
    """List the versions of the plan, or of the last overlay; 1 where the history was tampered with."""
    trusted, moment = _trust(asked.trust), moment_of(asked.at)
    with _refusals(BAD_PLAN):
        entries = history_of(_sign_off_file(asked.plan, asked.overlays, trusted))
    broken = tuple(defects(entries, trusted))
    found = standings(entries, trusted, moment)
    if for_programs:
        told = {
            "versions": [_object(each) for each in found],
            "diagnostics": [diagnostic_object(each, lang) for each in broken],
        }
        output.say([as_json(told)])
    else:
        output.say(visible(line) for each in found for line in _lines(each, lang))
        if not found:
            output.say(["没有签署过" if lang == "zh" else "nothing was signed"])
        if broken:
            output.say([render(broken, {}, lang)])
    return DEFECTS if broken else OK


def _object(found: Standing) -> dict[str, Any]:
    counts = [refusal is None for refusal in found.refusals]
    return {**found.entry.model_dump(mode="json"), "state": found.state.value, "counts": counts}


def _lines(found: Standing, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    statement = found.entry.statement
    state = _STATES[found.state][0 if zh else 1]
    day = f"自 {statement.effective} 起施行" if zh else f"from {statement.effective}"
    yield f"{statement.name()} | {day} | {state} | {statement.digest[:19]}"
    for each, refusal in zip(found.entry.signatures, found.refusals, strict=True):
        why = "" if refusal is None else f" | {'不算' if zh else 'does not count'}: {refusal.within(lang)}"
        yield f"  {each.approver} | {each.name} | {each.title} | {time_text(each.at)}{why}"


def revoke(trust: str, approver: str, since: str, reason: str, *, compromised: bool, lang: str) -> int:
    """Write the revocation into the trust file."""
    revocation = Revocation(day_of(since), reason, compromised)
    trust_of(trust)  # says what is wrong with it
    with _files(trust):
        text = Path(trust).read_text(encoding="utf-8")
    with _refusals(BAD_INPUT):
        changed = with_revocation(text, approver, revocation, trust)
    _replace(Path(trust), changed.encode())
    zh, en = f"“{approver}”自 {since} 起撤销", f"{approver} is revoked since {since}"
    again = "; 只靠这把密钥的版本要重新签署", "; versions that rest on this key have to be signed again"
    output.say([(zh + again[0] if compromised else zh) if lang == "zh" else (en + again[1] if compromised else en)])
    return OK


# --------------------------------------------------------------------------- what may go wrong


def _trust(path: str | None) -> Trust:
    file = path or os.environ.get("PLAN_RULES_TRUST")
    if not file:
        message = Message("没有写信任文件; 加 --trust FILE", "no trust file is named; give --trust FILE")
        raise Stop(BAD_INPUT, "usage", message)
    return trust_of(file)


@contextmanager
def _refusals(exit_code: int) -> Iterator[None]:
    try:
        yield
    except (SignOffRefused, TrustInvalid) as refusal:
        raise Stop(exit_code, "sign_off_refused", refusal.noun, refusal.diagnostics) from refusal
    except ToldError as refusal:
        raise Stop(exit_code, "key_refused", refusal.message) from refusal


@contextmanager
def _files(name: str) -> Iterator[None]:
    try:
        yield
    except FileExistsError as failure:
        message = Message(f"{name} 已经有了, 不覆盖", f"{name} is there already; it is not overwritten")
        raise Stop(BAD_INPUT, "file_refused", message) from failure
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        message = Message(f"读写不了 {name}: {why}", f"cannot read or write {name}: {why}")
        raise Stop(BAD_INPUT, "file_refused", message) from failure
