"""With a trust, a plan with files laid over it is used only where two people signed each of them, over just that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.governance import (
    History,
    SignOffRefused,
    Trust,
    beside,
    history_of,
    load_signed,
    load_trust,
    read_history,
    read_trust,
    review,
    sign,
    sign_off_file,
    signed_and_loaded,
    written,
)
from plan_rules.loading import shipped
from tests.governance.signers import DAY, KEYS, LATER, NOW, SECOND, SIGNED, SMALL, TRUST, signed_by, trust_text

LOWER = """\
叠加: {编号: lower, 名称: 消防补充规定, 版本: "1", 叠加于: fire_drill, 位阶: 部门规章, 来源: 消防部门}
条目:
- 编号: L1
  依据: 消防补充规定
  条文: 第1条
  摘要: 看到明火立即疏散
  关系: 补充
  待确认: 条文的适用范围
  条款:
  - {编号: L1, 当: {看到明火: 是}, 应当: {做: 疏散人员, 责任: 经理, 时限: 立即, 次序: F-8}}
- 编号: L2
  依据: 消防补充规定
  条文: 第2条
  摘要: 有火情不使用电梯
  关系: 补充
  施行: 2027-02-15
  条款:
  - {编号: L2, 当: {闻到烟味: 是}, 不得: {做: 使用电梯, 责任: 值班员}}
- 编号: L3
  依据: 消防补充规定
  条文: 第3条
  摘要: 闻到烟味要提醒
  关系: 补充
  条款:
  - {编号: L3, 当: {闻到烟味: 是}, 应当: {做: 提醒在场人员, 责任: 值班员, 时限: 立即, 次序: F-9}}
