"""`plan-rules codegen` writes what was asked for, and says what it cannot write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from plan_rules.cli import generating_command
from plan_rules.cli.generating_command import Asked
from plan_rules.cli.stop import Stop
from tests.command_line import ROOT, run

HOSPITAL, TELECOM = "examples/plans/hospital/plan.yaml", "examples/plans/telecom/plan.yaml"


def test_the_texts_of_a_plan_are_written_and_listed(tmp_path: Path) -> None:
    done = run("codegen", HOSPITAL, "--language", "java", "--package", "com.hospital", "--out", str(tmp_path))

    assert done.returncode == 0, done.stderr
    listed = [Path(line) for line in done.stdout.splitlines()]
    assert tmp_path / "com" / "hospital" / "Decision.java" in listed
    assert all(file.is_file() for file in listed)


def test_several_plans_get_a_folder_each(tmp_path: Path) -> None:
    done = run("codegen", HOSPITAL, TELECOM, "--language", "json-logic", "--corpus", "5", "--out", str(tmp_path))

    assert done.returncode == 0, done.stderr
    folders = sorted(tmp_path.iterdir())
    assert [folder.name for folder in folders] == ["hospital-dispute", "telecom-complaint"]
    for folder in folders:
        plan = json.loads((folder / "plan.json").read_text("utf-8"))
        assert plan["plan"]["id"] == folder.name
        assert plan["made_by"].startswith("plan-rules ")
        assert json.loads((folder / "corpus.jsonl").read_text("utf-8").splitlines()[0])["facts"] == {}


@pytest.mark.parametrize(
    ("plans", "asked", "code", "said"),
    [
        ((), {"language": "cobol"}, 2, "json-logic"),
        ((), {"language": "java", "package": "com.class"}, 2, "com.bank.complaints"),
        ((), {"language": "java", "corpus": 1}, 2, "json-logic"),
        ((), {"language": "json-logic", "corpus": -1}, 2, "1000000"),
        (("nowhere.yaml",), {"language": "python"}, 3, "nowhere.yaml"),
        ((HOSPITAL, HOSPITAL), {"language": "python"}, 2, "hospital-dispute"),
    ],
)
def test_what_cannot_be_written_is_said(
    plans: tuple[str, ...], asked: dict[str, Any], code: int, said: str, tmp_path: Path
) -> None:
    paths = [str(ROOT / plan) if "/" in plan else plan for plan in plans]
    with pytest.raises(Stop) as stopped:
        generating_command.run(Asked(paths, out=str(tmp_path / "out"), **asked))

    assert stopped.value.exit_code == code
    assert said in stopped.value.message.zh
    assert said in stopped.value.message.en
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    done = run("codegen", "--language", "typescript", "--out", str(tmp_path / "out"), "--lang", "en")

    assert done.returncode == 2
    assert f"cannot write {tmp_path / 'out'}" in done.stderr
    assert "Traceback" not in done.stderr
