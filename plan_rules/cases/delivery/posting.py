"""(URL, bytes) -> an HTTP POST that was accepted, or Undelivered; bounded in time and in what is read."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cache
from threading import Timer
from typing import Any

from plan_rules import errors
from plan_rules.cases.delivery.undelivered import Undelivered
from plan_rules.cases.extra import from_extra

with from_extra():
    import httpx

_RETRIED = frozenset({408, 425, 429})  # request timeout, too early, too many requests
_CONNECTED = ("connect_tcp.complete", "start_tls.complete")  # how the steps end that make a connection


def check_url(url: str) -> None:
    """Raises ValueError unless the URL is http or https, has a host and holds no password; never quotes it."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        raise ValueError("网址无效 / the URL is invalid") from None  # the cause would quote it
    if parts.scheme not in {"http", "https"} or not parts.host:
        raise ValueError("网址须为 http:// 或 https:// 加主机名 / the URL must be http:// or https:// and name a host")
    if parts.userinfo:
        raise ValueError(
            "网址中不能有用户名和密码; 请用 client=httpx.Client(auth=...) / "
            "the URL must not hold a user and password; give client=httpx.Client(auth=...)"
        )


def post(
    url: str,
    content: bytes,
    headers: Mapping[str, str],
    *,
    timeout: int = 10,
    client: httpx.Client | None = None,
    read: int = 0,
) -> bytes:
    """POST the content and give back the first `read` bytes of the answer; what comes after them is not received.

    `timeout` is in seconds, for the whole exchange (for each step, where a client of yours uses a connection again).
    Raises Undelivered: permanent for a redirect, which is never followed, and for a 4xx that asks for another request;
    to be tried again for 408, 425, 429, 5xx and a connection that fails.  Without a client of yours, certificates are
    checked against those of the system (or SSL_CERT_FILE), and no proxy is used.
    """
    check_url(url)
    cut = _Cut()
    alarm = Timer(timeout, cut)
    alarm.daemon = True
    alarm.start()
    told = {**headers, "accept-encoding": "identity"}
    known = {"timeout": httpx.Timeout(timeout).as_dict(), "trace": cut.watch}
    try:
        with _answer(client, url, content=content, headers=told, extensions=known) as response:
            _judge(response.status_code)
            return _beginning(response, read)
    except (httpx.HTTPError, httpx.StreamError) as failure:
        raise _unreached(failure, timed_out=cut.done) from failure
    finally:
        alarm.cancel()


@contextmanager
def _answer(client: httpx.Client | None, url: str, **request: Any) -> Iterator[httpx.Response]:
    """The answer, its body not yet received; closed afterwards."""
    if client is not None:
        response = client.send(client.build_request("POST", url, **request), stream=True, follow_redirects=False)
        with closing(response):
            yield response
        return
    # A transport, not a client: a client writes the URL, and a token in it, to the log, and takes proxies and passwords
    # from the environment.  One for each request, so that an adapter has nothing to close.
    with (
        httpx.HTTPTransport(verify=_trusted()) as transport,
        closing(transport.handle_request(httpx.Request("POST", url, **request))) as response,
    ):
        yield response


class _Cut:
    """Ends a connection when the time is up: httpx bounds each read, and a server can send one byte a read."""

    def __init__(self) -> None:
        self.done = False
        self._socket: socket.socket | None = None

    def watch(self, event: str, info: Mapping[str, Any]) -> None:
        """Note the connection as soon as there is one (httpx calls this at every step)."""
        if event.endswith(_CONNECTED):
            self._socket = info["return_value"].get_extra_info("socket")
            if self.done:
                self()

    def __call__(self) -> None:
        self.done = True
        if self._socket is not None:
            with suppress(OSError):  # it was closed already
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


@cache
def _trusted() -> ssl.SSLContext:
    return ssl.create_default_context()


def _beginning(response: httpx.Response, size: int) -> bytes:
    """The first `size` bytes of the body, as they came: nothing is decompressed, which could make much of little."""
    found = b""
    if size:
        for chunk in response.iter_raw(size):
            found += chunk
            if len(found) >= size:
                break
    return found[:size]


def _judge(status: int) -> None:
    """Return where the status says that the message was accepted."""
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        why = errors.Message(f"对方要求改投别处 (HTTP {status}), 不予跟随", f"redirected (HTTP {status}); not followed")
    elif status == 410:
        why = errors.Message("接收地址已停用 (HTTP 410)", "the receiver is gone (HTTP 410)")
    else:
        why = errors.Message(f"对方未接受 (HTTP {status})", f"not accepted (HTTP {status})")
    raise Undelivered(why, permanent=status < 500 and status not in _RETRIED)


def _unreached(failure: Exception, *, timed_out: bool) -> Undelivered:
    if timed_out or isinstance(failure, httpx.TimeoutException):
        return Undelivered(errors.Message("对方未在限时内答复", "the receiver did not answer in time"))
    kind = type(failure).__name__
    return Undelivered(errors.Message(f"无法连接对方 ({kind})", f"the receiver could not be reached ({kind})"))
