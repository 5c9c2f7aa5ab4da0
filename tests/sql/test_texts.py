"""What is written for each dialect: it can be read again, tells the clauses, is the same each time; bad names are refused."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from random import Random

import duckdb
import pytest
import sqlglot
from sqlglot import exp

import plan_rules as pr
from plan_rules.sql import DIALECTS, SqlRefused, Wanted, table_text, views
from plan_rules.sql.reserved import ANY, ORACLE
from tests.analysis.large_plans import large_plan
from tests.command_line import ROOT, run

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


def test_a_table_of_more_columns_than_the_database_has_is_refused_with_what_to_do() -> None:
    narrow = replace(DIALECTS["mysql"], widest_table=40)

    with pytest.raises(SqlRefused) as refused:
        table_text(PLAN, narrow, Wanted())

    assert "至多 40 列" in refused.value.message.zh and "at most 40 columns" in refused.value.message.en
    assert "--columns" in refused.value.message.zh and "--columns" in refused.value.message.en
    assert table_text(PLAN, narrow, Wanted(columns=("aggression_level",))).startswith("CREATE TABLE")


def test_a_table_whose_rows_mysql_does_not_hold_is_refused_with_what_to_do() -> None:
    plan = pr.load()
    levels = {f"level_{number}": replace(plan.facts["aggression_level"], id=f"level_{number}") for number in range(90)}

    with pytest.raises(SqlRefused) as refused:
        table_text(replace(plan, facts={**plan.facts, **levels}), DIALECTS["mysql"], Wanted())

    assert "一行放不下" in refused.value.message.zh and "--columns" in refused.value.message.en
    assert table_text(plan, DIALECTS["mysql"], Wanted()).startswith("CREATE TABLE")


@pytest.mark.parametrize("name", ["postgres", "oracle"])
def test_no_view_and_no_stage_of_one_has_more_columns_than_the_database_allows(name: str) -> None:
    plan = pr.loads(large_plan(Random(1), 120, 8, 6))
    made = views(plan, replace(DIALECTS[name], widest=150), Wanted())
    parsed = [each for view in made for each in sqlglot.parse(view.text, dialect=name) if each is not None]
    selects = [len(select.selects) for each in parsed for select in each.find_all(exp.Select)]

    assert len(made) > 1
    assert max(selects) <= 150


def test_the_same_plan_gives_the_same_text() -> None:
    texts = {run("sql", "--dialect", "oracle").stdout for _ in range(2)}

    assert len(texts) == 1
    assert PLAN.digest in texts.pop()


def _of_its_words(dialect: str) -> tuple[pr.Plan, list[Wanted]]:
    """A plan with a fact called `order`, and tables whose other columns are called by words that SQL reserves."""
    text = (ROOT / "tests/data/small_plan.yaml").read_text(encoding="utf-8")
    assert text.count("{id: found_at") == 1
    keep = sorted(ORACLE if dialect == "oracle" else ANY)
    keep.remove("order")
    most = 70 if dialect == "mysql" else len(keep)  # of texts its rows hold no more
    tables = [Wanted(table="incidents", keep=keep[first : first + most]) for first in range(0, len(keep), most)]
    return pr.loads(text.replace("{id: found_at", "{id: order")), tables


@pytest.mark.parametrize("name", DIALECTS)
def test_columns_are_called_by_words_that_a_database_reserves(name: str) -> None:
    plan, tables = _of_its_words(name)
    for wanted in tables:
        _called_by_words(name, plan, wanted)


def _called_by_words(name: str, plan: pr.Plan, wanted: Wanted) -> None:
    (view,) = views(plan, DIALECTS[name], wanted)
    table = table_text(plan, DIALECTS[name], wanted)

    assert view.columns[: len(wanted.keep)] == tuple(wanted.keep)
    (select,) = (each for each in sqlglot.parse(view.text, dialect=name) if each and each.find(sqlglot.exp.Select))
    columns = [
        *select.find_all(sqlglot.exp.Column),
        *sqlglot.parse_one(table, dialect=name).find_all(sqlglot.exp.ColumnDef),
    ]
    assert all(each.this.quoted for each in columns if each.name in {*wanted.keep, "order"})
    if name == "duckdb":
        duckdb.connect().execute(table).execute(view.text)
    if name == "sqlite":
        sqlite3.connect(":memory:").executescript(table + view.text)


def test_every_word_that_duckdb_reserves_is_known() -> None:
    found = duckdb.sql("SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'").fetchall()

    assert {word for (word,) in found} <= ANY


def test_oracle_quotes_no_plain_name_that_it_does_not_reserve() -> None:
    text = table_text(PLAN, DIALECTS["oracle"], Wanted(keep=("key", "plan", "branch")))

    assert not re.search(r'"(?:key|plan|branch)"', text)


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
