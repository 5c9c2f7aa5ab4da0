"""Numbers to pick -> plan files: small ones, without errors, that use every part of the language.

They are texts as people write them, read by `plan_rules.loads`.  Their conditions need not make sense, but some
incident can be: presumptions and impossible combinations spare the one of which nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias, TypeVar

import yaml
from hypothesis import strategies as st

from plan_rules.loading import loads
from plan_rules.plan import Plan

Tree: TypeAlias = dict[str, Any]
T = TypeVar("T")

_HAPPENING = "有事发生"
_KINDS = ("是否", "是否", "选项", "等次", "整数", "日期", "时刻")
_VALUES = ("一", "二", "三")
_LIMITS = ("立即", "及时", "持续", "30分钟", "2小时", "3自然日", "2周", "1个月", "每3个月")
_MODALITIES = ("应当", "应当", "不得", "可以")


def plans(*, clauses: int = 6, facts: int = 5) -> st.SearchStrategy[Plan]:
    """Whole plans of at most so many clauses and facts, besides those that every plan needs."""
    return plan_texts(clauses=clauses, facts=facts).map(loads)


@st.composite
def plan_texts(draw: st.DrawFn, *, clauses: int = 6, facts: int = 5) -> str:
    """The texts of plan files without errors."""
    author = _Author(lambda least, most: draw(st.integers(least, most)))
    return yaml.dump(author.plan(clauses, facts), Dumper=_Written, allow_unicode=True, sort_keys=False, width=120)


class _Written(yaml.SafeDumper):
    """Writes everything out: plan files have no anchors."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Nothing is written as an alias of what was written before."""
        return True


