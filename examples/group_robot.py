"""Newly required duties -> a group chat, through its robot (企业微信 or 钉钉).

    GROUP_ROBOT_URL=https://... python examples/group_robot.py
    GROUP_ROBOT_SECRET=SEC... python examples/group_robot.py https://...

The URL is the robot's and holds its token.  The secret is that of 钉钉's 加签; 企业微信 has none.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import plan_rules as pr
from plan_rules.cases.delivery import Deliver, Undelivered, names_of, post
from plan_rules.cases.message import REQUIRED, Message, message_id
from plan_rules.cases.worker import Policy, run
from plan_rules.errors import Message as Words

BUSY = {-1, 45009, 130101}  # try again: the platform is busy; too often (企业微信); too often (钉钉)
FACTS = {"staff_assaulted": True}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NO_NAMES: Mapping[str, str] = {}


def now() -> datetime:
    return datetime.now(UTC)


def robot(
    url: str,
    secret: str | None = None,
    *,
    names: Mapping[str, str] = NO_NAMES,
    clock: Callable[[], datetime] = now,
) -> Deliver:
    """An adapter that says each message in the robot's chat."""

    def deliver(message: Message) -> None:
        text = {"msgtype": "text", "text": {"content": spoken(message, names)}}
        target = url if secret is None else signed(url, secret, clock())
        answer = post(target, json.dumps(text).encode(), {"content-type": "application/json"}, read=4096)
        judge(answer)

    return deliver


def signed(url: str, secret: str, instant: datetime) -> str:
    """The URL with 钉钉's signature, which is good for an hour."""
    timestamp = str((instant - EPOCH) // timedelta(milliseconds=1))
    digest = hmac.new(secret.encode(), f"{timestamp}\n{secret}".encode(), hashlib.sha256).digest()
    query = urlencode({"timestamp": timestamp, "sign": base64.b64encode(digest).decode()})
    return f"{url}{'&' if '?' in url else '?'}{query}"


def judge(answer: bytes) -> None:
    """A robot answers HTTP 200 to everything; only `errcode` tells."""
    try:
        code = json.loads(answer)["errcode"]
    except (ValueError, KeyError, TypeError):
        raise Undelivered(Words("机器人的答复不是所要的 JSON", "the robot's answer is not the JSON expected")) from None
    if code != 0:
        raise Undelivered(
            Words(f"机器人未接受 (errcode {code})", f"the robot said no (errcode {code})"), code not in BUSY
        )


def spoken(message: Message, names: Mapping[str, str]) -> str:
    """What the chat reads.  A message can come twice; its number shows that it is the same one."""
    duty = message.body
    lines = [f"【应当】{duty['label']}", "由谁: " + "、".join(names.get(role, role) for role in duty["roles"])]
    if duty["deadline"]:
        lines.append(f"期限: {duty['deadline']['text']}")
    return "\n".join([*lines, f"依据: {'、'.join(duty['clauses'])}", f"编号: {message.id[:8]}"])


@dataclass
class Entry:
    """A message in the outbox: when it is due, whose it is, and how it ended."""

    message: Message
    due: datetime
    holder: str = ""
    why: str = ""
    ended: datetime | None = None


class Memory:
    """The outbox of this example, gone when it ends; a service keeps its own in a database."""

    def __init__(self, messages: list[Message], due: datetime) -> None:
        self.entries = {message.id: Entry(replace(message, attempt=0), due) for message in messages}

    def waiting(self) -> list[Entry]:
        """What is neither delivered nor buried."""
        return [entry for entry in self.entries.values() if entry.ended is None]

    def claim(self, worker: str, *, now: datetime, lease: timedelta, limit: int) -> tuple[Message, ...]:
        """Those due, to this worker until the lease ends: then they are due again."""
        ready = [entry for entry in self.waiting() if entry.due <= now][:limit]
        for entry in ready:
            entry.message = replace(entry.message, attempt=entry.message.attempt + 1)
            entry.holder, entry.due = worker, now + lease
        return tuple(entry.message for entry in ready)

    def acknowledge(self, message_id: str, worker: str, *, now: datetime) -> bool:
        """Delivered."""
        return self.end(message_id, worker, ended=now)

    def retry(self, message_id: str, worker: str, *, now: datetime, at: datetime, why: str) -> bool:
        """Due again later."""
        assert at > now
        return self.end(message_id, worker, due=at, why=why)

    def bury(self, message_id: str, worker: str, *, now: datetime, why: str) -> bool:
        """Given up."""
        return self.end(message_id, worker, ended=now, why=why)

    def end(self, message_id: str, worker: str, **changes: Any) -> bool:
        """End the claim, if it is still this worker's."""
        entry = self.entries[message_id]
        if entry.holder != worker or entry.ended is not None:
            return False
        self.entries[message_id] = replace(entry, holder="", **changes)
        return True


def messages(case: str, plan: pr.Plan, facts: Mapping[str, Any], at: datetime) -> list[Message]:
    """One message for each duty that is open."""
    duties = json.loads(pr.decide(plan, facts, at=at).to_json())["duties"]
    kept = ("action", "label", "roles", "recipient", "deadline", "clauses")
    return [
        Message(message_id(case, REQUIRED, duty["action"], 1), case, REQUIRED, at, {key: duty[key] for key in kept})
        for duty in duties
        if duty["status"] == "open"
    ]


def main() -> int:
    """Tell the chat what to do now that a member of staff was assaulted."""
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GROUP_ROBOT_URL")
    if url is None:
        print("用法: python examples/group_robot.py 机器人的网址")
        return 0
    plan = pr.load()
    outbox = Memory(messages("示例", plan, FACTS, datetime.fromisoformat("2025-05-20T09:40")), now())
    tally = run(
        outbox,
        robot(url, os.environ.get("GROUP_ROBOT_SECRET"), names=names_of(plan)),
        worker="example",
        clock=now,
        wait=time.sleep,
        policy=Policy(attempts=3, first=timedelta(seconds=1)),
        stop=lambda: not outbox.waiting(),
    )
    print(f"送达 {tally.delivered}, 重试 {tally.retried}, 未送达 {tally.buried}")
    for why in sorted({entry.why for entry in outbox.entries.values()} - {""}):
        print(f"- {why}")
    return 1 if tally.buried else 0


if __name__ == "__main__":
    sys.exit(main())
