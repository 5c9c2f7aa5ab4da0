"""The example of a group chat's robot, against a server that answers as one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from types import ModuleType
from urllib.parse import parse_qs, urlsplit

import pytest

import plan_rules as pr
from plan_rules.cases.delivery import names_of
from tests.cases.servers import (
    DUTY,
    Receiver,
    refused,
    serving,
)
from tests.command_line import ROOT


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as running:
        yield running


def example() -> ModuleType:
    spec = importlib.util.spec_from_file_location("group_robot", ROOT / "examples" / "group_robot.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its dataclasses look themselves up
    spec.loader.exec_module(module)
    return module


def test_a_robot_says_the_duty_in_its_chat(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0, "errmsg": "ok"}'
    example().robot(receiver.url, names=names_of(pr.load()))(DUTY)

    ((path, _, body),) = receiver.asked
    said = json.loads(body)
    assert path == "/hook?token=t0p"
    assert said["msgtype"] == "text"
    assert said["text"]["content"].splitlines() == [
        "【应当】报警",
        "由谁: 网点负责人、大堂经理",
        "期限: 1小时内",
        "依据: 三.3.c",
        f"编号: {DUTY.id[:8]}",
    ]


def test_a_robot_with_a_secret_signs_its_url(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0, "errmsg": "ok"}'
    instant = datetime(2025, 5, 20, 1, 40, 7, 250_000, tzinfo=UTC)
    example().robot(receiver.url, "SECabc", clock=lambda: instant)(DUTY)

    query = parse_qs(urlsplit(receiver.asked[0][0]).query)
    expected = hmac.new(b"SECabc", b"1747705207250\nSECabc", hashlib.sha256).digest()
    assert query == {
        "token": ["t0p"],
        "timestamp": ["1747705207250"],
        "sign": [base64.b64encode(expected).decode()],
    }


@pytest.mark.parametrize(
    ("answer", "permanent"),
    [
        (b'{"errcode": 45009, "errmsg": "api freq out of limit"}', False),
        (b'{"errcode": 130101, "errmsg": "send too fast"}', False),
        (b'{"errcode": 310000, "errmsg": "sign not match"}', True),
        (b'{"errcode": 93000, "errmsg": "invalid webhook url"}', True),
        (b"<html>proxy</html>", False),
        (b"[]", False),
        (b"", False),
    ],
)
def test_a_robot_that_answers_200_and_means_no(receiver: Receiver, answer: bytes, permanent: bool) -> None:
    receiver.status, receiver.answer = 200, answer

    assert refused(example().robot(receiver.url)).permanent is permanent


def run_example(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "examples" / "group_robot.py"), *arguments]
    settings = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": "", **environment}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=settings)


def test_the_example_tells_the_chat_every_open_duty_once(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 0}'
    done = run_example(GROUP_ROBOT_URL=receiver.url, GROUP_ROBOT_SECRET="SECabc")

    texts = [json.loads(body)["text"]["content"] for _, _, body in receiver.asked]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"送达 {len(texts)}, 重试 0, 未送达 0\n"
    assert texts[0].startswith("【应当】报警\n")
    assert len(set(texts)) == len(texts) == len(pr.decide(pr.load(), {"staff_assaulted": True}).duties)


def test_the_example_says_why_a_robot_would_not_speak(receiver: Receiver) -> None:
    receiver.status, receiver.answer = 200, b'{"errcode": 93000}'
    done = run_example(receiver.url)

    assert done.returncode == 1
    assert "errcode 93000" in done.stdout and "t0p" not in done.stdout + done.stderr


def test_the_example_without_a_url_says_how_to_call_it() -> None:
    done = run_example()

    assert (done.returncode, done.stdout) == (0, "用法: python examples/group_robot.py 机器人的网址\n")
