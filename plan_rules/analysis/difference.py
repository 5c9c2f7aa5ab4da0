"""(Old plan, new plan, scenarios) -> Difference: everything an amendment does, and whether it may pass.

It may not pass where it breaks a 红线, of the old plan or the new, or takes a protective duty away that nobody has
acknowledged (认可 of DF001 in the new plan).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from plan_rules.analysis.changes import Change, Compared
from plan_rules.analysis.claims import invariants
from plan_rules.analysis.diagram import BUDGET, OverBudget
from plan_rules.analysis.edits import Edit, edits_between
from plan_rules.analysis.finding import Claim, Finding, accepted
from plan_rules.analysis.meaning import Meaning, Outcome
from plan_rules.analysis.space import Drawing
from plan_rules.analysis.witnesses import witness
from plan_rules.deciding import decide
from plan_rules.errors import CalendarUnknown, Diagnostic, FactsInvalid, Message, Severity
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, Step, run_step
from plan_rules.scenarios.running import stated_facts

PROTECTIVE_DUTY_LOST, INVARIANT_BROKEN, INVARIANT_DROPPED = "DF001", "DF002", "DF003"


@dataclass(frozen=True, slots=True)
class ScenarioChange:
    """A step of a scenario that the plans decide otherwise; whether it passes under each."""

    scenario: str
    step: int
    passed_before: bool
    passes_now: bool


@dataclass(frozen=True, slots=True)
class Difference:
    """What is different between two plans.  `newly_refused` and `newly_taken` count incidents that only one takes."""

    old: Plan
    new: Plan
    changes: tuple[Change, ...]
    edits: tuple[Edit, ...]
    scenarios: tuple[ScenarioChange, ...]
    findings: tuple[Finding, ...]
    newly_refused: int
    newly_taken: int
    undecided: tuple[Outcome, ...]
    compared: Compared | None

    @property
    def may_pass(self) -> bool:
        """Is no red line broken, no protective duty lost unacknowledged, nothing left undecided?"""
        return not self.undecided and all(found.severity is not Severity.ERROR for found in self.findings)

    @property
    def same(self) -> bool:
        """Do both plans decide every incident alike?"""
        return not (self.changes or self.newly_refused or self.newly_taken or self.undecided)


def diff(
    old: Plan,
    new: Plan,
    scenarios: Iterable[Scenario] = (),
    *,
    today: date | None = None,
    budget: int = BUDGET,
) -> Difference:
    """Everything that is different, each plan with its readings as they stand.

    `scenarios` are decided and run under both; `today` is the day on which acceptances are looked at.
    """
    edits = edits_between(old, new)
    told = tuple(_scenario_changes(old, new, scenarios))
    try:
        compared = Compared(old, new, budget)
        changes = tuple(compared.changes())
        findings = [*_protective_duties_lost(changes, new), *_invariants_broken(compared)]
        refused, taken = _taken(compared)
    except OverBudget:
        everything = (Outcome("decision", new.id),)
        return Difference(old, new, (), edits, told, (), 0, 0, everything, None)
    stood_by = tuple(replace(found, accepted=accepted(found, new.acceptances, today)) for found in findings)
    undecided = tuple(compared.undecided)
    return Difference(old, new, changes, edits, told, stood_by, refused, taken, undecided, compared)


def _taken(compared: Compared) -> tuple[int, int]:
    """How many incidents only the old plan takes, and how many only the new one."""
    before, after = compared.old.drawing.possible, compared.new.drawing.possible
    return compared.space.count(before & ~after), compared.space.count(after & ~before)


# --------------------------------------------------------------------------- what keeps it from passing


def _protective_duties_lost(changes: Iterable[Change], new: Plan) -> Iterator[Finding]:
    for change in changes:
        outcome = change.outcome
        if change.gained or outcome.kind != "duty" or outcome.aspect or not change.protective:
            continue
        action = new.actions.get(outcome.subject)
        label = action.label if action else outcome.subject
        yield Finding(
            Diagnostic(
                PROTECTIVE_DUTY_LOST,
                Severity.ERROR,
                Message(
                    f"修订使保护性的“{label}”在有的事件上不再要求",
                    f"the protective `{outcome.subject}` is lost on some incidents",
                ),
                action.span if action else None,
                Message(
                    f"恢复它; 有意取消的, 在新预案的“认可”里写 发现: DF001, 涉及: [{label}]",
                    f"restore it, or acknowledge it: `finding: DF001, about: [{outcome.subject}]` in the new plan",
                ),
                subject=outcome.subject,
            ),
            count=change.count,
            total=change.total,
            situations=change.situations,
            all_situations=change.all_situations,
        )


def _invariants_broken(compared: Compared) -> Iterator[Finding]:
    """Red lines of either plan that the new one breaks, and those it no longer draws."""
    kept = {item.id for item in compared.new.plan.invariants}
    seen: set[Message] = set()
    for item in compared.old.plan.invariants:
        if item.id not in kept:
            yield Finding(
                Diagnostic(
                    INVARIANT_DROPPED,
                    Severity.ERROR,
                    Message(f"修订删去了红线“{item.id}”({item.label})", f"invariant `{item.id}` was dropped"),
                    None,
                    Message("恢复它; 有意删去的, 由有权人在“认可”里写明", "restore it, or have its removal accepted"),
                    subject=item.id,
                )
            )
    # The old red lines, in the words of the old plan, and the new ones: the new plan must cross none of them.
    before = {claim.subject for claim in invariants.claims(compared.old) if _crossed(claim, compared.old)}
    for claim in (*invariants.claims_of(compared.old, compared.new), *invariants.claims(compared.new)):
        if claim.defect not in seen and _crossed(claim, compared.new):
            seen.add(claim.defect)
            yield _broken(claim, compared.new, already=claim.subject in before)


def _crossed(claim: Claim, judged: Meaning) -> bool:
    return claim.points() & judged.drawing.possible != judged.diagram.nothing


def _broken(claim: Claim, new: Meaning, *, already: bool) -> Finding:
    """A red line that the new plan crosses; one that the old plan crossed already is not this amendment's doing."""
    drawing: Drawing = new.drawing
    points = claim.points() & drawing.possible
    (count, situations), (total, all_situations) = drawing.space.counts(points), drawing.counts
    word = ("原来就破了的", "broken already: ") if already else ("", "")
    return Finding(
        Diagnostic(
            INVARIANT_BROKEN,
            Severity.WARNING if already else Severity.ERROR,
            Message(word[0] + claim.defect.zh, word[1] + claim.defect.en),
            claim.span,
            claim.help,
            subject=claim.subject,
        ),
        witness=witness(new, points, claim),
        count=count,
        total=total,
        situations=situations,
        all_situations=all_situations,
    )


# --------------------------------------------------------------------------- scenarios


def _scenario_changes(old: Plan, new: Plan, scenarios: Iterable[Scenario]) -> Iterator[ScenarioChange]:
    for scenario in scenarios:
        for number, step in enumerate(scenario.steps):
            before, after = (run_step(plan, step) for plan in (old, new))
            passed, passes = not before.mismatches, not after.mismatches
            if passed != passes or _told(old, step) != _told(new, step):
                yield ScenarioChange(scenario.id, number, passed, passes)


def _told(plan: Plan, step: Step) -> object:
    """What a plan decides at a step, apart from which plan it is."""
    try:
        decision = decide(plan, stated_facts(step), at=step.at)
    except (FactsInvalid, CalendarUnknown) as refused:
        return str(refused)
    told = decision.to_dict()
    return {
        key: told.get(key) for key in ("tier", "duties", "prohibitions", "permissions", "undetermined", "violations")
    }
