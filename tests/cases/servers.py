"""Servers on this machine that record what they are sent, and messages to send them."""

from __future__ import annotations

import asyncio
import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from plan_rules.cases.delivery import Undelivered
from plan_rules.cases.message import ESCALATED, REQUIRED, Message, message_id

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
        loop.run_until_complete(asyncio.wait_for(server.wait_closed(), 5))
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
        asyncio.set_event_loop(None)


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
