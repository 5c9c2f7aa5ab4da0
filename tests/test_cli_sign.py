"""`plan-rules sign`: from a key to a signed plan, and what is refused on the way; `--trust` of other commands."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path

import pytest

from plan_rules.cli import signing_command
from plan_rules.cli.stop import Stop
from tests.command_line import run

SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
FACTS = "smoke_smelled: true\n"
OVERLAY = """\
叠加: {编号: bank, 名称: 本行规定, 版本: "1", 叠加于: fire_drill, 位阶: 本行, 来源: 安保部}
条目:
- 编号: B1
  依据: 本行规定
  条文: 第1条
  摘要: 看到明火即疏散
  关系: 补充
  条款:
  - {编号: B1, 当: {看到明火: 是}, 应当: {做: 疏散人员, 责任: 经理, 时限: 立即, 次序: F-7}}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a plan signed by two, their keys, a trust file, and a plan that nobody signed."""
    folder = tmp_path_factory.mktemp("desk")
    stanzas = ""
    for name in ("wang", "li"):
        made = run("sign", "keygen", f"{name}.pem", "--approver", name, "--lang", "zh", cwd=folder)
        assert made.returncode == 0, made.stderr
        stanzas += made.stdout.split("\n\n")[1].replace("…", "某")
    (folder / "trust.yaml").write_text(f"批准人:\n{stanzas}", encoding="utf-8")
    (folder / "plan.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "draft.yaml").write_text(SMALL, encoding="utf-8")
    (folder / "facts.yaml").write_text("{}\n", encoding="utf-8")
    for name, said in (("wang", "还差 1 位"), ("li", "签完了")):
        done = sign(folder, name)
        assert done.returncode == 0, done.stderr
        assert said in done.stdout
    return folder


def sign(folder: Path, name: str, *more: str):
    given = ("--key", f"{name}.pem", "--approver", name, "--effective", "2026-01-01", "--at", "2025-12-01T09:00")
    return run("sign", "sign", "plan.yaml", *given, *more, "--trust", "trust.yaml", "--lang", "zh", cwd=folder)


def test_a_key_is_for_its_owner_and_is_not_overwritten(desk: Path) -> None:
    before = (desk / "wang.pem").read_bytes()
    again = run("sign", "keygen", "wang.pem", "--lang", "en", cwd=desk)

    assert stat.S_IMODE((desk / "wang.pem").stat().st_mode) == 0o600
    assert (again.returncode, (desk / "wang.pem").read_bytes()) == (2, before)
    assert "not overwritten" in again.stderr


def test_only_a_signed_plan_decides(desk: Path) -> None:
    def decide(plan: str, *more: str, **environment: str):
        return run("decide", "facts.yaml", "--plan", plan, "--json", "--lang", "zh", *more, cwd=desk, **environment)

    assert decide("plan.yaml", "--trust", "trust.yaml").returncode == 0
    assert decide("plan.yaml", PLAN_RULES_TRUST="trust.yaml").returncode == 0
    assert decide("draft.yaml").returncode == 0
    for unsigned in (
        decide("draft.yaml", PLAN_RULES_TRUST="trust.yaml"),
        decide("draft.yaml", "--trust", "trust.yaml"),
        decide("plan.yaml", "--trust", "trust.yaml", "--at", "2025-12-31"),
    ):
        assert unsigned.returncode == 3
        assert json.loads(unsigned.stdout)["error"] == "plan_refused"
    assert run("decide", "facts.yaml", "--trust", "trust.yaml", cwd=desk).returncode == 3
    assert json.loads(decide("plan.yaml", "--trust", "facts.yaml").stdout)["error"] == "trust_invalid"
    assert decide("plan.yaml", "--trust", "nowhere.yaml").returncode == 3


@pytest.mark.parametrize(
    "command",
    [["explain", "facts.yaml"], ["ask"], ["triage"], ["case", "open", "facts.yaml", "--by", "1", "--store", "sqlite:///new.db"]],
    ids=lambda each: each[0],
)  # fmt: skip
def test_the_other_commands_that_use_a_plan_refuse_an_unsigned_one_too(desk: Path, command: list[str]) -> None:
    plan = ["draft.yaml"] if command[0] == "triage" else ["--plan", "draft.yaml"]
    done = run(*command, *plan, "--trust", "trust.yaml", "--lang", "en", cwd=desk)

    assert done.returncode == 3
    assert "SG005" in done.stderr
    assert not (desk / "new.db").exists()


def test_verify_says_who_signed_or_why_it_does_not_hold(desk: Path) -> None:
    fine = run("sign", "verify", "plan.yaml", "--trust", "trust.yaml", "--lang", "zh", cwd=desk)
    early = run("sign", "verify", "plan.yaml", "--trust", "trust.yaml", "--at", "2025-12-31", "--lang", "en", cwd=desk)

    assert (fine.returncode, early.returncode) == (0, 1)
    assert "有效" in fine.stdout
    assert "SG011" in early.stdout
    assert "not yet in force" in early.stdout


def test_the_history_lists_versions_and_signers(desk: Path) -> None:
    shown = run("sign", "history", "plan.yaml", "--trust", "trust.yaml", "--json", cwd=desk)
    (version,) = json.loads(shown.stdout)["versions"]

    assert (version["state"], version["counts"]) == ("in_force", [True, True])
    assert [each["approver"] for each in version["signatures"]] == ["wang", "li"]


def test_a_new_version_is_reviewed_against_the_last_and_signed(desk: Path, tmp_path: Path) -> None:
    for file in desk.glob("*[!b]"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "old.yaml").write_text(SMALL, encoding="utf-8")
    newer = SMALL.replace('版本: "1"', '版本: "2"').replace("火势: 至少 小", "火势: 至少 大")
    (tmp_path / "plan.yaml").write_text(newer, encoding="utf-8")
    given = ("--last", "old.yaml", "--effective", "2026-02-01", "--trust", "trust.yaml")

    shown = run("sign", "review", "plan.yaml", *given, "--lang", "zh", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert re.search(r"差别摘要: sha256:[0-9a-f]{64}", shown.stdout)
    assert run("sign", "review", "plan.yaml", *given[2:], cwd=tmp_path).returncode == 2
    for name in ("li", "wang"):
        done = sign(tmp_path, name, "--last", "old.yaml", "--effective", "2026-02-01")
        assert done.returncode == 0
        assert "不放行" in done.stdout  # it takes a protective duty away
    assert sign(tmp_path, "li", "--last", "old.yaml", "--effective", "2026-02-01").returncode == 2
    assert run("sign", "verify", "plan.yaml", *given[4:], cwd=tmp_path).returncode == 0


def test_an_overlay_is_reviewed_signed_and_held_to_its_signatures(desk: Path, tmp_path: Path) -> None:
    for file in desk.glob("*[!b]"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "bank.yaml").write_text(OVERLAY, encoding="utf-8")
    given = ("--overlay", "bank.yaml", "--trust", "trust.yaml", "--lang", "zh")

    def verify() -> tuple[int, str]:
        done = run("sign", "verify", "plan.yaml", *given, cwd=tmp_path)
        return done.returncode, done.stdout

    shown = run("sign", "review", "plan.yaml", *given, "--effective", "2026-01-01", cwd=tmp_path)
    assert shown.returncode == 0, shown.stderr
    assert "叠加文件: bank 1" in shown.stdout
    assert re.search(r"差别摘要: sha256:[0-9a-f]{64}", shown.stdout)
    code, said = verify()
    assert (code, "SG005" in said, "bank.yaml" in said) == (1, True, True)

    for name in ("wang", "li"):
        assert sign(tmp_path, name, "--overlay", "bank.yaml").returncode == 0
    code, said = verify()
    assert code == 0, said
    assert [line.split(",")[0] for line in said.splitlines()] == ["有效: fire_drill 1", "有效: bank 1"]
    history = run("sign", "history", "plan.yaml", *given, "--json", cwd=tmp_path)
    assert [each["statement"]["overlay"] for each in json.loads(history.stdout)["versions"]] == ["bank"]

    (tmp_path / "old.yaml").write_text(OVERLAY, encoding="utf-8")
    (tmp_path / "bank.yaml").write_text(OVERLAY.replace('"1"', '"2"').replace("F-7", "F-6"), encoding="utf-8")
    code, said = verify()
    assert (code, "SG006" in said) == (1, True)
    newer = ("--overlay", "bank.yaml", "--last", "old.yaml")
    assert sign(tmp_path, "li", "--overlay", "bank.yaml").returncode == 2
    for name in ("li", "wang"):
        assert sign(tmp_path, name, *newer).returncode == 0
    assert verify()[0] == 0


def test_a_leaked_key_is_revoked_and_the_plan_is_no_longer_used(desk: Path, tmp_path: Path) -> None:
    for name in ("plan.yaml", "plan.yaml.signed", "trust.yaml"):
        (tmp_path / name).write_bytes((desk / name).read_bytes())
    words = ("--since", "2026-05-01", "--reason", "私钥被盗", "--lang", "zh")

    assert run("sign", "revoke", "trust.yaml", "wang", *words, "--compromised", cwd=tmp_path).returncode == 0
    done = run("sign", "verify", "plan.yaml", "--trust", "trust.yaml", "--lang", "zh", cwd=tmp_path)
    assert done.returncode == 1
    assert "私钥被盗" in done.stdout
    again = run("sign", "revoke", "trust.yaml", "wang", *words, cwd=tmp_path)
    assert again.returncode == 2
    assert "改信任文件里的“撤销”" in again.stderr


@pytest.mark.parametrize("typed", [("甲", "乙"), ("", "")])
def test_a_new_passphrase_is_typed_twice_and_a_slip_makes_no_key(
    typed: tuple[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter(typed)
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))

    with pytest.raises(Stop) as refused:
        signing_command.keygen(str(tmp_path / "k.pem"), "wang", "-", for_programs=False, lang="zh")

    assert "没有建密钥" in refused.value.message.zh
    assert list(tmp_path.iterdir()) == []


def test_a_review_says_that_a_version_never_signed_is_not_compared_with(desk: Path) -> None:
    given = ("--effective", "2026-01-01", "--trust", "trust.yaml", "--lang", "zh")
    done = run("sign", "review", "draft.yaml", "--last", "plan.yaml", *given, cwd=desk)

    assert done.returncode == 0
    assert "--last plan.yaml 没有用到: draft.yaml.signed" in done.stdout


def test_a_passphrase_is_needed_where_the_key_has_one(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "words").write_text("口令\n", encoding="utf-8")
    assert run("sign", "keygen", "k.pem", "--passphrase-file", "words", cwd=tmp_path).returncode == 0
    given = ("--key", str(tmp_path / "k.pem"), "--approver", "li", "--trust", "trust.yaml", "--lang", "en")

    bare = run("sign", "sign", "plan.yaml", *given, cwd=desk)
    other = run("sign", "sign", "plan.yaml", *given, "--passphrase-file", str(tmp_path / "words"), cwd=desk)
    assert (bare.returncode, other.returncode) == (2, 2)
    assert "--passphrase-file" in bare.stderr
    assert "SG013" in other.stderr


@pytest.mark.parametrize("verb", ["keygen", "review", "sign", "verify", "history", "revoke"])
def test_every_command_has_help_in_both_languages(verb: str) -> None:
    assert "退出码" in run("sign", verb, "--help", "--lang", "zh").stdout
    assert "Exit codes" in run("sign", verb, "--help", "--lang", "en").stdout
