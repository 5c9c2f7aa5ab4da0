"""--trust, or PLAN_RULES_TRUST: a plan, and what is laid over it, only where signed and in force; without it, any."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from plan_rules.cli.inputs import instant_of, plan_of
from plan_rules.cli.stop import BAD_PLAN, Stop
from plan_rules.diagnostic_text import lines_of
from plan_rules.errors import Message
from plan_rules.instants import local
from plan_rules.plan import Plan

if TYPE_CHECKING:
    from plan_rules.governance import Trust


def trusted_plan_of(
    path: str | None, trust: str | None, *, at: str | None = None, overlays: Sequence[str] = ()
) -> Plan:
    """The plan to use; with a trust file, only where it and each overlay are signed and in force then, or now."""
    file = trust or os.environ.get("PLAN_RULES_TRUST")
    if not file:
        return plan_of(path, overlays, at)
    if path is None:
        message = Message("自带的预案没有签署; 加 --plan FILE", "the shipped plan is not signed; give --plan FILE")
        raise Stop(BAD_PLAN, "plan_refused", message)
    from plan_rules.governance import SignOffRefused, signed_and_loaded  # noqa: PLC0415  only with --trust

    plan_of(path, overlays, at)  # says what is wrong with a file that cannot be read
    try:
        return signed_and_loaded(path, trust=trust_of(file), at=moment_of(at), overlays=overlays)[0]
    except SignOffRefused as refusal:
        message = Message("预案或叠加文件没有有效的签署, 不能使用", "not signed as it must be, and not used")
        raise Stop(BAD_PLAN, "plan_refused", message, refusal.diagnostics) from refusal


def trust_of(path: str) -> Trust:
    """The trust file."""
    from plan_rules.governance import TrustInvalid, load_trust  # noqa: PLC0415

    try:
        return load_trust(path)
    except TrustInvalid as invalid:
        message = Message("信任文件有错误, 不能使用", "the trust file has errors and cannot be used")
        with open(path, "rb") as file:  # noqa: PTH123  read a moment ago
            sources = {path: lines_of(file.read())}
        raise Stop(BAD_PLAN, "trust_invalid", message, invalid.diagnostics, sources) from invalid
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        message = Message(f"读不了信任文件 {path}: {why}", f"cannot read the trust file {path}: {why}")
        raise Stop(BAD_PLAN, "trust_invalid", message) from failure


def moment_of(at: str | None) -> dt.datetime:
    """The instant named, or now."""
    return instant_of(at) or local(dt.datetime.now(tz=dt.UTC))
