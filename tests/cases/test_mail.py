"""Mail against a real server: what arrives, what is tried again or given up, and that nothing can be smuggled in."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

import plan_rules as pr
from plan_rules.cases.delivery import Mail, names_of
from plan_rules.cases.message import REQUIRED, Message
from tests.cases.servers import (
    BODY,
    CASE,
    DUTY,
    ESCALATION,
    Mailbox,
    certificate,
    mailing,
    refused,
    serving_tls_mail,
)

ADDRESSES = {
    "outlet_manager": "manager@zhijin.example",
    "lobby_manager": ["lobby@zhijin.example", "manager@zhijin.example"],
    "president": "president@zhijin.example",
}


@pytest.fixture
def box() -> Mailbox:
    return Mailbox()


@pytest.fixture
def port(box: Mailbox) -> Iterator[int]:
    with mailing(box) as running:
        yield running


def mail_to(port: int, recipients: Any = None, **options: Any) -> Mail:
    settings = {"tls": "none", "names": names_of(pr.load()), "timeout": 5, **options}
    return Mail("127.0.0.1", port, "plan@bank.example", ADDRESSES if recipients is None else recipients, **settings)


def test_a_mail_says_what_by_whom_to_whom_by_when_and_after_which_clause(box: Mailbox, port: int) -> None:
    mail_to(port)(DUTY)

    ((recipients, mail),) = box.received
    assert recipients == ["manager@zhijin.example", "lobby@zhijin.example"]
    assert mail["subject"] == f"【应当】报警 ({CASE})"
    assert mail["from"] == "plan@bank.example"
    assert mail["date"] == "Tue, 20 May 2025 09:40:00 +0800"
    assert mail["auto-submitted"] == "auto-generated"
    assert mail.get_content_charset() == "utf-8"
    assert mail.get_content().splitlines() == [
        "应当: 报警",
        "由谁: 网点负责人、大堂经理",
        "向谁: 警方",
        "期限: 1小时内 (至 2025-05-20 10:40)",
        "依据: 三.3.c",
        f"案件: {CASE}",
    ]


def test_every_copy_of_a_mail_has_the_same_message_id_and_no_other_mail_has_it(box: Mailbox, port: int) -> None:
    for message in (DUTY, replace(DUTY, attempt=2), ESCALATION):
        mail_to(port)(message)

    first, second, other = (mail["message-id"] for _, mail in box.received)
    assert first == second == f"<{DUTY.id}@bank.example>"
    assert first != other


def test_an_escalation_goes_to_those_to_be_told(box: Mailbox, port: int) -> None:
    mail_to(port)(ESCALATION)

    ((recipients, mail),) = box.received
    assert recipients == ["president@zhijin.example"]
    assert mail["subject"].startswith("【逾期未办】报警")
    assert "告知: 行长" in mail.get_content()


def test_rows_that_say_nothing_are_left_out_and_ids_without_a_name_stand_for_themselves(
    box: Mailbox, port: int
) -> None:
    mail_to(port, names={})(replace(DUTY, body={**BODY, "deadline": None, "recipient": None}))

    assert box.received[0][1].get_content().splitlines()[1:3] == ["由谁: outlet_manager、lobby_manager", "依据: 三.3.c"]


def test_recipients_can_be_a_function_of_the_message(box: Mailbox, port: int) -> None:
    mail_to(port, lambda message: [f"{message.body['action']}@zhijin.example"])(DUTY)

    assert box.received[0][0] == ["call_police@zhijin.example"]


@pytest.mark.parametrize("known", [{"outlet_manager": "m@zhijin.example"}, {**ADDRESSES, "lobby_manager": []}])
def test_a_role_without_an_address_is_named_and_nothing_is_sent(box: Mailbox, port: int, known: Any) -> None:
    failure = refused(mail_to(port, known))

    assert failure.permanent
    assert "`lobby_manager`" in failure.message.zh and "`lobby_manager`" in failure.message.en
    assert box.received == []


@pytest.mark.parametrize(
    "address",
    [
        "manager@zhijin.example\r\nBcc: eve@zhijin.example",
        "manager@zhijin.example\nRCPT TO:<eve@zhijin.example>",
        "a@zhijin.example, eve@zhijin.example",
        "<manager@zhijin.example>",
        "经理@zhijin.example",
        "manager",
        "",
    ],
)
def test_what_is_no_address_is_not_mailed_to(box: Mailbox, port: int, address: str) -> None:
    assert refused(mail_to(port, {"outlet_manager": address, "lobby_manager": address})).permanent
    assert refused(mail_to(port, lambda message: [address])).permanent
    assert box.received == []


def test_nobody_to_mail_to_is_a_failure(port: int) -> None:
    assert refused(mail_to(port, lambda message: [])).permanent
    assert refused(mail_to(port), replace(DUTY, body={**BODY, "roles": []})).permanent


def test_no_text_of_a_message_can_add_a_header_or_a_row(box: Mailbox, port: int) -> None:
    evil = "报警\r\nBcc: eve@zhijin.example\r\n\r\n由谁: 无人\u2028\x00"
    body = {**BODY, "label": evil, "roles": ["outlet_manager"], "clauses": [evil], "recipient": evil}
    body["deadline"] = {"text": evil, "due": evil}
    mail_to(port)(Message("a\r\nBcc: x", evil, REQUIRED, DUTY.at, body))

    ((recipients, mail),) = box.received
    assert recipients == ["manager@zhijin.example"]
    assert mail["bcc"] is None
    assert {*mail.keys()} == {
        *("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted"),
        *("MIME-Version", "Content-Type", "Content-Transfer-Encoding"),
    }
    assert [row.partition(":")[0] for row in mail.get_content().splitlines()] == [
        "应当", "由谁", "向谁", "期限", "依据", "案件"
    ]  # fmt: skip


@pytest.mark.parametrize(("reply", "permanent"), [("451 try later", False), ("552 too much", True)])
def test_4xx_of_a_mail_server_is_tried_again_and_5xx_is_not(
    box: Mailbox, port: int, reply: str, permanent: bool
) -> None:
    for box.data_reply, box.sender_reply in ((reply, ""), ("250 OK", reply)):
        failure = refused(mail_to(port))
        assert failure.permanent is permanent
        assert f"SMTP {reply[:3]}" in str(failure)
    assert box.received == []


@pytest.mark.parametrize(("reply", "permanent"), [("450 busy", False), ("550 manager@zhijin.example unknown", True)])
def test_recipients_that_are_refused_are_counted_and_not_named(
    box: Mailbox, port: int, reply: str, permanent: bool
) -> None:
    box.recipient_replies = {"lobby@zhijin.example": reply}
    failure = refused(mail_to(port))
    assert failure.permanent is permanent
    assert f"1 of 2 recipients refused by the mail server (SMTP {reply[:3]})" in str(failure)
    assert len(box.received) == 1  # the other one has it

    box.recipient_replies["manager@zhijin.example"] = reply
    failure = refused(mail_to(port))
    assert failure.permanent is permanent
    assert "2 of 2" in str(failure)


def test_a_mail_server_that_is_not_there_is_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not refused(mail_to(unused.getsockname()[1])).permanent


def test_a_mail_server_that_says_nothing_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        assert not refused(mail_to(deaf.getsockname()[1], timeout=1)).permanent


def test_a_mail_server_without_encryption_is_not_talked_to_where_encryption_is_asked_for(
    box: Mailbox, port: int
) -> None:
    assert refused(mail_to(port, tls="starttls")).permanent
    assert box.received == []


class Quitting(SMTP):
    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        await self.push("421 no time for farewells")


def test_a_mail_that_was_accepted_is_delivered_however_the_server_parts(box: Mailbox, monkeypatch: Any) -> None:
    monkeypatch.setattr(Controller, "factory", lambda self: Quitting(self.handler, **self.SMTP_kwargs))
    with mailing(box) as port:
        mail_to(port)(DUTY)

    assert len(box.received) == 1


def logging_in(server: Any, session: Any, envelope: Any, mechanism: str, auth_data: Any) -> AuthResult:
    return AuthResult(success=auth_data.password == b"right", handled=False)


def test_starttls_and_a_login_with_a_certificate_that_is_vouched_for(
    box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, context = certificate(tmp_path)
    with mailing(box, tls_context=context, require_starttls=True, authenticator=logging_in) as port:
        settings = {"tls": "starttls", "user": "plan", "password": "right"}
        assert not refused(mail_to(port, **settings)).permanent  # nobody vouches for it
        monkeypatch.setenv("SSL_CERT_FILE", str(path))
        mail_to(port, **settings)(DUTY)
        failure = refused(mail_to(port, **settings | {"password": "wrong"}))

    assert failure.permanent
    assert "SMTP 535" in str(failure)
    assert len(box.received) == 1


def test_tls_from_the_first_byte(box: Mailbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, context = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with serving_tls_mail(box, context) as port:
        mail_to(port, tls="tls")(DUTY)

    assert len(box.received) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sender": "plan@bank.example\r\nBcc: eve@x.example"}, "sender"),
        ({"tls": "ssl"}, "starttls"),
        ({"user": "plan"}, "together"),
        ({"user": "plan", "password": "right"}, "no password without"),
    ],
)
def test_settings_that_cannot_be_used_are_refused_at_once(options: dict[str, Any], said: str) -> None:
    settings = {"host": "mail", "port": 25, "sender": "plan@bank.example", "recipients": {}, "tls": "none"}
    with pytest.raises(ValueError, match=said):
        Mail(**{**settings, **options})


def test_what_a_mail_adapter_prints_of_itself_holds_no_password_and_nobody() -> None:
    shown = repr(Mail("mail", 587, "plan@bank.example", ADDRESSES, tls="starttls", user="plan", password="right"))

    assert "right" not in shown and "zhijin.example" not in shown
