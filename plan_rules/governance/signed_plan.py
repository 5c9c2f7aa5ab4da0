"""A path and a trust -> the Plan, only where its bytes are signed and in force at the instant."""

from __future__ import annotations

import os
from datetime import date, datetime

from plan_rules import loading
from plan_rules.governance.sign_off import SignOff, load_history
from plan_rules.governance.standing import verify
from plan_rules.governance.trust import Trust
from plan_rules.instants import read_moment
from plan_rules.plan import Plan


def load_signed(path: str | os.PathLike[str], *, trust: Trust, at: date | datetime | str) -> Plan:
    """The plan of a file that was signed and is in force at the instant; nothing is returned otherwise.

    Checked are the very bytes that were read, of the plan and its 底本.  Raises SignOffRefused, PlanInvalid,
    OSError, and ValueError where `at` is no instant.
    """
    return signed_and_loaded(path, trust=trust, at=at)[0]


def signed_and_loaded(path: str | os.PathLike[str], *, trust: Trust, at: date | datetime | str) -> tuple[Plan, SignOff]:
    """The plan, and the sign-off by which it is in force."""
    instant = read_moment(at)
    assert instant is not None
    plan = loading.load(path)
    return plan, verify(plan, load_history(os.fspath(path)), trust, instant)
