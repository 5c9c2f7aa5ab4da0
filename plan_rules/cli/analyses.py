"""Language -> the commands that say something of a plan as a whole: prove, lint, diff, cover, ask, certify."""

from __future__ import annotations

from plan_rules.cli.words import Command, Form, Lang, Page, Words


def _prove(words: Words) -> Command:
    file_, lang_, budget_, day_ = words.file(), words.speak(), words.budget(), words.day()
    format_ = words.form(Form.TEXT, "text、json 或 sarif", "text, json or sarif")
    all_ = words.option(False, "--all", "提示和已认可的也列出", "list notes and accepted findings too")
    claims_ = words.option(False, "--claims", "每一项断言列一行", "list every claim, one a line")

    def prove(
        file: str | None = file_,
        form: Form = format_,
        every: bool = all_,
        claims: bool = claims_,
        budget: int | None = budget_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import proving_command  # noqa: PLC0415  help and other commands do not need it

        asked = proving_command.Asked(file, form.value, every, claims, budget, day, lang.value)
        return proving_command.run(asked)

    return (
        prove,
        "对全部可能的事件证明预案没有矛盾、空白和失效的条款",
        "Prove over every incident that the plan has no conflicts, gaps or dead clauses.",
    )


def _lint(words: Words) -> Command:
    file_, lang_, day_ = words.file(), words.speak(), words.day()
    format_ = words.form(Form.TEXT, "text、json 或 sarif", "text, json or sarif")
    all_ = words.option(False, "--all", "提示和已认可的也列出", "list notes and accepted findings too")

    def lint(
        file: str | None = file_,
        form: Form = format_,
        every: bool = all_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import linting_command  # noqa: PLC0415

        return linting_command.run(file, form=form.value, every=every, day=day, lang=lang.value)

    return (
        lint,
        "对照原文检查规则, 找没有用到的词汇和到期的认可",
        "Hold the rules against their text; find unused words and acceptances that ran out.",
    )


def _diff(words: Words) -> Command:
    old_ = words.argument(
        ..., "OLD", "原预案: 文件, 或 git 版本 REV:路径", "the old plan: a file, or `REV:path` in git"
    )
    new_ = words.argument(
        ..., "NEW", "新预案: 文件, 或 git 版本 REV:路径", "the new plan: a file, or `REV:path` in git"
    )
    format_ = words.form(Page.TEXT, "text、json、markdown 或 html", "text, json, markdown or html")
    scenarios_ = words.option(
        None,
        "--scenarios",
        "场景文件, 可写多次; 默认新预案旁边的",
        "scenario files; default: beside the new plan",
        "FILE",
    )
    lang_, budget_, day_ = words.speak(), words.budget(), words.day()

    def diff(  # an option each
        old: str = old_,
        new: str = new_,
        form: Page = format_,
        scenarios: list[str] | None = scenarios_,
        budget: int | None = budget_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import comparing_command  # noqa: PLC0415

        asked = comparing_command.Asked(old, new, form.value, scenarios or (), budget, day, lang.value)
        return comparing_command.run(asked)

    return (
        diff,
        "一次修订改变了哪些事件的决定, 破没破红线",
        "Which decisions an amendment changes, and whether it breaks a red line.",
    )


ANALYSES = (_prove, _lint, _diff)
