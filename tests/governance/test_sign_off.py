"""A plan is used only where two people signed its bytes, and what it changes; whatever is altered is found."""

from __future__ import annotations

import stat
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.governance import (
    History,
    KeyFileRefused,
    Revocation,
    RevocationRefused,
    SignOffRefused,
    State,
    Trust,
    TrustInvalid,
    beside,
    load_signed,
    new_key_file,
    read_history,
    read_key_file,
    read_trust,
    review,
    sign,
    standings,
    verify,
    with_revocation,
    written,
)
from plan_rules.loading import reload
from tests.governance.signers import (
    DAY,
    FIRST_PLAN,
    KEYS,
    LATER,
    NOW,
    SECOND,
    SECOND_PLAN,
    SIGNED,
    SMALL,
    TRUST,
    both_versions,
    signed_by,
    trust_text,
)

APRIL = datetime(2027, 4, 1)
BOTH = both_versions()


def refused(plan: pr.Plan, history: History, trust: Trust = TRUST, at: datetime = NOW) -> set[str]:
    with pytest.raises(SignOffRefused) as found:
        verify(plan, history, trust, at)
    assert all(each.help and each.message.zh and each.message.en for each in found.value.diagnostics)
    return {each.code for each in found.value.diagnostics}


def test_a_plan_that_two_approvers_signed_is_in_force_from_its_day() -> None:
    history = signed_by("wang", "li")

    assert verify(FIRST_PLAN, history, TRUST, NOW).statement.effective == DAY
    assert refused(FIRST_PLAN, history, at=datetime(2026, 12, 31, 23, 59)) == {"SG011"}
    assert refused(FIRST_PLAN, ()) == {"SG005"}
    assert refused(SECOND_PLAN, history) == {"SG006"}


def test_one_person_signing_is_not_enough_however_often() -> None:
    one = signed_by("wang")
    (entry,) = one
    twice = (entry.model_copy(update={"signatures": entry.signatures * 2}),)

    assert refused(FIRST_PLAN, one) == {"SG010"}
    assert refused(FIRST_PLAN, twice) == {"SG010"}
    with pytest.raises(SignOffRefused) as again:
        signed_by("wang", history=one)
    assert again.value.diagnostics[0].code == "SG014"


def test_more_approvers_can_be_asked_for() -> None:
    trust = read_trust(trust_text(quorum=3))

    assert refused(FIRST_PLAN, signed_by("wang", "li"), trust) == {"SG010"}
    assert verify(FIRST_PLAN, signed_by("wang", "li", "zhao"), trust, NOW)


@pytest.mark.parametrize(
    ("line", "counts"),
    [
        ("撤销: {自: 2026-12-21, 理由: 调离}", True),
        ("撤销: {自: 2026-12-20, 理由: 调离}", False),
        ("撤销: {自: 2030-01-01, 理由: 私钥泄露, 泄露: 是}", False),
        ("自: 2026-12-20", True),
        ("自: 2026-12-21", False),
        ("到期: 2026-12-20", True),
        ("到期: 2026-12-19", False),
    ],
)
def test_a_signature_counts_by_what_was_so_when_it_was_made(line: str, counts: bool) -> None:
    trust, history = read_trust(trust_text(line)), signed_by("wang", "li")

    if counts:
        assert verify(FIRST_PLAN, history, trust, NOW)
    else:
        assert refused(FIRST_PLAN, history, trust) == {"SG010"}
        with pytest.raises(SignOffRefused) as cannot:
            signed_by("wang", trust=trust)
        assert cannot.value.diagnostics[0].code == "SG013"


def test_a_signature_of_a_stranger_does_not_count() -> None:
    assert refused(FIRST_PLAN, signed_by("wang", "zhao"), read_trust(trust_text(without="zhao"))) == {"SG010"}


def test_a_signature_made_later_does_not_count_yet() -> None:
    history = signed_by("wang", "li", at=datetime(2027, 2, 2))

    assert refused(FIRST_PLAN, history, at=NOW) == {"SG010"}
    assert verify(FIRST_PLAN, history, TRUST, datetime(2027, 2, 3))


def test_of_two_versions_the_later_is_in_force_from_its_day() -> None:
    assert verify(FIRST_PLAN, BOTH, TRUST, NOW)
    assert refused(SECOND_PLAN, BOTH, at=NOW) == {"SG011"}
    assert verify(SECOND_PLAN, BOTH, TRUST, APRIL)
    assert refused(FIRST_PLAN, BOTH, at=APRIL) == {"SG012"}
    assert [each.state for each in standings(BOTH, TRUST, APRIL)] == [State.SUPERSEDED, State.IN_FORCE]


