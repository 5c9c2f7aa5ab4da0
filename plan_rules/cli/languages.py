"""Language -> the commands that write a plan in other languages: codegen."""

from __future__ import annotations

from plan_rules.cli.words import Command, Lang, Words


def _codegen(words: Words) -> Command:
    plans_ = words.argument(None, "[PLAN]...", "预案文件, 默认用自带的预案", "plan files; default: the shipped plan")
    language_ = words.option(
        ...,
        "--language",
        "写成什么: python、typescript、java、json-schema 或 json-logic",
        "python, typescript, java, json-schema or json-logic",
        "NAME",
    )
    out_ = words.option(..., "--out", "写到这个文件夹", "the folder to write to", "FOLDER", short=("-o",))
    package_ = words.option(
        None, "--package", "Java 的包名, 默认 plan.预案编号", "Java's package; default: plan.ID", "NAME"
    )
    corpus_ = words.option(
        None,
        "--corpus",
        "json-logic 另写一致性用例: 触及每一处的事件, 再抽这么多个",
        "of json-logic: a conformance corpus too: incidents that touch everything, and so many drawn ones",
        "N",
    )
    overlay_, at_, lang_ = words.overlays(), words.at(), words.speak()

    def codegen(  # noqa: PLR0913  an option each
        plans: list[str] | None = plans_,
        language: str = language_,
        out: str = out_,
        package: str | None = package_,
        corpus: int | None = corpus_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        lang: Lang = lang_,
    ) -> int:
        del lang  # what stops it is told in it
        from plan_rules.cli import generating_command  # noqa: PLC0415  help and other commands do not need it

        asked = generating_command.Asked(plans or (), language, out, package, overlay or (), at, corpus)
        return generating_command.run(asked)

    return (
        codegen,
        "把预案写成 Python、TypeScript、Java 的类型、JSON Schema 或 JSON Logic",
        "Write a plan as types of Python, TypeScript, Java, as JSON Schema or as JSON Logic.",
    )


LANGUAGES = (_codegen,)
