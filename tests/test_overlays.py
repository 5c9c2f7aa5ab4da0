"""Files laid over a plan: what is in force when, what prevails over what, and that the plan's own words stay its own."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.engines import ENGINES
from plan_rules.layer import Force
from plan_rules.loading import compose, reload

DAY = dt.date(2026, 3, 5)
HEAD = """\
叠加: {编号: credit, 名称: 征信规定, 版本: "1", 叠加于: zhijin-complaint, 位阶: 行政法规, 来源: 国务院, 施行: 2013-03-15}
事实:
  投诉涉及征信异议: {id: credit_disputed, 类型: 是否, 默认: 否}
"""
WRITTEN_REPLY = """\
- 编号: W1
  依据: 征信业管理条例
  条文: 第25条
  摘要: 收到征信异议, 20日内核查处理并书面答复异议人
  关系: 冲突
  条款:
  - 编号: W1
    当: {投诉涉及征信异议: 是}
    应当: {做: 给客户书面答复, 责任: 我行, 对象: 投诉客户, 起算: 投诉受理日,
           时限: {按日期: {2013-03-15: 20自然日, 2030-01-01: 10自然日}}}
"""
RESOLVED = """\
裁决:
- {胜: W1, 负: 四.4.d, 动作: 给客户书面答复, 理由: 上位法优先, 决定: 合规}
"""
DISPUTED = {"credit_disputed": True, "written_reply_requested": True, "complaint_received_on": "2026-03-02"}
BANK = """\
叠加: {编号: bank, 名称: 本行规定, 版本: "1", 叠加于: zhijin-complaint, 位阶: 本行, 来源: 合规部}
"""


def credit(provision: str = WRITTEN_REPLY, more: str = RESOLVED) -> str:
    return f"{HEAD}条目:\n{provision}{more}"


@pytest.fixture
def laid(tmp_path: Path) -> "Laid":
    return Laid(tmp_path)


class Laid:
    """Lays texts over the shipped plan, from files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self, *texts: str, at: dt.date = DAY) -> pr.Plan:
        return pr.load(overlays=self.files(*texts), at=at)

    def files(self, *texts: str) -> list[Path]:
        files = [self._folder / f"overlay{number}.yaml" for number, _ in enumerate(texts)]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, encoding="utf-8")
        return files

    def codes(self, *texts: str) -> set[str]:
        return {found.code for found in pr.check(overlays=self.files(*texts), at=DAY)}


def test_a_plan_without_overlays_says_nothing_of_them() -> None:
    decision = pr.decide(pr.load(), {"staff_assaulted": True})

    assert pr.load().layering is None
    assert not {"sources", "overrides"} & decision.to_dict().keys()


def test_the_law_prevails_over_the_plan_and_the_decision_names_both(laid: Laid) -> None:
    decision = pr.decide(laid(credit()), DISPUTED, at=DAY)

    assert decision.requires("give_written_reply")
    assert not decision.forbids("give_written_reply")
    (override,) = decision.to_dict()["overrides"]
    assert override["winner"] == {
        "clause": "W1",
        "says": "duty",
        "layer": "credit",
        "instrument": "征信业管理条例",
        "article": "第25条",
        "authority": "administrative_regulation",
    }
    assert override["loser"] == {
        "clause": "四.4.d",
        "says": "prohibition",
        "layer": "zhijin-complaint",
        "instrument": "织金惠民村镇银行客户投诉应急预案",
        "article": "四.4.d",
        "authority": "bank",
    }
    assert (override["reason"], override["decided_by"]) == ("上位法优先", "合规")
    (source,) = decision.to_dict()["sources"]
    assert [clause["clause"] for clause in source["clauses"]] == ["W1"]


def test_what_does_not_come_up_in_an_incident_overrides_nothing(laid: Laid) -> None:
    decision = pr.decide(laid(credit()), {"written_reply_requested": True}, at=DAY)

    assert decision.forbids("give_written_reply")
    assert decision.overrides == ()
    assert [source.clauses for source in decision.sources] == [()]


@pytest.mark.parametrize(
    ("day", "deadline"),
    [("2013-03-14", None), ("2013-03-15", "2026-03-22"), ("2029-12-31", "2026-03-22"), ("2030-01-01", "2026-03-12")],
)
def test_the_version_in_force_on_the_day_is_taken(laid: Laid, day: str, deadline: str | None) -> None:
    at = dt.date.fromisoformat(day)
    decision = pr.decide(laid(credit(), at=at), DISPUTED, at=at)
    found = {duty.action: duty.deadline.due for duty in decision.duties if duty.deadline and duty.deadline.due}

    assert found.get("give_written_reply") == deadline
    assert decision.forbids("give_written_reply") == (deadline is None)


def test_a_composition_is_not_used_on_a_day_it_does_not_hold(laid: Laid) -> None:
    plan = laid(credit())

    for day in ("2013-03-14", "2030-01-01"):
        with pytest.raises(pr.FactsInvalid) as refused:
            pr.decide(plan, DISPUTED, at=day)
        assert [found.code for found in refused.value.diagnostics] == ["OV009"]
    assert pr.decide(plan, DISPUTED).requires("give_written_reply")


def test_compositions_between_two_turns_are_one_plan(laid: Laid) -> None:
    same = {laid(credit(), at=day).digest for day in (dt.date(2013, 3, 15), DAY, dt.date(2029, 12, 31))}

    assert len(same) == 1
    assert laid(credit(), at=dt.date(2030, 1, 1)).digest not in same
    assert laid(credit() + "# \n").digest not in same