class _Author:
    """Writes one plan.  `number` picks a number from a range; the least is the simplest."""

    def __init__(self, number: Callable[[int, int], int]) -> None:
        self._number = number
        self._facts: dict[str, Tree] = {}  # by name, as declared
        self._situations: Tree = {}
        self._tiers: list[str] = []
        self._actions: list[str] = []
        self._roles: list[str] = []
        self._norms: dict[str, list[str]] = {}  # the actions of each clause so far

    def _one(self, of: Sequence[T]) -> T:
        return of[self._number(0, len(of) - 1)]

    def _maybe(self) -> bool:
        return self._number(0, 1) == 1

    def _times(self, most: int, least: int = 0) -> range:
        return range(1, self._number(least, most) + 1)

    # ----------------------------------------------------------------- the plan

    def plan(self, clauses: int, facts: int) -> Tree:
        """The whole document, in the order of a plan file."""
        self._declare(facts)
        self._situations["有事"] = {_HAPPENING: "是"}
        for n in self._times(2):
            self._situations[f"情形{n}"] = self._condition(1, tier=False)
        head: Tree = {"编号": "drawn", "名称": "随机预案", "版本": "1", "适用": "有事"}
        head |= {"取": self._one(("最高", "最低")), "级数": self._one(("大者重", "小者重"))}
        document: Tree = {
            "预案": head,
            "角色": {name: {"编号": f"role_{n}", "类别": "person"} for n, name in enumerate(self._roles)},
            "等级": {name: {"编号": f"tier_{n}", "级": str(n)} for n, name in enumerate(self._tiers, 1)},
            "事实": self._facts,
            "动作": {name: self._action(n) for n, name in enumerate(self._actions)},
            "顺序": {"甲": "1", "乙": "2"},
            "情形": self._situations,
            "推定": [self._presumption(n) for n in self._times(2)],
            "不可能": [self._impossible(n) for n in self._times(2)],
            "解释": {"R1": self._reading(), "R2": self._reading()},
            "表单": {"报告表": self._form()},
            "正文": [
                {"章节": "一", "标题": "处置", "适用": "有事", "条款": list(self._clauses(clauses))},
                *({"章节": "二", "条款": [found]} for found in self._exclusion()),
            ],
            "红线": [self._invariant(n) for n in self._times(1)],
        }
        return {key: part for key, part in document.items() if part}

    def _declare(self, facts: int) -> None:
        self._facts[_HAPPENING] = {"编号": "happening", "类型": "是否", "默认": self._one(("否", "是"))}
        for n in self._times(facts):
            kind = self._one(_KINDS)
            self._facts[f"事实{n}"] = {"编号": f"fact_{n}", "类型": kind, **self._domain(kind)}
        self._roles = [f"角色{n}" for n in self._times(3, 1)]
        self._actions = [f"动作{n}" for n in self._times(4, 1)]
        self._tiers = [f"等级{n}" for n in self._times(3)]

    def _domain(self, kind: str) -> Tree:
        match kind:
            case "是否":
                return {"默认": self._one(("否", "是", "未知")), "提问": "是不是?"}
            case "选项" | "等次":
                worse = {"加重": "递增"} if kind == "等次" and self._maybe() else {}
                values = dict(zip(_VALUES, ("one", "two", "three"), strict=True))
                return {"取值": values, "默认": self._one((*_VALUES, "未知")), "提问": "哪个?", **worse}
            case "整数":
                return {"最小": "0", "最大": self._one(("9", "100000")), "默认": self._one(("0", "3", "9"))}
            case _:
                return {}

    def _action(self, n: int) -> Tree:
        found: Tree = {"编号": f"action_{n}"}
        if n and self._maybe():
            found["须先"] = [self._one(self._actions[:n])]
        if self._maybe():
            found["保护"] = "是"
        return found

    def _reading(self) -> Tree:
        strength = self._one(("不可推翻", "可推翻", "仅建议"))
        options = {"A": {"内容": "甲读", "效力": strength}, "B": {"内容": "乙读", "效力": "不可推翻"}}
        return {"题": "怎样读", "涉及": ["一.0"], "选项": options, "采用": self._one(("A", "B")), "决定": "合规"}

    def _invariant(self, n: int) -> Tree:
        modality = self._one(("应当", "不得", "不应当"))
        return {
            "编号": f"红线{n}",
            "名称": "红线",
            "若": self._condition(1),
            "则": {modality: [self._one(self._actions)]},
        }

    # ----------------------------------------------------------------- what can be

    def _presumption(self, n: int) -> Tree:
        name = self._one(list(self._facts))
        sure: Tree = {"选项": ("一", ["一", "三"], "未知"), "整数": ("7", "未知"), "日期": ("有",), "时刻": ("有",)}
        kind = self._kind(name)
        filled = self._one(sure[kind]) if kind in sure else self._entry(name)
        return {"编号": f"I{n}", "若": self._away(), "则": {name: filled}}

    def _impossible(self, n: int) -> Tree:
        name = self._one(list(self._facts))
        return {"编号": f"X{n}", "组合": {name: self._entry(name)} | self._away()}

    def _away(self) -> Tree:
        """What is not so where every fact has its usual value."""
        name = self._one(list(self._facts))
        usual = self._facts[name].get("默认")
        match self._kind(name):
            case "是否":
                return {name: "否" if usual == "是" else "是"}
            case "选项" | "等次":
                return {name: self._one([value for value in _VALUES if value != ("一" if usual == "未知" else usual)])}
            case "整数":
                return {name: "不足 9" if usual == "9" else "超过 4"}
            case _:
                return {name: "有"}

    # ----------------------------------------------------------------- conditions

    def _kind(self, name: str) -> str:
        return str(self._facts[name]["类型"])

    def _entry(self, name: str) -> Any:
        """A value, or values, of the fact."""
        match self._kind(name):
            case "是否":
                return self._one(("是", "否"))
            case "选项":
                return self._one(("一", "二", ["一", "三"], "不是 二"))
            case "等次":
                return self._one(("一", "三", "至少 二", "至多 二", "超过 一 且不足 三"))
            case "整数":
                return self._one(("至少 3", "至多 5", "超过 7", "不足 2", "4", "至少 3 且不足 8"))
            case _:
                return self._one(("有", "无"))

    def _condition(self, depth: int, *, tier: bool = True) -> Tree:
        """A condition nested to this depth; with `tier` it may ask for the tier."""
        found: Tree = {}
        for _ in self._times(2, 1):
            found |= self._part(depth, tier)
        return found

    def _part(self, depth: int, tier: bool) -> Tree:
        name = self._one(list(self._facts))
        options: list[Callable[[], Tree]] = [lambda: {name: self._entry(name)}] * 3
        options.append(lambda: {"解释": {self._one(("R1", "R2")): self._one(("A", "B"))}})
        named = [name for name in self._situations if name != "有事"]
        if named and tier:
            options.append(lambda: {self._one(named): self._one(("是", "否"))})
        if self._tiers and tier:
            options.append(lambda: {"等级": self._one((self._tiers[0], f"至少 {self._tiers[-1]}", *self._tiers))})
        if depth:
            options.append(lambda: {"任一": [self._condition(depth - 1, tier=tier) for _ in self._times(3, 2)]})
            options.append(lambda: {"除非": [self._condition(depth - 1, tier=tier) for _ in self._times(2, 1)]})
        return self._one(options)()

    # ----------------------------------------------------------------- clauses

    def _clauses(self, clauses: int) -> Iterator[Tree]:
        """First one for each tier, the first without a condition: every incident gets a tier."""
        for n, tier in enumerate(self._tiers):
            when = {"当": self._condition(1, tier=False)} if n else {}
            yield {"编号": f"一.{n}", "原文": f"定为{tier}。", **when, "定为": tier}
        least = len(self._tiers)
        for n in range(least, least + self._number(0 if least else 1, clauses)):
            yield self._clause(f"一.{n}")

    def _exclusion(self) -> Iterator[Tree]:
        """Perhaps a clause by which the plan does not apply."""
        if self._number(0, 3) == 3:
            found: Tree = {
                "编号": "二.0",
                "原文": "不适用本预案。",
                "当": self._condition(1, tier=False),
                "不适用": "是",
            }
            yield found | ({"移交": self._handoff()} if self._maybe() else {})

    def _handoff(self) -> Any:
        return self._one(("别的预案", {"预案": "另一预案", "对象": self._one(self._roles)}))

    def _clause(self, name: str) -> Tree:
        found: Tree = {"编号": name, "原文": f"第{name}条。"}
        if self._maybe():
            found["当"] = self._condition(2)
        if self._number(0, 5) == 5:
            found["移交"] = self._handoff()
        if self._norms and self._maybe():
            base = self._one(list(self._norms))
            found |= {"例外于": base} | ({"免除": [self._one(self._norms[base])]} if self._maybe() else {})
        self._norms[name] = []
        if self._number(0, 5) == 5:
            found["递进"] = self._ladder()
        for _ in self._times(2, 1):
            modality = self._one(_MODALITIES)
            found.setdefault(modality, []).append(self._norm(modality, name))
        return found

    def _norm(self, modality: str, clause: str) -> Tree:
        action = self._one(self._actions)
        self._norms[clause].append(action)
        found: Tree = {"做": action, "责任": self._bearers()}
        if self._maybe():
            found["当"] = self._condition(0)
        if self._maybe():
            found |= self._one(({"可推翻": "是"}, {"可推翻": "R1"}, {"按解释": {"R2": "A"}}))
        if self._number(0, 3) == 3:
            found |= self._waiting(modality)
        if modality == "应当":
            if self._number(0, 3) == 3:
                found["填表"] = "报告表"
            if self._maybe():
                found["次序"] = f"{self._one(('甲', '乙'))}-{self._number(1, 3)}"
            if self._maybe():
                found |= self._limit()
        return found

    def _waiting(self, modality: str) -> Tree:
        """What a norm waits for: approvals, somebody's judgement."""
        shown = [name for name in self._facts if self._kind(name) in ("是否", "日期", "时刻")]
        shown_by: Any = self._one(shown) if self._maybe() else self._condition(0, tier=False)
        found: Tree = {"须经": {self._one(self._roles): shown_by}}
        if self._maybe():
            found = {"须经": {self._one(("任一", "全部")): {role: self._one(shown) for role in self._roles}}}
        if modality == "不得" or self._maybe():
            return found
        unsettled = [name for name in shown if self._facts[name].get("默认") == "未知"]
        choice = {"选定": self._one(unsettled)} if unsettled and self._maybe() else {}
        judged = {"裁量": {"由": self._one(self._roles), "考量": ["轻重"], **choice}}
        return judged if self._maybe() else found | judged

    def _form(self) -> Tree:
        """A report with a field of each of some types."""
        fields: Tree = {"经过": {"编号": "story", "类型": "文字", "必填": "是"}}
        for n, kind in enumerate(self._one((("是否",), ("整数", "日期"), ("是否", "时刻", "文字")))):
            when: Any = {"项0": "是"} if kind != "是否" and "项0" in fields and self._maybe() else "否"
            if "项0" in fields and fields["项0"]["类型"] != "是否":
                when = "否"
            fields[f"项{n}"] = {"编号": f"field_{n}", "类型": kind, "必填": when}
        return {"编号": "report", "字段": fields}

    def _ladder(self) -> list[Tree]:
        """Steps of which each but the last can fail."""
        actions = self._actions[: self._number(1, len(self._actions))]
        return [
            {"做": action, "责任": self._one(self._roles), "失败": self._condition(0, tier=False)} for action in actions
        ]

    def _bearers(self) -> Any:
        """A role, mostly; or some of them."""
        if not self._maybe():
            return self._one(self._roles)
        return {self._one(("任一", "全部", "依次", "首接")): self._roles}

    def _limit(self) -> Tree:
        limit = self._one(_LIMITS)
        if not any(letter.isdigit() for letter in limit):
            return {"时限": limit}
        kinds = ("时刻",) if limit.endswith(("分钟", "小时")) else ("日期",)
        starts = [name for name in self._facts if self._kind(name) in kinds]
        if not starts:
            return {"时限": "立即"}
        start = self._one(starts)
        if self._tiers and self._maybe():
            return {"时限": {"按等级": {self._one(self._tiers): limit, "其余": "及时"}}, "起算": start}
        return {"时限": limit, "起算": start}
