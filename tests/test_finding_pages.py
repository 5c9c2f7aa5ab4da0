"""The pages of what prove, lint and diff find: what a page calls wrong is found by that code, the right form is not.

A page shows a part of the small plan in two forms, and the plan is in one of them; a section of red lines is added to
it.  The pages of diff call right what the plan was and wrong what an amendment makes of it.  LN001 to LN007 are tried
in tests/analysis/test_lint.py.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.analysis.difference import diff
from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linting import lint
from plan_rules.analysis.proving import proof, prove
from plan_rules.errors import Severity
from plan_rules.language.reader import read

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/reference/diagnostics"
SMALL = (Path(__file__).parent / "data" / "small_plan.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 1, 1)
PAGES = {
    page.stem: page.read_text(encoding="utf-8")
    for page in FOLDER.glob("*[0-9].md")
    if re.fullmatch(r"(?:PF|DF)\d{3}|LN00[89]", page.stem)
}
EXAMPLES = {code: re.findall(r"^```yaml\n(.*?)\n```$", page, re.M | re.S) for code, page in PAGES.items()}
RED_LINES = EXAMPLES["DF003"][1]  # those that the pages of PF014 and DF002 tell of
BENEATH_RED_LINES = {"PF014", "DF002"}
# A plan this small is decided within any sensible budget: that PF016 comes up can only be shown with a tiny one.
BUDGETS = {"PF016": 350}
# Each of these is found in the small plan as it stands, where it does no harm; their pages mend it.
WRONG_AS_IT_STANDS = {"PF002", "PF004", "PF017"}


def plans(code: str) -> tuple[pr.Plan, pr.Plan]:
    """The small plan as a page calls it wrong, and as it calls it right."""
    wrong, right = EXAMPLES[code]
    if right.startswith("红线:"):
        texts = [f"{SMALL}\n{section}\n" for section in (wrong, right)]
    else:
        there = wrong if code in WRONG_AS_IT_STANDS else right
        assert SMALL.count(there) == 1
        added = f"\n{RED_LINES}\n" if code in BENEATH_RED_LINES else ""
        texts = [SMALL.replace(there, block) + added for block in (wrong, right)]
    bad, good = (pr.loads(text) for text in texts)
    return bad, good


def findings(code: str) -> tuple[Sequence[Finding], Sequence[Finding]]:
    """What is found in the wrong plan and in the right one by the command that has the code."""
    bad, good = plans(code)
    if code in BUDGETS:
        return prove(bad, budget=BUDGETS[code]), prove(good, budget=BUDGETS[code])
    commands: dict[str, Callable[[pr.Plan], Sequence[Finding]]] = {
        "PF": prove,
        "LN": lambda plan: lint(plan, today=TODAY),
        "DF": lambda plan: diff(good, plan).findings,
    }
    found = commands[code[:2]]
    return found(bad), found(good)


@pytest.mark.parametrize("code", sorted(PAGES))
def test_what_a_page_calls_wrong_is_found_and_what_it_calls_right_is_not(code: str) -> None:
    wrong, right = findings(code)

    assert code in {finding.code for finding in wrong}
    assert code not in {finding.code for finding in right}


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_page_says_whether_an_incident_is_shown(code: str) -> None:
    wrong, _ = findings(code)
    shown = {finding.witness is not None for finding in wrong if finding.code == code}

    assert shown == {not re.search("没有例子可举|不举例", PAGES[code])}


@pytest.mark.parametrize("code", sorted(PAGES))
def test_a_finding_of_a_page_says_what_to_write_in_both_languages(code: str) -> None:
    wrong, _ = findings(code)

    for finding in wrong:
        if finding.code == code:
            message, mend = finding.diagnostic.message, finding.diagnostic.help
            assert mend
            assert all((message.zh, message.en, mend.zh, mend.en))
            assert str(finding.severity) in (stated_severity(code), Severity.NOTE)


def stated_severity(code: str) -> str:
    """The severity on the page of a code."""
    stated = re.search(r"^\*.*\* \S+ (error|warning|note)$", PAGES[code], re.MULTILINE)
    assert stated
    return stated.group(1)


def test_every_claim_and_every_finding_of_diff_has_a_page() -> None:
    expected = {*(f"PF{number:03}" for number in range(1, 18)), "DF001", "DF002", "DF003", "LN008", "LN009"}

    assert set(PAGES) == expected


def test_the_small_plan_is_sound_and_proved() -> None:
    assert {found.code for found in read(SMALL, "small.yaml").diagnostics} == {"PR066"}
    assert proof(pr.loads(SMALL), today=TODAY).clean
    assert proof(pr.loads(f"{SMALL}\n{RED_LINES}\n"), today=TODAY).clean
