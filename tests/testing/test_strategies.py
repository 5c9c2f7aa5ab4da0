"""What is drawn is what it says it is: incidents that can be, of the region asked for, each as likely as the other."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from functools import lru_cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, assume, find, given, seed, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.analysis.proving import proof
from plan_rules.analysis.scales import scales
from plan_rules.condition import All, Earlier, Is, Not, TierIs, Within
from plan_rules.engines import ENGINES
from plan_rules.errors import CalendarUnknown, PlanRulesError
from plan_rules.fact import Kind
from plan_rules.facts import fact_reader
from plan_rules.testing import (
    Amendment,
    RegionInvalid,
    amendments,
    any_facts,
    boundary_incidents,
    incidents,
    plan_texts,
    plans,
    region,
    stated_incidents,
)
from plan_rules.testing.drawn_incidents import DrawnIncidents, drawing_of
from plan_rules.truth import truth
from tests.pace import seconds_of

SHIPPED = pr.load()
SMALL = pr.load(Path(__file__).parents[1] / "data" / "small_plan.yaml")
TIED = """
预案: {编号: tied, 名称: 相连的事实, 版本: "1"}
角色: {值班员: {编号: guard}}
事实:
  打人: {编号: assault, 类型: 是否, 默认: 否}
  程度: {编号: level, 类型: 等次, 取值: {无: none, 轻: minor, 重: serious}, 默认: 无}
  记录: {编号: recorded, 类型: 是否, 默认: 否}
  人数: {编号: people, 类型: 整数, 最小: 1, 最大: 30, 默认: 1}
  回应: {编号: answer, 类型: 等次, 取值: {慢: slow, 中: fair, 快: quick}, 默认: 快}
动作: {报警: {编号: call}, 登记: {编号: register}}
推定:
- {编号: I1, 若: {打人: 是}, 则: {程度: 至少 轻}}
- {编号: I2, 若: {程度: 轻}, 则: {记录: 是}}
- {编号: I3, 若: {打人: 是}, 则: {回应: 至少 中}}
不可能:
- {编号: X1, 组合: {程度: 重, 记录: 未填}}
- {编号: X2, 组合: {打人: 是, 人数: 1}}
正文:
- 章节: 一
  条款:
  - {编号: 一.1, 原文: 严重的报警。, 当: {程度: 重, 人数: 至少 5}, 应当: {做: 报警, 责任: 值班员}}
  - {编号: 一.2, 原文: 登记。, 当: {记录: 是}, 应当: {做: 登记, 责任: 值班员}}
