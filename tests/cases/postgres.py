"""A PostgreSQL server of the tests' own: made in a temporary folder, reached by a socket there, gone afterwards."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

_BINARIES = "/usr/lib/postgresql"


def binaries() -> Path | None:
    """Where `initdb` and `pg_ctl` are: of the newest version that Debian's packages installed, or on the PATH."""
    installed = sorted(Path(_BINARIES).glob("*/bin/initdb"), key=lambda path: int(path.parts[4].split(".")[0]))
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A server that can be stopped as in a crash, and started again."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self._programs = programs
        self._user = _user()
        self.folder = folder
        self._data = folder / "data"
        self._databases = 0
        if self._user:
            shutil.chown(folder, self._user)
        self._run(
            "initdb", "--pgdata", str(self._data), "--auth", "trust", "--username", "tester", "--encoding", "UTF8"
        )

    def start(self) -> None:
        """Start it; returns once it answers."""
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c max_connections=200"
        self._run(
            "pg_ctl", "--pgdata", str(self._data), "--log", str(self.folder / "log"), "-w", "-o", options, "start"
        )

    def stop(self, mode: str = "immediate") -> None:
        """Stop it: `immediate` is as if the machine had lost power."""
        self._run("pg_ctl", "--pgdata", str(self._data), "-w", "-m", mode, "stop")

    def new_database(self) -> str:
        """The URL of an empty database."""
        self._databases += 1
        name = f"cases_{self._databases}"
        self._run("createdb", "--host", str(self.folder), "--username", "tester", name)
        return f"postgresql://tester@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        name = url.partition("@/")[2].partition("?")[0]
        self._run("dropdb", "--force", "--host", str(self.folder), "--username", "tester", name)

    def _run(self, program: str, *arguments: str) -> None:
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        subprocess.run(
            [str(self._programs / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=self._user,
            group=self._user and pwd.getpwnam(self._user).pw_gid,
            extra_groups=[] if self._user else None,
            env=environment,
            timeout=120,
        )


def _user() -> str | None:
    """The server refuses to run as root; Debian's packages make a user for it."""
    return "postgres" if os.geteuid() == 0 else None


@contextmanager
def server() -> Iterator[Server]:
    """A running server."""
    programs = binaries()
    assert programs is not None
    folder = Path(mkdtemp(prefix="plan-rules-"))
    folder.chmod(0o755)
    try:
        found = Server(folder, programs)
        found.start()
        yield found
        found.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
