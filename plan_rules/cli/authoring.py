"""Language -> the commands for those who write plan files: init, lsp, studio."""

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


def _fmt(words: Words) -> Command:
    files_ = words.argument(
        ..., "FILE...", "预案或场景文件; “-”由标准输入到标准输出", "plan or scenario files; `-` is stdin"
    )
    check_ = words.option(False, "--check", "不改文件, 只说哪些没有排好", "write nothing; say which are not laid out")
    lang_ = words.speak()

    def fmt(files: list[str] = files_, check: bool = check_, lang: Lang = lang_) -> int:
        from plan_rules.cli import formatting_command  # noqa: PLC0415

        return formatting_command.run(files, check=check, lang=lang.value)

    return (
        fmt,
        "把文件排整齐: 注释和意思都不变",
        "Lay files out evenly: every comment stays, and they mean what they meant.",
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


def _studio(words: Words) -> Command:
    folder_ = words.argument(
        None,
        "[FOLDER]",
        "放着 plan.yaml 的文件夹; 不写就看自带的预案, 只读",
        "a folder with plan.yaml; without it, the shipped plan, read only",
    )
    plan_ = words.option(None, "--plan", "预案文件, 代替文件夹", "a plan file, in place of a folder", "FILE")
    host_ = words.option(
        "127.0.0.1",
        "--host",
        "在哪个地址上; 不是本机的要用启动时显示的口令",
        "the address to listen on; others than the loopback need the token shown at the start",
        "ADDRESS",
    )
    port_ = words.option(
        8765, "--port", "端口, 默认 8765; 0 是任意空闲的", "default 8765; 0 is any that is free", "PORT"
    )
    browser_ = words.option(False, "--browser", "打开浏览器", "open it in the browser")
    lang_ = words.speak()

    def studio(
        folder: str | None = folder_,
        plan: str | None = plan_,
        host: str = host_,
        port: int = port_,
        browser: bool = browser_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import studio_command  # noqa: PLC0415

        return studio_command.run(studio_command.Asked(folder, plan, host, port, browser, lang.value))

    return (
        studio,
        "在浏览器里试用、编辑、证明一份预案, 不用网络",
        "Try, edit and prove a plan in the browser, without a network.",
    )


AUTHORING = (_init, _fmt, _lsp, _studio)
