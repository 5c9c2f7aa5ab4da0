"""What an option cannot mean is refused before any work, with what it can: in one language, and no traceback."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from plan_rules.cli.running import run as main

ROOT = Path(__file__).parents[1]
PAST = str(ROOT / "examples" / "archive" / "past.csv")
MAPPED = (PAST, "--mapping", str(ROOT / "examples" / "archive" / "columns.yaml"))
SERVED = ("serve", "--anonymous")


def refusal(*arguments: str, lang: str) -> str:
    """What the command says as it refuses to begin."""
    with redirect_stderr(io.StringIO()) as said, redirect_stdout(io.StringIO()) as out:
        code = main([*arguments, "--lang", lang])
    assert (code, out.getvalue()) == (2, "")
    return said.getvalue()


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (("backtest", *MAPPED, "--replay", "-1"), "写 0 或更大的整数", "0 or more"),
        (("backtest", *MAPPED, "--reading", "AMB-06=Z"), "AMB-06: A, B", "AMB-06: A, B"),
        (("backtest", *MAPPED, "--html", "no-such-folder/page.html"), "先建好它", "make it first"),
        (("backtest", *MAPPED, "--rejected", str(ROOT)), "这是一个目录", "it is a directory"),
        (("sql", "--dialect", "duckdb", "--at", "yesterday"), "写成 2025-05-20", "write 2025-05-20"),
        (("codegen", "--language", "python", "--out", "x", "--at", "yesterday"), "写成 2025-05-20", "write 2025-05-20"),
        ((*SERVED, "--workers", "0"), "--workers 写 1 至 256", "--workers lies between 1 and 256"),
        ((*SERVED, "--rate", "nan"), "--rate 大于 0, 至多 1000000", "--rate is above 0 and at most 1000000"),
        ((*SERVED, "--calendar", "no-such.yaml"), "读不了 no-such.yaml", "cannot read no-such.yaml"),
    ],
)
def test_an_option_that_cannot_be_is_refused_with_what_can(arguments: tuple[str, ...], zh: str, en: str) -> None:
    assert zh in refusal(*arguments, lang="zh")
    assert en in refusal(*arguments, lang="en")
