"""Plan -> Proof: every claim about the plan, decided over all incidents exactly, with the incident that tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, TypeVar

from plan_rules.analysis.claims import ABOUT_COMPLETE_INCIDENTS, ABOUT_INCIDENTS_AS_TOLD
from plan_rules.analysis.diagram import BUDGET, OverBudget, Points
from plan_rules.analysis.finding import Claim, Clue, Finding, Verdict, Witness, accepted
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.space import Drawing, Space
from plan_rules.analysis.told import Told
from plan_rules.analysis.witnesses import witness
from plan_rules.errors import Diagnostic, Message, Severity
from plan_rules.plan import Plan

_KINDS = {
    "clauses": "条款",
    "conditions": "条件的部分",
    "tiers": "等级",
    "conflicts": "冲突",
    "order": "次序",
    "exceptions": "例外",
    "protection": "保护性要求",
    "invariants": "红线",
    "readings": "解释",
    "unknown facts": "未知的事实",
}
_MOST_OVERRUNS = 8  # each takes as long as it takes to fill the budget; then no more is tried
About = TypeVar("About", Meaning, Told)
Kinds: TypeAlias = Mapping[str, Callable[[About], Iterable[Claim]]]


@dataclass(frozen=True, slots=True)
class Result:
    """What was shown of one claim: the `witness` that refutes it, and how many there are.

    `example` holds the incidents that show a claim which is about some incident, of the plan drawn as `meaning`.
    """

    claim: Claim
    verdict: Verdict
    witness: Witness | None = None
    count: int | None = None
    total: int | None = None
    situations: int | None = None
    all_situations: int | None = None
    example: Points | None = None
    meaning: Meaning | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """Everything shown of one plan.

    `total` counts the incidents that can be, exactly, and `situations` those that some condition tells apart.
    `undecided` are the kinds of claim that the budget did not suffice to list to the end.
    """

    plan: Plan
    results: tuple[Result, ...]
    findings: tuple[Finding, ...]
    total: int
    situations: int
    undecided: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Is there no error and no warning that nobody stands by?"""
        return all(finding.severity is Severity.NOTE for finding in self.findings)


def prove(plan: Plan, *, today: date | None = None, budget: int = BUDGET) -> tuple[Finding, ...]:
    """Every defect of the plan, in the order of its text.

    `today` is the day on which acceptances (认可) are looked at; without it none has run out.  `budget` is the number
    of nodes a diagram may have; what it does not suffice for is a finding too (PF016), never silence.
    """
    return proof(plan, today=today, budget=budget).findings


def proof(plan: Plan, *, today: date | None = None, budget: int = BUDGET) -> Proof:
    """Every claim about the plan, with its verdict."""
    undecided: list[str] = []
    results: list[Result] = []
    total = situations = 0
    try:
        meaning = Meaning(Drawing(plan, Space([plan], budget)))
        total, situations = meaning.drawing.counts
    except OverBudget:
        undecided += ABOUT_COMPLETE_INCIDENTS
    else:
        results += _results(ABOUT_COMPLETE_INCIDENTS, meaning, meaning, undecided)
    try:
        told = Told(plan, budget)
    except OverBudget:
        undecided += ABOUT_INCIDENTS_AS_TOLD
    else:
        results += _results(ABOUT_INCIDENTS_AS_TOLD, told, told.meaning, undecided)
    findings = [_finding(result) for result in _worth_telling(results)]
    findings += _out_of_reach(plan, results, undecided)
    stood_by = (replace(found, accepted=accepted(found, plan.acceptances, today)) for found in findings)
    ordered = sorted(stood_by, key=lambda found: found.diagnostic.sort_key())
    return Proof(plan, tuple(results), tuple(ordered), total, situations, tuple(undecided))


def _results(kinds: Kinds[About], about: About, meaning: Meaning, undecided: list[str]) -> Iterator[Result]:
    overruns = 0
    for name, claims in kinds.items():
        try:
            for claim in claims(about):
                result = _decided(claim, meaning) if overruns < _MOST_OVERRUNS else Result(claim, Verdict.UNDECIDED)
                overruns += result.verdict is Verdict.UNDECIDED
                yield result
        except OverBudget:
            overruns += 1
            undecided.append(name)


