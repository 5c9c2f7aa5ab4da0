"""(Plan, a day) -> the report on the rules (规则体检报告): what was proved, what is wrong, who stands by what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from plan_rules.analysis.finding import Finding, Verdict
from plan_rules.analysis.linting import lint
from plan_rules.analysis.proving import Proof, proof
from plan_rules.documents.content import (
    Block,
    Cell,
    Document,
    Origin,
    Paragraph,
    Row,
    Signatures,
    Text,
    Tone,
    cell,
    stamp,
    table,
)
from plan_rules.errors import Severity
from plan_rules.finding_text import answer_phrase, share, witness_phrase
from plan_rules.plan import Plan

_VERDICTS = {
    Verdict.PROVED: "已证明",
    Verdict.REFUTED: "不成立",
    Verdict.OTHERWISE: "只在换用解释时不成立",
    Verdict.UNDECIDED: "没有证完",
}
_WEIGHTS = {
    Severity.ERROR: ("错误", Tone.EMPTY),
    Severity.WARNING: ("警告", Tone.HEED),
    Severity.NOTE: ("提示", Tone.PLAIN),
}


def health(plan: Plan, today: date | None = None) -> Document:
    """Every finding of prove and lint; `today` is the day on which acceptances are looked at."""
    shown = proof(plan, today=today)
    found = (*shown.findings, *lint(plan, today=today))
    subtitle = f"认可按 {today} 查看是否到期" if today else ""
    return Document(
        "health", "规则体检报告", stamp(plan), tuple(_blocks(plan, shown, found)), subtitle=subtitle, landscape=True
    )


def _blocks(plan: Plan, shown: Proof, found: Iterable[Finding]) -> Iterator[Block]:
    findings = tuple(found)
    heavy = [each for each in findings if each.severity is not Severity.NOTE]
    said = f"有 {len(heavy)} 处要处理" if heavy else "没有要处理的问题"
    yield Paragraph(Text(f"{said}; 另有 {len(findings) - len(heavy)} 处是提示或已认可。", Origin.STATED, strong=True))
    yield table(
        "对全部可能的事件证明了什么",
        (("结论", 40), ("项数", 20)),
        tuple(
            (word, str(sum(result.verdict is verdict for result in shown.results)))
            for verdict, word in _VERDICTS.items()
        ),
    )
    total = f"能区分的 {shown.situations:,} 种情形(共 {shown.total:,} 种可能的事件), 逐一都在内。"
    yield Paragraph(Text(total, Origin.STATED))
    columns = (("级别", 7), ("代码", 7), ("问题", 30), ("例", 26), ("怎样改", 18), ("认可", 14))
    if heavy:
        yield table("要处理的", columns, (_row(each, plan) for each in heavy))
    rest = [each for each in findings if each.severity is Severity.NOTE]
    if rest:
        yield table("提示与已认可的", columns, (_row(each, plan) for each in rest))
    if shown.undecided:
        yield Paragraph(Text(f"限度以内没有证完: {'、'.join(shown.undecided)}", Origin.STATED, strong=True))
    yield Signatures(("合规部", "科技部"))


def _row(found: Finding, plan: Plan) -> Row:
    word, tone = _WEIGHTS[found.severity]
    diagnostic, accepted = found.diagnostic, found.accepted
    place = f"{diagnostic.span}" if diagnostic.span else ""
    until = f", 到期 {accepted.until}" if accepted and accepted.until else ""
    cells: tuple[Cell, ...] = (
        cell(Text(word, strong=True)),
        cell(found.code),
        cell(Text(diagnostic.message.zh, Origin.STATED), Text(place, Origin.STATED) if place else ""),
        _example(found, plan),
        cell(Text(diagnostic.help.zh, Origin.STATED)) if diagnostic.help and not accepted else (),
        cell(f"{accepted.reason}({accepted.decided_by}{until})") if accepted else (),
    )
    return Row(cells, tone)


def _example(found: Finding, plan: Plan) -> Cell:
    texts = []
    if found.witness:
        texts.append(Text(witness_phrase(found.witness, plan), Origin.STATED))
        texts.append(Text(f"→ {answer_phrase(found.witness.decision, found, plan)}", Origin.STATED))
    if found.count and found.total:
        texts.append(Text(f"占 {share(found.count, found.total)}", Origin.STATED))
    return tuple(texts)
