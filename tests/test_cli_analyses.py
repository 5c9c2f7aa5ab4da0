"""`prove`, `lint`, `diff`, `cover`, `ask`, `certify` as a user meets them: what they print, and their exit codes."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from plan_rules.loading import shipped
from tests.command_line import ROOT, run, run_in_terminal

TEXT = shipped("plan.yaml").decode()
NARROWED = TEXT.replace(
    "当: {二级处置: 是, 继续在柜面无理取闹: 是}", "当: {二级处置: 是, 继续在柜面无理取闹: 是, 引起群众围观: 是}"
)
SMALL = (ROOT / "tests/data/small_plan.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the shipped plan, the same with a clause narrowed, and their source text."""
    (tmp_path / "old.yaml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(NARROWED, encoding="utf-8")
    (tmp_path / "source.yaml").write_bytes(shipped("source.yaml"))
    return tmp_path


# --------------------------------------------------------------------------- prove and lint


def test_the_shipped_plan_proves_clean_in_one_line() -> None:
    done = run("prove", "--lang", "zh")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    assert "0 个错误, 0 个警告" in done.stdout


def test_all_shows_what_is_accepted_and_why() -> None:
    shown = run("prove", "--all", "--lang", "zh").stdout
    assert "认可: 分级是替代而不是叠加(AMB-05)" in shown
    assert "提示[PF012]" in shown


def test_claims_lists_every_claim_with_its_verdict() -> None:
    lines = run("prove", "--claims", "--lang", "en").stdout.splitlines()
    assert any(line.startswith("✓ proved PF014[红线-打人必报警/0]") for line in lines)
    assert any(line.startswith("✗ refuted PF011[一.2.b]") for line in lines)


def test_a_plan_with_a_defect_shows_the_incident_that_proves_it(folder: Path) -> None:
    done = run("prove", str(folder / "new.yaml"), "--lang", "zh")
    assert done.returncode == 1
    assert "错误[PF014] “红线-闹柜必报告”" in done.stdout
    assert "例: {继续在柜面无理取闹: 是}" in done.stdout
    assert "占: 0.32%" in done.stdout
    assert "帮助: " in done.stdout


def test_findings_as_json_hold_exact_counts_and_the_witness(folder: Path) -> None:
    told = json.loads(run("prove", str(folder / "new.yaml"), "--format", "json").stdout)
    found = next(item for item in told["findings"] if item["code"] == "PF014" and item["severity"] == "error")
    assert found["witness"]["facts"] == {"counter_disturbance_continues": True}
    assert int(found["count"]) < int(found["total"]) == int(told["incidents"])
    assert not told["clean"]


def test_findings_as_sarif_are_for_code_hosts(folder: Path) -> None:
    log = json.loads(run("prove", str(folder / "new.yaml"), "--format", "sarif").stdout)
    assert {result["ruleId"] for result in log["runs"][0]["results"]} >= {"PF014", "PF012"}


def test_a_budget_too_small_is_a_warning_and_not_a_proof() -> None:
    done = run("prove", "--budget", "1500", "--lang", "zh")
    assert done.returncode == 1
    assert "PF016" in done.stdout
    assert run("prove", "--budget", "0").returncode == 2


def test_acceptances_are_looked_at_on_the_day_that_is_named(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(SMALL.replace("到期: 2030-12-31", "到期: 2026-06-30"), encoding="utf-8")
    assert "到期: 2026-06-30" in plan.read_text(encoding="utf-8")
    assert run("lint", str(plan), "--at", "2026-06-30").stdout.count("LN008") == 0
    late = run("lint", str(plan), "--at", "2026-07-01")
    assert late.returncode == 1
    assert "LN008" in late.stdout
    assert run("lint", str(plan), "--at", "never").returncode == 2


def test_lint_holds_rules_against_their_text(tmp_path: Path) -> None:
    plan = tmp_path / "plan.yaml"
    plan.write_text(SMALL.replace("时限: 10分钟", "时限: 20分钟"), encoding="utf-8")
    done = run("lint", str(plan), "--lang", "zh")
    assert done.returncode == 1
    assert "LN001" in done.stdout
    assert json.loads(run("lint", str(plan), "--format", "json").stdout)["findings"]


@pytest.mark.parametrize("command", ["prove", "lint", "certify"])
def test_a_plan_that_cannot_be_read_is_said_as_by_the_other_commands(command: str, tmp_path: Path) -> None:
    broken = tmp_path / "plan.yaml"
    broken.write_text("预案: {", encoding="utf-8")
    assert run(command, str(broken)).returncode == 3
    assert run(command, str(tmp_path / "none.yaml")).returncode == 3


# --------------------------------------------------------------------------- diff


def test_an_amendment_that_loses_a_duty_may_not_pass(folder: Path) -> None:
    done = run("diff", str(folder / "old.yaml"), str(folder / "new.yaml"), "--lang", "zh")
    assert done.returncode == 1
    assert "不能放行: 2 处" in done.stdout
    assert "取消 保护性的应当“向综合部或行长室报告”" in done.stdout
    assert "范围: 继续在柜面无理取闹: 是，过激行为程度: 无、轻微，引起群众围观: 否" in done.stdout


def test_a_plan_and_itself_decide_alike(folder: Path) -> None:
    done = run("diff", str(folder / "old.yaml"), str(folder / "old.yaml"), "--lang", "en")
    assert (done.returncode, "both plans decide every incident alike" in done.stdout) == (0, True)


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_every_form_says_the_same_thing(form: str, folder: Path) -> None:
    done = run("diff", str(folder / "old.yaml"), str(folder / "new.yaml"), "--format", form)
    assert done.returncode == 1
    assert "report_to_ga_or_po" in done.stdout or "向综合部或行长室报告" in done.stdout
    if form == "json":
        assert json.loads(done.stdout)["may_pass"] is False
    if form == "html":
        assert done.stdout.startswith("<!doctype html>")
        assert done.stdout.rstrip().endswith("</html>")


def test_plans_of_git_revisions_are_compared(folder: Path) -> None:
    rules = folder / "rules"
    rules.mkdir()

    def git(*arguments: str) -> None:
        identity = {"GIT_AUTHOR_NAME": "t", "GIT_AUTHOR_EMAIL": "t@localhost"}
        identity |= {"GIT_COMMITTER_NAME": "t", "GIT_COMMITTER_EMAIL": "t@localhost", "GIT_CONFIG_GLOBAL": os.devnull}
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **identity})

    git("init", "-q")
    for text in (TEXT, NARROWED):
        (rules / "plan.yaml").write_text(text, encoding="utf-8")
        (rules / "source.yaml").write_bytes(shipped("source.yaml"))
        git("add", ".")
        git("commit", "-qm", "plan")
    done = run("diff", "HEAD~1:rules/plan.yaml", "rules/plan.yaml", "--lang", "zh", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert "向综合部或行长室报告" in done.stdout
    assert run("diff", "HEAD:rules/plan.yaml", "rules/plan.yaml", cwd=folder).returncode == 0
    assert run("diff", "HEAD:plan.yaml", "plan.yaml", cwd=rules).returncode == 3  # paths are as from the top, as in git
    assert run("diff", "HEAD:./plan.yaml", "plan.yaml", cwd=rules).returncode == 0
    for nonsense in ("NONE:rules/plan.yaml", "HEAD:rules/none.yaml", "--output=x:rules/plan.yaml"):
        told = run("diff", "--", nonsense, "rules/plan.yaml", cwd=folder)
        assert told.returncode == 3
        assert told.stderr


# --------------------------------------------------------------------------- cover


@pytest.mark.slow
def test_the_shipped_scenarios_miss_nothing() -> None:
    done = run("cover", "--lang", "zh")
    assert done.returncode == 0
    assert "(100.00%)" in done.stdout
    assert "103/103" in done.stdout


def test_missing_scenarios_are_printed_ready_to_paste(tmp_path: Path) -> None:
    plan, scenarios = tmp_path / "plan.yaml", tmp_path / "scenarios.yaml"
    plan.write_text(SMALL, encoding="utf-8")
    scenarios.write_text(
        "scenarios:\n- {id: A1, title: 火, kind: snapshot, facts: {flames: true}, expected: {tier: tier_2}}\n",
        encoding="utf-8",
    )
    done = run("cover", "--plan", str(plan), "--lang", "zh")
    assert done.returncode == 1
    assert "“一.b”的 {看到明火: 是} 不成立时没有起过决定作用" in done.stdout
    told = json.loads(run("cover", "--plan", str(plan), "--format", "json").stdout)
    assert told["mutants"]["survivors"]
    assert all(survivor["killed_by"] for survivor in told["mutants"]["survivors"])
    written = run("cover", "--plan", str(plan), "--write").stdout
    scenarios.write_text(scenarios.read_text(encoding="utf-8") + written, encoding="utf-8")
    assert run("test", "--plan", str(plan)).returncode == 0
    assert run("cover", "--plan", str(plan)).returncode == 0
    assert run("cover", "--plan", str(plan), "--write").stdout == ""


def test_a_failing_scenario_is_told_before_anything_is_covered(tmp_path: Path) -> None:
    plan, scenarios = tmp_path / "plan.yaml", tmp_path / "scenarios.yaml"
    plan.write_text(SMALL, encoding="utf-8")
    scenarios.write_text(
        "scenarios:\n- {id: A1, title: 火, kind: snapshot, facts: {flames: true}, expected: {tier: tier_1}}\n",
        encoding="utf-8",
    )
    done = run("cover", "--plan", str(plan))
    assert done.returncode == 2
    assert "A1" in done.stderr


# --------------------------------------------------------------------------- ask


def test_what_is_known_settles_or_leaves_a_question() -> None:
    open_ = run("ask", "-", "--lang", "zh", stdin=b"aggression_level: none\n").stdout
    assert "下一问: 正常工作秩序是否已受影响?" in open_
    assert "再问至多 1 项就能定级" in open_
    settled = run("ask", "-", "--lang", "en", stdin=b"staff_assaulted: true\n").stdout
    assert settled.startswith("tier: tier_3_serious_aggression\n")
    assert "must call_police" in settled


def test_the_answer_as_json_is_for_programs() -> None:
    told = json.loads(run("ask", "--json").stdout)
    assert told["next"]["fact"] == "aggression_level"
    assert told["questions_to_tier"] == 2
    bad = run("ask", "-", "--json", stdin=b"staff_assualted: true\n")
    assert bad.returncode == 2
    assert json.loads(bad.stdout)["diagnostics"][0]["code"] == "FA001"


def test_at_a_terminal_two_numbers_typed_settle_the_tier() -> None:
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "plan_rules.cli", "ask", "--lang", "zh"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environment) as process:
        os.close(slave)
        os.write(master, "九\n1\n2\n".encode())
        written = b""
        try:
            while chunk := os.read(master, 65536):
                written += chunk
        except OSError:  # a closed terminal reads as an input/output error
            pass
        assert process.wait(timeout=60) == 0
    os.close(master)
    shown = written.decode()
    assert shown.count("选一个数字") == 3
    assert "等级: 二级 已影响正常工作秩序" in shown
    assert "应当 尽力劝解或劝阻" in shown


