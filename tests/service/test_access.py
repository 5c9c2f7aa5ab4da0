"""Who may ask what, how much at once and how often; what is refused is a problem with a permanent name."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plan_rules.cli.running import run as command
from plan_rules.service.body import MOST_DEEP, DecideBody, parsed, read_body
from plan_rules.service.problem import Refused
from plan_rules.service.rates import Rates
from plan_rules.service.tokens import Role, TokensRefused, load_tokens, new_token
from tests.command_line import run
from tests.service.served import Service

ROUTES = {
    ("POST", "/v1/decide"): "decide",
    ("POST", "/v1/explain"): "decide",
    ("POST", "/v1/ask"): "decide",
    ("GET", "/v1/plans"): "decide",
    ("GET", "/v1/plans/zhijin-complaint"): "decide",
    ("GET", "/v1/plans/zhijin-complaint/schema"): "decide",
    ("GET", "/openapi.json"): "decide",
    ("POST", "/v1/plans/reload"): "admin",
    ("POST", "/v1/cases"): "cases",
    ("GET", "/v1/cases"): "cases",
    ("GET", "/v1/cases/none"): "cases",
    ("GET", "/v1/cases/none/events"): "cases",
    ("POST", "/v1/cases/none/events"): "cases",
    ("GET", "/v1/due"): "cases",
    ("GET", "/metrics"): "metrics",
}


def test_every_route_but_health_is_in_this_table(service: Service) -> None:
    paths = service.get("/openapi.json").json["paths"]
    declared = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    filled = {(method, path.replace("zhijin-complaint", "{plan}").replace("none", "{case}")) for method, path in ROUTES}

    assert {route for route in declared if not route[1].startswith("/health/")} == filled


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_route_takes_only_tokens_with_its_role(service: Service, method: str, path: str) -> None:
    body = {} if method == "POST" else None
    told = {role.value: service.ask(method, path, body, role=role.value).status for role in Role}

    assert service.ask(method, path, body, role=None).status == 401
    assert {role for role, status in told.items() if status != 403} == {ROUTES[method, path], "admin"}
    assert 500 not in told.values()


@pytest.mark.parametrize("given", ["Bearer ", "Bearer guess", "Basic YTpi", "bearer\tx", "Bearer pr_" + "A" * 43])
def test_what_is_no_token_opens_nothing(service: Service, given: str) -> None:
    answer = service.get("/v1/plans", role=None, authorization=given)

    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json["error"] == "token_missing"


def test_two_tokens_in_one_request_are_none(service: Service) -> None:
    token = service.tokens["admin"]
    text = f"GET /v1/plans HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer guess\r\n"
    assert raw(service, text + "Connection: close\r\n\r\n").split()[1] == b"400"


def raw(service: Service, text: str, *more: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as connection:
        connection.sendall(text.encode())
        for part in more:
            connection.sendall(part)
        return connection.recv(4096)


# --------------------------------------------------------------------------- how much


def test_a_body_that_says_it_is_too_large_is_refused_before_it_comes(service: Service) -> None:
    head = f"POST /v1/decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.tokens['decide']}\r\n"
    answer = raw(service, head + "Content-Type: application/json\r\nContent-Length: 1000000\r\n\r\n")

    assert answer.split()[1] == b"413"


def test_a_body_of_no_stated_length_is_counted_as_it_comes(service: Service) -> None:
    head = f"POST /v1/decide HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.tokens['decide']}\r\n"
    chunks = [b"8000\r\n" + b" " * 0x8000 + b"\r\n"] * 3
    answer = raw(service, head + "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", *chunks)

    assert answer.split()[1] == b"413"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", "body_invalid"),
        (b"{", "body_invalid"),
        (b"[]", "body_invalid"),
        (b"\xff\xfe{}", "body_invalid"),
        ('{"facts":{}}'.encode("utf-16"), "body_invalid"),
        (b'{"facts":{"a":1,"a":2}}', "body_invalid"),
        (b'{"facts":{"a":NaN}}', "body_invalid"),
        (b'{"facts":{"a":' + b"9" * 5000 + b"}}", "body_invalid"),
        (b'{"fact":{}}', "body_invalid"),
        (b'{"facts":[]}', "body_invalid"),
        (b'{"at":5}', "body_invalid"),
        (b'{"facts":' + b"[" * 9 + b"]" * 9 + b"}", "too_deep"),
        (b'{"facts":' + b'{"a":' * 10000, "too_deep"),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(service: Service, body: bytes, error: str) -> None:
    answer = service.post("/v1/decide", body, role="decide")

    assert (answer.status, answer.json["error"]) == (
        413 if len(body) > 65536 else 400,
        error if len(body) <= 65536 else "too_large",
    )


def test_only_json_is_read(service: Service) -> None:
    assert service.post("/v1/decide", {}, content_type="text/plain").status == 415


@given(st.recursive(st.text() | st.integers(-(10**18), 10**18) | st.booleans() | st.none(), st.lists, max_leaves=30))
def test_a_value_is_read_if_and_only_if_it_is_not_too_deep(value: object) -> None:
    text = json.dumps({"facts": value}, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def depth(of: object) -> int:
        parts = of.values() if isinstance(of, dict) else of if isinstance(of, list) else None
        return 0 if parts is None else 1 + max((depth(part) for part in parts), default=0)

    try:
        found = parsed(text)
    except Refused as refusal:
        surrogate = any(0xD800 <= ord(letter) < 0xE000 for letter in text.decode("utf-8", "surrogatepass"))
        assert surrogate or (refusal.problem.error == "too_deep" and depth({"facts": value}) > MOST_DEEP)
    else:
        assert found == {"facts": value}
        assert depth(found) <= MOST_DEEP


@given(st.binary(max_size=200))
def test_no_bytes_are_worse_than_a_problem(text: bytes) -> None:
    try:
        read_body(text, DecideBody)
    except Refused as refusal:
        assert refusal.problem.status == 400


# --------------------------------------------------------------------------- how often


@given(st.lists(st.floats(0, 10), min_size=1, max_size=60), st.integers(1, 20))
def test_no_more_pass_than_the_rate_and_one_burst_allow(gaps: list[float], rate: int) -> None:
    rates, now, passed = Rates(rate), 0.0, 0
    for gap in gaps:
        now += gap
        passed += rates.wait("desk", now) == 0.0

    assert passed <= rate * 2 + now * rate + 1e-6
    wait = rates.wait("desk", now)
    assert rates.wait("desk", now + wait + 1e-6) == 0.0 or wait == 0.0


def test_one_caller_does_not_use_up_what_another_may() -> None:
    rates = Rates(1.0)
    assert [rates.wait("a", 0.0) > 0 for _ in range(3)] == [False, False, True]
    assert rates.wait("b", 0.0) == 0.0
    assert rates.wait("a", 0.0, rate=100.0) > 0.0  # what is in the bucket is counted by the new rate from now on


# --------------------------------------------------------------------------- tokens


def test_a_token_is_shown_once_and_only_its_hash_is_kept(tmp_path: Path) -> None:
    book = tmp_path / "tokens.json"
    done = run("serve", "--new-token", "desk", "--role", "decide", "--role", "cases", "--tokens", str(book))
    token = done.stdout.strip()
    caller = load_tokens(book).caller(token)

    assert caller is not None
    assert (caller.name, caller.may(Role.DECIDE), caller.may(Role.ADMIN)) == ("desk", True, False)
    assert token not in book.read_text(encoding="utf-8")
    assert book.stat().st_mode & 0o777 == 0o600
    assert load_tokens(book).caller(token + "x") is None


def test_a_name_that_is_taken_keeps_its_token(tmp_path: Path) -> None:
    book = tmp_path / "tokens.json"
    new_token(book, "desk", [Role.DECIDE])
    before = book.read_bytes()

    with pytest.raises(TokensRefused, match="desk"):
        new_token(book, "desk", [Role.ADMIN])
    assert book.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"tokens": [{"name": "a", "roles": [], "sha256": "' + "0" * 64 + '"}]}',
        '{"tokens": [{"name": "a", "roles": ["root"], "sha256": "' + "0" * 64 + '"}]}',
        '{"tokens": [{"name": "a", "roles": ["decide"], "sha256": "00"}]}',
    ],
)
def test_a_file_of_tokens_that_is_not_as_meant_is_refused(tmp_path: Path, text: str) -> None:
    book = tmp_path / "tokens.json"
    book.write_text(text, encoding="utf-8")

    with pytest.raises(TokensRefused):
        load_tokens(book)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ((), "--tokens"),
        (("--anonymous", "--host", "0.0.0.0"), "loopback"),
        (("--tokens", "absent.json"), "absent.json"),
        (("--anonymous", "--port", "70000"), "65535"),
        (("--anonymous", "--workers", "0"), "--workers"),
        (("--anonymous", "--plan", "absent.yaml"), "absent.yaml"),
        (("--new-token", "x", "--role", "root", "--tokens", "t.json"), "admin"),
        (("--new-token", "x", "--role", "decide"), "--tokens"),
    ],
)
def test_what_cannot_be_served_is_told(
    options: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)

    assert command(["serve", *options, "--lang", "en"]) in (2, 3)
    assert says in capsys.readouterr().err
