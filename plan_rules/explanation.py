"""(Plan, facts, instant) -> why each clause fired; why another did not, and the smallest change that would make it.

The change is found by trying: first every single fact, then every pair, and so on, over the facts that the clause and
the combinations that cannot be depend on.  Each trial is a whole incident that the plan accepts, so the answer holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import combinations, product
from typing import Any

from pydantic import BaseModel

from plan_rules.assembly import assembler
from plan_rules.calendars import CHINA, Calendar
from plan_rules.condition import leaves
from plan_rules.deciding import decide, moment
from plan_rules.decision import Decision, FactUsed, Jsonable
from plan_rules.errors import FactsInvalid, Message, ToldError
from plan_rules.fact import UNKNOWN, Fact, Kind, telling_values
from plan_rules.fact_values import shown
from plan_rules.facts import FactReader, Facts, fact_reader
from plan_rules.gates import PENDING
from plan_rules.inference import Inference, inference, tied_together
from plan_rules.normal import Lowered, facts_of, lower
from plan_rules.plan import Plan
from plan_rules.predicate import compiled
from plan_rules.truth import Wide

MAX_CHANGES = 4
MAX_TRIALS = 60_000
_NOMINAL_DAY = date(2000, 1, 3)  # stands for "some day": only whether it happened counts here


_WAITS = ("action", "status", "clauses", "approval", "discretion", "ladder")


class ClauseUnknown(ToldError, LookupError):
    """The plan has no clause of this id."""

    def __init__(self, clause: str) -> None:
        self.clause = clause
        super().__init__(Message(f"预案里没有条款“{clause[:60]}”", f"no clause `{clause[:60]}` in the plan"))


@dataclass(frozen=True, slots=True)
class Why:
    """A clause that fired: its text, and the facts that made it fire."""

    clause: str
    text: str
    facts: tuple[FactUsed, ...]

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain data."""
        return {"clause": self.clause, "text": self.text, "facts": [fact._asdict() for fact in self.facts]}


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A clause that did not fire, the smallest change of facts that would make it, and the actions it would then bring.

    A date or datetime fact changes to True (it has happened) or False (it has not).  `changes` is empty where no change
    of up to four facts makes the clause fire.
    """

    clause: str
    text: str
    changes: tuple[tuple[str, Jsonable], ...]
    would: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain data."""
        changes = [{"fact": fact, "value": value} for fact, value in self.changes]
        return {"clause": self.clause, "text": self.text, "changes": changes, "would": list(self.would)}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the plan says what it says of one incident."""

    decision: Decision
    why: tuple[Why, ...]
    plan: Plan
    facts: Facts

    def why_not(self, clause: str) -> WhyNot:
        """What would have to be otherwise for the clause to fire.  Raises ClauseUnknown."""
        if clause not in self.plan.clauses:
            raise ClauseUnknown(clause)
        lowered = lower(self.plan, self.facts.readings or self.plan.chosen())
        changes = _smallest_change(clause, self.facts, lowered)
        return WhyNot(
            clause=clause,
            text=self.plan.clauses[clause].text,
            changes=changes,
            would=tuple(dict.fromkeys(norm.action for norm in self.plan.clauses[clause].norms)) if changes else (),
        )

    def to_dict(self) -> dict[str, Any]:
        """The reasons as plain data."""
        return {"why": [why.to_dict() for why in self.why], **self.standing()}

    def standing(self) -> dict[str, Any]:
        """What waits, for what, and how far each ladder has come, as plain data; nothing where nothing does."""
        told = self.decision.to_dict()
        waits = [
            {name: item[name] for name in _WAITS if name in item}
            for item in (*told["duties"], *told["permissions"])
            if item.get("status") in PENDING
        ]
        return ({"pending": waits} if waits else {}) | ({"ladders": told["ladders"]} if "ladders" in told else {})


def explain(
    plan: Plan,
    facts: Mapping[str, Any] | BaseModel,
    *,
    at: date | datetime | str | None = None,
    calendar: Calendar = CHINA,
) -> Explanation:
    """Explain the decision on this incident.  Raises what `decide` raises."""
    decision = decide(plan, facts, at=at, calendar=calendar)
    incident = fact_reader(plan).read(facts, moment(at))
    lowered = lower(plan, incident.readings or plan.chosen())
    reasons = assembler(lowered).reasons(decision.fired, incident)
    why = tuple(Why(name, plan.clauses[name].text, reasons[name].facts) for name in decision.fired)
    return Explanation(decision, why, plan, incident)


# --------------------------------------------------------------------------- the smallest change


def _smallest_change(clause: str, facts: Facts, lowered: Lowered) -> tuple[tuple[str, Jsonable], ...]:
    plan = lowered.plan
    keys = plan.firing_keys(clause)
    tests = [compiled(lowered.conditions[key], plan, lowered.readings) for key in keys]
    keeping = () if plan.clauses[clause].excludes else plan.exclusions  # what must not hold besides
    excluding = [compiled(lowered.conditions[key], plan, lowered.readings) for key in keeping]
    stated = {fact: facts.values[fact] for fact in facts.source if facts.source[fact] == "stated"}
    candidates = _candidates((*keys, *keeping), facts, lowered)
    reader, inferring = fact_reader(plan), inference(plan, lowered.readings)
    trials = 0
    for size in range(1, MAX_CHANGES + 1):
        for changed in combinations(candidates, size):
            for values in product(*(candidates[fact] for fact in changed)):
                trials += 1
                if trials > MAX_TRIALS:
                    return ()
                change = dict(zip(changed, values, strict=True))
                wide = _wide({**stated, **change}, reader, inferring)
                if wide is None or any(test(wide) is True for test in excluding):
                    continue
                if any(test(wide) is True for test in tests):
                    return tuple((fact, _answer(plan.facts[fact], value)) for fact, value in change.items())
    return ()


def _wide(stated: dict[str, Any], reader: FactReader, inferring: Inference) -> Wide | None:
    """What engines would see of these facts; None where they cannot all be true."""
    try:
        return reader.follow(stated, inferring).wide
    except FactsInvalid:
        return None


def _candidates(keys: Iterable[str], facts: Facts, lowered: Lowered) -> dict[str, list[Any]]:
    """The facts worth changing, nearest to the clause first, each with the other values it could have."""
    plan = lowered.plan
    near = dict.fromkeys(fact for key in keys for fact in facts_of(lowered.conditions[key]))
    linked = dict.fromkeys(
        fact for group in tied_together(plan) if set(group) & set(near) for fact in group if fact in facts.source
    )
    about = [leaf for key in keys for leaf in leaves(lowered.conditions[key])]
    found = {}
    for name in (*near, *(fact for fact in linked if fact not in near)):
        fact = plan.facts[name]
        now = facts.values[name]
        others = [value for value in _values(fact, telling_values(fact, about)) if _differs(fact, value, now)]
        if not fact.of_case and others:
            found[name] = others
    return found


def _values(fact: Fact, values: Iterable[Any]) -> Iterator[Any]:
    for value in values:
        if fact.kind is Kind.DATE:
            yield _NOMINAL_DAY if value else None
        elif fact.kind is Kind.DATETIME:
            yield datetime.combine(_NOMINAL_DAY, time()) if value else None
        else:
            yield value


def _differs(fact: Fact, value: Any, now: Any) -> bool:
    if now is UNKNOWN:
        return True
    if fact.dated:
        return (value is None) is not (now is None)
    return bool(value != now)


def _answer(fact: Fact, value: Any) -> Jsonable:
    if fact.dated:
        return value is not None
    return shown(value)
