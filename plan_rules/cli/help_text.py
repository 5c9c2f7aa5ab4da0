"""typer's commands with help in the language of the user: usage, headings, and the line for --help itself."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand, TyperGroup

_ZH = (
    ("Arguments:\n", "参数:\n"),
    ("Options:\n", "选项:\n"),
    ("Commands:\n", "命令:\n"),
    ("[required]", "[必需]"),
)


class _Chinese:
    """What both kinds of command change."""

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help, which says what it does in Chinese."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help = "显示帮助后退出"
        return option

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """The line of usage."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法: ")  # type: ignore[attr-defined]

    def get_help(self, ctx: Any) -> str:
        """Plain help, its headings in Chinese; empty where typer has drawn it already."""
        text = str(super().get_help(ctx))  # type: ignore[misc]
        for english, chinese in _ZH:
            text = text.replace(english, chinese)
        return text


class ChineseCommand(_Chinese, TyperCommand):
    """A command."""


class ChineseGroup(_Chinese, TyperGroup):
    """The program."""


def use_chinese_panels() -> None:
    """Titles of the boxes that rich draws around help: typer keeps them in one place for the process."""
    from typer import rich_utils  # noqa: PLC0415  loads rich, which only a terminal needs

    rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
    rich_utils.OPTIONS_PANEL_TITLE = "选项"
    rich_utils.COMMANDS_PANEL_TITLE = "命令"
    rich_utils.REQUIRED_LONG_STRING = "[必需]"
