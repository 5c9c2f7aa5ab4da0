"""Every kind of defect put into fifty generated plans is found where it is, and never in the same plans without it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import islice, product
from random import Random
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis.claims import ABOUT_COMPLETE_INCIDENTS, ABOUT_INCIDENTS_AS_TOLD
from plan_rules.analysis.difference import Difference, diff
from plan_rules.analysis.finding import Finding, Verdict, Witness
from plan_rules.analysis.proving import proof, prove
from plan_rules.condition import TierIs
from plan_rules.fact import Kind
from tests.analysis.seeding import TIMED, Draft, Input, Test, Tree, base, divide

SEEDS = range(50 if os.environ.get("PLAN_RULES_SOAK") else 20)
VALUED = ("选项", "等次", "整数")


@dataclass(frozen=True)
class Seeded:
    """What a defect is about, and the codes of what comes along with it."""

    subject: str
    clauses: tuple[str, ...] = ()
    about: Mapping[str, Any] = field(default_factory=dict)
    also: frozenset[str] = frozenset()


Way = Callable[[Draft, bool], Seeded]  # adds something to the draft, with the defect or just without it
DEFECTS: dict[str, list[Way]] = {}
WITHOUT_TIERS: set[Way] = set()


def seeds(code: str, *, tiers: bool = True) -> Callable[[Way], Way]:
    """Register a way to have a defect of the code; without tiers the draft has none yet."""

    def register(way: Way) -> Way:
        DEFECTS.setdefault(code, []).append(way)
        if not tiers:
            WITHOUT_TIERS.add(way)
        return way

    return register


def apart(draft: Draft, about: Input) -> tuple[Test, Test]:
    """Two phrases that never hold together."""
    return draft.random.choice([(one, two) for one, two in product(about.tests, repeat=2) if not one.holds & two.holds])


def nested(draft: Draft, about: Input) -> tuple[Test, Test]:
    """Two phrases of which the second holds wherever the first does, and elsewhere too."""
    tests = [test for test in about.tests if not test.negated]
    return draft.random.choice([(one, two) for one, two in product(tests, repeat=2) if one.holds < two.holds])


def rest_of(about: Input, test: Test) -> Test:
    """A phrase that holds just where the other does not."""
    return next(other for other in about.tests if other.holds == about.everything - test.holds)


def fillable(draft: Draft, about: Input) -> Test:
    return draft.test(about, lambda test: not test.negated and (about.kind != "整数" or test.text in about.values))


def said(about: Input, test: Test) -> dict[str, Tree]:
    return {about.name: test.text}


def where(draft: Draft, section: str, *conditions: Tree) -> Tree:
    """The conditions within the scope of the section."""
    return {"全部": [*draft.scope(section), *conditions]}


# --------------------------------------------------------------------------- PF001: never fires

SAME_SAID_TWICE = frozenset({"PF011"})  # of a clause that never binds it is said that others ask all it asks


def _dead(name: str) -> Seeded:
    return Seeded(name, (name,), also=SAME_SAID_TWICE)


@seeds("PF001")
def two_phrases_of_one_fact_exclude_each_other(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.free(2)
    one, two = apart(draft, about)
    own = {"全部": [said(about, one), said(about, two)]} if defect else said(about, one)
    return _dead(draft.demand(draft.action(), {**own, **draft.about(more)}))


@seeds("PF001")
def what_is_asked_is_excluded_again(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.free(2)
    one = draft.test(about)
    unless = [draft.about(more), said(about, one)] if defect else [draft.about(more)]
    return _dead(draft.add({**said(about, one), "除非": unless}, 不得=draft.norm(draft.action())))


@seeds("PF001")
def no_number_lies_between(draft: Draft, defect: bool) -> Seeded:
    about = draft.new("整数")
    low = draft.random.randint(1, len(about.values) - 3)
    own = [{about.name: f"超过 {low}"}, {about.name: f"不足 {low + (1 if defect else 2)}"}]
    return _dead(draft.add({"全部": own}, 可以=draft.norm(draft.action())))


@seeds("PF001")
def the_scope_of_the_section_excludes_it(draft: Draft, defect: bool) -> Seeded:
    about, (more,) = draft.new(), draft.free(1)
    one, two = apart(draft, about)
    section = draft.section(said(about, one))
    draft.demand(draft.action(), section=section)
    own = said(about, two) if defect else {}
    return _dead(draft.demand(draft.action(), {**own, **draft.about(more)}, section=section))


@seeds("PF001")
def an_impossible_combination_is_asked_for(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.new(), draft.new()
    both = draft.about(one, two)
    draft.impossible(both)
    return _dead(draft.demand(draft.action(), both if defect else {one.name: both[one.name]}))


@seeds("PF001")
def a_presumption_excludes_it(draft: Draft, defect: bool) -> Seeded:
    cause, effect = draft.new(), draft.new()
    first, follows = draft.test(cause), fillable(draft, effect)
    against = draft.test(effect, lambda test: not test.holds & follows.holds)
    draft.presume(said(cause, first), said(effect, follows))
    own = said(cause, first) | (said(effect, against) if defect else {})
    return _dead(draft.demand(draft.action(), own))


@seeds("PF001")
def two_bounds_together_exclude_it(draft: Draft, defect: bool) -> Seeded:
    one, two, three = draft.new(), draft.new(), draft.new()
    first, second, third = draft.test(one), fillable(draft, two), draft.test(three)
    draft.presume(said(one, first), said(two, second))
    draft.impossible(said(two, second) | said(three, third))
    own = said(one, first) | (said(three, third) if defect else {})
    return _dead(draft.demand(draft.action(), own))


@seeds("PF001")
def a_situation_excludes_it(draft: Draft, defect: bool) -> Seeded:
    about, more, other = draft.free(3)
    one, two = apart(draft, about)
    name = draft.situation({**said(about, one), **draft.about(more)})
    own = said(about, two) if defect else draft.about(other)
    return _dead(draft.demand(draft.action(), {name: "是", **own}))


@seeds("PF001")
def the_condition_of_the_norm_excludes_that_of_the_clause(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.free(2)
    one, two = apart(draft, about)
    own = said(about, two) if defect else draft.about(more)
    return _dead(draft.demand(draft.action(), said(about, one), 当=own))


@seeds("PF001")
def what_never_fires_has_an_exception_that_swallows_nothing(draft: Draft, defect: bool) -> Seeded:
    one, two, (more,) = draft.new(), draft.new(), draft.free(1)
    both = draft.about(one, two)
    draft.impossible(both)
    name = draft.demand(draft.action(), both if defect else {one.name: both[one.name]})
    draft.add(draft.about(more), 例外于=name)
    return _dead(name)


@seeds("PF001", tiers=False)
def the_tier_excludes_it(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    lowest, (_, _, highest) = ways[0][0], ways[-1]
    return _dead(draft.demand(draft.action(), {"等级": lowest, **(highest if defect else {})}))


# --------------------------------------------------------------------------- PF002: a part that cannot matter


@seeds("PF002")
def a_weaker_phrase_is_added(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.new(VALUED), draft.free(1)[0]
    strong, weak = nested(draft, about)
    parts = [said(about, strong)] + ([said(about, weak)] if defect else [])
    name = draft.demand(draft.action(), {**draft.about(more), "全部": parts})
    return Seeded(f"{name}/1.1.0", (name,))


@seeds("PF002")
def the_scope_is_said_again(draft: Draft, defect: bool) -> Seeded:
    about, (more,) = draft.new(), draft.free(1)
    one = draft.test(about, lambda test: not test.negated)
    section = draft.section(said(about, one))
    own = (said(about, one) if defect else {}) | draft.about(more)
    name = draft.demand(draft.action(), own, section=section)
    return Seeded(f"{name}/0", (name,))


@seeds("PF002")
def a_presumption_says_it_already(draft: Draft, defect: bool) -> Seeded:
    cause, effect = draft.new(), draft.new()
    first, follows = draft.test(cause), fillable(draft, effect)
    draft.presume(said(cause, first), said(effect, follows))
    own = said(cause, first) | (said(effect, follows) if defect else draft.about(*draft.free(1)))
    name = draft.demand(draft.action(), own)
    return Seeded(f"{name}/1", (name,))


@seeds("PF002")
def an_impossible_combination_says_it_already(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.new(), draft.new(("是否", "等次", "时刻"))
    first, against = draft.test(one), draft.test(two, lambda test: not rest_of(two, test).negated)
    draft.impossible(said(one, first) | said(two, against))
    own = said(one, first) | (said(two, rest_of(two, against)) if defect else {})
    name = draft.add(own, 不得=draft.norm(draft.action()))
    return Seeded(f"{name}/1", (name,))


@seeds("PF002")
def a_situation_says_it_already(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.new(VALUED), draft.free(1)[0]
    strong, weak = nested(draft, about)
    situation = draft.situation({**said(about, strong), **draft.about(more)})
    name = draft.demand(draft.action(), {situation: "是"} | (said(about, weak) if defect else {}))
    return Seeded(f"{name}/1", (name,))


@seeds("PF002")
def one_alternative_swallows_the_other(draft: Draft, defect: bool) -> Seeded:
    about, more = draft.free(2)
    one = draft.test(about, lambda test: not test.negated)
    other = (said(about, one) if defect else {}) | draft.about(more)
    name = draft.demand(draft.action(), {"任一": [said(about, one), other]})
    return Seeded(f"{name}/0.1", (name,))


@seeds("PF002")
def a_situation_has_a_weaker_phrase(draft: Draft, defect: bool) -> Seeded:
    about = draft.new(VALUED)
    strong, weak = nested(draft, about)
    situation = draft.situation({"全部": [said(about, strong)] + ([said(about, weak)] if defect else [])})
    draft.demand(draft.action(), situation)
    return Seeded(f"{situation}/0.1.0")


@seeds("PF002")
def every_clause_of_the_section_says_what_its_scope_says(draft: Draft, defect: bool) -> Seeded:
    about, other = draft.new(VALUED), draft.new()
    strong, weak = nested(draft, about)
    section = draft.section({**draft.about(other), **said(about, weak)})
    draft.demand(draft.action(), said(about, strong), section=section)
    if not defect:
        draft.demand(draft.action(), section=section)
    return Seeded(f"{section}/1")


@seeds("PF002")
def the_condition_of_the_norm_follows_from_that_of_the_clause(draft: Draft, defect: bool) -> Seeded:
    about, (more,) = draft.new(VALUED), draft.free(1)
    strong, weak = nested(draft, about)
    own = said(about, weak) if defect else draft.about(more)
    name = draft.demand(draft.action(), said(about, strong), 当=own)
    return Seeded(f"{name}#0/0", (name,))


# --------------------------------------------------------------------------- PF003, PF004: tiers


@seeds("PF003", tiers=False)
def a_tier_depends_on_a_reading(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    if defect:
        _, name, _ = draft.random.choice(ways)
        draft.clause(name)["当"]["解释"] = {draft.reading(): "A"}
    return Seeded(draft.id)


@seeds("PF003", tiers=False)
def a_corner_of_many_facts_is_forgotten(draft: Draft, defect: bool) -> Seeded:
    inputs = [draft.new("选项", size=8) for _ in range(5)]
    severe = {each.name: draft.random.choice(each.values) for each in inputs}
    spared = dict(islice(severe.items(), 4)) if defect else severe
    draft.document["等级"] = {"一般": {"id": "tier_0", "级": 1}, "严重": {"id": "tier_1", "级": 2}}
    draft.add(severe, draft.sections[0], 定为="严重")
    draft.add({"除非": [spared]}, draft.sections[0], 定为="一般")
    return Seeded(draft.id)


@seeds("PF003", tiers=False)
def only_a_narrower_section_assigns_tiers(draft: Draft, defect: bool) -> Seeded:
    inputs = [draft.new("选项", size=8) for _ in range(5)]
    scope = draft.document["预案"].get("适用")
    section = draft.section({**(scope or {}), **draft.about(draft.new())} if defect else scope)
    severe = {each.name: draft.random.choice(each.values) for each in inputs}
    draft.document["等级"] = {"一般": {"id": "tier_0", "级": 1}, "严重": {"id": "tier_1", "级": 2}}
    draft.add(severe, section, 定为="严重")
    draft.add({"除非": [severe]}, section, 定为="一般")
    return Seeded(draft.id)


@seeds("PF004", tiers=False)
def what_the_lower_tier_excludes_is_too_little(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    lowest, other = ways[0][1], ways[1][1]
    if defect:
        excluded = draft.clause(lowest)["当"]["除非"]
        (whole,) = excluded if isinstance(excluded, list) else (excluded,)
        draft.clause(lowest)["当"]["除非"] = [{**whole, **draft.about(draft.new())}]
    return Seeded(f"{lowest}+{other}", (lowest, other))


@seeds("PF004", tiers=False)
def another_clause_assigns_a_tier_besides(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    draft.document["预案"]["取"] = draft.random.choice(("最高", "最低"))
    (tier, first, _), (_, _, highest) = ways[0], ways[-1]
    own = draft.about(draft.new()) | ({} if defect else highest)
    name = draft.add(own, draft.sections[0], 定为=ways[-1][0])
    return Seeded(f"{first}+{name}", (first, name), {"tier": tier})


@seeds("PF004", tiers=False)
def a_reading_not_chosen_gives_a_second_tier(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    (_, first, _), (highest, _, way) = ways[0], ways[-1]
    own = {"解释": {draft.reading(): "B"}, **draft.about(draft.new())} if defect else way | draft.about(draft.new())
    name = draft.add(own, draft.sections[0], 定为=highest)
    return Seeded(f"{first}+{name}", (first, name))


# --------------------------------------------------------------------------- PF005, PF006: conflicts


def _asked_and_forbidden(draft: Draft, defect: bool, asked: Tree, forbidden: Tree, other: Tree) -> Seeded:
    """An action asked of somebody and forbidden to somebody; kept apart in one of four ways where it is no defect."""
    one, two = draft.free(2)
    action = draft.action()
    modality = draft.random.choice(("应当", "可以"))
    apart_by = "nothing" if defect else draft.random.choice(("roles", "conditions", "exception", "base"))
    when, against = draft.about(one), draft.about(two)
    if apart_by == "conditions":
        first, second = apart(draft, one)
        when, against = said(one, first), said(one, second) | against
    if apart_by == "roles":
        forbidden = other
    section = draft.random.choice(draft.sections)
    asking = draft.add(when, section, **{modality: draft.norm(action, asked)})
    waives = {"例外于": asking, "免除": [action]} if apart_by == "exception" else {}
    prohibition = draft.add(against, 不得=draft.norm(action, forbidden), **waives)
    if apart_by == "base":
        draft.clause(asking).update({"例外于": prohibition, "免除": [action]})
    return Seeded(
        f"{asking}#0+{prohibition}#0",
        (asking, prohibition),
        {"action": draft.ids[action], "modality": modality},
    )


@seeds("PF005")
def the_same_role_must_and_must_not(draft: Draft, defect: bool) -> Seeded:
    role = draft.role()
    return _asked_and_forbidden(draft, defect, role, role, draft.role())


@seeds("PF005")
def a_member_of_a_group_must_and_the_group_must_not(draft: Draft, defect: bool) -> Seeded:
    group = draft.role()
    role, colleague = draft.role(groups=[group]), draft.role(groups=[group])
    return _asked_and_forbidden(draft, defect, role, group, colleague)


@seeds("PF005")
def a_group_must_and_a_member_must_not(draft: Draft, defect: bool) -> Seeded:
    wide = draft.role()
    group = draft.role(groups=[wide])
    role = draft.role(groups=[draft.role(), group])
    return _asked_and_forbidden(draft, defect, wide, role, draft.role())


@seeds("PF005")
def two_names_of_one_role_must_and_must_not(draft: Draft, defect: bool) -> Seeded:
    one, two, reading = draft.role(), draft.role(), draft.reading()
    draft.document["别名"].append({"编号": one, "同于": two, "按解释": {reading: "A"}})
    draft.demand(draft.action(), 按解释={reading: "A"})
    return _asked_and_forbidden(draft, defect, two, one, draft.role())


@seeds("PF005")
def one_of_several_must_and_must_not(draft: Draft, defect: bool) -> Seeded:
    one, two, three, four = (draft.role() for _ in range(4))
    draft.document["责任组"]["几个人"] = [{"任一": [one, two]}]
    return _asked_and_forbidden(draft, defect, "几个人", [three, {"任一": [two, four]}], [three, four])


@seeds("PF006")
def two_clauses_demand_what_excludes_each_other(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.free(2)
    first = draft.action()
    second = draft.action(互斥=[first])
    if draft.random.random() < 0.5:
        draft.document["动作"][second].pop("互斥")
        draft.document["动作"][first]["互斥"] = [second]
    when, then = draft.about(one), draft.about(two)
    if not defect:
        here, there = apart(draft, one)
        when, then = said(one, here), said(one, there) | then
    asking, other = draft.demand(first, when), draft.demand(second, then)
    return Seeded(f"{asking}#0+{other}#0", (asking, other), _ids(draft, first, second))


@seeds("PF006")
def an_exception_of_the_other_keeps_them_apart(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.free(2)
    first = draft.action()
    second = draft.action(互斥=[first])
    asking = draft.demand(first, draft.about(one))
    waives = {} if defect else {"例外于": asking}
    other = draft.add(draft.about(two), 应当=draft.norm(second), **waives)
    return Seeded(f"{asking}#0+{other}#0", (asking, other), _ids(draft, first, second))


@seeds("PF006")
def one_clause_demands_what_excludes_each_other(draft: Draft, defect: bool) -> Seeded:
    about, (more,) = draft.new(), draft.free(1)
    first = draft.action()
    second = draft.action(互斥=[first])
    here, there = apart(draft, about)
    norms = [
        draft.norm(first, 当=said(about, here)),
        draft.norm(second, **({} if defect else {"当": said(about, there)})),
    ]
    name = draft.add(draft.about(more), 应当=norms)
    return Seeded(f"{name}#0+{name}#1", (name, name), _ids(draft, first, second))


def _ids(draft: Draft, *names: str) -> dict[str, Any]:
    return {"actions": tuple(draft.ids[name] for name in names)}


# --------------------------------------------------------------------------- PF007, PF008: order and deadlines


def _ordered(
    draft: Draft, first: Mapping[str, Tree], then: Mapping[str, Tree], *, between: bool, together: bool
) -> Seeded:
    """Two duties of which one comes first, perhaps by way of a third that is due as well; both due, or never."""
    one, two, three = draft.free(3)
    earlier = draft.action()
    middle = draft.action(须先=[earlier]) if between else earlier
    later = draft.action(须先=[middle])
    when, after, meanwhile = draft.about(one), draft.about(two), draft.about(three)
    if not together:
        here, there = apart(draft, one)
        when = said(one, here)
        if between:
            meanwhile = said(one, there)  # what is not due need not be waited for
        else:
            after = said(one, there)
    names = [draft.demand(earlier, when, **first), draft.demand(later, after, **then)]
    if between:
        draft.demand(middle, meanwhile)
    return Seeded(f"{names[0]}#0+{names[1]}#0", tuple(names), _ids(draft, *{earlier: 0, middle: 0, later: 0}))


def _steps(draft: Draft, defect: bool, between: bool) -> Seeded:
    late, early = draft.random.choice((("F-4", "F-2"), ("G-1", "F-3"), ("G-2", "G-1")))
    apart_by = "nothing" if defect else draft.random.choice(("order", "same", "conditions"))
    first, then = (early, late) if apart_by == "order" else (late, late if apart_by == "same" else early)
    return _ordered(draft, {"次序": first}, {"次序": then}, between=between, together=apart_by != "conditions")


@seeds("PF007")
def a_step_comes_before_what_it_waits_for(draft: Draft, defect: bool) -> Seeded:
    return _steps(draft, defect, False)


@seeds("PF007")
def a_step_comes_before_what_it_waits_for_by_way_of_another(draft: Draft, defect: bool) -> Seeded:
    return _steps(draft, defect, True)


def _limits(draft: Draft, defect: bool, between: bool) -> Seeded:
    start, other = draft.new("时刻").name, draft.new("时刻").name
    number = draft.random.randint(2, 20)
    unit, smaller = draft.random.choice((("小时", "分钟"), ("自然日", "小时"), ("分钟", "分钟"), ("自然日", "自然日")))
    long, short = f"{number}{unit}", f"{number - (unit == smaller)}{smaller}"
    counted, soon = {"时限": long, "起算": start}, {"时限": short, "起算": start}
    ways = [(counted, soon), (counted, {"时限": "立即"}), ({"时限": "事后"}, {"时限": "立即"})]
    ways += [({"时限": "事中"}, {"时限": "事前"}), ({"时限": "及时"}, {"时限": "常设"})]
    first, then = draft.random.choice(ways)
    apart_by = "nothing" if defect else draft.random.choice(("order", "same", "conditions", "clock"))
    if apart_by == "order":
        first, then = then, first
    elif apart_by == "same":
        then = first
    elif apart_by == "clock":
        first, then = counted, {**soon, "起算": other}
    return _ordered(draft, first, then, between=between, together=apart_by != "conditions")


@seeds("PF008")
def a_deadline_is_up_before_what_it_waits_for(draft: Draft, defect: bool) -> Seeded:
    return _limits(draft, defect, False)


@seeds("PF008")
def a_deadline_is_up_before_what_it_waits_for_by_way_of_another(draft: Draft, defect: bool) -> Seeded:
    return _limits(draft, defect, True)


# --------------------------------------------------------------------------- PF009, PF010: exceptions


def _swallowed(draft: Draft, own: Tree, excepted: Tree) -> Seeded:
    section = draft.random.choice(draft.sections)
    kept, waived = draft.action(), draft.action()
    norms = [draft.norm(kept), draft.norm(waived)]
    whole = draft.random.random() < 0.3
    first = draft.add(own, section, 应当=norms[1:] if whole else norms)
    second = draft.add(excepted, section, 例外于=first, **({} if whole else {"免除": [waived]}))
    return Seeded(f"{second}>{first}#{0 if whole else 1}", (second, first), also=SAME_SAID_TWICE)


@seeds("PF009")
def an_exception_holds_whenever_its_base_does(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.free(2)
    own = draft.about(one, two)
    wider = draft.random.choice((own, {one.name: own[one.name]}, None)) if defect else draft.about(*draft.free(1))
    if not defect and wider and set(wider) <= set(own):
        wider = draft.about(draft.new())
    return _swallowed(draft, own, wider)


@seeds("PF009")
def an_exception_asks_less_than_its_base(draft: Draft, defect: bool) -> Seeded:
    about = draft.new(VALUED)
    narrow, wide = nested(draft, about)
    return _swallowed(draft, said(about, narrow if defect else wide), said(about, wide if defect else narrow))


@seeds("PF009")
def an_exception_follows_from_its_base_by_a_presumption(draft: Draft, defect: bool) -> Seeded:
    cause, effect = draft.new(), draft.new()
    first, follows = draft.test(cause), fillable(draft, effect)
    draft.presume(said(cause, first), said(effect, follows))
    one, two = said(cause, first), said(effect, follows)
    return _swallowed(draft, *((one, two) if defect else (two, one)))


@seeds("PF009")
def an_exception_follows_from_its_base_by_what_is_impossible(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.new(), draft.new(("是否", "等次", "日期"))
    first, against = draft.test(one), draft.test(two)
    draft.impossible(said(one, first) | said(two, against))
    return _swallowed(draft, said(one, first), {"除非": said(two, against)} if defect else draft.about(*draft.free(1)))


def _stripped(draft: Draft, defect: bool, *, whole: bool, readings: Mapping[str, Tree] | None = None) -> Seeded:
    one, two = draft.free(2, steady=True)
    protective, other = draft.action(保护="是"), draft.action()
    section = draft.random.choice(draft.sections)
    when, who = draft.about(one), draft.role()
    first = draft.add(when, section, 应当=[draft.norm(other), draft.norm(protective, who)])
    waives = {} if whole else {"免除": [protective]}
    if not defect and (whole or draft.random.random() < 0.5):
        draft.demand(protective, when, draft.role(), section)
    elif not defect:
        waives = {"免除": [other]}
    second = draft.add({**draft.about(two), **(readings or {})}, section, 例外于=first, **waives)
    return Seeded(f"{second}>{first}#1", (second, first), {"action": draft.ids[protective]})


@seeds("PF010")
def an_exception_waives_a_protective_duty(draft: Draft, defect: bool) -> Seeded:
    return _stripped(draft, defect, whole=False)


@seeds("PF010")
def an_exception_takes_a_whole_clause_with_a_protective_duty(draft: Draft, defect: bool) -> Seeded:
    return _stripped(draft, defect, whole=True)


@seeds("PF010")
def an_exception_of_a_reading_not_chosen_waives_it(draft: Draft, defect: bool) -> Seeded:
    return _stripped(draft, defect, whole=draft.random.random() < 0.5, readings={"解释": {draft.reading(): "B"}})


# --------------------------------------------------------------------------- PF011: adds nothing


@seeds("PF011")
def another_clause_asks_all_of_it(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.free(2)
    when, who, section = draft.about(one), draft.role(), draft.random.choice(draft.sections)
    action, modality = draft.action(), draft.random.choice(("应当", "不得", "可以"))
    more = {} if defect else draft.random.choice(({"对象": draft.anybody()}, {"可推翻": "是"}, {"责任": draft.role()}))
    wide = {modality: draft.norm(action, who)}
    narrow = {modality: {**draft.norm(action, who), **more}}
    pairs = [(when, wide), ({**when, **draft.about(two)}, narrow)]
    swapped = draft.random.random() < 0.5
    names = [draft.add(own, section, **shape) for own, shape in (reversed(pairs) if swapped else pairs)]
    kept, redundant = reversed(names) if swapped else names
    return Seeded(redundant, (redundant, kept))


@seeds("PF011")
def the_same_is_said_twice(draft: Draft, defect: bool) -> Seeded:
    when, who, action = draft.about(*draft.free(2)), draft.role(), draft.action()
    section = draft.random.choice(draft.sections)
    limit, clock = f"{draft.random.randint(2, 9)}小时", draft.new("时刻").name
    first = draft.demand(action, when, who, section, 时限=limit, 起算=clock)
    more = {"时限": limit, "起算": clock} if defect else {"时限": "10小时", "起算": clock}
    second = draft.demand(action, when, who, section, **(more if not defect or draft.random.random() < 0.5 else {}))
    return Seeded(second, (second, first))


@seeds("PF011")
def two_clauses_together_ask_all_of_it(draft: Draft, defect: bool) -> Seeded:
    about, one, two = draft.new(VALUED), *draft.free(2)
    test = draft.test(about)
    some, more = draft.about(one), draft.about(two)
    who, action, section = draft.role(), draft.action(), draft.random.choice(draft.sections)
    other = rest_of_mapping(about, test)
    conditions = [{**said(about, test)}, {**other, **some}, {**some, **more}]
    roles = [who, who if defect else draft.role(), who]
    order = draft.random.sample(range(3), 3)
    names = {place: draft.demand(action, conditions[place], roles[place], section) for place in order}
    return Seeded(names[2], (names[2], *(names[place] for place in sorted(order, key=order.index) if place != 2)))


@seeds("PF011")
def three_clauses_together_ask_all_of_it(draft: Draft, defect: bool) -> Seeded:
    about, (one,) = draft.new(("选项", "等次"), size=3), draft.free(1)
    who, action, section = draft.role(), draft.action(), draft.random.choice(draft.sections)
    names = [draft.demand(action, {about.name: value}, who, section) for value in about.values[: 3 if defect else 2]]
    redundant = draft.demand(action, draft.about(one), who, section)
    return Seeded(redundant, (redundant, *names), also=frozenset())


def rest_of_mapping(about: Input, test: Test) -> dict[str, Tree]:
    """A condition that holds just where the phrase does not."""
    return {"除非": said(about, test)}


# --------------------------------------------------------------------------- PF012: vanishes as a fact gets worse


def _vanishing(draft: Draft, defect: bool, about: Input) -> Seeded:
    action = draft.action(保护="是")
    test = draft.test(about, lambda test: about.gets_worse(test.holds) is not defect)
    steady = draft.about(*draft.free(1, steady=True)) if draft.random.random() < 0.5 else {}
    name = draft.demand(action, {**said(about, test), **steady})
    return Seeded(f"{draft.ids[action]}/{about.id}", (name,), {"action": draft.ids[action], "fact": about})


@seeds("PF012")
def a_protective_duty_is_for_the_middle_only(draft: Draft, defect: bool) -> Seeded:
    return _vanishing(draft, defect, draft.new(("等次", "整数"), worse="递增"))


@seeds("PF012")
def a_protective_duty_is_for_more_where_less_is_worse(draft: Draft, defect: bool) -> Seeded:
    return _vanishing(draft, defect, draft.new(("等次", "整数", "是否"), worse="递减"))


@seeds("PF012")
def a_protective_duty_is_for_the_time_before(draft: Draft, defect: bool) -> Seeded:
    return _vanishing(draft, defect, draft.new(("是否", *TIMED), worse="递增"))


@seeds("PF012", tiers=False)
def a_protective_duty_is_for_the_lower_tier(draft: Draft, defect: bool) -> Seeded:
    about = draft.new(("是否", "等次", "整数"), worse="递增")
    test = draft.test(about, lambda test: about.gets_worse(test.holds))
    draft.document["等级"] = {"一般": {"id": "tier_0", "级": 1}, "严重": {"id": "tier_1", "级": 2}}
    scope = draft.document["预案"].get("适用")
    section = draft.section(scope)
    draft.add(said(about, test), section, 定为="严重")
    draft.add({"除非": said(about, test)}, section, 定为="一般")
    action = draft.action(保护="是")
    name = draft.demand(action, {"等级": "一般" if defect else "至少 严重"})
    return Seeded(f"{draft.ids[action]}/{about.id}", (name,), {"action": draft.ids[action], "fact": about})


@seeds("PF012")
def an_exception_comes_with_the_worse(draft: Draft, defect: bool) -> Seeded:
    about, (one,) = draft.new(("是否", "等次", "整数"), worse="递增"), draft.free(1, steady=True)
    action, other = draft.action(保护="是"), draft.action()
    test = draft.test(about, lambda test: about.gets_worse(test.holds))
    name = draft.add(draft.about(one), 应当=[draft.norm(action), draft.norm(other)])
    draft.add(said(about, test), 例外于=name, 免除=[action if defect else other])
    found = {"action": draft.ids[action], "fact": about}
    return Seeded(f"{draft.ids[action]}/{about.id}", (name,), found, frozenset({"PF010"}))


# --------------------------------------------------------------------------- PF013, PF017: answers still missing


def _lost_silently(draft: Draft, defect: bool, when: Tree, waived: Tree, back: Tree, *, whole: bool) -> Seeded:
    protective, other = draft.action(保护="是"), draft.action()
    section, who = draft.random.choice(draft.sections), draft.role()
    first = draft.add(when, section, 应当=[draft.norm(other), draft.norm(protective, who)])
    waives = {} if whole else {"免除": [protective]}
    names = [first]
    if not defect and (whole or draft.random.random() < 0.5):
        names.append(draft.demand(protective, when, draft.role(), section))
    elif not defect:
        waives = {"免除": [other]}
    second = draft.add(waived, section, 例外于=first, **waives)
    draft.add(back, section, 例外于=second)
    return Seeded(draft.ids[protective], tuple(names), {"action": draft.ids[protective]}, frozenset({"PF010"}))


@seeds("PF013")
def whether_the_exception_is_excepted_is_unknown(draft: Draft, defect: bool) -> Seeded:
    one, two, three = draft.free(3, steady=True)
    conditions = (draft.about(each) for each in (one, two, three))
    return _lost_silently(draft, defect, *conditions, whole=draft.random.random() < 0.5)


@seeds("PF013")
def one_more_fact_of_the_exception_to_the_exception_is_unknown(draft: Draft, defect: bool) -> Seeded:
    one, two, three = draft.free(3, steady=True)
    back = {**draft.about(two), **draft.about(three)}
    return _lost_silently(draft, defect, draft.about(one), {two.name: back[two.name]}, back, whole=False)


@seeds("PF013")
def a_situation_that_excepts_the_exception_is_unknown(draft: Draft, defect: bool) -> Seeded:
    one, two, three, four = draft.free(4, steady=True)
    situation = draft.situation({"任一": [draft.about(three), draft.about(four)]})
    return _lost_silently(draft, defect, draft.about(one), draft.about(two), {situation: "是"}, whole=True)


def _in_parts(draft: Draft, conditions: Iterable[Tree], *, besides: Tree, rescued: bool) -> Seeded:
    """A protective duty demanded in parts; rescued by a clause that does not ask which part it is."""
    action = draft.action(保护="是")
    section = draft.random.choice(draft.sections)
    names = [draft.demand(action, {**part, **besides}, section=section) for part in conditions]
    if rescued:
        names.append(draft.demand(action, besides, draft.role(), section))
    return Seeded(draft.ids[action], tuple(names), {"action": draft.ids[action]})


@seeds("PF017")
def one_clause_for_yes_and_one_for_no(draft: Draft, defect: bool) -> Seeded:
    about, (more,) = draft.new(), draft.free(1, steady=True)
    test = draft.test(about)
    parts = [said(about, test), rest_of_mapping(about, test)]
    return _in_parts(draft, parts, besides=draft.about(more), rescued=not defect)


@seeds("PF017")
def one_clause_for_every_value(draft: Draft, defect: bool) -> Seeded:
    about = draft.new(("选项", "等次"))
    values = about.values if defect else draft.random.sample(about.values, len(about.values) - 1)
    besides = draft.about(*draft.free(1, steady=True))
    return _in_parts(draft, [{about.name: value} for value in values], besides=besides, rescued=False)


@seeds("PF017")
def what_is_impossible_leaves_no_other_case(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.new(), draft.new()
    first, second = draft.test(one), draft.test(two)
    if defect:
        draft.impossible(said(one, first) | said(two, second))
    return _in_parts(draft, [{"除非": said(two, second)}], besides={}, rescued=False)


@seeds("PF017")
def what_is_presumed_has_no_other_cause(draft: Draft, defect: bool) -> Seeded:
    cause, effect = draft.new(), draft.new(("是否", *VALUED))
    first = draft.test(cause)
    follows = draft.test(effect, lambda test: not test.negated and test.text in effect.values)  # one value alone
    draft.presume(said(cause, first), said(effect, follows))
    wanted = rest_of_mapping(cause, first) if defect else said(effect, follows)  # the second follows as told
    return _in_parts(draft, [wanted], besides=draft.about(*draft.free(1, steady=True)), rescued=False)


@seeds("PF017", tiers=False)
def one_clause_for_every_tier(draft: Draft, defect: bool) -> Seeded:
    for each in draft.open:  # tiers by facts that do not get worse
        if each.worse:
            draft.document["事实"][each.name].pop("加重")
    tiers = [tier for tier, _, _ in divide(draft)]
    parts: list[Tree] = [{"等级": tier} for tier in (tiers if defect else tiers[-1:])]
    return _in_parts(draft, parts, besides=draft.about(draft.new()), rescued=False)


# --------------------------------------------------------------------------- PF014: a red line


def _line(draft: Draft, form: str, *, told: bool, wide: Tree, narrow: Tree, **then: Tree) -> Seeded:
    """A red line about an action that some clause asks for, drawn where it holds or wider."""
    action = draft.action()
    section = draft.random.choice(draft.sections)
    name = draft.add({**wide, **narrow}, section, **{form: draft.norm(action)})
    fulfilled = draft.action()
    draft.add(wide, section, **{form: draft.norm(fulfilled)})
    line = draft.red_line(
        where(draft, section, *([wide] if told else [wide, narrow])), {form: [fulfilled, action], **then}
    )
    return Seeded(f"{line}/1", (name,), {"form": form, "action": draft.ids[action]})


def _asks_for(form: str) -> Way:
    def drawn_too_wide(draft: Draft, defect: bool) -> Seeded:
        one, two = draft.free(2)
        return _line(draft, form, told=defect, wide=draft.about(one), narrow=draft.about(two))

    return drawn_too_wide


for _form in ("应当", "不得", "可以"):
    seeds("PF014")(_asks_for(_form))


def _asks_for_no(form: str, modality: str) -> Way:
    def drawn_where_it_is_asked(draft: Draft, defect: bool) -> Seeded:
        about, (more,) = draft.new(), draft.free(1)
        test, action = draft.test(about), draft.action()
        name = draft.add({**said(about, test), **draft.about(more)}, **{modality: draft.norm(action)})
        elsewhere = draft.about(draft.new()) if defect else rest_of_mapping(about, test)
        line = draft.red_line(elsewhere, {form: [action]})
        return Seeded(f"{line}/0", (name,), {"form": form, "action": draft.ids[action]})

    return drawn_where_it_is_asked


seeds("PF014")(_asks_for_no("不应当", "应当"))
seeds("PF014")(_asks_for_no("不禁止", "不得"))


@seeds("PF014", tiers=False)
def a_red_line_asks_for_another_tier(draft: Draft, defect: bool) -> Seeded:
    ways = divide(draft)
    tier, _, own = draft.random.choice(ways)
    wanted: Tree = tier
    if draft.random.random() < 0.5:
        tier, _, own = ways[-1]
        wanted = f"至少 {tier}"
    within = draft.about(draft.new()) if defect else own
    line = draft.red_line(where(draft, draft.sections[0], within), {"定级": wanted})
    assigning = tuple(name for _, name, _ in ways)
    return Seeded(f"{line}/tier", assigning, {"form": "定级", "tiers": (draft.ids[tier],)})


@seeds("PF014")
def a_red_line_keeps_an_action_that_gets_lost(draft: Draft, defect: bool) -> Seeded:
    about = draft.new(("等次", "整数", "是否"), worse=draft.random.choice(("递增", "递减")))
    action = draft.action()
    test = draft.test(about, lambda test: about.gets_worse(test.holds) is not defect)
    name = draft.demand(action, said(about, test))
    line = draft.red_line("总是", 单调=[action])
    return Seeded(f"{line}/{draft.ids[action]}", (name,), {"form": "单调", "action": draft.ids[action], "fact": about})


@seeds("PF014")
def a_red_line_asks_it_of_another_role(draft: Draft, defect: bool) -> Seeded:
    when, section = draft.about(*draft.free(1)), draft.random.choice(draft.sections)
    action, one, two, three = draft.action(), draft.role(), draft.role(), draft.role()
    name = draft.demand(action, when, [{"任一": [one, two]}], section)
    line = draft.red_line(where(draft, section, when), {"应当": [action], "责任": [one, three if defect else two]})
    found = {"form": "责任", "action": draft.ids[action], "roles": (draft.ids[one], draft.ids[three])}
    return Seeded(f"{line}/0", (name,), found)


@seeds("PF014")
def a_red_line_asks_it_by_another_time(draft: Draft, defect: bool) -> Seeded:
    when, section = draft.about(*draft.free(1)), draft.random.choice(draft.sections)
    action = draft.action()
    name = draft.demand(action, when, section=section, 时限="及时" if defect else "立即")
    line = draft.red_line(where(draft, section, when), {"应当": [action], "时限": "立即"})
    return Seeded(f"{line}/0", (name,), {"form": "时限", "action": draft.ids[action], "term": "immediate"})


@seeds("PF014")
def an_exception_crosses_a_red_line(draft: Draft, defect: bool) -> Seeded:
    one, two = draft.free(2)
    action, other, section = draft.action(), draft.action(), draft.random.choice(draft.sections)
    name = draft.add(draft.about(one), section, 应当=[draft.norm(action), draft.norm(other)])
    draft.add(draft.about(two), 例外于=name, 免除=[action if defect else other])
    line = draft.red_line(where(draft, section, draft.clause(name)["当"]), {"应当": [action]})
    return Seeded(f"{line}/0", (name,), {"form": "应当", "action": draft.ids[action]})


@seeds("PF014")
def a_reading_not_chosen_crosses_a_red_line(draft: Draft, defect: bool) -> Seeded:
    when, section = draft.about(*draft.free(1)), draft.random.choice(draft.sections)
    action, reading = draft.action(), draft.reading()
    name = draft.demand(action, when, section=section, 按解释={reading: "A"})
    unless = [] if defect else [{"解释": {reading: "A"}}]
    line = draft.red_line(where(draft, section, when, *unless), {"应当": [action]})
    return Seeded(f"{line}/0", (name,), {"form": "应当", "action": draft.ids[action]})


# --------------------------------------------------------------------------- PF015: an option that changes nothing


def _about_clause(draft: Draft, reading: str, option: str) -> Seeded:
    name = draft.demand(draft.action(), draft.about(*draft.free(1)))
    draft.document["解释"][reading]["涉及"] = [name]
    return Seeded(f"{reading}/{option}", (name,))


@seeds("PF015")
def a_third_option_counts_like_the_first(draft: Draft, defect: bool) -> Seeded:
    reading = draft.reading("ABC")
    draft.demand(draft.action(), {"解释": {reading: ["A", "C"] if defect else "A"}, **draft.about(*draft.free(1))})
    return _about_clause(draft, reading, "C")


@seeds("PF015")
def two_options_have_one_strength(draft: Draft, defect: bool) -> Seeded:
    first, second = draft.random.sample(("可推翻", "不可推翻", "仅建议"), 2)
    reading = draft.reading("AB", (first, first if defect else second))
    draft.demand(draft.action(), draft.about(*draft.free(1)), 可推翻=reading)
    return replace(_about_clause(draft, reading, "B"), also=SAME_SAID_TWICE)


@seeds("PF015")
def a_norm_stands_under_either_option(draft: Draft, defect: bool) -> Seeded:
    reading = draft.reading()
    options = ["A", "B"] if defect else draft.random.choice(("A", "B"))
    draft.add(draft.about(*draft.free(1)), 不得=draft.norm(draft.action(), 按解释={reading: options}))
    return _about_clause(draft, reading, "B")


@seeds("PF015")
def nothing_uses_the_reading(draft: Draft, defect: bool) -> Seeded:
    reading = draft.reading()
    if not defect:
        draft.demand(draft.action(), draft.about(*draft.free(1)), 按解释={reading: "B"})
    return _about_clause(draft, reading, "B")


@seeds("PF015")
def a_group_is_the_same_under_either_option(draft: Draft, defect: bool) -> Seeded:
    reading, roles = draft.reading(), [draft.role(), draft.role()]
    other = "任一" if defect else "依次"
    draft.document["责任组"]["几个人"] = [
        {"任一": roles, "按解释": {reading: "A"}},
        {other: roles, "按解释": {reading: "B"}},
    ]
    draft.demand(draft.action(), draft.about(*draft.free(1)), "几个人")
    return _about_clause(draft, reading, "B")


# --------------------------------------------------------------------------- plans with and without a defect

CODES = tuple(sorted(DEFECTS))


def drafted(code: str, seed: int, *, defect: bool) -> tuple[Draft, Seeded]:
    """The plan of a seed, with or without its defect of this code; the ways to have one take turns."""
    way = DEFECTS[code][seed % len(DEFECTS[code])]
    draft = base(Random(f"{code}-{seed}"), tiers=False if way in WITHOUT_TIERS else None)
    return draft, way(draft, defect)


@cache
def seeded(code: str, seed: int) -> tuple[Draft, Seeded, pr.Plan, tuple[Finding, ...]]:
    draft, defect = drafted(code, seed, defect=True)
    plan = pr.loads(draft.text)
    return draft, defect, plan, prove(plan)


every_code = pytest.mark.parametrize("code", CODES)
every_seed = pytest.mark.parametrize("seed", SEEDS)


@every_seed
def test_nothing_is_found_in_a_plan_without_a_defect(seed: int) -> None:
    assert [finding.diagnostic.message.zh for finding in prove(pr.loads(base(Random(seed)).text))] == []


def test_the_plans_differ_in_size_and_in_everything_they_may_have() -> None:
    plans = [pr.loads(base(Random(seed)).text) for seed in SEEDS]

    assert {fact.kind for plan in plans for fact in plan.facts.values()} == {*Kind} - {Kind.READINGS}
    assert min(len(plan.facts) for plan in plans) == 3
    assert max(len(plan.clauses) for plan in plans) >= 12
    for has in (
        lambda plan: plan.tiers,
        lambda plan: plan.readings,
        lambda plan: plan.situations,
        lambda plan: plan.presumptions,
        lambda plan: plan.impossibles,
        lambda plan: plan.invariants,
        lambda plan: plan.scope.parts,
        lambda plan: any(clause.exemptions for clause in plan.clauses.values()),
        lambda plan: any(action.protective for action in plan.actions.values()),
        lambda plan: len(plan.sections) > 1,
    ):
        assert 0 < sum(bool(has(plan)) for plan in plans) < len(plans)


@every_code
@every_seed
def test_a_seeded_defect_is_found_where_it_is(code: str, seed: int) -> None:
    _, defect, _, found = seeded(code, seed)

    about = {(finding.subject, finding.clauses) for finding in found if finding.code == code}
    assert (defect.subject, defect.clauses) in about
    assert {finding.code for finding in found} <= {code} | defect.also


@every_code
@every_seed
def test_the_same_plan_without_the_defect_is_clean(code: str, seed: int) -> None:
    draft, _ = drafted(code, seed, defect=False)
    found = prove(pr.loads(draft.text))

    assert [(finding.code, finding.subject) for finding in found] == []


# --------------------------------------------------------------------------- what a witness shows

Shows = Callable[[pr.Plan, Seeded, Witness], bool]
SHOWS: dict[str, Shows] = {}


def shows(code: str) -> Callable[[Shows], Shows]:
    """Register what must be so of the decision on a witness to a defect of the code."""

    def register(check: Shows) -> Shows:
        SHOWS[code] = check
        return check

    return register


@lru_cache(maxsize=256)
def under(plan: pr.Plan, readings: tuple[tuple[str, str], ...]) -> pr.Plan:
    """The plan with some readings chosen otherwise."""
    chosen = {name: replace(plan.readings[name], chosen=option) for name, option in readings}
    return replace(plan, readings={**plan.readings, **chosen}, digest=f"{plan.digest}{readings}") if readings else plan


def decided(plan: pr.Plan, witness: Witness, **other: Any) -> pr.Decision:
    """The decision on the witness, with some facts otherwise, of the plan with the readings of the witness."""
    return pr.decide(under(plan, tuple(witness.readings.items())), {**witness.facts, **other})


def asked(decision: pr.Decision, modality: str, action: str) -> bool:
    items: Mapping[str, Iterable[Any]] = {
        "应当": decision.duties,
        "不得": decision.prohibitions,
        "可以": decision.permissions,
    }
    return any(item.action == action for item in items[modality])


@shows("PF003")
def _it_has_no_tier(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    return decided(plan, witness).tier is None


@shows("PF004")
def _both_clauses_fire(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    return {*defect.clauses} <= {*decided(plan, witness).fired}


@shows("PF005")
def _it_is_asked_and_forbidden(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    decision = decided(plan, witness)
    action = defect.about["action"]
    return asked(decision, defect.about["modality"], action) and decision.forbids(action)


@shows("PF006")
@shows("PF007")
@shows("PF008")
def _all_are_due(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    decision = decided(plan, witness)
    return all(decision.requires(action) for action in defect.about["actions"])


@shows("PF010")
def _it_fires_and_the_duty_is_gone(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    decision = decided(plan, witness)
    return {*defect.clauses} <= {*decision.fired} and not decision.requires(defect.about["action"])


@shows("PF012")
def _lost_as_it_gets_worse(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    """Is the duty absent, and present where only the fact is better?"""
    about, action = defect.about["fact"], defect.about["action"]
    before = decided(plan, witness)
    said_now = before.facts[about.id]
    places = [*about.everything] if about.worse == "递增" else [*reversed([*about.everything])]
    now = next((place for place in places if _same(about, about.stated(place), said_now)), None)
    better = [] if now is None else places[: places.index(now)]
    return not before.requires(action) and any(
        decided(plan, witness, **{about.id: about.stated(place)}).requires(action) for place in better
    )


def _same(about: Input, value: object, told: object) -> bool:
    return (value is None) == (told is None) if about.kind in TIMED else value == told


@shows("PF013")
def _it_is_gone_and_nothing_says_why(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    decision, action = decided(plan, witness), defect.about["action"]
    asked_about = {clause for item in decision.undetermined for clause in item.blocks}
    return (
        not decision.requires(action)
        and not asked_about & {*defect.clauses}
        and any(each.requires(action) for each in completed(plan, witness))
    )


@shows("PF017")
def _it_is_certain_and_withheld(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    action = defect.about["action"]
    completions = [each.requires(action) for each in completed(plan, witness)]
    return not decided(plan, witness).requires(action) and bool(completions) and all(completions)


def completed(plan: pr.Plan, witness: Witness) -> Iterator[pr.Decision]:
    """Decisions once all that the plan's conditions are about is known; at most some hundreds."""
    told = {name: value for name, value in decided(plan, witness).facts.items() if name in plan.facts}
    used = {fact for clause in plan.clauses.values() for fact in _facts_of(plan, clause.condition)}
    unknown = [name for name in plan.facts if told[name] == "unknown" and name in used]
    for chosen in islice(product(*(_values(plan.facts[name]) for name in unknown)), 400):
        try:
            yield decided(plan, witness, **{**told, **dict(zip(unknown, chosen, strict=True))})
        except pr.FactsInvalid:
            continue  # it cannot turn out so


