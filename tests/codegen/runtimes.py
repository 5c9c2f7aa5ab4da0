"""Node and the JDK, as the machine has them: .ci/run installs them (`packages`)."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PORTABLE = ROOT / "examples" / "portable"


def run(*command: str | Path, given: str = "", cwd: Path | None = None) -> str:
    """What a command that must succeed writes.

    Where there is none the test is skipped, but in CI that is a failure.
    """
    words = [str(part) for part in command]
    if shutil.which(words[0]) is None:
        missing = f"{words[0]} is not installed; on Debian: apt-get install default-jdk-headless nodejs npm"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    done = subprocess.run(
        words, cwd=cwd, input=given, capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == 0, f"{words[:4]}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def compiled(folder: Path) -> Path:
    """The classes of every Java source below a folder; a warning is an error."""
    classes = folder / "classes"
    quick = ("-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC", "-proc:none")
    told = ("-encoding", "UTF-8", "-Xlint:all", "-Werror", "-d", classes)
    run("javac", *quick, *told, *sorted(folder.rglob("*.java")))
    return classes