# --------------------------------------------------------------------------- certify


def test_a_certificate_is_written_holds_and_is_found_out_when_changed(tmp_path: Path) -> None:
    plan, file = tmp_path / "plan.yaml", tmp_path / "certificate.json"
    plan.write_text(SMALL, encoding="utf-8")
    assert run("certify", str(plan), "--output", str(file)).returncode == 0
    assert run("certify", str(plan)).stdout == file.read_text(encoding="utf-8")
    assert "证书成立" in run("certify", str(plan), "--verify", str(file), "--lang", "zh").stdout
    file.write_text(file.read_text(encoding="utf-8").replace('"proved"', '"refuted"', 1), encoding="utf-8")
    changed = run("certify", str(plan), "--verify", str(file))
    assert changed.returncode == 1
    assert changed.stdout
    file.write_text("[]", encoding="utf-8")
    assert run("certify", str(plan), "--verify", str(file)).returncode == 2
    assert run("certify", str(plan), "--verify", str(tmp_path / "none")).returncode == 2
    assert run("certify", str(plan), "--output", str(tmp_path / "no" / "folder.json")).returncode == 2


# --------------------------------------------------------------------------- terminals and help


def test_findings_are_coloured_at_a_terminal(folder: Path) -> None:
    shown = run_in_terminal("prove", str(folder / "new.yaml"), "--lang", "zh", columns=100)
    assert "\x1b[" in shown
    assert "PF014" in shown


@pytest.mark.parametrize("command", ["prove", "lint", "diff", "cover", "ask", "certify"])
@pytest.mark.parametrize("lang", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_every_command_explains_itself(command: str, lang: str) -> None:
    done = run(command, "--help", LC_ALL=lang)
    assert done.returncode == 0
    assert ("用法" if lang.startswith("zh") else "Usage") in done.stdout
