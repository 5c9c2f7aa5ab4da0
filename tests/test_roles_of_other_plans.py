"""Who must act, as other plans say it: whoever received it first, all of them, a working group, a stand-in for a role."""

from pathlib import Path
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis import diff, lint, prove
from plan_rules.language.reader import read
from plan_rules.wording import Wording, who

TEXT = (Path(__file__).parent / "data" / "hospital_plan.yaml").read_text(encoding="utf-8")
PLAN = pr.loads(TEXT)
ENGINES = ("durable", "generated", "reference")


def codes(text: str) -> set[str]:
    return {found.code for found in read(text, "example.yaml").diagnostics} - {"PR066"}


def duty(action: str, engine: str = "reference", plan: pr.Plan = PLAN, **facts: Any) -> Any:
    found = pr.decide(plan, {"complaint": True, **facts}, engine=engine)
    return next(each for each in found.duties if each.action == action)


def said(action: str, lang: str = "zh", **facts: Any) -> str:
    return who(duty(action, **facts).bearers, Wording(PLAN, lang))


@pytest.mark.parametrize("engine", ENGINES)
def test_whoever_received_it_first_is_a_choice_of_its_own(engine: str) -> None:
    (bearer,) = duty("receive", engine).bearers

    assert [(group.roles, group.choice) for group in bearer.groups] == [
        (("nurse", "doctor", "office"), "first_contact")
    ]
    assert said("receive") == "护士或医师或投诉办(市一医院)(谁先接到谁负责)"
    assert said("receive", "en") == "护士 or 医师 or 投诉办 (市一医院) (whoever received it first)"


def test_all_of_some_are_each_bound() -> None:
    (bearer,) = duty("attend").bearers

    assert [(group.roles, group.choice) for group in bearer.groups] == [(("doctor",), "any"), (("office",), "any")]
    assert said("attend") == "医师和投诉办(市一医院)"


def test_a_working_group_is_shown_with_its_leader_and_members() -> None:
    found = pr.decide(PLAN, {"complaint": True}).to_dict()["duties"]
    bearer = next(each for each in found if each["action"] == "examine")["bearers"][0]

    assert bearer["posts"] == [
        {"role": "team", "organisation": "", "leader": "head", "members": ["doctor", "partner_engineer"]}
    ]
    assert said("examine") == "专家组(组长 院长; 成员 医师、驻场工程师(维保公司))"
    assert PLAN.roles["head"].member_of == ("team",)


def test_what_a_working_group_must_not_do_its_members_must_not() -> None:
    text = TEXT.replace(
        "    应当: {做: 审查, 责任: 专家组}", "    应当: {做: 审查, 责任: 专家组}\n    不得: {做: 接待, 责任: 专家组}"
    )

    assert "PF005" in {item.code for item in prove(pr.loads(text))}
    assert "PF005" not in {item.code for item in prove(PLAN)}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_deputy_stands_in_for_the_role_named_alone(engine: str) -> None:
    there, away = (duty("approve", engine, head_there=there).bearers[0].deputies for there in (True, False))

    assert (there, away) == ((), ("vice_head",))
    assert duty("receive", engine, head_there=False).bearers[0].deputies == ()
    assert said("approve", head_there=False) == "院长 (顶岗: 副院长)"


def test_another_deputy_is_a_change() -> None:
    other = pr.loads(TEXT.replace("替谁: [院长]", "替谁: [护士]"))

    assert any(change.outcome.kind == "deputy" for change in diff(PLAN, other).changes)


def test_a_role_is_found_by_its_other_names() -> None:
    assert PLAN.clauses["一.b"].norms[0].bearers.roles == ("doctor", "office")
    assert TEXT.count("责任: {全部: [大夫, 投诉办]}") == 1
    assert codes(TEXT.replace("又称: [大夫]", "又称: [护士]")) >= {"PR024"}
    assert codes(TEXT.replace(", 又称: [大夫]", "")) == {"PR033"}


def test_only_plans_that_say_so_have_more_of_a_bearer_in_the_json() -> None:
    (bearer,) = duty("approve").bearers

    assert bearer.posts == ()
    assert list(pr.decide(PLAN, {"complaint": True}).to_dict()["duties"][0]["bearers"][0]) == [
        "groups",
        "through",
        "deputies",
        "excepted",
        "posts",
    ]


def test_an_unknown_member_or_choice_is_pointed_out() -> None:
    assert codes(TEXT.replace("组长: 院长", "组长: 校长")) == {"PR033"}
    assert codes(TEXT.replace("{首接:", "{先接:")) == {"PR020"}


def test_nobody_who_is_only_in_a_working_group_counts_as_unused() -> None:
    assert [item.message.zh for item in lint(PLAN) if item.code == "LN006"] == []
