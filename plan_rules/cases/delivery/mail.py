"""A Message -> a mail to those whose roles it names, over SMTP."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import KW_ONLY, dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Literal, TypeAlias

from plan_rules import errors
from plan_rules.cases.delivery.undelivered import Undelivered
from plan_rules.cases.message import ESCALATED, REMINDED, Message
from plan_rules.instants import CHINA, local
from plan_rules.plan import Plan

Addresses: TypeAlias = Callable[[Message], Sequence[str]] | Mapping[str, str | Sequence[str]]

# One mailbox, without a name and in ASCII: no character that could end a header or a command of SMTP.
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Mail:
    """Mails each message to its roles: what must be done, by whom, to whom, by when, after which clause.

    `recipients` maps role ids to one address or several, or is a function of the message.  The roles are those that
    must act, and, of an escalation, those to be told.  `tls`: `tls` from the first byte (port 465), `starttls` (port
    587), or `none`, which takes no password.  `names` are the labels of roles and parties, see `names_of`.  `timeout`
    is in seconds, for each step.  Raises ValueError for settings that cannot be used.
    """

    host: str
    port: int
    sender: str
    recipients: Addresses = field(repr=False)
    _: KW_ONLY
    tls: Literal["starttls", "tls", "none"]
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    names: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout: int = 10

    def __post_init__(self) -> None:
        if not _ADDRESS.fullmatch(self.sender):
            raise ValueError("发件人须为一个邮箱地址, 如 plan@example.com / the sender must be one mail address")
        if self.tls not in {"starttls", "tls", "none"}:
            raise ValueError("tls 须为 starttls、tls 或 none / tls must be starttls, tls or none")
        if (self.user is None) != (self.password is None):
            raise ValueError("用户名和密码须一起给出 / give user and password together")
        if self.user is not None and self.tls == "none":
            raise ValueError("没有加密的连接不能发送密码; 请用 tls 或 starttls / no password without tls or starttls")

    def __call__(self, message: Message) -> None:
        """Deliver.  Raises Undelivered: permanent for a role without an address and for 5xx; 4xx are tried again."""
        recipients = addresses(self.recipients, message)
        mail = to_mail(message, self.sender, recipients, self.names)
        try:
            refused = self._send(mail, recipients)
        except smtplib.SMTPRecipientsRefused as refusal:
            refused = refusal.recipients
        except smtplib.SMTPResponseException as reply:
            raise _answered(reply.smtp_code) from reply
        except smtplib.SMTPNotSupportedError as missing:
            what = errors.Message(
                "邮件服务器不支持所要的加密或登录", "the mail server lacks the encryption or login asked for"
            )
            raise Undelivered(what, permanent=True) from missing
        except (OSError, smtplib.SMTPException) as failure:
            kind = type(failure).__name__
            what = errors.Message(f"无法连接邮件服务器 ({kind})", f"the mail server could not be reached ({kind})")
            raise Undelivered(what) from failure
        if refused:
            raise _refused([code for code, _ in refused.values()], len(recipients))

    def _send(self, mail: EmailMessage, recipients: Sequence[str]) -> Mapping[str, tuple[int, bytes]]:
        """Hand the mail over; the recipients that were refused while others were not."""
        server = self._connected()
        try:
            self._greet(server)
            refused = server.send_message(mail, self.sender, recipients)
            with suppress(OSError, smtplib.SMTPException):  # the mail is accepted, however they part
                server.quit()
        finally:
            server.close()
        return refused

    def _connected(self) -> smtplib.SMTP:
        if self.tls == "tls":
            trusted = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=trusted)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _greet(self, server: smtplib.SMTP) -> None:
        """Encrypt and log in, as asked."""
        if self.tls == "starttls":
            server.starttls(context=ssl.create_default_context())
        if self.user is not None and self.password is not None:
            server.login(self.user, self.password)


def names_of(plan: Plan) -> dict[str, str]:
    """The labels of a plan's roles and other parties, by id."""
    return {**{role.id: role.label for role in plan.roles.values()}, **plan.parties}