def _facts_of(plan: pr.Plan, condition: Any) -> Iterator[str]:
    for leaf in plan.leaves(condition):
        if isinstance(leaf, TierIs):
            for clause in plan.clauses.values():
                yield from _facts_of(plan, clause.condition) if clause.tier else ()
        elif hasattr(leaf, "fact"):
            yield leaf.fact


def _values(fact: pr.Fact) -> Iterable[Any]:
    """Every value to state of a fact; of a day or instant, that it has come or not."""
    if fact.kind is Kind.INTEGER:
        return range(fact.low, fact.high + 1)
    return fact.domain or (None, "2026-01-05" if fact.kind is Kind.DATE else "2026-01-05T09:00")


@shows("PF014")
def _the_red_line_is_crossed(plan: pr.Plan, defect: Seeded, witness: Witness) -> bool:
    decision, about = decided(plan, witness), defect.about
    duty = next((duty for duty in decision.duties if duty.action == about.get("action")), None)
    match about["form"]:
        case "定级":
            return decision.tier is None or decision.tier.id not in about["tiers"]
        case "单调":
            return _lost_as_it_gets_worse(plan, defect, witness)
        case "责任":
            return duty is None or not {*about["roles"]} <= {*duty.roles}
        case "时限":
            return duty is None or duty.deadline is None or duty.deadline.kind != about["term"]
        case "不应当":
            return duty is not None
        case "不禁止":
            return decision.forbids(about["action"])
        case modality:
            return not asked(decision, modality, about["action"])


