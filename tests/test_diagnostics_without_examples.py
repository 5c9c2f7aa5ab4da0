"""The diagnostics that no short example shows, and what holds of all of them: a severity, a place, both languages."""

import ast
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.analysis import prove
from plan_rules.backtest.mapping import MAX_COLUMNS, MappingInvalid, read_mapping
from plan_rules.calendars import MAX_LISTED, read_calendar
from plan_rules.errors import CalendarInvalid
from plan_rules.incident import read_facts
from plan_rules.language.characters import MAX_BYTES
from plan_rules.language.document import MAX_DEPTH, MAX_NODES, MAX_SCALAR, parse
from plan_rules.language.reader import read
from plan_rules.language.tree import MAX_DIAGNOSTICS, Report

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "docs" / "reference" / "diagnostics"
SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
HALL = (Path(__file__).parent / "data" / "hall_plan.yaml").read_text(encoding="utf-8")
ORDER = pr.load(Path(__file__).parent / "data" / "order_plan.yaml")
SOURCE = """\
底本: {id: fire_source, 名称: 消防小预案原文}
条目:
- {id: 一, 标题: 火情处置}
- {id: 一.a, 原文: 发现火情的，值班员应立即查看现场。}
- {id: 一.b, 原文: 看到明火的，经理应在十分钟内拨打119，不得使用电梯。}
- {id: 一.c, 原文: 人少的，可以不疏散。}
- {id: 一.d, 原文: 救人第一。}
"""
CODE = re.compile("(?:TX|PR|FA|SC|CA|BT|CS|EV|LN|PF|DF|SG|OV)[0-9]{3}")
Given = tuple[pr.Diagnostic, ...]


def of_text(text: str | bytes) -> Given:
    """What is wrong with a text as YAML."""
    report = Report()
    parse(text, "example.yaml", report)
    return report.sorted()


def of_calendar(text: str) -> Given:
    with pytest.raises(CalendarInvalid) as refused:
        read_calendar(text, "example.yaml")
    return refused.value.diagnostics


def of_mapping(text: str) -> Given:
    with pytest.raises(MappingInvalid) as refused:
        read_mapping(text, "example.yaml", [pr.load()])
    return refused.value.diagnostics


def of_plan(text: str) -> Given:
    return read(text, "example.yaml").diagnostics


def of_plan_beside(source: str, plan: str, folder: Path) -> Given:
    """What is wrong with a plan whose source text lies beside it."""
    (folder / "fire.yaml").write_text(source, encoding="utf-8")
    named = plan.replace('版本: "1"', '版本: "1"\n  底本: fire.yaml')
    return read(named, "example.yaml", folder).diagnostics


def many_facts_decide_the_tier() -> str:
    """The small plan with the tier resting on fifteen more facts, and no clause that gives every incident one."""
    names = [f"征兆{number}" for number in range(15)]
    declared = "".join(f"  {name}: {{id: sign_{at}, 类型: 是否, 默认: 否}}\n" for at, name in enumerate(names))
    assigned = f"    当: {{任一: [{', '.join(f'{{{name}: 是}}' for name in names)}]}}"
    text = SMALL.replace("    定为: 一般\n", "    当: {闻到烟味: 是}\n    定为: 一般\n")
    return text.replace("事实:\n", "事实:\n" + declared).replace("    当: {看到明火: 是, 火势: 至少 小}", assigned)


def refused_instant(at: str) -> Given:
    with pytest.raises(pr.FactsInvalid) as refused:
        pr.decide(pr.load(), {}, at=at)
    return refused.value.diagnostics


OVERLAY = """\
叠加: {编号: lifts, 名称: 电梯规定, 版本: "1", 叠加于: fire_drill, 位阶: 部门规章, 来源: 主管部门, 施行: 2020-01-01}
条目:
- 编号: L1
  依据: 电梯规定
  摘要: 看到明火的, 经理乘电梯到场
  关系: 冲突
  条款:
  - {编号: L1, 当: {看到明火: 是}, 应当: {做: 使用电梯, 责任: 经理}}
"""


def laid_over(folder: Path) -> pr.Plan:
    """The small plan with a provision over it that asks for what the plan forbids, on a day on which it is in force."""
    plan, overlay = folder / "plan.yaml", folder / "overlay.yaml"
    plan.write_text(SMALL, encoding="utf-8")
    overlay.write_text(OVERLAY, encoding="utf-8")
    return pr.load(plan, overlays=[overlay], at=dt.date(2026, 3, 5))


def refused_day(folder: Path) -> Given:
    with pytest.raises(pr.FactsInvalid) as refused:
        pr.decide(laid_over(folder), {"flames": True}, at="2019-12-31")
    return refused.value.diagnostics


