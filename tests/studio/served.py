"""A studio that really runs: the command in a process of its own, on a port that is free."""

from __future__ import annotations

import http.client
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode, urlsplit

ROOT = Path(__file__).parents[2]
TOKEN = re.compile(r'"X-Studio-Token": "([\w-]+)"')


@dataclass
class Studio:
    """Where it is, what it works on, and the token that its pages hold."""

    address: str
    folder: Path | None
    process: subprocess.Popen[str]
    csrf: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if "token=" not in self.address:
            found = TOKEN.search(self.get("/matrix")[1])
            assert found is not None
            self.csrf = found[1]

    @property
    def port(self) -> int:
        found = urlsplit(self.address).port
        assert found is not None
        return found

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str | None
    ) -> tuple[int, str, dict[str, str]]:
        """Status, text and headers; a header that is None is left out, `_` in its name is `-`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items() if value is not None}
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            return (
                answer.status,
                answer.read().decode("utf-8", errors="replace"),
                {k.lower(): v for k, v in answer.getheaders()},
            )
        finally:
            connection.close()

    def get(self, path: str, **headers: str | None) -> tuple[int, str, dict[str, str]]:
        return self.ask("GET", path, None, **headers)

    def post(self, path: str, form: dict[str, str] | bytes, **headers: str | None) -> tuple[int, str, dict[str, str]]:
        """As a page of ours sends it, but for the headers given."""
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        ours: dict[str, str | None] = {
            "X_Studio_Token": self.csrf,
            "Origin": self.base,
            "Sec_Fetch_Site": "same-origin",
        }
        return self.ask("POST", path, body, **{**ours, **headers})


@contextmanager
def served(folder: Path | None, *options: str) -> Iterator[Studio]:
    """Run it on this folder until the block ends."""
    where = [] if folder is None else [str(folder)]
    command = [sys.executable, "-m", "plan_rules", "studio", *where, "--port", "0", "--lang", "zh", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "http://" in line, (line, process.stderr.read() if process.stderr and not line else "")
        yield Studio(line.split()[1], folder, process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def with_the_shipped_plan(folder: Path) -> Path:
    """A folder with a copy of the plan, its source text and a few of its scenarios."""
    for name in ("plan.yaml", "source.yaml"):
        shutil.copy(ROOT / "rules" / name, folder / name)
    whole = (ROOT / "rules" / "scenarios.yaml").read_text(encoding="utf-8")
    entries = re.split(r"(?m)^(?=- id: )", whole)
    (folder / "scenarios.yaml").write_text("".join(entries[:6]), encoding="utf-8")
    return folder
