"""Words -> the three groups of commands about cases, as data: `case`, `outbox` and `audit`."""

from __future__ import annotations

from typing import Any

from plan_rules.cli.cases.verbs import Group, Parameter, Verb
from plan_rules.cli.words import Words

_SAYS = ("by", "at", "event", "expected")


def groups(words: Words) -> tuple[Group, ...]:
    """All groups."""
    case = (*_what_happened(words), *_how_it_stands(words), *_personal_data(words), *_papers(words))
    return (
        Group("case", "案件: 登记经过, 看现在该办什么", "Incidents over time: what happened, what to do now.", case),
        Group(
            "outbox", "要通知的消息: 投递、查看、重发", "What has to be told: deliver, look, try again.", _outbox(words)
        ),
        Group(
            "audit", "登记簿: 查有没有改动, 重放决定", "The log: was it altered, do decisions replay.", _audit(words)
        ),
    )


def _case(words: Words) -> Parameter:
    return Parameter("case", str, words.argument(..., "CASE", "案件编号", "the id of the case"))


def _action(words: Words) -> Parameter:
    return Parameter("action", str, words.argument(..., "ACTION", "动作的编号或名称", "the action: its id or its name"))


def _role(words: Words, default: Any = "") -> Parameter:
    return Parameter(
        "role", str, words.option(default, "--role", "角色的编号或名称", "the role: its id or its name", "ROLE")
    )


def _reason(words: Words) -> Parameter:
    return Parameter("reason", str, words.option(..., "--reason", "理由, 会留在登记簿里", "why; it is kept", "WORDS"))


def _personal(words: Words) -> Parameter:
    info = words.option(
        None, "--personal", "个人信息, 加密另存, 可写多次", "personal data, sealed apart; repeatable", "ITEM=WORDS"
    )
    return Parameter("personal", list[str] | None, info)


def _items(words: Words, default: Any = None) -> Parameter:
    kind = list[str] if default is ... else list[str] | None
    info = words.option(default, "--item", "个人信息的种类, 可写多次", "kind of personal data; repeatable", "ITEM")
    return Parameter("item", kind, info)


def _output(words: Words) -> Parameter:
    info = words.option(None, "--output", "写到这个文件, 默认标准输出", "write to this file; default: stdout", "FILE")
    return Parameter("to", str | None, info)


# --------------------------------------------------------------------------- case: what happened


def _what_happened(words: Words) -> tuple[Verb, ...]:
    case, action, role, reason = _case(words), _action(words), _role(words), _reason(words)
    return (
        _open(words),
        _record(words),
        Verb(
            "done",
            "登记办了一件应当办的事",
            "A duty was done.",
            "recording.done",
            (case, action, role),
            _SAYS,
        ),
        Verb(
            "breach",
            "登记有人做了不得做的事",
            "Something forbidden was seen done.",
            "recording.breach",
            (case, action, role),
            _SAYS,
        ),
        Verb(
            "override",
            "登记一次例外: 只限“一般应当”“一般不得”, 要理由和另一人批准",
            "Set aside what binds as a rule, with a reason and an approver.",
            "recording.override",
            (
                case,
                action,
                reason,
                Parameter(
                    "approver",
                    str,
                    words.option(..., "--approver", "批准人的工号, 不能是登记人", "staff number, not --by", "STAFF"),
                ),
            ),
            _SAYS,
        ),
        Verb(
            "handover",
            "登记角色交接, 如 A角 → B角",
            "A role is handed over.",
            "recording.handover",
            (
                case,
                Parameter("role", str, words.argument(..., "ROLE", "交出的角色", "the role")),
                Parameter("to", str, words.argument(..., "TO", "接手的角色", "the role that acts for it")),
            ),
            _SAYS,
        ),
        Verb(
            "note",
            "记下经过, 作为个人信息加密另存",
            "Keep words as personal data.",
            "recording.note",
            (
                case,
                Parameter(
                    "words", str, words.argument(..., "WORDS", "内容, “-”表示标准输入", "what to keep; `-` is stdin")
                ),
                Parameter(
                    "item",
                    str,
                    words.option(
                        "incident_note", "--item", "哪一种个人信息, 默认经过说明", "kind of personal data", "ITEM"
                    ),
                ),
            ),
            (*_SAYS, "key"),
        ),
        Verb("resolve", "登记事件处理完", "The incident is resolved.", "recording.resolve", (case,), _SAYS),
        Verb("reopen", "重开: 其实没有处理完", "It was not over.", "recording.reopen", (case, reason), _SAYS),
        Verb(
            "upgrade",
            "改按另一版预案",
            "Hold the case to another plan.",
            "recording.upgrade",
            (case, Parameter("plan", str | None, words.plan()), Parameter("trust", str | None, words.trust())),
            _SAYS,
        ),
        Verb("close", "结案", "Close the case.", "recording.close", (case,), _SAYS),
        Verb(
            "review",
            "登记因时间而变的事: 提醒、逾期、上报; 供定时运行",
            "Record what time alone changed; to be run every minute or so.",
            "recording.review",
            (
                Parameter(
                    "limit", int, words.option(100, "--limit", "一次最多几件案件, 默认 100", "most cases", "COUNT")
                ),
            ),
            ("by",),
        ),
    )


