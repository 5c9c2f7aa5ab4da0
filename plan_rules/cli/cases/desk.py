"""Asked -> the store, opened; who records; the instant; the case meant."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from plan_rules.cases.casebook import Cases
from plan_rules.cases.vault import Keyring, read_key_file
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.inputs import instant_of
from plan_rules.cli.stop import BAD_INPUT, BAD_STORE, Stop
from plan_rules.errors import Message

DEFAULT_STORE = "sqlite:///cases.db"


def url_of(asked: Asked) -> str:
    """--store, else PLAN_RULES_STORE, else cases.db in the current folder."""
    return asked.store or os.environ.get("PLAN_RULES_STORE") or DEFAULT_STORE


@contextmanager
def opened(asked: Asked, *, new: bool = False) -> Iterator[Cases]:
    """The store.  Only with `new` is one made where there is none, and that is told."""
    url = url_of(asked)
    missing = file_missing(url)
    if missing is not None and not new:
        raise _no_store(missing)
    with Cases.connect(url, keyring=_keyring(asked)) as cases:
        if missing is not None:
            sys.stderr.write(asked(f"新建了案件库 {missing}", f"made a new store of cases: {missing}") + "\n")
        yield cases


def file_missing(url: str) -> str | None:
    """The file of an SQLite store that is not there yet; None where it is there, or the store is no file."""
    found = re.fullmatch(r"sqlite(?:\+\w+)?:///([^?]+)(\?.*)?", url)
    if found is None or found[1] == ":memory:" or found[1].startswith("file:"):
        return None
    return None if Path(found[1]).exists() else found[1]


def _no_store(file: str) -> Stop:
    message = Message(
        f"没有案件库 {file}; 用 --store 指明在哪里, 或先开案: plan-rules case open",
        f"there is no store {file}; say where it is with --store, or open a case first: plan-rules case open",
    )
    return Stop(BAD_STORE, "store_missing", message)


def _keyring(asked: Asked) -> Keyring | None:
    path = asked.key or os.environ.get("PLAN_RULES_KEY_FILE")
    if not path:
        return None
    try:
        return read_key_file(Path(path))
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        message = Message(
            f"读不了密钥文件 {path}: {why}; 没有密钥就先 plan-rules case new-key FILE",
            f"cannot read the key file {path}: {why}; make one with `plan-rules case new-key FILE`",
        )
        raise Stop(BAD_INPUT, "key_refused", message) from failure


def recorder(asked: Asked) -> str:
    """Who records: --by, else PLAN_RULES_BY."""
    by = asked.by or os.environ.get("PLAN_RULES_BY")
    if not by:
        message = Message(
            "没有写谁登记; 加 --by 工号, 或设环境变量 PLAN_RULES_BY",
            "nobody is named as the one who records; give --by STAFF, or set PLAN_RULES_BY",
        )
        raise Stop(BAD_INPUT, "usage", message)
    return by


def told(asked: Asked) -> dict[str, Any]:
    """Who, when, under which id: what every recording is given."""
    return {"by": recorder(asked), "at": instant_of(asked.at), "event": asked.event}


def instant(asked: Asked, cases: Cases) -> datetime:
    """The instant asked about; without one, now."""
    return instant_of(asked.at) or cases.now()
