"""Language -> the commands that write a plan in other languages: codegen, sql."""

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


def _sql(words: Words) -> Command:
    plan_ = words.argument(None, "[PLAN]", "预案文件, 默认用自带的预案", "a plan file; default: the shipped plan")
    dialect_ = words.option(
        ..., "--dialect", "哪种数据库: postgres、oracle、mysql 等", "postgres, oracle, mysql, ...", "NAME"
    )
    table_ = words.option("incidents", "--table", "事件表的名称", "the table of incidents", "NAME")
    view_ = words.option("plan_answers", "--view", "视图的名称", "the name of the view", "NAME")
    keep_ = words.option(
        "id", "--keep", "视图保留表的哪些列, 逗号隔开", "columns of the table to keep, with commas", "COLUMNS"
    )
    columns_ = words.option(
        None,
        "--columns",
        "表有哪些列, 逗号隔开; 默认每个事实一列",
        "which columns the table has; default: one for each fact",
        "COLUMNS",
    )
    create_ = words.option(False, "--create-table", "同时写出建表语句", "write the table's own statement too")
    reading_, overlay_, at_, lang_ = words.reading(), words.overlays(), words.at(), words.speak()

    def sql(  # noqa: PLR0913
        plan: str | None = plan_,
        dialect: str = dialect_,
        table: str = table_,
        view: str = view_,
        keep: str = keep_,
        columns: str | None = columns_,
        create_table: bool = create_,
        reading: list[str] | None = reading_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        lang: Lang = lang_,
    ) -> int:
        del lang  # what stops it is told in it
        from plan_rules.cli import sql_command  # noqa: PLC0415  as above

        asked = sql_command.Asked(
            plan, dialect, table, view, keep, columns, create_table, reading or (), overlay or (), at
        )
        return sql_command.run(asked)

    return (
        sql,
        "把预案写成 SQL 视图: 事件表每一行应当怎样处置",
        "Write a plan as a view in SQL: what it asks of each row of a table of incidents.",
    )


LANGUAGES = (_codegen, _sql)
