"""Functions and webhooks, against real servers: what is accepted, tried again or given up, and why."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from cloudevents.core.bindings.http import HTTPMessage, from_structured
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

import plan_rules as pr
from plan_rules import errors
from plan_rules.cases.delivery import Undelivered, Webhook, post, to_callable
from plan_rules.cases.message import Message
from tests.cases.servers import (
    BODY,
    CASE,
    DUTY,
    ESCALATION,
    SECRET,
    Receiver,
    certificate,
    refused,
    serving,
)
from tests.command_line import ROOT

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
        f"True 这项功能需要 {package}, 请先运行: pip install 'plan-rules[cases]' / "
        f"this needs {package}; first run: pip install 'plan-rules[cases]'\n"
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