@pytest.mark.parametrize("code", sorted(SHOWS))
@every_seed
def test_the_decision_on_the_witness_shows_the_defect(code: str, seed: int) -> None:
    _, defect, plan, found = seeded(code, seed)
    (finding,) = [each for each in found if (each.code, each.subject) == (code, defect.subject)]

    assert finding.witness is not None
    assert SHOWS[code](plan, defect, finding.witness)
    assert finding.witness.decision.fired == decided(plan, finding.witness).fired


@pytest.mark.parametrize("code", sorted({*CODES} - {*SHOWS}))
def test_what_never_happens_has_no_witness(code: str) -> None:
    for seed in SEEDS:
        _, defect, _, found = seeded(code, seed)
        assert all(each.witness is None for each in found if (each.code, each.subject) == (code, defect.subject))


# --------------------------------------------------------------------------- PF016: undecided within the budget

KIND_OF = {
    **dict.fromkeys(("PF001", "PF011"), "clauses"),
    "PF002": "conditions",
    **dict.fromkeys(("PF003", "PF004"), "tiers"),
    **dict.fromkeys(("PF005", "PF006"), "conflicts"),
    **dict.fromkeys(("PF007", "PF008"), "order"),
    **dict.fromkeys(("PF009", "PF010"), "exceptions"),
    "PF012": "protection",
    "PF014": "invariants",
    "PF015": "readings",
    **dict.fromkeys(("PF013", "PF017"), "unknown facts"),
}


