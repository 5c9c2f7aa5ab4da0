"""(Plan, what is asked of an incident) -> the answer in bytes: a decision, an explanation, the next question.

Pure: the same plan and question give the same bytes, in this process or in one of the engine's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from plan_rules.calendars import CHINA, Calendar
from plan_rules.deciding import decide
from plan_rules.decision_json import decision_json
from plan_rules.explanation import ClauseUnknown, explain
from plan_rules.plan import Plan
from plan_rules.service.problem import as_json, refused
from plan_rules.suggestion import did_you_mean

DECIDE, EXPLAIN, ASK = "decide", "explain", "ask"
MOST_UNKNOWN = 20


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: `kind` is decide, explain or ask."""

    kind: str
    facts: Mapping[str, Any]
    at: str | None = None
    clauses: tuple[str, ...] | None = None
    why_not: tuple[str, ...] = ()

    def heavy(self, plan: Plan) -> bool:
        """May it take so long that others should not wait?  What a misspelt name was meant to be is looked for."""
        return self.kind == ASK or bool(self.why_not) or not self.facts.keys() <= plan.facts.keys()

    def bounded(self, plan: Plan) -> Question:
        """The question with at most so many facts that the plan does not have: nobody mends more at once."""
        left = {*[name for name in self.facts if name not in plan.facts][MOST_UNKNOWN:]}
        if not left:
            return self
        return replace(self, facts={name: value for name, value in self.facts.items() if name not in left})


@dataclass(frozen=True)
class Answering:
    """How this service answers: the engine that says which clauses fire, and the calendar that days are counted by."""

    engine: str = "durable"
    calendar: Calendar = field(default=CHINA)

    def answer(self, plan: Plan, question: Question) -> bytes:
        """The answer as JSON.  Raises FactsInvalid, CalendarUnknown, EngineError, OutOfBudget, Refused."""
        return _ANSWERS[question.kind](self, plan, question)


def _decided(by: Answering, plan: Plan, question: Question) -> bytes:
    return decision_json(decide(plan, question.facts, at=question.at, engine=by.engine, calendar=by.calendar))


def _explained(by: Answering, plan: Plan, question: Question) -> bytes:
    for name in (*(question.clauses or ()), *question.why_not):
        _known(name, plan)
    found = explain(plan, question.facts, at=question.at, calendar=by.calendar)
    fired = {why.clause for why in found.why}
    shown = [why for why in found.why if question.clauses is None or why.clause in question.clauses]
    others = [found.why_not(name) for name in dict.fromkeys(question.why_not) if name not in fired]
    told = {"why": [why.to_dict() for why in shown], "why_not": [other.to_dict() for other in others]}
    return as_json({"plan": _identity(plan), **told, **found.standing()})


def _known(name: str, plan: Plan) -> None:
    if name not in plan.clauses:
        said = ClauseUnknown(name.encode("utf-8", "replace").decode()).message
        near = did_you_mean(name[:60], plan.clauses) or ("见 /v1/plans", "see /v1/plans")
        raise refused(422, "clause_unknown", f"{said.zh}; {near[0]}", f"{said.en}; {near[1]}")


def _asked(_: Answering, plan: Plan, question: Question) -> bytes:
    from plan_rules.analysis.asking import ask  # noqa: PLC0415  loads the diagrams, which decisions do not need
    from plan_rules.analysis.question_object import answer_object  # noqa: PLC0415

    return as_json(answer_object(ask(plan, question.facts), plan))


def _identity(plan: Plan) -> dict[str, str]:
    return {"id": plan.id, "name": plan.name, "version": plan.version, "digest": plan.digest}


_ANSWERS: Mapping[str, Callable[[Answering, Plan, Question], bytes]] = {
    DECIDE: _decided,
    EXPLAIN: _explained,
    ASK: _asked,
}
