"""A Folder, an address -> the studio served there until it is stopped."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from plan_rules.collector import settle
from plan_rules.extra import from_extra
from plan_rules.listening import is_loopback, listen
from plan_rules.studio.desk import Desk
from plan_rules.studio.editing import LARGE_PATHS, Editing
from plan_rules.studio.folder import Folder
from plan_rules.studio.guards import Doors, Guarded, addresses
from plan_rules.studio.panes import Panes

with from_extra("studio"):
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles
    from starlette.types import ASGIApp

HOST, PORT = "127.0.0.1", 8765
_STATIC = Path(__file__).parent / "static"
_MOST_AT_ONCE = 64


def application(folder: Folder, doors: Doors) -> ASGIApp:
    """The studio as an ASGI application, behind its guards."""
    desk = Desk(folder)
    routes = [
        *Panes(desk, doors.csrf).routes(),
        *Editing(desk).routes(),
        Mount("/static", StaticFiles(directory=_STATIC), name="static"),
    ]
    return Guarded(Starlette(routes=routes), doors)


def serve(folder: Folder, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until the process is told to stop; `tell` is given the address once it can be opened.  Raises NotServed.

    Nothing is logged: requests carry facts of incidents.
    """
    listening = listen(host, port)
    token = None if is_loopback(host) else secrets.token_urlsafe(32)
    doors = Doors(host, listening.getsockname()[1], token, large=LARGE_PATHS)
    config = uvicorn.Config(
        application(folder, doors),
        access_log=False,
        log_level="critical",
        server_header=False,
        limit_concurrency=_MOST_AT_ONCE,
        timeout_graceful_shutdown=2,
        lifespan="off",
    )
    settle()
    for address in addresses(doors):
        tell(address)
    with listening:
        uvicorn.Server(config).run(sockets=[listening])
