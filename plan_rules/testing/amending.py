"""Plan -> Amendments: the plan changed in one place, as an edit of its file might, each with what was done in words.

They are what tests of a plan ought to notice: change the plan, and something that is checked should fail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from plan_rules.analysis.parts import Part, parts
from plan_rules.condition import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Condition,
    Not,
    Within,
)
from plan_rules.errors import Message
from plan_rules.norm import Norm, Term, TimeLimit
from plan_rules.phrases import condition_phrase
from plan_rules.plan import Clause, Plan

_DIGIT = 128  # Hypothesis draws numbers below this evenly, and of larger ones mostly small or special ones
_DIGITS = 3
_NUMBERS: int = _DIGIT**_DIGITS


@dataclass(frozen=True, slots=True, repr=False)
class Amendment:
    """A plan changed in one place: `before` and `plan` after it, and in `description` what was done.

    `about` is the id of the clause, situation or reading that was changed.
    """

    before: Plan
    plan: Plan
    about: str
    description: Message

    def __str__(self) -> str:
        return f"{self.about}: {self.description.zh} / {self.description.en}"

    def __repr__(self) -> str:  # not two whole plans
        return f"<Amendment {self}>"

    def _repr_pretty_(self, printer: Any, _cycle: bool) -> None:
        printer.text(repr(self))  # Hypothesis would write out the fields


@dataclass(frozen=True, slots=True)
class _Edit:
    """An amendment to be made."""

    about: str
    description: Message
    change: Callable[[Plan], Mapping[str, Any]]

    def amended(self, plan: Plan) -> Amendment:
        digest = f"{plan.digest}?{self.about}: {self.description.en}"
        return Amendment(plan, replace(plan, digest=digest, **self.change(plan)), self.about, self.description)


def amendments(plan: Plan) -> st.SearchStrategy[Amendment]:
    """The plan changed in one place, every one as likely as the other.

    A clause or norm is dropped, a part of a condition negated or dropped, a number moved by one, a time limit
    changed, or a reading chosen otherwise.  Not every such change makes a difference to decisions.
    """
    edits = _edits(plan)  # picked by number: Hypothesis writes out what strategies are made of
    digits = st.tuples(*[st.integers(0, _DIGIT - 1)] * _DIGITS)
    return digits.map(lambda picked: edits[_fraction_of(len(edits), picked)].amended(plan))


def _fraction_of(many: int, digits: Iterable[int]) -> int:
    """Which of so many the digits point to, when all numbers of so many digits are shared out among them."""
    number = 0
    for digit in digits:
        number = number * _DIGIT + digit
    return number * many // _NUMBERS


@lru_cache(maxsize=16)
def _edits(plan: Plan) -> tuple[_Edit, ...]:
    found: list[_Edit] = []
    for clause in plan.clauses.values():
        found.append(_Edit(clause.id, Message("删去本条", "the clause dropped"), _without(clause.id)))
        found += _of_condition(plan, clause.id, clause.condition, _clause_with_condition)
        found += _of_norms(clause)
    for situation in plan.situations.values():
        found += _of_condition(plan, situation.name, situation.condition, _situation_with_condition)
    found += _of_readings(plan)
    return tuple({(edit.about, edit.description): edit for edit in found}.values())


# --------------------------------------------------------------------------- clauses and norms


def _without(clause: str) -> Callable[[Plan], Mapping[str, Any]]:
    """The plan without the clause, and without what other clauses say of it."""

    def change(plan: Plan) -> Mapping[str, Any]:
        rest = (each for each in plan.clauses.values() if each.id != clause)
        return {"clauses": {each.id: _forgetting(each, clause) for each in rest}}

    return change


def _forgetting(clause: Clause, other: str) -> Clause:
    return replace(
        clause,
        exemptions=tuple(each for each in clause.exemptions if each.clause != other),
        serves=tuple(name for name in clause.serves if name != other),
        governs=tuple(name for name in clause.governs if name != other),
    )


def _of_norms(clause: Clause) -> Iterator[_Edit]:
    for index, norm in enumerate(clause.norms):
        which = f"{norm.modality} {norm.action}" + (f" #{index}" if _named_twice(clause, norm) else "")
        dropped = (*clause.norms[:index], *clause.norms[index + 1 :])
        yield _Edit(clause.id, Message(f"删去 {which}", f"{which} dropped"), _clause_with_norms(clause.id, dropped))
        for limit in _other_limits(norm.limit):
            changed = (*clause.norms[:index], replace(norm, limit=limit), *clause.norms[index + 1 :])
            words = Message(f"{which} 的时限改为“{limit.text}”", f"the limit of {which} is now `{limit.text}`")
            yield _Edit(clause.id, words, _clause_with_norms(clause.id, changed))


def _named_twice(clause: Clause, norm: Norm) -> bool:
    return sum((each.modality, each.action) == (norm.modality, norm.action) for each in clause.norms) > 1


def _other_limits(limit: TimeLimit | None) -> Iterator[TimeLimit]:
    if limit is None:
        return
    if limit.amount is None:
        term, text = (Term.PROMPT, "及时") if limit.term is Term.IMMEDIATE else (Term.IMMEDIATE, "立即")
        yield replace(limit, term=term, text=text)
        return
    for amount in (limit.amount - 1, limit.amount + 1):
        if amount > 0:
            yield replace(limit, amount=amount, text=limit.text.replace(str(limit.amount), str(amount), 1))


def _clause_with_norms(clause: str, norms: tuple[Norm, ...]) -> Callable[[Plan], Mapping[str, Any]]:
    return lambda plan: {"clauses": {**plan.clauses, clause: replace(plan.clauses[clause], norms=norms)}}


# --------------------------------------------------------------------------- conditions

_With = Callable[[str, Condition], Callable[[Plan], Mapping[str, Any]]]


def _clause_with_condition(clause: str, condition: Condition) -> Callable[[Plan], Mapping[str, Any]]:
    return lambda plan: {"clauses": {**plan.clauses, clause: replace(plan.clauses[clause], condition=condition)}}


def _situation_with_condition(name: str, condition: Condition) -> Callable[[Plan], Mapping[str, Any]]:
    return lambda plan: {"situations": {**plan.situations, name: replace(plan.situations[name], condition=condition)}}


def _of_condition(plan: Plan, about: str, condition: Condition, with_: _With) -> Iterator[_Edit]:
    for part in parts(condition):
        at = f" (在 {part.place} 处)" if part.path else ""
        at_en = f" (at {part.place})" if part.path else ""
        for zh, en, other in _others(plan, part):
            words = Message(_said(plan, part, "zh") + zh + at, _said(plan, part, "en") + en + at_en)
            yield _Edit(about, words, with_(about, part.replaced(other)))


def _said(plan: Plan, part: Part, lang: str) -> str:
    return condition_phrase(part.node, plan, lang)


def _others(plan: Plan, part: Part) -> Iterator[tuple[str, str, Condition]]:
    """What may stand in place of the part: nothing, the contrary, and for a number its neighbours."""
    yield " 删去", " dropped", _nothing_in_place_of(part)
    yield " 反过来", " negated", Not(part.node)
    if isinstance(part.node, Within):
        fact = plan.facts[part.node.fact]
        for moved in _moved(part.node, fact.low, fact.high):
            number = condition_phrase(moved, plan)
            yield f" 改为 {number}", f" is now {condition_phrase(moved, plan, 'en')}", moved


def _nothing_in_place_of(part: Part) -> Condition:
    """What makes no difference there: among parts that must all hold what always does, among others what never does."""
    node, around = part.whole, part.whole
    for step in part.path:
        around = node
        node = node.part if isinstance(node, Not) else node.parts[step] if isinstance(node, All | AnyOf) else node
    return NEVER if part.path and isinstance(around, AnyOf) else ALWAYS


def _moved(number: Within, least: int, most: int) -> Iterable[Within]:
    """The range with one of its ends moved by one, if that makes a difference and leaves something."""
    for low, high in (
        *((number.low + by, number.high) for by in (-1, 1) if number.low is not None),
        *((number.low, number.high + by) for by in (-1, 1) if number.high is not None),
    ):
        from_, to = least if low is None else max(low, least), most if high is None else min(high, most)
        before = (least if number.low is None else number.low, most if number.high is None else number.high)
        if from_ <= to and (from_, to) != before:
            yield Within(number.fact, low, high)


# --------------------------------------------------------------------------- readings


def _of_readings(plan: Plan) -> Iterator[_Edit]:
    for reading in plan.readings.values():
        for option in reading.options:
            if option.id != reading.chosen:
                words = Message(f"改用 {option.id}", f"{option.id} is chosen")
                yield _Edit(reading.id, words, _with_reading(reading.id, option.id))


def _with_reading(reading: str, option: str) -> Callable[[Plan], Mapping[str, Any]]:
    return lambda plan: {"readings": {**plan.readings, reading: replace(plan.readings[reading], chosen=option)}}
