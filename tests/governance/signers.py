"""Two approvers and a stranger with keys of their own, a trust in them, and a plan that they sign."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import plan_rules as pr
from plan_rules.governance import History, Trust, public_text, read_trust, review, sign

SMALL = (Path(__file__).parents[1] / "data" / "small_plan.yaml").read_text(encoding="utf-8")
SECOND = SMALL.replace('版本: "1"', '版本: "2"').replace("火势: 至少 小", "火势: 至少 大")
DAY, LATER = date(2027, 1, 1), date(2027, 3, 1)
SIGNED = datetime(2026, 12, 20, 9, 30)
NOW = datetime(2027, 2, 1, 8, 0)
KEYS = {
    name: Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
    for number, name in enumerate(("wang", "li", "zhao"))
}


def trust_text(more: str = "", *, quorum: int = 2, without: str = "") -> str:
    """A trust file; `more` is a line under wang."""
    people = "".join(
        f"  {name}:\n    姓名: {name}某\n    职务: 部门负责人\n    公钥: {public_text(key.public_key())}\n"
        + (f"    {more}\n" if more and name == "wang" else "")
        for name, key in KEYS.items()
        if name != without
    )
    return f"人数: {quorum}\n批准人:\n{people}"


TRUST = read_trust(trust_text())
FIRST_PLAN, SECOND_PLAN = pr.loads(SMALL), pr.loads(SECOND)


def signed_by(
    *names: str,
    plan: pr.Plan = FIRST_PLAN,
    history: History = (),
    at: datetime = SIGNED,
    effective: date = DAY,
    last: pr.Plan | None = None,
    trust: Trust = TRUST,
) -> History:
    """The history after these have signed, one after another."""
    for name in names:
        found = review(plan, history, trust, effective=effective, last=last)
        history = sign(found.statement, history, trust, approver=name, key=KEYS[name], at=at)
    return history


def both_versions() -> History:
    """Two versions, each signed by two."""
    first = signed_by("wang", "li")
    return signed_by("li", "wang", plan=SECOND_PLAN, history=first, effective=LATER, last=FIRST_PLAN)
