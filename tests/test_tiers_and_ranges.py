"""Tiers that count down to the most severe, ranges with two ends, and what a number counts."""

from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.cases.case import higher
from plan_rules.cases.case_page import case_page, lines
from plan_rules.cases.event import Observed
from plan_rules.cases.story import Story as StoryOfCase
from plan_rules.cli.condition_text import condition_lines
from plan_rules.condition import All, Condition, Is, TierIs, Within
from plan_rules.decision_page import page
from plan_rules.incident import json_schema
from plan_rules.language.reader import read
from plan_rules.phrases import condition_phrase
from plan_rules.predicate import compiled
from tests.cases.case_stories import opened

HALL = (Path(__file__).parent / "data" / "hall_plan.yaml").read_text(encoding="utf-8")
PEAKS = "取值: {曾达Ⅳ级: tier_4, 曾达Ⅲ级: tier_3, 曾达Ⅱ级: tier_2, 曾达Ⅰ级: tier_1}"
BACKWARDS = "取值: {曾达Ⅰ级: tier_1, 曾达Ⅱ级: tier_2, 曾达Ⅲ级: tier_3, 曾达Ⅳ级: tier_4}"
DOWN = pr.loads(HALL)
UP = pr.loads(HALL.replace("级数: 小者重", "级数: 大者重").replace(PEAKS, BACKWARDS))
ENGINES = ("durable", "generated", "reference")


def codes(text: str) -> set[str]:
    return {found.code for found in read(text, "example.yaml").diagnostics} - {"PR066"}


def tier(plan: pr.Plan, people: int, *, engine: str = "reference", **more: object) -> tuple[str, int]:
    found = pr.decide(plan, {"people": people, **more}, engine=engine).tier
    assert found
    return found.id, found.rank


@pytest.mark.parametrize("engine", ENGINES)
def test_where_one_is_the_worst_the_most_severe_tier_is_taken_and_its_number_is_kept(engine: str) -> None:
    assert [tier(DOWN, people, engine=engine) for people in (1, 10, 49, 50, 200)] == [
        ("tier_4", 4),
        ("tier_3", 3),
        ("tier_3", 3),
        ("tier_2", 2),
        ("tier_1", 1),
    ]


@pytest.mark.parametrize("engine", ENGINES)
def test_what_is_asked_from_a_tier_up_is_asked_in_the_more_severe_ones(engine: str) -> None:
    def asked(plan: pr.Plan) -> list[bool]:
        return [pr.decide(plan, {"people": people}, engine=engine).requires("report_up") for people in (1, 10, 50, 200)]

    assert asked(DOWN) == [False, False, True, True]
    assert asked(pr.loads(HALL.replace("至少 Ⅱ级", "Ⅲ级"))) == [False, True, False, False]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_tier_goes_by_a_degree_and_by_what_the_case_was_before(engine: str) -> None:
    assert tier(DOWN, 1, engine=engine, mood="violent") == ("tier_2", 2)
    assert tier(DOWN, 1, engine=engine, mood="loud") == ("tier_4", 4)
    assert tier(DOWN, 1, engine=engine, peak="tier_2") == ("tier_3", 3)
    assert tier(DOWN, 1, engine=engine, peak="tier_4") == ("tier_4", 4)


def test_counted_the_other_way_the_same_conditions_give_the_mildest() -> None:
    assert tier(UP, 200) == ("tier_4", 4)


def test_taking_the_lowest_takes_the_least_severe() -> None:
    lowest = pr.loads(HALL.replace("取: 最高", "取: 最低"))

    assert tier(lowest, 200) == ("tier_4", 4)


def condition_of(phrase: str, plan: str = HALL) -> Condition:
    """The condition that a 情形 with this phrase has."""
    found = pr.loads(plan.replace("  大规模: {等级: 至少 Ⅱ级}", f"  大规模: {phrase}")).situations["大规模"].condition
    assert isinstance(found, All)
    return found.parts[0]


