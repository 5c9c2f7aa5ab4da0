"""案件: how incidents of a plan are kept as cases; and 敏感, the facts whose values are not exported."""

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.analysis import diff, lint
from plan_rules.case_rules import CaseRules, Rung
from plan_rules.language.reader import read
from plan_rules.norm import Term
from tests.command_line import run

SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
CASE = """\
案件:
  办结: 扑灭之日
  提醒: {立即: 5分钟, 及时: 2小时}
  催办:
  - {逾期: 0日, 报: 值班员}
  - {逾期: 1日, 报: [经理, 值班员], 说明: 安保部定}
  个人信息:
    报警人姓名: {id: caller_name, 目的: 核实火情, 依据: 本人同意, 可看: [经理], 保存: 30日}
    报警人电话: {id: caller_phone, 目的: 回访, 依据: 本人同意, 可看: [经理, 值班员], 保存: 1自然日}
"""
ENGLISH = """\
case:
  resolved_on: put_out_on
  reminders: {immediately: 5 minutes, promptly: 2 hours}
  ladder:
  - {overdue: 0 days, to: guard}
  - {overdue: 1 day, to: [manager, guard], note: 安保部定}
  personal:
    报警人姓名: {id: caller_name, purpose: 核实火情, basis: 本人同意, readers: [manager], keep: 30 days}
    报警人电话: {id: caller_phone, purpose: 回访, basis: 本人同意, readers: [manager, guard], keep: 1 natural day}
"""
WHERE = SMALL.count("\n") + 2  # the line of 案件


def with_case(section: str = CASE) -> str:
    return f"{SMALL}\n{section}"


def told(section: str) -> list[tuple[str, int]]:
    """The codes found, and the line of the section, counted from 0."""
    found = [item for item in read(with_case(section), "small.yaml").diagnostics if item.code != "PR066"]
    assert all(item.help and item.message.en for item in found)
    return [(item.code, item.span.line - WHERE if item.span else -1) for item in found]


# --------------------------------------------------------------------------- what is read


@pytest.mark.parametrize("section", [CASE, ENGLISH])
def test_the_section_is_read_in_either_language(section: str) -> None:
    case = pr.loads(with_case(section)).case

    assert case.resolved_on == "put_out_on"
    assert case.reminders == {Term.IMMEDIATE: 5, Term.PROMPT: 120}
    assert case.ladder == (Rung(0, ("guard",)), Rung(1, ("manager", "guard"), "安保部定"))
    name, phone = case.personal.values()
    assert (name.id, name.label, name.purpose, name.basis) == ("caller_name", "报警人姓名", "核实火情", "本人同意")
    assert (name.readers, name.keep_days) == (("manager",), 30)
    assert (phone.readers, phone.keep_days) == (("manager", "guard"), 1)


def test_a_plan_may_do_without_it() -> None:
    assert pr.loads(SMALL).case == CaseRules()
    assert pr.loads(with_case("案件: {}\n")).case == CaseRules()


def test_it_changes_no_decision() -> None:
    facts = {"flames": True, "people": 30, "found_at": "2025-05-20T09:00"}
    plain, kept = (pr.decide(pr.loads(text), facts).to_dict() for text in (SMALL, with_case()))

    assert {**plain, "plan": None} == {**kept, "plan": None}


# --------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("right", "wrong", "code", "line"),
    [
        ("办结: 扑灭之日", "办结: 扑灭日", "PR030", 1),
        ("办结: 扑灭之日", "办结: 发现时间", "PR070", 1),
        ("办结: 扑灭之日", "办结: 看到明火", "PR070", 1),
        ("立即: 5分钟", "立即: 很快", "PR042", 2),
        ("立即: 5分钟", "立即: 0分钟", "PR041", 2),
        ("立即: 5分钟", "立即: 5日", "PR042", 2),
        ("立即: 5分钟", "持续: 5分钟", "PR074", 2),
        ("及时: 2小时", "immediately: 2小时", "PR074", 2),
        ("报: 值班员", "报: 值班人", "PR033", 4),
        ("报: 值班员", "报: []", "PR073", 4),
        ("逾期: 1日", "逾期: 0日", "PR071", 5),
        ("逾期: 1日", "逾期: 一日", "PR042", 5),
        ("逾期: 1日", "逾期: 99999日", "PR041", 5),
        ("caller_name", "smoke", "PR072", 7),
        ("报警人姓名", "闻到烟味", "PR072", 7),
        ("caller_phone", "caller_name", "PR024", 8),
        ("caller_name", "报警人", "PR023", 7),
        ("可看: [经理]", "可看: []", "PR073", 7),
        ("可看: [经理]", "可看: [经里]", "PR033", 7),
        ("保存: 30日", "保存: 0日", "PR041", 7),
        ("保存: 30日", "保存: 永久", "PR042", 7),
        ("目的: 核实火情", "目的: ''", "PR021", 7),
        ("依据: 本人同意, 可看: [经理],", "可看: [经理],", "PR021", 7),
        ("  催办:", "  崔办:", "PR020", 3),
    ],
)
def test_what_is_wrong_is_told_at_its_line(right: str, wrong: str, code: str, line: int) -> None:
    assert right in CASE

    assert (code, line) in told(CASE.replace(right, wrong, 1))


