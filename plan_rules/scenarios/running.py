"""(Plan, scenarios, engine) -> verdicts: where each decision differs from what its scenario expects.

A decision agrees when  required <= duties <= required + may_also,  and the same for prohibitions and permissions; when
every fact of `unknown_blocking` is among the undetermined ones and every clause of `clause_refs` has fired; and when
violations, due dates and tier are the same.  What a scenario leaves out is not checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

from plan_rules.deciding import decide, moment
from plan_rules.decision import Bearer, Decision, Due, Duty, Prohibition
from plan_rules.errors import CalendarUnknown, EngineError, FactsInvalid, Severity
from plan_rules.gates import PENDING
from plan_rules.loading import on_day
from plan_rules.plan import Plan
from plan_rules.scenarios.form import Expected, Scenario, Step


@dataclass(frozen=True, slots=True)
class Mismatch:
    """One aspect in which a decision differs: ids that should be there, ids that should not, or two values."""

    aspect: str
    missing: tuple[str, ...] = ()
    unexpected: tuple[str, ...] = ()
    expected: str | None = None
    got: str | None = None


@dataclass(frozen=True, slots=True)
class StepVerdict:
    """What came of one step: its mismatches (none is a pass) and the clauses that fired."""

    step: Step
    mismatches: tuple[Mismatch, ...]
    fired: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one scenario, step by step."""

    scenario: Scenario
    steps: tuple[StepVerdict, ...]

    @property
    def passed(self) -> bool:
        """Did every step agree?"""
        return not any(step.mismatches for step in self.steps)


def run(plan: Plan, scenarios: Iterable[Scenario], *, engine: str = "durable") -> tuple[Verdict, ...]:
    """Decide every step of every scenario and compare.

    Raises EngineError when the engine cannot take the plan.
    """
    return tuple(
        Verdict(scenario, tuple(run_step(plan, step, engine=engine) for step in scenario.steps))
        for scenario in scenarios
    )


def run_step(plan: Plan, step: Step, *, engine: str = "durable") -> StepVerdict:
    """Decide one step and compare; a refusal nobody expected is a mismatch, not an error.

    What is laid over the plan is taken as it stands at the instant of the step.
    """
    try:
        at = moment(step.at)
        plan = plan if at is None else on_day(plan, at.date())
        decision = decide(plan, stated_facts(step), at=step.at, engine=engine)
    except FactsInvalid as refusal:
        codes = {found.code for found in refusal.diagnostics if found.severity is Severity.ERROR}
        return StepVerdict(step, tuple(_compare_refusal(step.expected, codes, str(refusal))))
    except CalendarUnknown as failure:
        return StepVerdict(step, (Mismatch("invalid", got=str(failure)),))
    except EngineError:
        raise
    if step.expected.invalid:
        warned = {notice.id for notice in decision.notices}
        mismatches = tuple(_compare_refusal(step.expected, warned, None))
    else:
        mismatches = tuple(compare(step.expected, decision))
    return StepVerdict(step, mismatches, decision.fired)


def stated_facts(step: Step) -> dict[str, Any]:
    """The facts of the step as `decide` takes them, with the readings it chooses."""
    facts = dict(step.facts)
    if step.readings:
        stated = facts.get("policy_reading")  # or null, or a word: nothing is chosen
        facts["policy_reading"] = {**(stated if isinstance(stated, dict) else {}), **step.readings}
    return facts


def _compare_refusal(expected: Expected, codes: AbstractSet[str], refusal: str | None) -> Iterator[Mismatch]:
    """Every code expected must be there; a warning of the plan (不可能 that only warns) counts, being no refusal."""
    if not expected.invalid:
        yield Mismatch("invalid", got=refusal)
    elif missing := expected.invalid - codes:
        yield Mismatch("invalid", missing=_sorted(missing), got=refusal)


