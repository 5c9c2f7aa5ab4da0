"""Parts of a scenario file by their form: mappings, lists, texts, with a Diagnostic where the form is another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from plan_rules.errors import Span
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean


def wrong_form(tree: Tree, zh: str, en: str, report: Report) -> None:
    """Report something that has another form than it must."""
    report.add("SC004", (zh, en), tree.span, ("对照其他场景的写法改正", "write it as the other scenarios do"))


def mapping(tree: Tree, zh: str, en: str, report: Report) -> Fields | None:
    """The tree as a mapping; an empty `{}` or nothing at all is an empty one."""
    if isinstance(tree, Fields):
        return tree
    wrong_form(tree, f"{zh} 应当是“名称: 值”的形式", f"{en} is a mapping (`name: value`)", report)
    return None


def get(fields: Fields, key: str) -> Tree | None:
    """The value of a key."""
    return fields.get(Text(key, fields.span))


def span_of(fields: Fields, key: str) -> Span:
    """Where the value of a key stands (its mapping, when the key is missing)."""
    value = get(fields, key)
    return fields.span if value is None else value.span


def is_null(tree: Tree | None) -> bool:
    """Is it YAML's null: nothing, `null` or `~`, without quotes?"""
    return isinstance(tree, Text) and tree.plain and tree in ("", "null", "~")


def text_of(fields: Fields, key: str, report: Report) -> str | None:
    """The text under a key; None when missing, null or of another form."""
    value = get(fields, key)
    if value is None or is_null(value):
        return None
    if isinstance(value, Text):
        return str(value)
    wrong_form(value, f"{key} 应当是一段文字", f"`{key}` is a text", report)
    return None


def texts_of(fields: Fields, key: str, report: Report) -> tuple[Text, ...]:
    """The texts listed under a key; one text is a list of one, null an empty one."""
    value = get(fields, key)
    if value is None or is_null(value):
        return ()
    if isinstance(value, Text):
        return (value,)
    if isinstance(value, Items) and all(isinstance(item, Text) for item in value):
        return tuple(item for item in value if isinstance(item, Text))
    wrong_form(value, f"{key} 应当是文字的列表", f"`{key}` is a list of texts", report)
    return ()


def unknown_keys(fields: Fields, known: Sequence[str], report: Report) -> None:
    """Report every key that is not known, with the nearest one that is."""
    for key in fields:
        if key not in known:
            report.add(
                "SC002",
                (f"这里不能写“{key}”", f"unknown key `{key}`"),
                key.span,
                did_you_mean(key, known) or ("可以写: " + ", ".join(known), "known keys: " + ", ".join(known)),
            )


def missing_keys(fields: Fields, needed: Iterable[str], report: Report) -> None:
    """Report every key that must be there and is not."""
    for key in needed:
        if get(fields, key) is None:
            report.add(
                "SC003",
                (f"缺少“{key}”", f"the key `{key}` is missing"),
                fields.span,
                (f"补上“{key}: …”", f"add `{key}: …`"),
            )


_SEE = (
    "用 plan-rules show 和 plan-rules schema 查看全部编号",
    "see `plan-rules show` and `plan-rules schema` for all ids",
)


def check_name(name: Text, known: Iterable[str], zh: str, en: str, report: Report) -> bool:
    """Is it one of the known names?  Reports it if not."""
    names = tuple(known)
    if name in names:
        return True
    report.add(
        "SC005",
        (f"预案里没有{zh}“{name}”", f"the plan has no {en} `{name}`"),
        name.span,
        did_you_mean(name, names) or _SEE,
    )
    return False


def readings_of(fields: Fields, plan: Plan, report: Report) -> dict[str, str]:
    """A choice of readings, `AMB-06: B`, each checked against the plan's."""
    chosen: dict[str, str] = {}
    for key, value in fields.items():
        if not check_name(key, plan.readings, "解释", "reading", report):
            continue
        options = [option.id for option in plan.readings[key].options]
        if not isinstance(value, Text):
            wrong_form(value, "解释的取值应当是一个选项", "the value of a reading is one option", report)
        elif check_name(value, options, f"解释 {key} 的选项", f"option of {key}", report):
            chosen[str(key)] = str(value)
    return chosen