@every_seed
def test_a_budget_of_hardly_any_nodes_leaves_everything_undecided(seed: int) -> None:
    plan = pr.loads(base(Random(seed)).text)
    found = prove(plan, budget=2)

    undecided = {finding.subject for finding in found if finding.code == "PF016"}
    kinds = {*ABOUT_COMPLETE_INCIDENTS, *ABOUT_INCIDENTS_AS_TOLD}
    assert undecided == {f"{plan.id}/{kind}" for kind in kinds}
    assert {finding.code for finding in found} == {"PF016"}


@every_seed
def test_what_a_small_budget_leaves_undecided_is_never_passed_over(seed: int) -> None:
    code = CODES[seed % len(CODES)]
    draft, _ = drafted(code, seed, defect=True)
    plan = pr.loads(draft.text)
    whole, part = proof(plan), proof(plan, budget=Random(seed).randint(40, 400))

    verdicts = {result.claim.name: result.verdict for result in part.results}
    told = {finding.subject.removeprefix(f"{plan.id}/") for finding in part.findings if finding.code == "PF016"}
    for result in whole.results:
        verdict = verdicts.get(result.claim.name, Verdict.UNDECIDED)
        assert verdict == result.verdict or (verdict is Verdict.UNDECIDED and told & _names(result.claim.code))


