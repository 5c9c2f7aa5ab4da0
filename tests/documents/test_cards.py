"""Cards: A5, large enough to read, at most seven lines a side, and everything asked of the role is on them."""

from __future__ import annotations

import io
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from pypdf import PdfReader

from plan_rules import load
from plan_rules.deciding import decide
from plan_rules.documents.cards import Deck, as_html, deck
from plan_rules.documents.pdf import as_pdf
from plan_rules.errors import FactsInvalid
from plan_rules.scenarios.running import stated_facts
from tests.documents.papers import PLAN, SCENARIOS

ROLES = ("outlet_manager", "lobby_manager", "security_guard", "handling_person", "integrated_management_dept")


@cache
def all_cards() -> Deck:
    return deck(PLAN)


@cache
def printed() -> PdfReader:
    return PdfReader(io.BytesIO(as_pdf(as_html(deck(PLAN, roles=ROLES)))))


def on_card(tier: str, role: str) -> list[str]:
    labels = PLAN.tiers[tier].name, PLAN.roles[role].label
    return [
        line.action
        for card in all_cards().cards
        if (card.tier, card.role) == labels
        for side in card.sides
        for line in side
    ]


def test_every_page_is_a5_and_a_page_is_a_side() -> None:
    sides = sum(len(card.sides) for card in deck(PLAN, roles=ROLES).cards)

    assert len(printed().pages) == sides
    for page in printed().pages:
        millimetres = [round(float(length) * 25.4 / 72) for length in page.mediabox[2:]]
        assert millimetres == [148, 210]


def test_no_letter_is_smaller_than_eleven_points_and_no_side_has_more_than_seven_lines() -> None:
    most = 0
    for page in printed().pages:
        rows: Counter[int] = Counter()
        sizes: set[float] = set()

        def seen(text: str, around: list, matrix: list, font: object, size: float) -> None:
            if text.strip():
                scale = abs(around[0] * matrix[0])
                points = round(size * scale, 1)
                sizes.add(points)  # noqa: B023  read before the loop goes on
                if points == 15.0:
                    rows[round(around[3] * matrix[5] + around[5])] += 1  # noqa: B023

        page.extract_text(visitor_text=seen)
        assert min(sizes) >= 11
        most = max(most, len(rows))
        assert len(rows) <= 7
    assert most == 7  # a side may be full, and lines are what was counted


def test_no_side_claims_more_than_seven_lines() -> None:
    assert all_cards().cards
    for card in all_cards().cards:
        for side in card.sides:
            assert sum(line.lines for line in side) <= 7


@pytest.mark.parametrize("role", ["outlet_manager", "lobby_manager", "security_guard", "bank_leader_or_dept_head"])
def test_whatever_a_scenario_asks_of_a_role_is_on_its_card(role: str) -> None:
    checked = 0
    for step in (step for scenario in SCENARIOS for step in scenario.steps if not step.readings):
        try:
            decision = decide(PLAN, stated_facts(step), at=step.at)
        except FactsInvalid:
            continue
        if decision.tier is None or decision.readings != {k: PLAN.chosen()[k] for k in decision.readings}:
            continue
        asked = {item.action for item in (*decision.duties, *decision.prohibitions) if role in item.roles}
        assert asked <= {*on_card(decision.tier.id, role)}, step
        checked += len(asked)
    assert checked > 20


def test_what_is_to_be_done_at_once_comes_first() -> None:
    for card in all_cards().cards:
        duties = [line for side in card.sides for line in side if line.kind == "duty"]
        leads = [bool(line.lead) for line in duties]
        assert leads == sorted(leads, reverse=True)


def test_the_police_are_the_first_line_of_the_highest_tier_with_room_for_a_number() -> None:
    card = next(card for card in all_cards().cards if (card.tier, card.role) == ("三级", "网点负责人"))
    first = card.sides[0][0]

    assert first.action == "call_police"
    assert first.lead == "立即"
    assert "警方☎" in first.words


def test_an_order_that_is_proper_to_no_tier_comes_after_those_that_are() -> None:
    actions = on_card("tier_3_serious_aggression", "outlet_manager")

    assert actions.index("dissuade_customer") < actions.index("decline_or_avoid_interview")


def test_tiers_are_told_apart_without_colour() -> None:
    style = re.search(r"<style>(.*?)</style>", as_html(all_cards()), re.DOTALL)[1]
    borders = [re.search(rf"\.look-{n} {{ border: (\S+ \S+)", style)[1] for n in range(3)]
    patterns = [re.sub("#[0-9a-f]+", "", re.search(rf"\.look-{n} \.band {{ (.*?) }}", style)[1]) for n in range(3)]

    assert len({*borders}) == 3
    assert len({*patterns}) == 3
    assert {card.tier: (card.look, card.signs) for card in all_cards().cards} == {
        "一级": (0, "▲"),
        "二级": (1, "▲▲"),
        "三级": (2, "▲▲▲"),
    }


def test_the_gravest_tier_looks_gravest_whichever_way_tiers_are_numbered() -> None:
    hospital = load(Path(__file__).parents[2] / "examples" / "plans" / "hospital" / "plan.yaml")
    looks = {card.label: (card.look, len(card.signs)) for card in deck(hospital).cards}

    assert looks == {tier.label: (look, look + 1) for look, tier in enumerate(reversed(hospital.tiers.values()))}
    assert hospital.tiers["grade_1"].label == deck(hospital).cards[-1].label
