"""A folder -> the texts of its plan and scenarios, read and written in it and nowhere else.

The folder is opened once and its files through it, by bare names, following no link: what a request says cannot lead
out of it.  Without a folder there are the files that come with the library, to look at.
"""

from __future__ import annotations

import os
import re
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from plan_rules import loading
from plan_rules.digests import digest_of
from plan_rules.errors import Message, ToldError
from plan_rules.language.characters import MAX_BYTES

PLAN, SCENARIOS = "plan.yaml", "scenarios.yaml"
_NAME = re.compile(r"[\w\-]+(\.[\w\-]+)*\.ya?ml")
_MOST_NAMED = 200


class NotKept(ToldError):
    """A file was not read or not written."""


class Changed(NotKept):
    """The file is not the one that was read before: somebody else wrote it since."""


def version_of(text: bytes | None) -> str:
    """What tells two states of a file apart; empty where there is no file."""
    return "" if text is None else digest_of(text)


class Folder:
    """The files of one folder, or with None those that come with the library.  Raises OSError where there is none."""

    def __init__(self, path: Path | None, plan: str = PLAN) -> None:
        if not _NAME.fullmatch(plan):
            raise _refused(plan, "文件名要以 .yaml 结尾, 不含空格", "its name ends with .yaml and has no spaces")
        self.plan_name = plan
        self.name = path.resolve().name if path else ""
        self._fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC) if path else None

    @property
    def writable(self) -> bool:
        """May anything be written?"""
        return self._fd is not None

    def names(self) -> tuple[str, ...]:
        """The YAML files here that can be read, by name."""
        if self._fd is None:
            return (PLAN,)
        listed = os.listdir(self._fd)  # noqa: PTH208  of the folder that was opened, wherever its path leads by now
        found = sorted(name for name in listed if _NAME.fullmatch(name))
        return tuple(name for name in found if self._is_file(name))[:_MOST_NAMED]

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None where there is none.  Raises NotKept: no bare name, a link, too large."""
        if not _NAME.fullmatch(name):
            raise _refused(name, "只能是文件夹里的 YAML 文件名", "only a YAML file of the folder, by its bare name")
        if self._fd is None:
            with suppress(FileNotFoundError):
                return loading.shipped(name)
            return None
        try:
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=self._fd)
        except FileNotFoundError:
            return None
        except OSError as failure:
            raise _refused(name, "不是普通文件(链接不跟随)", "it is no plain file; links are not followed") from failure
        with os.fdopen(file, "rb") as stream:
            if not stat.S_ISREG(os.fstat(file).st_mode):
                raise _refused(name, "不是普通文件", "it is no plain file")
            text = stream.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise _refused(name, f"超过上限 {MAX_BYTES} 字节", f"it is larger than {MAX_BYTES} bytes")
        return text

    def write(self, name: str, text: bytes, seen: str) -> str:
        """Put the text in the place of the file whole; the new version.  `seen` is the version that was read before.

        Raises NotKept, and Changed where the file is another by now.
        """
        if self._fd is None:
            raise NotKept(
                Message(
                    "自带的预案只能看; 用 plan-rules init 文件夹 建一份, 再用 plan-rules studio 文件夹 打开",
                    "the shipped plan is read only; `plan-rules init FOLDER` makes one to be opened",
                )
            )
        if len(text) > MAX_BYTES:
            raise _refused(name, f"超过上限 {MAX_BYTES} 字节", f"it is larger than {MAX_BYTES} bytes")
        if version_of(self.read(name)) != seen:
            raise Changed(
                Message(
                    f"{name} 在别处改过了, 没有保存; 先复制您的改动, 再重新载入",
                    f"{name} was changed elsewhere; nothing was saved. Copy your changes, then load it again",
                )
            )
        try:
            self._replace(name, text)
        except OSError as failure:
            why = failure.strerror or "?"
            raise _refused(name, f"没有写成: {why}", f"not written: {why}") from failure
        return version_of(text)

    def _replace(self, name: str, text: bytes) -> None:
        """All of it or nothing, with the rights that the file had."""
        beside = f".{name}.{secrets.token_hex(8)}"
        rights = 0o644
        with suppress(FileNotFoundError):
            rights = stat.S_IMODE(os.stat(name, dir_fd=self._fd, follow_symlinks=False).st_mode)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        file = os.open(beside, flags, 0o600, dir_fd=self._fd)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(text)
                stream.flush()
                os.fchmod(file, rights)
                os.fsync(file)
            os.replace(beside, name, src_dir_fd=self._fd, dst_dir_fd=self._fd)
        except OSError:
            with suppress(OSError):
                os.unlink(beside, dir_fd=self._fd)
            raise

    def _is_file(self, name: str) -> bool:
        with suppress(OSError):
            return stat.S_ISREG(os.stat(name, dir_fd=self._fd, follow_symlinks=False).st_mode)
        return False


def _refused(name: str, zh: str, en: str) -> NotKept:
    shown = name[:60].encode("utf-8", "replace").decode()
    return NotKept(Message(f"{shown}: {zh}", f"{shown}: {en}"))
