"""Language -> the commands that say something of a plan as a whole: prove, lint, diff, cover, ask, certify, triage."""

from __future__ import annotations

from plan_rules.cli.words import Command, Form, Lang, Page, Plain, Words


def _prove(words: Words) -> Command:
    file_, lang_, budget_, day_ = words.file(), words.speak(), words.budget(), words.day()
    overlay_ = words.overlays()
    format_ = words.form(Form.TEXT, "text、json 或 sarif", "text, json or sarif")
    all_ = words.option(False, "--all", "提示和已认可的也列出", "list notes and accepted findings too")
    claims_ = words.option(False, "--claims", "每一项断言列一行", "list every claim, one a line")

    def prove(  # noqa: PLR0913  an option each
        file: str | None = file_,
        overlay: list[str] | None = overlay_,
        form: Form = format_,
        every: bool = all_,
        claims: bool = claims_,
        budget: int | None = budget_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import proving_command  # noqa: PLC0415  help and other commands do not need it

        asked = proving_command.Asked(file, form.value, every, claims, budget, day, lang.value, overlay or ())
        return proving_command.run(asked)

    return (
        prove,
        "对全部可能的事件证明预案没有矛盾、空白和失效的条款",
        "Prove over every incident that the plan has no conflicts, gaps or dead clauses.",
    )


def _lint(words: Words) -> Command:
    file_, lang_, day_, overlay_ = words.file(), words.speak(), words.day(), words.overlays()
    format_ = words.form(Form.TEXT, "text、json 或 sarif", "text, json or sarif")
    all_ = words.option(False, "--all", "提示和已认可的也列出", "list notes and accepted findings too")

    def lint(
        file: str | None = file_,
        overlay: list[str] | None = overlay_,
        form: Form = format_,
        every: bool = all_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import linting_command  # noqa: PLC0415

        return linting_command.run(file, form=form.value, every=every, day=day, lang=lang.value, overlays=overlay or ())

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
    lang_, budget_, day_, overlay_ = words.speak(), words.budget(), words.day(), words.overlays()

    def diff(  # noqa: PLR0913  an option each
        old: str = old_,
        new: str = new_,
        overlay: list[str] | None = overlay_,
        form: Page = format_,
        scenarios: list[str] | None = scenarios_,
        budget: int | None = budget_,
        day: str | None = day_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import comparing_command  # noqa: PLC0415

        asked = comparing_command.Asked(old, new, form.value, scenarios or (), budget, day, lang.value, overlay or ())
        return comparing_command.run(asked)

    return (
        diff,
        "一次修订改变了哪些事件的决定, 破没破红线",
        "Which decisions an amendment changes, and whether it breaks a red line.",
    )


def _cover(words: Words) -> Command:
    files_ = words.argument(
        None,
        "[FILE]...",
        "场景文件, 默认用预案旁边的 scenarios.yaml",
        "scenario files; default: scenarios.yaml beside the plan",
    )
    plan_, lang_, overlay_, at_ = words.plan(), words.speak(), words.overlays(), words.at()
    format_ = words.form(Plain.TEXT, "text 或 json", "text or json")
    all_ = words.option(False, "--all", "缺的全部列出", "list everything that is missing")
    write_ = words.option(
        False, "--write", "只输出缺的场景, 可直接加进场景文件", "print only the missing scenarios, ready to paste"
    )

    def cover(  # noqa: PLR0913  an option each
        files: list[str] | None = files_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        form: Plain = format_,
        every: bool = all_,
        write: bool = write_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import covering_command  # noqa: PLC0415

        asked = covering_command.Asked(files or (), plan, form.value, every, write, lang.value, overlay or (), at)
        return covering_command.run(asked)

    return (
        cover,
        "场景试到了预案的哪些地方, 哪些错误发现不了, 缺哪些场景",
        "What of the plan the scenarios try, the mistakes they would miss, and the scenarios that are missing.",
    )


def _ask(words: Words) -> Command:
    facts_ = words.argument(
        None,
        "[FACTS]",
        "已知的事实: YAML 或 JSON 文件, “-”表示标准输入; 在终端里不写就逐一提问",
        "what is known: a YAML or JSON file, `-` is stdin; at a terminal, without it, one question after another",
    )
    plan_, json_, lang_, trust_ = words.plan(), words.json(), words.speak(), words.trust()
    overlay_, at_ = words.overlays(), words.at()

    def ask(
        facts: str | None = facts_,
        plan: str | None = plan_,
        overlay: list[str] | None = overlay_,
        at: str | None = at_,
        trust: str | None = trust_,
        as_json: bool = json_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import asking_command  # noqa: PLC0415

        return asking_command.run(asking_command.Asked(facts, plan, as_json, lang.value, trust, overlay or (), at))

    return (
        ask,
        "只知道一部分事实时: 已经确定什么, 还可能怎样, 下一步问什么",
        "With some facts known: what is certain, what is possible, what to ask next.",
    )


def _certify(words: Words) -> Command:
    file_, budget_, lang_ = words.file(), words.budget(), words.speak()
    output_ = words.option(None, "--output", "证书写到这个文件", "write the certificate to this file", "OUT.json")
    verify_ = words.option(None, "--verify", "重新证明这份证书", "show this certificate again", "CERTIFICATE")

    def certify(
        file: str | None = file_,
        output: str | None = output_,
        verify: str | None = verify_,
        budget: int | None = budget_,
        lang: Lang = lang_,
    ) -> int:
        from plan_rules.cli import certifying_command  # noqa: PLC0415

        return certifying_command.run(certifying_command.Asked(file, output, verify, budget, lang.value))

    return (
        certify,
        "把证明写成证书, 或重新证明一份证书",
        "Write what was proved as a certificate, or show a certificate again.",
    )


def _triage(words: Words) -> Command:
    file_, trust_, lang_ = words.file(), words.trust(), words.speak()
    output_ = words.option(
        None, "--output", "写到这个文件, 默认标准输出", "write to this file; default: stdout", "FILE", short=("-o",)
    )

    def triage(
        file: str | None = file_, output: str | None = output_, trust: str | None = trust_, lang: Lang = lang_
    ) -> int:
        from plan_rules.cli import triage_command  # noqa: PLC0415

        return triage_command.run(file, output, trust, lang=lang.value)

    return (
        triage,
        "一个不联网也能用的分诊网页: 几下点出该怎么办",
        "One HTML file that decides without a network: a few taps to what to do.",
    )


ANALYSES = (_prove, _lint, _diff, _cover, _ask, _certify, _triage)
