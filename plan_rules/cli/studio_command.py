"""`plan-rules studio`: a folder with a plan -> a page in the browser of this machine, until it is stopped."""

from __future__ import annotations

import sys
import webbrowser
from dataclasses import dataclass
from pathlib import Path

from plan_rules.cli import output
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, OK, Stop
from plan_rules.errors import Message, ToldError
from plan_rules.studio.folder import PLAN, Folder
from plan_rules.studio.serving import serve

MOST_PORTS = 65_535


@dataclass(frozen=True, slots=True)
class Asked:
    """Which plan, and where it is served."""

    folder: str | None
    plan: str | None
    host: str
    port: int
    browser: bool = False
    lang: str = "zh"


def run(asked: Asked) -> int:
    """Serve until Ctrl+C."""
    folder = _folder(asked)
    if not 0 <= asked.port <= MOST_PORTS:
        message = Message(f"--port 是 0 至 {MOST_PORTS} 的整数", f"--port lies between 0 and {MOST_PORTS}")
        raise Stop(BAD_INPUT, "usage", message)

    def tell(address: str) -> None:
        address += ("&" if "?" in address else "?") + "lang=en" if asked.lang == "en" else ""
        stop = "Ctrl+C 停止" if asked.lang == "zh" else "Ctrl+C stops it"
        output.say([f"{'预案工作台' if asked.lang == 'zh' else 'plan studio'}: {address}  ({stop})"])
        sys.stdout.flush()  # whoever reads it through a pipe waits for the address
        if asked.browser:
            webbrowser.open(address)

    try:
        serve(folder, asked.host, asked.port, tell)
    except ToldError as failure:
        raise Stop(BAD_INPUT, "not_served", failure.message) from failure
    return OK


def _folder(asked: Asked) -> Folder:
    if asked.folder is not None and asked.plan is not None:
        message = Message("文件夹和 --plan 只能写一个", "give either a folder or --plan")
        raise Stop(BAD_INPUT, "usage", message)
    if asked.folder is None and asked.plan is None:
        return Folder(None)
    plan = Path(asked.plan) if asked.plan is not None else Path(asked.folder or ".", PLAN)
    try:
        folder = Folder(plan.parent, plan.name)
        found = folder.read(plan.name)
    except (OSError, ValueError) as failure:
        message = Message(f"打不开文件夹 {plan.parent}", f"cannot open the folder {plan.parent}")
        raise Stop(BAD_PLAN, "plan_unreadable", message) from failure
    except ToldError as failure:
        raise Stop(BAD_PLAN, "plan_unreadable", failure.message) from failure
    if found is None:
        message = Message(
            f"{plan.parent} 里没有 {plan.name}; 用 plan-rules init {plan.parent} 建一份",
            f"there is no {plan.name} in {plan.parent}; `plan-rules init {plan.parent}` makes one",
        )
        raise Stop(BAD_PLAN, "plan_unreadable", message)
    return folder
