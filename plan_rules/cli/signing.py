"""Words -> the group of commands `plan-rules sign`: keys, what is signed, who signed, whose key no longer counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from plan_rules.cli.help_text import ChineseCommand, ChineseGroup
from plan_rules.cli.words import Command, Lang, Page, Words


def add_signing(app: typer.Typer, words: Words, *, rich: bool, epilog: str) -> None:
    """Put the group into the application."""
    zh = words.lang == "zh"
    below = typer.Typer(
        cls=ChineseGroup if zh else TyperGroup,
        help=words("签署: 两位批准人签一版预案, 查签署", "Sign-off: two approvers sign a version of a plan."),
        epilog=epilog,
        no_args_is_help=True,
        rich_markup_mode="rich" if rich else None,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    below.callback()(_told_language(words))
    for add in (_keygen, _review, _sign, _verify, _history, _revoke):
        command, said_zh, said_en = add(words)
        below.command(
            name=add.__name__.removeprefix("_"),
            help=words(said_zh, said_en),
            epilog=epilog,
            cls=ChineseCommand if zh else TyperCommand,
        )(command)
    app.add_typer(below, name="sign")


def _told_language(words: Words) -> Callable[..., None]:
    """--lang before the name of a command: it was looked at already, see `lang`."""
    speak = words.speak()

    def group(lang: Lang = speak) -> None:
        del lang

    return group


def _plan(words: Words) -> Any:
    return words.argument(..., "PLAN", "预案文件", "the plan file")


def _passphrase(words: Words) -> Any:
    return words.option(
        None,
        "--passphrase-file",
        "私钥的口令, 文件的第一行; “-”表示在终端输入",
        "passphrase of the key: first line of a file; `-` asks at the terminal",
        "FILE",
    )


def _last(words: Words) -> Any:
    return words.option(
        None,
        "--last",
        "上一版签署的预案(或叠加文件): 文件, 或 git 版本 REV:路径",
        "the plan, or overlay, signed last: a file, or `REV:path` in git",
        "OLD",
    )


def _effective(words: Words) -> Any:
    return words.option(None, "--effective", "施行日期, 如 2027-01-01", "the day it applies from", "DAY")


def _keygen(words: Words) -> Command:
    file_ = words.argument(..., "FILE", "新的私钥文件, 不覆盖已有的", "the new private key; never overwritten")
    approver_ = words.option("approver", "--approver", "批准人编号, 如工号", "id of the approver", "ID")
    passphrase_, json_, lang_ = _passphrase(words), words.json(), words.speak()

    def keygen(
        file: str = file_,
        approver: str = approver_,
        passphrase_file: str | None = passphrase_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415  help and other commands do not need it

        return signing_command.keygen(file, approver, passphrase_file, for_programs=as_json, lang=lang.value)

    return keygen, "新建一把签署用的密钥", "Make a key to sign with."


def _review(words: Words) -> Command:
    plan_, last_, effective_, trust_ = _plan(words), _last(words), _effective(words), words.trust()
    overlay_ = words.overlays()
    form_ = words.form(Page.TEXT, "text、json、markdown 或 html", "text, json, markdown or html")
    lang_ = words.speak()

    def review(
        plan: str = plan_,
        overlay: list[str] | None = overlay_,
        last: str | None = last_,
        effective: str | None = effective_,
        trust: str | None = trust_,
        form: Page = form_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415

        asked = signing_command.ToReview(plan, overlay or (), last, effective, trust)
        return signing_command.review(asked, form=form.value, lang=lang.value)

    return (
        review,
        "看要签的是什么: 摘要, 以及与上一版比哪些决定变了",
        "What one would sign: the digests, and what decides otherwise than the version before.",
    )


def _sign(words: Words) -> Command:
    plan_, last_, effective_, trust_ = _plan(words), _last(words), _effective(words), words.trust()
    overlay_ = words.overlays()
    approver_ = words.option(..., "--approver", "签署人在信任文件里的编号", "the signer's id in the trust file", "ID")
    key_ = words.option(..., "--key", "签署人的私钥文件", "the signer's private key", "FILE")
    at_ = words.option(None, "--at", "签署的时刻, 默认现在", "when it is signed; default: now", "INSTANT")
    passphrase_, lang_ = _passphrase(words), words.speak()

    def sign(  # noqa: PLR0913  an option each
        plan: str = plan_,
        overlay: list[str] | None = overlay_,
        approver: str = approver_,
        key: str = key_,
        passphrase_file: str | None = passphrase_,
        last: str | None = last_,
        effective: str | None = effective_,
        trust: str | None = trust_,
        at: str | None = at_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415

        what = signing_command.ToReview(plan, overlay or (), last, effective, trust)
        asked = signing_command.ToSign(what, approver, key, passphrase_file, at)
        return signing_command.sign(asked, lang=lang.value)

    return sign, "签署一版预案, 或叠加在上面的最后一个文件", "Sign a version of a plan, or of the last overlay over it."


def _verify(words: Words) -> Command:
    plan_, overlay_, trust_ = _plan(words), words.overlays(), words.trust()
    json_, lang_ = words.json(), words.speak()
    at_ = words.option(None, "--at", "按哪一时刻看, 默认现在", "as of this instant; default: now", "INSTANT")

    def verify(
        plan: str = plan_,
        overlay: list[str] | None = overlay_,
        trust: str | None = trust_,
        at: str | None = at_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415

        asked = signing_command.ToVerify(plan, overlay or (), trust, at)
        return signing_command.verify(asked, for_programs=as_json, lang=lang.value)

    return (
        verify,
        "预案和叠加文件是否签署有效、正在施行",
        "Are the plan and its overlays signed, unaltered and in force?",
    )


def _history(words: Words) -> Command:
    plan_, overlay_, trust_ = _plan(words), words.overlays(), words.trust()
    json_, lang_ = words.json(), words.speak()
    at_ = words.option(None, "--at", "按哪一时刻看, 默认现在", "as of this instant; default: now", "INSTANT")

    def history(
        plan: str = plan_,
        overlay: list[str] | None = overlay_,
        trust: str | None = trust_,
        at: str | None = at_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415

        asked = signing_command.ToVerify(plan, overlay or (), trust, at)
        return signing_command.history(asked, for_programs=as_json, lang=lang.value)

    return history, "历次签署: 各版、施行日期、谁签的", "Every version signed: from when, by whom."


def _revoke(words: Words) -> Command:
    trust_ = words.argument(..., "TRUST", "信任文件", "the trust file")
    approver_ = words.argument(..., "APPROVER", "批准人编号", "the approver's id")
    since_ = words.option(..., "--since", "自哪一日起不算", "signatures of this day or later do not count", "DAY")
    reason_ = words.option(..., "--reason", "理由", "why", "WORDS")
    compromised_ = words.option(
        False,
        "--compromised",
        "私钥泄露: 以前的签名也一概不算",
        "the key leaked: no earlier signature counts either",
    )
    lang_ = words.speak()

    def revoke(
        trust: str = trust_,
        approver: str = approver_,
        since: str = since_,
        reason: str = reason_,
        compromised: bool = compromised_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import signing_command  # noqa: PLC0415

        return signing_command.revoke(trust, approver, since, reason, compromised=compromised, lang=lang.value)

    return revoke, "撤销一位批准人的密钥", "Revoke an approver's key."
