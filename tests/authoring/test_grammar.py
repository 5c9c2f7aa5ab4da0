"""The grammar knows every part of a plan file: each word has its description, each name used is declared somewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from plan_rules.authoring.descriptions import CONDITIONS, KEYS, VALUES
from plan_rules.authoring.grammar import SLOTS, keys, slot
from plan_rules.authoring.index import Index
from plan_rules.language import shape as shapes
from plan_rules.language.document import parse
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS, chinese
from plan_rules.language.shape import Shape
from plan_rules.language.tree import Report

ROOT = Path(__file__).parents[2]
PLANS = [ROOT / "rules" / "plan.yaml", *sorted((ROOT / "examples" / "plans").glob("*/plan.yaml"))]
# Fields whose words are prose, numbers, ids or items of the source: they name nothing that is declared in the file.
PROSE = {
    "id", "name", "version", "purpose", "source", "kind", "also_called", "organisation", "note", "rank", "title", "min", "max",
    "unit", "question", "topic", "decided_by", "text", "origin", "finding", "reason", "until", "overdue", "basis", "keep",
    "cutoff", "inferred", "wording", "scraped", "carries", "section",
}  # fmt: skip


def shapes_below(shape: type[Shape]) -> set[type[Shape]]:
    found = {shape}
    for keyword in keys(shape):
        inner = slot(shape, keyword)
        if inner is not None and inner.shape is not None and inner.shape not in found:
            found |= shapes_below(inner.shape)
    return found


ALL = sorted(shapes_below(DocumentShape) | {shapes.OptionShape}, key=lambda shape: shape.__name__)


def test_every_keyword_has_a_description_in_both_languages() -> None:
    assert set(KEYWORDS.values()) == set(KEYS)
    assert set(CONDITION_WORDS.values()) == set(CONDITIONS)
    assert set(VALUE_WORDS.values()) == set(VALUES)
    for said in (*KEYS.values(), *CONDITIONS.values(), *VALUES.values()):
        assert said.zh and said.en


@pytest.mark.parametrize("shape", ALL, ids=lambda shape: shape.__name__)
def test_every_field_says_what_may_stand_in_it(shape: type[Shape]) -> None:
    for keyword in keys(shape):
        found = slot(shape, keyword)
        assert found is not None
        assert found.shape is not None or (shape.__name__, keyword) in SLOTS or keyword in PROSE, keyword
        assert keyword in KEYS, chinese(keyword)


def test_no_slot_is_for_a_field_that_is_not_there() -> None:
    assert {name for name, _ in SLOTS} <= {shape.__name__ for shape in ALL}
    named = {shape.__name__: shape for shape in ALL}
    for name, keyword in SLOTS:
        assert keyword in keys(named[name]), (name, keyword)


@pytest.mark.parametrize("file", PLANS, ids=lambda file: file.parent.name)
def test_every_name_used_is_declared_in_the_plan(file: Path) -> None:
    tree = parse(file.read_bytes(), "plan.yaml", Report())
    assert tree is not None
    index = Index.of(tree)
    used = [spot for spot in index.spots if spot.role == "use" and "value" not in spot.kinds]
    unknown = [str(spot.text) for spot in used if index.meant(spot) is None and spot.text not in spot.words]
    assert len(used) > 50
    assert [word for word in unknown if word not in ("zhijin-complaint",)] == []


def test_a_word_is_found_at_each_of_its_characters_and_at_no_other_place() -> None:
    tree = parse("预案: {id: p}\n角色: {甲: {id: a}, 乙丙: {id: b}}\n", "plan.yaml", Report())
    assert tree is not None
    index = Index.of(tree)
    start = "角色: {甲: {id: a}, 乙丙: {id: b}}".index("乙丙") + 1
    for column in (start, start + 1, start + 2):
        spot = index.at(2, column)
        assert spot is not None and spot.text == "乙丙"
    assert index.at(3, 1) is None
