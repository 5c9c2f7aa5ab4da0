"""Language -> the words of the command line, and the arguments and options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import typer

Command = tuple[Callable[..., int], str, str]  # the command, and its help in Chinese and English


class Engine(StrEnum):
    """Who finds the clauses that fire."""

    DURABLE = "durable"
    REFERENCE = "reference"
    GENERATED = "generated"


class Form(StrEnum):
    """How defects are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"


class Plain(StrEnum):
    """For people or for programs."""

    TEXT = "text"
    JSON = "json"


class Page(StrEnum):
    """How a page is set."""

    TEXT = "text"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


class Lang(StrEnum):
    """The languages spoken."""

    ZH = "zh"
    EN = "en"


class Words:
    """Help in one language, and the options that several commands share."""

    def __init__(self, lang: str) -> None:
        self.lang = lang

    def __call__(self, zh: str, en: str) -> str:
        """The one that is spoken."""
        return en if self.lang == "en" else zh

    def argument(self, default: Any, name: str, zh: str, en: str) -> Any:
        """A positional argument; `...` makes it required."""
        return typer.Argument(default, metavar=name, help=self(zh, en), show_default=False)

    def option(
        self, default: Any, flag: str, zh: str, en: str, metavar: str | None = None, *, short: tuple[str, ...] = ()
    ) -> Any:
        """An option."""
        return typer.Option(default, flag, *short, metavar=metavar, help=self(zh, en), show_default=False)

    def facts(self) -> Any:
        """FACTS."""
        return self.argument(
            ...,
            "FACTS",
            "事件事实: YAML 或 JSON 文件, “-”表示标准输入",
            "the incident: a YAML or JSON file, `-` is stdin",
        )

    def plan(self) -> Any:
        """--plan."""
        return self.option(None, "--plan", "预案文件, 默认用自带的预案", "plan file; default: the shipped plan", "FILE")

    def overlays(self) -> Any:
        """--overlay."""
        return self.option(
            None,
            "--overlay",
            "叠加在预案上的文件, 可写多次; regulation 是自带的监管规定",
            "a file laid over the plan; repeatable; `regulation` is the shipped one",
            "FILE",
        )

    def at(self) -> Any:
        """--at."""
        return self.option(
            None,
            "--at",
            "作出决定的时刻, 如 2025-05-20T09:15",
            "the instant of the decision, as 2025-05-20T09:15",
            "INSTANT",
        )

    def trust(self) -> Any:
        """--trust."""
        return self.option(
            None,
            "--trust",
            "信任文件: 没有签署或签署后改动的预案不用; 默认用 PLAN_RULES_TRUST",
            "trust file: unsigned or altered plans are refused; default: PLAN_RULES_TRUST",
            "FILE",
        )

    def calendar(self) -> Any:
        """--calendar."""
        return self.option(
            None,
            "--calendar",
            "日历文件: 本行另外的休息日、上班日和年份; 默认只按法定节假日",
            "calendar file: the bank's own days and years; default: the public holidays alone",
            "FILE",
        )

    def engine(self) -> Any:
        """--engine."""
        return self.option(
            Engine.DURABLE,
            "--engine",
            "引擎: durable、reference 或 generated, 结果相同",
            "durable, reference or generated: all answer the same",
            "NAME",
        )

    def reading(self) -> Any:
        """--reading."""
        return self.option(
            None,
            "--reading",
            "换一种解释, 如 AMB-06=B, 可写多次",
            "choose another reading, as AMB-06=B; repeatable",
            "ID=OPTION",
        )

    def speak(self) -> Any:
        """--lang."""
        return self.option(
            Lang(self.lang), "--lang", "语言 zh 或 en, 默认随系统", "zh or en; default: that of the locale", "LANG"
        )

    def json(self) -> Any:
        """--json."""
        return self.option(False, "--json", "输出一个 JSON 对象, 供程序使用", "print one JSON object, for programs")

    def file(self) -> Any:
        """[FILE]."""
        return self.argument(None, "[FILE]", "预案文件, 默认用自带的预案", "plan file; default: the shipped plan")

    def form(self, default: StrEnum, zh: str, en: str) -> Any:
        """--format."""
        return self.option(default, "--format", f"输出格式: {zh}", en, "FORM")

    def budget(self) -> Any:
        """--budget."""
        return self.option(
            None,
            "--budget",
            "决策图的节点数上限, 超过就说没有证完; 默认 1048576",
            "most nodes of a decision diagram; beyond it, undecided; default 1048576",
            "NODES",
        )

    def day(self) -> Any:
        """--at, for what runs out."""
        return self.option(
            None,
            "--at",
            "按哪一天看“认可”是否到期, 默认今天",
            "the day on which acceptances are looked at; default: today",
            "DAY",
        )
