"""What is written for each dialect: it can be read again, tells the clauses, is the same each time; bad names are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlglot

import plan_rules as pr
from plan_rules.sql import DIALECTS, SqlRefused, Wanted, table_text, views
from tests.command_line import run

PLAN = pr.load()


@pytest.mark.parametrize("name", DIALECTS)
def test_every_dialect_reads_its_own_text(name: str) -> None:
    (view,) = views(PLAN, DIALECTS[name], Wanted())
    parsed = [each for each in sqlglot.parse(view.text, dialect=name) if each is not None]

    assert parsed[-1].expression.named_selects == [*view.columns]
    assert sqlglot.parse_one(table_text(PLAN, DIALECTS[name], Wanted()), dialect=name)


@pytest.mark.parametrize("name", DIALECTS)
def test_every_clause_and_the_clauses_of_every_action_stand_in_comments(name: str) -> None:
    (view,) = views(PLAN, DIALECTS[name], Wanted())

    for clause in PLAN.clauses.values():
        assert f"/* {clause.id} " in view.text
    assert "duty_call_police, /* 三.3.c " in view.text


def test_the_same_plan_gives_the_same_text() -> None:
    texts = {run("sql", "--dialect", "oracle").stdout for _ in range(2)}

    assert len(texts) == 1
    assert PLAN.digest in texts.pop()


def test_hive_has_no_dots_in_names() -> None:
    (view,) = views(PLAN, DIALECTS["hive"], Wanted())

    assert len(set(view.columns)) == len(view.columns)
    assert not [column for column in view.columns if "." in column]


def test_words_of_a_plan_cannot_end_a_comment() -> None:
    evil = "报警 */ DROP TABLE incidents; /*"
    plan = replace(PLAN, actions={**PLAN.actions, "call_police": replace(PLAN.actions["call_police"], label=evil)})
    (view,) = views(plan, DIALECTS["postgres"], Wanted())

    assert "DROP TABLE" in view.text
    assert [type(each).__name__ for each in sqlglot.parse(view.text, dialect="postgres") if each] == ["Drop", "Create"]


@pytest.mark.parametrize(
    ("wanted", "about"),
    [
        (Wanted(keep=("tier",)), "tier"),
        (Wanted(keep=("staff_assaulted",)), "staff_assaulted"),
        (Wanted(columns=("staff_asaulted",)), "staff_asaulted"),
        (Wanted(table="a b; c"), "a b; c"),
    ],
    ids=["an answer's name", "a fact's name", "no column", "no table"],
)
def test_names_that_cannot_be_used_are_refused(wanted: Wanted, about: str) -> None:
    with pytest.raises(SqlRefused) as refused:
        views(PLAN, DIALECTS["postgres"], wanted)

    assert about in refused.value.message.zh and about in refused.value.message.en


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_dialect_that_is_none_names_those_that_are(lang: str) -> None:
    done = run("sql", "--dialect", "dbase", "--lang", lang)

    assert done.returncode == 2
    assert "dbase" in done.stderr and "oracle" in done.stderr


def test_a_reading_that_is_none_is_refused() -> None:
    done = run("sql", "--dialect", "duckdb", "--reading", "AMB-99=Z")

    assert done.returncode == 2
    assert "AMB-99" in done.stderr