def test_a_version_whose_key_leaked_brings_the_one_before_not_back() -> None:
    leaked = read_trust(trust_text("撤销: {自: 2027-03-15, 理由: 泄露, 泄露: 是}"))

    assert refused(FIRST_PLAN, BOTH, leaked, APRIL) == {"SG010"}
    assert refused(SECOND_PLAN, BOTH, leaked, APRIL) == {"SG010"}


def test_a_version_that_is_not_fully_signed_leaves_the_one_before_in_force() -> None:
    pending = signed_by("li", plan=SECOND_PLAN, history=BOTH[:1], effective=LATER, last=FIRST_PLAN)

    assert verify(FIRST_PLAN, pending, TRUST, APRIL)
    assert refused(SECOND_PLAN, pending, at=APRIL) == {"SG010"}


def test_removed_moved_and_edited_entries_are_named() -> None:
    first, second = BOTH
    third = signed_by(
        "wang",
        "li",
        plan=pr.loads(SECOND.replace('版本: "2"', '版本: "3"')),
        history=BOTH,
        effective=LATER,
        last=SECOND_PLAN,
    )[-1]
    edited = first.model_copy(update={"statement": first.statement.model_copy(update={"effective": LATER})})

    assert refused(SECOND_PLAN, (second,), at=APRIL) == {"SG008"}
    assert refused(FIRST_PLAN, (first, third)) == {"SG008"}
    assert refused(FIRST_PLAN, (second, first)) == {"SG008"}
    assert refused(FIRST_PLAN, (edited, second)) == {"SG008", "SG009"}
    with pytest.raises(SignOffRefused):
        signed_by("wang", plan=SECOND_PLAN, history=(edited,), effective=LATER, last=FIRST_PLAN)


def test_a_source_text_that_was_exchanged_is_found() -> None:
    shipped = pr.load()
    assert shipped.source is not None
    history = signed_by("wang", "li", plan=shipped)
    assert verify(shipped, history, TRUST, NOW)
    commented = reload(shipped.text, shipped.source.raw + b"# \n")
    assert refused(commented, history) == {"SG007"}


# --------------------------------------------------------------------------- signing


def test_what_was_reviewed_is_what_is_signed() -> None:
    found = review(SECOND_PLAN, BOTH[:1], TRUST, effective=LATER, last=FIRST_PLAN)

    assert found.difference is not None
    assert found.difference.changes
    assert found.statement == BOTH[1].statement
    assert found.statement.diff is not None
    tampered = BOTH[1].statement.model_copy(update={"diff": FIRST_PLAN.digest})
    begun = (BOTH[0], *sign(tampered, (), TRUST, approver="li", key=KEYS["li"], at=SIGNED))
    with pytest.raises(SignOffRefused) as other:
        review(SECOND_PLAN, begun, TRUST, effective=LATER, last=FIRST_PLAN)
    assert other.value.diagnostics[0].code == "SG016"


@pytest.mark.parametrize(
    ("plan", "history", "effective", "last", "code"),
    [
        (SECOND_PLAN, BOTH[:1], LATER, None, "SG015"),
        (SECOND_PLAN, BOTH[:1], LATER, SECOND_PLAN, "SG015"),
        (SECOND_PLAN, BOTH[:1], date(2026, 1, 1), FIRST_PLAN, "SG017"),
        (SECOND_PLAN, BOTH[:1], None, FIRST_PLAN, "SG017"),
        (pr.loads(SMALL + "\n# \n"), BOTH[:1], LATER, FIRST_PLAN, "SG017"),
        (SECOND_PLAN, signed_by("wang"), LATER, FIRST_PLAN, "SG017"),
        (pr.load(), BOTH[:1], LATER, FIRST_PLAN, "SG017"),
    ],
)
def test_what_cannot_follow_is_not_signed(
    plan: pr.Plan, history: History, effective: date | None, last: pr.Plan | None, code: str
) -> None:
    with pytest.raises(SignOffRefused) as found:
        review(plan, history, TRUST, effective=effective, last=last)
    assert [each.code for each in found.value.diagnostics] == [code]


def test_another_persons_key_does_not_sign() -> None:
    statement = review(FIRST_PLAN, (), TRUST, effective=DAY, last=None).statement

    for name, key in (("wang", KEYS["li"]), ("nobody", KEYS["li"])):
        with pytest.raises(SignOffRefused) as found:
            sign(statement, (), TRUST, approver=name, key=key, at=SIGNED)
        assert found.value.diagnostics[0].code == "SG013"


