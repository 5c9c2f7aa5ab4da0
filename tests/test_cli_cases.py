"""`plan-rules case`, `outbox` and `audit` as a user meets them: S58 told command by command, and all that can go wrong."""

from __future__ import annotations

import inspect
import json
import os
import pty
import re
import select
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from plan_rules.cli.cases.groups import groups
from plan_rules.cli.words import Words
from plan_rules.display_width import width
from tests.command_line import ROOT, run, run_in_terminal

FACTS = b"""
complaint_location: counter
aggression_level: minor
opinion_valid: false
demand_conflicts_with_rules: true
"""
S58 = (
    ("09:15", ("open", "-", "--case", "S58", "--outlet", "城关支行")),
    ("09:22", ("record", "S58", "已影响正常工作秩序=是")),
    ("09:32", ("record", "S58", "counter_disturbance_continues=true", "reception_room_declined=true")),
    ("09:32", ("done", "S58", "report_to_ga_or_po", "--role", "outlet_manager")),
    ("09:40", ("record", "S58", "staff_assaulted=true", "--withdraw", "aggression_level")),
    ("09:41", ("done", "S58", "报警", "--role", "大堂经理")),
    ("09:55", ("record", "S58", "police_arrived=true")),
    ("16:00", ("resolve", "S58")),
)


