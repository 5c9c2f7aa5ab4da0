"""Personal data: sealed, in no other place, read only by those who may, and gone once they are erased."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

import plan_rules as pr
from plan_rules.cases.casebook import Cases
from plan_rules.cases.personal import AccessRefused, RanOut
from plan_rules.cases.refusal import EventRefused
from plan_rules.cases.store.schema import metadata, personal
from plan_rules.cases.vault import MAX_CHARACTERS, KeyRefused, Keyring, new_key_file, read_key_file
from tests.cases.postgres import Server
from tests.cases.store_stories import BY, FEW, PLAN, Clock, another_case, contents, database, opened, sql, untouched

NAME, PHONE, NOTE = "罗某某", "13800138000", "客户罗某某说: 'it is \"mine\"' \\ %s"
WORDS = {"customer_name": NAME, "customer_phone": PHONE, "incident_note": NOTE}
READER = {"role": "outlet_manager", "by": "1001", "reason": "answer the complaint"}
FACTS = {"complaint_location": "counter", "aggression_level": "minor"}
KEY, OTHER = b"k" * 32, b"o" * 32


@pytest.fixture
def cases(store_url: str, clock: Clock) -> Iterator[Cases]:
    """A store with one case, `A`, and three personal data in it."""
    with opened(store_url, clock, keyring=Keyring((KEY,))) as found:
        found.open(PLAN, FACTS, by=BY, case="A", personal=WORDS)
        yield found


def words_of(cases: Cases, case: str = "A") -> dict[str, str | None]:
    return {datum.item: datum.words for datum in cases.personal.read(case, **READER)}


def accesses(cases: Cases) -> list[dict[str, object]]:
    return [{**entry.content["access"], "id": ""} for entry in cases.personal.accesses()]


def given_away(text_: str | bytes) -> list[str]:
    """Which of the words are in it, in any of the forms in which they could be."""
    found = []
    for word in (NAME, PHONE, "客户罗某某"):
        forms = [word.encode(), word.encode("utf-16-le"), word.encode("unicode_escape"), repr(word).encode()]
        forms += [word.encode().hex().encode()]
        content = text_ if isinstance(text_, bytes) else text_.encode()
        found += [word for form in forms if form in content]
    return found


# --------------------------------------------------------------------------------------------------- nowhere but sealed


def test_what_was_sealed_can_be_read_by_a_role_that_may(cases: Cases, clock: Clock) -> None:
    data = {datum.item: datum for datum in cases.personal.read("A", **READER)}

    assert {item: datum.words for item, datum in data.items()} == WORDS
    assert data["customer_name"].label == "客户姓名"
    assert data["customer_name"].recorded_at == clock.now


def test_personal_data_are_in_no_table_as_they_were_said(
    cases: Cases, store_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    cases.note("A", "incident_note", NOTE, by=BY)
    cases.personal.read("A", **READER)
    with suppress(EventRefused):
        cases.record("A", cases.events("A")[0].what, by=BY, personal=WORDS)
    tables = contents(store_url)

    assert {name for name in tables if tables[name]} >= {"personal", "entries", "cases", "streams", "documents"}
    for rows in tables.values():
        for value in (value for row in rows for value in row):
            assert given_away(bytes(value) if isinstance(value, bytes | memoryview) else str(value)) == []
    assert given_away(caplog.text) == []


def test_nothing_but_reading_gives_personal_data_away(cases: Cases) -> None:
    told = cases.note("A", "incident_note", NOTE, by=BY)
    anchor = cases.audit.anchor(by=BY)
    shown = [
        told,
        cases.events("A"),
        cases.audit.entries("A"),
        cases.audit.replay("A"),
        cases.audit.verify(anchor),
        anchor,
        cases.outbox.of_case("A"),
        cases.outbox.claim("w", now=cases.now(), lease=timedelta(minutes=1), limit=99),
        cases.list(),
        cases.load("A").to_dict(),
        cases,
        cases.personal,
        Keyring((KEY,)),
        Keyring((KEY,)).seal("A", "customer_name", NAME).sealed,
        [*cases.personal.held()],
        cases.personal.accesses(),
    ]

    assert [given_away(repr(each)) for each in shown] == [[]] * len(shown)
    assert KEY.hex() not in repr(shown) and repr(KEY) not in repr(shown)


REFUSED: dict[str, Callable[[Cases], object]] = {
    "an unknown item": lambda cases: cases.record(
        "A", cases.events("A")[0].what, by=BY, personal={"nonsense": NAME, "customer_phone": PHONE}
    ),
    "too long": lambda cases: cases.note("A", "incident_note", NAME + "x" * MAX_CHARACTERS, by=BY),
    "an event that does not fit": lambda cases: cases.open(PLAN, FACTS, by=BY, case="A", personal=WORDS),
    "facts that cannot be": lambda cases: cases.open(
        PLAN, {"staff_assaulted": True, "aggression_level": "minor"}, by=BY, personal=WORDS
    ),
    "a bad event id": lambda cases: cases.note("A", "incident_note", NOTE, by=BY, event="a b"),
    "a case that is not there": lambda cases: cases.note("Z", "incident_note", NOTE, by=BY),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refusal_gives_nothing_away_and_leaves_nothing(cases: Cases, store_url: str, name: str) -> None:
    with untouched(store_url), pytest.raises(pr.PlanRulesError) as refused:
        REFUSED[name](cases)
    error: BaseException | None = refused.value
    while error is not None:
        assert given_away(f"{error}{error!r}") == []
        error = error.__cause__ or error.__context__


def test_a_failure_of_the_database_gives_nothing_away(cases: Cases, store_url: str) -> None:
    sql(store_url, "DROP TABLE personal")
    with pytest.raises(pr.PlanRulesError) as failed:
        cases.note("A", "incident_note", NOTE, by=BY)

    assert given_away(f"{failed.value}{failed.value!r}{failed.value.__cause__}{failed.value.__cause__!r}") == []


# ------------------------------------------------------------------------------------------------------ what is refused


@pytest.mark.parametrize("words", ["", "x" * (MAX_CHARACTERS + 1)])
def test_words_are_neither_none_nor_too_many(cases: Cases, store_url: str, words: str) -> None:
    with untouched(store_url), pytest.raises(EventRefused) as refused:
        cases.note("A", "incident_note", words, by=BY)
    assert [found.code for found in refused.value.diagnostics] == ["CS021"]


def test_as_many_words_as_there_may_be_are_kept(cases: Cases) -> None:
    words = "长" * MAX_CHARACTERS
    cases.note("A", "customer_features", words, by=BY)

    assert words_of(cases)["customer_features"] == words


def test_personal_data_that_the_plan_does_not_keep_are_refused(cases: Cases, store_url: str) -> None:
    for ask in (
        lambda: cases.note("A", "nonsense", NAME, by=BY),
        lambda: cases.personal.read("A", items=["nonsense"], **READER),
    ):
        with untouched(store_url), pytest.raises(EventRefused) as refused:
            ask()
        assert [found.code for found in refused.value.diagnostics] == ["CS020"]


@pytest.mark.parametrize("role", ["customer", "police", "nobody", "", "president"])
def test_a_role_that_may_not_reads_nothing_and_that_it_asked_is_recorded(cases: Cases, role: str) -> None:
    before = accesses(cases)
    with pytest.raises(AccessRefused) as refused:
        cases.personal.read("A", role=role, by="3003", reason="curious", items=["customer_name", "incident_note"])

    assert given_away(str(refused.value)) == []
    assert refused.value.message.zh and refused.value.message.en
    assert accesses(cases) == [
        *before,
        {
            "case": "A",
            "items": ["customer_name", "incident_note"],
            "role": role,
            "by": "3003",
            "reason": "curious",
            "kind": "refused",
            "why": "role",
            "id": "",
        },
    ]


def test_a_role_reads_what_it_may_and_no_more(cases: Cases) -> None:
    data = cases.personal.read("A", role="president", by="9001", reason="look")

    assert [datum.item for datum in data] == ["incident_note"]
    assert accesses(cases)[-1]["items"] == ["incident_note"]


def test_every_reading_is_recorded_in_the_log(cases: Cases, store_url: str) -> None:
    cases.personal.read("A", items=["customer_phone"], **READER)

    assert accesses(cases) == [
        {"case": "A", "items": ["customer_phone"], **READER, "kind": "read", "id": ""},
    ]
    assert cases.audit.verify().whole
    sql(store_url, "UPDATE entries SET body = replace(body, '1001', '6666') WHERE stream = '@access'")
    assert [broken.stream for broken in cases.audit.verify().breaks] == ["@access"]


def test_what_cannot_be_recorded_is_not_read(cases: Cases, clock: Clock) -> None:
    cases.personal.read("A", **READER)
    clock.passes(hours=-1)

    with pytest.raises(EventRefused):  # the clock stepped back
        cases.personal.read("A", **READER)


def test_without_a_key_personal_data_are_neither_kept_nor_read(cases: Cases, store_url: str, clock: Clock) -> None:
    with opened(store_url, clock) as keyless:
        with untouched(store_url), pytest.raises(KeyRefused) as refused:
            keyless.note("A", "incident_note", NOTE, by=BY)
        assert "--key" in refused.value.message.zh and "--key" in refused.value.message.en
        with pytest.raises(KeyRefused):
            keyless.personal.read("A", **READER)
        assert accesses(keyless)[-1]["why"] == "key"
        assert keyless.load("A").version == 1  # all else goes on
        assert keyless.observe("A", {"order_disrupted": True}, by=BY).case.version == 2


def test_with_a_wrong_key_nothing_is_read_and_it_is_recorded(cases: Cases, store_url: str, clock: Clock) -> None:
    with opened(store_url, clock, keyring=Keyring((OTHER,))) as wrong, pytest.raises(KeyRefused) as refused:
        wrong.personal.read("A", **READER)

    assert Keyring((KEY,)).current in refused.value.message.en
    assert accesses(cases)[-1] | {"items": []} == {
        "case": "A",
        "items": [],
        **READER,
        "kind": "refused",
        "why": "key",
        "id": "",
    }


@pytest.mark.parametrize("columns", ["sealed", "wrapped", "sealed, wrapped", "sealed, wrapped, key, recorded_at"])
@pytest.mark.parametrize("other", ["another kind", "another case"])
def test_a_sealed_datum_is_bound_to_its_place(cases: Cases, store_url: str, columns: str, other: str) -> None:
    cases.open(PLAN, FACTS, by=BY, case="B", personal={"customer_name": "别人"})
    place = {"another kind": ("A", "incident_note"), "another case": ("B", "customer_name")}[other]
    names = [name.strip() for name in columns.split(",")]
    with database(store_url) as connection:
        source = (
            connection.execute(select(personal).where(personal.c.case == place[0], personal.c.item == place[1]))
            .mappings()
            .one()
        )
        connection.execute(
            personal.update()
            .where(personal.c.case == "A", personal.c.item == "customer_name")
            .values({name: source[name] for name in names})
        )

    with pytest.raises(KeyRefused):
        cases.personal.read("A", items=["customer_name"], **READER)
    assert accesses(cases)[-1]["why"] == "key"


@pytest.mark.parametrize("change", ["\"case\" = 'B'", "item = 'customer_phone'", "ref = '" + "0" * 32 + "'"])
def test_a_sealed_datum_moved_to_another_place_is_not_opened(cases: Cases, store_url: str, change: str) -> None:
    cases.open(PLAN, FACTS, by=BY, case="B")
    sql(store_url, f"UPDATE personal SET {change} WHERE item = 'customer_name'")

    for case in ("A", "B"):
        with suppress(KeyRefused):
            assert NAME not in [datum.words for datum in cases.personal.read(case, **READER)]


@settings(FEW, max_examples=15)
@given(st.sampled_from(["sealed", "wrapped"]), st.integers(0, 10_000), st.integers(1, 255))
def test_a_sealed_datum_with_any_byte_changed_is_refused(
    cases: Cases, store_url: str, column: str, place: int, flip: int
) -> None:
    case = another_case()
    cases.open(PLAN, FACTS, by=BY, case=case, personal={"customer_name": NAME})
    with database(store_url) as connection:
        row = connection.execute(select(personal).where(personal.c.case == case)).mappings().one()
        content = bytearray(row[column])
        content[place % len(content)] ^= flip
        connection.execute(personal.update().where(personal.c.case == case).values({column: bytes(content)}))

    with pytest.raises(KeyRefused):
        cases.personal.read(case, **READER)


@pytest.mark.parametrize("change", ["sealed = NULL", "wrapped = NULL", "key = NULL"])
def test_a_sealed_datum_with_a_part_gone_is_refused(cases: Cases, store_url: str, change: str) -> None:
    sql(store_url, f"UPDATE personal SET {change} WHERE item = 'customer_name'")

    with pytest.raises(KeyRefused):
        cases.personal.read("A", **READER)
    assert accesses(cases)[-1]["why"] == "key"


def test_an_event_told_again_with_other_personal_data_is_refused(cases: Cases, store_url: str) -> None:
    cases.note("A", "incident_note", NOTE, by=BY, event="e-2")
    with untouched(store_url):
        assert cases.note("A", "incident_note", NOTE, by=BY, event="e-2").repeated
        with pytest.raises(EventRefused) as refused:
            cases.note("A", "customer_features", NOTE, by=BY, event="e-2")
    assert [found.code for found in refused.value.diagnostics] == ["CS017"]


# -------------------------------------------------------------------------------------------------------------- erased


def files_of(url: str) -> bytes:
    """All that the file of SQLite and those beside it hold."""
    path = Path(url.removeprefix("sqlite:///"))
    return b"".join(file.read_bytes() for file in sorted(path.parent.glob(path.name + "*")))


def test_what_was_erased_is_gone_and_the_log_is_whole(cases: Cases, store_url: str, clock: Clock) -> None:
    decisions = [each.decision for each in cases.audit.replay("A")]
    anchor = cases.audit.anchor(by=BY)
    with database(store_url) as connection:
        rows = connection.execute(select(personal).where(personal.c.item == "customer_name")).mappings().all()
        secrets = [bytes(row[name]) for row in rows for name in ("sealed", "wrapped")]
    clock.passes(days=1)
    told = cases.erase("A", ["customer_name"], reason="客户要求删除", by=BY)

    assert words_of(cases) == {**WORDS, "customer_name": None}
    with database(store_url) as connection:
        erased = connection.execute(select(personal).where(personal.c.item == "customer_name")).mappings().one()
    assert (erased["key"], erased["wrapped"], erased["sealed"]) == (None, None, None)
    assert erased["erased_at"] == "2025-05-21T09:15:00"
    if store_url.startswith("sqlite"):
        held = files_of(store_url)  # while the store is open, with its write-ahead log
        assert secrets and not any(secret in held for secret in secrets)
    assert cases.audit.verify(anchor).whole
    again = cases.audit.replay("A")
    assert [each.decision for each in again][: len(decisions)] == decisions
    assert all(each.same for each in again)
    assert told.case.version == 2
    assert [*cases.personal.held()] == sorted(
        (
            {
                "case": "A",
                "item": item,
                "recorded_at": "2025-05-20T09:15:00",
                "erased_at": "2025-05-21T09:15:00" if item == "customer_name" else "",
            }
            for item in WORDS
        ),
        key=lambda row: row["item"],
    )


def test_only_what_is_named_of_the_case_that_is_named_is_erased(cases: Cases) -> None:
    cases.open(PLAN, FACTS, by=BY, case="B", personal={"customer_name": "别人"})
    cases.note("A", "customer_name", "罗某", by=BY)
    cases.erase("A", ["customer_name", "customer_features"], reason="x", by=BY)
    cases.erase("A", ["customer_name"], reason="again", by=BY)

    assert words_of(cases, "B") == {"customer_name": "别人"}
    assert {item for item, words in words_of(cases).items() if words is None} == {"customer_name"}


def test_a_closed_case_can_be_erased_and_noted(cases: Cases) -> None:
    cases.resolve("A", by=BY)
    cases.finish("A", by=BY)
    cases.erase("A", [*WORDS], reason="x", by=BY)

    assert set(words_of(cases).values()) == {None}
    assert cases.audit.replay("A")[-1].same


# ----------------------------------------------------------------------------------------------------------- how long


def test_personal_data_run_out_by_the_days_of_the_plan_from_the_day_it_was_resolved(cases: Cases, clock: Clock) -> None:
    cases.note("A", "customer_features", "高个子", by=BY)
    assert cases.personal.ran_out(datetime(2099, 1, 1)) == ()  # an open case keeps everything
    cases.resolve("A", by=BY)
    resolved = date(2025, 5, 20)

    def items_on(days: int) -> tuple[RanOut, ...]:
        return cases.personal.ran_out(datetime.combine(resolved, datetime.min.time()) + timedelta(days=days))

    assert items_on(180) == ()
    assert items_on(181) == (RanOut("A", ("customer_features",), resolved),)
    assert items_on(365) == items_on(181)
    assert items_on(366) == (
        RanOut("A", ("customer_name", "customer_phone", "customer_features", "incident_note"), resolved),
    )
    clock.passes(days=200)
    cases.erase("A", ["customer_features"], reason="到期", by=BY)
    assert items_on(300) == ()
    cases.reopen("A", reason="又来了", by=BY)
    assert items_on(10_000) == ()


def test_the_clock_of_keeping_runs_from_the_day_it_was_resolved_whatever_is_noted_later(
    cases: Cases, clock: Clock
) -> None:
    cases.resolve("A", by=BY)
    cases.finish("A", by=BY)
    clock.passes(days=100)
    cases.note("A", "customer_features", "高个子", by=BY)

    assert [(found.items, found.since) for found in cases.personal.ran_out(datetime(2025, 11, 17))] == [
        (("customer_features",), date(2025, 5, 20))
    ]


# ---------------------------------------------------------------------------------------------------------------- keys


def test_a_new_key_takes_over_and_the_old_one_can_go(cases: Cases, store_url: str, clock: Clock) -> None:
    cases.open(PLAN, FACTS, by=BY, case="B", personal={"customer_name": "别人"})
    cases.erase("A", ["incident_note"], reason="x", by=BY)
    with opened(store_url, clock, keyring=Keyring((OTHER, KEY))) as both:
        both.note("A", "customer_features", "高个子", by=BY)  # under the new key already
        assert words_of(both, "B") == {"customer_name": "别人"}
        assert both.personal.rewrap() == 3
        assert both.personal.rewrap() == 0
    with opened(store_url, clock, keyring=Keyring((OTHER,))) as new:
        assert words_of(new) == {
            "customer_name": NAME,
            "customer_phone": PHONE,
            "incident_note": None,
            "customer_features": "高个子",
        }
        assert new.audit.verify().whole
    with pytest.raises(KeyRefused):
        cases.personal.read("B", **READER)  # the old key opens nothing any more


def test_rewrapping_without_the_old_key_changes_nothing(cases: Cases, store_url: str, clock: Clock) -> None:
    new = opened(store_url, clock, keyring=Keyring((OTHER,)))
    with new, untouched(store_url), pytest.raises(KeyRefused):
        new.personal.rewrap()


def test_rewrapping_what_was_tampered_with_is_refused_and_changes_nothing(
    cases: Cases, store_url: str, clock: Clock
) -> None:
    with database(store_url) as connection:
        connection.execute(personal.update().where(personal.c.item == "customer_name").values(wrapped=b"x" * 40))
    both = opened(store_url, clock, keyring=Keyring((OTHER, KEY)))
    with both, untouched(store_url), pytest.raises(KeyRefused):
        both.personal.rewrap()


def test_a_key_file_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        made = new_key_file(tmp_path / "key")
    finally:
        os.umask(before)
    content = (tmp_path / "key").read_bytes()

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert read_key_file(tmp_path / "key").current == made.current
    with pytest.raises(FileExistsError):
        new_key_file(tmp_path / "key")
    assert (tmp_path / "key").read_bytes() == content
    assert new_key_file(tmp_path / "other").current != made.current


def test_a_key_file_holds_the_newest_key_first(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{OTHER.hex()}\n\n{KEY.hex().upper()}\n", encoding="ascii")
    keyring = read_key_file(file)

    assert keyring.current == Keyring((OTHER,)).current
    datum = Keyring((KEY,)).seal("A", "customer_name", NAME)
    assert keyring.open("A", "customer_name", datum.sealed.ref, datum.key, datum.wrapped, datum.content) == NAME


@pytest.mark.parametrize("content", [b"", b"\n", b"zz" * 32, KEY.hex()[:-2].encode(), KEY, b"\xff" * 32, "密".encode()])
def test_a_file_that_is_no_key_file_is_refused_in_both_languages(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(KeyRefused) as refused:
        read_key_file(file)

    assert "32 字节" in refused.value.message.zh or "64 个十六进制" in refused.value.message.zh
    assert "32 bytes" in refused.value.message.en or "64 hexadecimal" in refused.value.message.en
    assert content.decode("latin-1").strip() == "" or content.decode("latin-1") not in str(refused.value)


def test_a_key_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_key_file(tmp_path / "key")
    assert [*tmp_path.iterdir()] == []


def test_the_same_words_never_look_the_same() -> None:
    keyring = Keyring((KEY,))
    one, other = keyring.seal("A", "customer_name", NAME), keyring.seal("A", "customer_name", NAME)

    assert one.sealed.commitment != other.sealed.commitment
    assert one.content[-20:] != other.content[-20:] and one.wrapped != other.wrapped


def test_only_one_table_holds_sealed_data(postgres_server: Server) -> None:
    """So that a copy of the store without it, for statistics, holds none."""
    url = postgres_server.new_database()
    with opened(url, keyring=Keyring((KEY,))) as cases:
        cases.open(PLAN, FACTS, by=BY, case="A", personal=WORDS)
        with database(url) as connection:
            columns = connection.execute(
                text("SELECT table_name FROM information_schema.columns WHERE data_type = 'bytea'")
            ).scalars()
            assert set(columns) & set(metadata.tables) == {"personal", "documents"}
    postgres_server.drop_database(url)
