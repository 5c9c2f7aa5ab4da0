"""A portable plan answers as `decide` does: its logic in Python's own words, and the whole corpus in Node and in Java."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.codegen import Wanted, generated
from plan_rules.codegen.corpus import corpus
from plan_rules.codegen.java_types import json_reader
from plan_rules.codegen.json_logic import Encoder
from plan_rules.columns import formula as f
from plan_rules.columns.evaluation import value
from tests.codegen.runtimes import PORTABLE, ROOT, compiled, run
from tests.codegen.stock import NAMES, plan_named

WAITING = ("order_plan", "estate_plan")  # approvals, discretion, ladders, exclusions, handoffs
PLANS = (*NAMES, *WAITING)
DRAWN = 200


def any_plan(name: str) -> pr.Plan:
    return pr.load(ROOT / "tests" / "data" / f"{name}.yaml") if name in WAITING else plan_named(name)


@lru_cache(maxsize=1)
def texts() -> dict[str, dict[str, str]]:
    """The portable plan and the corpus of every plan."""
    return {
        name: dict(generated(any_plan(name), "json-logic", Wanted("plan-rules 9.9.9", corpus=DRAWN))) for name in PLANS
    }


@lru_cache(maxsize=16)
def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in texts()[name]["corpus.jsonl"].splitlines()]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A folder for each plan, as `plan-rules codegen` writes it."""
    top = tmp_path_factory.mktemp("portable")
    for name, files in texts().items():
        (top / name).mkdir()
        for file, text in files.items():
            (top / name / file).write_text(text, "utf-8")
    return sorted(top.iterdir())


def all_the_same(said: str) -> bool:
    """Does a runner say of every plan that every line is answered as it should be?"""
    counts = [line.rsplit(":", 1)[1].split() for line in said.splitlines()]
    return [len(lines(name)) for name in sorted(PLANS)] == [int(same) for same, _, total, *_ in counts if same == total]


# --------------------------------------------------------------------------- runners


def test_node_answers_the_whole_corpus_as_decide_does(node: Path, folders: list[Path]) -> None:
    assert all_the_same(run("node", "conformance.mjs", *folders, cwd=node))


def test_java_answers_the_whole_corpus_as_decide_does(folders: list[Path], tmp_path: Path) -> None:
    sources = tmp_path / "portable"
    sources.mkdir()
    for file in (PORTABLE / "java" / "portable").glob("*.java"):
        (sources / file.name).write_bytes(file.read_bytes())
    classes = compiled(tmp_path)

    assert all_the_same(run("java", "-Dfile.encoding=UTF-8", "-cp", classes, "portable.Conformance", *folders))

    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "plan.json").write_text(texts()["shipped"]["plan.json"], "utf-8")
    (wrong / "corpus.jsonl").write_text(texts()["hospital"]["corpus.jsonl"], "utf-8")
    with pytest.raises(AssertionError, match=r"0 of|of .* the same"):
        run("java", "-Dfile.encoding=UTF-8", "-cp", classes, "portable.Conformance", wrong)


def test_the_json_reader_of_the_java_example_is_the_generated_one() -> None:
    example = (PORTABLE / "java" / "portable" / "Json.java").read_text(encoding="utf-8")

    assert example == json_reader("portable")


# --------------------------------------------------------------------------- the corpus


@pytest.mark.parametrize("name", PLANS)
def test_every_clause_that_can_fire_fires_in_the_corpus(name: str) -> None:
    plan = any_plan(name)
    fired = {clause for line in lines(name) for clause in line["answer"].get("clauses", ())}

    assert set(plan.clauses) - fired <= {"never"}


@pytest.mark.parametrize("name", PLANS)
def test_the_corpus_holds_unknowns_and_refusals_and_what_is_open(name: str) -> None:
    found = lines(name)
    refused = {line["answer"]["rejected"] for line in found if "rejected" in line["answer"]}
    refusing = {item.id for item in any_plan(name).impossibles if not item.warn}

    assert {"FA001"} | refusing <= refused
    assert any("unknown" in line["facts"].values() for line in found if "rejected" not in line["answer"])
    assert any(line["answer"].get("open") for line in found) or name in ("hostile", "property")
    assert len({json.dumps(line["facts"]) for line in found}) == len(found)


def test_numbers_stand_at_both_ends_of_every_range_of_the_shipped_plan() -> None:
    taken = {
        line["facts"]["outlet_closed_minutes"] for line in lines("shipped") if "outlet_closed_minutes" in line["facts"]
    }
    edges = {
        edge
        for condition in plan_named("shipped").rules().values()
        for leaf in plan_named("shipped").leaves(condition)
        if getattr(leaf, "fact", "") == "outlet_closed_minutes"
        for edge in (leaf.low, leaf.low - 1)  # type: ignore[union-attr]
    }

    assert edges <= taken


def test_a_plan_gives_the_same_corpus_and_the_same_portable_plan_every_time() -> None:
    plan = plan_named("hospital")

    assert list(corpus(plan, 50)) == list(corpus(plan, 50))
    assert generated(plan, "json-logic") == generated(pr.loads(plan.text), "json-logic")


