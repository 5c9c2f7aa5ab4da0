"""Papers of a plan whose norms wait: nothing that waits is printed as a must; the forms are in the handbook."""

from pathlib import Path

import plan_rules as pr
from plan_rules.documents.cards import deck
from plan_rules.documents.handbook import handbook
from plan_rules.documents.roles import roles

PLAN = pr.load(Path(__file__).parents[1] / "data" / "order_plan.yaml")


def lines(role: str) -> dict[str, tuple[str, str, str]]:
    found = (line for card in deck(PLAN, roles=[role]).cards for side in card.sides for line in side)
    return {line.action: (line.kind, line.lead, line.words) for line in found}


def test_a_card_says_that_it_waits_and_for_what() -> None:
    head = lines("station_head")

    assert head["pay"][:2] == ("permission", "经批准应当")
    assert "须经区域经理、财务部批准" in head["pay"][2]
    assert head["stop_orders"][:2] == ("permission", "斟酌")
    assert "由站长裁量" in head["stop_orders"][2]
    assert "第 2 步" in head["head_visits"][2]
    assert "须经区域经理或总部批准" in head["speak"][2]


def test_a_judgement_without_a_fact_for_it_is_on_the_card_too() -> None:
    text = (Path(__file__).parents[1] / "data" / "order_plan.yaml").read_text(encoding="utf-8")
    plan = pr.loads(text.replace(", 选定: 站长决定停派", ""))
    words = [line.action for card in deck(plan, roles=["station_head"]).cards for side in card.sides for line in side]

    assert "stop_orders" in words


def test_the_list_of_a_role_says_the_same() -> None:
    said = repr(roles(PLAN))

    assert "斟酌" in said
    assert "经批准可以" in said
    assert "未经批准不得" in said


def test_the_handbook_says_where_the_plan_does_not_apply_and_who_takes_over() -> None:
    said = repr(handbook(PLAN))

    assert "涉嫌犯罪的, 不适用本预案。" in said
    assert "移交平台方、食安部, 按“food_incident”处置" in said
    assert "订单号" in said