def addresses(known: Addresses, message: Message) -> tuple[str, ...]:
    """Where the message goes, each address once.  Raises Undelivered, permanent, where a role has no usable address."""
    if callable(known):
        given = known(message)
        found = dict.fromkeys((given,) if isinstance(given, str) else given)
        if not found:
            raise Undelivered(errors.Message("没有收件人", "there is nobody to mail it to"), permanent=True)
        if not all(_ADDRESS.fullmatch(address) for address in found):
            raise Undelivered(
                errors.Message("有收件人的邮箱地址无效", "a recipient's address is invalid"), permanent=True
            )
        return tuple(found)
    roles = _told(message)
    if not roles:
        raise Undelivered(errors.Message("没有收件人", "there is nobody to mail it to"), permanent=True)
    return tuple(dict.fromkeys(address for role in roles for address in _of_role(known, role)))


def _told(message: Message) -> Sequence[str]:
    """The roles that are to hear of it."""
    roles: Sequence[str] = message.body["to" if message.kind == ESCALATED else "roles"]
    return roles


def _of_role(known: Mapping[str, str | Sequence[str]], role: str) -> Sequence[str]:
    given = known.get(role, ())
    found = (given,) if isinstance(given, str) else tuple(given)
    if not found or not all(_ADDRESS.fullmatch(address) for address in found):
        what = errors.Message(f"角色 `{role}` 没有可用的邮箱地址", f"role `{role}` has no usable mail address")
        raise Undelivered(what, permanent=True)
    return found


def to_mail(message: Message, sender: str, recipients: Sequence[str], names: Mapping[str, str]) -> EmailMessage:
    """The mail of a message.  Every attempt has the same Message-ID, so a mailbox can tell a second copy."""
    mail = EmailMessage(policy=SMTP)
    kind = {ESCALATED: "逾期未办", REMINDED: "提醒"}.get(message.kind, "应当")
    mail["Subject"] = f"【{kind}】{_one_line(message.body['label'])} ({_one_line(message.case)})"
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = format_datetime(local(message.at).replace(tzinfo=CHINA))
    mail["Message-ID"] = f"<{re.sub(r'[^A-Za-z0-9]', '-', message.id)}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # asks for no automatic answers
    rows = "\n".join(f"{title}: {text}" for title, text in _rows(message, names, kind) if text)
    mail.set_content(rows + "\n", charset="utf-8", cte="base64")  # every server takes it
    return mail


def _rows(message: Message, names: Mapping[str, str], kind: str) -> list[tuple[str, str]]:
    """The body, row by row: (title, text), where text can be empty."""

    def named(ids: Sequence[str]) -> str:
        return "、".join(_one_line(names.get(one, one)) for one in ids)

    body = message.body
    return [
        (kind, _one_line(body["label"])),
        ("由谁", named(body["roles"])),
        ("向谁", named((body.get("recipient") or "").split(","))),
        ("期限", _deadline(body.get("deadline"))),
        ("依据", "、".join(_one_line(clause) for clause in body["clauses"])),
        ("告知", named(body["to"]) if message.kind == ESCALATED else ""),
        ("案件", _one_line(message.case)),
    ]


def _deadline(deadline: Mapping[str, Any] | None) -> str:
    """The plan's words, and the day or instant where it is known."""
    if deadline is None:
        return ""
    due = f" (至 {deadline['due'].replace('T', ' ')})" if deadline.get("due") else ""
    return _one_line(f"{deadline['text']}{due}")


def _one_line(text: str) -> str:
    """The text without line breaks and control characters: what comes after one could pass for a header or a row."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _answered(code: int) -> Undelivered:
    """What a reply of the server means: 5xx is for good."""
    what = errors.Message(f"邮件服务器未接受 (SMTP {code})", f"not accepted by the mail server (SMTP {code})")
    return Undelivered(what, permanent=code >= 500)


def _refused(codes: Sequence[int], asked: int) -> Undelivered:
    """Some recipients were refused.  Those that were not have the mail, and know a second copy by its Message-ID."""
    shown = ", ".join(str(code) for code in sorted(set(codes)))
    what = errors.Message(
        f"{asked} 个收件人中有 {len(codes)} 个被邮件服务器拒收 (SMTP {shown})",
        f"{len(codes)} of {asked} recipients refused by the mail server (SMTP {shown})",
    )
    return Undelivered(what, permanent=all(code >= 500 for code in codes))
