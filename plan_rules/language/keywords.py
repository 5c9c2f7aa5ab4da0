"""The one table of keywords: Chinese word <-> exact English alias.

The language means the same in both; a file may use either.  `canonical` turns a keyword of a file into the English word
that the shape of a document is written in.
"""

from __future__ import annotations

KEYWORDS: dict[str, str] = {
    # sections of a plan file
    "预案": "plan",
    "角色": "roles",
    "责任组": "groups",
    "相对方": "parties",
    "别名": "aliases",
    "顶岗": "deputies",
    "等级": "tiers",
    "原则": "principles",
    "事实": "facts",
    "动作": "actions",
    "情形": "situations",
    "推定": "presumptions",
    "不可能": "impossible",
    "解释": "readings",
    "顺序": "tracks",
    "正文": "body",
    "提示": "notices",
    "红线": "invariants",
    "认可": "acceptances",
    "备注": "remarks",
    "案件": "case",
    # what the things in them are made of
    "编号": "id",
    "名称": "name",
    "版本": "version",
    "目的": "purpose",
    "底本": "source",
    "取": "take",
    "级数": "rank_order",
    "适用": "scope",
    "类别": "kind",
    "说明": "note",
    "级": "rank",
    "类型": "type",
    "取值": "values",
    "最小": "min",
    "最大": "max",
    "单位": "unit",
    "默认": "default",
    "提问": "question",
    "认定": "confirm_by",
    "加重": "worse",
    "须先": "after",
    "保护": "protective",
    "若": "if",
    "则": "then",
    "组合": "combination",
    "级别": "severity",
    "题": "topic",
    "涉及": "about",
    "选项": "options",
    "采用": "chosen",
    "决定": "decided_by",
    "效力": "strength",
    "内容": "text",
    "来源": "origin",
    "同于": "same_as",
    "替补": "deputy",
    "按解释": "under",
    "章节": "section",
    "标题": "title",
    "条款": "clauses",
    "原文": "wording",
    "扫描文": "scraped",
    "当": "when",
    "定为": "assigns",
    "应当": "must",
    "不得": "must_not",
    "可以": "may",
    "例外于": "exception_to",
    "免除": "waives",
    "服务于": "serves",
    "体现于": "supports",
    "统领": "governs",
    "所立原则": "states",
    "界定": "defines",
    "覆盖": "carries",
    "做": "action",
    "责任": "bearers",
    "经办": "through",
    "除外": "excepted",
    "对象": "recipient",
    "时限": "limit",
    "按等级": "by_tier",
    "按责任": "by_bearer",
    "其余": "otherwise",
    "起算": "start",
    "顺延": "roll",
    "截点": "cutoff",
    "次序": "step",
    "可推翻": "defeasible",
    "完成": "done_by",
    "违反": "broken_by",
    "替代": "instead",
    "推断": "inferred",
    "条目": "items",
    "任一": "any",
    "依次": "in_order",
    "全部": "all",
    "首接": "first_contact",
    "替谁": "for",
    "又称": "also_called",
    "组长": "leader",
    "成员": "members",
    "所属单位": "organisation",
    "属于": "member_of",
    "互斥": "excludes",
    "单调": "monotone",
    "不应当": "no_duty",
    "不禁止": "no_prohibition",
    "定级": "tier",
    "发现": "finding",
    "理由": "reason",
    "到期": "until",
    "仅换用解释时": "otherwise_only",
    # where the plan does not apply, and who takes over
    "不适用": "excluded",
    "移交": "handoff",
    # what a norm waits for
    "须经": "approvals",
    "裁量": "discretion",
    "由": "by",
    "考量": "considerations",
    "选定": "choice",
    "递进": "escalation",
    "失败": "failed",
    # reports to be filled in
    "表单": "forms",
    "字段": "fields",
    "必填": "mandatory",
    "填表": "form",
    # facts and cases
    "敏感": "sensitive",
    "办结": "resolved_on",
    "提醒": "reminders",
    "催办": "ladder",
    "逾期": "overdue",
    "报": "to",
    "个人信息": "personal",
    "依据": "basis",
    "可看": "readers",
    "保存": "keep",
    # a file laid over a plan
    "叠加": "overlay",
    "叠加于": "over",
    "版本范围": "versions",
    "位阶": "authority",
    "施行": "effective",
    "废止": "repealed",
    "条文": "article",
    "摘要": "summary",
    "数值": "figures",
    "关系": "relation",
    "待确认": "to_confirm",
    "按日期": "by_date",
    "起初": "initially",
    "裁决": "resolutions",
    "胜": "winner",
    "负": "loser",
    "确认": "confirmations",
    "确认日": "confirmed_on",
    # a calendar file
    "休息": "rest",
    "上班": "work",
    "年份": "years",
    # a trust file
    "人数": "quorum",
    "自带签署": "shipped_sign_offs",
    "批准人": "approvers",
    "姓名": "person",
    "职务": "post",
    "公钥": "public_key",
    "自": "since",
    "撤销": "revoked",
    "泄露": "compromised",
}

