"""A plan keeps its texts: stored as bytes and read again, it is the same plan, wherever its files have gone."""

import hashlib
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.loading import reload, shipped
from plan_rules.plan import SourceText

SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
SOURCE = """\
底本: {id: fire_source, 名称: 消防小预案原文}
条目:
- {id: 一, 标题: 火情处置}
- {id: 一.a, 原文: 发现火情的，值班员应立即查看现场。}
- {id: 一.b, 原文: 看到明火的，经理应在十分钟内拨打119，不得使用电梯。}
- {id: 一.c, 原文: 人少的，可以不疏散。}
- {id: 一.d, 原文: 救人第一。}
"""
BURNING = {"flames": True, "people": 30, "found_at": "2025-05-20T09:00"}


def stored(plan: pr.Plan) -> tuple[bytes, bytes | None]:
    return plan.text, plan.source.raw if plan.source else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "fire.yaml").write_text(SOURCE, encoding="utf-8")
    named = SMALL.replace('版本: "1"', '版本: "1"\n  底本: fire.yaml')
    (tmp_path / "plan.yaml").write_text(named, encoding="utf-8")
    return tmp_path


def test_the_shipped_plan_is_read_again_from_its_stored_texts() -> None:
    plan = pr.load()
    again = reload(*stored(plan))

    assert again == plan
    assert again.source == plan.source
    assert plan.source
    assert (plan.source.file, plan.source.raw) == ("source.yaml", shipped("source.yaml"))
    assault = {"staff_assaulted": True}
    assert pr.decide(again, assault).to_json() == pr.decide(plan, assault).to_json()


def test_a_plan_is_read_again_when_its_source_text_has_been_removed(folder: Path) -> None:
    plan = pr.load(folder / "plan.yaml")
    (folder / "fire.yaml").unlink()
    with pytest.raises(pr.PlanInvalid):
        pr.load(folder / "plan.yaml")

    again = reload(*stored(plan))

    assert again == plan
    assert isinstance(again.source, SourceText)
    assert (again.source.file, again.source.raw) == ("fire.yaml", SOURCE.encode())
    assert pr.decide(again, BURNING).to_json() == pr.decide(plan, BURNING).to_json()


def test_a_plan_without_a_source_text_is_read_again_without_one() -> None:
    plan = pr.loads(SMALL)

    assert stored(plan) == (SMALL.encode(), None)
    assert reload(*stored(plan)) == plan


def test_the_digest_is_that_of_the_text_that_was_kept() -> None:
    for plan in (pr.load(), pr.loads(SMALL), pr.loads(SMALL.encode())):
        assert plan.digest == "sha256:" + hashlib.sha256(plan.text).hexdigest()


def test_a_stored_plan_is_held_to_its_stored_source_text_and_no_other(folder: Path) -> None:
    text, source = stored(pr.load(folder / "plan.yaml"))
    assert source is not None

    for stored_source, code in ((None, "PR067"), (source.replace("救人第一".encode(), "先救人".encode()), "PR063")):
        with pytest.raises(pr.PlanInvalid) as refused:
            reload(text, stored_source, source="stored")
        assert {found.code for found in refused.value.diagnostics} == {code}


def test_the_texts_are_no_part_of_what_is_shown_or_compared() -> None:
    plan = pr.load()

    assert len(repr(plan)) < 100
    assert plan.source
    assert "raw" not in repr(plan.source)
