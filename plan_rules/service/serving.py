"""Setting, an address -> the service there, in one process or several, until it is told to stop.

On SIGTERM nothing new is taken, what is in flight is answered, and then it ends.  On SIGHUP plans are read again: in
one process at once; with several, each is replaced by a new one, which begins before the old one ends.
"""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from socket import socket
from typing import Any

from plan_rules.extra import from_extra
from plan_rules.listening import is_loopback, listen
from plan_rules.service.application import Service
from plan_rules.service.problem import refused
from plan_rules.service.setting import VARIABLE, Setting

with from_extra("service"):
    import uvicorn
    from uvicorn.supervisors import Multiprocess

HOST, PORT = "127.0.0.1", 8080
_FACTORY = "plan_rules.service.application:from_environment"


def serve(setting: Setting, host: str, port: int) -> None:
    """Serve until told to stop.  Raises NotServed, Refused, and what reading plans, tokens and calendars raises."""
    check_access(setting, host)
    listening = listen(host, port)
    with listening:
        if setting.workers == 1:
            _alone(setting, listening, host)
        else:
            _several(setting, listening, host)


def check_access(setting: Setting, host: str) -> None:
    """Raises Refused where anybody could ask, or nobody."""
    if setting.anonymous and not is_loopback(host):
        raise refused(500, "anonymous", "--anonymous 只能用在本机地址上", "--anonymous is for a loopback address alone")
    if setting.tokens is None and not setting.anonymous:
        raise refused(
            500,
            "tokens_missing",
            "没有口令文件: 加 --tokens FILE(先用 --new-token 生成), 在本机上试用可加 --anonymous",
            "no file of tokens: give --tokens FILE (make it with --new-token); to try it on this machine, --anonymous",
        )


def _alone(setting: Setting, listening: socket, host: str) -> None:
    service = Service(setting)
    server = uvicorn.Server(uvicorn.Config(service.application(), **options(setting)))
    signal.signal(signal.SIGHUP, lambda *_: threading.Thread(target=service.refresh, kwargs={"anyway": True}).start())
    _announce(service, listening, host)
    server.run(sockets=[listening])


def _several(setting: Setting, listening: socket, host: str) -> None:
    service = Service(setting)  # what is wrong is told before any process starts
    os.environ[VARIABLE] = setting.model_dump_json()
    with tempfile.TemporaryDirectory(prefix="plan-rules-") as measures:
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = measures
        config = uvicorn.Config(_FACTORY, factory=True, workers=setting.workers, **options(setting))
        _announce(service, listening, host)
        Multiprocess(config, [listening]).run()


def options(setting: Setting) -> dict[str, Any]:
    """How uvicorn serves it."""
    return {
        "access_log": False,
        "log_level": "critical",
        "server_header": False,
        "timeout_graceful_shutdown": max(1, round(setting.drain)),
        "timeout_keep_alive": 75,
        "timeout_worker_healthcheck": 60,  # a new process reads its plans before it is ready
        "h11_max_incomplete_event_size": 32 * 1024,
        "lifespan": "on",
        "ws": "none",
    }


def _announce(service: Service, listening: socket, host: str) -> None:
    name = f"[{host}]" if ":" in host else host
    service.log.tell("listening", address=f"http://{name}:{listening.getsockname()[1]}", process=os.getpid())
