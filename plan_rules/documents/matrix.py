"""(Plan, scenarios) -> the coverage matrix (条款覆盖矩阵): a row an item of the source text, empty ones marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plan_rules.analysis.coverage import Coverage, cover
from plan_rules.analysis.suite import ScenarioFails
from plan_rules.documents.content import Block, Document, Origin, Paragraph, Row, Text, Tone, cell, stamp, table
from plan_rules.documents.sentence import norm_sentence
from plan_rules.finding_text import share
from plan_rules.phrases import tier_phrase
from plan_rules.plan import Clause, Plan
from plan_rules.scenarios import Scenario, Verdict
from plan_rules.scenarios import run as run_scenarios

_COLUMNS = (("条目", 7), ("原文", 26), ("条款", 7), ("规则", 30), ("场景", 22), ("缺什么", 10))
_MOST_NAMED = 12  # scenarios of a row; the others are counted


def matrix(plan: Plan, scenarios: Sequence[Scenario], *, mistakes: bool = True) -> Document:
    """Every item of the source text, the clauses and rules that carry it, the scenarios in which those fire.

    `mistakes` asks too which mistakes in the rules the scenarios would not notice; that takes minutes.
    """
    verdicts = run_scenarios(plan, scenarios)
    rows = tuple(_rows(plan, verdicts))
    complete = sum(row.tone is not Tone.EMPTY for row in rows)
    failed = [verdict.scenario.id for verdict in verdicts if not verdict.passed]
    summary = f"{len(rows)} 个条目, {complete} 个有规则也有场景, {len(rows) - complete} 个有缺(标红)。"
    blocks: list[Block] = [Paragraph(Text(summary, Origin.STATED, strong=True))]
    if failed:
        blocks.append(Paragraph(Text(f"没有通过的场景: {'、'.join(failed)}", Origin.STATED, strong=True)))
    blocks.append(table("条款覆盖矩阵", _COLUMNS, rows))
    blocks += _mistakes(plan, scenarios) if mistakes else ()
    return Document("matrix", "条款覆盖矩阵", stamp(plan), tuple(blocks), landscape=True)


def _rows(plan: Plan, verdicts: Iterable[Verdict]) -> Iterator[Row]:
    fired: dict[str, dict[str, None]] = {}
    for verdict in verdicts:
        for name in (name for step in verdict.steps for name in step.fired):
            fired.setdefault(name, {})[verdict.scenario.id] = None
    carriers: dict[str, list[Clause]] = {}
    for clause in plan.clauses.values():
        for item in clause.carries or (clause.id,):
            carriers.setdefault(item, []).append(clause)
    for item, words in _items(plan):
        clauses = carriers.get(item, [])
        rules = [line for clause in clauses for line in _does(clause, plan)]
        tried = list(dict.fromkeys(id_ for clause in clauses for id_ in fired.get(clause.id, ())))
        missing = [
            *([] if clauses else ["没有条款承载"]),
            *([] if rules else ["没有规则"]),
            *([] if tried else ["没有场景试到"]),
        ]
        more = f" 等 {len(tried)} 个" if len(tried) > _MOST_NAMED else ""
        cells = (
            cell(Text(item, strong=True)),
            cell(Text(words, Origin.SOURCE)),
            cell("、".join(clause.id for clause in clauses)),
            cell(*rules),
            cell(Text("、".join(tried[:_MOST_NAMED]) + more, Origin.STATED)) if tried else (),
            cell(*missing),
        )
        yield Row(cells, Tone.EMPTY if missing else Tone.PLAIN)


def _items(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every item of the source text; of a plan without one, every clause."""
    if plan.source is None:
        yield from ((clause.id, clause.text) for clause in plan.clauses.values())
    else:
        yield from ((item.id, item.text) for item in plan.source.items.values() if not item.heading)


def _does(clause: Clause, plan: Plan) -> Iterator[str]:
    """What a clause is in the plan for, a line each."""
    if clause.tier:
        yield f"定为{tier_phrase(plan.tiers[clause.tier], 'zh')}"
    yield from dict.fromkeys(norm_sentence(norm, plan) for norm in clause.norms)
    if clause.exemptions:
        yield f"例外于 {'、'.join(each.clause for each in clause.exemptions)}"
    if clause.principle:
        yield f"原则: {plan.principles[clause.principle].label}"
    if clause.supports:
        yield f"体现于: {'、'.join(plan.actions[action].label for action in clause.supports)}"
    if clause.serves:
        yield f"服务于 {'、'.join(clause.serves)}"
    if clause.defines:
        yield "界定名称"


def _mistakes(plan: Plan, scenarios: Sequence[Scenario]) -> Iterator[Block]:
    """What the scenarios try of the rules, and the mistakes in them that they would not notice."""
    try:
        coverage = cover(plan, scenarios)
    except ScenarioFails as failure:
        words = f"场景“{failure.scenario}”没有通过, 场景够不够无从算起; 先运行 plan-rules test"
        yield Paragraph(Text(words, Origin.STATED, strong=True))
        return
    yield table("场景够不够", (("试什么", 40), ("试到", 15), ("共", 15), ("比例", 15)), _tallies(coverage))
    if coverage.survivors or coverage.gaps:
        rows = (
            *(
                Row((cell("错了发现不了"), cell(f"{each.mutant.about}: {each.mutant.mistake.zh}")), Tone.EMPTY)
                for each in coverage.survivors
            ),
            *(Row((cell("没有试到"), cell(each.told.zh)), Tone.HEED) for each in coverage.gaps),
        )
        yield table("还缺的场景", (("缺什么", 20), ("在哪里", 80)), rows)


def _tallies(coverage: Coverage) -> Iterator[tuple[str, str, str, str]]:
    noticed = coverage.killed, coverage.killed + len(coverage.survivors)
    for title, (covered, of) in {
        "条款触发": coverage.clauses[:2],
        "条件的每一部分都起过决定作用": coverage.conditions[:2],
        "数字界限的两边": coverage.boundaries[:2],
        "例外适用与不适用": coverage.exceptions[:2],
        "预案里的一处小错能被发现": noticed,
    }.items():
        yield (title, str(covered), str(of), share(covered, of) if of else "—")
