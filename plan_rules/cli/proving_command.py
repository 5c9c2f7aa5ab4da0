"""`plan-rules prove`: a plan -> every claim about it decided over all incidents, and the findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan_rules.analysis.diagram import BUDGET
from plan_rules.analysis.finding import Verdict
from plan_rules.analysis.proving import Proof, Result, proof
from plan_rules.cli import findings, output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop, as_json
from plan_rules.display_width import visible
from plan_rules.errors import Message

MOST_NODES = 1 << 24
_SIGNS = {
    Verdict.PROVED: ("✓", "已证", "proved"),
    Verdict.REFUTED: ("✗", "不成立", "refuted"),
    Verdict.OTHERWISE: ("!", "换用解释时不成立", "refuted under other readings"),
    Verdict.UNDECIDED: ("?", "没有证完", "undecided"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be proved, and how it is told."""

    file: str | None
    form: str = "text"
    every: bool = False
    claims: bool = False
    budget: int | None = None
    day: str | None = None
    lang: str = "zh"
    overlays: Sequence[str] = ()


def run(asked: Asked) -> int:
    """Prove one plan; 1 when there is an error or a warning that nobody stands by."""
    plan = plan_of(asked.file, asked.overlays, asked.day)
    shown = proof(plan, today=findings.day_of(asked.day), budget=budget_of(asked.budget))
    if asked.form == "json":
        output.say([as_json(_object(shown, asked.lang))])
    elif asked.form == "sarif":
        findings.say_sarif(shown.findings, asked.lang)
    else:
        if asked.claims:
            output.say([*_lines(shown, asked.lang), ""])
        findings.say(shown.findings, plan, asked.file, every=asked.every, lang=asked.lang, overlays=asked.overlays)
        output.say([_summary(shown, asked)])
    return OK if shown.clean else DEFECTS


def budget_of(nodes: int | None) -> int:
    """The budget asked for."""
    if nodes is None:
        return BUDGET
    if 1 <= nodes <= MOST_NODES:
        return nodes
    message = Message(f"--budget 是 1 至 {MOST_NODES} 的整数", f"--budget lies between 1 and {MOST_NODES}")
    raise Stop(BAD_INPUT, "usage", message)


def _summary(shown: Proof, asked: Asked) -> str:
    name = asked.file or "plan.yaml"
    proved = sum(result.verdict is Verdict.PROVED for result in shown.results)
    counts = findings.counted(shown.findings, asked.lang)
    if asked.lang == "en":
        return f"{name}: {proved} of {len(shown.results)} claims proved over {shown.total:,} incidents; {counts}"
    return f"{name}: 对 {shown.total:,} 种事件, {len(shown.results)} 项断言中证明了 {proved} 项; {counts}"


def _lines(shown: Proof, lang: str) -> Iterator[str]:
    for result in shown.results:
        sign, zh, en = _SIGNS[result.verdict]
        word = zh if lang == "zh" else en
        yield visible(f"{sign} {word} {result.claim.name} {result.claim.statement.within(lang)}")


def _object(shown: Proof, lang: str) -> dict[str, object]:
    return {
        "plan": {"id": shown.plan.id, "version": shown.plan.version, "digest": shown.plan.digest},
        "clean": shown.clean,
        "incidents": str(shown.total),
        "situations": str(shown.situations),
        "claims": [_claim(result, lang) for result in shown.results],
        "findings": findings.objects(shown.findings, lang),
    }


def _claim(result: Result, lang: str) -> dict[str, object]:
    return {
        "code": result.claim.code,
        "subject": result.claim.subject,
        "claim": result.claim.statement.within(lang),
        "verdict": result.verdict.value,
    }
