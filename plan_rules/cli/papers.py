"""Language -> the commands that write papers: document, documents; and overlays, which lists what one of them holds."""

from __future__ import annotations

from typing import Any

from plan_rules.cli.words import Command, Lang, Words

_KINDS = (
    "handbook, cards, grading, dont, roles, media, phone, personal, accountability, matrix, readings, revision, drill, "
    "compliance, forms, health"
)


def _document(words: Words) -> Command:
    kind_ = words.argument(
        ...,
        "KIND",
        f"种类: {_KINDS}",
        _KINDS,
    )
    about_ = words.argument(
        None,
        "[ABOUT]...",
        "revision: 原预案和新预案; phone、accountability: 事实文件; cards: 等级和角色; drill: 场景编号; forms: 表单",
        "revision: two plans; phone, accountability: a facts file; cards: tiers, roles; drill: scenarios; forms: forms",
    )
    form_ = words.option(
        None, "--format", "html、pdf、docx 或 xlsx, 默认看文件名", "default: by the file's name", "FORM"
    )
    plan_, scenarios_, day_, lang_ = words.plan(), _scenarios(words), words.day(), words.speak()
    overlay_ = words.overlays()
    to_ = words.option(..., "-o", "写到这个文件", "the file to write", "FILE")

    def document(  # noqa: PLR0913  an option each
        kind: str = kind_,
        about: list[str] | None = about_,
        to: str = to_,
        form: str | None = form_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        scenarios: list[str] | None = scenarios_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import documents_command  # noqa: PLC0415  help and other commands do not need it

        asked = documents_command.Asked(
            kind, about or (), plan, scenarios or (), form, to, day, lang.value, overlay or ()
        )
        return documents_command.document(asked)

    return (
        document,
        "写一种打印、填写、签字用的文件: 手册、处置卡、登记表、报告",
        "Write a paper to print, fill in and sign: handbook, cards, registers, reports.",
    )


def _documents(words: Words) -> Command:
    plan_, scenarios_, day_, lang_ = words.plan(), _scenarios(words), words.day(), words.speak()
    overlay_ = words.overlays()
    to_ = words.option(..., "-o", "写到这个文件夹", "the folder to write to", "FOLDER")

    def documents(
        to: str = to_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        scenarios: list[str] | None = scenarios_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import documents_command  # noqa: PLC0415

        asked = documents_command.Asked(
            plan=plan, scenarios=scenarios or (), to=to, day=day, lang=lang.value, overlays=overlay or ()
        )
        return documents_command.documents(asked)

    return documents, "把全部文件写到一个文件夹", "Write every paper into a folder."


def _overlays(words: Words) -> Command:
    plan_, overlay_, at_, json_, lang_ = words.plan(), words.overlays(), words.at(), words.json(), words.speak()

    def overlays(
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import overlays_command  # noqa: PLC0415

        return overlays_command.run(plan, overlay or (), at=at, json=as_json, lang=lang.value)

    return (
        overlays,
        "叠加的规定一条一行: 依据、效力、与预案的关系、冲突以哪一条为准",
        "What is laid over the plan, a line a provision: basis, force, relation, which prevails.",
    )


def _scenarios(words: Words) -> Any:
    return words.option(
        None,
        "--scenarios",
        "场景文件, 可写多次; 默认预案旁边的",
        "scenario files; default: beside the plan",
        "FILE",
    )


PAPERS = (_document, _documents, _overlays)
