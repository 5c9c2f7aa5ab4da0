"""Language -> the command that serves plans to other programs."""

from __future__ import annotations

import os

from plan_rules.cli.words import Command, Engine, Lang, Words


def _serve(words: Words) -> Command:
    plan_ = words.option(
        None,
        "--plan",
        "预案文件, 可写多次; 默认用自带的预案",
        "plan file; repeatable; default: the shipped plan",
        "FILE",
    )
    overlay_, trust_, calendar_, engine_ = words.overlays(), words.trust(), words.calendar(), words.engine()
    store_ = words.option(
        None, "--store", "案件库, 如 sqlite:///cases.db; 不写就没有案件", "store of cases; without it, no cases", "URL"
    )
    host_ = words.option("127.0.0.1", "--host", "在哪个地址上, 默认 127.0.0.1", "default 127.0.0.1", "ADDRESS")
    port_ = words.option(
        8080, "--port", "端口, 默认 8080; 0 是任意空闲的", "default 8080; 0 is any that is free", "PORT"
    )
    tokens_ = words.option(
        None, "--tokens", "口令文件, 只存口令的散列", "file of tokens, which holds their hashes alone", "FILE"
    )
    new_token_ = words.option(
        None,
        "--new-token",
        "生成一个口令, 写入 --tokens 后显示一次",
        "make a token, keep its hash, show it once",
        "NAME",
    )
    role_ = words.option(
        None,
        "--role",
        "新口令的角色: decide、cases、metrics、admin; 可写多次",
        "of the new token: decide, cases, metrics or admin; repeatable",
        "ROLE",
    )
    anonymous_ = words.option(
        False, "--anonymous", "不用口令; 只能在本机地址上试用", "without tokens; on the loopback alone, for trying"
    )
    workers_ = words.option(1, "--workers", "服务进程数, 默认 1", "processes that serve; default 1", "N")
    engines_ = words.option(
        0,
        "--engine-workers",
        "每个服务进程另开几个引擎进程; 0 就在服务进程里决定",
        "engine processes of each; 0: decisions are made in the process that serves",
        "N",
    )
    rate_ = words.option(
        1000.0, "--rate", "每个口令每秒请求数上限, 默认 1000", "most requests a second of a token; default 1000", "N"
    )
    body_ = words.option(65_536, "--max-body", "请求正文字节上限", "most bytes of a body; default 65536", "BYTES")
    watch_ = words.option(
        2.0, "--watch", "隔几秒看一次预案和口令文件, 0 不看", "seconds between looks at files; 0: never", "SECONDS"
    )
    drain_ = words.option(
        30.0, "--drain", "停止时等未答完的请求几秒", "seconds for requests in flight when it stops", "SECONDS"
    )
    remember_ = words.option(
        2000,
        "--remember",
        "记住最近多少个回答, 再问就直接给; 0 不记",
        "answers kept in memory to be given again; 0: none",
        "N",
    )
    lang_ = words.speak()

    def serve(  # noqa: PLR0913  an option each
        plan: list[str] | None = plan_,
        overlay: list[str] | None = overlay_,
        trust: str | None = trust_,
        calendar: str | None = calendar_,
        store: str | None = store_,
        host: str = host_,
        port: int = port_,
        tokens: str | None = tokens_,
        new_token: str | None = new_token_,
        role: list[str] | None = role_,
        anonymous: bool = anonymous_,
        workers: int = workers_,
        engine: Engine = engine_,
        engine_workers: int = engines_,
        rate: float = rate_,
        max_body: int = body_,
        watch: float = watch_,
        drain: float = drain_,
        remember: int = remember_,
        lang: Lang = lang_,
    ) -> int:
        del lang
        from plan_rules.cli import service_command  # noqa: PLC0415  help and other commands do not need it

        if new_token is not None:
            return service_command.make_token(tokens, new_token, role or (), rate if rate != 1000.0 else None)
        setting = {
            "plans": tuple(plan or (None,)),
            "overlays": tuple(overlay or ()),
            "trust": trust or os.environ.get("PLAN_RULES_TRUST"),
            "calendar": calendar,
            "tokens": tokens,
            "store": store,
            "anonymous": anonymous,
            "engine": engine.value,
            "engine_workers": engine_workers,
            "workers": workers,
            "rate": rate,
            "max_body": max_body,
            "watch": watch,
            "drain": drain,
            "remember": remember,
        }
        return service_command.run(service_command.Asked(host, port, setting))

    return (
        serve,
        "服务: 经 HTTP 决定、解释、追问、管案件, 供别的系统调用",
        "A service: decide, explain, ask and keep cases over HTTP, for other systems.",
    )


SERVICE = (_serve,)
