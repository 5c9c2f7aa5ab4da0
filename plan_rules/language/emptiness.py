"""A tree -> the tree without the keys that nothing follows, each a Diagnostic: what a slip deleted is no rule."""

from __future__ import annotations

from plan_rules.language.fitting import copied
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, canonical
from plan_rules.language.tree import Fields, Items, Report, Text, Tree

_KEYS = frozenset((*KEYWORDS.values(), *CONDITION_WORDS.values()))
_FORMS = {
    "id": ("英文编号", "an id"),
    "type": ("是否、选项、等次、整数、日期或时刻", "bool, enum, ordinal, integer, date or datetime"),
    "default": ("一个值, 没有把握就写“未知”", "a value, or `unknown`"),
    "bearers": ("角色或责任组", "a role or a group"),
    "recipient": ("角色或相对方", "a role or a party"),
    "action": ("动作的名称", "the name of an action"),
    "when": ("条件; 总是适用的, 删去这一行", "a condition; drop the line where it always applies"),
    "scope": ("条件; 没有共同条件的, 删去这一行", "a condition; drop the line where there is none"),
    "limit": (
        "“立即”“及时”等, 或 30分钟、2小时、3自然日",
        "`immediately`, `promptly`, or `30 minutes`, `3 natural days`",
    ),
    "step": ("“线-步”, 如 T2-1", "`track-number`"),
    "assigns": ("等级的名称", "the name of a tier"),
    "wording": ("原文的字句, 照抄预案", "the words of the plan, copied"),
    "start": ("一个日期或时刻事实", "a date or datetime fact"),
    "rank": ("一个整数", "an integer"),
    "about": ("条款编号", "clause ids"),
    "decided_by": ("由谁决定", "who decided"),
}
_LISTS = frozenset({"when", "scope", "if", "combination", "about", "recipient", "instead", "for", "serves", "governs"})
_ANYTHING = ("内容; 不要这一项, 就删去这个键", "what it is; drop the key where it is not wanted")


def without_empty(tree: Tree, report: Report) -> Tree:
    """The tree without the known keys that nothing follows, each of which is reported."""
    if not _any_empty(tree):
        return tree
    tree = copied(tree)
    _take_out(tree, report)
    return tree


def _any_empty(tree: Tree) -> bool:
    if isinstance(tree, Items):
        return any(_any_empty(item) for item in tree if not isinstance(item, Text))
    for key, value in tree.items() if isinstance(tree, Fields) else ():  # a loop: at every key struck in an editor
        if not value:
            if _empty(key, value):
                return True
        elif not isinstance(value, Text) and _any_empty(value):
            return True
    return False


def _take_out(tree: Tree, report: Report) -> None:
    if isinstance(tree, Items):
        for item in tree:
            _take_out(item, report)
    elif isinstance(tree, Fields):
        for key in [key for key, value in tree.items() if _empty(key, value)]:
            _report(key, tree[key], report)
            report.emptied.add((tree.span, canonical(key)))
            del tree[key]
        for value in tree.values():
            _take_out(value, report)


def _empty(key: Text, value: Tree) -> bool:
    if value or canonical(key) not in _KEYS or (isinstance(value, Text) and not value.plain):
        return False
    return isinstance(value, Text) or canonical(key) in _LISTS


def _report(key: Text, value: Tree, report: Report) -> None:
    shown = (
        ("", "")
        if isinstance(value, Text)
        else (" “[]” 里", " in `[]`")
        if isinstance(value, Items)
        else ("“{}”里", " in `{}`")
    )
    zh, en = _FORMS.get(canonical(key), _ANYTHING)
    report.add(
        "PR100",
        (f"“{key}”后面{shown[0]}是空的", f"nothing follows `{key}`{shown[1]}"),
        key.span,
        (f"补上“{key}: …”, 写{zh}", f"complete `{canonical(key)}: ...`: {en}"),
        subject=str(key),
    )