def _decided(claim: Claim, meaning: Meaning) -> Result:
    """The result; a second time without what only waits to be forgotten, so that it does not hang on when that is."""
    try:
        return _shown(claim, meaning)
    except OverBudget:
        meaning.diagram.forget()
    try:
        return _shown(claim, meaning)
    except OverBudget:
        return Result(claim, Verdict.UNDECIDED)


def _shown(claim: Claim, meaning: Meaning) -> Result:
    drawing, nothing = meaning.drawing, meaning.diagram.nothing
    points = claim.points() & drawing.possible
    here = points & drawing.as_chosen
    if not claim.about_every:
        if points == nothing:
            return Result(claim, Verdict.REFUTED, count=0, situations=0)
        return Result(claim, Verdict.PROVED, example=points if here == nothing else here, meaning=meaning)
    if points == nothing:
        return Result(claim, Verdict.PROVED)
    if here == nothing:
        return Result(claim, Verdict.OTHERWISE, witness(meaning, points, claim))
    (count, situations), (total, all_situations) = drawing.space.counts(here), drawing.counts
    return Result(claim, Verdict.REFUTED, witness(meaning, here, claim), count, total, situations, all_situations)


# --------------------------------------------------------------------------- findings


def _worth_telling(results: list[Result]) -> Iterator[Result]:
    """Refuted claims; of a condition's part that does not matter, not the parts within it."""
    refuted = [result for result in results if result.verdict in (Verdict.REFUTED, Verdict.OTHERWISE)]
    subjects = {result.claim.subject for result in refuted if result.claim.code == "PF002"}
    for result in refuted:
        steps = result.claim.subject.split(".")
        within = result.claim.code == "PF002" and any(".".join(steps[:cut]) in subjects for cut in range(1, len(steps)))
        if not within:
            yield result


def _finding(result: Result) -> Finding:
    claim = result.claim
    clue = _clue(claim)
    otherwise = result.verdict is Verdict.OTHERWISE
    defect = _under_other_readings(claim.defect, result.witness) if otherwise else claim.defect
    diagnostic = Diagnostic(
        code=claim.code,
        severity=Severity.NOTE if otherwise else claim.severity,
        message=defect,
        span=claim.span,
        help=clue.help if clue else claim.help,
        related=(clue.related if clue else None) or claim.related,
        related_label=(clue.related_label if clue else None) or claim.related_label,
        facts=tuple(result.witness.facts) if result.witness else (),
        subject=claim.subject,
    )
    return Finding(
        diagnostic,
        claim.clauses,
        result.witness,
        result.count,
        result.total,
        result.situations,
        result.all_situations,
        otherwise=otherwise,
    )


def _clue(claim: Claim) -> Clue | None:
    try:
        return claim.clue() if claim.clue else None
    except OverBudget:
        return None


def _under_other_readings(defect: Message, shown: Witness | None) -> Message:
    readings = shown.readings if shown else {}
    named = ", ".join(f"{name}={option}" for name, option in readings.items())
    return Message(f"换用解释 {named} 时: {defect.zh}", f"under readings {named}: {defect.en}")


def _out_of_reach(plan: Plan, results: list[Result], undecided: list[str]) -> Iterator[Finding]:
    """One finding for each kind of claim that the budget did not suffice for."""
    counts = Counter(result.claim.code for result in results if result.verdict is Verdict.UNDECIDED)
    for kind in (*sorted(counts), *undecided):
        many = f"{counts[kind]} 项" if kind in counts else "其余全部"
        few = f"{counts[kind]} claims" if kind in counts else "the rest of the claims"
        yield Finding(
            Diagnostic(
                "PF016",
                Severity.WARNING,
                Message(
                    f"在限度以内没有证完: {_KINDS.get(kind, kind)} 的{many}",
                    f"not decided within the budget: {few} of {kind}",
                ),
                help=Message(
                    "用“情形”归并条件, 把不相干的条款分成几份预案, 或放宽 --budget",
                    "name conditions once, split clauses that have nothing in common, or raise --budget",
                ),
                subject=f"{plan.id}/{kind}",
            )
        )
