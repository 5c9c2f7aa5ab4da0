"""Language -> the commands for those who write plan files: init."""

from __future__ import annotations

from plan_rules.cli.words import Command, Lang, Words


def _init(words: Words) -> Command:
    folder_ = words.argument(
        ...,
        "FOLDER",
        "新预案放在哪个文件夹; 不改动已有的文件",
        "the folder of the new plan; nothing is overwritten",
    )
    template_ = words.option(
        None,
        "--template",
        "照模板开始: bank、hospital、property 或 telecom; 不写就逐项提问",
        "start from a template: bank, hospital, property or telecom; without it, questions are asked",
        "NAME",
    )
    lang_ = words.speak()

    def init(folder: str = folder_, template: str | None = template_, lang: Lang = lang_) -> int:
        from plan_rules.cli import starting_command  # noqa: PLC0415  help and other commands do not need it

        return starting_command.run(starting_command.Asked(folder, template, lang.value))

    return (
        init,
        "开始一份新预案: 回答几个问题, 或照一个模板",
        "Start a new plan: answer a few questions, or take a template.",
    )


def _lsp(words: Words) -> Command:
    lang_ = words.speak()

    def lsp(lang: Lang = lang_) -> int:
        from plan_rules.cli import language_server_command  # noqa: PLC0415

        return language_server_command.run(lang=lang.value)

    return (
        lsp,
        "语言服务器: 由编辑器启动, 边写边检查、补全、跳转",
        "The language server: an editor starts it, for diagnostics, completion and navigation as you write.",
    )


AUTHORING = (_init, _lsp)