def test_a_composed_plan_is_read_again_from_its_text(laid: Laid) -> None:
    plan = laid(credit())
    again = reload(plan.text, plan.source.raw if plan.source else None)

    assert plan.digest == "sha256:" + hashlib.sha256(plan.text).hexdigest()
    assert again == plan
    assert pr.decide(again, DISPUTED, at=DAY).to_json() == pr.decide(plan, DISPUTED, at=DAY).to_json()


def test_composing_over_a_plan_gives_what_loading_it_with_overlays_does(laid: Laid) -> None:
    files = laid.files(credit())
    plan = pr.load(overlays=files, at=DAY)

    assert compose(pr.load(), files, at=DAY) == plan
    assert compose(plan, files, at=DAY) == plan
    assert compose(plan, [], at=DAY) == pr.load()


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_decides_a_composed_plan_alike(laid: Laid, engine: str) -> None:
    plan = laid(credit())

    assert pr.decide(plan, DISPUTED, at=DAY, engine=engine).to_json() == pr.decide(plan, DISPUTED, at=DAY).to_json()


def test_what_is_to_be_confirmed_takes_no_effect_until_the_bank_confirms_it(laid: Laid) -> None:
    doubtful = credit(WRITTEN_REPLY.replace("  关系", "  待确认: 没有见到原文\n  关系"))
    confirmed = BANK + "确认:\n- {条目: W1, 决定: 合规, 确认日: 2026-03-01}\n"

    for texts, at, force in (
        ((doubtful,), DAY, Force.TO_CONFIRM),
        ((doubtful, confirmed), dt.date(2026, 2, 28), Force.TO_CONFIRM),
        ((doubtful, confirmed), dt.date(2026, 3, 1), Force.IN_FORCE),
    ):
        plan = laid(*texts, at=at)
        assert plan.layering
        assert [item.force for item in plan.layering.layers[0].provisions] == [force]
        assert pr.decide(plan, DISPUTED, at=at).requires("give_written_reply") == (force is Force.IN_FORCE)


def test_the_text_of_a_provision_says_that_it_is_not_the_plans(laid: Laid) -> None:
    plan = laid(credit())

    assert plan.clauses["W1"].text.startswith("[不是预案原文, 行政法规摘要] 征信业管理条例第25条: ")
    assert (plan.clauses["W1"].layer, plan.clauses["四.4.d"].layer) == ("credit", "")
    assert plan.source
    assert "W1" not in plan.source.items


def test_a_slip_in_what_is_to_be_confirmed_is_found_by_check(laid: Laid) -> None:
    doubtful = credit(
        WRITTEN_REPLY.replace("  关系", "  待确认: 没有见到原文\n  关系").replace("责任: 我行", "责任: 我航")
    )

    assert "PR033" in laid.codes(doubtful)


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ((HEAD.replace("2013-03-15", "三月"),), "OV001"),
        ((BANK.replace("编号: bank", "编号: ../bank"),), "PR023"),
        (
            (
                credit(
                    WRITTEN_REPLY.replace(
                        "{按日期: {2013-03-15: 20自然日, 2030-01-01: 10自然日}}", "{按日期: 20自然日}"
                    )
                ),
            ),
            "OV002",
        ),
        ((HEAD.replace("叠加于: zhijin-complaint", "叠加于: zhijin-complaint, 版本范围: 至少 2"),), "OV003"),
        ((BANK.replace("zhijin-complaint", "fire_drill"),), "OV003"),
        ((BANK, BANK), "OV005"),
        ((BANK + "角色:\n  行长: {id: head}\n",), "OV005"),
        ((credit(more=RESOLVED.replace("胜: W1, 负: 四.4.d", "胜: 四.4.d, 负: W1")),), "OV006"),
        ((credit(WRITTEN_REPLY + WRITTEN_REPLY),), "OV005"),
        ((BANK + "确认:\n- {条目: W9, 决定: 合规, 确认日: 2026-03-01}\n",), "OV007"),
        ((credit(more=RESOLVED.replace("四.4.d", "四.4.z")),), "PR035"),
    ],
)
def test_a_slip_in_an_overlay_is_named(laid: Laid, texts: tuple[str, ...], code: str) -> None:
    assert code in laid.codes(*texts)
    with pytest.raises(pr.PlanInvalid):
        laid(*texts)


def test_of_an_overlay_for_another_plan_only_that_is_said(laid: Laid) -> None:
    assert laid.codes(credit().replace("zhijin-complaint", "fire_drill").replace("客户要求书面答复", "没有的事实")) == {
        "OV003"
    }


def test_what_no_longer_binds_is_not_said_to_be_overridden(laid: Laid) -> None:
    advice = {**DISPUTED, "policy_reading": {"AMB-11": "C"}}  # under it the plan only advises against a written reply

    assert pr.decide(laid(credit()), DISPUTED, at=DAY).overrides
    assert not pr.decide(laid(credit()), advice, at=DAY).overrides


def test_an_overlay_out_of_its_dates_says_nothing_and_its_words_stay_known(laid: Laid) -> None:
    later = HEAD.replace("2013-03-15", "2027-01-01") + (
        "推定:\n- {编号: P1, 若: {投诉涉及征信异议: 是}, 则: {客户要求书面答复: 是}}\n"
        "提示:\n- {编号: N1, 当: {投诉涉及征信异议: 是}, 内容: 标注异议, 来源: 征信规定}\n"
    )
    told = {}
    for day in (DAY, dt.date(2027, 1, 1)):
        decision = pr.decide(laid(later, at=day), {"credit_disputed": True}, at=day)
        told[day.year] = (decision.facts["written_reply_requested"], [notice.id for notice in decision.notices])

    assert told[2026] == (False, [])
    assert told[2027][0] is True
    assert "N1" in told[2027][1]


def test_overlays_need_a_day() -> None:
    with pytest.raises(ValueError, match="at="):
        pr.load(overlays=["regulation"])
