"""A path and a trust -> the Plan, only where its bytes and those of every overlay are signed and in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from plan_rules import loading
from plan_rules.governance.sign_off import SignOff, history_of, load_history
from plan_rules.governance.signable import overlays_of, sign_off_file
from plan_rules.governance.standing import verify, verify_signable
from plan_rules.governance.trust import Trust
from plan_rules.instants import read_moment
from plan_rules.loading import File
from plan_rules.plan import Plan


def load_signed(path: File, *, trust: Trust, at: date | datetime | str, overlays: Sequence[File] = ()) -> Plan:
    """The plan of a file that was signed and is in force at the instant; nothing is returned otherwise.

    With `overlays`, that plan with them over it as they stand on that day, only where each of them was signed over the
    plan and the overlays before it, and is in force.  Checked are the very bytes that were read, of the plan, its 底本
    and the overlays.  Raises SignOffRefused, PlanInvalid, OSError, and ValueError where `at` is no instant.
    """
    return signed_and_loaded(path, trust=trust, at=at, overlays=overlays)[0]


def signed_and_loaded(
    path: File, *, trust: Trust, at: date | datetime | str, overlays: Sequence[File] = ()
) -> tuple[Plan, tuple[SignOff, ...]]:
    """The plan, and the sign-offs by which it and each overlay are in force."""
    instant = read_moment(at)
    assert instant is not None
    plan = loading.load(path)
    found = [verify(plan, load_history(path), trust, instant)]
    if overlays:
        plan = loading.compose(plan, overlays, at=instant.date())
    for file, overlay in zip(overlays, overlays_of(plan), strict=True):
        found.append(verify_signable(overlay, history_of(sign_off_file(file, trust)), trust, instant))
    return plan, tuple(found)