"""
UPPER = """\
叠加: {编号: upper, 名称: 本行规定, 版本: "1", 叠加于: fire_drill, 位阶: 本行, 来源: 安保部}
确认:
- {条目: [L1], 决定: 安保部, 确认日: 2026-12-01}
"""
NEWER = (
    LOWER.replace('版本: "1"', '版本: "2"')
    .replace("责任: 经理", "责任: 值班员")
    .replace("闻到烟味: 是}, 应", "看到明火: 是}, 应")
)


class Desk:
    """A folder with a plan and two overlays, the upper of which is over the lower."""

    def __init__(self, folder: Path) -> None:
        self.plan, self.lower, self.upper = (folder / name for name in ("plan.yaml", "lower.yaml", "upper.yaml"))
        for file, text in ((self.plan, SMALL), (self.lower, LOWER), (self.upper, UPPER)):
            file.write_text(text, encoding="utf-8")
        beside(self.plan).write_bytes(written(signed_by("wang", "li")))

    def over(self, *overlays: Path, at: date = DAY) -> pr.Plan:
        return pr.load(self.plan, overlays=overlays, at=at)

    def signed(self, overlays: Sequence[Path], *names: str, effective: date = DAY, last: pr.Plan | None = None) -> None:
        """These sign the last of the overlays, over the others."""
        history = history_of(beside(overlays[-1]))
        plan = self.over(*overlays, at=effective)
        beside(overlays[-1]).write_bytes(
            written(signed_by(*names, plan=plan, history=history, effective=effective, last=last))
        )

    def load(self, *overlays: Path, trust: Trust = TRUST, at: datetime = NOW) -> pr.Plan:
        return load_signed(self.plan, trust=trust, at=at, overlays=overlays)

    def refused(self, *overlays: Path, trust: Trust = TRUST, at: datetime = NOW) -> set[str]:
        """The codes of the refusal, which names the last of the overlays."""
        with pytest.raises(SignOffRefused) as found:
            self.load(*overlays, trust=trust, at=at)
        for each in found.value.diagnostics:
            assert each.span
            assert each.span.source.removesuffix(".signed") == str(overlays[-1])
        return {each.code for each in found.value.diagnostics}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_is_laid_over_a_signed_plan_is_used_only_where_two_signed_it(desk: Desk) -> None:
    assert desk.refused(desk.lower) == {"SG005"}
    desk.signed([desk.lower], "wang")
    assert desk.refused(desk.lower) == {"SG010"}
    desk.signed([desk.lower], "li")

    assert desk.load(desk.lower) == desk.over(desk.lower, at=NOW.date())
    assert desk.load() == pr.load(desk.plan)


def test_an_overlay_that_was_altered_is_refused_and_the_plan_alone_still_works(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li")
    desk.lower.write_text(LOWER + "# \n", encoding="utf-8")

    assert desk.refused(desk.lower) == {"SG006"}
    assert desk.load() == pr.load(desk.plan)


def test_an_overlay_over_a_plan_that_is_not_signed_is_refused(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li")
    beside(desk.plan).unlink()

    with pytest.raises(SignOffRefused) as found:
        desk.load(desk.lower)
    assert found.value.diagnostics[0].code == "SG005"
    assert found.value.diagnostics[0].subject == "fire_drill"


@pytest.mark.parametrize("line", ["撤销: {自: 2026-12-20, 理由: 调离}", "撤销: {自: 2030-01-01, 理由: 失窃, 泄露: 是}"])
def test_an_overlay_that_rests_on_a_revoked_key_is_refused(desk: Desk, line: str) -> None:
    desk.signed([desk.lower], "wang", "li")
    beside(desk.plan).write_bytes(written(signed_by("li", "zhao")))

    assert desk.load(desk.lower)
    assert desk.refused(desk.lower, trust=read_trust(trust_text(line))) == {"SG010"}


def test_an_overlay_is_in_force_from_its_day_until_the_next_version(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li", effective=date(2027, 2, 1))
    first = desk.over(desk.lower, at=LATER)
    desk.lower.write_text(NEWER, encoding="utf-8")
    desk.signed([desk.lower], "wang", "li", effective=LATER, last=first)

    assert desk.refused(desk.lower) == {"SG011"}
    assert desk.load(desk.lower, at=datetime(2027, 3, 1))
    desk.lower.write_text(LOWER, encoding="utf-8")
    assert desk.refused(desk.lower, at=datetime(2027, 1, 31)) == {"SG011"}
    assert desk.load(desk.lower)
    assert desk.refused(desk.lower, at=datetime(2027, 3, 1)) == {"SG012"}


def test_each_overlay_is_signed_over_what_lies_beneath_it(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li")
    assert desk.refused(desk.lower, desk.upper) == {"SG005"}
    desk.signed([desk.lower, desk.upper], "wang", "li")
    plan, entries = signed_and_loaded(desk.plan, trust=TRUST, at=NOW, overlays=[desk.lower, desk.upper])

    assert plan == desk.over(desk.lower, desk.upper, at=NOW.date())
    assert [each.statement.name() for each in entries] == ["fire_drill 1", "lower 1", "upper 1"]
    over_plan = (pr.load(desk.plan).digest,)
    assert [each.statement.over for each in entries] == [(), over_plan, (*over_plan, entries[1].statement.digest)]


def test_an_overlay_over_something_else_than_it_was_signed_over_is_refused(desk: Desk) -> None:
    for overlays in ([desk.lower], [desk.lower, desk.upper]):
        desk.signed(overlays, "wang", "li")
    desk.lower.write_text(NEWER, encoding="utf-8")
    beside(desk.lower).unlink()
    desk.signed([desk.lower], "wang", "li")
    assert desk.load(desk.lower)
    assert desk.refused(desk.lower, desk.upper) == {"SG018"}

    desk.plan.write_text(SECOND, encoding="utf-8")
    beside(desk.plan).write_bytes(written(signed_by("wang", "li", plan=pr.loads(SECOND))))
    assert desk.refused(desk.lower) == {"SG018"}
    desk.signed([desk.lower], "wang", "li")  # the same version, over the plan as it now is
    assert desk.load(desk.lower)


def test_what_is_signed_of_an_overlay_is_what_it_changes_on_the_day(desk: Desk) -> None:
    day, later = (
        review(desk.over(desk.lower), (), TRUST, effective=each, last=None) for each in (DAY, date(2027, 2, 15))
    )

    assert day.difference is not None
    assert later.difference is not None
    assert (day.difference.old, day.difference.new) == (pr.load(desk.plan), desk.over(desk.lower))
    changed = [{each.outcome for each in found.difference.changes if each.gained} for found in (day, later)]
    assert changed[0] < changed[1]
    assert day.statement.diff != later.statement.diff


def test_of_overlays_over_each_other_only_what_the_last_changes_is_signed(desk: Desk) -> None:
    found = review(desk.over(desk.lower, desk.upper), (), TRUST, effective=DAY, last=None).difference

    assert found is not None
    assert (found.old, found.new) == (desk.over(desk.lower), desk.over(desk.lower, desk.upper))
    assert found.changes  # L1 is confirmed


def test_a_new_version_of_an_overlay_is_compared_with_the_one_signed_last(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li")
    first = desk.over(desk.lower)
    desk.lower.write_text(NEWER, encoding="utf-8")
    second, history = desk.over(desk.lower), history_of(beside(desk.lower))

    for wrong in (None, pr.load(desk.plan), second):
        with pytest.raises(SignOffRefused) as found:
            review(second, history, TRUST, effective=LATER, last=wrong)
        assert found.value.diagnostics[0].code == "SG015"
    found_ = review(second, history, TRUST, effective=DAY, last=first)
    assert found_.difference is not None
    assert (found_.difference.old, found_.difference.new) == (first, second)


@pytest.mark.parametrize("text", [LOWER + "# \n", LOWER.replace("编号: lower", "编号: other").replace('"1"', '"2"')])
def test_an_overlay_that_cannot_follow_is_not_signed(desk: Desk, text: str) -> None:
    desk.signed([desk.lower], "wang", "li")
    first, history = desk.over(desk.lower), history_of(beside(desk.lower))
    desk.lower.write_text(text, encoding="utf-8")

    with pytest.raises(SignOffRefused) as found:
        review(desk.over(desk.lower), history, TRUST, effective=LATER, last=first)
    assert found.value.diagnostics[0].code == "SG017"


def test_a_sign_off_of_a_plan_does_not_stand_for_an_overlay_nor_the_reverse(desk: Desk) -> None:
    desk.signed([desk.lower], "wang", "li")
    plan, overlay = beside(desk.plan).read_bytes(), beside(desk.lower).read_bytes()

    beside(desk.lower).write_bytes(plan)
    assert desk.refused(desk.lower) == {"SG006"}
    beside(desk.plan).write_bytes(overlay)
    with pytest.raises(SignOffRefused) as found:
        desk.load()
    assert found.value.diagnostics[0].code == "SG006"


def test_what_is_signed_of_a_plan_says_nothing_of_overlays() -> None:
    (line,) = written(signed_by("wang", "li")).splitlines()

    assert b'"over' not in line
    with pytest.raises(SignOffRefused) as found:
        read_history(line.replace(b'"plan":', b'"over":[],"plan":') + b"\n", "plan.yaml.signed")
    assert found.value.diagnostics[0].code == "SG004"


@cache
def signed_lower() -> bytes:
    """What stands in the sign-off file of the lower overlay, made without files."""
    with TemporaryDirectory() as folder:
        desk = Desk(Path(folder))
        desk.signed([desk.lower], "wang", "li")
        return beside(desk.lower).read_bytes()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_flipped_byte_of_an_overlay_or_its_signatures_is_refused(desk: Desk, data: st.DataObject) -> None:
    desk.lower.write_text(LOWER, encoding="utf-8")
    beside(desk.lower).write_bytes(signed_lower())
    file = data.draw(st.sampled_from([desk.lower, beside(desk.lower)]))
    text = bytearray(file.read_bytes())
    text[data.draw(st.integers(0, len(text) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(text)

    with pytest.raises((SignOffRefused, pr.PlanInvalid)):
        desk.load(desk.lower)


# --------------------------------------------------------------------------- regulation, which is in the library


def test_the_sign_off_of_the_regulation_is_where_the_trust_file_says(tmp_path: Path) -> None:
    for name in ("plan.yaml", "source.yaml"):
        (tmp_path / name).write_bytes(shipped(name))
    (tmp_path / "trust.yaml").write_text("自带签署: 监管\n" + trust_text(), encoding="utf-8")
    (tmp_path / "监管").mkdir()
    plan, trust = tmp_path / "plan.yaml", load_trust(tmp_path / "trust.yaml")
    beside(plan).write_bytes(written(signed_by("wang", "li", plan=pr.load(plan))))

    def codes(trusted: Trust) -> set[str]:
        with pytest.raises(SignOffRefused) as found:
            load_signed(plan, trust=trusted, at=NOW, overlays=["regulation"])
        assert all("regulation.yaml" in each.message.zh for each in found.value.diagnostics)
        return {each.code for each in found.value.diagnostics}

    assert codes(TRUST) == {"SG019"}
    assert codes(trust) == {"SG005"}
    file = sign_off_file("regulation", trust)
    assert file == tmp_path / "监管" / "regulation.yaml.signed"
    over = pr.load(plan, overlays=["regulation"], at=DAY)
    history: History = ()
    statement = review(over, history, trust, effective=DAY, last=None).statement
    for name in ("wang", "li"):
        history = sign(statement, history, trust, approver=name, key=KEYS[name], at=SIGNED)
        file.write_bytes(written(history))
        if name == "wang":
            assert codes(trust) == {"SG010"}

    loaded = load_signed(plan, trust=trust, at=NOW, overlays=["regulation"])
    assert loaded == pr.load(plan, overlays=["regulation"], at=NOW.date())