WITHOUT_EXAMPLE: dict[str, list[Callable[[Path], Given]]] = {
    "TX001": [lambda _: of_text("名称: 预案".encode("gb18030"))],
    "TX002": [lambda _: of_text("a" * (MAX_BYTES + 1))],
    "TX003": [
        lambda _: of_text("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)),
        lambda _: of_text("名称: " + "字" * (MAX_SCALAR + 1)),
        lambda _: of_text("[" + "a," * MAX_NODES + "]"),
    ],
    "TX013": [lambda _: of_plan(SMALL + "".join(f"不认识{at}: 1\n" for at in range(MAX_DIAGNOSTICS + 1)))],
    "PR063": [
        lambda folder: of_plan_beside(SOURCE.replace("救人第一", "先救人"), SMALL, folder),
        lambda folder: of_plan_beside(SOURCE.replace("火情处置", "火灾处置"), SMALL, folder),
    ],
    "PR064": [lambda folder: of_plan_beside(SOURCE + "- {id: 一.e, 原文: 事后应总结。}\n", SMALL, folder)],
    "PR065": [
        lambda folder: of_plan_beside(SOURCE.replace("- {id: 一.d, 原文: 救人第一。}\n", ""), SMALL, folder),
        lambda folder: of_plan_beside(SOURCE, SMALL.replace("    所立", "    覆盖: [一.z]\n    所立"), folder),
    ],
    "PR101": [lambda folder: of_plan_beside(SOURCE, SMALL.replace("编号: 一.d", "编号: 一.e"), folder)],
    "PR066": [lambda _: of_plan(SMALL)],
    "PR069": [lambda _: of_plan(many_facts_decide_the_tier())],
    "PR097": [lambda _: pr.check_form(ORDER, "food_report", {})],
    "PR098": [lambda _: pr.check_form(ORDER, "food_report", {"portions": 0})],
    "PR080": [lambda _: of_plan(HALL.replace("级数: 小者重", "级数: 大者重"))],
    "CA005": [lambda _: of_calendar("年份: [" + "2027," * (MAX_LISTED + 1) + "]")],
    "BT004": [lambda _: of_mapping("列: {" + "".join(f"c{n}: 不用, " for n in range(MAX_COLUMNS + 1)) + "}")],
    "FA008": [lambda _: refused_instant("昨天")],
    "OV009": [refused_day],
    "OV010": [lambda folder: tuple(finding.diagnostic for finding in prove(laid_over(folder)))],
}
CASES = [
    pytest.param(code, case, id=f"{code}-{at}")
    for code, cases in WITHOUT_EXAMPLE.items()
    for at, case in enumerate(cases)
]
PLACELESS = {"TX013", "FA008", "PR097", "PR098", "OV009"}  # what is given by a program has no place in a text


@pytest.mark.parametrize(("code", "case"), CASES)
def test_a_code_without_an_example_is_reported_too(code: str, case: Callable[[Path], Given], tmp_path: Path) -> None:
    found = [item for item in case(tmp_path) if item.code == code]

    assert found
    for item in found:
        assert item.message.zh
        assert item.message.en
        assert item.help
        assert item.help.zh
        assert item.help.en
        assert item.span or code in PLACELESS


def test_every_page_has_an_example_or_a_case_here() -> None:
    pages = {page.stem: page.read_text(encoding="utf-8") for page in PAGES.glob("*[0-9].md")}
    pages = {
        code: page for code, page in pages.items() if not code.startswith(("CS", "EV", "SG"))
    }  # tests/cases/test_refusal_pages.py, tests/events, tests/governance

    assert {code for code, page in pages.items() if page.count("```yaml") != 2} == set(WITHOUT_EXAMPLE)


def test_the_severity_of_each_code_is_the_one_on_its_page_and_in_the_index() -> None:
    lines = (PAGES / "index.md").read_text(encoding="utf-8")
    index = dict(re.findall(r"^\| \[(\w+)\]\(.*?\) \| \S+ (\w+) \|", lines, re.MULTILINE))
    pages = dict[str, str]()
    for page in PAGES.glob("*[0-9].md"):
        stated = re.search(r"^\*.*\* \S+ (error|warning|note)$", page.read_text(encoding="utf-8"), re.MULTILINE)
        pages[page.stem] = stated.group(1) if stated else ""

    assert pages == index
    assert {code: {severity} for code, severity in index.items()} == severities_in_the_source()


def severities_in_the_source() -> dict[str, set[str]]:
    """Each code with the severities it is written with; a call that names none has the one it stands for."""
    found: dict[str, set[str]] = {}
    for file in (ROOT / "plan_rules").rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        constants = dict(pair for node in tree.body if isinstance(node, ast.Assign) for pair in assigned(node))
        for call in ast.walk(tree):
            if isinstance(call, ast.Call):
                given = [*call.args, *(keyword.value for keyword in call.keywords)]
                given = [constants.get(part.id, part) if isinstance(part, ast.Name) else part for part in given]
                named = [part.attr.lower() for part in given if isinstance(part, ast.Attribute) and is_severity(part)]
                for part in given:
                    if isinstance(part, ast.Constant) and CODE.fullmatch(str(part.value)):
                        found.setdefault(str(part.value), set()).update(named or [unnamed(call)])
    return found


def assigned(node: ast.Assign) -> list[tuple[str, ast.expr]]:
    """The names and values of `A = "x"` and of `A, B = "x", "y"`."""
    (target,) = node.targets
    if isinstance(target, ast.Name):
        return [(target.id, node.value)]
    if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
        return [
            (name.id, value)
            for name, value in zip(target.elts, node.value.elts, strict=True)
            if isinstance(name, ast.Name)
        ]
    return []


def unnamed(call: ast.Call) -> str:
    """The severity of a call that names none: lint only warns of a clause."""
    return "warning" if isinstance(call.func, ast.Name) and call.func.id == "of_clause" else "error"


def is_severity(part: ast.Attribute) -> bool:
    return isinstance(part.value, ast.Name) and part.value.id == "Severity"


def test_a_plan_beside_its_whole_source_text_has_no_defect(tmp_path: Path) -> None:
    assert of_plan_beside(SOURCE, SMALL, tmp_path) == ()


def test_a_text_nested_as_deep_as_is_allowed_is_read() -> None:
    assert of_text("[" * MAX_DEPTH + "]" * MAX_DEPTH) == ()


def test_a_file_over_the_limit_is_refused_with_the_code_of_a_text_over_it(tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_bytes(b"#" * (MAX_BYTES + 1))

    assert [found.code for found in pr.check(file)] == ["TX002"]


def test_a_list_that_is_cut_ends_with_a_note() -> None:
    cut = WITHOUT_EXAMPLE["TX013"][0](Path())

    assert len(cut) == MAX_DIAGNOSTICS + 1
    assert (cut[-1].code, str(cut[-1].severity)) == ("TX013", "note")


def test_a_facts_file_that_is_not_utf_8_is_refused_at_its_line() -> None:
    with pytest.raises(pr.FactsInvalid) as refused:
        read_facts("staff_assaulted: true\n# 备注\n".encode("gb18030"), "facts.yaml", pr.load())

    (found,) = refused.value.diagnostics
    assert (found.code, found.span and found.span.line) == ("TX001", 2)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("火势: 至少 小", "火势: []", "PR022"),
        ("火势: 至少 小", "火势: [[小]]", "PR022"),
        ("火势: 至少 小", "等级: {严重: 是}", "PR022"),
        ("{任一: [{闻到烟味: 是}, {看到明火: 是}]}", "{任一: []}", "PR022"),
        ("责任: [值班员, 经理]", "责任: []", "PR022"),
        ("适用: 有火情\n\n角色", "取: 中间\n  适用: 有火情\n\n角色", "PR031"),
        ("起算: 发现时间", "起算: 发现时间, 顺延: 也许", "PR031"),
        ("早于 发现时间}}", "早于 发现时间}, 级别: 严重}", "PR031"),
        ("{id: call_119}", "{id: call_119, 保护: 也许}", "PR031"),
        ("{id: found_at, 类型: 时刻}", "{id: found_at, 类型: 时刻, 来源: 别处}", "PR031"),
        ("级: 2", "级: 1", "PR024"),
        ("责任: 值班员, 时限: 立即", "责任: 值班员, 痶限: 立即", "PR020"),
        ("起算: 发现时间", "起算: 发现时间, 对象: {依次: [经理]}", "PR020"),
        ("起算: 发现时间", "起算: 发现时间, 完成: 在场人数", "PR040"),
    ],
)
def test_what_would_silently_mean_something_else_is_reported(right: str, wrong: str, code: str) -> None:
    text = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
    assert right in text

    assert code in {found.code for found in read(text.replace(right, wrong), "small.yaml").diagnostics}


def test_a_situation_may_show_that_a_duty_is_done() -> None:
    text = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")

    assert read(text.replace("起算: 发现时间", "起算: 发现时间, 完成: 人多"), "small.yaml").plan is not None