# Words that begin an entry of a condition in place of the name of a fact.
CONDITION_WORDS: dict[str, str] = {
    "全部": "all",
    "任一": "any",
    "除非": "unless",
    "等级": "tier",
    "解释": "reading",
}

ENGLISH: dict[str, str] = {english: chinese for chinese, english in KEYWORDS.items()}

# Words that stand for values: exact aliases too.
VALUE_WORDS: dict[str, str] = {
    "yes": "是",
    "no": "否",
    "unknown": "未知",
    "none": "空",
    "happened": "有",
    "not happened": "无",
    "unstated": "未填",
    "not": "不是",
    "at least": "至少",
    "at most": "至多",
    "more than": "超过",
    "less than": "不足",
    "earlier than": "早于",
    "always": "总是",
    "highest": "最高",
    "lowest": "最低",
    "smaller is worse": "小者重",
    "larger is worse": "大者重",
    "up": "递增",
    "down": "递减",
    "case": "案件",
    "warning": "警告",
    "advice": "仅建议",
    "defeasible": "可推翻",
    "strict": "不可推翻",
    "immediately": "立即",
    "promptly": "及时",
    "continuously": "持续",
    "standing": "常设",
    "periodically": "定期",
    "beforehand": "事前",
    "during": "事中",
    "afterwards": "事后",
    "minutes": "分钟",
    "hours": "小时",
    "natural days": "自然日",
    "working days": "工作日",
    "weeks": "周",
    "months": "个月",
    "years": "年",
    "every": "每",
    "bool": "是否",
    "enum": "选项",
    "ordinal": "等次",
    "integer": "整数",
    "date": "日期",
    "datetime": "时刻",
    "readings": "解释选择",
    "free text": "文字",
}


def canonical(word: str) -> str:
    """The English keyword for a keyword in either language; an unknown word comes back as it is."""
    return KEYWORDS.get(word, word)


def condition_word(word: str) -> str | None:
    """`all`, `any`, `unless`, `tier` or `reading` for a condition word in either language; None for any other word."""
    if word in CONDITION_WORDS:
        return CONDITION_WORDS[word]
    return word if word in CONDITION_WORDS.values() else None


def chinese(keyword: str) -> str:
    """The Chinese keyword, for messages."""
    return ENGLISH.get(keyword, keyword)


def value_word(text: str) -> str:
    """The Chinese form of a value word or of the word a phrase begins with; other text comes back as it is."""
    if not text[:1].isascii():
        return text  # the English words alone are turned into others
    if text in VALUE_WORDS:
        return VALUE_WORDS[text]
    for english, word in VALUE_WORDS.items():
        if text.startswith(english + " "):
            return f"{word} {text[len(english) + 1 :]}"
    return text
