"""Language -> the typer application: commands, their options and their help."""

from __future__ import annotations

from collections.abc import Callable

import typer
from typer.core import TyperCommand, TyperGroup

from plan_rules.cli.analyses import ANALYSES
from plan_rules.cli.archives import ARCHIVES
from plan_rules.cli.authoring import AUTHORING
from plan_rules.cli.cases.groups import groups
from plan_rules.cli.cases.verbs import add_group
from plan_rules.cli.help_text import ChineseCommand, ChineseGroup, use_chinese_panels
from plan_rules.cli.languages import LANGUAGES
from plan_rules.cli.papers import PAPERS
from plan_rules.cli.service import SERVICE
from plan_rules.cli.signing import add_signing
from plan_rules.cli.version import version
from plan_rules.cli.words import Command, Engine, Form, Lang, Words

EPILOG = (
    "退出码: 0 正常; 1 有错误或测试失败; 2 事实、场景、事件或用法有误; 3 预案不能使用; 4 案件库不能使用",
    "Exit codes: 0 fine; 1 defects or failures; 2 bad input or usage; 3 the plan, 4 the store of cases cannot be used",
)


def build(lang: str, *, rich: bool) -> typer.Typer:
    """The application; with `rich`, help is drawn in boxes."""
    words = Words(lang)
    if rich and lang == "zh":
        use_chinese_panels()
    app = typer.Typer(
        cls=ChineseGroup if lang == "zh" else TyperGroup,
        name="plan-rules",
        help=words(
            "客户投诉应急预案: 给出事件, 得到应当做什么、由谁、何时、依据哪一条",
            "The complaint plan: an incident in, what it requires out.",
        ),
        epilog=words(*EPILOG),
        add_completion=False,
        no_args_is_help=True,
        rich_markup_mode="rich" if rich else None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_root(words))
    own = (_decide, _explain, _check, _test, _schema, _show)
    for add in (
        *own,
        *ANALYSES,
        *AUTHORING,
        *PAPERS,
        *LANGUAGES,
        *ARCHIVES,
        *SERVICE,
    ):
        command, zh, en = add(words)
        app.command(
            name=add.__name__.removeprefix("_"),
            help=words(zh, en),
            epilog=words(*EPILOG),
            cls=ChineseCommand if lang == "zh" else TyperCommand,
        )(command)
    for group in groups(words):
        add_group(app, group, words, rich=rich, epilog=words(*EPILOG))
    add_signing(app, words, rich=rich, epilog=words(*EPILOG))
    return app


def _root(words: Words) -> Callable[..., None]:
    show = words.option(False, "--version", "显示版本", "show the version")

    def root(version_: bool = show) -> None:
        del version_

    show.is_eager = True
    show.callback = _print_version
    return root


def _print_version(value: bool) -> None:
    if value:
        typer.echo(f"plan-rules {version()}")
        raise typer.Exit


