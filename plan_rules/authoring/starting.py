"""Answers to a few questions -> the text of a new plan file and of its scenarios, whole and ready to be extended.

What is written has the order of any plan file: who, how severe, what may happen, what is done.  Each clause quotes the
words that were given for it, and no others.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from plan_rules.errors import Message
from plan_rules.language.characters import hides_characters
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS
from plan_rules.language.names import IDENTIFIER, RESERVED

MAX_NAME = 60
MAX_WORDING = 2000
# One space between words, as English writes them.
_NAME = re.compile(r"[^\W_](?:(?:[\w·/()-]| (?=[\w(]))*[\w)])?")
_TAKEN = frozenset((*VALUE_WORDS, *VALUE_WORDS.values(), *CONDITION_WORDS, *CONDITION_WORDS.values()))
INCIDENT = "发生事件"
SECTION = "一"


@dataclass(frozen=True, slots=True)
class Task:
    """Who does what at once."""

    role: str
    action: str


@dataclass(frozen=True, slots=True)
class Grade:
    """One tier: its name, the plan's own words, the sign that tells it from a lighter one (the lightest has none)."""

    name: str
    wording: str
    sign: str | None
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Answers:
    """What somebody says of a new plan; `grades` go from the lightest to the most severe."""

    id: str
    name: str
    grades: tuple[Grade, ...]


def name_defect(name: str) -> Message | None:
    """What is wrong with a word that is to be a name in a plan file; None where it may be one."""
    if not name:
        return Message("不能空着", "it cannot be empty")
    if len(name) > MAX_NAME:
        return Message(f"太长, 至多 {MAX_NAME} 个字", f"too long: at most {MAX_NAME} characters")
    if name in _TAKEN or name in KEYWORDS:
        return Message(f"“{name}”是预案文件自己的用词, 换一个", f"`{name}` is a word of plan files; choose another")
    if not _NAME.fullmatch(name) or name.isdigit() or hides_characters(name):
        return Message("只用文字、数字、空格和 · / ( ) -, 不用标点", "use letters, digits, spaces and · / ( ) - only")
    return None


def wording_defect(wording: str) -> Message | None:
    """What is wrong with a sentence that a clause is to quote; None where there is nothing."""
    if not wording.strip():
        return Message("不能空着: 照抄原文的一句", "it cannot be empty: copy a sentence of the plan")
    if hides_characters(wording):
        return Message("有看不见的字符, 重新输入", "it has characters that cannot be seen; type it again")
    if len(wording) > MAX_WORDING or not {"\n", "\t"}.isdisjoint(wording):
        return Message(f"一行文字, 至多 {MAX_WORDING} 个字", f"one line of at most {MAX_WORDING} characters")
    return None


def id_defect(id_: str) -> Message | None:
    """What is wrong with the id of a plan; None where it may be one."""
    if IDENTIFIER.fullmatch(id_):
        return None
    return Message("以英文字母开头, 只用英文字母、数字和 _ . -", "begin with a letter; use letters, digits, _ . -")


def id_from(name: str) -> str:
    """An ASCII id for a name: its pinyin, or its letters."""
    from pypinyin import lazy_pinyin  # noqa: PLC0415  loads a large table

    words = re.findall(r"[a-z0-9]+", " ".join(lazy_pinyin(name)).lower())
    joined = "_".join(words)[:48].strip("_")
    return joined if joined[:1].isalpha() else f"x_{joined}".rstrip("_")


def plan_text(answers: Answers) -> str:
    """The plan file."""
    ids = _ids(answers)
    return "\n".join(
        (
            *_head(answers),
            *_named("角色", "谁: 英文编号供各系统使用", _roles(answers), "{{id: {id}, 类别: person}}", ids),
            *_tiers(answers),
            *_facts(answers, ids),
            *_named("动作", "做什么", _actions(answers), "{{id: {id}}}", ids),
            "顺序:                 # 线: 第几阶段; 次序写成 线-步, 相同的同时做",
            "  处置: 1",
            "",
            *_body(answers),
        )
    )


