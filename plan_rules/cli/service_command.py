"""`plan-rules serve`: plans, tokens, an address -> the service, until it is stopped; or a new token."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.signed_plans import trust_of
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, BAD_STORE, OK, Stop
from plan_rules.errors import DiagnosedError, Message, ToldError
from plan_rules.listening import NotServed
from plan_rules.service.problem import Refused
from plan_rules.service.setting import Setting
from plan_rules.service.tokens import Role, TokensRefused, new_token

MOST_PORTS = 65_535


@dataclass(frozen=True, slots=True)
class Asked:
    """What is served, and where."""

    host: str
    port: int
    setting: dict[str, Any]


def run(asked: Asked) -> int:
    """Serve until Ctrl+C or SIGTERM."""
    if not 0 <= asked.port <= MOST_PORTS:
        message = Message(f"--port 是 0 至 {MOST_PORTS} 的整数", f"--port lies between 0 and {MOST_PORTS}")
        raise Stop(BAD_INPUT, "usage", message)
    try:
        setting = Setting(**asked.setting)
    except ValidationError as failure:
        raise Stop(BAD_INPUT, "usage", _out_of_range(failure)) from failure
    from plan_rules.service.serving import check_access, serve  # noqa: PLC0415  a token is made without the web server

    with _stopping():
        check_access(setting, asked.host)
    for plan in setting.plans:  # says what is wrong with a file, with its lines
        plan_of(None if plan is None else str(plan), setting.overlays)
    if setting.trust is not None:
        trust_of(str(setting.trust))
    with _stopping():
        serve(setting, asked.host, asked.port)
    return OK


def _out_of_range(failure: ValidationError) -> Message:
    """The first option that is out of its bounds, and the bounds."""
    name = str(failure.errors()[0]["loc"][0])
    option = "--" + name.replace("_", "-")
    bounds = Setting.model_json_schema()["properties"][name]
    if "exclusiveMinimum" in bounds:
        low, most = bounds["exclusiveMinimum"], bounds["maximum"]
        return Message(f"{option} 大于 {low}, 至多 {most}", f"{option} is above {low} and at most {most}")
    low, most = bounds["minimum"], bounds["maximum"]
    return Message(f"{option} 写 {low} 至 {most}", f"{option} lies between {low} and {most}")


@contextmanager
def _stopping() -> Iterator[None]:
    """What keeps it from being served, as a Stop."""
    try:
        yield
    except Refused as refusal:
        raise Stop(BAD_INPUT, refusal.problem.error, refusal.problem.message) from refusal
    except NotServed as failure:
        raise Stop(BAD_INPUT, "not_served", failure.message) from failure
    except DiagnosedError as failure:
        raise Stop(BAD_PLAN, "plan_refused", failure.noun, failure.diagnostics) from failure
    except ToldError as failure:
        code = BAD_INPUT if isinstance(failure, TokensRefused) else BAD_STORE
        raise Stop(code, getattr(failure, "error", "tokens_refused"), failure.message) from failure
    except OSError as failure:
        why, file = failure.strerror or str(failure), failure.filename or "?"
        message = Message(f"读不了 {file}: {why}", f"cannot read {file}: {why}")
        raise Stop(BAD_INPUT, "unreadable", message) from failure


def make_token(file: str | None, name: str, roles: Sequence[str], rate: float | None) -> int:
    """Make a token, write its hash to the file, and print it: this once."""
    if file is None:
        raise Stop(BAD_INPUT, "usage", Message("加 --tokens FILE: 写到哪里", "give --tokens FILE: where it is kept"))
    known = [role.value for role in Role]
    wrong = [role for role in roles if role not in known]
    if wrong or not roles:
        listed = ", ".join(known)
        raise Stop(BAD_INPUT, "usage", Message(f"--role 可写: {listed}", f"--role is one of: {listed}"))
    try:
        token = new_token(Path(file), name, [Role(role) for role in roles], rate)
    except TokensRefused as refusal:
        raise Stop(BAD_INPUT, "tokens_refused", refusal.message) from refusal
    output.say([token])
    return OK