# --------------------------------------------------------------------------- flipped bytes


@cache
def files() -> tuple[bytes, bytes, bytes]:
    return SMALL.encode(), written(BOTH), trust_text("到期: 2027-12-31").encode()


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_flipped_byte_anywhere_is_refused_or_changes_nothing(data: st.DataObject) -> None:
    contents = [bytearray(each) for each in files()]
    which = data.draw(st.integers(0, 2))
    place = data.draw(st.integers(0, len(contents[which]) - 1))
    contents[which][place] ^= 1 << data.draw(st.integers(0, 7))
    text, history, trust = map(bytes, contents)

    try:
        entry = verify(pr.loads(text), read_history(history, "p.signed"), read_trust(trust), NOW)
    except (SignOffRefused, TrustInvalid, pr.PlanInvalid):
        return
    assert text == files()[0]
    assert entry == BOTH[0]


# --------------------------------------------------------------------------- files


def test_only_a_signed_plan_is_loaded(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(SMALL, encoding="utf-8")
    with pytest.raises(SignOffRefused):
        load_signed(file, trust=TRUST, at=NOW)
    beside(file).write_bytes(written(BOTH))

    assert load_signed(file, trust=TRUST, at="2027-02-01T08:00") == FIRST_PLAN
    file.write_text(SMALL + "\n", encoding="utf-8")
    with pytest.raises(SignOffRefused):
        load_signed(file, trust=TRUST, at=NOW)


@pytest.mark.parametrize(
    "text",
    [
        b"{}\n",
        b"\n",
        b"x",
        written(BOTH)[:-1],
        written(BOTH).replace(b'":', b'": '),
        b"[" * 100_000 + b"\n",
        b" " * 2_000_000,
        b'{"a":"\\ud800"}\n',
    ],
)
def test_a_sign_off_file_is_read_only_as_it_was_written(text: bytes) -> None:
    with pytest.raises(SignOffRefused) as found:
        read_history(text, "plan.yaml.signed")
    assert found.value.diagnostics[0].code == "SG004"
    assert read_history(written(BOTH), "plan.yaml.signed") == BOTH


@pytest.mark.parametrize("passphrase", [None, "口令".encode()])
def test_a_key_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path, passphrase: bytes | None) -> None:
    file = tmp_path / "key.pem"
    public = new_key_file(file, passphrase)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_key_file(file, passphrase).public_key() == public
    with pytest.raises(FileExistsError):
        new_key_file(file)
    with pytest.raises(KeyFileRefused):
        read_key_file(file, b"another")
    with pytest.raises(KeyFileRefused):
        read_key_file(Path(__file__))


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("人数: 2", "人数: 1", "SG003"),
        ("人数: 2", "人数: 9", "SG001"),
        ("人数: 2", "人数: 2 # " + "a" * 300_000, "SG001"),
        ("公钥: ", "公钥: A", "SG002"),
        ("  zhao:", "  qian:\n    姓名: 甲\n    职务: 乙\n    公钥: " + trust_text().split("公钥: ")[1].split("\n")[0] + "\n  zhao:", "SG002"),
        ("职务: 部门负责人\n", "职务: 部门负责人\n    自: 明天\n", "SG003"),
        ("职务: 部门负责人\n", "职务: 部门负责人\n    撤销: {自: 2027-01-01, 理由: 甲, 泄露: 也许}\n", "SG003"),
        ("姓名: wang某", "姓: wang某", "PR020"),
    ],
)  # fmt: skip
def test_a_trust_file_with_a_defect_trusts_nobody(right: str, wrong: str, code: str) -> None:
    assert right in trust_text()
    with pytest.raises(TrustInvalid) as found:
        read_trust(trust_text().replace(right, wrong, 1))
    assert code in {each.code for each in found.value.diagnostics}


def test_a_revocation_adds_a_line_and_leaves_all_else(tmp_path: Path) -> None:
    text = "# 说明\n" + trust_text() + "# 完\n"
    revocation = Revocation(date(2027, 1, 1), '调离: "甲"', compromised=True)
    changed = with_revocation(text, "li", revocation, "trust.yaml")

    assert read_trust(changed).approvers["li"].revoked == revocation
    assert [line for line in changed.split("\n") if "撤销" not in line] == text.split("\n")
    for name in ("li", "nobody"):
        with pytest.raises(RevocationRefused):
            with_revocation(changed, name, revocation, "trust.yaml")
