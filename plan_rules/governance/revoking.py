"""(Text of a trust file, approver, revocation) -> the text with the revocation in it, all else as it was."""

from __future__ import annotations

from dataclasses import replace

from plan_rules.errors import Message, ToldError
from plan_rules.governance.trust import Revocation, Trust, TrustInvalid, read_trust
from plan_rules.language.document import parse
from plan_rules.language.keywords import canonical
from plan_rules.language.tree import Fields, Report, Text


class RevocationRefused(ToldError):
    """The trust file cannot be changed by itself, or there is nothing to revoke."""


def with_revocation(text: str, approver: str, revocation: Revocation, source: str) -> str:
    """The text of the trust file with a line more.  Raises RevocationRefused, TrustInvalid."""
    trust = read_trust(text, source)
    known = trust.approvers.get(approver)
    if known is None:
        names = ", ".join(trust.approvers)
        raise RevocationRefused(
            Message(f"信任文件里没有“{approver}”; 有: {names}", f"no approver `{approver}`; known: {names}")
        )
    if known.revoked is not None:
        raise RevocationRefused(
            Message(
                f"“{approver}”已经撤销; 要改撤销的日子或理由, 改信任文件里的“撤销”",
                f"`{approver}` is revoked already; to change it, edit `revoked` in the trust file",
            )
        )
    line = _line(revocation)
    changed = _inserted(text, approver, line, source)
    wanted = Trust({**trust.approvers, approver: replace(known, revoked=revocation)}, trust.quorum)
    if changed is None or not _is(changed, wanted, source):
        raise RevocationRefused(
            Message(f"请手工在“{approver}”下面加一行: {line}", f"add a line below `{approver}` by hand: {line}")
        )
    return changed


def _line(revocation: Revocation) -> str:
    reason = revocation.reason.replace("\\", "\\\\").replace('"', '\\"')
    more = ", 泄露: 是" if revocation.compromised else ""
    return f'撤销: {{自: {revocation.since}, 理由: "{reason}"{more}}}'


def _inserted(text: str, approver: str, line: str, source: str) -> str | None:
    """The line below the approver's id, indented as what stands there."""
    tree = parse(text, source, Report())
    assert isinstance(tree, Fields)  # it was read as a trust file
    people = next((value for key, value in tree.items() if canonical(key) == "approvers"), None)
    key = people.key(approver) if isinstance(people, Fields) else None
    about = people[key] if isinstance(people, Fields) and key is not None else None
    if key is None or not isinstance(about, Fields):
        return None
    first: Text = next(iter(about))
    lines = text.split("\n")
    lines.insert(key.span.line, " " * (first.span.column - 1) + line)
    return "\n".join(lines)


def _is(text: str, wanted: Trust, source: str) -> bool:
    try:
        return _plain(read_trust(text, source)) == _plain(wanted)
    except TrustInvalid:
        return False


def _plain(trust: Trust) -> object:
    """All that a trust says, to be compared."""
    people = [
        (each.id, each.name, each.title, each.key_id, each.since, each.until, each.revoked)
        for each in trust.approvers.values()
    ]
    return trust.quorum, people