def _names(code: str) -> set[str]:
    return {code, KIND_OF[code]}


# --------------------------------------------------------------------------- DF001, DF002, DF003: amendments

Amend = Callable[[Draft, bool], object]  # changes the new version, with the defect or just without it
Amendment = Callable[[Draft], tuple[Seeded, Amend]]  # prepares the old version
AMENDMENTS: dict[str, list[Amendment]] = {}
AMENDED_WITHOUT_TIERS: set[Amendment] = set()


def amends(code: str, *, tiers: bool = True) -> Callable[[Amendment], Amendment]:
    """Register a way to amend a plan that has the defect of the code; without tiers the old version has none yet."""

    def register(way: Amendment) -> Amendment:
        AMENDMENTS.setdefault(code, []).append(way)
        if not tiers:
            AMENDED_WITHOUT_TIERS.add(way)
        return way

    return register


def _drop(draft: Draft, name: str) -> None:
    for section in draft.document["正文"]:
        section["条款"] = [clause for clause in section["条款"] if clause["编号"] != name]


def _allow(draft: Draft, name: str) -> None:
    draft.clause(name)["可以"] = draft.clause(name).pop("应当")


def _narrow(draft: Draft, name: str) -> None:
    draft.clause(name)["当"] |= draft.about(draft.new())


