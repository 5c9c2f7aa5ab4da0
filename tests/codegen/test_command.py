"""`plan-rules codegen` writes what was asked for, and says what it cannot write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import run

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
    ("arguments", "code", "said", "lang"),
    [
        (["--language", "cobol"], 2, "json-logic", "zh"),
        (["--language", "java", "--package", "com.class"], 2, "com.bank.complaints", "en"),
        (["--language", "java", "--corpus", "1"], 2, "json-logic", "en"),
        (["nowhere.yaml", "--language", "python"], 3, "nowhere.yaml", "zh"),
        ([HOSPITAL, HOSPITAL, "--language", "python"], 2, "hospital-dispute", "zh"),
    ],
)
def test_what_cannot_be_written_is_said(arguments: list[str], code: int, said: str, lang: str, tmp_path: Path) -> None:
    done = run("codegen", *arguments, "--out", str(tmp_path / "out"), "--lang", lang)

    assert done.returncode == code
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    done = run("codegen", "--language", "typescript", "--out", str(tmp_path / "out"))

    assert done.returncode == 2
    assert str(tmp_path / "out") in done.stderr