@pytest.mark.parametrize(
    ("phrase", "tiers"),
    [
        ("至少 Ⅱ级", {"tier_1", "tier_2"}),
        ("超过 Ⅱ级", {"tier_1"}),
        ("至多 Ⅲ级", {"tier_3", "tier_4"}),
        ("不足 Ⅲ级", {"tier_4"}),
        ("至少 Ⅲ级 且不足 Ⅰ级", {"tier_2", "tier_3"}),
        ("at most Ⅱ级 and more than Ⅳ级", {"tier_2", "tier_3"}),
    ],
)
def test_bounds_on_tiers_go_by_severity(phrase: str, tiers: set[str]) -> None:
    found = condition_of("{等级: " + phrase + "}")

    assert isinstance(found, TierIs)
    assert set(found.tiers) == tiers


def test_the_peak_of_a_case_is_its_most_severe_tier() -> None:
    assert higher(DOWN, "tier_3", "tier_2") == "tier_2"
    assert higher(UP, "tier_3", "tier_2") == "tier_3"
    assert [DOWN.severity(name) for name in ("tier_4", "tier_1", None)] == [1, 4, 0]


def test_the_page_is_coloured_by_severity() -> None:
    worst, mildest = (page(pr.decide(DOWN, {"people": people}), DOWN) for people in (200, 1))

    assert (worst.rank, mildest.rank) == (4, 1)


def test_a_fact_of_tiers_listed_by_their_numbers_is_refused() -> None:
    assert codes(HALL) == set()
    assert codes(HALL.replace(PEAKS, BACKWARDS)) == {"PR080"}


# --------------------------------------------------------------------------- ranges


WORDS = {"至少": ("at least", 0), "超过": ("more than", 1), "至多": ("at most", 0), "不足": ("less than", -1)}


@given(
    low=st.sampled_from(("至少", "超过")),
    high=st.sampled_from(("至多", "不足")),
    ends=st.tuples(st.integers(0, 500), st.integers(0, 500)),
    english=st.booleans(),
    swapped=st.booleans(),
    spaced=st.booleans(),
)
def test_a_number_between_two_bounds_is_a_closed_range(
    low: str, high: str, ends: tuple[int, int], english: bool, swapped: bool, spaced: bool
) -> None:
    space = " " if spaced or english else ""
    parts = [f"{WORDS[word][0] if english else word}{space}{end}" for word, end in zip((low, high), ends, strict=True)]
    phrase = (" and " if english else space + "且").join(reversed(parts) if swapped else parts)
    first, last = ends[0] + WORDS[low][1], ends[1] + WORDS[high][1]
    text = HALL.replace("  大规模: {等级: 至少 Ⅱ级}", f"  大规模: {{人数: {phrase}}}")

    if first > last:
        assert codes(text) == {"PR081"}
    elif last >= 0 and first <= 1000:
        assert condition_of(f"{{人数: {phrase}}}") == Within("people", first, last)


ORDER = ("calm", "loud", "violent")
LABELS = ("平和", "争吵", "动手")


@pytest.mark.parametrize(("low", "high"), list(product(("至少", "超过"), ("至多", "不足"))))
def test_values_between_two_bounds_are_those_from_the_one_to_the_other(low: str, high: str) -> None:
    for one, other in combinations(range(3), 2):
        kept = ORDER[one + WORDS[low][1] : other + 1 + WORDS[high][1]]
        phrase = f"{{态势: {low} {LABELS[one]} 且{high} {LABELS[other]}}}"
        if kept:
            assert condition_of(phrase) == Is("mood", kept)
        else:
            assert codes(HALL.replace("{等级: 至少 Ⅱ级}", phrase)) == {"PR081"}


@pytest.mark.parametrize(
    ("phrase", "code"),
    [
        ("{人数: 至少 10 且超过 20}", "PR082"),
        ("{人数: 至多 10 且不足 20 且至少 1}", "PR082"),
        ("{人数: 至少 10 且不足 10}", "PR081"),
        ("{态势: 超过 动手}", "PR081"),
        ("{等级: 超过 Ⅰ级}", "PR081"),
        ("{等级: 至少 Ⅰ级 且至多 Ⅱ级}", "PR081"),
        ("{人数: 至少 10 且不足 5000}", "PR041"),
        ("{人数: 至少 10 且不足 五十}", "PR040"),
    ],
)
def test_a_range_that_makes_no_sense_is_pointed_out_where_it_stands(phrase: str, code: str) -> None:
    text = HALL.replace("{等级: 至少 Ⅱ级}", phrase)
    found = [item for item in read(text, "example.yaml").diagnostics if item.code == code]

    assert codes(text) == {code}
    assert found[0].span
    assert text.splitlines()[found[0].span.line - 1][found[0].span.column - 1 :].startswith(
        ("至", "超", "不足", "5000", "五十")
    )