def _narrow_norm(draft: Draft, name: str) -> None:
    draft.clause(name)["应当"]["当"] = draft.about(draft.new())


def _except(draft: Draft, name: str) -> None:
    draft.add(draft.about(draft.new()), 例外于=name, section=name.partition(".")[0])


def _leave_to_a_reading(draft: Draft, name: str) -> None:
    draft.clause(name)["应当"]["按解释"] = {draft.reading(): "B"}


def _only_advise(draft: Draft, name: str) -> None:
    draft.clause(name)["应当"]["可推翻"] = draft.reading("AB", ("仅建议", "可推翻"))


def _reword(draft: Draft, name: str) -> None:
    draft.clause(name)["原文"] = "务必照办。"


def _widen(draft: Draft, name: str) -> None:
    draft.clause(name).pop("当")


def _limit(draft: Draft, name: str) -> None:
    draft.clause(name)["应当"]["时限"] = "立即"


def _split(draft: Draft, name: str) -> None:
    """Two clauses, one for each case, in place of one."""
    clause, about = draft.clause(name), draft.new()
    own, case = deepcopy(clause["当"]), draft.about(about)
    clause["当"] |= case
    draft.add({**own, "除非": case}, name.partition(".")[0], 应当=deepcopy(clause["应当"]))


LOSES: tuple[Callable[[Draft, str], None], ...] = (
    _drop,
    _allow,
    _narrow,
    _narrow_norm,
    _except,
    _leave_to_a_reading,
    _only_advise,
)
KEEPS: tuple[Callable[[Draft, str], None], ...] = (_reword, _widen, _limit, _split)


