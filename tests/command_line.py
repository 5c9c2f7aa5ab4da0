"""The command line as a user meets it: a process, its bytes out, its exit code; and what a terminal would show."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from pathlib import Path

ROOT = Path(__file__).parent.parent


def run(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run `plan-rules` with standard output as a pipe."""
    command = [sys.executable, "-m", "plan_rules.cli", *arguments]
    done = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        cwd=cwd or ROOT,
        env=_environment(environment),
        check=False,
        timeout=60,
    )
    return subprocess.CompletedProcess(
        command, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )


def run_in_terminal(*arguments: str, columns: int = 80) -> str:
    """What `plan-rules` writes to a terminal of this width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    environment = _environment({"TERM": "xterm-256color"})
    command = [sys.executable, "-m", "plan_rules.cli", *arguments]
    with subprocess.Popen(command, stdout=slave, stderr=slave, stdin=slave, cwd=ROOT, env=environment) as process:
        os.close(slave)
        written = b""
        while chunk := _read(master):
            written += chunk
        process.wait(timeout=60)
    os.close(master)
    return written.decode("utf-8").replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65536)
    except OSError:  # a closed terminal reads as an input/output error
        return b""


def _environment(changes: dict[str, str]) -> dict[str, str]:
    kept = {
        name: value for name, value in os.environ.items() if name not in ("LC_ALL", "LC_MESSAGES", "LANG", "COLUMNS")
    }
    return {**kept, "PYTHONPATH": str(ROOT), **changes}
