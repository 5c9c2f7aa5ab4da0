"""What the service is measured beside: FastAPI endpoints that do nothing, served as the service is served."""

from __future__ import annotations

import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from starlette.responses import Response

from plan_rules.listening import listen
from plan_rules.service.serving import options
from plan_rules.service.setting import Setting

app = FastAPI()
SIZED = b'{"text":"' + b"x" * int(sys.argv[1] if len(sys.argv) > 1 else 0) + b'"}'


@app.post("/empty")
async def empty() -> dict[str, Any]:
    """Take nothing, answer an empty object."""
    return {}


@app.post("/sized")
async def sized(body: dict[str, Any]) -> Response:  # noqa: ARG001  FastAPI reads it
    """Take the same JSON as the service, answer as many bytes."""
    return Response(SIZED, media_type="application/json")


if __name__ == "__main__":
    with listen("127.0.0.1", 0) as listening:
        print(listening.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, **options(Setting()))).run(sockets=[listening])
