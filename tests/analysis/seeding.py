"""Random -> plans as texts: every one without a defect, by construction, until one is put in.

The facts of a section's scope, of 推定 and of 不可能 stay out of each other's way, so that the parts of a condition are
independent; every norm has an action of its own; tiers divide the values of facts between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, pairwise
from random import Random
from typing import Any

import yaml

Tree = Any
Predicate = Callable[["Test"], bool]
KINDS = ("是否", "选项", "等次", "整数", "日期", "时刻")
TIMED = ("日期", "时刻")
ROLES = ("值班员", "经理", "保安", "会计", "司机")
TERMS = ("立即", "及时", "持续", "事前", "事中", "事后", "定期", "常设")


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]
    """Writes everything out: a plan file has no anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


@dataclass(frozen=True)
class Test:
    """A phrase about a fact, and the places of the values of which it holds."""

    __test__ = False
    text: Tree
    holds: frozenset[int]

    @property
    def negated(self) -> bool:
        return isinstance(self.text, str) and self.text.startswith("不是")


@dataclass(frozen=True)
class Input:
    """A fact: its values from first to last, numbers and whether something has happened among them."""

    name: str
    id: str
    kind: str
    values: tuple[str, ...]
    worse: str = ""

    @property
    def everything(self) -> frozenset[int]:
        return frozenset(range(len(self.values)))

    @cached_property
    def tests(self) -> tuple[Test, ...]:
        """Every phrase that holds of some of the values and not of all."""
        found = [Test(text, frozenset(holds)) for text, holds in self._phrases()]
        return tuple(test for test in found if test.holds and test.holds != self.everything)

    def _phrases(self) -> Iterable[tuple[Tree, Iterable[int]]]:
        last = len(self.values) - 1
        for place, value in enumerate(self.values):
            yield value, {place}
            if self.kind not in TIMED:
                yield f"不是 {value}", self.everything - {place}
            if self.kind in ("等次", "整数"):
                yield f"至少 {value}", range(place, last + 1)
                yield f"至多 {value}", range(place + 1)
                if place < last:
                    yield f"超过 {value}", range(place + 1, last + 1)
                if place > 0:
                    yield f"不足 {value}", range(place)
        if self.kind in ("选项", "等次"):
            for pair in combinations(range(last + 1), 2):
                yield [self.values[place] for place in pair], pair

    def gets_worse(self, holds: frozenset[int]) -> bool:
        """Does what holds of some value hold of every worse one?"""
        places = sorted(self.everything, reverse=self.worse == "递减")
        return all(later in holds for place, later in pairwise(places) if place in holds)

    def declaration(self, random: Random) -> dict[str, Tree]:
        shape: dict[str, Tree] = {"id": self.id, "类型": self.kind}
        if self.kind in ("选项", "等次"):
            shape["取值"] = {value: f"v{place}" for place, value in enumerate(self.values)}
        if self.kind == "整数":
            shape |= {"最小": 0, "最大": len(self.values) - 1}
        if self.kind not in TIMED:
            shape["默认"] = random.choice((*self.values[:2], "未知"))
        return shape | ({"加重": self.worse} if self.worse else {})

    def stated(self, place: int) -> bool | int | str | None:
        """A value as `decide` takes it."""
        match self.kind:
            case "是否":
                return bool(place)
            case "整数":
                return place
            case "日期":
                return "2026-01-05" if place else None
            case "时刻":
                return "2026-01-05T09:00" if place else None
            case _:
                return f"v{place}"


@dataclass(frozen=True)
class Made:
    """A duty, prohibition or permission of the plan, and where it is in force."""

    modality: str
    action: str
    role: str
    limit: str | None
    where: Sequence[Tree] = ()
    needed: tuple[Input, Test] | None = None  # a phrase without which it is not in force