class Desk:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(
        self, *arguments: str, stdin: bytes = b"", by: str = "10023", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return run(*arguments, stdin=stdin, cwd=self.folder, PLAN_RULES_BY=by, **env)

    def json(self, *arguments: str, stdin: bytes = b"", **env: str) -> Any:
        done = self(*arguments, "--json", stdin=stdin, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    @property
    def store(self) -> str:
        return f"sqlite:///{self.folder / 'cases.db'}"


def tell(desk: Desk, steps: int = len(S58)) -> list[Any]:
    """S58, so many of its commands; what each printed as JSON."""
    return [
        desk.json("case", *command, "--at", f"2025-05-20T{at}", stdin=FACTS if command[0] == "open" else b"")
        for at, command in S58[:steps]
    ]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Desk, list[Any]]:
    """A folder in which S58 was told; tests only look at it."""
    desk = Desk(tmp_path_factory.mktemp("told"))
    return desk, tell(desk)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# --------------------------------------------------------------------------- the story


def test_s58_rises_from_tier_1_to_3_and_ends_with_the_report_due_in_three_days(told: tuple[Desk, list[Any]]) -> None:
    desk, said = told
    assert [each["version"] for each in said] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert [each["tier"] for each in said] == [
        "tier_1_general",
        *["tier_2_order_disrupted"] * 3,
        *["tier_3_serious_aggression"] * 4,
    ]
    assert "call_police" in said[4]["change"]["new"]
    assert said[5]["change"]["done"] == ["call_police"]
    assert said[7]["phase"] == "resolved"
    assert [(each["action"], each["due"]) for each in desk.json("case", "due")["due"]] == [
        ("report_to_sponsor", "2025-05-23")
    ]


def test_what_a_recording_prints_as_json(told: tuple[Desk, list[Any]]) -> None:
    keys = ["case", "version", "repeated", "at", "phase", "tier", "change", "open", "decision"]
    assert [list(each) for each in told[1]] == [keys] * len(S58)
    assert told[1][0]["decision"]["tier"]["id"] == "tier_1_general"


def test_what_changed_is_told_at_a_glance_in_both_languages(desk: Desk) -> None:
    tell(desk, 1)
    chinese = desk("case", *S58[1][1], "--at", "2025-05-20T09:22").stdout.splitlines()
    assert chinese[0] == "案件 | S58 · 城关支行 · 第 2 版 · 正在处理"
    assert chinese[1].startswith("等级 | ↑ 一级 → 二级")
    assert any(line.startswith("下一步 | 尽力劝解或劝阻 - ") for line in chinese)
    assert any(line.startswith("新增 | 1 | 待办 | 尽力劝解或劝阻 | 谁: ") for line in chinese)
    assert "失效 | 就地处理" in chinese
    english = desk("case", "done", "S58", "dissuade_customer", "--at", "2025-05-20T09:23", "--lang", "en").stdout
    assert english.startswith("Case | S58 · 城关支行 · version 3 · open\nTier | ")
    assert "\nDone | " in english
    assert "案件" not in english


def test_a_first_case_says_that_a_store_was_made(desk: Desk) -> None:
    first = desk("case", "open", "-", "--case", "a", stdin=FACTS)
    assert first.stderr == "新建了案件库 cases.db\n"
    assert desk("case", "open", "-", "--case", "b", stdin=FACTS).stderr == ""


def test_an_event_recorded_twice_counts_once(desk: Desk) -> None:
    tell(desk, 1)
    once = desk.json("case", "record", "S58", "order_disrupted=true", "--event", "e1")
    again = desk.json("case", "record", "S58", "order_disrupted=true", "--event", "e1")
    assert (again["version"], again["repeated"], again["change"]) == (once["version"], True, None)
    assert "早已登记" in desk("case", "record", "S58", "order_disrupted=true", "--event", "e1").stdout


def test_facts_come_from_a_file_too_and_words_come_after_it(desk: Desk) -> None:
    tell(desk, 1)
    (desk.folder / "more.yaml").write_text("order_disrupted: true\nreception_room_declined: true\n")
    said = desk.json("case", "record", "S58", "reception_room_declined=false", "--facts", "more.yaml")
    assert said["decision"]["facts"]["order_disrupted"] is True
    assert said["decision"]["facts"]["reception_room_declined"] is False


def test_the_rest_of_a_case_breach_override_handover_reopen_upgrade_close(desk: Desk) -> None:
    tell(desk, 1)
    breached = desk("case", "breach", "S58", "与客户发生争执", "--role", "网点人员").stdout
    assert "与客户发生争执: 违反禁止 | 补救: " in breached
    excused = desk.json(
        "case", "override", "S58", "handle_on_site", "--reason", "客户要求去法院", "--approver", "10001"
    )
    assert "handle_on_site" not in [life["action"] for life in excused["open"]]
    assert desk.json("case", "handover", "S58", "A角", "b_role")["version"] == 4
    desk.json("case", "record", "S58", "staff_assaulted=true", "--withdraw", "aggression_level")
    assert desk.json("case", "resolve", "S58")["phase"] == "resolved"
    assert desk.json("case", "reopen", "S58", "--reason", "客户又来了")["phase"] == "open"
    newer = (ROOT / "rules/plan.yaml").read_text("utf-8").replace("1.0.0", "1.0.1", 1)
    (desk.folder / "plan.yaml").write_text(newer, "utf-8")
    (desk.folder / "source.yaml").write_bytes((ROOT / "rules/source.yaml").read_bytes())
    assert desk.json("case", "upgrade", "S58", "--plan", "plan.yaml")["decision"]["plan"]["version"] == "1.0.1"
    desk.json("case", "resolve", "S58")
    assert desk("case", "close", "S58", "--json").returncode == 2  # the report is due
    desk.json("case", "done", "S58", "report_to_sponsor")
    assert desk.json("case", "close", "S58")["phase"] == "closed"
    assert desk("case", "list").stdout == "没有案件\n"
    assert "已结案" in desk("case", "list", "--all").stdout


def test_review_records_once_what_time_changed(desk: Desk) -> None:
    tell(desk)
    first = desk.json("case", "review", by="clock")["reviewed"]
    assert [each["change"]["violated"] for each in first] == [["report_to_sponsor"]]
    assert desk.json("case", "review", by="clock") == {"reviewed": []}
    assert desk("case", "review", by="clock").stdout == "没有因时间而变的案件\n"
    assert "逾期: 2025-05-23" in desk("case", "overdue").stdout
    assert desk("case", "overdue").returncode == 0


def test_the_tutorial_of_a_first_case_goes_as_it_says(desk: Desk) -> None:
    page = (ROOT / "docs/tutorial/first-case.md").read_text("utf-8")
    facts = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert facts
    (desk.folder / "投诉.yaml").write_text(facts[1], "utf-8")
    steps = re.findall(r"^    plan-rules ([^\n]+)\n(?:\n```text\n(.*?)```)?", page, re.MULTILINE | re.DOTALL)
    assert len(steps) == 10
    for command, expected in steps:
        done = desk(*command.split())
        said = (done.stdout + done.stderr).splitlines()
        assert [line for line in expected.splitlines() if line != "…" and line not in said] == [], command
        assert done.returncode == (2 if "错误" in expected else 0), command


# --------------------------------------------------------------------------- looking


def test_show_is_the_case_as_it_stood_at_an_instant(told: tuple[Desk, list[Any]]) -> None:
    desk, _ = told
    early = desk("case", "show", "S58", "--at", "2025-05-20T09:30").stdout
    assert "二级" in early.splitlines()[0]
    assert "报警" not in early
    whole = desk.json("case", "show", "S58", "--at", "2025-05-20T09:45")
    assert set(whole) == {"case", "at", "due", "follow_ups", "decision"}
    assert whole["case"]["version"] == 6
    assert "report_to_executive" in [each["action"] for each in whole["due"] if each["term"] == "immediate"]
    before = desk("case", "show", "S58", "--at", "2025-05-20T09:00")
    assert (before.returncode, "才开案" in before.stderr) == (2, True)


def test_lists_line_up_however_wide_their_words_are(told: tuple[Desk, list[Any]]) -> None:
    desk, _ = told
    head, row = desk("case", "list").stdout.splitlines()
    assert [width(head[: head.index(word)]) for word in ("状态", "等级", "网点", "开案", "最后登记")] == [
        width(row[: row.index(word)])
        for word in ("已处理完", "三级", "城关支行", "2025-05-20 09:15", "2025-05-20 16:00")
    ]
    assert list(desk.json("case", "list")["cases"][0]) == [
        "case", "phase", "tier", "outlet", "opened_at", "at", "version",
    ]  # fmt: skip
    assert desk("case", "due", "--before", "2025-05-20").stdout == "没有\n"
    assert "将整个事件情况及处理结果报送发起行" in desk("case", "due", "--before", "2025-05-24", "--case", "S58").stdout


def test_history_tells_every_event_in_order(told: tuple[Desk, list[Any]]) -> None:
    desk, _ = told
    numbered = [line for line in desk("case", "history", "S58").stdout.splitlines() if re.match(r"\d+\. ", line)]
    assert [line.split(".")[0] for line in numbered] == [str(number) for number in range(1, 9)]
    events = desk.json("case", "history", "S58")["events"]
    assert [each["event"]["what"]["kind"] for each in events][-2:] == ["observed", "resolved"]


def test_a_terminal_gets_boxes_that_fill_80_columns_exactly(told: tuple[Desk, list[Any]]) -> None:
    shown = run_in_terminal("case", "show", "S58", "--store", told[0].store, "--at", "2025-05-20T09:50")
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line) for line in shown.splitlines()]
    assert {width(line) for line in lines if line} == {80}
    assert "\x1b[" in shown
    assert any("下一步 ▶" in line for line in lines)