def _loses_or_keeps(name: str) -> Amend:
    def amend(draft: Draft, defect: bool) -> None:
        draft.random.choice(LOSES if defect else KEEPS)(draft, name)

    return amend


@amends("DF001")
def a_clause_that_demands_it_is_changed(draft: Draft) -> tuple[Seeded, Amend]:
    action = draft.action(保护="是")
    name = draft.demand(action, draft.about(*draft.free(1, steady=True)))
    return Seeded(draft.ids[action], (name,), {"action": draft.ids[action]}), _loses_or_keeps(name)


@amends("DF001")
def it_is_no_longer_protective_and_dropped(draft: Draft) -> tuple[Seeded, Amend]:
    action = draft.action(保护="是")
    name = draft.demand(action, draft.about(*draft.free(1, steady=True)))

    def amend(new: Draft, defect: bool) -> None:
        new.document["动作"][action].pop("保护")
        if defect:
            _drop(new, name)

    return Seeded(draft.ids[action], (name,), {"action": draft.ids[action]}), amend


@amends("DF001")
def the_scope_of_its_section_is_narrowed(draft: Draft) -> tuple[Seeded, Amend]:
    about = draft.new(VALUED)
    narrow, wide = nested(draft, about)
    section = draft.section(said(about, wide))
    action = draft.action(保护="是")
    name = draft.demand(action, draft.about(*draft.free(1, steady=True)), section=section)

    def amend(new: Draft, defect: bool) -> None:
        part = next(part for part in new.document["正文"] if part["章节"] == section)
        part["适用"] = {"任一": [said(about, wide), new.about(new.new())]} if not defect else said(about, narrow)

    return Seeded(draft.ids[action], (name,), {"action": draft.ids[action]}), amend