@dataclass
class Draft:
    """A plan in the making."""

    random: Random
    document: dict[str, Tree] = field(default_factory=dict)
    inputs: list[Input] = field(default_factory=list)
    open: list[Input] = field(default_factory=list)  # facts that any condition may use, each independent of the others
    tied: list[Input] = field(default_factory=list)  # facts that 推定 or 不可能 tie to another
    tier_inputs: tuple[Input, ...] = ()
    made: list[Made] = field(default_factory=list)
    ids: dict[str, str] = field(default_factory=dict)
    counter: int = 0

    @property
    def text(self) -> str:
        return yaml.dump(
            {key: value for key, value in self.document.items() if value},
            Dumper=_Dumper,
            allow_unicode=True,
            sort_keys=False,
            width=10_000,
        )

    @property
    def id(self) -> str:
        return str(self.document["预案"]["编号"])

    def number(self) -> int:
        self.counter += 1
        return self.counter

    # ----------------------------------------------------------------- facts and conditions

    def new(self, kind: str | Sequence[str] = KINDS, worse: str = "", size: int | None = None) -> Input:
        """A fact that nothing uses yet."""
        if not isinstance(kind, str):
            kind = self.random.choice(kind)
        n = self.number()
        match kind:
            case "是否":
                values: tuple[str, ...] = ("否", "是")
            case "整数":
                values = tuple(map(str, range(size or self.random.randint(6, 12))))
            case "选项" | "等次":
                values = tuple(f"值{'甲乙丙丁戊己庚辛'[place]}" for place in range(size or self.random.randint(3, 4)))
            case _:
                values = ("无", "有")
        made = Input(f"{kind}事实{n}", f"fact_{n}", kind, values, worse)
        self.inputs.append(made)
        self.ids[made.name] = made.id
        self.document["事实"][made.name] = made.declaration(self.random)
        return made

    def free(self, count: int, *, kinds: Sequence[str] = KINDS, steady: bool = False) -> list[Input]:
        """Facts independent of each other and of every scope; `steady` ones do not get worse."""
        fit = [each for each in self.open if each.kind in kinds and not (steady and each.worse)]
        taken = self.random.sample(fit, min(count, len(fit)))
        while len(taken) < count:
            taken.append(self.new(kinds))
            self.open.append(taken[-1])
        return taken

    def test(self, about: Input, wanted: Predicate = lambda _: True) -> Test:
        return self.random.choice([test for test in about.tests if wanted(test)])

    def about(self, *inputs: Input, upward: bool = False) -> dict[str, Tree]:
        """A condition of one phrase for each fact."""
        return {
            each.name: self.test(each, lambda test, each=each: not upward or each.gets_worse(test.holds)).text  # type: ignore[misc]
            for each in inputs
        }

    def condition(self, inputs: Sequence[Input], *, upward: bool = False) -> Tree:
        """A condition in which every fact occurs once."""
        parts = [self.about(each, upward=upward) for each in inputs]
        form = self.random.randrange(4)
        if len(parts) < 2 or form == 0:
            return {name: text for part in parts for name, text in part.items()}
        if form == 1:
            return {"任一": parts}
        if form == 2 and not upward:
            return {**parts[0], "除非": parts[1:]}
        return {**parts[0], "任一": parts[1:]} if len(parts) > 2 else self.situation_of(parts)

    def situation_of(self, parts: Sequence[Tree]) -> Tree:
        return {self.situation({"任一": list(parts)}): "是"}

    def situation(self, condition: Tree) -> str:
        name = f"情形{self.number()}"
        self.document["情形"][name] = condition
        return name

    # ----------------------------------------------------------------- the rest of the vocabulary

    def action(self, **more: Tree) -> str:
        n = self.number()
        self.document["动作"][f"动作{n}"] = {"id": f"act_{n}", **more}
        self.ids[f"动作{n}"] = f"act_{n}"
        return f"动作{n}"

    def role(self, besides: Iterable[str] = (), groups: Sequence[str] = ()) -> str:
        """A role, new where others must not bind the same people."""
        n = self.number()
        name = f"角色{n}"
        self.document["角色"][name] = {"id": f"role_{n}", "类别": "person"} | ({"属于": list(groups)} if groups else {})
        self.ids[name] = f"role_{n}"
        return name

    def anybody(self) -> str:
        return self.random.choice(list(self.document["角色"]))

    def reading(self, options: str = "AB", strengths: Sequence[str] = ()) -> str:
        """A reading that stands at A and that nothing uses yet."""
        name = f"R{self.number()}"
        self.document["解释"][name] = {
            "题": "怎样读",
            "涉及": [self.sections[0]],
            "选项": {
                option: f"读法{option}" if not strengths else {"内容": f"读法{option}", "效力": strength}
                for option, strength in zip(options, strengths or options, strict=True)
            },
            "采用": "A",
            "决定": "合规部",
        }
        return name

    def impossible(self, combination: Tree, **more: Tree) -> None:
        self.document["不可能"].append({"编号": f"X{self.number()}", "组合": combination, **more})

    def presume(self, condition: Tree, then: Tree) -> None:
        self.document["推定"].append({"编号": f"I{self.number()}", "若": condition, "则": then})

    def red_line(self, condition: Tree, then: Tree = None, **more: Tree) -> str:
        name = f"红线-{self.number()}"
        shape = {"编号": name, "名称": "不得破坏", "若": condition} | ({"则": then} if then else {}) | more
        self.document["红线"].append(shape)
        return name

    # ----------------------------------------------------------------- the body

    @property
    def sections(self) -> list[str]:
        return [str(section["章节"]) for section in self.document["正文"]]

    def section(self, scope: Tree = None) -> str:
        name = "一二三四五六七八九"[len(self.sections)]
        shape = {"章节": name, "标题": f"第{name}节"} | ({"适用": scope} if scope is not None else {})
        self.document["正文"].append({**shape, "条款": []})
        return name

    def scope(self, section: str) -> list[Tree]:
        return [each["适用"] for each in self.document["正文"] if each["章节"] == section and "适用" in each]

    def add(self, when: Tree = None, section: str | None = None, **shape: Tree) -> str:
        """A clause at the end of a section; its id."""
        chosen = section or self.random.choice(self.sections)
        name = f"{chosen}.c{self.number()}"
        said = {"编号": name, "原文": "应当照办。"} | ({"当": deepcopy(when)} if when else {})
        clauses = next(each["条款"] for each in self.document["正文"] if each["章节"] == chosen)
        clauses.append({**said, **shape})
        return name

    def clause(self, name: str) -> dict[str, Tree]:
        return next(each for part in self.document["正文"] for each in part["条款"] if each["编号"] == name)

    def norm(self, action: str, who: Tree = None, **more: Tree) -> dict[str, Tree]:
        return {"做": action, "责任": who or self.anybody(), **more}

    def demand(self, action: str, when: Tree = None, who: Tree = None, section: str | None = None, **more: Tree) -> str:
        """A clause of one duty; its id."""
        return self.add(when, section, 应当=self.norm(action, who, **more))


