"""Arguments -> what the application prints, and its exit code; every expected failure told in one language."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from plan_rules.cases.extra import ExtraMissing
from plan_rules.cli import output
from plan_rules.cli.app import build
from plan_rules.cli.lang import language
from plan_rules.cli.stop import BAD_INPUT, BAD_PLAN, BAD_STORE, Stop
from plan_rules.errors import CalendarUnknown, Message, PlanRulesError, ToldError

# Typer's errors of usage have BadParameter in common with what it exports; their base is not exported.
_USAGE: type[Exception] = typer.BadParameter.__bases__[0]

_USAGE_ZH = {
    "MissingParameter": "缺少参数",
    "NoSuchOption": "没有这个选项",
    "BadParameter": "参数的值不对",
    "BadOptionUsage": "选项用法不对",
}


def run(arguments: Sequence[str]) -> int:
    """Run the application on these arguments."""
    output.use_utf8()
    lang = language(arguments, os.environ)
    try:
        code = build(lang, rich=output.to_terminal())(list(arguments), prog_name="plan-rules", standalone_mode=False)
    except Stop as stop:
        return _tell(stop, as_json="--json" in arguments, lang=lang)
    except ExtraMissing as missing:
        return _tell(Stop(BAD_STORE, "extra_missing", missing.message), as_json="--json" in arguments, lang=lang)
    except PlanRulesError as failure:
        error = "calendar_unknown" if isinstance(failure, CalendarUnknown) else "plan_unusable"
        said = failure.message if isinstance(failure, ToldError) else Message(str(failure), str(failure))
        unusable = Stop(BAD_PLAN, error, said)
        return _tell(unusable, as_json="--json" in arguments, lang=lang)
    except _USAGE as usage:
        return _tell_usage(usage, lang)
    except typer.Abort:
        return 130
    return code if isinstance(code, int) else 0


def _tell(stop: Stop, *, as_json: bool, lang: str) -> int:
    if as_json:
        output.say([stop.to_json(lang)])
    else:
        sys.stderr.write(stop.text(lang) + "\n")
    return stop.exit_code


def _tell_usage(usage: Exception, lang: str) -> int:
    """One line that says what is wrong with the arguments, and where help is."""
    kind = type(usage).__name__
    if kind == "NoArgsIsHelpError":
        sys.stderr.write(f"{usage}\n")
        return BAD_INPUT
    message = str(getattr(usage, "format_message", usage.__str__)())
    context = getattr(usage, "ctx", None)
    command = context.command_path if context is not None else "plan-rules"
    if lang == "zh":
        sys.stderr.write(f"{_USAGE_ZH.get(kind, '用法不对')}: {message}\n看用法: {command} --help\n")
    else:
        sys.stderr.write(f"{message}\nfor help: {command} --help\n")
    return BAD_INPUT
