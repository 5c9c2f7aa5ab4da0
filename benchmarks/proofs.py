"""Plans -> what proofs and comparisons cost, beside the solver Z3 deciding the same claims; in one run.

    python -m benchmarks.proofs [--rounds 5] [--docs]

The claims are those of the tests' second opinion (tests/analysis/oracle.py); each verdict of Z3 is checked against
ours.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median

import plan_rules as pr
from benchmarks.report import machine, table
from plan_rules.analysis import cover, diff, proof
from plan_rules.analysis.proving import Result
from plan_rules.condition import Not
from plan_rules.loading import shipped
from plan_rules.plan import Plan
from plan_rules.scenarios import read_scenarios
from tests.analysis.large_plans import large_plan
from tests.analysis.oracle import Formulas

PAGE = Path(__file__).parents[1] / "docs" / "explanation" / "proof-benchmarks.md"
TEXT = """# What proofs cost

CPU seconds after import, medians of {rounds} rounds of one run of `python -m benchmarks.proofs --docs`; run it on your
own machine before you rely on a number. Machine: {machine}.

{table}

*Z3* decides the same claims one by one, from formulas written independently for the tests; its verdicts are checked
against ours in the run. It counts nothing and minimises no witness. The made plans have six facts that all chapters
share and six or seven of each chapter's own (`tests/analysis/large_plans.py`); each row is the median over five of
them.

{cover}
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proofs", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--docs", action="store_true", help="also write docs/explanation/proof-benchmarks.md")
    options = parser.parse_args()
    rows = [
        _row("the shipped plan", [pr.load()], options.rounds, ("< 1", "< 0.5")),
        _row("60 clauses, 30 facts", _made(60, 4, 6), 1, ("< 0.5", "< 0.5")),
        _row("200 clauses, 104 facts, in chapters", _made(200, 14, 7), 1, ("< 3", "")),
    ]
    head = ("plan", "claims", "prove", "target", "diff", "target", "Z3, the same claims", "Z3 / prove")
    told = table(head, rows)
    scenarios = read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", pr.load())
    covering = _median(1, lambda: cover(pr.load(), scenarios))
    note = f"`cover` of the shipped plan by its scenarios, every mutant, takes {covering:.1f} seconds."
    print(told, note, sep="\n\n")
    if options.docs:
        page = TEXT.format(rounds=options.rounds, machine=machine(), table=told, cover=note)
        PAGE.write_text(page, encoding="utf-8")


def _made(clauses: int, chapters: int, own: int) -> list[Plan]:
    return [pr.loads(large_plan(Random(seed), clauses, chapters, own)) for seed in range(5)]


def _row(name: str, plans: Sequence[Plan], rounds: int, targets: tuple[str, str]) -> tuple[str, ...]:
    proving = median(_median(rounds, lambda plan=plan: proof(plan)) for plan in plans)
    comparing = median(_median(rounds, lambda plan=plan: diff(plan, _amended(plan))) for plan in plans)
    shown = [(plan, proof(plan).results) for plan in plans]
    solving = median(
        _median(1, lambda plan=plan, results=results: _by_solver(plan, results)) for plan, results in shown
    )
    claims = round(median(len(proof(plan).results) for plan in plans))
    ratio = f"{solving / proving:.0f} ×"
    seconds = (f"{proving:.2f}", targets[0], f"{comparing:.2f}", targets[1], f"{solving:.2f}", ratio)
    return name, str(claims), *seconds


def _amended(plan: Plan) -> Plan:
    """The plan with the condition of its last clause that demands something turned around."""
    clause = [each for each in plan.clauses.values() if each.norms][-1]
    turned = replace(clause, condition=Not(clause.condition))
    return replace(plan, clauses={**plan.clauses, clause.id: turned}, digest=f"{plan.digest}?turned")


def _by_solver(plan: Plan, results: Sequence[Result]) -> None:
    """Every claim but the few about incidents as told, whose universal quantifier Z3 is not asked for."""
    oracle = Formulas(plan)
    for result in results:
        if result.claim.code not in ("PF013", "PF017"):
            verdict = oracle.verdict(result.claim.code, result.claim.subject)
            assert verdict == result.verdict, f"{result.claim.name}: {verdict}, not {result.verdict}"


def _median(rounds: int, work: Callable[[], object]) -> float:
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        spent.append(time.process_time() - start)
    return median(spent)


if __name__ == "__main__":
    main()
