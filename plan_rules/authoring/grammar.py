"""The grammar of plan files: each part's keys from the shapes, and for each key what may stand after it.

The shapes say which keys there are and how they nest; `SLOTS` says what the words in them stand for.  A field without
a slot takes any text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, get_args, get_origin

from plan_rules.language.shape import Shape

YES_NO = ("是", "否")
TERMS = ("立即", "及时", "持续", "常设", "定期", "事前", "事中", "事后")
WHO = ("role", "group")

# What is named where: a table's key is a name, the field `id` in it is the same thing's id.
DECLARES = {
    "roles": "role",
    "parties": "party",
    "groups": "group",
    "tiers": "tier",
    "principles": "principle",
    "facts": "fact",
    "actions": "action",
    "tracks": "track",
    "situations": "situation",
    "readings": "reading",
    "personal": "personal",
    "forms": "form",
}
# A record in a list is named by this field.
NAMED_BY = {
    "ClauseShape": ("id", "clause"),
    "SectionShape": ("section", "section"),
    "PresumptionShape": ("id", "presumption"),
    "ImpossibleShape": ("id", "combination"),
    "NoticeShape": ("id", "notice"),
    "RemarkShape": ("id", "remark"),
    "InvariantShape": ("id", "invariant"),
}
KINDS: Mapping[str, tuple[str, str]] = {
    "role": ("角色", "role"),
    "party": ("相对方", "party"),
    "group": ("责任组", "group of bearers"),
    "tier": ("等级", "tier"),
    "principle": ("原则", "principle"),
    "fact": ("事实", "fact"),
    "action": ("动作", "action"),
    "track": ("顺序", "track"),
    "situation": ("情形", "situation"),
    "reading": ("解释", "reading"),
    "personal": ("个人信息", "personal item"),
    "form": ("表单", "form"),
    "clause": ("条款", "clause"),
    "section": ("章节", "section"),
    "presumption": ("推定", "presumption"),
    "combination": ("不可能", "impossible combination"),
    "notice": ("提示", "notice"),
    "remark": ("备注", "remark"),
    "invariant": ("红线", "invariant"),
    "option": ("选项", "option"),
    "value": ("取值", "value"),
}


@dataclass(frozen=True, slots=True)
class Slot:
    """What may stand after a key.

    `form` is text, names, choice, condition, shown (a fact or a condition), under, fills, bearers, limit, step, values,
    options, record, records, table, or a table of those; `kinds` are those whose names may stand there, `words` the
    words of the language, `shape` that of the records, `many` whether a list may be written, `loose` whether one thing
    may stand for a list of one, or a word for a whole record.
    """

    form: str = "text"
    kinds: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    shape: type[Shape] | None = None
    many: bool = False
    required: bool = False
    loose: bool = False


def _names(*kinds: str) -> Slot:
    return Slot("names", kinds)


def _choice(*words: str) -> Slot:
    return Slot("choice", words=words)


_CONDITION = Slot("condition", ("fact", "situation"))
_UNDER = Slot("under", ("reading",))
_ABOUT = _names("clause", "section")
_ANYTHING = tuple(kind for kind in KINDS if kind not in ("option", "value", "track", "personal"))

SLOTS: dict[tuple[str, str], Slot] = {
    ("PlanHead", "take"): _choice("最高", "最低"),
    ("PlanHead", "rank_order"): _choice("小者重", "大者重"),
    ("PlanHead", "scope"): _CONDITION,
    ("RoleShape", "member_of"): _names("role"),
    ("RoleShape", "leader"): _names("role"),
    ("RoleShape", "members"): _names("role"),
    ("GroupShape", "any"): _names("role"),
    ("GroupShape", "all"): _names("role"),
    ("GroupShape", "in_order"): _names("role"),
    ("GroupShape", "first_contact"): _names("role"),
    ("GroupShape", "under"): _UNDER,
    ("AliasShape", "id"): _names("role"),
    ("AliasShape", "same_as"): _names("role"),
    ("AliasShape", "under"): _UNDER,
    ("DeputyShape", "deputy"): _names("role"),
    ("DeputyShape", "for"): _names("role"),
    ("DeputyShape", "when"): _CONDITION,
    ("DeputyShape", "under"): _UNDER,
    ("FactShape", "type"): _choice("是否", "选项", "等次", "整数", "日期", "时刻", "解释选择"),
    ("FactShape", "values"): Slot("values"),
    ("FactShape", "default"): Slot("value", words=("是", "否", "未知", "空")),
    ("FactShape", "confirm_by"): _names("role"),
    ("FactShape", "worse"): _choice("递增", "递减"),
    ("FactShape", "sensitive"): _choice(*YES_NO),
    ("FactShape", "origin"): _choice("案件"),
    ("ActionShape", "after"): _names("action"),
    ("ActionShape", "excludes"): _names("action"),
    ("ActionShape", "protective"): _choice(*YES_NO),
    ("PresumptionShape", "if"): _CONDITION,
    ("PresumptionShape", "then"): Slot("fills", ("fact",)),
    ("ImpossibleShape", "combination"): _CONDITION,
    ("ImpossibleShape", "severity"): _choice("警告"),
    ("NoticeShape", "when"): _CONDITION,
    ("NoticeShape", "about"): _ABOUT,
    ("OptionShape", "strength"): _choice("可推翻", "不可推翻", "仅建议"),
    ("ReadingShape", "about"): _ABOUT,
    ("ReadingShape", "options"): Slot("options"),
    ("ReadingShape", "chosen"): Slot("chosen"),
    ("RemarkShape", "about"): _ABOUT,
    ("ThenShape", "must"): _names("action"),
    ("ThenShape", "must_not"): _names("action"),
    ("ThenShape", "may"): _names("action"),
    ("ThenShape", "no_duty"): _names("action"),
    ("ThenShape", "no_prohibition"): _names("action"),
    ("ThenShape", "bearers"): _names("role"),
    ("ThenShape", "limit"): _choice(*TERMS),
    ("ThenShape", "tier"): Slot("bounded", ("tier",)),
    ("InvariantShape", "if"): _CONDITION,
    ("InvariantShape", "monotone"): _names("action"),
    ("AcceptanceShape", "about"): Slot("anything", _ANYTHING),
    ("AcceptanceShape", "otherwise_only"): _choice(*YES_NO),
    ("RungShape", "to"): _names("role"),
    ("PersonalShape", "readers"): _names("role"),
    ("CaseShape", "resolved_on"): _names("fact"),
    ("CaseShape", "reminders"): Slot("reminders", words=("立即", "及时")),
    ("NormShape", "action"): _names("action"),
    ("NormShape", "bearers"): Slot("bearers", WHO),
    ("NormShape", "when"): _CONDITION,
    ("NormShape", "through"): Slot("bearers", WHO),
    ("NormShape", "excepted"): _names("role"),
    ("NormShape", "recipient"): Slot("bearers", ("role", "party", "group")),
    ("NormShape", "limit"): Slot("limit", words=TERMS),
    ("NormShape", "start"): _names("fact"),
    ("NormShape", "roll"): _choice(*YES_NO),
    ("NormShape", "step"): Slot("step", ("track",)),
    ("NormShape", "defeasible"): Slot("names", ("reading",), words=YES_NO),
    ("NormShape", "done_by"): Slot("shown", ("fact", "situation")),
    ("NormShape", "broken_by"): Slot("shown", ("fact", "situation")),
    ("NormShape", "instead"): _names("action"),
    ("NormShape", "approvals"): Slot("approvals", ("role", "group")),
    ("NormShape", "failed"): Slot("shown", ("fact", "situation")),
    ("DiscretionShape", "by"): Slot("bearers", WHO),
    ("DiscretionShape", "considerations"): Slot(),
    ("DiscretionShape", "choice"): Slot("shown", ("fact", "situation")),
    ("NormShape", "escalation"): Slot(),
    ("NormShape", "form"): _names("form"),
    ("FieldShape", "type"): _choice("是否", "选项", "等次", "整数", "日期", "时刻", "文字"),
    ("FieldShape", "values"): Slot("values"),
    ("FieldShape", "mandatory"): Slot("mandatory", words=YES_NO),
    ("NormShape", "under"): _UNDER,
    ("ClauseShape", "when"): _CONDITION,
    ("ClauseShape", "assigns"): _names("tier"),
    ("ClauseShape", "excluded"): _choice(*YES_NO),
    ("HandoffShape", "plan"): Slot(),
    ("HandoffShape", "recipient"): Slot("bearers", ("role", "party", "group")),
    ("ClauseShape", "exception_to"): _names("clause"),
    ("ClauseShape", "waives"): _names("action"),
    ("ClauseShape", "serves"): _ABOUT,
    ("ClauseShape", "supports"): _names("action"),
    ("ClauseShape", "states"): _names("principle"),
    ("ClauseShape", "governs"): _ABOUT,
    ("ClauseShape", "defines"): _names("role", "fact"),
    ("SectionShape", "scope"): _CONDITION,
    ("DocumentShape", "situations"): Slot("table of condition", ("fact", "situation")),
    ("DocumentShape", "tracks"): Slot("table of text"),
}


def keys(shape: type[Shape]) -> tuple[str, ...]:
    """The English keywords that a part of the file may have, in the order of the shape."""
    return tuple(_slots(shape))


def slot(shape: type[Shape], keyword: str) -> Slot | None:
    """What may stand after a keyword in a part of the file; None where there is no such keyword."""
    return _slots(shape).get(keyword)


@lru_cache(maxsize=256)
def _slots(shape: type[Shape]) -> dict[str, Slot]:
    return {
        field.alias or name: replace(
            _slot(shape, field.alias or name, field.annotation),
            required=field.is_required(),
            loose=bool(field.metadata),
        )
        for name, field in shape.model_fields.items()
    }


def _slot(shape: type[Shape], keyword: str, annotation: Any) -> Slot:
    told = SLOTS.get((shape.__name__, keyword))
    form, inner = _nesting(annotation)
    if told is None and inner is not None:
        return Slot(form, shape=inner)
    return replace(told or Slot(), many=_is_list(annotation))


def _nesting(annotation: Any) -> tuple[str, type[Shape] | None]:
    """How records are nested in an annotation: record, records or table; and their shape."""
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return "record", annotation
    origin = get_origin(annotation)
    for argument in reversed(get_args(annotation)):
        form, found = _nesting(argument)
        if found is not None:
            return ("table" if origin is dict else "records" if origin is list and form == "record" else form), found
    return "text", None


def _is_list(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return origin is list or (origin is not dict and any(map(_is_list, get_args(annotation))))
