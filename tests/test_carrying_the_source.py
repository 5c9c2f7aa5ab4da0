"""The plan file carries its source whole: what is left out, changed or misquoted is named."""

import re

import pytest

from plan_rules import loading
from plan_rules.language.reader import read

PLAN = loading.shipped("plan.yaml").decode()
BLOCK = re.compile(r"^  - 编号: (?P<id>\S+)\n(?:    .*\n|\n(?=    ))*", re.MULTILINE)
BODY = PLAN.index("\n正文:")
CLAUSES = {found["id"]: found.span() for found in BLOCK.finditer(PLAN, BODY) if "\n    原文: " in found.group()}


def messages(text: str) -> list[tuple[str, str]]:
    """(code, what it is about) of each error in a plan text."""
    return [
        (found.code, f"{found.subject} {found.message.zh}")
        for found in read(text, "plan.yaml").diagnostics
        if found.severity == "error"
    ]


def test_the_shipped_plan_has_103_clauses_and_no_defect() -> None:
    assert len(CLAUSES) == 103
    assert loading.check() == ()


@pytest.mark.parametrize("clause", CLAUSES)
def test_deleting_a_clause_is_reported_by_its_name(clause: str) -> None:
    start, end = CLAUSES[clause]

    found = messages(PLAN[:start] + PLAN[end:])

    assert any(code == "PR064" and about.startswith(f"{clause} ") for code, about in found)


@pytest.mark.parametrize("clause", list(CLAUSES)[::5])
def test_a_changed_word_of_the_source_is_reported(clause: str) -> None:
    start, end = CLAUSES[clause]
    block = PLAN[start:end]
    changed = re.sub(r"(原文: '.)", r"\1某", block)

    found = messages(PLAN[:start] + changed + PLAN[end:])

    assert ("PR063", clause) in [(code, about.split()[0]) for code, about in found]


def test_a_plan_that_quotes_a_clause_the_source_lacks_is_reported() -> None:
    added = "  - 编号: 三.9.z\n    原文: 新添的话\n    服务于: [三.1.b]\n"
    start, _ = CLAUSES["三.1.b"]

    assert "PR065" in {code for code, _ in messages(PLAN[:start] + added + PLAN[start:])}
