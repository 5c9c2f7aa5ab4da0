"""The examples run as they stand and show what they promise."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.command_line import ROOT


def output(name: str) -> str:
    command = [sys.executable, str(ROOT / "examples" / name)]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "PATH": ""}
    done = subprocess.run(command, capture_output=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8")


def test_the_branch_terminal_begins_with_the_tier_and_then_the_call_to_the_police() -> None:
    lines = output("branch_terminal.py").splitlines()
    assert "严重过激" in lines[0]
    assert lines[1].startswith("1. ")
    assert "报警" in lines[1]
    assert any(line.startswith("不得 ") for line in lines)


def test_the_ticket_system_opens_only_new_tickets_and_refuses_what_cannot_be() -> None:
    text = output("ticket_system.py")
    decoder = json.JSONDecoder()
    answers, position = [], 0
    while position < len(text.rstrip()):
        answer, position = decoder.raw_decode(text, position)
        answers.append(answer)
        position += 1
    first, worse, refused = answers
    assert first["status"] == worse["status"] == 200
    assert not {ticket["key"] for ticket in first["tickets"]} & {ticket["key"] for ticket in worse["tickets"]}
    assert any("三.3.c" in ticket["clauses"] for ticket in worse["tickets"])
    assert refused["status"] == 422
    assert refused["errors"][0]["code"] == "X1"


def test_past_incidents_are_counted_by_tier_and_late_reports_named() -> None:
    lines = output("past_incidents.py").splitlines()
    assert sum(int(line.split()[0]) for line in lines if line[:1] == " ") == 6
    assert any("2025-004" in line and "late 2" in line for line in lines)
    assert any("2025-005" in line and "missed 3" in line for line in lines)
    assert any("2025-007: X1" in line for line in lines)


def test_the_amendment_gate_says_what_is_lost_and_does_not_let_it_pass() -> None:
    lines = output("amendment_gate.py").splitlines()
    assert lines[0].startswith("loses report_to_ga_or_po on 0.32 % of incidents")
    assert any(line.startswith("DF002: ") for line in lines)
    assert lines[-1] == "may not be merged"


def test_the_lobby_is_asked_two_questions_and_told_what_is_certain() -> None:
    lines = output("lobby_questions.py").splitlines()
    assert lines[0].endswith("minor")
    assert lines[1].endswith("True")
    assert lines[2] == "已影响正常工作秩序"
    assert "- 维护好营业秩序" in lines


def test_the_case_desk_hands_out_each_ticket_once_and_tells_who_is_to_know_of_a_delay() -> None:
    lines = output("case_desk.py").splitlines()
    tickets = [line for line in lines if line.startswith("  ")]
    assert len(tickets) == len(set(tickets))
    assert any(line.startswith("  duty.required 报警 -> ") for line in tickets)
    assert lines[-3].startswith("  duty.escalated 将整个事件情况及处理结果报送发起行 -> general_affairs_dept")
    assert lines[-2:] == ["关闭; report_to_sponsor late 1", "留痕完整 True, 重演一致 True"]
