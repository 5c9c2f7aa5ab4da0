"""Condition -> its parts, each of which can be taken out and another put in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plan_rules.condition import ALWAYS, All, AnyOf, Condition, Not
from plan_rules.plan import Clause, Plan


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a whole condition; `path` leads to it by the places of the parts it is in."""

    whole: Condition
    node: Condition
    path: tuple[int, ...]

    def replaced(self, by: Condition) -> Condition:
        """The whole with something else in place of the part."""
        return _replaced(self.whole, self.path, by)

    @property
    def place(self) -> str:
        """The path in writing: `0.2.1`."""
        return ".".join(map(str, self.path))


def parts(condition: Condition) -> Iterator[Part]:
    """Every part of the condition that says something, from the outside in; of a condition without parts, itself."""
    yield from _parts(condition, condition, (), root=True)


def _parts(whole: Condition, node: Condition, path: tuple[int, ...], *, root: bool) -> Iterator[Part]:
    match node:
        case All(inner) | AnyOf(inner):
            if len(inner) > 1 and not root:
                yield Part(whole, node, path)
            for place, part in enumerate(inner):
                yield from _parts(whole, part, (*path, place), root=root and len(inner) == 1)
        case Not(part):
            yield from _parts(whole, part, (*path, 0), root=root)
        case _:
            yield Part(whole, node, path)


def _replaced(node: Condition, path: tuple[int, ...], by: Condition) -> Condition:
    if not path:
        return by
    first, rest = path[0], path[1:]
    match node:
        case All(inner) | AnyOf(inner):
            changed = (*inner[:first], _replaced(inner[first], rest, by), *inner[first + 1 :])
            return type(node)(changed)
        case Not(part):
            return Not(_replaced(part, rest, by))
        case _:
            raise AssertionError("only compounds have parts")


def own_condition(plan: Plan, clause: Clause) -> Condition:
    """What the clause itself asks, apart from its section; nothing where it only holds when clauses it serves do."""
    if clause.serves and clause.condition == AnyOf(
        tuple(plan.clauses[name].condition for name in clause.serves if name in plan.clauses)
    ):
        return ALWAYS
    section = plan.sections.get(clause.section)
    if section is None or section.condition == ALWAYS:
        return clause.condition
    match clause.condition:
        case All((scope, own)) if scope == section.condition:
            return own
        case condition if condition == section.condition:
            return ALWAYS
        case condition:
            return condition