# --------------------------------------------------------------------------- a plan without a defect


def base(random: Random, *, tiers: bool | None = None, lines: bool = True) -> Draft:
    """A plan without a defect."""
    draft = Draft(random)
    draft.document = {
        "预案": {"编号": f"plan_{random.randint(1, 999)}", "名称": "预案", "版本": "1"},
        "角色": {},
        "责任组": {},
        "别名": [],
        "等级": {},
        "事实": {},
        "动作": {},
        "顺序": {"F": 1, "G": 2},
        "情形": {},
        "推定": [],
        "不可能": [],
        "解释": {},
        "红线": [],
        "正文": [],
    }
    for n, name in enumerate(random.sample(ROLES, random.randint(2, 4))):
        draft.document["角色"][name] = {"id": f"person_{n}", "类别": "person"}
        draft.ids[name] = f"person_{n}"
    _facts(draft, random.randint(3, 7))
    _sections(draft)
    if tiers or (tiers is None and random.random() < 0.7):
        divide(draft)
    for _ in range(random.randint(3, 7)):
        _clause(draft)
    if random.random() < 0.5:
        _exception(draft)
    if random.random() < 0.6:
        _protective(draft)
    for section in draft.sections:
        if not any(each["章节"] == section and each["条款"] for each in draft.document["正文"]):
            draft.demand(draft.action(), section=section)
    if lines:
        _red_lines(draft)
    return draft


