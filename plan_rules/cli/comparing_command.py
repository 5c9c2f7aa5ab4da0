"""`plan-rules diff`: two plans, of files or of revisions -> what decisions say otherwise, and whether it may pass."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from plan_rules import loading
from plan_rules.analysis.difference import diff
from plan_rules.cli import output
from plan_rules.cli.findings import day_of
from plan_rules.cli.inputs import laid_over, plan_of
from plan_rules.cli.proving_command import budget_of
from plan_rules.cli.stop import BAD_PLAN, DEFECTS, OK, Stop, as_json
from plan_rules.cli.testing_command import scenarios_of
from plan_rules.diagnostic_text import lines_of
from plan_rules.difference_object import difference_object
from plan_rules.difference_page import page
from plan_rules.errors import Message, PlanInvalid
from plan_rules.pages import as_html, as_markdown, as_text
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario

_MOST_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be compared, and how it is told."""

    old: str
    new: str
    form: str = "text"
    scenarios: Sequence[str] = ()
    budget: int | None = None
    day: str | None = None
    lang: str = "zh"
    overlays: Sequence[str] = ()


def run(asked: Asked) -> int:
    """Compare two plans; 1 when the amendment may not pass."""
    old, new = named_plan(asked.old), laid_over(named_plan(asked.new), asked.overlays, asked.day)
    told = diff(old, new, _scenarios(asked, new), today=day_of(asked.day), budget=budget_of(asked.budget))
    match asked.form:
        case "json":
            text = as_json(difference_object(told, asked.lang))
        case "markdown":
            text = as_markdown(page(told, asked.lang))
        case "html":
            text = as_html(page(told, asked.lang), passes=told.may_pass, lang=asked.lang)
        case _:
            text = as_text(page(told, asked.lang))
    output.say([text])
    return OK if told.may_pass else DEFECTS


def _scenarios(asked: Asked, plan: Plan) -> tuple[Scenario, ...]:
    """The scenarios named, else those beside the new plan where there are any."""
    if asked.scenarios:
        return scenarios_of(asked.scenarios, plan, None)
    beside = Path(asked.new).with_name("scenarios.yaml")
    return scenarios_of([str(beside)], plan, asked.new) if beside.is_file() else ()


# --------------------------------------------------------------------------- a file, or a file of a revision


def named_plan(name: str) -> Plan:
    """The plan of a file, or of `REV:path` in the repository of the working folder."""
    with named_file(name) as file:
        if file == name:
            return plan_of(name)
        try:
            return loading.load(file)
        except PlanInvalid as invalid:
            sources = dict.fromkeys((file, name), lines_of(Path(file).read_bytes()))
            message = Message(f"{name} 有错误, 不能使用", f"{name} has errors and cannot be used")
            raise Stop(BAD_PLAN, "plan_invalid", message, invalid.diagnostics, sources) from invalid


@contextmanager
def named_file(name: str) -> Iterator[str]:
    """The path of a file, or of a copy of what `REV:path` names, with the YAML files beside it."""
    revision, colon, path = name.partition(":")
    if not colon or not revision or not path or Path(name).exists():
        yield name
        return
    with TemporaryDirectory() as folder:
        for file, text in _files_beside(revision, path):
            Path(folder, file).write_bytes(text)
        yield str(Path(folder, Path(path).name))


def _files_beside(revision: str, path: str) -> list[tuple[str, bytes]]:
    """The plan file of a revision and the YAML files beside it, such as its source text.

    As git has it, a path is from the top of the repository, unless it begins with `./` or `../`.
    """
    if revision.startswith("-"):
        raise _unreadable(f"{revision}:{path}", "版本名不能以“-”开头", "a revision does not begin with `-`")
    here = path.startswith(("./", "../"))
    folder = Path(path).parent.as_posix()
    where = ["./"] if here and folder == "." else [] if folder == "." else [f"{folder}/"]
    listed = _git("ls-tree", *([] if here else ["--full-tree"]), "--name-only", "-z", revision, *where).split(b"\0")
    names = [name.decode() for name in listed if name.endswith((b".yaml", b".yml"))]
    if not any(Path(name).name == Path(path).name for name in names):
        raise _unreadable(f"{revision}:{path}", "没有这个文件", "no such file")
    start = "./" if here else ""
    return [(Path(name).name, _git("show", f"{revision}:{start}{name}")) for name in names]


def _git(*arguments: str) -> bytes:
    command = ["git", "--no-pager", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=_MOST_SECONDS)  # noqa: S603  no shell
    except FileNotFoundError as failure:
        raise _unreadable(arguments[-1], "没有安装 git", "git is not installed") from failure
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as failure:
        said = getattr(failure, "stderr", None) or b""
        why = said.decode(errors="replace").strip() or "git"
        raise _unreadable(arguments[-1], why, why) from failure
    return done.stdout


def _unreadable(name: str, zh: str, en: str) -> Stop:
    return Stop(BAD_PLAN, "plan_unreadable", Message(f"读不了 {name}: {zh}", f"cannot read {name}: {en}"))
