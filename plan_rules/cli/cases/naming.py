"""(What somebody wrote, the plan) -> the id: of an action, role, fact or personal datum, by its id or its name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from plan_rules.cli.stop import BAD_INPUT, Stop
from plan_rules.errors import Message
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean

_KINDS = {
    "action": ("动作", "action"),
    "role": ("角色", "role"),
    "fact": ("事实", "fact"),
    "personal": ("个人信息", "personal datum"),
}


_FEW = 40


def action_id(plan: Plan, name: str) -> str:
    """The action of this id or name."""
    return _known("action", name, {each.id: each.label for each in plan.actions.values()})


def role_id(plan: Plan, name: str) -> str:
    """The role of this id or name."""
    return _known("role", name, {each.id: each.label for each in plan.roles.values()})


def fact_id(plan: Plan, name: str) -> str:
    """The fact of this id or name."""
    return _known("fact", name, {each.id: each.label for each in plan.facts.values()})


def item_id(plan: Plan, name: str) -> str:
    """The kind of personal data of this id or name."""
    return _known("personal", name, {each.id: each.label for each in plan.case.personal.values()})


def items_of(plan: Plan, words: Iterable[str]) -> dict[str, str]:
    """`item=words` -> what is said of each kind of personal data."""
    found: dict[str, str] = {}
    for text in words:
        name, equals, said = text.partition("=")
        if not equals or not said:
            # The words may be personal: they are not quoted.
            message = Message("个人信息写成 名称=内容", "write personal data as ITEM=WORDS")
            raise Stop(BAD_INPUT, "usage", message)
        found[item_id(plan, name.strip())] = said
    return found


def _known(kind: str, name: str, labels: Mapping[str, str]) -> str:
    if name in labels:
        return name
    by_label = {label: id_ for id_, label in labels.items()}
    if name in by_label:
        return by_label[name]
    zh, en = _KINDS[kind]
    short = name[:60]
    near = did_you_mean(name, (*labels, *by_label)) or _all(labels)
    message = Message(f"预案里没有{zh}“{short}”. {near[0]}", f"the plan has no {en} `{short}`. {near[1]}")
    raise Stop(BAD_INPUT, f"unknown_{kind}", message)


def _all(labels: Mapping[str, str]) -> tuple[str, str]:
    """Where nothing is like it: everything that could be written, if that can be read."""
    if len(labels) > _FEW:
        return ("plan-rules schema 列出事实, plan-rules show 列出条款", "see `plan-rules schema` and `plan-rules show`")
    return ("可写: " + "、".join(labels.values()), "known: " + ", ".join(labels))
