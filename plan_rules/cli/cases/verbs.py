"""Verb (a command in data) -> the typer command: the options that all share are written once, and it loads when run."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.help_text import ChineseCommand, ChineseGroup
from plan_rules.cli.words import Lang, Words


@dataclass(frozen=True, slots=True)
class Parameter:
    """An argument or option of a command: the name of the handler's parameter, its type, what typer has to know."""

    name: str
    type: Any
    info: Any


@dataclass(frozen=True, slots=True)
class Verb:
    """A command.  `does` is `module.function` below this package; it is called with Asked and the own parameters.

    `shares` names the shared options besides --store, --json and --lang: `by`, `key`, `at`, `event`, `expected`.
    Without `stores` it has no --store, without `answers` no --json.
    """

    name: str
    zh: str
    en: str
    does: str
    own: tuple[Parameter, ...] = ()
    shares: tuple[str, ...] = ()
    stores: bool = True
    answers: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Commands under one name."""

    name: str
    zh: str
    en: str
    verbs: tuple[Verb, ...]


def add_group(app: typer.Typer, group: Group, words: Words, *, rich: bool, epilog: str) -> None:
    """Put the group into the application."""
    zh = words.lang == "zh"
    below = typer.Typer(
        cls=ChineseGroup if zh else TyperGroup,
        help=words(group.zh, group.en),
        epilog=epilog,
        no_args_is_help=True,
        rich_markup_mode="rich" if rich else None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    below.callback()(_told_language(words))
    for verb in group.verbs:
        below.command(
            name=verb.name,
            help=words(verb.zh, verb.en),
            epilog=epilog,
            cls=ChineseCommand if zh else TyperCommand,
        )(_command(verb, words))
    app.add_typer(below, name=group.name)


def _told_language(words: Words) -> Callable[..., None]:
    """--lang before the name of a command: it was looked at already, see `lang`."""
    speak = words.speak()

    def group(lang: Lang = speak) -> None:
        del lang

    return group


def _command(verb: Verb, words: Words) -> Callable[..., int]:
    """The function that typer reads the options from, and that runs the handler."""
    shared = tuple(_shared(verb, words))
    parameters = (*verb.own, *shared)
    names = {parameter.name for parameter in shared}

    def command(**given: Any) -> int:
        from plan_rules.cli.cases.stopping import stopping  # noqa: PLC0415  help does not need it

        asked = Asked(**{name: _plain(given[name]) for name in names})
        own = {name: value for name, value in given.items() if name not in names}
        with stopping():
            module, _, function = verb.does.rpartition(".")
            handler = getattr(import_module(f"plan_rules.cli.cases.{module}"), function)
            return int(handler(asked, **own))

    command.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(each.name, inspect.Parameter.KEYWORD_ONLY, default=each.info, annotation=each.type)
            for each in parameters
        ]
    )
    command.__annotations__ = {each.name: each.type for each in parameters}
    return command


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Lang) else value


def _shared(verb: Verb, words: Words) -> Iterable[Parameter]:
    option = words.option
    shared = {
        "by": (
            str | None,
            option(
                None,
                "--by",
                "谁登记: 工号或系统名; 默认用 PLAN_RULES_BY",
                "who records: a staff number; default: PLAN_RULES_BY",
                "STAFF",
            ),
        ),
        "key": (
            str | None,
            option(
                None, "--key", "密钥文件, 默认用 PLAN_RULES_KEY_FILE", "key file; default: PLAN_RULES_KEY_FILE", "FILE"
            ),
        ),
        "at": (
            str | None,
            option(None, "--at", "发生的时刻, 默认现在", "when it happened; default: now", "INSTANT"),
        ),
        "event": (
            str | None,
            option(
                None,
                "--event",
                "事件编号: 同一编号登记两次, 只算一次",
                "id of the event: recorded twice, it counts once",
                "ID",
            ),
        ),
        "expected": (
            int | None,
            option(
                None,
                "--expected",
                "只在案件仍是这个版本时登记",
                "record only if the case is at this version",
                "VERSION",
            ),
        ),
    }
    yield from (Parameter(name, *shared[name]) for name in verb.shares)
    if verb.stores:
        yield Parameter(
            "store",
            str | None,
            option(
                None,
                "--store",
                "案件库地址, 默认用 PLAN_RULES_STORE, 再没有就用当前目录的 cases.db",
                "the store; default: PLAN_RULES_STORE, else cases.db in the current folder",
                "URL",
            ),
        )
    if verb.answers:
        yield Parameter("as_json", bool, words.json())
    yield Parameter("lang", Lang, words.speak())