"""
KNOWN = [SHIPPED, SMALL, pr.loads(TIED)]
QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
HUNT = settings(
    max_examples=5_000, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
any_plan = st.one_of(st.sampled_from(KNOWN), plans())


def draw_from(plan, data):
    """An incident of the plan drawn by one of the strategies, whichever."""
    strategies = [
        incidents(plan),
        incidents(plan, unknowns=True),
        boundary_incidents(plan),
        stated_incidents(plan),
    ]
    return data.draw(st.one_of(strategies))


@QUICK
@given(any_plan, st.data())
def test_every_incident_drawn_is_accepted(plan, data):
    for _ in range(5):
        pr.decide(plan, draw_from(plan, data))


@pytest.mark.parametrize("plan", KNOWN, ids=lambda plan: plan.id)
def test_what_presumptions_and_impossible_combinations_tie_together_is_accepted_however_it_is_told(plan):
    """Many more incidents than Hypothesis would draw: of these plans the rare ones are the hard ones."""
    drawing, random = drawing_of(plan), Random(11)
    drawn = DrawnIncidents(drawing, drawing.possible & drawing.as_chosen)
    reader = fact_reader(plan)

    for _ in range(600):
        for told in (drawn.whole, drawn.with_unknowns, drawn.as_told):
            reader.read(told(random.randrange))


@pytest.mark.parametrize("plan", KNOWN, ids=lambda plan: plan.id)
def test_what_is_left_out_of_a_complete_incident_is_taken_to_be_what_was_drawn(plan):
    drawing, random = drawing_of(plan), Random(12)
    drawn = DrawnIncidents(drawing, drawing.possible & drawing.as_chosen)
    read = fact_reader(plan).read

    for _ in range(300):
        point, facts = drawn._complete(random.randrange)
        assert read(drawn._shortened(point, facts)).wide == read(facts).wide


@QUICK
@given(any_plan, st.data())
def test_all_engines_agree_on_every_incident_drawn(plan, data):
    facts = draw_from(plan, data)

    assert len({pr.decide(plan, facts, engine=engine).to_json() for engine in ENGINES}) == 1


@QUICK
@given(any_plan, st.data())
def test_of_a_complete_incident_all_that_conditions_are_about_is_known(plan, data):
    wide = fact_reader(plan).read(data.draw(incidents(plan))).wide

    assert scales([plan]).keys() <= wide.keys()


@QUICK
@given(st.data())
def test_unknown_facts_are_unknown_and_others_are_not(data):
    facts = data.draw(incidents(SHIPPED, unknowns=True))
    values = fact_reader(SHIPPED).read(facts).values

    for fact, value in facts.items():
        assert (value == "unknown") >= (values[fact] == pr.UNKNOWN)


def test_incidents_with_unknown_facts_come_up():
    assert find(incidents(SMALL, unknowns=True), lambda facts: facts.get("extent") == "unknown") == {
        "extent": "unknown"
    }


def test_what_is_told_is_sometimes_all_and_sometimes_nothing():
    assert find(stated_incidents(SMALL), lambda facts: facts.keys() >= {"smoke", "flames", "extent", "people"})
    assert find(stated_incidents(SMALL), lambda _: True) == {}


# --------------------------------------------------------------------------- distribution and shrinking


def test_every_incident_is_as_likely_as_the_other():
    """Chi-square over all points of a small plan, picked by a seeded random; 0.1 % of fair samples would fail."""
    plan = KNOWN[-1]
    drawing = drawing_of(plan)
    here = drawing.possible & drawing.as_chosen
    drawn, random = DrawnIncidents(drawing, here), Random(20)
    points = [tuple(drawn._chances.point(random.randrange).values()) for _ in range(8_000)]
    counts, total = Counter(points), drawing.space.count(here, plain=True)
    expected = len(points) / total

    assert len(counts) == total
    chi_square = sum((count - expected) ** 2 / expected for count in counts.values())
    assert chi_square < total + 4 * (2 * total) ** 0.5


def test_hypothesis_draws_them_about_evenly():
    seen: Counter[bool] = Counter()

    @seed(3)
    @settings(max_examples=1_000, deadline=None, database=None)
    @given(incidents(SMALL))
    def draw(facts):
        seen[bool(facts.get("smoke"))] += 1

    draw()
    assert 0.4 < seen[True] / sum(seen.values()) < 0.6


def test_the_simplest_incident_is_the_usual_one():
    assert find(incidents(SMALL), lambda _: True) == {}
    assert find(boundary_incidents(SMALL), lambda _: True) == {}


def test_what_is_found_is_told_in_the_few_facts_that_make_it_so():
    """The facts whose default is unknown are always told of a complete incident."""
    found = find(incidents(SHIPPED), lambda facts: pr.decide(SHIPPED, facts).requires("call_police"), settings=HUNT)
    away = {fact: value for fact, value in found.items() if SHIPPED.facts[fact].default is not pr.UNKNOWN}

    assert away["aggression_level"] == "serious"
    assert len(away) <= 2
    assert not any(value for fact, value in found.items() if fact not in away)


def test_an_incident_takes_less_than_five_milliseconds():
    drawn = DrawnIncidents(drawing_of(SHIPPED), drawing_of(SHIPPED).possible)
    random = Random(1)
    drawn.whole(random.randrange)

    assert seconds_of(lambda: [drawn.whole(random.randrange) for _ in range(50)]) / 50 < 0.005


# --------------------------------------------------------------------------- regions


@QUICK
@given(st.data())
def test_incidents_of_a_clause_fire_it(data):
    plan = data.draw(st.sampled_from(KNOWN))
    clause = data.draw(st.sampled_from([*plan.clauses]))

    assert clause in pr.decide(plan, data.draw(region(plan, clause=clause))).fired


@QUICK
@given(any_plan, st.data())
def test_incidents_of_a_duty_demand_it(plan, data):
    action = data.draw(st.sampled_from([*plan.actions]))
    try:
        incident = region(plan, duty=action)
    except RegionInvalid:
        assume(False)

    assert pr.decide(plan, data.draw(incident)).requires(action)


@QUICK
@given(st.data())
def test_incidents_of_a_situation_meet_it(data):
    plan = data.draw(st.sampled_from([SHIPPED, SMALL]))
    name = data.draw(st.sampled_from([*plan.situations]))
    wide = fact_reader(plan).read(data.draw(region(plan, situation=name))).wide

    assert truth(plan.situations[name].condition, wide, plan, plan.chosen()) is True


@QUICK
@given(st.data())
def test_incidents_of_a_condition_meet_it_though_the_plan_cuts_numbers_elsewhere(data):
    condition = All((Within("complainant_count", 17, 23), Not(TierIs(("tier_3_serious_aggression",)))))
    facts = data.draw(region(SHIPPED, condition=condition))

    assert 17 <= facts["complainant_count"] <= 23
    assert str(pr.decide(SHIPPED, facts).tier and pr.decide(SHIPPED, facts).tier.id) != "tier_3_serious_aggression"


@QUICK
@given(region(SHIPPED, condition=Is("complexity", ("very_complex",))))
def test_a_region_may_rest_on_a_fact_that_no_condition_of_the_plan_is_about(facts):
    assert facts["complexity"] == "very_complex"


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({}, "exactly one"),
        ({"clause": "三.3.c", "duty": "call_police"}, "exactly one"),
        ({"clause": "三.3.z"}, "no clause '三.3.z'"),
        ({"duty": "call_polise"}, "no action 'call_polise'"),
        ({"situation": "没有这种情形"}, "no situation"),
        ({"condition": Is("nothing", (True,))}, "no fact 'nothing'"),
        ({"condition": Earlier("police_called_at", "exec_arrived_at")}, "earlier than"),
        ({"condition": All((Is("staff_assaulted", (True,)), Is("aggression_level", ("none",))))}, "nothing to draw"),
        ({"duty": "argue_with_customer"}, "nothing to draw"),
    ],
)
def test_a_region_that_is_none_is_refused_with_a_reason(asked, words):
    with pytest.raises(RegionInvalid, match=words) as refused:
        region(SHIPPED, **asked)

    assert isinstance(refused.value, ValueError)
    assert isinstance(refused.value, PlanRulesError)


# --------------------------------------------------------------------------- boundaries


@QUICK
@given(any_plan, st.data())
def test_at_a_boundary_every_number_is_an_end_and_every_ordinal_first_or_last(plan, data):
    facts = {**{fact.id: fact.default for fact in plan.facts.values()}, **data.draw(boundary_incidents(plan))}

    for name, scale in scales([plan]).items():
        if scale.fact.kind is Kind.INTEGER:
            assert any(facts[name] in interval for interval in scale.values)
    for fact in SMALL.facts.values() if plan is SMALL else ():
        assert fact.kind is not Kind.ORDINAL or facts[fact.id] in (fact.domain[0], fact.domain[-1])


def test_both_sides_of_a_cut_come_up():
    sides = [find(boundary_incidents(SMALL), lambda facts, n=n: facts.get("people", 0) == n) for n in (19, 20)]

    assert [side["people"] for side in sides] == [19, 20]


@QUICK
@given(boundary_incidents(SHIPPED))
def test_at_a_boundary_few_facts_are_away_from_the_default(facts):
    away = [fact for fact, value in facts.items() if SHIPPED.facts[fact].default not in (value, pr.UNKNOWN)]

    assert len(away) < 40


# --------------------------------------------------------------------------- anything, and plans


@settings(QUICK, max_examples=300)
@given(st.data())
def test_anything_is_decided_or_refused(data):
    plan = data.draw(st.sampled_from(KNOWN))
    try:
        assert pr.decide(plan, data.draw(any_facts(plan))).plan.id == plan.id
    except pr.FactsInvalid as refused:
        assert refused.diagnostics
    except CalendarUnknown:
        pass


def test_most_of_anything_is_refused_and_some_is_not():
    verdicts = {True: 0, False: 0}

    @seed(1)
    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(any_facts(SMALL))
    def draw(facts):
        try:
            pr.decide(SMALL, facts)
        except (pr.FactsInvalid, CalendarUnknown):
            verdicts[False] += 1
        else:
            verdicts[True] += 1

    draw()
    assert verdicts[False] > verdicts[True] > 0


@QUICK
@given(plan_texts())
def test_the_text_of_a_plan_is_a_file_without_errors_of_which_something_can_be(text):
    plan = pr.loads(text)

    assert "&" not in text
    incidents(plan)


@settings(QUICK, max_examples=25)
@given(plans())
def test_plans_can_be_proved(plan):
    assert proof(plan).undecided == ()


@pytest.mark.parametrize(
    "has",
    [
        lambda plan: plan.presumptions and plan.impossibles,
        lambda plan: any(clause.exemptions for clause in plan.clauses.values()),
        lambda plan: len(plan.tiers) > 1,
        lambda plan: any(norm.modality == "permission" for clause in plan.clauses.values() for norm in clause.norms),
        lambda plan: any(norm.strength_by for clause in plan.clauses.values() for norm in clause.norms),
        lambda plan: any(norm.limit and norm.limit.amount for clause in plan.clauses.values() for norm in clause.norms),
        lambda plan: plan.invariants,
        lambda plan: plan.exclusions,
        lambda plan: any(clause.handoff for clause in plan.clauses.values()),
        lambda plan: any(norm.approvals for clause in plan.clauses.values() for norm in clause.norms),
        lambda plan: any(norm.discretion for clause in plan.clauses.values() for norm in clause.norms),
        lambda plan: any(norm.rung and norm.rung.of > 1 for clause in plan.clauses.values() for norm in clause.norms),
    ],
    ids=[
        *("bounds", "exceptions", "tiers", "permissions", "readings", "deadlines", "invariants"),
        *("exclusions", "handoffs", "approvals", "discretion", "ladders"),
    ],
)
def test_plans_have_every_part_of_the_language(has):
    assert any(has(plan) for plan in hundred_plans())


@lru_cache(maxsize=1)
def hundred_plans():
    found = []

    @seed(5)
    @settings(max_examples=100, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(plans())
    def draw(plan):
        found.append(plan)

    draw()
    return found


# --------------------------------------------------------------------------- amendments


@QUICK
@given(any_plan, st.data())
def test_an_amended_plan_differs_in_one_place_and_decides(plan, data):
    amended = data.draw(amendments(plan))
    changed = {
        name
        for part in ("clauses", "sections", "situations", "readings")
        for name in getattr(plan, part)
        if getattr(plan, part)[name] != getattr(amended.plan, part).get(name)
    }

    assert amended.about in changed
    assert amended.plan != plan
    assert amended.before == plan
    assert {other for other in changed if other in plan.clauses} <= {amended.about, *following(plan, amended.about)}
    pr.decide(amended.plan, {})


def following(plan, about):
    """The clauses that say something of a clause or stand in a section, and those that hold whenever they do."""
    found = {about} | {clause.id for clause in plan.clauses.values() if clause.section == about}
    while True:
        more = {
            other.id
            for other in plan.clauses.values()
            if found & {*other.serves, *other.governs, *(exemption.clause for exemption in other.exemptions)}
        }
        if more <= found:
            return found
        found |= more


@QUICK
@given(amendments(SMALL), amendments(SMALL))
def test_amendments_have_digests_of_their_own(one, other):
    assert (one.plan.digest == other.plan.digest) == (one is other)


@pytest.mark.parametrize(
    "words",
    ["删去本条", "写反", "} 漏写", "20 → 21", "漏写“拨打119”", "的时限误写为“11分钟”", "改用 B"],
)
def test_every_kind_of_amendment_comes_up(words):
    found = find(amendments(SMALL), lambda amended: words in amended.description.zh, settings=HUNT)

    assert isinstance(found, Amendment)


def test_negating_the_condition_of_a_clause_turns_it_around():
    found = find(
        amendments(SMALL),
        lambda amended: amended.about == "一.c" and "写反" in amended.description.zh and "人多" in str(amended),
        settings=HUNT,
    )
    facts = {"smoke": True, "people": 3}

    assert ("一.c" in pr.decide(SMALL, facts).fired) != ("一.c" in pr.decide(found.plan, facts).fired)


def test_every_place_is_as_likely_to_be_amended():
    seen: Counter[str] = Counter()

    @seed(4)
    @settings(max_examples=400, deadline=None, database=None)
    @given(amendments(SHIPPED))
    def draw(amended):
        seen[amended.about] += 1

    draw()
    assert len(seen) > 80
    assert max(seen.values()) < 40


# --------------------------------------------------------------------------- what Hypothesis shows


@pytest.mark.parametrize(
    "strategy",
    [
        incidents(SHIPPED),
        region(SHIPPED, clause="三.3.c"),
        boundary_incidents(SHIPPED),
        stated_incidents(SHIPPED),
        any_facts(SHIPPED),
        amendments(SHIPPED),
        plans(),
    ],
)
def test_what_hypothesis_writes_out_is_short(strategy):
    """A long one is a warning of Hypothesis, and an error where warnings are."""
    assert len(repr(strategy)) < 200


def test_an_amendment_is_shown_by_what_was_changed():
    assert len(repr(find(amendments(SHIPPED), lambda _: True))) < 200


# --------------------------------------------------------------------------- what is installed


def test_without_hypothesis_the_import_says_what_to_install():
    program = """
import sys
sys.modules["hypothesis"] = None
import plan_rules
import plan_rules.testing.plugin  # pytest loads it in every run: it must not need Hypothesis
try:
    from plan_rules.testing import incidents
except ImportError as missing:
    print(missing)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    (line,) = done.stdout.splitlines()
    assert "pip install 'plan-rules[testing]'" in line
    assert "需要" in line and "needs" in line


def test_neither_the_library_nor_the_plugin_loads_hypothesis():
    program = """
import sys, plan_rules, plan_rules.testing.plugin
print({"hypothesis", "pytest", "oxidd"} & {*sys.modules})
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"
