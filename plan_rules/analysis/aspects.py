"""Norms that bind together -> what a decision says of their demand besides that it is there: who, to whom, by when, ...

Of several deadlines the most urgent counts; of what can be said once, the first norm that says it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Diagram, Points
from plan_rules.condition import Condition, UnderReading
from plan_rules.instants import written
from plan_rules.norm import COUNTED, Norm, Step
from plan_rules.plan import Plan
from plan_rules.urgency import urgency

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a condition holds, where something counts under readings, and where a clause fires."""

    holds: Callable[[Condition], Points]
    under: Callable[[Iterable[UnderReading]], Points]
    fires: Callable[[str], Points]


class Aspects:
    """What decisions of a drawn plan say of what they demand."""

    def __init__(self, plan: Plan, diagram: Diagram, where: Where) -> None:
        self._plan = plan
        self._diagram = diagram
        self._where = where

    def of(
        self, modality: str, bounds: Sequence[Bound], wanted: Container[str] | None
    ) -> Iterator[tuple[str, str, Points]]:
        """What a decision says of a demand besides that it is there."""
        for aspect, found in self._makers(modality, bounds).items():
            if wanted is None or aspect in wanted:
                yield from ((aspect, value, where) for value, where in found())

    def _makers(self, modality: str, bounds: Sequence[Bound]) -> dict[str, Callable[[], Iterable[tuple[str, Points]]]]:
        makers: dict[str, Callable[[], Iterable[tuple[str, Points]]]] = {
            aspect: partial(self._borne, aspect, bounds) for aspect in ("role", "choice", "through", "excepted")
        }
        makers["clause"] = lambda: self._summed((bound.clause.id, bound.where) for bound in bounds)
        makers["recipient"] = partial(self._first, bounds, _recipient)
        makers["defeasible"] = partial(self._defeasible, bounds)
        if modality == "duty":
            urgent = sorted((bound for bound in bounds if bound.norm.limit), key=_urgency)
            makers["deadline"] = lambda: self._first(urgent, _limit_key)
            makers["own"] = lambda: self._summed(
                (*self._own(bounds, _recipient, "{}>{}>"), *self._own(urgent, _limit_key, "{}>>{}"))
            )
            makers["step"] = partial(self._steps, bounds)
        if modality == "prohibition":
            makers["instead"] = lambda: self._summed(
                (name, bound.where) for bound in bounds for name in bound.norm.instead
            )
        makers["status"] = partial(self._status, modality, bounds)
        return makers

    def _borne(self, aspect: str, bounds: Sequence[Bound]) -> Iterable[tuple[str, Points]]:
        return self._summed(part for bound in bounds for part in self._bearers(aspect, bound))

    def _defeasible(self, bounds: Sequence[Bound]) -> Iterator[tuple[str, Points]]:
        here = self._diagram.any(bound.where for bound in bounds)
        yield "", here & ~self._diagram.any(bound.strict for bound in bounds)

    def _status(self, modality: str, bounds: Sequence[Bound]) -> Iterator[tuple[str, Points]]:
        """Where a duty is shown to be done, or a prohibition broken: by the first norm that says how."""
        by = ((bound.norm.done_by if modality == "duty" else bound.norm.broken_by, bound.where) for bound in bounds)
        said = [
            (condition, where) for condition, where in by if condition is not None and where != self._diagram.nothing
        ]
        if said:
            yield (
                "done",
                self._diagram.any(where & self._where.holds(condition) for condition, where in self._in_turn(said)),
            )

    def _steps(self, bounds: Sequence[Bound]) -> Iterable[tuple[str, Points]]:
        """The earliest step that a clause gives the action which demands it or is cited for it."""
        action = bounds[0].norm.action
        here = self._diagram.any(bound.where for bound in bounds)
        given: list[tuple[Step, Points]] = []
        for clause in self._plan.clauses.values():
            citing = self._diagram.any(bound.where for bound in bounds if bound.clause.id == clause.id)
            if action in clause.supports:
                citing |= self._where.fires(clause.id) & here
            given += [
                (norm.step, citing & self._where.under(norm.under))
                for norm in clause.norms
                if norm.action == action and norm.step is not None
            ]
        given.sort(key=lambda each: each[0])
        return self._summed(self._in_turn((f"{step.stage}-{step.number}", where) for step, where in given))

    def _bearers(self, aspect: str, bound: Bound) -> Iterator[tuple[str, Points]]:
        bearers = bound.norm.bearers
        if aspect == "excepted":
            for role in bearers.excepted:
                yield role, bound.where
                yield from self._aliases(role, bound.where)
        for group in bearers.through if aspect == "through" else bearers.groups if aspect != "excepted" else ():
            named = group.roles if aspect != "choice" else (f"{group.choice}: {', '.join(group.roles)}",)
            for value in named:
                yield value, bound.where & self._where.under(group.under)

    def _aliases(self, role: str, where: Points) -> Iterator[tuple[str, Points]]:
        for alias in self._plan.aliases:
            if role in (alias.role, alias.same_as):
                yield alias.same_as if role == alias.role else alias.role, where & self._where.under((alias.under,))

    def _summed(self, parts: Iterable[tuple[str, Points]]) -> Iterable[tuple[str, Points]]:
        found: dict[str, Points] = {}
        for value, where in parts:
            found[value] = found.get(value, self._diagram.nothing) | where
        return found.items()

    def _first(self, bounds: Iterable[Bound], value_of: Callable[[Norm], str | None]) -> Iterable[tuple[str, Points]]:
        """Of norms that bind together, the first that says something of the aspect."""
        valued = ((value_of(bound.norm), bound.where) for bound in bounds)
        return self._summed(self._in_turn((value, where) for value, where in valued if value is not None))

    def _own(
        self, bounds: Sequence[Bound], value_of: Callable[[Norm], str | None], form: str
    ) -> Iterator[tuple[str, Points]]:
        """Where a norm says something of the aspect and another that binds comes first with something else.

        A limit less urgent than another of the same people, to the same recipient, from the same start, says nothing.
        """
        for place, bound in enumerate(bounds):
            value = value_of(bound.norm)
            first = self._diagram.any(each.where for each in bounds[:place] if value_of(each.norm) not in (None, value))
            covered = self._diagram.any(
                each.where for each in bounds[:place] if value_of is _limit_key and _covers(each.norm, bound.norm)
            )
            if value is not None:
                yield form.format(",".join(bound.norm.bearers.roles), value), bound.where & first & ~covered

    def _in_turn(self, parts: Iterable[tuple[Said, Points]]) -> Iterator[tuple[Said, Points]]:
        """Each where none before it is."""
        taken = self._diagram.nothing
        for value, where in parts:
            yield value, where & ~taken
            taken |= where


def _covers(norm: Norm, other: Norm) -> bool:
    """Is the more urgent norm to the same people, so that the other's limit does not count besides?"""
    if (norm.bearers, norm.recipient) != (other.bearers, other.recipient) or not norm.limit or not other.limit:
        return False
    return other.limit.term not in COUNTED or norm.limit.start == other.limit.start


def _recipient(norm: Norm) -> str | None:
    return str(norm.recipient) if norm.recipient else None


def _urgency(bound: Bound) -> tuple[int, int, int]:
    assert bound.norm.limit is not None
    return urgency(bound.norm.limit)


def _limit_key(norm: Norm) -> str | None:
    """What tells one deadline from another: `term|amount|start|roll`, and `|cut-off` where it has one.

    The `roll` of what is done again and again begins with `every`.
    """
    limit = norm.limit
    if limit is None:
        return None
    cutoff = (written(limit.cutoff),) if limit.cutoff is not None else ()
    rolled = " ".join(("every",) * limit.every + ("roll",) * limit.roll)
    return "|".join((limit.term.value, str(limit.amount or ""), limit.start or "", rolled, *cutoff))
