"""Adapters against real servers on this machine: what is accepted, what is tried again, what is given up, and why."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import importlib.util
import json
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

import plan_rules as pr
from plan_rules import errors
from plan_rules.cases.delivery import Mail, Undelivered, Webhook, names_of, post, to_callable
from plan_rules.cases.message import ESCALATED, REQUIRED, Message, message_id
from tests.command_line import ROOT

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
CASE = "织金/2025 017"
BODY: dict[str, Any] = {
    "action": "call_police",
    "label": "报警",
    "occasion": 1,
    "roles": ["outlet_manager", "lobby_manager"],
    "recipient": "police",
    "deadline": {"text": "1小时内", "kind": "hours", "amount": 1, "start": "x", "due": "2025-05-20T10:40"},
    "clauses": ["三.3.c"],
    "tier": "tier_3_serious_aggression",
    "plan": {"id": "zhijin-complaint", "digest": "sha256:4f1afd07"},
}
DUTY = Message(message_id(CASE, REQUIRED, "call_police", 1), CASE, REQUIRED, datetime(2025, 5, 20, 9, 40), BODY)
ESCALATION = Message(
    message_id(CASE, ESCALATED, "call_police", 1, 1),
    CASE,
    ESCALATED,
    datetime(2025, 5, 20, 10, 41),
    {**BODY, "rung": 1, "to": ["president"]},
)
# What no reason of a failure may hold.
UNSAID = ("报警", CASE, "call_police", "127.0.0.1", "zhijin.example", "token", SECRET)


def refused(deliver: Callable[[Message], None], message: Message = DUTY) -> Undelivered:
    """How the delivery fails; its reason is in both languages and gives nothing away."""
    with pytest.raises(Undelivered) as caught:
        deliver(message)
    said = str(caught.value)
    assert caught.value.message.zh and caught.value.message.en and len(said) < 200
    assert [word for word in UNSAID if word in said] == []
    return caught.value


# ------------------------------------------------------------------------------------------------------------ functions


def test_a_function_is_given_the_message_and_its_answer_is_not_looked_at() -> None:
    seen: list[Message] = []
    to_callable(lambda message: seen.append(message) or False)(DUTY)

    assert seen == [DUTY]


def test_an_exception_of_a_function_is_named_by_type_and_its_text_is_not_told() -> None:
    def function(message: Message) -> None:
        raise KeyError(message.body["label"], message.case)

    failure = refused(to_callable(function))

    assert failure.message == errors.Message("接收函数出错: KeyError", "the receiving function raised KeyError")
    assert not failure.permanent
    assert isinstance(failure, pr.PlanRulesError)


def test_a_function_can_say_itself_that_trying_again_is_no_use() -> None:
    def function(message: Message) -> None:
        raise Undelivered(errors.Message("没有这个工单系统", "no such ticket system"), permanent=True)

    assert refused(to_callable(function)).permanent


def test_an_interrupt_passes_through_a_function() -> None:
    def function(message: Message) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        to_callable(function)(DUTY)


# ------------------------------------------------------------------------------------------------------------- webhooks


@dataclass
class Receiver:
    """A web server that records what it is sent, and how it answers."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    behave: Callable[[BaseHTTPRequestHandler], None] | None = None
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""

    def respond(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["content-length"]))
        self.asked.append((handler.path, {name.lower(): value for name, value in handler.headers.items()}, body))
        if self.behave is not None:
            self.behave(handler)
            return
        handler.send_response(self.status)
        for name, value in {"content-length": str(len(self.answer)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(self.answer)


@contextmanager
def serving(receiver: Receiver, certificate: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            try:
                receiver.respond(self)
            except OSError:  # the client has hung up, as it should on some of these answers
                self.close_connection = True

        def do_GET(self) -> None:
            receiver.asked.append(("GET", {}, b""))

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = False  # so that closing the server waits for its threads

        def handle_error(self, *args: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    receiver.url = f"http{'s' if certificate else ''}://127.0.0.1:{server.server_port}/hook?token=t0p"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as running:
        yield running


def test_a_message_comes_as_a_cloud_event(receiver: Receiver) -> None:
    Webhook(receiver.url)(replace(DUTY, attempt=3))

    ((path, headers, body),) = receiver.asked
    event = from_structured(HTTPMessage(headers, body), JSONFormat())
    assert path == "/hook?token=t0p"
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["idempotency-key"] == event.get_id() == DUTY.id
    assert event.get_specversion() == "1.0"
    assert event.get_type() == "plan-rules.duty.required"
    assert event.get_source() == "/plan-rules/cases/%E7%BB%87%E9%87%91%2F2025%20017"
    assert event.get_subject() == "call_police"
    assert json.loads(body)["time"] == "2025-05-20T09:40:00+08:00"
    assert event.get_data() == {**BODY, "case": CASE, "attempt": 3}
    assert "webhook-signature" not in headers


def test_an_escalation_is_another_type_of_event(receiver: Receiver) -> None:
    Webhook(receiver.url)(ESCALATION)

    event = json.loads(receiver.asked[0][2])
    assert event["type"] == "plan-rules.duty.escalated"
    assert event["data"]["to"] == ["president"]


def test_the_signature_is_that_of_standard_webhooks(receiver: Receiver) -> None:
    Webhook(receiver.url, SECRET)(DUTY)

    ((_, headers, body),) = receiver.asked
    assert headers["webhook-id"] == DUTY.id
    assert Verifier(SECRET).verify(body, headers)["id"] == DUTY.id
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(body.replace(b"call_police", b"call_nobody"), headers)
    with pytest.raises(WebhookVerificationError):
        Verifier(base64.b64encode(bytes(32)).decode()).verify(body, headers)


def test_the_instant_of_the_signature_is_given_by_the_clock_whatever_its_offset(receiver: Receiver) -> None:
    instant = datetime(2025, 5, 20, 9, 40, 7, 999_999, tzinfo=pr.instants.CHINA)
    Webhook(receiver.url, SECRET, clock=lambda: instant)(DUTY)

    ((_, headers, body),) = receiver.asked
    seconds = "1747705207"  # 01:40:07 in UTC
    key = bytes(range(32))
    expected = hmac.new(key, f"{DUTY.id}.{seconds}.".encode() + body, hashlib.sha256).digest()
    assert headers["webhook-timestamp"] == seconds
    assert headers["webhook-signature"] == "v1," + base64.b64encode(expected).decode()


def test_a_secret_may_lack_its_padding(receiver: Receiver) -> None:
    Webhook(receiver.url, SECRET.rstrip("="))(DUTY)

    ((_, headers, body),) = receiver.asked
    assert Verifier(SECRET).verify(body, headers)


def test_every_attempt_has_the_same_id(receiver: Receiver) -> None:
    for attempt in (1, 2):
        Webhook(receiver.url)(replace(DUTY, attempt=attempt))

    first, second = (json.loads(body) for _, _, body in receiver.asked)
    assert first.pop("data") | {"attempt": 2} == second.pop("data")
    assert first == second


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_2xx_is_accepted(receiver: Receiver, status: int) -> None:
    receiver.status = status

    Webhook(receiver.url)(DUTY)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
def test_a_receiver_that_is_busy_or_broken_is_tried_again(receiver: Receiver, status: int) -> None:
    receiver.status = status
    failure = refused(Webhook(receiver.url))

    assert not failure.permanent
    assert f"HTTP {status}" in str(failure)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 413, 422, 499])
def test_a_receiver_that_says_no_is_not_tried_again(receiver: Receiver, status: int) -> None:
    receiver.status = status
    failure = refused(Webhook(receiver.url))

    assert failure.permanent
    assert f"HTTP {status}" in str(failure)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.status, receiver.headers = status, {"location": receiver.url}
    failure = refused(Webhook(receiver.url))

    assert failure.permanent
    assert "不予跟随" in str(failure) and "not followed" in str(failure)
    assert len(receiver.asked) == 1


def test_a_redirect_is_not_followed_by_a_client_that_would(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"location": receiver.url}
    with httpx.Client(follow_redirects=True, trust_env=False) as client:
        assert refused(Webhook(receiver.url, client=client)).permanent

    assert len(receiver.asked) == 1


def test_a_client_of_ones_own_is_used_and_left_open(receiver: Receiver) -> None:
    with httpx.Client(auth=("desk", "pass"), trust_env=False) as client:
        Webhook(receiver.url, client=client)(DUTY)
        Webhook(receiver.url, client=client)(DUTY)

    assert [headers["authorization"] for _, headers, _ in receiver.asked] == ["Basic ZGVzazpwYXNz"] * 2


def test_a_connection_refused_is_tried_again() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
        failure = refused(Webhook(url))

    assert not failure.permanent
    assert "ConnectError" in str(failure)


def test_a_host_without_an_address_is_tried_again() -> None:
    assert not refused(Webhook("http://nowhere.invalid/")).permanent


def silent(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.settimeout(5)
    handler.connection.recv(1)  # until the client hangs up


def dripping(handler: BaseHTTPRequestHandler) -> None:
    """A header that never ends, a byte at a time: no single read is slow."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
    for _ in range(500):
        handler.wfile.write(b"s")
        time.sleep(0.02)


def hanging_up(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True


def babbling(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"this is no HTTP\r\n\r\n")
    handler.close_connection = True


def endless(handler: BaseHTTPRequestHandler) -> None:
    """An answer whose body never ends."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65_536)


@pytest.mark.parametrize("behave", [silent, dripping])
def test_a_receiver_that_takes_too_long_is_tried_again(receiver: Receiver, behave: Any) -> None:
    receiver.behave = behave
    begun = time.monotonic()
    failure = refused(Webhook(receiver.url, timeout=1))

    assert time.monotonic() - begun < 3
    assert not failure.permanent
    assert "in time" in str(failure)


@pytest.mark.parametrize("behave", [hanging_up, babbling])
def test_a_connection_that_breaks_is_tried_again(receiver: Receiver, behave: Any) -> None:
    receiver.behave = behave

    assert not refused(Webhook(receiver.url)).permanent


def test_an_endless_answer_is_not_read(receiver: Receiver) -> None:
    receiver.behave = endless
    begun = time.monotonic()
    Webhook(receiver.url)(DUTY)

    assert post(receiver.url, b"{}", {}, read=100_000) == b"x" * 100_000
    assert time.monotonic() - begun < 3


def test_an_answer_is_given_as_far_as_it_goes(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b"12345"

    assert post(receiver.url, b"", {}, read=4) == b"1234"
    assert post(receiver.url, b"", {}, read=400) == b"12345"
    assert post(receiver.url, b"", {}) == b""


def test_the_environment_names_no_proxy_for_a_message(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    Webhook(receiver.url)(DUTY)

    assert len(receiver.asked) == 1


def test_neither_token_nor_secret_nor_message_is_logged(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    Webhook(receiver.url, SECRET)(DUTY)

    assert [word for word in ("t0p", SECRET[6:20], "call_police", DUTY.id) if word in caplog.text] == []


def test_what_a_webhook_prints_of_itself_holds_neither_url_nor_secret() -> None:
    assert repr(Webhook("https://example.com/hook?token=t0p", SECRET)) == "Webhook(timeout=10)"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "ftp://example.com/",
        "file:///etc/passwd",
        "http://",
        "https:///x",
        "http://a:b:c/",
        "http://\x00/",
    ],
)
def test_only_http_and_https_are_taken(url: str) -> None:
    with pytest.raises(ValueError, match="/ the URL"):
        Webhook(url)


def test_a_password_in_the_url_is_not_taken_and_not_quoted() -> None:
    with pytest.raises(ValueError, match="用户名和密码") as caught:
        Webhook("https://desk:pass@example.com/")

    assert "pass@" not in str(caught.value)


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_c2hvcnQ=", "my very own secret, which is no base64!", "我的密码"]
)
def test_a_secret_that_is_none_is_not_taken_and_not_quoted(secret: str) -> None:
    with pytest.raises(ValueError, match="base64") as caught:
        Webhook("https://example.com/", secret)

    assert not (key := secret.removeprefix("whsec_")) or key not in str(caught.value)


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for 127.0.0.1 that nobody else vouches for, and a server's side of it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return path, context


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    with serving(Receiver(), context) as receiver:
        failure = refused(Webhook(receiver.url))

    assert not failure.permanent
    assert receiver.asked == []


def test_a_certificate_that_a_client_knows_is_accepted_and_a_slow_answer_cut_all_the_same(tmp_path: Path) -> None:
    path, context = certificate(tmp_path)
    known = ssl.create_default_context(cafile=str(path))
    with serving(Receiver(), context) as receiver, httpx.Client(verify=known, trust_env=False) as client:
        Webhook(receiver.url, client=client)(DUTY)
        receiver.behave = dripping
        assert "in time" in str(refused(Webhook(receiver.url, client=client, timeout=1)))

    assert len(receiver.asked) == 2


# ----------------------------------------------------------------------------------------------------------------- mail


@dataclass
class Mailbox:
    """A mail server's handler: what it accepted, and how it answers."""

    recipient_replies: dict[str, str] = field(default_factory=dict)
    data_reply: str = "250 OK"
    sender_reply: str = ""
    received: list[tuple[list[str], EmailMessage]] = field(default_factory=list)

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        envelope.mail_from = address
        return self.sender_reply or "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802
        reply = self.recipient_replies.get(address, "250 OK")
        if reply.startswith("2"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        if self.data_reply.startswith("2"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            self.received.append((list(envelope.rcpt_tos), mail))
        return self.data_reply


ADDRESSES = {
    "outlet_manager": "manager@zhijin.example",
    "lobby_manager": ["lobby@zhijin.example", "manager@zhijin.example"],
    "president": "president@zhijin.example",
}


@contextmanager
def mailing(box: Mailbox, **options: Any) -> Iterator[int]:
    controller = Controller(box, hostname="127.0.0.1", port=0, **options)
    # Started by hand: with port 0 the controller looks for itself at port 0.
    loop = controller.loop
    asyncio.set_event_loop(loop)
    server = loop.run_until_complete(loop.create_server(controller._factory_invoker, "127.0.0.1", 0))
    port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        server.close()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(server.wait_closed())
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)


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


@contextmanager
def serving_tls_mail(box: Mailbox, context: ssl.SSLContext) -> Iterator[int]:
    """A mail server behind TLS: bytes are passed on to a plain one."""
    with mailing(box) as inner, socket.create_server(("127.0.0.1", 0)) as outer:

        def relay() -> None:
            taken, _ = outer.accept()
            with (
                context.wrap_socket(taken, server_side=True) as client,
                socket.create_connection(("127.0.0.1", inner)) as plain,
            ):
                answers = threading.Thread(target=pump, args=(plain, client))
                answers.start()
                pump(client, plain)
                plain.shutdown(socket.SHUT_WR)
                answers.join()

        thread = threading.Thread(target=relay)
        thread.start()
        yield outer.getsockname()[1]
        thread.join()


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(4096):
            target.sendall(data)
    except OSError:
        pass


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


# --------------------------------------------------------------------------------------------------------------- robots


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("group_robot", ROOT / "examples" / "group_robot.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_a_robot_says_the_duty_in_its_chat(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0, "errmsg": "ok"}'
    example().robot(receiver.url, names=names_of(pr.load()))(DUTY)

    ((path, _, body),) = receiver.asked
    said = json.loads(body)
    assert path == "/hook?token=t0p"
    assert said["msgtype"] == "text"
    assert said["text"]["content"].splitlines() == [
        "【应当】报警",
        "由谁: 网点负责人、大堂经理",
        "期限: 1小时内",
        "依据: 三.3.c",
        f"编号: {DUTY.id[:8]}",
    ]


def test_a_robot_with_a_secret_signs_its_url(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0, "errmsg": "ok"}'
    instant = datetime(2025, 5, 20, 1, 40, 7, 250_000, tzinfo=UTC)
    example().robot(receiver.url, "SECabc", clock=lambda: instant)(DUTY)

    query = parse_qs(urlsplit(receiver.asked[0][0]).query)
    expected = hmac.new(b"SECabc", b"1747705207250\nSECabc", hashlib.sha256).digest()
    assert query == {
        "token": ["t0p"],
        "timestamp": ["1747705207250"],
        "sign": [base64.b64encode(expected).decode()],
    }


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (b'{"errcode": 45009, "errmsg": "api freq out of limit"}', False),
        (b'{"errcode": 130101, "errmsg": "send too fast"}', False),
        (b'{"errcode": 310000, "errmsg": "sign not match"}', True),
        (b'{"errcode": 93000, "errmsg": "invalid webhook url"}', True),
        (b"<html>proxy</html>", False),
        (b"[]", False),
        (b"", False),
    ],
)
def test_a_robot_that_answers_200_and_means_no(receiver: Receiver, answer: bytes, permanent: bool) -> None:
    receiver.status, receiver.answer = 200, answer

    assert refused(example().robot(receiver.url)).permanent is permanent


def run_example(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / "group_robot.py"), *arguments]
    settings = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": "", **environment}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=settings)


def test_the_example_tells_the_chat_every_open_duty_once(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0}'
    done = run_example(GROUP_ROBOT_URL=receiver.url, GROUP_ROBOT_SECRET="SECabc")

    texts = [json.loads(body)["text"]["content"] for _, _, body in receiver.asked]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"送达 {len(texts)}, 重试 0, 未送达 0\n"
    assert texts[0].startswith("【应当】报警\n")
    assert len(set(texts)) == len(texts) == len(pr.decide(pr.load(), {"staff_assaulted": True}).duties)


def test_the_example_says_why_a_robot_would_not_speak(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 93000}'
    done = run_example(receiver.url)

    assert done.returncode == 1
    assert "errcode 93000" in done.stdout and "t0p" not in done.stdout + done.stderr


def test_the_example_without_a_url_says_how_to_call_it() -> None:
    done = run_example()

    assert (done.returncode, done.stdout) == (0, "用法: python examples/group_robot.py 机器人的网址\n")


# ------------------------------------------------------------------------------------------------------------ the extra


@pytest.mark.parametrize("package", ["httpx", "cloudevents", "standardwebhooks"])
def test_without_the_extra_a_webhook_says_what_to_install_and_the_rest_works(package: str) -> None:
    program = f"""
import sys
sys.modules[{package!r}] = None
import plan_rules
import plan_rules.cases.worker
from plan_rules.cases.delivery import Mail, Undelivered, to_callable
try:
    from plan_rules.cases.delivery import Webhook
except ImportError as missing:
    print(isinstance(missing, plan_rules.PlanRulesError), missing)
"""
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, env=environment)

    assert done.stdout == (
        f"True 案件功能需要 {package}, 请先运行 / cases need {package}; first run: pip install 'plan-rules[cases]'\n"
    )


def test_the_worker_loads_no_http_client() -> None:
    program = (
        "import sys, plan_rules.cases.worker; print({'httpx', 'cloudevents', 'standardwebhooks'} & {*sys.modules})"
    )
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)

    assert done.stdout == "set()\n"


@given(st.text(min_size=1))
def test_the_source_of_an_event_is_a_uri_whatever_the_case_is_called(case: str) -> None:
    from plan_rules.cases.delivery.webhook import to_event

    source = json.loads(to_event(replace(DUTY, case=case)).body)["source"]
    assert source.startswith("/plan-rules/cases/") and source.isascii() and source.count("/") == 3