def _facts(draft: Draft, count: int) -> None:
    random = draft.random
    for _ in range(count):
        draft.open.append(draft.new(worse=random.choice(("", "", "递增", "递减")) if random.random() < 0.5 else ""))
    if count >= 6:
        one, other = draft.open.pop(), draft.open.pop()
        draft.tied += [one, other]
        way = random.randrange(3)
        if way == 0:
            draft.impossible(draft.about(one, other))
        else:
            filled = draft.test(other, lambda test: _fills(other, test)).text if way == 1 else "未知"
            draft.presume(draft.about(one), {other.name: filled})
        if way == 2 and random.random() < 0.5:
            draft.impossible({one.name: draft.test(one).text, other.name: "未填"}, 级别="警告")
    for kind in TIMED:
        same = [each for each in draft.inputs if each.kind == kind]
        if len(same) > 1:
            draft.impossible({same[0].name: f"早于 {same[1].name}"})


def _fills(about: Input, test: Test) -> bool:
    """May a presumption fill this in?  Of a number, one alone."""
    return not test.negated and (about.kind != "整数" or test.text in about.values)


def _sections(draft: Draft) -> None:
    random = draft.random
    if random.random() < 0.4 and len(draft.open) > 3:
        draft.document["预案"]["适用"] = draft.about(*_taken(draft, 1))
    draft.section(draft.document["预案"].get("适用") if random.random() < 0.7 else None)
    for _ in range(random.randint(0, 2)):
        scope: Tree = None
        if len(draft.open) > 2 and random.random() < 0.7:
            scope = draft.condition(_taken(draft, 2 if len(draft.open) > 4 and random.random() < 0.5 else 1))
            scope = draft.situation(scope) if random.random() < 0.3 else scope
        draft.section(scope)


def _taken(draft: Draft, count: int) -> list[Input]:
    """Facts that do not get worse, kept for a scope from now on."""
    found = draft.free(count, steady=True)
    draft.open = [each for each in draft.open if each not in found]
    return found


def divide(draft: Draft) -> list[tuple[str, str, Tree]]:
    """Clauses in the first section that divide all incidents between tiers: tier, clause and condition of each."""
    random = draft.random
    if random.random() < 0.5:
        (about,) = inputs = draft.free(1)
        upper = draft.test(about, lambda test: not test.negated)
        ways: list[Tree] = [{"除非": {about.name: upper.text}}, {about.name: upper.text}]
    else:
        inputs = draft.free(2)
        both = draft.about(*inputs)
        ways = [{"除非": [both]}, both]
    if random.random() < 0.4 and len(inputs) == 1:
        (third,) = draft.free(1)
        if third not in inputs:
            severe = draft.about(third)
            ways = [ways[0], {**ways[1], "除非": severe}, {**ways[1], **severe}]
            inputs.append(third)
    draft.tier_inputs = tuple(inputs)
    found = []
    for rank, way in enumerate(ways):
        name = f"等级{'甲乙丙'[rank]}"
        draft.document["等级"][name] = {"id": f"tier_{rank}", "级": rank + 1}
        draft.ids[name] = f"tier_{rank}"
        found.append((name, draft.add(way, draft.sections[0], 定为=name), way))
    return found


def _clause(draft: Draft) -> None:
    """A clause of the usual kind, of one or two norms whose actions are nobody else's."""
    random = draft.random
    section = random.choice(draft.sections)
    known = random.sample(draft.open, random.randint(0, min(3, len(draft.open))))
    if known and draft.tied and random.random() < 0.4:
        known[0] = random.choice(draft.tied)
    needed = (known[0], draft.test(known[0])) if known else None
    spare = [each for each in draft.open if each not in known and each not in draft.tier_inputs]
    when = _when(draft, needed, known[1:])
    with_readings = random.random() < 0.5
    if with_readings and spare and random.random() < 0.4:
        _add_reading(draft, when, spare.pop())
    if draft.document["等级"] and random.random() < 0.3 and not {*known, *_named(draft, when)} & {*draft.tier_inputs}:
        when["等级"] = random.choice(list(draft.document["等级"]))
    where = None if "等级" in when else [*draft.scope(section), when or "总是"]
    norms = {}
    for modality in random.sample(("应当", "不得", "可以"), random.choice((1, 1, 2))):
        norms[modality], made = _norm(draft, modality, spare, with_readings)
        if where and made:
            draft.made.append(replace(made, where=where, needed=needed))
    draft.add(when, section, **norms)


