"""What waits is shown apart from what must be done: on the command line, when a case is opened, in the studio."""

from pathlib import Path

import pytest

import plan_rules as pr
from plan_rules.studio.answer import answer
from tests.command_line import run

PATH = Path(__file__).parent / "data" / "order_plan.yaml"
PLAN = pr.load(PATH)
FACTS = b"{trouble: late, own_order: true, amount: 2000, agent_failed: true, found_at: 2026-03-02T09:00}"
TOLD = {"trouble": "late", "own_order": True, "amount": 2000, "agent_failed": True}


@pytest.mark.parametrize(
    "command",
    [
        ("decide", "-", "--plan", str(PATH)),
        ("explain", "-", "--plan", str(PATH)),
        ("case", "open", "-", "--plan", str(PATH), "--case", "A1", "--by", "x1", "--at", "2026-03-02T09:05"),
    ],
    ids=["decide", "explain", "case"],
)
def test_a_command_says_what_waits_for_whom_and_which_step_it_is(command: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*command, "--lang", "zh", stdin=FACTS, cwd=tmp_path)

    assert done.returncode == 0, done.stderr
    (pay,) = [line for line in done.stdout.splitlines() if "赔付" in line and "待批准" in line]
    assert "区域经理、财务部" in pay
    assert "三.4: 第 2 步, 共 3 步" in done.stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("more", [{}, {"crime": True}, {"area_agreed": True}])
def test_the_studio_answers_with_reasons_for_what_waits_too(lang: str, more: dict[str, bool]) -> None:
    told = answer(PLAN, TOLD | more, None, lang)
    waiting = {line.entry.clauses for part in told.parts if part.key == "pending" for line in part.lines}

    assert waiting == {item.clauses for item in told.decision.pending}
    assert all(line.grounds for part in told.parts if part.key == "pending" for line in part.lines)
