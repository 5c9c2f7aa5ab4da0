"""`plan-rules init`: answers given at the terminal, or a template -> a folder with a plan and its scenarios."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from plan_rules.authoring.starting import (
    Answers,
    Grade,
    Task,
    id_defect,
    id_from,
    name_defect,
    plan_text,
    scenarios_text,
    wording_defect,
)
from plan_rules.cli import output
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.errors import Message
from plan_rules.loading import shipped

TEMPLATES: Mapping[str, tuple[str, str]] = {
    "bank": ("银行: 客户投诉应急预案", "a bank: customer complaints"),
    "hospital": ("医院: 医患纠纷应急预案", "a hospital: disputes with patients"),
    "property": ("物业: 小区突发事件应急预案", "a property manager: emergencies on the premises"),
    "telecom": ("营业厅: 客户投诉分级处理办法", "a telecom hall: complaints by level"),
}
MAX_GRADES = 9
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Asked:
    """Where the new plan goes, and which template it is a copy of."""

    folder: str
    template: str | None = None
    lang: str = "zh"


def run(asked: Asked) -> int:
    """Write the files; refuses a folder that holds a plan already."""
    folder = Path(asked.folder)
    files = _files_of_template(asked.template) if asked.template is not None else None
    _refuse_taken(folder, files or ("plan.yaml", "scenarios.yaml"))
    if files is None:
        answers = _Interview(asked.lang).answers()
        files = {"plan.yaml": plan_text(answers).encode(), "scenarios.yaml": scenarios_text(answers).encode()}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            with (folder / name).open("xb") as file:
                file.write(text)
    except OSError as failure:
        why = failure.strerror or str(failure)
        unwritable = Message(f"写不了 {folder}: {why}", f"cannot write {folder}: {why}")
        raise Stop(BAD_INPUT, "unwritable", unwritable) from failure
    output.say(_next_steps(folder, files, asked.lang))
    return OK


def _files_of_template(name: str | None) -> dict[str, bytes]:
    if name == "bank":
        return {each: shipped(each) for each in ("plan.yaml", "source.yaml", "scenarios.yaml")}
    if name not in TEMPLATES:
        known = "、".join(TEMPLATES)
        raise Stop(
            BAD_INPUT,
            "usage",
            Message(
                f"没有模板“{name}”; 有: {known}",
                f"there is no template `{name}`; there are: {', '.join(TEMPLATES)}",
            ),
        )
    files = {each: shipped(f"plans/{name}/{each}") for each in ("plan.yaml", "scenarios.yaml")}
    # The copy's first lines say how to check the copy, not the file it was copied from.
    return {each: text.replace(f"examples/plans/{name}/".encode(), b"") for each, text in files.items()}


def _refuse_taken(folder: Path, names: Mapping[str, bytes] | tuple[str, ...]) -> None:
    taken = [name for name in names if (folder / name).exists()]
    if taken or (folder.exists() and not folder.is_dir()):
        what = str(folder / taken[0]) if taken else str(folder)
        raise Stop(
            BAD_INPUT,
            "taken",
            Message(
                f"{what} 已经存在, 没有改动它; 换一个文件夹",
                f"{what} exists and was left alone; name another folder",
            ),
        )


def _next_steps(folder: Path, names: Mapping[str, bytes], lang: str) -> list[str]:
    plan, scenarios = folder / "plan.yaml", folder / "scenarios.yaml"
    wrote = "、".join(names) if lang == "zh" else ", ".join(names)
    return [
        f"写好了 {folder}: {wrote}" if lang == "zh" else f"wrote {folder}: {wrote}",
        "接下来:" if lang == "zh" else "next:",
        f"  plan-rules check {plan}",
        f"  plan-rules test {scenarios} --plan {plan}",
        f"  plan-rules ask --plan {plan}",
    ]


# --------------------------------------------------------------------------- questions


class _Interview:
    """Asks on standard output, reads lines from standard input; a bad answer is said why and asked again."""

    def __init__(self, lang: str) -> None:
        self._lang = lang

    def answers(self) -> Answers:
        """Everything there is to know of a new plan."""
        name = self._ask(Message("预案叫什么名称?", "What is the plan called?"), _a_name)
        id_ = self._ask(
            Message("给它一个英文编号, 供各系统使用", "An id for it, for other systems"), _an_id, default=id_from(name)
        )
        names = self._ask(
            Message("分哪几个等级? 由轻到重, 用顿号隔开", "Which tiers? From light to severe, with commas"),
            _names,
            default="一般、较重、严重" if self._lang == "zh" else "minor, major, severe",
        )
        return Answers(id_, name, tuple(self._grade(grade, index) for index, grade in enumerate(names)))

    def _grade(self, name: str, index: int) -> Grade:
        wording = self._ask(
            Message(
                f"“{name}”这一级, 原文怎么写? 照抄一句", f"What does the plan's text say of `{name}`? Copy a sentence"
            ),
            _a_wording,
        )
        sign = None
        if index:
            question = Message(
                f"出现什么情况就算“{name}”? 写几个字, 如: 影响营业秩序", f"What makes an incident `{name}`? A few words"
            )
            sign = self._ask(question, _a_name)
        tasks = self._ask(
            Message(
                f"“{name}”时谁应当立即做什么? 写成 角色:动作, 几项用分号隔开",
                f"Who does what at once when it is `{name}`? As role: action; several with semicolons",
            ),
            _tasks,
        )
        return Grade(name, wording, sign, tasks)

    def _ask(self, question: Message, read: Callable[[str], Answer | Message], default: str = "") -> Answer:
        while True:
            output.say([question.within(self._lang) + (f" [{default}]" if default else "")])
            line = sys.stdin.readline()
            if not line:
                raise Stop(
                    BAD_INPUT,
                    "unfinished",
                    Message("问题没有答完, 没有写任何文件", "the questions were not all answered; nothing was written"),
                )
            answer = read(line.strip() or default)
            if not isinstance(answer, Message):
                return answer
            output.say([f"  {answer.within(self._lang)}"])


def _a_name(line: str) -> str | Message:
    return name_defect(line) or line


def _a_wording(line: str) -> str | Message:
    return wording_defect(line) or line


def _an_id(line: str) -> str | Message:
    return id_defect(line) or line


def _names(line: str) -> tuple[str, ...] | Message:
    names = tuple(part.strip() for part in line.replace("、", ",").replace("，", ",").split(",") if part.strip())
    if not 1 <= len(names) <= MAX_GRADES or len(set(names)) < len(names):
        return Message(f"写 1 至 {MAX_GRADES} 个不同的名称", f"write 1 to {MAX_GRADES} different names")
    return next((defect for name in names if (defect := name_defect(name))), names)


def _tasks(line: str) -> tuple[Task, ...] | Message:
    tasks = []
    for part in line.replace("；", ";").split(";"):
        role, colon, action = (word.strip() for word in part.replace("：", ":").partition(":"))
        if not colon:
            return Message("写成 角色:动作, 如 值班经理:到现场", "write role: action, as duty manager: go to the scene")
        defect = name_defect(role) or name_defect(action)
        if defect:
            return defect
        tasks.append(Task(role, action))
    return tuple(dict.fromkeys(tasks))