@amends("DF002")
def a_clause_that_a_red_line_needs_is_changed(draft: Draft) -> tuple[Seeded, Amend]:
    action, section = draft.action(), draft.random.choice(draft.sections)
    when = draft.about(*draft.free(1))
    name = draft.demand(action, when, section=section)
    line = draft.red_line(where(draft, section, when), {"应当": [action]})
    return Seeded(f"{line}/0", (), {"form": "应当", "action": draft.ids[action]}), _loses_or_keeps(name)


@amends("DF002")
def the_words_of_a_red_line_get_another_meaning(draft: Draft) -> tuple[Seeded, Amend]:
    about, action, section = draft.new(VALUED), draft.action(), draft.random.choice(draft.sections)
    narrow, wide = nested(draft, about)
    situation = draft.situation(said(about, wide))
    draft.demand(action, situation, section=section)
    line = draft.red_line(where(draft, section, {situation: "是"}), {"应当": [action]})

    def amend(new: Draft, defect: bool) -> None:
        meant = said(about, narrow) if defect else {"任一": [said(about, wide), new.about(new.new())]}
        new.document["情形"][situation] = meant

    return Seeded(f"{line}/0", (), {"form": "应当", "action": draft.ids[action]}), amend


@amends("DF002")
def what_a_red_line_rules_out_is_demanded(draft: Draft) -> tuple[Seeded, Amend]:
    one, two = draft.free(2)
    test, action = draft.test(one), draft.action()
    name = draft.demand(action, {**said(one, test), **draft.about(two)})
    line = draft.red_line(rest_of_mapping(one, test), {"不应当": [action]})

    def amend(new: Draft, defect: bool) -> None:
        new.clause(name)["当"].pop(one.name if defect else two.name)

    return Seeded(f"{line}/0", (), {"form": "不应当", "action": draft.ids[action]}), amend


@amends("DF002")
def a_new_red_line_is_not_kept(draft: Draft) -> tuple[Seeded, Amend]:
    action, section = draft.action(), draft.random.choice(draft.sections)
    one, two = (draft.about(each) for each in draft.free(2))
    draft.demand(action, {**one, **two}, section=section)
    line = f"红线-{draft.counter + 1}"

    def amend(new: Draft, defect: bool) -> None:
        new.red_line(where(new, section, one, *([] if defect else [two])), {"应当": [action]})

    return Seeded(f"{line}/0", (), {"form": "应当", "action": draft.ids[action]}), amend


@amends("DF002", tiers=False)
def a_red_line_needs_the_tier_that_is_changed(draft: Draft) -> tuple[Seeded, Amend]:
    ways = divide(draft)
    tier, name, own = ways[-1]
    line = draft.red_line(where(draft, draft.sections[0], own), {"定级": tier})

    def amend(new: Draft, defect: bool) -> None:
        if defect:
            new.clause(name)["定为"], new.clause(ways[0][1])["定为"] = ways[0][0], tier
        else:
            new.clause(name)["原文"] = "即为最高。"

    return Seeded(f"{line}/tier", (), {"form": "定级", "tiers": (draft.ids[tier],)}), amend


@amends("DF003")
def a_red_line_is_dropped(draft: Draft) -> tuple[Seeded, Amend]:
    action, section = draft.action(), draft.random.choice(draft.sections)
    when = draft.about(*draft.free(1))
    draft.demand(action, when, section=section)
    line = draft.red_line(where(draft, section, when), {"应当": [action]})

    def amend(new: Draft, defect: bool) -> None:
        (written,) = [each for each in new.document["红线"] if each["编号"] == line]
        if not defect:
            written["名称"] = "仍不得破坏"
        elif new.random.random() < 0.5:
            new.document["红线"].remove(written)
        else:
            written["编号"] = "另一条"

    return Seeded(line, (), {"action": draft.ids[action]}), amend


AMENDING = tuple(sorted(AMENDMENTS))


@cache
def amended(code: str, seed: int, *, defect: bool) -> tuple[Seeded, pr.Plan, Difference]:
    """What an amendment does, and the new version."""
    way = AMENDMENTS[code][seed % len(AMENDMENTS[code])]
    old = base(Random(f"{code}-{seed}"), tiers=False if way in AMENDED_WITHOUT_TIERS else None)
    about, amend = way(old)
    new = deepcopy(old)
    amend(new, defect)
    plan = pr.loads(new.text)
    return about, plan, diff(pr.loads(old.text), plan)


@pytest.mark.parametrize("code", AMENDING)
@every_seed
def test_an_amendment_with_a_defect_may_not_pass(code: str, seed: int) -> None:
    about, _, difference = amended(code, seed, defect=True)

    assert {(finding.code, finding.subject) for finding in difference.findings} == {(code, about.subject)}
    assert not difference.may_pass


@pytest.mark.parametrize("code", AMENDING)
@every_seed
def test_an_amendment_without_the_defect_may_pass(code: str, seed: int) -> None:
    _, _, difference = amended(code, seed, defect=False)

    assert [(finding.code, finding.subject) for finding in difference.findings] == []
    assert difference.may_pass


@every_seed
def test_a_protective_duty_lost_is_shown_by_both_decisions(seed: int) -> None:
    about, _, difference = amended("DF001", seed, defect=True)
    (change,) = [
        each for each in difference.changes if each.outcome == ("duty", about.subject, "", "") and not each.gained
    ]

    assert change.shown is not None
    assert change.shown.old.requires(about.subject)
    assert not change.shown.new.requires(about.subject)


@every_seed
def test_a_red_line_broken_is_shown_by_the_decision_of_the_new_plan(seed: int) -> None:
    about, plan, difference = amended("DF002", seed, defect=True)
    (finding,) = difference.findings

    assert finding.witness is not None
    assert SHOWS["PF014"](plan, about, finding.witness)