# --------------------------------------------------------------------------- the logic

OPERATORS = {"var", "if", "and", "or", "!", "===", "!==", "in", "<", "<="}


def logic_in(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        (parts,) = node.values()
        yield from logic_in(parts)
    elif isinstance(node, list):
        for part in node:
            yield from logic_in(part)


@pytest.mark.parametrize("name", PLANS)
def test_only_the_ten_operators_are_used_and_every_name_is_that_of_a_column(name: str) -> None:
    plan = json.loads(texts()[name]["plan.json"])
    columns = {each["name"] for each in plan["inputs"]}
    for stage in plan["stages"]:
        for node in logic_in([each["logic"] for each in stage]):
            assert node.keys() <= OPERATORS
            assert node.get("var", min(columns)) in columns
        columns |= {each["name"] for each in stage}
    for node in logic_in([each["logic"] for each in plan["answers"]]):
        assert node.keys() <= OPERATORS
        assert node.get("var", min(columns)) in columns
    assert not any("." in column for column in columns)


def strict(logic: Any, data: dict[str, Any]) -> Any:
    """JSON Logic without a single conversion: whatever an implementation could take otherwise fails here."""
    if not isinstance(logic, dict):
        return logic
    ((operator, parts),) = logic.items()
    if operator == "var":
        return data[parts]
    if operator == "if":
        for condition, then in zip(parts[:-1:2], parts[1::2], strict=True):
            if truth(condition, data):
                return strict(then, data)
        return strict(parts[-1], data)
    if operator in ("and", "or"):
        assert len(parts) > 1
        found = (truth(part, data) for part in parts)  # one after another, as JSON Logic does
        return all(found) if operator == "and" else any(found)
    if operator == "!":
        return not truth(parts[0], data)
    one, other = strict(parts[0], data), parts[1] if operator == "in" else strict(parts[1], data)
    if operator == "in":
        return any(one == each and type(one) is type(each) for each in other)
    if operator in ("===", "!=="):
        return (one == other and type(one) is type(other)) == (operator == "===")
    assert type(one) is int
    assert type(other) is int
    return one < other if operator == "<" else one <= other


def truth(logic: Any, data: dict[str, Any]) -> bool:
    found = strict(logic, data)
    assert found is True or found is False, logic
    return found


TRUTHS, NUMBERS, WORDS = ("p", "q", "sure"), ("m", "n"), ("w",)
known_truths = st.sampled_from([f.Column(name) for name in TRUTHS] + [f.TRUE, f.FALSE, f.OPEN])
numbers = st.sampled_from([f.Column(name) for name in NUMBERS])
words = st.sampled_from([f.Column("w"), f.Constant("a", f.Type.TEXT), f.Constant(None, f.Type.TEXT)])
bounds = st.one_of(st.none(), st.integers(0, 3))


def _larger(inside: st.SearchStrategy[f.Formula]) -> st.SearchStrategy[f.Formula]:
    several = st.lists(inside, min_size=2, max_size=3).map(tuple)
    cases = st.lists(st.tuples(inside, inside), min_size=1, max_size=2).map(tuple)
    return st.one_of(
        several.map(f.And),
        several.map(f.Or),
        inside.map(f.Not),
        inside.map(f.Known),
        st.builds(f.Default, inside, inside),
        st.builds(f.Choice, cases, inside),
    )


def _texts(inside: st.SearchStrategy[f.Formula]) -> st.SearchStrategy[f.Formula]:
    cases = st.lists(st.tuples(inside, words), min_size=1, max_size=2).map(tuple)
    return st.one_of(words, st.builds(f.Choice, cases, words), st.builds(f.Default, words, words))


leaves = st.one_of(
    known_truths,
    st.builds(f.Among, _texts(known_truths), st.just(("a", "b"))),
    st.builds(f.Between, numbers, bounds, bounds),
    st.builds(f.Earlier, numbers, numbers),
    st.builds(f.Known, st.one_of(numbers, words)),
)
formulas = st.recursive(leaves, _larger, max_leaves=8)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    formula=st.one_of(formulas, _texts(formulas)),
    row=st.fixed_dictionaries(
        {
            "p": st.sampled_from([True, False, None]),
            "q": st.sampled_from([True, False, None]),
            "sure": st.booleans(),
            "m": st.one_of(st.none(), st.integers(0, 3)),
            "n": st.one_of(st.none(), st.integers(0, 3)),
            "w": st.sampled_from(["a", "b", "c", None]),
        }
    ),
)
def test_a_formula_in_json_logic_has_its_value_without_any_conversion(formula: f.Formula, row: dict[str, Any]) -> None:
    encoder = Encoder({"sure"}, set(TRUTHS))
    wanted = value(formula, row)

    assert strict(encoder.value(formula), row) is wanted
    if encoder.is_truth(formula):
        assert truth(encoder.holds(formula), row) is (wanted is True)
        assert truth(encoder.fails(formula), row) is (wanted is False)
    assert truth(encoder.known(formula), row) is (wanted is not None)