def _decide(words: Words) -> Command:
    facts_, plan_, at_, json_ = words.facts(), words.plan(), words.at(), words.json()
    engine_, reading_, lang_, calendar_ = words.engine(), words.reading(), words.speak(), words.calendar()
    trust_, overlay_ = words.trust(), words.overlays()

    def decide(  # noqa: PLR0913  an option each
        facts: str = facts_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        as_json: bool = json_,
        engine: Engine = engine_,
        reading: list[str] | None = reading_,
        calendar: str | None = calendar_,
        trust: str | None = trust_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import deciding_command  # noqa: PLC0415  help and other commands do not need it
        from plan_rules.cli.inputs import Asked  # noqa: PLC0415

        asked = Asked(facts, plan, at, reading or (), as_json, lang.value, calendar, trust, overlay or ())
        return deciding_command.run(asked, engine=engine.value)

    return (
        decide,
        "一个事件: 等级、应当、不得、可以、还要问什么",
        "One incident: tier, duties, prohibitions, permissions, questions.",
    )


def _explain(words: Words) -> Command:
    facts_, plan_, at_, json_ = words.facts(), words.plan(), words.at(), words.json()
    reading_, lang_, calendar_, trust_ = words.reading(), words.speak(), words.calendar(), words.trust()
    overlay_ = words.overlays()
    clause_ = words.argument(None, "[CLAUSE]", "只解释这一条", "explain only this clause")
    why_not_ = words.option(
        None, "--why-not", "这一条为什么没有触发, 可写多次", "why this clause did not fire; repeatable", "CLAUSE"
    )

    def explain(  # noqa: PLR0913  an option each
        facts: str = facts_,
        clause: str | None = clause_,
        why_not: list[str] | None = why_not_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        reading: list[str] | None = reading_,
        calendar: str | None = calendar_,
        trust: str | None = trust_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import explaining_command  # noqa: PLC0415
        from plan_rules.cli.inputs import Asked  # noqa: PLC0415

        asked = Asked(facts, plan, at, reading or (), as_json, lang.value, calendar, trust, overlay or ())
        return explaining_command.run(asked, clause, why_not or ())

    return explain, "各条款为什么触发, 或为什么没有触发", "Why each clause fired, or why it did not."


def _check(words: Words) -> Command:
    file_ = words.argument(None, "[FILE]", "预案文件, 默认检查自带的预案", "plan file; default: the shipped plan")
    format_ = words.option(Form.TEXT, "--format", "输出格式: text、json 或 sarif", "text, json or sarif", "FORM")
    lang_, overlay_, at_ = words.speak(), words.overlays(), words.at()

    def check(
        file: str | None = file_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        form: Form = format_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import checking_command  # noqa: PLC0415

        return checking_command.run(file, form=form.value, lang=lang.value, overlays=overlay or (), day=at)

    return (
        check,
        "检查预案文件, 指出每一处错误和改法",
        "Check a plan file: every defect, where, and what to write instead.",
    )


def _test(words: Words) -> Command:
    files_ = words.argument(
        None,
        "[FILE]...",
        "场景文件, 默认用预案旁边的 scenarios.yaml",
        "scenario files; default: scenarios.yaml beside the plan",
    )
    plan_, engine_, lang_ = words.plan(), words.engine(), words.speak()
    overlay_, at_ = words.overlays(), words.at()
    junit_ = words.option(None, "--junit", "另写 JUnit XML 到这个文件", "also write JUnit XML to this file", "OUT.xml")

    def test(
        files: list[str] | None = files_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        engine: Engine = engine_,
        junit: str | None = junit_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import testing_command  # noqa: PLC0415

        return testing_command.run(
            files or (),
            plan_path=plan,
            engine=engine.value,
            junit=junit,
            lang=lang.value,
            overlays=overlay or (),
            at=at,
        )

    return test, "用场景文件测试预案", "Run scenario files against the plan."


def _schema(words: Words) -> Command:
    plan_, lang_ = words.plan(), words.speak()
    openapi_ = words.option(False, "--openapi", "写成 OpenAPI 3.1 的组件", "as a component of an OpenAPI 3.1 document")
    file_ = words.option(
        False,
        "--plan-file",
        "改为预案文件的 JSON Schema, 供编辑器补全",
        "of plan files instead, for editors",
    )

    events_ = words.option(
        False, "--events", "改为每种 CloudEvent 的数据的 JSON Schema", "of the data of each type of CloudEvent instead"
    )

    def schema(
        plan: str | None = plan_,
        openapi: bool = openapi_,
        plan_file: bool = file_,
        events: bool = events_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import schema_command  # noqa: PLC0415

        if events:
            return schema_command.of_events(plan)
        if plan_file:
            return schema_command.of_plan_files(plan)
        return schema_command.run(plan_path=plan, openapi=openapi, lang=lang.value)

    return schema, "事件事实的 JSON Schema", "The JSON Schema of an incident's facts."


def _show(words: Words) -> Command:
    subject_ = words.argument(
        "clauses",
        "[clauses|coverage|CLAUSE]",
        "条款表、覆盖矩阵, 或一条的全文",
        "all clauses, the coverage matrix, or one clause",
    )
    plan_, lang_, overlay_ = words.plan(), words.speak(), words.overlays()
    scenarios_ = words.option(
        None, "--scenarios", "覆盖矩阵用的场景文件, 可写多次", "scenario files for coverage; repeatable", "FILE"
    )

    def show(
        subject: str = subject_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        scenarios: list[str] | None = scenarios_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import showing_command  # noqa: PLC0415

        return showing_command.run(
            subject, plan_path=plan, scenarios=scenarios or (), lang=lang.value, overlays=overlay or ()
        )

    return show, "看条款、覆盖矩阵或一条的全文", "Show clauses, the coverage matrix, or one clause in full."
