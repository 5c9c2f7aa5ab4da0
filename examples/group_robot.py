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
from datetime import UTC, datetime, timedelta
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import plan_rules as pr
from plan_rules.cases import Cases
from plan_rules.cases.delivery import Deliver, Undelivered, names_of, post
from plan_rules.cases.message import Message
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


def main() -> int:
    """Open a case in which a member of staff was assaulted, and tell the chat what to do now."""
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GROUP_ROBOT_URL")
    if url is None:
        print("用法: python examples/group_robot.py 机器人的网址")
        return 0
    plan = pr.load()
    with TemporaryDirectory() as folder, Cases.connect(f"sqlite:///{folder}/cases.db") as cases:
        cases.open(plan, FACTS, by="desk")
        tally = run(
            cases.outbox,
            robot(url, os.environ.get("GROUP_ROBOT_SECRET"), names=names_of(plan)),
            worker="example",
            clock=now,
            wait=time.sleep,
            policy=Policy(attempts=3, first=timedelta(seconds=1)),
            stop=lambda: not {"waiting", "claimed"} & {*cases.outbox.counts()},
        )
        print(f"送达 {tally.delivered}, 重试 {tally.retried}, 未送达 {tally.buried}")
        for why in sorted({why for _, why in cases.outbox.dead()}):
            print(f"- {why}")
    return 1 if tally.buried else 0


if __name__ == "__main__":
    sys.exit(main())