def test_what_changed_is_drawn_in_a_terminal(desk: Desk) -> None:
    tell(desk, 1)
    shown = run_in_terminal(
        "case", "record", "S58", "order_disrupted=true", "--by", "1", "--store", desk.store, "--at", "2025-05-20T09:22"
    )
    lines = [re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", line) for line in shown.splitlines()]
    assert {width(line) for line in lines if line[:1] in ("╭", "│", "╰")} == {80}
    assert any("新增" in line for line in lines)
    assert any("↑ 一级 → 二级" in line for line in lines)


def test_watch_is_drawn_anew_when_the_case_moves_on_and_q_ends_it(desk: Desk) -> None:
    tell(desk, 1)
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LANG": "", "COLUMNS": "80"}
    command = [sys.executable, "-m", "plan_rules.cli", "case", "watch", "S58", "--store", desk.store]
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment) as process:
        os.close(slave)
        assert "一级" in _until(master, "一级")
        desk.json("case", "record", "S58", "order_disrupted=true")
        assert "二级" in _until(master, "二级")
        os.write(master, b"q")
        _until(master, "\0")
        assert process.wait(timeout=30) == 0
    os.close(master)


def _until(descriptor: int, word: str, seconds: int = 30) -> str:
    """What a terminal shows until it shows this, or ends."""
    seen, end = b"", time.monotonic() + seconds
    while word.encode() not in seen and time.monotonic() < end:
        if select.select([descriptor], [], [], 0.5)[0]:
            try:
                seen += os.read(descriptor, 65536)
            except OSError:  # it ended
                break
    return seen.decode("utf-8", "replace")


