"""Whatever is altered in a database behind the library's back is found, and decisions can be made again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select, text

import plan_rules as pr
from plan_rules.cases.audit import ANCHORS, Verdict
from plan_rules.cases.casebook import Cases
from plan_rules.cases.chain import Break, Fault
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.store.failures import StoreDamaged
from plan_rules.cases.store.schema import cases as cases_table
from plan_rules.cases.store.schema import documents, entries, metadata, streams
from plan_rules.digests import canonical, digest_of
from tests.cases.postgres import Server
from tests.cases.store_stories import (
    BY,
    FEW,
    PLAN,
    STORIES,
    Clock,
    Story,
    amended,
    database,
    opened,
    s58,
    sql,
    tell,
    untouched,
)
from tests.command_line import ROOT

ANGRY = {"complaint_location": "counter", "aggression_level": "minor"}


@pytest.fixture
def cases(store_url: str, clock: Clock) -> Iterator[Cases]:
    """A store with two cases: `A` of seven events, `B` of one."""
    with opened(store_url, clock) as found:
        found.open(PLAN, ANGRY, by=BY, case="B")
        tell(found, clock, s58(), "A")
        yield found


Table = list[dict[str, Any]]


def read_all(url: str, table: Any) -> Table:
    with database(url) as connection:
        return [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]


def write_all(url: str, table: Any, rows: Table) -> None:
    with database(url) as connection:
        connection.execute(delete(table))
        if rows:
            connection.execute(insert(table), rows)


def chained(rows: Table, start: int) -> Table:
    """The rows of one stream, their chain computed anew from this one on."""
    found = [dict(row) for row in rows]
    for index in range(start, len(found)):
        content = json.loads(found[index]["body"])
        content["previous"] = found[index - 1]["digest"] if index else content["previous"]
        content["version"] = found[index]["version"] = index + 1
        found[index]["body"] = canonical(content)
        found[index]["digest"] = digest_of(found[index]["body"])
    return found


def heads_of(rows: Table) -> Table:
    """`streams` as it would be if these entries were the truth."""
    last = {row["stream"]: row for row in rows}
    return [
        {
            "id": name,
            "version": row["version"],
            "head": row["digest"],
            "recorded_at": json.loads(row["body"])["recorded_at"],
        }
        for name, row in last.items()
    ]


def lied(body: str) -> str:
    """The entry with somebody else to blame, in its canonical form."""
    content = json.loads(body)
    if "event" in content:
        content["event"]["by"] = "6666"
    content["lie"] = True
    return canonical(content)


def test_a_log_that_nobody_touched_is_whole(cases: Cases, store_url: str) -> None:
    with untouched(store_url):
        assert cases.audit.verify() == Verdict(2, 8 + 1, ())
    anchor = cases.audit.anchor(by=BY)
    assert cases.audit.verify(anchor) == Verdict(3, 8 + 2, ())
    assert cases.audit.verify(json.loads(json.dumps(anchor))).whole


# --------------------------------------------------------------------------------------------- every kind of tampering

Tampering = Callable[[Table], tuple[Table, bool]]


def body(rows: Table) -> tuple[Table, bool]:
    rows[3]["body"] = lied(rows[3]["body"])
    return rows, False


def body_and_digest(rows: Table) -> tuple[Table, bool]:
    rows[3]["body"] = lied(rows[3]["body"])
    rows[3]["digest"] = digest_of(rows[3]["body"])
    return rows, False


def digest(rows: Table) -> tuple[Table, bool]:
    rows[3]["digest"] = digest_of("nothing")
    return rows, False


def no_entry(rows: Table) -> tuple[Table, bool]:
    rows[3] |= {"body": "[]", "digest": digest_of("[]")}
    return rows, False


def event(rows: Table) -> tuple[Table, bool]:
    rows[3]["event"] = "another"
    return rows, False


def first_deleted(rows: Table) -> tuple[Table, bool]:
    return rows[1:], False


def middle_deleted(rows: Table) -> tuple[Table, bool]:
    return rows[:3] + rows[4:], False


def middle_deleted_and_counted_anew(rows: Table) -> tuple[Table, bool]:
    return [*rows[:3], *({**row, "version": row["version"] - 1} for row in rows[4:])], False


def last_deleted(rows: Table) -> tuple[Table, bool]:
    return rows[:-1], False


def last_deleted_and_streams_put_right(rows: Table) -> tuple[Table, bool]:
    return rows[:-1], True


def swapped(rows: Table) -> tuple[Table, bool]:
    one, other = rows[3], rows[4]
    rows[3], rows[4] = {**other, "version": one["version"]}, {**one, "version": other["version"]}
    return rows, False


def inserted(rows: Table) -> tuple[Table, bool]:
    lie = {**rows[3], "event": "another", "body": lied(rows[3]["body"])}
    moved = [{**row, "version": row["version"] + 1} for row in rows[4:]]
    new = chained([*rows[:4], {**lie, "version": 5}], 4)
    return [*new, *moved], False


def added_at_the_end(rows: Table) -> tuple[Table, bool]:
    content = json.loads(rows[-1]["body"])
    content["event"]["id"] = "another"
    return chained([*rows, {**rows[-1], "event": "another", "body": canonical(content)}], len(rows)), False


TAMPERINGS: dict[Tampering, tuple[int, Fault]] = {
    body: (4, Fault.ALTERED),
    body_and_digest: (5, Fault.REORDERED),  # the chain breaks where the next entry names another
    digest: (4, Fault.ALTERED),
    no_entry: (4, Fault.UNKNOWN),
    event: (4, Fault.ALTERED),
    first_deleted: (1, Fault.MISSING),
    middle_deleted: (4, Fault.MISSING),
    middle_deleted_and_counted_anew: (4, Fault.REORDERED),
    last_deleted: (8, Fault.CUT),
    last_deleted_and_streams_put_right: (8, Fault.ALTERED),  # the case itself still stands where it stood
    swapped: (4, Fault.REORDERED),
    inserted: (6, Fault.REORDERED),
    added_at_the_end: (9, Fault.REORDERED),
}


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=lambda each: each.__name__)
def test_the_first_entry_that_does_not_fit_is_named(cases: Cases, store_url: str, tampering: Tampering) -> None:
    anchor = cases.audit.anchor(by=BY)
    of_a = [row for row in read_all(store_url, entries) if row["stream"] == "A"]
    others = [row for row in read_all(store_url, entries) if row["stream"] != "A"]
    changed, put_right = tampering(of_a)
    write_all(store_url, entries, changed + others)
    if put_right:
        write_all(store_url, streams, heads_of(changed + others))

    version, fault = TAMPERINGS[tampering]
    assert cases.audit.verify().breaks == (Break("A", version, fault),)
    with_anchor = cases.audit.verify(anchor).breaks
    assert [(found.stream, found.version) for found in with_anchor] == [("A", version)]


def test_a_digest_altered_too_is_found_at_the_last_entry(cases: Cases, store_url: str) -> None:
    rows = read_all(store_url, entries)
    (one,) = [row for row in rows if row["stream"] == "B"]
    one["body"] = lied(one["body"])
    one["digest"] = digest_of(one["body"])
    write_all(store_url, entries, rows)

    assert cases.audit.verify().breaks == (Break("B", 1, Fault.ALTERED),)


@pytest.mark.parametrize("start", [0, 3, 7])
def test_a_chain_recomputed_is_found_only_by_an_anchor(cases: Cases, store_url: str, start: int) -> None:
    anchor = cases.audit.anchor(by=BY)
    rows = read_all(store_url, entries)
    others = [row for row in rows if row["stream"] != "A"]
    mine = [row for row in rows if row["stream"] == "A"]
    mine[start]["body"] = lied(mine[start]["body"])
    changed = [*chained(mine, start), *others]
    write_all(store_url, entries, changed)
    write_all(store_url, streams, heads_of(changed))

    assert cases.audit.verify().whole
    assert cases.audit.verify(anchor).breaks == (Break("A", 8, Fault.ALTERED),)  # the one that the anchor knows


def test_an_end_cut_off_with_all_put_right_is_found_only_by_an_anchor(
    cases: Cases, store_url: str, clock: Clock
) -> None:
    before = {table: read_all(store_url, table) for table in (entries, streams, cases_table)}
    cases.observe("A", {"media_present": True}, by=BY)
    anchor = cases.audit.anchor(by=BY)
    for table, rows in before.items():
        if table is not cases_table:
            write_all(store_url, table, rows)
    with database(store_url) as connection:
        (row,) = [row for row in before[cases_table] if row["id"] == "A"]
        connection.execute(cases_table.update().where(cases_table.c.id == "A").values(**row))

    assert cases.audit.verify().whole
    assert cases.audit.verify(anchor).breaks[-1] == Break("A", 9, Fault.CUT)


def removed(url: str, case: str, tables: tuple[str, ...]) -> None:
    for name in tables:
        column = "stream" if name == "entries" else "id" if name in ("streams", "cases") else '"case"'
        sql(url, f"DELETE FROM {name} WHERE {column} = :case", case=case)


def test_a_whole_case_removed_is_found_by_an_anchor(cases: Cases, store_url: str) -> None:
    anchor = cases.audit.anchor(by=BY)
    removed(store_url, "B", ("deadlines", "messages", "personal", "cases", "entries", "streams"))

    assert cases.audit.verify().whole
    assert cases.audit.verify(anchor).breaks == (Break("B", 1, Fault.CUT),)


def test_a_case_removed_but_for_its_log_or_its_head_is_found(cases: Cases, store_url: str) -> None:
    removed(store_url, "B", ("deadlines", "messages", "personal", "cases"))
    assert cases.audit.verify().breaks == (Break("B", 1, Fault.ALTERED),)
    removed(store_url, "B", ("entries",))
    assert cases.audit.verify().breaks == (Break("B", 1, Fault.CUT),)
    removed(store_url, "A", ("streams",))
    assert cases.audit.verify().breaks[0] == Break("A", 1, Fault.REORDERED)


@pytest.mark.parametrize("anchored", [False, True])
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("version = 9", Break("A", 9, Fault.CUT)),
        ("version = 3", Break("A", 4, Fault.REORDERED)),
        ("head = 'sha256:" + "1" * 64 + "'", Break("A", 8, Fault.ALTERED)),
        ("id = 'C'", Break("A", 1, Fault.REORDERED)),
    ],
)
def test_an_altered_head_of_a_stream_is_found(
    cases: Cases, store_url: str, change: str, found: Break, anchored: bool
) -> None:
    anchor = cases.audit.anchor(by=BY) if anchored else None
    sql(store_url, f"UPDATE streams SET {change} WHERE id = 'A'")

    assert found in cases.audit.verify(anchor).breaks


def test_an_altered_instant_at_the_head_of_a_stream_is_found(cases: Cases, store_url: str) -> None:
    """It would keep everybody from recording: the clock would seem to step back."""
    sql(store_url, "UPDATE streams SET recorded_at = '2099-01-01T00:00:00' WHERE id = 'A'")

    assert cases.audit.verify().breaks == (Break("A", 8, Fault.ALTERED),)


def test_readings_of_personal_data_are_in_the_log_too(cases: Cases, store_url: str) -> None:
    for role in ("nobody", "customer", "media"):
        with pytest.raises(pr.PlanRulesError):
            cases.personal.read("A", role=role, by=BY, reason="x")
    assert cases.audit.verify().whole
    sql(store_url, "DELETE FROM entries WHERE stream = '@access' AND version = 2")

    assert cases.audit.verify().breaks == (Break("@access", 2, Fault.MISSING),)


# --------------------------------------------------------------------------------------------- any tampering at random

COLUMNS = ("stream", "version", "event", "body", "digest")


@st.composite
def tamperings(draw: st.DrawFn) -> Callable[[Table], Table]:
    """Some change to the entries: the chain may be computed anew afterwards, and it always looks as if nothing was."""
    kind = draw(st.sampled_from(["value", "delete", "swap", "copy", "lie", "cut", "forget"]))
    one, other = draw(st.integers(0, 999)), draw(st.integers(0, 999))
    column = draw(st.sampled_from(COLUMNS[2:]))
    recompute = draw(st.booleans())

    def change(rows: Table) -> Table:
        rows = [dict(row) for row in rows]
        i, j = one % len(rows), other % len(rows)
        match kind:
            case "value":
                rows[i][column] = rows[i][column][:-1] + ("x" if rows[i][column][-1] != "x" else "y")
                return rows
            case "delete":
                del rows[i]
            case "swap":
                for name in COLUMNS[2:]:
                    rows[i][name], rows[j][name] = rows[j][name], rows[i][name]
            case "copy":
                rows[i] |= {name: rows[j][name] for name in ("body", "digest")}
            case "lie":
                rows[i]["body"] = lied(rows[i]["body"])
                rows[i]["digest"] = digest_of(rows[i]["body"])
            case "cut":
                rows = [
                    row for row in rows if row["stream"] != rows[i]["stream"] or row["version"] < rows[i]["version"]
                ]
            case "forget":
                rows = [row for row in rows if row["stream"] != rows[i]["stream"]]
        if not recompute:
            return rows
        names = dict.fromkeys(row["stream"] for row in rows)
        return [row for name in names for row in chained([row for row in rows if row["stream"] == name], 0)]

    return change


@contextmanager
def tampered(url: str, rows: Table) -> Iterator[None]:
    """The store with these entries, and `streams` put right; afterwards it is as it was."""
    before = {table: read_all(url, table) for table in (entries, streams)}
    try:
        for table, changed in ((entries, rows), (streams, heads_of(rows))):
            write_all(url, table, changed)
        yield
    finally:
        for table, found in before.items():
            write_all(url, table, found)


@settings(FEW, max_examples=8)
@given(STORIES, st.lists(tamperings(), min_size=6, max_size=6))
def test_any_change_to_the_entries_is_found_given_an_anchor(
    cases: Cases, store_url: str, clock: Clock, story: Story, changes: list[Callable[[Table], Table]]
) -> None:
    tell(cases, clock, story)
    anchor = cases.audit.anchor(by=BY)
    rows = read_all(store_url, entries)
    mine = [row for row in rows if row["stream"] != ANCHORS]  # made by the anchor, so after what it knows
    others = [row for row in rows if row["stream"] == ANCHORS]
    for change in changes:
        changed = change(mine)
        if len({(row["stream"], row["event"]) for row in changed}) < len(changed) or changed == mine:
            continue  # the database itself does not take it, or it is no change
        try:
            heads_of(changed)
        except ValueError:
            continue
        with tampered(store_url, changed + others):
            assert not cases.audit.verify(anchor).whole
    assert cases.audit.verify(anchor).whole


# --------------------------------------------------------------------------------------------------------- anchors


def test_an_anchor_still_holds_when_the_log_has_grown(cases: Cases, clock: Clock) -> None:
    anchors = []
    for number in range(3):
        anchors.append(cases.audit.anchor(by=BY))
        cases.open(PLAN, {}, by=BY, case=f"C-{number}")
        cases.observe("A", {"media_present": bool(number % 2)}, by=BY)

    assert all(cases.audit.verify(anchor).whole for anchor in anchors)
    assert len({anchor["root"] for anchor in anchors}) == 3


def test_an_anchor_made_twice_is_recorded_once(cases: Cases) -> None:
    first, second = cases.audit.anchor(by=BY), cases.audit.anchor(by=BY)

    assert first == second
    assert [entry.content["anchor"] for entry in cases.audit.entries(ANCHORS)] == [
        {"root": first["root"], "streams": 2, "by": BY}
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda anchor: {},
        lambda anchor: {**anchor, "streams": []},
        lambda anchor: {**anchor, "streams": {"A": 8}},
        lambda anchor: {**anchor, "streams": {"A": anchor["streams"]["A"]}},
        lambda anchor: {**anchor, "root": "sha256:" + "0" * 64},
        lambda anchor: {**anchor, "streams": {**anchor["streams"], "A": [7, anchor["streams"]["A"][1]]}},
        lambda anchor: {**anchor, "streams": {**anchor["streams"], "A": [8, None]}},
    ],
)
def test_an_anchor_that_was_altered_is_refused(cases: Cases, spoil: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    anchor = spoil(cases.audit.anchor(by=BY))

    with pytest.raises(EventRefused) as refused:
        cases.audit.verify(anchor)
    assert [found.code for found in refused.value.diagnostics] == ["CS022"]


def test_an_anchor_holds_whatever_the_database_takes_for_the_order_of_letters(postgres_server: Server) -> None:
    admin, url = postgres_server.new_database(), postgres_server.new_database()
    name = url.partition("@/")[2].partition("?")[0]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE {name}")
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C'")
    with opened(url) as cases:
        for case in ("a", "B", "A-1", "a1", "Z"):
            cases.open(PLAN, {}, by=BY, case=case)
        with database(url) as connection:
            names = connection.execute(text("SELECT id FROM cases ORDER BY id")).scalars().all()
        assert names != sorted(names)
        assert cases.audit.verify(cases.audit.anchor(by=BY)).whole
    for each in (url, admin):
        postgres_server.drop_database(each)


# --------------------------------------------------------------------------------------------- decisions made again


def test_every_decision_is_made_again_with_the_same_bytes(cases: Cases, clock: Clock) -> None:
    again = cases.audit.replay("A")

    assert [each.version for each in again] == list(range(1, 9))
    assert [each.event for each in again] == [*cases.events("A")]
    assert all(each.same and each.decided and each.stands for each in again)
    assert [digest_of(each.decision) for each in again] == [
        entry.content["decision"] for entry in cases.audit.entries("A")
    ]


@FEW
@given(STORIES)
def test_any_story_is_decided_again_with_the_same_bytes(cases: Cases, clock: Clock, story: Story) -> None:
    assert all(each.same for each in cases.audit.replay(tell(cases, clock, story)))


def test_a_new_process_decides_again_after_the_plan_file_has_gone(store_url: str, clock: Clock, tmp_path: Path) -> None:
    file = amended(tmp_path)
    with opened(store_url, clock) as cases:
        cases.open(pr.load(file), ANGRY, by=BY, case="A")
        cases.upgrade("A", PLAN, by=BY)
        decisions = [each.decision for each in cases.audit.replay("A")]
    file.unlink()
    (tmp_path / "source.yaml").unlink()
    script = (
        "import sys, json; from plan_rules.cases.casebook import Cases\n"
        "with Cases.connect(sys.argv[1]) as cases:\n"
        "    again = cases.audit.replay('A')\n"
        "    print(json.dumps([cases.audit.verify().whole, [one.same for one in again], [one.decision for one in again]]))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script, store_url], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [True, [True, True], decisions]


def test_an_altered_case_beside_the_log_is_found_by_replaying(cases: Cases, store_url: str) -> None:
    with database(store_url) as connection:
        row = connection.execute(select(cases_table).where(cases_table.c.id == "A")).mappings().one()
        plain = json.loads(row["snapshot"])
        plain["lives"].pop()
        connection.execute(cases_table.update().where(cases_table.c.id == "A").values(snapshot=canonical(plain)))
    again = cases.audit.replay("A")

    assert cases.audit.verify().whole  # the log is
    assert [each.same for each in again] == [True] * 7 + [False]
    assert (again[-1].decided, again[-1].stands) == (True, False)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE cases SET tier = NULL",
        "UPDATE cases SET phase = 'closed'",
        "UPDATE cases SET review_at = '2099-01-01T00:00:00'",
        "UPDATE deadlines SET overdue_from = '2099-01-01T00:00:00'",
        "UPDATE deadlines SET duty = '{}'",
        "DELETE FROM deadlines",
    ],
)
def test_an_altered_list_of_cases_or_deadlines_is_found_by_replaying(
    cases: Cases, store_url: str, statement: str
) -> None:
    cases.open(PLAN, {"staff_assaulted": True}, by=BY, case="C")
    assert cases.audit.replay("C")[-1].stands
    sql(store_url, statement)

    assert not cases.audit.replay("C")[-1].stands


def test_deadlines_that_were_removed_come_back_with_the_next_event(cases: Cases, store_url: str) -> None:
    cases.open(PLAN, {"staff_assaulted": True}, by=BY, case="C")
    before = cases.at_once(case="C")
    sql(store_url, "DELETE FROM deadlines")
    cases.observe("C", {"public_figure": False}, by=BY)

    assert before and {duty.action for duty in cases.at_once(case="C")} == {duty.action for duty in before}
    assert all(each.same for each in cases.audit.replay("C"))


def test_a_decision_that_is_not_the_logged_one_is_found_by_replaying(cases: Cases, store_url: str) -> None:
    rows = read_all(store_url, entries)
    mine = [row for row in rows if row["stream"] == "A"]
    content = json.loads(mine[3]["body"])
    mine[3]["body"] = canonical({**content, "decision": digest_of("another")})
    changed = [*chained(mine, 3), *(row for row in rows if row["stream"] != "A")]
    write_all(store_url, entries, changed)
    write_all(store_url, streams, heads_of(changed))

    assert [each.version for each in cases.audit.replay("A") if not each.same] == [4]


def spoilt(kind: str, content: bytes) -> bytes:
    return content.replace(b'"name": ""', b'"name": "x"') if kind == "calendar" else content + b"\n"


@pytest.mark.parametrize("kind", ["plan", "source", "calendar"])
def test_an_altered_text_is_found_and_never_decided_by(cases: Cases, store_url: str, kind: str) -> None:
    (row,) = [row for row in read_all(store_url, documents) if row["kind"] == kind]
    with database(store_url) as connection:
        connection.execute(
            documents.update()
            .where(documents.c.digest == row["digest"])
            .values(content=spoilt(kind, bytes(row["content"])))
        )

    assert cases.audit.verify() == replace(cases.audit.verify(), breaks=(), texts=(row["digest"],))
    assert not cases.audit.verify().whole
    if kind == "calendar":  # the calendar of the library itself is read from no store
        return
    with opened(store_url) as fresh:
        for ask in (fresh.load, fresh.audit.replay):
            with pytest.raises(StoreDamaged) as damaged:
                ask("A")
            assert damaged.value.error == "store_damaged"
            assert row["digest"] in damaged.value.message.zh and row["digest"] in damaged.value.message.en


def test_a_text_that_is_gone_is_found(cases: Cases, store_url: str, tmp_path: Path) -> None:
    newer = pr.load(amended(tmp_path))
    cases.upgrade("B", newer, by=BY)
    cases.upgrade("B", PLAN, by=BY)
    sql(store_url, "DELETE FROM documents WHERE digest = :digest", digest=newer.digest)  # no case is held to it now

    assert cases.audit.verify().texts == (newer.digest,)
    with opened(store_url) as fresh, pytest.raises(StoreDamaged):
        fresh.audit.replay("B")


@pytest.mark.parametrize("snapshot", ["", "{}", "[]", "null", '{"plan": 1, "calendar": 2}'])
def test_a_case_that_cannot_be_read_is_an_error_that_says_so(cases: Cases, store_url: str, snapshot: str) -> None:
    sql(store_url, "UPDATE cases SET snapshot = :snapshot WHERE id = 'A'", snapshot=snapshot)

    with untouched(store_url), pytest.raises(StoreDamaged):
        cases.observe("A", {"media_present": True}, by=BY)
    with pytest.raises(StoreDamaged):
        cases.load("A")
    assert cases.load("B").id == "B"


def test_every_table_is_looked_at_by_verifying_or_replaying() -> None:
    looked_at = {"documents", "streams", "entries", "cases", "deadlines"}
    by_themselves = {"messages", "personal"}  # sealed data are bound to their place; messages leave the store

    assert looked_at | by_themselves == set(metadata.tables)