def test_a_condition_says_a_range_as_a_plan_file_does() -> None:
    condition = Within("people", 10, 49)

    for lang in ("zh", "en"):
        assert condition_of(condition_phrase(condition, DOWN, lang)) == condition


def test_a_value_whose_name_begins_like_a_phrase_is_the_value() -> None:
    text = HALL.replace("平和", "不足挂齿").replace("动手", "超过限度")

    assert condition_of("{态势: [不足挂齿, 超过限度]}", text) == Is("mood", ("calm", "violent"))
    assert condition_of("{态势: 超过限度}", text) == Is("mood", ("violent",))
    assert condition_of("{态势: 不足 超过限度}", text) == Is("mood", ("calm", "loud"))


# --------------------------------------------------------------------------- units


def test_what_a_number_counts_is_said_with_it() -> None:
    assert condition_lines(Within("people", 10, None), DOWN) == ["人数 至少 10 人"]
    assert condition_lines(Within("people", 10, 49), DOWN, "en") == ["people: 10–49 人"]
    assert json_schema(DOWN)["properties"]["people"]["description"] == "现场有几个人?; 单位: 人"


def test_only_a_number_has_a_unit() -> None:
    assert codes(HALL.replace("默认: 平和", "默认: 平和, 单位: 人")) == {"PR083"}


# --------------------------------------------------------------------------- cases


def test_a_case_remembers_its_worst_tier_and_shows_it_once_it_is_milder() -> None:
    story = opened({"people": 200}, "2026-03-02T09:00", DOWN)
    story.tell("2026-03-02T09:30", Observed(facts={"people": 1}))
    shown = case_page(StoryOfCase(story.case, (), ()), story.case.at)

    assert (story.case.tier, story.case.peak) == ("tier_3", "tier_1")
    assert (shown.rank, shown.peak_rank) == (2, 4)
    assert "最高曾达Ⅰ级" in "\n".join(lines(shown))


@pytest.mark.parametrize("engine", ENGINES)
def test_an_incident_that_may_be_worse_still_is_at_least_the_tier_that_it_is(engine: str) -> None:
    everywhere = pr.loads(HALL.replace("  适用: 有人聚集\n", ""))
    found = pr.decide(everywhere, {"people": pr.UNKNOWN, "mood": "violent"}, engine=engine)

    assert found.tier and found.tier.id == "tier_2"
    assert found.requires("report_up")
    assert [each.fact for each in found.undetermined] == ["people"]  # whether it is Ⅱ or Ⅰ is still asked


def test_tiers_asked_for_together_are_the_tiers_asked_for_one_by_one_where_all_is_known() -> None:
    for plan, size in product((DOWN, UP), range(1, 5)):
        for asked in combinations(plan.tiers, size):
            holds = compiled(TierIs(asked), plan, {})
            for people, mood in product((0, 1, 10, 50, 200), ("calm", "violent")):
                wide = {"people": people, "mood": mood, "peak": "tier_4"}
                assert holds(wide) is any(compiled(TierIs((tier,)), plan, {})(wide) for tier in asked)


def test_where_a_clause_gives_every_incident_a_tier_many_facts_may_raise_it() -> None:
    signs = [f"征兆{number}" for number in range(15)]
    declared = "".join(f"  {name}: {{编号: sign_{at}, 类型: 是否, 默认: 否}}\n" for at, name in enumerate(signs))
    raised = ", ".join(f"{{{name}: 是}}" for name in signs)
    text = HALL.replace("事实:\n", "事实:\n" + declared).replace("{态势: 至少 动手}", f"{{任一: [{raised}]}}")

    assert codes(text) == set()
    assert codes(text.replace("{编号: 一.a, ", "{编号: 一.a, 当: {人数: 至多 500}, ")) == {"PR069"}
