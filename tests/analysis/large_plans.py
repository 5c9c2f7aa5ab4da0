"""Random -> texts of large plan files: chapters of clauses over facts of their own and a few that all chapters share."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

HEAD = """预案: {编号: large, 名称: 大预案, 版本: "1", 适用: 总是}
角色: {甲: {id: r1, 类别: person}, 乙: {id: r2, 类别: person}, 丙: {id: r3, 类别: person}}
等级: {一级: {id: t1, 级: 1}, 二级: {id: t2, 级: 2}}
"""
ROLES = "甲乙丙"
ACTIONS = 30


def large_plan(random: Random, clauses: int, chapters: int, own: int, shared: int = 6) -> str:
    """A plan file of so many clauses; each chapter has facts of its own and the shared ones."""
    return "\n".join(_Author(random, clauses, chapters, own, shared).lines())


class _Author:
    def __init__(self, random: Random, clauses: int, chapters: int, own: int, shared: int) -> None:
        self.random = random
        self.clauses = clauses
        self.shared = [self._kind() for _ in range(shared)]
        self.own = [[self._kind() for _ in range(own)] for _ in range(chapters)]

    def _kind(self) -> str:
        return self.random.choices(("bool", "ordinal", "integer"), (65, 20, 15))[0]

    def lines(self) -> Iterator[str]:
        yield HEAD + "事实:"
        for number, kind in enumerate(self._kinds()):
            yield self._fact(number, kind)
        yield "动作:"
        for number in range(ACTIONS):
            protective = ", 保护: 是" if number % 4 == 0 else ""
            excludes = f", 互斥: [做{(number + 1) % ACTIONS}]" if number % 5 == 0 else ""
            yield f"  做{number}: {{id: a{number}{protective}{excludes}}}"
        yield "不可能:"
        for number in range(4):
            one, other = self.random.sample(range(len(self.shared)), 2)
            yield f"  - {{编号: X{number}, 组合: {{{self._literal(one)}, {self._literal(other)}}}}}"
        yield "正文:\n- 章节: 零\n  标题: 定级\n  条款:"
        yield f"  - {{编号: 零.1, 原文: 甲, 当: {{任一: [{{{self._literal(0)}}}, {{{self._literal(1)}}}]}}, 定为: 二级}}"
        yield "  - {编号: 零.2, 原文: 乙, 定为: 一级}"
        for chapter in range(len(self.own)):
            yield f"- 章节: c{chapter}\n  标题: c{chapter}\n  条款:"
            for number in range(self.clauses // len(self.own)):
                yield self._clause(chapter, number)

    def _kinds(self) -> list[str]:
        return [*self.shared, *(kind for kinds in self.own for kind in kinds)]

    def _fact(self, number: int, kind: str) -> str:
        worse = ", 加重: 递增" if self.random.random() < 0.3 else ""
        match kind:
            case "bool":
                return f"  事{number}: {{id: f{number}, 类型: 是否, 默认: 否{worse}}}"
            case "ordinal":
                values = "{低: a, 中: b, 高: c, 极: d}"
                return f"  事{number}: {{id: f{number}, 类型: 等次, 取值: {values}, 默认: 低{worse}}}"
            case _:
                return f"  事{number}: {{id: f{number}, 类型: 整数, 最小: 0, 最大: 500, 默认: 0{worse}}}"

    def _literal(self, number: int) -> str:
        choices = {
            "bool": ("是", "否"),
            "ordinal": ("至少 中", "至少 高", "不是 低", "中", "至多 中"),
            "integer": tuple(f"{word} {bound}" for word in ("至少", "不足") for bound in (5, 10, 20, 50, 100)),
        }[self._kinds()[number]]
        return f"事{number}: {self.random.choice(choices)}"

    def _clause(self, chapter: int, number: int) -> str:
        first = len(self.shared) + sum(len(kinds) for kinds in self.own[:chapter])
        known = [*range(len(self.shared)), *range(first, first + len(self.own[chapter]))]
        one, two, three = (self._literal(fact) for fact in self.random.sample(known, 3))
        four, five = (self._literal(fact) for fact in self.random.sample(known, 2))
        modality = "不得" if self.random.random() < 0.2 else "应当"
        norm = f"{{做: 做{self.random.randrange(ACTIONS)}, 责任: {self.random.choice(ROLES)}}}"
        exception = f", 例外于: c{chapter}.{number - 1}" if number and self.random.random() < 0.12 else ""
        condition = f"{{全部: [{{{one}}}, {{{two}}}, {{任一: [{{{four}}}, {{{five}}}, {{{three}}}]}}]}}"
        return f"  - {{编号: c{chapter}.{number}, 原文: 丙, 当: {condition}, {modality}: {norm}{exception}}}"