def _open(words: Words) -> Verb:
    own = (
        Parameter("facts", str, words.facts()),
        Parameter(
            "case", str | None, words.option(None, "--case", "案件编号, 默认新编一个", "id; default: a new one", "ID")
        ),
        Parameter("plan", str | None, words.plan()),
        Parameter("trust", str | None, words.trust()),
        Parameter("calendar", str | None, words.calendar()),
        Parameter("outlet", str, words.option("", "--outlet", "网点", "the outlet", "NAME")),
        _personal(words),
    )
    return Verb("open", "开案", "Begin a case.", "recording.open_case", own, ("by", "at", "event", "key"))


def _record(words: Words) -> Verb:
    own = (
        _case(words),
        Parameter(
            "facts",
            list[str] | None,
            words.argument(
                None,
                "[FACT=VALUE]...",
                "新知道的事实, 名称或编号, 如 staff_assaulted=是",
                "what became known, as staff_assaulted=true",
            ),
        ),
        Parameter(
            "withdraw",
            list[str] | None,
            words.option(
                None, "--withdraw", "撤回早先登记错的事实, 可写多次", "a fact that was wrong; repeatable", "FACT"
            ),
        ),
        Parameter(
            "file", str | None, words.option(None, "--facts", "另从这个文件读事实", "facts of a file too", "FILE")
        ),
        _personal(words),
    )
    return Verb("record", "登记新知道的事实", "Record facts.", "recording.record", own, (*_SAYS, "key"))


# --------------------------------------------------------------------------- case: how it stands


def _how_it_stands(words: Words) -> tuple[Verb, ...]:
    case = _case(words)
    of_case = Parameter("case", str | None, words.option(None, "--case", "只看这件", "only this case", "CASE"))
    return (
        Verb("show", "看一件案件", "One case as it stands.", "looking.show", (case,), ("at",)),
        Verb("watch", "盯着一件案件, 每秒更新, 按 q 结束", "A live view; q ends it.", "watching.watch", (case,)),
        Verb(
            "list",
            "案件清单",
            "A list of cases.",
            "looking.list_cases",
            (
                Parameter("every", bool, words.option(False, "--all", "连同已结案的", "closed ones too")),
                _limit(words),
            ),
        ),
        Verb(
            "due",
            "要办的事, 先到期的在前",
            "What is to be done, the soonest first.",
            "looking.due",
            (
                Parameter(
                    "before",
                    str | None,
                    words.option(None, "--before", "只看到这时会逾期的", "only what is overdue by then", "INSTANT"),
                ),
                of_case,
                _limit(words),
            ),
        ),
        Verb("overdue", "已经逾期的事", "What is overdue.", "looking.overdue", (of_case, _limit(words))),
        Verb("history", "一件案件的经过", "What happened in a case.", "looking.history", (case,)),
    )


def _limit(words: Words) -> Parameter:
    info = words.option(100, "--limit", "最多几行, 默认 100", "most lines; default: 100", "COUNT")
    return Parameter("limit", int, info)


# --------------------------------------------------------------------------- case: personal data, and the store


