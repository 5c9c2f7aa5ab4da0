"""An ASGI application -> the same, behind guards: who may ask, from where, how much, and what a page may do.

A page of a stranger in the same browser can send requests here and, by a name of its own that points to this machine,
even read answers.  So the Host has to be ours, what changes or decides something needs the origin and the token of our
own page, and no answer may be framed, sniffed, stored or run code that is not served from here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode, urlsplit

from plan_rules.extra import from_extra
from plan_rules.listening import is_address, is_loopback

with from_extra("studio"):
    from starlette.datastructures import Headers, MutableHeaders
    from starlette.exceptions import HTTPException
    from starlette.requests import cookie_parser
    from starlette.responses import PlainTextResponse, RedirectResponse, Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

SMALL, LARGE = 256 * 1024, 9 * 1024 * 1024  # bytes of a form; of a request that carries a plan file
CSRF_HEADER = "x-studio-token"
COOKIE = "plan_rules_studio"
_TOO_LARGE = "请求太大 / the request is too large\n"
_SAFE = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the studio is reached: `host` and `port` it listens on, `token` that others than the loopback need.

    `csrf` proves that a request comes from a page of ours; both are made anew for every run.
    """

    host: str
    port: int
    token: str | None = None
    csrf: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    large: tuple[str, ...] = ()  # paths that take a whole plan file


class Guarded:
    """The application behind its guards."""

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nothing here speaks over a socket
        nonce = secrets.token_urlsafe(16)
        scope["nonce"] = nonce
        answered = _Answered(send, nonce)
        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, answered)
            return
        limit = LARGE if scope["path"] in self._doors.large else SMALL
        await self._app(scope, _limited(receive, limit), answered)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        host = headers.getlist("host")
        if len(host) != 1 or not self._is_ours(host[0]):
            return _refuse(421, "不认识这个主机名", "this host name is not served here")
        if scope["method"] not in (*_SAFE, "POST"):
            return _refuse(405, "不支持这种请求", "this method is not supported")
        if self._doors.token is not None and not self._may_enter(headers):
            return self._entrance(scope)
        if scope["method"] == "POST" and not self._from_our_page(headers, host[0]):
            return _refuse(403, "请求不是从本页面发出的, 请重新载入", "not sent from this page; load it again")
        length = headers.get("content-length", "0")
        limit = LARGE if scope["path"] in self._doors.large else SMALL
        if not length.isdecimal() or int(length[:20]) > limit:
            return PlainTextResponse(_TOO_LARGE, status_code=413)
        return None

    def _is_ours(self, host: str) -> bool:
        """An address, localhost or the very name we were given, with our port; no other name may point here."""
        try:
            parts = urlsplit(f"//{host}")
            name, port = parts.hostname, parts.port or 80
        except ValueError:
            return False
        if name is None or port != self._doors.port or parts.username is not None or parts.path:
            return False
        if is_loopback(self._doors.host):
            return is_loopback(name)
        return name == self._doors.host.lower() or name == "localhost" or is_address(name)

    def _from_our_page(self, headers: Headers, host: str) -> bool:
        given = headers.get(CSRF_HEADER, "")
        if not secrets.compare_digest(given.encode(), self._doors.csrf.encode()):
            return False
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            return False
        return headers.get("sec-fetch-site", "same-origin") == "same-origin"

    # ----------------------------------------------------------------- the token, where others can reach us

    def _may_enter(self, headers: Headers) -> bool:
        given = [cookie_parser(headers.get("cookie", "")).get(self._cookie, "")]
        scheme, _, value = headers.get("authorization", "").partition(" ")
        given += [value] if scheme.lower() == "bearer" else []
        return any(self._is_token(each) for each in given)

    def _entrance(self, scope: Scope) -> Response:
        """With the token in the address: a cookie, and the same address without it.  Else the way in is told."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=20)
        if scope["method"] in _SAFE and any(name == "token" and self._is_token(value) for name, value in query):
            left = urlencode([(name, value) for name, value in query if name != "token"])
            path = "/" + scope["path"].lstrip("/")  # never `//host`
            response = RedirectResponse(path + (f"?{left}" if left else ""), status_code=303)
            response.set_cookie(self._cookie, self._doors.token or "", httponly=True, samesite="strict", path="/")
            return response
        return _refuse(401, "请用启动时显示的带口令的网址打开", "open the address, with its token, shown at the start")

    @property
    def _cookie(self) -> str:
        return f"{COOKIE}_{self._doors.port}"  # cookies know no ports

    def _is_token(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), (self._doors.token or "").encode())


class _Answered:
    """`send`, with the headers that every answer has."""

    def __init__(self, send: Send, nonce: str) -> None:
        self._send = send
        self._nonce = nonce

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in headers_of(self._nonce).items():
                headers[name] = value
            headers.setdefault("cache-control", "no-store")
        await self._send(message)


def headers_of(nonce: str) -> Mapping[str, str]:
    """What a page from here may do: run and fetch what is served here, and nothing else.

    The nonce is for the editor, which makes its style sheet when it starts.
    """
    policy = (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        f"style-src 'self' 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), microphone=(), geolocation=()",
    }


def _limited(receive: Receive, limit: int) -> Receive:
    """`receive`, which refuses once the body is larger: also one of no stated length."""
    taken = 0

    async def receiving() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > limit:
            raise HTTPException(413, _TOO_LARGE)
        return message

    return receiving


def addresses(doors: Doors) -> Iterable[str]:
    """Where to open it."""
    name = f"[{doors.host}]" if ":" in doors.host else doors.host
    yield f"http://{name}:{doors.port}/" + (f"?token={doors.token}" if doors.token else "")


def _refuse(status: int, zh: str, en: str) -> Response:
    return PlainTextResponse(f"{zh} / {en}\n", status_code=status)