def compare(expected: Expected, decision: Decision) -> Iterator[Mismatch]:
    """Every aspect that is checked and differs."""
    got_tier = decision.tier.id if decision.tier else None
    if expected.tier_checked and expected.tier != got_tier:
        yield Mismatch("tier", expected=expected.tier or "null", got=got_tier or "null")
    optional = expected.may_also
    yield from _difference("required", expected.required, {duty.action for duty in decision.in_force}, optional)
    yield from _difference("prohibited", expected.prohibited, {item.action for item in decision.prohibitions}, optional)
    yield from _difference("permitted", expected.permitted, {item.action for item in decision.allowed}, optional)
    blocking = {item.fact for item in decision.undetermined}
    yield from _difference("unknown_blocking", expected.unknown_blocking, blocking, blocking)
    yield from _difference("violations", expected.violations, {str(item) for item in decision.violations})
    yield from _difference("clause_refs", expected.clause_refs, set(decision.fired), set(decision.fired))
    yield from _difference("fired", expected.fired, set(decision.fired))
    pending = pending_in(decision)
    for state, actions in (expected.pending or {}).items():
        yield from _difference(state, actions, pending[state], optional)
    yield from _difference("exclusions", expected.exclusions, {item.clause for item in decision.exclusions})
    yield from _difference("handoffs", expected.handoffs, {item.plan for item in decision.handoffs})
    yield from _compare_deadlines(expected, decision)
    yield from _compare_bearers(expected, decision)
    yield from _compare_limits(expected, decision)


def pending_in(decision: Decision) -> dict[str, frozenset[str]]:
    """The actions listed that are not in force, by why: what a scenario may expect."""
    return {state: frozenset(item.action for item in decision.pending if item.status == state) for state in PENDING}


def _compare_bearers(expected: Expected, decision: Decision) -> Iterator[Mismatch]:
    """Who bears each action named, as a duty or a prohibition."""
    borne: tuple[Duty | Prohibition, ...] = (*decision.prohibitions, *decision.duties)
    bearers = {item.action: set(item.roles) for item in borne}
    for action, roles in sorted((expected.roles or {}).items()):
        yield from _difference(f"roles.{action}", roles, bearers.get(action, set()))


def _compare_limits(expected: Expected, decision: Decision) -> Iterator[Mismatch]:
    """How soon each duty named must be done."""
    limits = {duty.action: limit_of(duty) for duty in decision.duties}
    for action, want in sorted((expected.limits or {}).items()):
        got = limits.get(action, "none")
        if want != got:
            yield Mismatch(f"limits.{action}", expected=want, got=got)


def limit_of(duty: Duty) -> str:
    """How soon a duty must be done, as a scenario says it: `immediate`, `3 natural_days`, `none`.

    Whoever has a recipient or a limit of their own follows: `5 minutes; manager = 1 hours; manager > street = 2 hours`.
    """
    own = (_own(bearer) for bearer in duty.bearers if bearer.recipient or bearer.deadline)
    return "; ".join((_soon(duty.deadline), *own))


def _soon(deadline: Due | None) -> str:
    if deadline is None:
        return "none"
    return f"{deadline.amount} {deadline.kind}" if deadline.amount else deadline.kind


def _own(bearer: Bearer) -> str:
    who = ",".join(role for group in bearer.groups for role in group.roles)
    to = f" > {bearer.recipient}" if bearer.recipient else ""
    return who + to + (f" = {_soon(bearer.deadline)}" if bearer.deadline else "")


def _difference(
    aspect: str, expected: AbstractSet[str] | None, got: AbstractSet[str], optional: AbstractSet[str] = frozenset()
) -> Iterator[Mismatch]:
    if expected is None:
        return
    missing, unexpected = expected - got, got - expected - optional
    if missing or unexpected:
        yield Mismatch(aspect, missing=_sorted(missing), unexpected=_sorted(unexpected))


def _compare_deadlines(expected: Expected, decision: Decision) -> Iterator[Mismatch]:
    """Due dates action by action; those of duties that may come out or not are compared only when expected."""
    if expected.deadlines is None:
        return
    due = {duty.action: duty.deadline.due for duty in decision.in_force if duty.deadline and duty.deadline.due}
    for action in sorted({*expected.deadlines, *(due.keys() - expected.may_also)}):
        want, got = expected.deadlines.get(action), due.get(action)
        if want is None or got is None or got[: len(want)] != want:
            yield Mismatch(f"deadlines.{action}", expected=want or "null", got=got or "null")


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
