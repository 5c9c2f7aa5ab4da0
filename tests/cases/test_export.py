"""Story -> what a supervisor gets: JSON Lines and a page, whole, the same each time, and without secrets."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.cases.export import as_lines, as_page, went_wrong
from plan_rules.pages import as_html, as_text
from tests.cases.paper_stories import (
    BREACHED,
    NOTED,
    REPORTED_LATE,
    S58,
    SECRETS,
    cited,
    everything,
    fire,
    leaks,
    s58,
    shipped,
    story,
)


def test_the_lines_are_a_header_and_one_object_an_event() -> None:
    header, *rows = [json.loads(line) for line in as_lines(s58())]

    assert (header["format"], header["case"], header["events"]) == ("plan-rules/case-export/1", "ZJ-2025-017", 8)
    assert header["plan"] == shipped().digest or header["plan"]["digest"] == shipped().digest
    assert (header["phase"], header["tier"], header["peak"]) == ("resolved", *["tier_3_serious_aggression"] * 2)
    assert [row["n"] for row in rows] == list(range(1, 9))
    assert rows[4]["event"]["what"]["facts"] == {"staff_assaulted": True, "aggression_level": "serious"}
    assert (rows[4]["change"]["tier_before"], rows[4]["decision"]["tier"]) == (
        "tier_2_order_disrupted",
        "tier_3_serious_aggression",
    )
    assert "call_police" in rows[4]["change"]["new"]
    assert rows[4]["decision"]["clauses"]["call_police"] == ["三.3.c"]


def test_every_clause_of_the_lines_is_one_of_the_plan_and_of_an_action_that_is_named() -> None:
    for line in list(as_lines(everything()))[1:]:
        decision = json.loads(line)["decision"]
        named = {
            action
            for key in ("duties", "prohibitions", "permissions")
            for action in decision[key]
            if isinstance(action, str)
        }
        assert set(decision["clauses"]) == named
        assert {clause for clauses in decision["clauses"].values() for clause in clauses} <= set(shipped().clauses)


def test_a_late_report_and_a_breach_are_in_the_lines_and_counted() -> None:
    rows = [json.loads(line) for line in as_lines(everything())]

    assert rows[-1]["decision"]["violations"] == [{"action": "report_to_sponsor", "kind": "late", "days": 3}]
    assert rows[5]["change"]["violated"] == ["argue_with_customer"]
    assert went_wrong(everything()) == 2
    assert as_page(everything()).summary == "已处理完; 最高曾达三级; 迟办、漏办或违反 2 项"
    assert (
        as_page(s58(), "en").summary
        == "resolved; highest tier: tier_3_serious_aggression; nothing recorded as late, missed or breached"
    )


def test_sensitive_facts_what_they_ask_for_and_personal_data_are_marked_as_left_out() -> None:
    header, *rows = [json.loads(line) for line in as_lines(everything())]
    mark = {"left_out": "sensitive"}

    assert header["left_out"] == {"sensitive_facts": 3, "sensitive_actions": 2, "personal": {"customer_name": 1}}
    assert rows[7]["event"]["what"]["facts"] == dict.fromkeys(
        ("public_figure", "injury_occurred", "features_recorded"), mark
    )
    assert rows[7]["change"]["new"] == [mark, mark]
    assert rows[8]["event"]["sealed"] == [{"item": "customer_name", "left_out": "personal"}]


def test_what_was_done_because_of_a_sensitive_fact_is_not_named() -> None:
    thanked = ("2025-05-20T09:52", {"kind": "done", "action": "thank_public_figure", "role": "outlet_manager"})
    kept = story(*S58, SECRETS, thanked)

    assert leaks("\n".join(as_lines(kept)), kept) == []
    assert leaks(as_text(as_page(kept)), kept) == []
    assert "办了: (不列)(网点负责人)" in as_text(as_page(kept))


def test_hashes_stand_with_their_events_and_there_is_one_for_each() -> None:
    hashes = [f"sha256:{n:064x}" for n in range(8)]

    assert [json.loads(line)["hash"] for line in list(as_lines(s58(), hashes))[1:]] == hashes
    assert all(link in as_text(as_page(s58(), hashes=hashes)) for link in hashes)
    with pytest.raises(ValueError, match="8 events, 7 hashes"):
        list(as_lines(s58(), hashes[:-1]))
    with pytest.raises(ValueError, match="8 events"):
        as_page(s58(), "zh", hashes[:-1])


def test_the_page_says_what_was_asked_when_with_its_clauses() -> None:
    blow = as_page(s58()).sections[0].items[4]

    assert blow.head == "5. 2025-05-20 09:40  登记事实"
    assert blow.details[0] == "过激行为程度: 轻微 → 严重; 对我行员工人身攻击: 是"
    assert blow.details[1] == "↑ 二级 → 三级"
    assert blow.details[2].startswith("新增: 报警 [三.3.c]; 向分管领导报告 [三.3.f]; ")
    assert blow.details[3].startswith("失效: 维护好营业秩序; ")


def test_a_plan_without_a_section_of_cases_is_exported_too() -> None:
    rows = [json.loads(line) for line in as_lines(fire())]

    assert rows[-1]["event"]["what"]["reason"] == "火已扑灭"
    assert "新增: 拨打119 [一.b]" in as_text(as_page(fire()))


@settings(max_examples=25)
@given(st.sets(st.sampled_from([0, 1, 2, 3])), st.sampled_from(["zh", "en"]))
def test_an_export_gives_nothing_away_cites_what_exists_and_is_the_same_again(extra: set[int], lang: str) -> None:
    rows = [(BREACHED, SECRETS, NOTED, REPORTED_LATE)[n] for n in sorted(extra)]
    kept = story(*S58, *rows)
    texts = [
        "\n".join(as_lines(kept)),
        as_text(as_page(kept, lang)),
        as_html(as_page(kept, lang), passes=True, lang=lang),
    ]

    assert [leaks(text, kept) for text in texts] == [[], [], []]
    assert cited(texts[1]) <= set(shipped().clauses)
    assert list(as_lines(story(*S58, *rows))) == texts[0].split("\n")
    assert as_page(story(*S58, *rows), lang) == as_page(kept, lang)