def test_a_name_that_is_nearly_right_is_offered() -> None:
    (found,) = [
        item
        for item in read(with_case(CASE.replace("报: 值班员", "报: 值班元")), "small.yaml").diagnostics
        if item.code == "PR033"
    ]

    assert found.help
    assert "值班员" in found.help.zh


# --------------------------------------------------------------------------- sensitive facts


def test_a_fact_may_be_sensitive() -> None:
    marked = SMALL.replace("{id: smoke, 类型: 是否,", "{id: smoke, 类型: 是否, 敏感: 是,")
    facts = pr.loads(marked).facts

    assert [fact.id for fact in facts.values() if fact.sensitive] == ["smoke"]
    assert pr.loads(marked.replace("敏感: 是", "sensitive: yes")).facts["smoke"].sensitive
    assert "PR031" in {item.code for item in read(marked.replace("敏感: 是", "敏感: 很"), "small.yaml").diagnostics}


# --------------------------------------------------------------------------- the analyses know it


def test_a_changed_section_is_an_edit_and_changes_no_decision() -> None:
    old = pr.loads(with_case())
    new = pr.loads(
        with_case(
            "\n"
            + CASE.replace("保存: 30日", "保存: 60日")
            .replace("逾期: 1日", "逾期: 2日")
            .replace("及时: 2小时", "及时: 3小时")
            .replace("报警人电话", "报警电话")
        )
    )
    difference = diff(old, new)

    assert difference.same
    assert [(edit.kind, edit.subject, edit.what) for edit in difference.edits] == [
        ("personal", "caller_name", "rule"),
        ("personal", "caller_phone", "wording"),
        ("rung", "1", "removed"),
        ("rung", "2", "added"),
        ("case", "case", "rule"),
    ]
    assert diff(old, pr.loads(with_case("\n" + CASE))).edits == ()


def test_a_changed_section_is_shown(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(SMALL, encoding="utf-8")
    new.write_text(with_case(), encoding="utf-8")

    zh, en = (run("diff", str(old), str(new), "--lang", lang).stdout for lang in ("zh", "en"))
    for said in ("个人信息 报警人姓名: 新增", "催办(逾期 1 日): 新增", "案件: 改了规则"):
        assert said in zh
    for said in ("personal caller_name: added", "rung after 1 day: added", "case: rule edited"):
        assert said in en


def test_what_only_the_section_names_is_in_use() -> None:
    declared = SMALL.replace("  经理: {id: manager", "  主任: {id: head, 类别: person}\n  经理: {id: manager")
    unused = {finding.diagnostic.subject for finding in lint(pr.loads(declared)) if finding.code == "LN006"}
    assert {"head", "put_out_on"} <= unused

    section = CASE.replace("报: 值班员", "报: 主任")
    used = {
        finding.diagnostic.subject for finding in lint(pr.loads(f"{declared}\n{section}")) if finding.code == "LN006"
    }
    assert not {"head", "put_out_on"} & used


# --------------------------------------------------------------------------- the shipped plan


def test_the_shipped_plan_says_how_its_incidents_are_kept() -> None:
    plan = pr.load()

    assert plan.case.resolved_on == "incident_resolved_on"
    assert plan.case.reminders == {}  # AMB-12: at once and promptly have no number in the source
    assert [(rung.after_days, rung.to) for rung in plan.case.ladder] == [
        (0, ("general_affairs_dept",)),
        (1, ("service_quality_executive",)),
        (3, ("president",)),
    ]
    assert all(rung.note.startswith("推定") for rung in plan.case.ladder)
    assert set(plan.case.personal) == {
        "customer_name",
        "customer_phone",
        "customer_id_number",
        "customer_features",
        "incident_note",
    }
    assert plan.case.personal["customer_features"].basis in plan.clauses
    sensitive = {fact.id for fact in plan.facts.values() if fact.sensitive}
    assert sensitive == {"public_figure", "features_recorded", "injury_occurred"}