def _when(draft: Draft, needed: tuple[Input, Test] | None, others: Sequence[Input]) -> dict[str, Tree]:
    when: dict[str, Tree] = {needed[0].name: needed[1].text} if needed else {}
    if others:
        joined = "任一" if len(others) > 1 and draft.random.random() < 0.5 else "全部"
        when[joined] = [draft.about(each) for each in others]
    return when


def _add_reading(draft: Draft, when: dict[str, Tree], about: Input) -> None:
    """Another alternative, which counts under one option only; the only one is none."""
    alternatives = [{"解释": {draft.reading(): "A"}, **draft.about(about)}, *when.pop("任一", [])]
    when |= {"任一": alternatives} if len(alternatives) > 1 else alternatives[0]


def _norm(draft: Draft, modality: str, spare: Sequence[Input], with_readings: bool) -> tuple[Tree, Made | None]:
    """A norm; what it asks where it always binds with its clause."""
    random = draft.random
    action, role = draft.action(), draft.anybody()
    limit = random.choice(TERMS) if modality == "应当" and random.random() < 0.5 else None
    more: dict[str, Tree] = {"时限": limit} if limit else {}
    if modality == "应当" and random.random() < 0.3:
        more["次序"] = f"{random.choice('FG')}-{random.randint(1, 5)}"
    way = random.randrange(3) if with_readings else 3
    if way == 0:
        more["可推翻"] = "是"
    elif way == 1:
        more["可推翻"] = draft.reading("AB", ("可推翻", "不可推翻"))
    elif way == 2:
        more["按解释"] = {draft.reading("ABC"): "A"}
    elif spare and random.random() < 0.2:
        more["当"] = draft.about(spare[0])
    other = next(name for name in draft.document["角色"] if name != role)
    who = random.choice((role, role, {"任一": [role, other]}, [role, other]))
    made = None if way < 3 or "当" in more else Made(modality, action, role, limit)
    return draft.norm(action, who, **more), made


def _named(draft: Draft, tree: Tree) -> set[Input]:
    """The facts whose names occur in a condition."""
    text = str(tree)
    return {each for each in draft.inputs if f"'{each.name}'" in text}


def _exception(draft: Draft) -> None:
    """A clause and an exception to one of its two duties, each about facts of its own; perhaps one to the exception."""
    one, other = draft.free(2)
    kept, waived = draft.action(), draft.action()
    section = draft.random.choice(draft.sections)
    first = draft.add(draft.about(one), section, 应当=[draft.norm(kept), draft.norm(waived)])
    second = draft.add(draft.about(other), section, 例外于=first, 免除=[waived])
    if draft.random.random() < 0.3:
        draft.add(draft.about(*draft.free(1)), section, 例外于=second)


def _protective(draft: Draft) -> None:
    """A protective duty that facts which get worse never take away, and nothing unknown withholds."""
    inputs = draft.free(draft.random.randint(1, 2))
    name = draft.action(保护="是")
    draft.demand(name, draft.condition(inputs, upward=True))


def _red_lines(draft: Draft) -> None:
    """Some of what holds by construction, said as 红线."""
    random = draft.random
    plain = draft.made
    for made in random.sample(plain, min(len(plain), random.randint(0, 2))):
        then: dict[str, Tree] = {made.modality: [made.action]}
        if made.modality == "应当" and random.random() < 0.5:
            then["责任"] = [made.role]
            then |= {"时限": made.limit} if made.limit else {}
        draft.red_line({"全部": [*made.where]}, then)
    if plain and random.random() < 0.5:
        made = random.choice(plain)
        without = {"应当": "不应当", "不得": "不禁止"}.get(made.modality)
        if without and made.needed:
            about, test = made.needed
            draft.red_line({"除非": {about.name: test.text}}, {without: [made.action]})
