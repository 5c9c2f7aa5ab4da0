"""`plan-rules codegen`: plans -> source texts in other languages, in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plan_rules.cli import output
from plan_rules.cli.file_name import file_name
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.cli.version import version
from plan_rules.codegen import LANGUAGES, Wanted, generated
from plan_rules.codegen.java_types import is_package
from plan_rules.errors import Message

MOST_DRAWN = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which plans, in which language, and where to."""

    plans: Sequence[str]
    language: str
    out: str
    package: str | None = None
    overlays: Sequence[str] = ()
    at: str | None = None
    corpus: int | None = None


def run(asked: Asked) -> int:
    """Write the texts and list them; several plans get a folder each, named by their id."""
    if asked.language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise _stop(
            f"不会写“{asked.language[:20]}”; 可写: {known}", f"no language `{asked.language[:20]}`; known: {known}"
        )
    if asked.package is not None and not is_package(asked.package):
        raise _stop(
            f"“{asked.package[:60]}”不是 Java 包名, 写成 com.bank.complaints",
            f"`{asked.package[:60]}` is no Java package; write com.bank.complaints",
        )
    if asked.corpus is not None and (asked.language != "json-logic" or not 0 <= asked.corpus <= MOST_DRAWN):
        raise _stop(
            f"--corpus 只用于 json-logic, 写 0 至 {MOST_DRAWN}",
            f"--corpus goes with json-logic; write 0 to {MOST_DRAWN}",
        )
    plans = [plan_of(path, asked.overlays, asked.at) for path in asked.plans or (None,)]
    names = [file_name(plan.id) for plan in plans]
    twice = [name for at, name in enumerate(names) if name in names[:at]]
    if twice:
        raise _stop(
            f"几份预案的编号都是 {twice[0]}, 请分开写", f"several plans have the id {twice[0]}; write them one by one"
        )
    wanted = Wanted(f"plan-rules {version()}", asked.package, asked.corpus)
    for plan, name in zip(plans, names, strict=True):
        folder = Path(asked.out) / name if len(plans) > 1 else Path(asked.out)
        for file, text in generated(plan, asked.language, wanted).items():
            _write(folder / file, text)
    return OK


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, ValueError) as failure:
        why = getattr(failure, "strerror", None) or str(failure)
        message = Message(f"写不了 {file}: {why}", f"cannot write {file}: {why}")
        raise Stop(BAD_INPUT, "output_unwritable", message) from failure
    output.say([str(file)])


def _stop(zh: str, en: str) -> Stop:
    return Stop(BAD_INPUT, "usage", Message(zh, en))