def test_watch_without_a_terminal_shows_once(told: tuple[Desk, list[Any]]) -> None:
    assert told[0]("case", "watch", "S58").stdout.startswith("S58 · 城关支行")


# --------------------------------------------------------------------------- what is refused

REFUSED = (
    (("case", "record", "S58", "staff_assaulted=true"), 2, "facts_invalid"),
    (("case", "record", "S58", "staff_asaulted=true"), 2, "facts_invalid"),
    (("case", "record", "S58", "aggression_level=严重"), 2, "facts_invalid"),
    (("case", "record", "S58", "order_disrupted"), 2, "facts_invalid"),
    (("case", "record", "S58"), 2, "usage"),
    (("case", "record", "S58", "--withdraw", "staff_assaulted"), 2, "event_refused"),
    (("case", "record", "S58", "--withdraw", "没有的"), 2, "unknown_fact"),
    (("case", "record", "S58", "order_disrupted=true", "--personal", "客户姓名=某"), 2, "key_refused"),
    (("case", "record", "S58", "order_disrupted=true", "--personal", "客户姓名"), 2, "usage"),
    (("case", "record", "S58", "order_disrupted=true", "--expected", "7"), 2, "event_refused"),
    (("case", "record", "S58", "order_disrupted=true", "--at", "2025-05-19"), 2, "event_refused"),
    (("case", "record", "S58", "order_disrupted=true", "--at", "2999-01-01"), 2, "event_refused"),
    (("case", "record", "S58", "order_disrupted=true", "--at", "soon"), 2, "usage"),
    (("case", "record", "S58", "order_disrupted=true", "--by", "张 三"), 2, "event_refused"),
    (("case", "record", "S59", "order_disrupted=true"), 2, "event_refused"),
    (("case", "done", "S58", "报井"), 2, "unknown_action"),
    (("case", "done", "S58", "call_police"), 2, "event_refused"),
    (("case", "done", "S58", "就地处理", "--role", "大唐经理"), 2, "unknown_role"),
    (("case", "override", "S58", "handle_on_site", "--reason", "", "--approver", "1"), 2, "event_refused"),
    (("case", "override", "S58", "handle_on_site", "--reason", "x", "--approver", "10023"), 2, "event_refused"),
    (("case", "open", "-", "--case", "S58"), 2, "event_refused"),
    (("case", "open", "-", "--case", "a b"), 2, "event_refused"),
    (("case", "open", "-", "--case", "c", "--outlet", "长" * 101), 2, "event_refused"),
    (("case", "open", "-", "--case", "c", "--plan", "nowhere.yaml"), 3, "plan_unreadable"),
    (("case", "upgrade", "S58", "--plan", "nowhere.yaml"), 3, "plan_unreadable"),
    (("case", "reopen", "S58", "--reason", "x"), 2, "event_refused"),
    (("case", "close", "S58"), 2, "event_refused"),
    (("case", "show", "nowhere"), 2, "event_refused"),
    (("case", "history", "nowhere"), 2, "event_refused"),
    (("case", "due", "--case", "nowhere"), 2, "event_refused"),
    (("case", "list", "--limit", "0"), 2, "usage"),
    (("case", "note", "S58", "词"), 2, "key_refused"),
    (("case", "note", "S58", "词", "--item", "客户姓明"), 2, "unknown_personal"),
    (("case", "note", "S58", "词", "--key", "nowhere.key"), 2, "key_refused"),
    (("case", "rewrap"), 2, "key_refused"),
    (("case", "new-key", "."), 2, "key_refused"),
    (("case", "list", "--store", "sqlite:///nowhere.db"), 4, "store_missing"),
    (("case", "list", "--store", "steam://here"), 4, "store_unavailable"),
    (("case", "migrate", "--store", "sqlite:////nowhere/cases.db"), 4, "store_unavailable"),
    (("case", "list", "--store", "sqlite:///facts.yaml"), 4, "store_unavailable"),
    (("outbox", "work"), 2, "usage"),
    (("outbox", "work", "--webhook", "ftp://x"), 2, "usage"),
    (("outbox", "work", "--mail", "facts.yaml"), 2, "usage"),
    (("outbox", "work", "--mail", "nowhere.yaml"), 2, "mail_unreadable"),
    (("outbox", "revive"), 2, "usage"),
    (("outbox", "revive", "abc"), 2, "unknown_message"),
    (("audit", "verify", "--anchor", "facts.yaml"), 2, "anchor_unreadable"),
    (("audit", "replay", "nowhere"), 2, "event_refused"),
    (("audit", "replay", "S58", "--version", "99"), 2, "usage"),
)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A folder in which S58 was opened; nothing else is recorded in it."""
    desk = Desk(tmp_path_factory.mktemp("begun"))
    tell(desk, 1)
    (desk.folder / "facts.yaml").write_bytes(FACTS)
    return desk


@pytest.mark.parametrize(("arguments", "code", "error"), REFUSED, ids=[" ".join(each[0])[:60] for each in REFUSED])
def test_what_is_refused_says_why_and_records_nothing(
    begun: Desk, arguments: tuple[str, ...], code: int, error: str
) -> None:
    done = begun(*arguments, "--json", stdin=FACTS)
    assert (done.returncode, done.stderr) == (code, "")
    told = json.loads(done.stdout)
    assert told["error"] == error
    assert all(each["message"] for each in told["diagnostics"])
    assert len(told["diagnostics"]) >= 1


def test_nothing_was_recorded_by_what_was_refused(begun: Desk) -> None:
    assert begun.json("case", "show", "S58")["case"]["version"] == 1


def test_a_contradiction_says_which_earlier_fact_to_withdraw(begun: Desk) -> None:
    done = begun("case", "record", "S58", "staff_assaulted=true")
    assert "错误[X1]" in done.stderr
    assert "早先登记过 过激行为程度=轻微; 如果不对, 一并撤回: --withdraw aggression_level" in done.stderr
    english = begun("case", "record", "S58", "staff_assaulted=true", "--lang", "en")
    assert "--withdraw aggression_level" in english.stderr
    assert "error[X1]" in english.stderr


def test_a_wrong_fact_is_shown_where_it_stands(begun: Desk) -> None:
    done = begun("case", "record", "S58", "order_disrupted=true", "staff_asaulted=true")
    assert "命令行:2:1" in done.stderr
    assert "^^^^^^^^^^^^^^" in done.stderr
    assert "staff_assaulted" in done.stderr


def test_what_was_meant_is_offered_by_name(begun: Desk) -> None:
    assert "是不是“报警”" in begun("case", "done", "S58", "报井").stderr


def test_whoever_records_has_to_be_named(begun: Desk) -> None:
    for command in (("done", "S58", "call_police"), ("resolve", "S58"), ("review",), ("erase-due", "--reason", "x")):
        done = begun("case", *command, by="")
        assert (done.returncode, "PLAN_RULES_BY" in done.stderr) == (2, True)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("group", ["case", "outbox", "audit"])
def test_groups_have_help_in_both_languages(group: str, lang: str) -> None:
    done = run(group, "--help", "--lang", lang)
    whole = "".join(run(group, verb.name, "--help", "--lang", lang).stdout for verb in _verbs(group)[:2])
    assert done.returncode == 0
    assert all(verb.name in done.stdout for verb in _verbs(group))
    assert ("选项:" if lang == "zh" else "Options:") in whole
    assert ("4 案件库" if lang == "zh" else "store of cases") in whole


def _verbs(group: str) -> Any:
    return next(each.verbs for each in groups(Words("zh")) if each.name == group)


def test_every_command_is_handled_by_a_function_that_takes_its_arguments() -> None:
    for group in groups(Words("zh")):
        for verb in group.verbs:
            module, _, function = verb.does.rpartition(".")
            handler = getattr(import_module(f"plan_rules.cli.cases.{module}"), function)
            assert list(inspect.signature(handler).parameters)[1:] == [each.name for each in verb.own], verb.name


def test_help_and_other_commands_load_no_database_library() -> None:
    source = (
        "import sys\nfrom plan_rules.cli import main\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'sqlalchemy', 'cryptography', 'httpx', 'alembic'} & set(sys.modules)))\n"
    )
    for arguments in (("case", "--help"), ("case", "open", "--help"), ("decide", "examples/incidents/assault.yaml")):
        command = [sys.executable, "-c", source, *arguments]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "[]"


def test_a_package_that_is_not_installed_is_named_with_the_line_that_installs_it(tmp_path: Path) -> None:
    source = "import sys; sys.modules['sqlalchemy'] = None; from plan_rules.cli import main; main(['case', 'list', '--json'])"
    command = [sys.executable, "-c", source]
    done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    assert (done.returncode, json.loads(done.stdout)["error"]) == (4, "extra_missing")
    assert "pip install 'plan-rules[cases]'" in done.stdout.decode()


# --------------------------------------------------------------------------- personal data


def test_personal_data_are_read_by_the_roles_that_may_and_every_reading_is_recorded(desk: Desk) -> None:
    assert desk("case", "new-key", "a.key").returncode == 0
    assert desk("case", "new-key", "a.key").returncode == 2
    key = {"PLAN_RULES_KEY_FILE": "a.key"}
    desk.json("case", "open", "-", "--case", "p", "--personal", "客户姓名=罗某", stdin=FACTS, **key)
    desk.json("case", "note", "p", "-", stdin="客户砸了杯子".encode(), **key)
    reading = ("case", "personal", "p", "--reason", "答复客户")
    assert "客户姓名 | 罗某" in desk(*reading, "--role", "网点负责人", **key).stdout
    rows = desk.json(*reading, "--role", "outlet_manager", "--item", "经过说明", **key)["personal"]
    assert [(row["item"], row["words"]) for row in rows] == [("incident_note", "客户砸了杯子")]
    refused = desk(*reading, "--role", "保安人员", "--json", **key)
    assert (refused.returncode, json.loads(refused.stdout)["error"]) == (2, "access_refused")
    desk("case", "new-key", "b.key")
    wrong = desk(*reading, "--role", "outlet_manager", "--key", "b.key", "--json")
    assert json.loads(wrong.stdout)["error"] == "key_refused"
    kinds = [each["access"]["kind"] for each in desk.json("audit", "accesses")["accesses"]]
    assert kinds == ["read", "read", "refused", "refused"]
    assert "被拒绝" in desk("audit", "accesses").stdout
    both = (desk.folder / "b.key").read_text() + (desk.folder / "a.key").read_text()
    (desk.folder / "both.key").write_text(both)
    assert desk.json("case", "rewrap", "--key", "both.key") == {"rewrapped": 2}
    desk.json("case", "erase", "p", "--item", "客户姓名", "--reason", "客户要求")
    assert "(已清除)" in desk(*reading, "--role", "outlet_manager", "--key", "b.key").stdout


def test_what_is_kept_too_long_is_erased(desk: Desk) -> None:
    desk("case", "new-key", "a.key")
    at = (datetime.now(UTC).replace(tzinfo=None) - timedelta(days=400)).isoformat(timespec="minutes")
    told = ("--at", at, "--key", "a.key")
    desk.json("case", "open", "-", "--case", "p", "--personal", "客户姓名=罗某", *told, stdin=FACTS)
    desk.json("case", "resolve", "p", "--at", at)
    assert desk.json("case", "erase-due", "--reason", "保存期满") == {
        "erased": [{"case": "p", "items": ["customer_name"]}]
    }
    assert desk("case", "erase-due", "--reason", "保存期满").stdout == "没有到期的个人信息\n"


# --------------------------------------------------------------------------- papers


def test_a_case_is_exported_and_its_report_drafted(told: tuple[Desk, list[Any]]) -> None:
    desk, _ = told
    rows = [json.loads(line) for line in desk("case", "export", "S58").stdout.splitlines()]
    assert (rows[0]["events"], len(rows)) == (8, 9)
    assert all(row["hash"].startswith("sha256:") for row in rows[1:])
    assert desk("case", "export", "S58", "--format", "ics").stdout.startswith("BEGIN:VCALENDAR")
    assert desk("case", "export", "S58", "--format", "html", "--output", "s58.html").stdout == ""
    assert "<!doctype html>" in (desk.folder / "s58.html").read_text("utf-8")
    at = ("--at", "2025-05-21T10:00")
    assert desk("case", "report", "S58", *at).stdout.startswith("关于客户投诉过激行为事件情况及处理结果的报告\n")
    assert desk("case", "report", "S58", "--format", "markdown", *at).stdout.startswith("# ")
    assert "<h1>" in desk("case", "report", "S58", "--format", "html", *at).stdout
    assert desk("case", "report", "S58", "--format", "docx", "--output", "s58.docx", *at).stdout == ""
    assert (desk.folder / "s58.docx").read_bytes().startswith(b"PK")
    assert desk("case", "report", "S58", "--format", "rtf").returncode == 2
    assert desk("case", "export", "S58", "--output", ".").returncode == 2


# --------------------------------------------------------------------------- outbox


class _Receiver(BaseHTTPRequestHandler):
    status = 204

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append(dict(self.headers))  # type: ignore[attr-defined]
        self.send_response(type(self).status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_messages_go_to_a_webhook_once_and_a_worker_ends_when_it_is_told_to(desk: Desk) -> None:
    tell(desk, 1)
    waiting = desk.json("outbox", "status")["waiting"]
    server = HTTPServer(("127.0.0.1", 0), _Receiver)
    server.seen = []  # type: ignore[attr-defined]
    Thread(target=server.serve_forever, daemon=True).start()
    (desk.folder / "secret").write_text("whsec_" + "A" * 32)
    command = [
        *(sys.executable, "-m", "plan_rules.cli", "outbox", "work", "--store", desk.store),
        *("--webhook", f"http://127.0.0.1:{server.server_port}/", "--secret-file", str(desk.folder / "secret")),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": ""}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == f"投递 {waiting}\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0
    server.shutdown()
    server.server_close()
    assert len(server.seen) == waiting  # type: ignore[attr-defined]
    assert all("webhook-signature" in {name.lower() for name in each} for each in server.seen)  # type: ignore[attr-defined]
    assert desk.json("outbox", "status") == {"waiting": 0, "claimed": 0, "delivered": waiting, "dead": 0}


def test_what_was_given_up_is_listed_and_tried_again(desk: Desk) -> None:
    tell(desk, 1)
    (desk.folder / "mail.yaml").write_text(
        "host: 127.0.0.1\nport: 1\nsender: plan@example.com\ntls: none\nrecipients: {nobody: nobody@example.com}\n"
    )
    tally = desk("outbox", "work", "--mail", "mail.yaml", "--once")
    assert tally.stdout.startswith("放弃 ")
    dead = desk.json("outbox", "dead")["dead"]
    assert dead
    assert "没有可用的邮箱地址" in desk("outbox", "dead").stdout
    assert desk.json("outbox", "revive", dead[0]["id"][:12]) == {"revived": 1}
    assert desk.json("outbox", "revive", "--all") == {"revived": len(dead) - 1}
    printed = desk("outbox", "work", "--print", "--once")
    assert len(printed.stdout.splitlines()) == len(dead)
    assert "S58 | duty.required | " in printed.stdout
    assert printed.stderr.startswith("投递 ")


# --------------------------------------------------------------------------- audit


def test_a_whole_log_is_verified_anchored_and_replayed(told: tuple[Desk, list[Any]]) -> None:
    desk, _ = told
    assert desk("audit", "verify").stdout.startswith("完整: ")
    assert desk.json("audit", "verify")["whole"] is True
    assert desk("audit", "anchor", "--output", "anchor.json").returncode == 0
    assert desk("audit", "verify", "--anchor", "anchor.json").returncode == 0
    replayed = desk.json("audit", "replay", "S58")
    assert (replayed["same"], len(replayed["versions"])) == (True, 8)
    assert desk.json("audit", "replay", "S58", "--version", "5")["tier"]["id"] == "tier_3_serious_aggression"
    assert "✗" not in desk("audit", "replay", "S58").stdout


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE entries SET body = replace(body, '10023', '10024') WHERE version = 2", "✗ S58 第 2 条: 内容被改动"),
        ("DELETE FROM entries WHERE version = 2", "✗ S58 第 "),
        ("DELETE FROM entries WHERE version = 3", "✗ S58 第 3 条: 末尾被截断"),
        ("UPDATE documents SET content = content || '#' WHERE kind = 'plan'", "✗ sha256:"),
    ],
)
def test_a_log_that_was_tampered_with_names_the_first_entry_that_does_not_fit(
    desk: Desk, change: str, named: str
) -> None:
    tell(desk, 3)
    store = sqlite3.connect(desk.folder / "cases.db")
    store.execute(change)
    store.commit()
    store.close()
    done = desk("audit", "verify")
    assert done.returncode == 1
    assert done.stdout.startswith(named)
    assert ", 1 处不对" in done.stdout
    told = desk("audit", "verify", "--json")
    assert told.returncode == 1
    assert len(json.loads(told.stdout)["breaks"]) + len(json.loads(told.stdout)["texts"]) == 1


def test_a_replay_that_comes_out_otherwise_exits_1(desk: Desk) -> None:
    tell(desk, 2)
    store = sqlite3.connect(desk.folder / "cases.db")
    store.execute("UPDATE entries SET body = replace(body, '\"order_disrupted\":true', '\"order_disrupted\":false')")
    store.commit()
    store.close()
    done = desk("audit", "replay", "S58")
    assert (done.returncode, "2 | 2025-05-20T09:22 | observed | ✗ 不同" in done.stdout) == (1, True)
    store = sqlite3.connect(desk.folder / "cases.db")
    store.execute("UPDATE entries SET body = '{}'")
    store.commit()
    store.close()
    assert desk("audit", "replay", "S58").returncode == 1


def test_a_store_is_migrated_or_is_up_to_date(desk: Desk) -> None:
    assert desk.json("case", "migrate") == {"made": True, "changed": True}
    assert desk("case", "migrate").stdout == "不用升级\n"
    store = sqlite3.connect(desk.folder / "cases.db")
    store.execute("UPDATE alembic_version SET version_num = '9999'")
    store.commit()
    store.close()
    done = desk("case", "migrate", "--json")
    assert (done.returncode, json.loads(done.stdout)["error"]) == (4, "store_outdated")