def _personal_data(words: Words) -> tuple[Verb, ...]:
    case, reason = _case(words), _reason(words)
    file = Parameter("file", str, words.argument(..., "FILE", "新的密钥文件", "the new key file"))
    return (
        Verb(
            "personal",
            "看个人信息: 只限有权的角色, 每次留痕",
            "Read personal data, by the roles that may; every reading is recorded.",
            "keeping.personal",
            (case, _role(words, ...), reason, _items(words)),
            ("by", "key"),
        ),
        Verb(
            "erase",
            "清除个人信息",
            "Erase personal data.",
            "recording.erase",
            (case, _items(words, ...), reason),
            _SAYS,
        ),
        Verb(
            "erase-due",
            "清除保存期已满的个人信息; 供定时运行",
            "Erase the personal data that are kept no longer; to be run every day.",
            "keeping.erase_due",
            (reason,),
            ("by",),
        ),
        Verb("new-key", "写一个新的密钥文件", "Make a key file.", "keeping.new_key", (file,), stores=False),
        Verb(
            "rewrap",
            "个人信息改用密钥文件里最新的密钥",
            "Put personal data under the newest key of the key file.",
            "keeping.rewrap",
            (),
            ("key",),
        ),
        Verb(
            "migrate",
            "新建案件库, 或升级旧版的案件库",
            "Make a store, or bring an older one up to date.",
            "keeping.migrate",
        ),
    )


def _papers(words: Words) -> tuple[Verb, ...]:
    case = _case(words)
    export = words.option("jsonl", "--format", "jsonl、html、xlsx 或 ics", "jsonl, html, xlsx or ics", "FORM")
    report = words.option(
        "text", "--format", "text、markdown、html、docx 或 pdf", "text, markdown, html, docx or pdf", "FORM"
    )
    return (
        Verb(
            "export",
            "案件的经过(监管用)或期限日历; 不含敏感事实和个人信息",
            "What happened, for a supervisor, or the deadlines as a calendar.",
            "papers.export",
            (case, Parameter("form", str, export), _output(words)),
            answers=False,
        ),
        Verb(
            "report",
            "三日内报送的报告草稿",
            "The draft of the report on the incident.",
            "papers.report",
            (case, Parameter("form", str, report), _output(words)),
            ("at",),
            answers=False,
        ),
    )


# --------------------------------------------------------------------------- outbox and audit


def _outbox(words: Words) -> tuple[Verb, ...]:
    work = (
        Parameter(
            "webhook", str | None, words.option(None, "--webhook", "投递到这个网址", "POST to this address", "URL")
        ),
        Parameter(
            "secret_file",
            str | None,
            words.option(None, "--secret-file", "签名密钥 whsec_… 的文件", "file with the secret whsec_…", "FILE"),
        ),
        Parameter(
            "mail",
            str | None,
            words.option(None, "--mail", "按这个文件里的设置发邮件", "mail, as this file says", "FILE"),
        ),
        Parameter("printing", bool, words.option(False, "--print", "只打印, 每条一行", "print, a message a line")),
        Parameter("once", bool, words.option(False, "--once", "投完现有的就结束", "end when nothing is due")),
        Parameter(
            "worker", str | None, words.option(None, "--worker", "这个投递进程的名字", "name of this worker", "NAME")
        ),
    )
    ids = Parameter(
        "ids", list[str] | None, words.argument(None, "[ID]...", "消息编号, 可只写开头", "ids, or how they begin")
    )
    every = Parameter("every", bool, words.option(False, "--all", "全部", "all of them"))
    return (
        Verb("work", "投递消息, 直到被停止", "Deliver messages until stopped.", "outbox.work", work),
        Verb("status", "各种消息有多少", "How many messages there are.", "outbox.status"),
        Verb("dead", "投不出去的消息", "Messages that were given up.", "outbox.dead"),
        Verb("revive", "投不出去的消息重新投", "Try again what was given up.", "outbox.revive", (ids, every)),
    )


def _audit(words: Words) -> tuple[Verb, ...]:
    anchor = words.option(None, "--anchor", "另存的锚定文件", "an anchor that was kept elsewhere", "FILE")
    version = words.option(None, "--version", "只看这一版的决定", "only the decision of this version", "N")
    return (
        Verb(
            "verify",
            "查登记簿有没有被改动、删除、调换、截断",
            "Was anything altered, removed, moved or cut off?",
            "auditing.verify",
            (Parameter("anchor", str | None, anchor),),
        ),
        Verb(
            "anchor",
            "写锚定文件, 存到别处",
            "Make an anchor, to be kept elsewhere.",
            "auditing.anchor",
            (_output(words),),
            ("by",),
        ),
        Verb(
            "replay",
            "重放一件案件的每个决定, 看是否一样",
            "Decide a case again, event by event.",
            "auditing.replay",
            (_case(words), Parameter("version", int | None, version)),
        ),
        Verb("accesses", "谁看过个人信息", "Who read personal data.", "auditing.accesses"),
    )
