"""What `plan-rules outbox work` is told -> a Deliver: to a webhook, by mail, or printed."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

from plan_rules.cases.delivery import Deliver, Mail, Undelivered, names_of
from plan_rules.cases.message import Message
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.inputs import read
from plan_rules.cli.stop import BAD_INPUT
from plan_rules.display_width import visible
from plan_rules.errors import Message as Said
from plan_rules.instants import written
from plan_rules.loading import load

_SETTINGS = {"host", "port", "sender", "recipients", "tls", "user", "password_file", "names", "timeout"}
_NEEDED = ("host", "port", "sender", "recipients", "tls")


def printer(asked: Asked, gone: Callable[[], None]) -> Deliver:
    """Every message as a line; as JSON where that was asked for.  `gone` is called where nobody reads them any more."""

    def deliver(message: Message) -> None:
        told = {"id": message.id, "case": message.case, "kind": message.kind, "at": written(message.at)}
        whole = json.dumps({**told, **message.body}, ensure_ascii=False)
        brief = (written(message.at), message.case, message.kind, message.body["label"])
        try:
            output.say([whole if asked.as_json else visible(" | ".join(brief))])
            sys.stdout.flush()
        except BrokenPipeError as failure:
            gone()
            raise Undelivered(Said("没有人在读", "nobody reads it")) from failure

    return deliver


def poster(url: str, secret_file: str | None) -> Deliver:
    """POSTed, and signed where there is a secret.  Raises ValueError, ExtraMissing, Stop."""
    from plan_rules.cases.delivery.webhook import Webhook  # noqa: PLC0415  loads the HTTP client

    secret = _text(secret_file) if secret_file else None
    return Webhook(url, secret)


def mailer(path: str) -> Deliver:
    """Mailed, as a file of settings says.  Raises ValueError, Stop."""
    settings = _settings(path)
    unknown = sorted(settings.keys() - _SETTINGS)
    missing = [name for name in _NEEDED if name not in settings]
    if unknown or missing:
        raise ValueError(
            f"{path}: 缺少 {', '.join(missing) or '-'}; 不认识 {', '.join(unknown) or '-'} / "
            f"missing {', '.join(missing) or '-'}; unknown {', '.join(unknown) or '-'}"
        )
    password = settings.pop("password_file", None)
    if password is not None:
        settings["password"] = _text(str(Path(path).parent / str(password)))
    if type(settings["port"]) is not int or not isinstance(settings["recipients"], Mapping):
        raise ValueError(
            f"{path}: port 应是整数, recipients 应是 角色: 地址 / port is an integer, recipients a mapping"
        )
    return Mail(**{"names": names_of(load()), **settings})


def _settings(path: str) -> dict[str, Any]:
    try:
        found = yaml.safe_load(read(path, exit_code=BAD_INPUT, error="mail_unreadable"))
    except yaml.YAMLError as failure:
        raise ValueError(f"{path} 不是 YAML / {path} is no YAML") from failure
    if not isinstance(found, dict):
        raise ValueError(f"{path} 应是一组设置 / {path} is a mapping of settings")
    return {str(name): value for name, value in found.items()}


def _text(path: str) -> str:
    return read(path, exit_code=BAD_INPUT, error="secret_unreadable").decode("utf-8", errors="replace").strip()
