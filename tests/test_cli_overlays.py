"""--overlay on the command line, and `overlays`, which lists what is laid over a plan."""

import json
from pathlib import Path

import pytest

from plan_rules.governance import public_text, read_key_file
from plan_rules.loading import shipped
from tests.command_line import run

WRITTEN = b"credit_record_disputed: true\nwritten_reply_requested: true\ncomplaint_received_on: 2026-03-02\n"
AT = ("--at", "2026-03-05")


def test_decide_shows_which_clause_prevails_and_both_sources() -> None:
    done = run("decide", "-", "--overlay", "regulation", *AT, "--lang", "zh", stdin=WRITTEN)

    assert done.returncode == 0
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("胜过"))
    assert "以此为准: 应当 - 征信业管理条例(2013)第25条(行政法规)" in line
    assert "不适用: 不得 - 织金惠民村镇银行客户投诉应急预案四.4.d(本行)" in line


def test_decide_takes_the_version_of_the_day() -> None:
    def deadlines(day: str) -> set[str]:
        done = run(
            "decide",
            "-",
            "--overlay",
            "regulation",
            "--at",
            day,
            "--json",
            stdin=b"complaint_received_on: 2020-02-20\n",
        )
        return {
            duty["action"] for duty in json.loads(done.stdout)["duties"] if duty["deadline"] and duty["deadline"]["due"]
        }

    assert deadlines("2020-02-29") == set()
    assert deadlines("2020-03-01") == {"decide_and_notify"}


def test_without_an_overlay_nothing_of_regulation_is_said() -> None:
    done = run("decide", "examples/incidents/assault.yaml", "--json")

    assert "OV-" not in done.stdout
    assert not {"sources", "overrides"} & json.loads(done.stdout).keys()


def test_the_list_is_in_words_in_english_too() -> None:
    done = run("overlays", *AT, "--lang", "en")

    assert "● in force | OV-C1 |" in done.stdout
    assert "_" not in done.stdout


def test_articles_of_two_laws_stand_each_behind_its_law() -> None:
    done = run("overlays", *AT, "--lang", "zh")

    assert "个人信息保护法第26条; 保安服务管理条例第25条" in done.stdout


def test_overlays_lists_every_provision_with_its_force() -> None:
    done = run("overlays", *AT, "--lang", "zh")
    lines = done.stdout.splitlines()

    assert done.returncode == 0
    assert len(lines) == 39
    assert (
        "● 生效 | OV-W1 | 征信业管理条例(2013)第25条(行政法规) | 冲突 四.4.d | 20日, 书面 | OV-W1 胜过 四.4.d" in lines
    )
    assert sum(line.startswith("○ 待确认") for line in lines) == 10


def test_overlays_as_json_names_the_winner_and_the_authority_of_each_conflict() -> None:
    found = json.loads(run("overlays", *AT, "--json").stdout)
    conflicts = [each for item in found["layers"][0]["provisions"] for each in item["conflicts"]]

    assert len(conflicts) == 5
    assert all(each["winner"]["authority"] != "bank" and each["loser"]["authority"] == "bank" for each in conflicts)


@pytest.mark.parametrize("command", ["decide", "check", "prove", "lint", "test", "overlays"])
def test_an_overlay_that_cannot_be_read_is_named(command: str) -> None:
    facts = ("-",) if command == "decide" else ()
    done = run(command, *facts, "--overlay", "nowhere.yaml", "--lang", "zh", stdin=b"{}")

    assert done.returncode == 3
    assert "nowhere.yaml" in done.stderr + done.stdout


def test_a_slip_in_an_overlay_is_shown_where_it_stands(tmp_path: Path) -> None:
    file = tmp_path / "bank.yaml"
    file.write_text(
        '叠加: {编号: bank, 名称: 本行规定, 版本: "1", 叠加于: zhijin-complaint, 位阶: 本航, 来源: 合规部}\n',
        encoding="utf-8",
    )
    done = run("check", "--overlay", str(file), "--lang", "zh")

    assert done.returncode == 1
    assert "PR031" in done.stdout
    assert "是不是“本行”?" in done.stdout


def test_scenarios_of_the_regulation_are_those_run_by_default() -> None:
    done = run("test", "--overlay", "regulation", *AT)

    assert done.stdout.splitlines()[-1] == "19 passed, 0 failed"


def test_an_overlay_goes_with_trust_only_where_it_is_signed(tmp_path: Path) -> None:
    for name in ("wang", "li"):
        run("sign", "keygen", f"{name}.pem", "--approver", name, "--json", cwd=tmp_path)
    keys = {name: public_text(read_key_file(tmp_path / f"{name}.pem").public_key()) for name in ("wang", "li")}
    people = "".join(f"  {name}: {{姓名: 某, 职务: 某, 公钥: {key}}}\n" for name, key in keys.items())
    (tmp_path / "trust.yaml").write_text(f"自带签署: .\n批准人:\n{people}", encoding="utf-8")
    for name in ("plan.yaml", "source.yaml"):
        (tmp_path / name).write_bytes(shipped(name))

    def sign(name: str, *overlay: str) -> None:
        given = ("--key", f"{name}.pem", "--approver", name, "--effective", "2026-01-01", "--at", "2025-12-01T09:00")
        done = run("sign", "sign", "plan.yaml", *overlay, *given, "--trust", "trust.yaml", cwd=tmp_path)
        assert done.returncode == 0, done.stderr

    def decide(*overlay: str):
        given = ("--plan", "plan.yaml", "--trust", "trust.yaml", *AT, "--json", "--lang", "zh")
        return run("decide", "-", *overlay, *given, stdin=WRITTEN if overlay else b"{}", cwd=tmp_path)

    for name in ("wang", "li"):
        sign(name)
    over = ("--overlay", "regulation")
    sign("wang", *over)
    refused = decide(*over)
    assert (decide().returncode, refused.returncode) == (0, 3)
    assert [each["code"] for each in json.loads(refused.stdout)["diagnostics"]] == ["SG010"]
    assert "regulation.yaml" in refused.stdout

    sign("li", *over)
    assert [each["id"] for each in json.loads(decide(*over).stdout)["sources"]] == ["regulation"]
