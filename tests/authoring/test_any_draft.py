"""Whatever is being written, an editor's questions are answered: nothing raises, and every place lies in the text."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.authoring.completing import completion
from plan_rules.authoring.draft import marks, read_draft
from plan_rules.authoring.fixes import fixes
from plan_rules.authoring.index import Index
from plan_rules.authoring.plan_schema import plan_file_schema
from plan_rules.authoring.renaming import CannotRename, renaming
from plan_rules.authoring.telling import told
from plan_rules.language.pieces import Pieces
from plan_rules.language.tree import Report
from tests.authoring.test_drafts import NASTY, edited

PLAN = (Path(__file__).parents[2] / "examples" / "plans" / "hospital" / "plan.yaml").read_text(encoding="utf-8")
WORDS = (
    "任一: ",
    "除非: ",
    "{",
    "}",
    "[",
    "]",
    "当: ",
    "解释: ",
    "等级: ",
    "至少 ",
    " 且 ",
    "应当:\n",
    "id: ",
    ", ",
    "-",
    "",
    "x: {y: ",
)
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 30), st.sampled_from((*NASTY, *WORDS))), min_size=1, max_size=5
)


@given(EDITS, st.lists(st.floats(0, 1), min_size=5, max_size=15))
@settings(max_examples=15, deadline=None)
def test_every_question_is_answered_about_any_text(edits: list[tuple[float, int, str]], asked: list[float]) -> None:
    text = PLAN
    for edit in edits:
        text = edited(text, edit)
    text = text.replace("\r", "")
    lines = text.split("\n")
    pieces, completing = Pieces(), Pieces()
    draft = read_draft(text, pieces=pieces)
    tree = pieces(text, "plan.yaml", Report())
    index = Index.of(tree) if tree is not None else None
    for mark in marks(draft):
        for fix in fixes(mark, text, index):
            assert 1 <= fix.span.line <= len(lines)
            assert 1 <= fix.span.column <= len(lines[fix.span.line - 1]) + 1
    for where in asked:
        offset = int(where * len(text))
        line, column = text[:offset].count("\n") + 1, offset - text.rfind("\n", 0, offset)
        found = completion(text, line, column, completing)
        assert 1 <= found.column <= column
        spot = index.at(line, column) if index else None
        if index is None or spot is None:
            continue
        told(index, spot, None, "zh")
        assert spot.text.span.line == line
        if spot.role in ("name", "use"):
            try:
                for place in renaming(index, spot, text).places:
                    assert lines[place.line - 1][place.column - 1 : place.column - 1 + place.width] == spot.text
            except CannotRename:
                pass
    plan_file_schema(text)
