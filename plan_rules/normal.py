"""(Plan, readings) -> Lowered: each clause's condition in negation normal form over constants, ready for any engine.

Situations and tiers are inlined, readings become constants, negation moves onto the literals, and a literal that its
surroundings already settle is dropped.  The normal form is true exactly where the source form is (the conformance suite
holds every engine built on it to `engines.reference`, which reads the source form).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias, assert_never

from plan_rules.condition import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.fact import Fact, Kind
from plan_rules.plan import Plan
from plan_rules.truth import tiers_condition

Literal: TypeAlias = Is | Within | Present
Normal: TypeAlias = Literal | All | AnyOf  # All and AnyOf hold Normals only; ALWAYS and NEVER are the constants


@dataclass(frozen=True)
class Lowered:
    """What engines are built from.  `conditions` has every rule of `Plan.rules`, in the plan's order.

    `key` names it for the life of the process: plan digest and readings; equal keys mean equal contents.
    """

    key: tuple[str, tuple[tuple[str, str], ...]]
    plan: Plan
    readings: Mapping[str, str]
    conditions: Mapping[str, Normal]
    mentioned: Mapping[str, tuple[str, ...]]  # fact id -> the conditions that mention it

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Lowered) and other.key == self.key


def lower(plan: Plan, readings: Mapping[str, str]) -> Lowered:
    """Lower the plan under these readings (reading id -> option id, every reading of the plan)."""
    return _lower(plan, tuple(sorted(readings.items())))


@lru_cache(maxsize=256)
def _lower(plan: Plan, readings: tuple[tuple[str, str], ...]) -> Lowered:
    chosen = dict(readings)
    normaliser = Normaliser(plan, chosen)
    conditions = {key: normaliser.normal(condition) for key, condition in plan.rules().items()}
    mentioned: dict[str, list[str]] = {}
    for key, condition in conditions.items():
        for fact in facts_of(condition):
            mentioned.setdefault(fact, []).append(key)
    return Lowered(
        key=(plan.digest, readings),
        plan=plan,
        readings=chosen,
        conditions=conditions,
        mentioned={fact: tuple(keys) for fact, keys in mentioned.items()},
    )


class Normaliser:
    """Normal forms of one plan's conditions under one choice of readings; remembers what it has inlined.

    With `readings` None they are true wherever the condition is under some choice of readings.
    """

    def __init__(self, plan: Plan, readings: Mapping[str, str] | None) -> None:
        self._plan = plan
        self._readings = readings
        self._inlined: dict[tuple[object, bool], Normal] = {}

    def normal(self, condition: Condition) -> Normal:
        """The condition in normal form, simplified."""
        return simplify(self._push(condition, True), {}, self._plan.facts)

    def _push(self, condition: Condition, positive: bool) -> Normal:
        match condition:
            case All(parts):
                return _join(positive, [self._push(part, positive) for part in parts])
            case AnyOf(parts):
                return _join(not positive, [self._push(part, positive) for part in parts])
            case Not(part):
                return self._push(part, not positive)
            case Is(fact, values):
                return condition if positive else _complement(self._plan.facts[fact], values)
            case Within(fact, low, high):
                return condition if positive else _outside(self._plan.facts[fact], low, high)
            case Present(fact, present):
                return Present(fact, present == positive)
            case UnderReading(reading, options):
                chosen = self._readings
                return ALWAYS if chosen is None or (chosen[reading] in options) == positive else NEVER
            case InSituation(name):
                return self._inline(condition, self._plan.situations[name].condition, positive)
            case TierIs(tiers):
                return self._inline(condition, tiers_condition(self._plan, tiers), positive)
            case Earlier() | Unstated():
                raise AssertionError("only 不可能 may compare dates or ask what was stated")
            case _:
                assert_never(condition)

    def _inline(self, name: Condition, body: Condition, positive: bool) -> Normal:
        key = (name, positive)
        if key not in self._inlined:
            self._inlined[key] = self._push(body, positive)
        return self._inlined[key]


def facts_of(condition: Normal) -> tuple[str, ...]:
    """The facts a normal form mentions, once each, in order of appearance."""
    return tuple(dict.fromkeys(literal.fact for literal in literals_of(condition)))


def literals_of(condition: Normal) -> Iterable[Literal]:
    """The literals of a normal form, left to right."""
    if isinstance(condition, All | AnyOf):
        for part in condition.parts:
            yield from literals_of(part)  # type: ignore[arg-type]
    else:
        yield condition


def _join(conjunction: bool, parts: list[Normal]) -> Normal:
    return All(tuple(parts)) if conjunction else AnyOf(tuple(parts))


def _complement(fact: Fact, values: tuple[Scalar, ...]) -> Normal:
    rest = tuple(value for value in fact.domain if value not in values)
    return Is(fact.id, rest) if rest else NEVER


def _outside(fact: Fact, low: int | None, high: int | None) -> Normal:
    below = () if low is None or low <= fact.low else (Within(fact.id, None, low - 1),)
    above = () if high is None or high >= fact.high else (Within(fact.id, high + 1, None),)
    parts = (*below, *above)
    return parts[0] if len(parts) == 1 else AnyOf(parts)


# --------------------------------------------------------------------------- simplification

# What is already known of a fact on the way down: the values it may still have, or the interval it lies in.
Known: TypeAlias = dict[str, "tuple[Scalar, ...] | tuple[int, int] | bool"]


def simplify(condition: Normal, known: Known, facts: Mapping[str, Fact]) -> Normal:
    """An equivalent normal form: flat, without constants inside, literals of one fact joined, settled parts gone."""
    match condition:
        case All(parts):
            return _simplify_all(parts, known, facts)
        case AnyOf(parts):
            return _simplify_any(parts, known, facts)
        case _:
            return _settle(condition, known, facts)


def _simplify_all(parts: tuple[Condition, ...], known: Known, facts: Mapping[str, Fact]) -> Normal:
    known = dict(known)
    literals: dict[str, Literal] = {}
    pending = list(_flatten(parts, All))
    while True:
        compound: list[Normal] = []
        grew = False
        for part in pending:
            for piece in _flatten((simplify(part, known, facts),), All):
                if piece == NEVER:
                    return NEVER
                if isinstance(piece, All | AnyOf):
                    compound.append(piece)
                else:
                    narrowed = _meet(literals.get(piece.fact), piece, facts[piece.fact])
                    if narrowed == NEVER:
                        return NEVER
                    assert not isinstance(narrowed, All | AnyOf)
                    literals[piece.fact] = narrowed
                    known[piece.fact] = _knowledge(narrowed, facts[piece.fact])
                    grew = True
        if not grew:
            break
        pending = compound
    unique = tuple(dict.fromkeys((*literals.values(), *compound)))
    return unique[0] if len(unique) == 1 else All(unique)


def _simplify_any(parts: tuple[Condition, ...], known: Known, facts: Mapping[str, Fact]) -> Normal:
    kept: list[Normal] = []
    for part in _flatten(parts, AnyOf):
        simple = simplify(part, known, facts)
        if simple == ALWAYS:
            return ALWAYS
        kept.extend(_flatten((simple,), AnyOf))
    unique = [part for part in dict.fromkeys(kept) if part != NEVER]
    unique = _join_values(unique, facts)
    return unique[0] if len(unique) == 1 else AnyOf(tuple(unique))


def _join_values(parts: list[Normal], facts: Mapping[str, Fact]) -> list[Normal]:
    """Is-literals of one fact in a disjunction become one; a union that is not the whole domain loses nothing.

    A whole domain is kept as a literal: with the fact unknown it is not yet true.
    """
    joined: dict[object, Normal] = {}
    for part in parts:
        if isinstance(part, Is) and isinstance(joined.get(part.fact), Is):
            before = joined[part.fact]
            assert isinstance(before, Is)
            either = {*before.values, *part.values}
            joined[part.fact] = Is(part.fact, tuple(v for v in facts[part.fact].domain if v in either))
        else:
            joined[part.fact if isinstance(part, Is) else part] = part
    return list(joined.values())


def _flatten(parts: Iterable[Condition], kind: type[All | AnyOf]) -> Iterable[Normal]:
    for part in parts:
        if isinstance(part, kind):
            yield from _flatten(part.parts, kind)
        else:
            yield part  # type: ignore[misc]


def _settle(literal: Literal, known: Known, facts: Mapping[str, Fact]) -> Normal:
    """Drop what the surroundings settle.  Only inside a conjunction is anything known, so unknown stays unknown."""
    if literal.fact not in known:
        return literal
    narrowed = _meet(_literal(literal.fact, known[literal.fact], facts[literal.fact]), literal, facts[literal.fact])
    if narrowed == NEVER:
        return NEVER
    assert not isinstance(narrowed, All | AnyOf)
    if _knowledge(narrowed, facts[literal.fact]) == known[literal.fact]:
        return ALWAYS
    return narrowed


def _knowledge(literal: Literal, fact: Fact) -> tuple[Scalar, ...] | tuple[int, int] | bool:
    match literal:
        case Is(_, values):
            return values
        case Within():
            return _interval(literal, fact)
        case Present(_, present):
            return present


def _interval(literal: Within, fact: Fact) -> tuple[int, int]:
    return (
        fact.low if literal.low is None else literal.low,
        fact.high if literal.high is None else literal.high,
    )


def _literal(fact_id: str, known: tuple[Scalar, ...] | tuple[int, int] | bool, fact: Fact) -> Literal:
    if isinstance(known, bool):
        return Present(fact_id, known)
    if fact.kind is Kind.INTEGER:
        low, high = known
        assert isinstance(low, int) and isinstance(high, int)
        return Within(fact_id, low, high)
    return Is(fact_id, known)


def _meet(first: Literal | None, second: Literal, fact: Fact) -> Normal:
    """The literal both say, or NEVER."""
    if first is None:
        return second
    match first, second:
        case Is(), Is():
            both = tuple(value for value in first.values if value in second.values)
            return Is(fact.id, both) if both else NEVER
        case Present(), Present():
            return second if first == second else NEVER
        case Within(), Within():
            (low, high), (other_low, other_high) = _interval(first, fact), _interval(second, fact)
            low, high = max(low, other_low), min(high, other_high)
            if low > high:
                return NEVER
            return Within(fact.id, None if low <= fact.low else low, None if high >= fact.high else high)
        case _:
            raise AssertionError("literals of one fact are of one kind")
