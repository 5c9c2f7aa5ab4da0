"""Language -> the commands about archives of past incidents: backtest."""

from __future__ import annotations

from plan_rules.cli.words import Command, Lang, Words


def _backtest(words: Words) -> Command:
    named_ = words.argument(
        ...,
        "[PLAN] [NEW] DATA",
        "一份预案(默认用自带的), 或原、新两份(文件或 git 版本 REV:路径); 最后是历史数据: "
        "CSV、Parquet、文件夹、通配符或数据库",
        "a plan (default: the shipped one), or an old and a new one (files, or `REV:path` in git); then the archive: "
        "CSV, Parquet, a folder, a pattern or a database",
    )
    by_ = words.option(
        None,
        "--by",
        "分组的列, 可写多次; 按月写 month:列名",
        "a column to group by; repeatable; by month: month:COLUMN",
        "COLUMN",
    )
    id_ = words.option(None, "--id", "编号列, 用来指出是哪一行", "the column of ids, by which rows are named", "COLUMN")
    mapping_ = words.option(
        None, "--mapping", "列对照文件: 列名和取值与预案不同时", "mapping file: where columns or values differ", "FILE"
    )
    table_ = words.option("", "--table", "数据库里的哪一张表", "which table of a database", "NAME")
    encoding_ = words.option("utf-8", "--encoding", "CSV 的编码, 如 gbk", "the encoding of CSV files, as gbk", "NAME")
    replay_ = words.option(
        1000, "--replay", "抽多少行由规则引擎重新判定", "how many rows the rule engine decides again", "ROWS"
    )
    rejected_ = words.option(
        None, "--rejected", "把不合规格的行的编号和原因写到这个文件", "write ids and reasons of rows set aside", "FILE"
    )
    state_ = words.option(
        None, "--state", "中间结果放在这里, 中断后接着算", "keep finished parts here, to go on after a stop", "FOLDER"
    )
    memory_ = words.option("1GiB", "--memory", "内存上限", "most memory for the tables", "SIZE")
    html_ = words.option(None, "--html", "另写一个网页", "also write a page", "FILE")
    reading_, overlay_, at_, trust_ = words.reading(), words.overlays(), words.at(), words.trust()
    json_, lang_ = words.json(), words.speak()

    def backtest(  # noqa: PLR0913  an option each
        named: list[str] = named_,
        by: list[str] | None = by_,
        id_column: str | None = id_,
        mapping: str | None = mapping_,
        table: str = table_,
        encoding: str = encoding_,
        reading: list[str] | None = reading_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        trust: str | None = trust_,
        replay: int = replay_,
        rejected: str | None = rejected_,
        state: str | None = state_,
        memory: str = memory_,
        html: str | None = html_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import backtest_command  # noqa: PLC0415  help and other commands do not need it

        return backtest_command.run(
            backtest_command.Asked(
                named,
                by or (),
                id_column,
                mapping,
                table,
                encoding,
                reading or (),
                overlay or (),
                at,
                trust,
                replay,
                rejected,
                state,
                memory,
                html,
                as_json,
                lang.value,
            )
        )

    return (
        backtest,
        "过去的事件按这份预案会怎样处置; 新旧两份预案有什么不同",
        "What an archive of past incidents would have got under a plan; what a new plan changes.",
    )


ARCHIVES = (_backtest,)
