"""Plan -> a list for each role (分角色清单): everything that it must, must not or may do, and as what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from plan_rules.condition import All
from plan_rules.documents.bearing import Bears, Capacity, borne_by, stands
from plan_rules.documents.content import Block, Cell, Document, Heading, Paragraph, Text, cell, stamp, table
from plan_rules.documents.sentence import condition_words, modality_words, recipient_words, waiting_words
from plan_rules.norm import Norm
from plan_rules.plan import Clause, Plan

_CAPACITIES = {
    Capacity.ITSELF: "本人",
    Capacity.ALIAS: "与{}同一部门",
    Capacity.THROUGH: "为{}经办",
    Capacity.DEPUTY: "顶岗: {}等都不在时",
    Capacity.MEMBER: "作为{}",
}


class Task(NamedTuple):
    """A norm of a clause that a role bears."""

    bears: Bears
    clause: Clause
    norm: Norm


def roles(plan: Plan) -> Document:
    """A list for each role that bears anything."""
    lists = tasks_by_role(plan)
    blocks = [block for role, tasks in lists.items() for block in _list(role, tasks, plan)]
    return Document("roles", "分角色清单", stamp(plan), (*_stand_ins(plan), *blocks))


def tasks_by_role(plan: Plan) -> dict[str, list[Task]]:
    """The tasks of each role, in the order of the plan, as its readings stand."""
    found: dict[str, list[Task]] = {role: [] for role in plan.roles}
    for clause in plan.clauses.values():
        for norm in clause.norms:
            if stands(norm.under, plan):
                for bears in borne_by(norm, plan):
                    found[bears.role].append(Task(bears, clause, norm))
    return {role: tasks for role, tasks in found.items() if tasks}


def capacity_words(bears: Bears, plan: Plan) -> str:
    """As what the role bears it."""
    return _CAPACITIES[bears.capacity].format(plan.roles[bears.of].label)


def _list(role: str, tasks: list[Task], plan: Plan) -> Iterator[Block]:
    known = plan.roles[role]
    yield Heading(known.label, 1)
    if known.note:
        yield Paragraph(Text(known.note))
    own = [task for task in tasks if task.bears.capacity is not Capacity.MEMBER]
    shared = [task for task in tasks if task.bears.capacity is Capacity.MEMBER]
    columns = (("", 8), ("做什么", 30), ("什么时候", 30), ("对象、时限", 18), ("身份", 14), ("依据", 10))
    for title, some in ((f"{known.label}自己的", own), (f"{known.label}与同组的人都要的", shared)):
        rows = tuple(_rows(some, plan))
        if rows:
            yield table(title, columns, rows)


def _rows(tasks: Iterable[Task], plan: Plan) -> Iterator[tuple[Cell | str, ...]]:
    """A row an action; the same action asked for by several clauses is one row."""
    grouped: dict[tuple[str, str, Bears], list[Task]] = {}
    for task in tasks:
        grouped.setdefault((task.norm.modality, task.norm.action, task.bears), []).append(task)
    for (_, action, bears), some in grouped.items():
        when = dict.fromkeys(condition_words(All((each.clause.condition, each.norm.condition)), plan) for each in some)
        about = [
            words
            for each in some
            for words in (
                recipient_words(each.norm, plan),
                each.norm.limit.text if each.norm.limit else "",
                waiting_words(each.norm, plan),
            )
        ]
        yield (
            "、".join(dict.fromkeys(modality_words(each.norm) for each in some)),
            cell(Text(plan.actions[action].label, strong=True)),
            cell(*when),
            cell(*dict.fromkeys(filter(None, about))),
            capacity_words(bears, plan),
            "、".join(dict.fromkeys(each.clause.id for each in some)),
        )


def _stand_ins(plan: Plan) -> Iterator[Block]:
    """Who stands in for whom (A、B角), and which departments are one."""
    deputies = [each for each in plan.deputies if stands(each.under, plan)]
    if deputies:
        yield table(
            "顶岗",
            (("替补", 25), ("什么时候顶岗", 75)),
            (
                (
                    plan.roles[each.deputy].label,
                    f"应当做的人都不在, 且{condition_words(each.condition, plan)}",
                )
                for each in deputies
            ),
        )
    aliases = [each for each in plan.aliases if stands((each.under,), plan)]
    if aliases:
        yield table(
            "同一部门",
            (("名称", 35), ("同于", 35), ("依解释", 30)),
            (
                (
                    plan.roles[each.role].label,
                    plan.roles[each.same_as].label,
                    f"{each.under.reading}={'或'.join(each.under.options)}",
                )
                for each in aliases
            ),
        )