def scenarios_text(answers: Answers) -> str:
    """The scenario file beside it: one incident a tier, with what must come out."""
    ids = _ids(answers)
    lines = ["# 场景: 事件的事实, 和应当得到的答案。plan-rules test 逐个核对。", "scenarios:"]
    for number, grade in enumerate(answers.grades, 1):
        facts = f"{{{ids[grade.sign]}: true}}" if grade.sign else "{}"
        required = ", ".join(ids[task.action] for task in _in_force(answers, number))
        lines += [
            f"- id: S{number:02}",
            f"  title: {grade.name}",
            "  kind: snapshot",
            f"  facts: {facts}",
            f"  expected: {{tier: tier_{number}, required: [{required}]}}",
        ]
    return "\n".join(lines) + "\n"


# --------------------------------------------------------------------------- what is written


def _ids(answers: Answers) -> Mapping[str, str]:
    """An id for every name, none given twice."""
    given: dict[str, str] = {}
    signs = (grade.sign for grade in answers.grades if grade.sign)
    for name in (*_roles(answers), INCIDENT, *signs, *_actions(answers)):
        if name not in given:
            plain = found = id_from(name)
            number = 2
            while found in given.values() or found in RESERVED:
                found, number = f"{plain}_{number}", number + 1
            given[name] = found
    return given


def _head(answers: Answers) -> Iterator[str]:
    yield f"# {answers.name}: 可执行的预案文件"
    yield "#"
    yield "# 这是一个开头: 它已经完整, 可以检查、可以作决定。按原文的顺序逐条补上条款, 每改一步运行"
    yield "#   plan-rules check plan.yaml     每一处错误在哪一行, 应当怎样写"
    yield "#   plan-rules test --plan plan.yaml    场景是否仍然得到应有的答案"
    yield "#   plan-rules prove plan.yaml     有没有矛盾、空白、永远用不到的条款"
    yield ""
    yield "预案:"
    yield f"  编号: {answers.id}"
    yield f"  名称: {answers.name}"
    yield "  版本: 0.1.0"
    yield "  取: 最高             # 几个等级都符合时, 按最高的处理"
    yield f"  适用: {{{INCIDENT}: 是}}"
    yield ""


def _named(section: str, comment: str, names: Iterable[str], form: str, ids: Mapping[str, str]) -> Iterator[str]:
    yield f"{section}:                 # {comment}"
    for name in names:
        yield f"  {name}: {form.format(id=ids[name])}"
    yield ""


def _tiers(answers: Answers) -> Iterator[str]:
    yield "等级:                 # 级数大的为重"
    for number, grade in enumerate(answers.grades, 1):
        yield f"  {grade.name}: {{id: tier_{number}, 级: {number}}}"
    yield ""


def _facts(answers: Answers, ids: Mapping[str, str]) -> Iterator[str]:
    yield "事实:                 # 要知道什么; 没有说时取默认值, 没有把握的写 默认: 未知"
    yield f"  {INCIDENT}: {{id: {ids[INCIDENT]}, 类型: 是否, 默认: 是, 提问: 是否发生了本预案所说的事件?}}"
    for grade in answers.grades:
        if grade.sign:
            sign = grade.sign
            yield f"  {sign}: {{id: {ids[sign]}, 类型: 是否, 默认: 否, 加重: 递增, 提问: 有没有{sign}?}}"
    yield ""


def _body(answers: Answers) -> Iterator[str]:
    yield "正文:"
    yield f"- 章节: {SECTION}"
    yield "  标题: 分级处置"
    yield f"  适用: {{{INCIDENT}: 是}}"
    yield "  条款:"
    for number, grade in enumerate(answers.grades, 1):
        yield f"  - 编号: {SECTION}.{number}"
        yield f"    原文: {json.dumps(grade.wording, ensure_ascii=False)}"
        if grade.sign:
            yield f"    当: {{{grade.sign}: 是}}"
        yield f"    定为: {grade.name}"
        yield "    应当:"
        for step, task in enumerate(grade.tasks, 1):
            yield f"      - {{做: {task.action}, 责任: {task.role}, 时限: 立即, 次序: 处置-{step}}}"
    yield ""


def _roles(answers: Answers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.role for grade in answers.grades for task in grade.tasks))


def _actions(answers: Answers) -> tuple[str, ...]:
    return tuple(dict.fromkeys(task.action for grade in answers.grades for task in grade.tasks))


def _in_force(answers: Answers, number: int) -> Iterator[Task]:
    """What is asked where the sign of this grade alone has shown: the lightest grade's tasks, and its own."""
    yield from answers.grades[0].tasks
    if number > 1:
        yield from (task for task in answers.grades[number - 1].tasks if task not in answers.grades[0].tasks)
