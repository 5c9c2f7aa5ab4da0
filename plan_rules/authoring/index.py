"""The tree of a plan file -> Index: what each name stands for, where it is declared, and every place that uses it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from plan_rules.authoring.spots import Spot, spots
from plan_rules.errors import Span
from plan_rules.language.tree import Fields, Text, Tree

_PLAIN = re.compile(r"[^\s\-?:,\[\]{}#&*!|>'\"%@`：，][^\[\]{}\n:,#：，]*(?<!\s)")


@dataclass(frozen=True, slots=True)
class Thing:
    """Something declared: its kind, the word that declares it, its id, and for a value or an option whose it is."""

    kind: str
    name: Text
    id: Text
    within: str = ""


@dataclass(slots=True)
class Index:
    """Everything declared and used in one plan file."""

    tree: Tree
    spots: tuple[Spot, ...]
    _things: dict[tuple[str, str, str], Thing] = field(default_factory=dict)

    @classmethod
    def of(cls, tree: Tree) -> Index:
        """The index of a tree, which may have any defect."""
        index = cls(tree, tuple(spots(tree)))
        for spot in index.spots:
            index._declare(spot)
        for spot in index.spots:  # an id may stand before or after what else the record has
            index._declare_id(spot)
        return index

    def _declare(self, spot: Spot) -> None:
        if spot.role == "name":
            within = self._owner(spot)
            thing = Thing(spot.kinds[0], spot.text, spot.text, within)
            self._things.setdefault((spot.kinds[0], within, str(spot.text)), thing)

    def _declare_id(self, spot: Spot) -> None:
        if spot.role != "id" or spot.of is None:
            return
        kind, within = spot.kinds[0], self._owner(spot)
        declared = self._things.get((kind, within, str(spot.of)))
        if declared is None:
            return
        if declared.name == declared.id:
            declared = Thing(kind, declared.name, spot.text, within)
            self._things[(kind, within, str(declared.name))] = declared
        self._things.setdefault((kind, within, str(spot.text)), declared)

    def _owner(self, spot: Spot) -> str:
        """The name of the fact or reading within which a value or option counts."""
        if spot.within is None:
            return ""
        for kind in ("fact", "reading"):
            owner = self._things.get((kind, "", str(spot.within)))
            if owner is not None:
                return str(owner.name)
        return str(spot.within)

    # ----------------------------------------------------------------- what is asked of it

    def at(self, line: int, column: int) -> Spot | None:
        """The word at a place (from 1; the place behind its last character counts), if it is one."""
        near = [spot for spot in self.spots if _covers(spot.text.span, line, column)]
        return min(near, key=lambda spot: spot.text.span.width, default=None)

    def meant(self, spot: Spot) -> Thing | None:
        """What a spot declares or uses; None where that is unknown."""
        if spot.role not in ("name", "id", "use", "choice"):
            return None
        within = self._owner(spot)
        found = (self._things.get((kind, within, str(spot.text))) for kind in spot.kinds)
        return next((thing for thing in found if thing is not None), None)

    def places(self, thing: Thing) -> tuple[Spot, ...]:
        """Every spot that declares or uses it, in the order of the text."""
        return tuple(spot for spot in self.spots if self.meant(spot) == thing)

    def named(self, kind: str, within: str | None = None) -> Iterator[Thing]:
        """Everything declared of a kind, once each; values of one fact, options of one reading."""
        wanted = "" if within is None else self._resolved(within)
        for (of, owner, word), thing in self._things.items():
            if of == kind and owner == wanted and word == thing.name:
                yield thing

    def thing(self, kind: str, word: str, within: str = "") -> Thing | None:
        """What a word stands for among things of one kind."""
        return self._things.get((kind, within, word))

    def record(self, thing: Thing) -> Tree | None:
        """What the file says of it: what stands under its name in a table, or the mapping that gives it its id."""
        return _said_of(self.tree, thing.name)

    def _resolved(self, owner: str) -> str:
        found = (self._things.get((kind, "", owner)) for kind in ("fact", "reading"))
        return next((str(thing.name) for thing in found if thing is not None), owner)


def plain_name(word: str) -> bool:
    """May this stand as a name anywhere in a plan file, without quotes?"""
    return _PLAIN.fullmatch(word) is not None and len(word) <= 60


def _covers(span: Span, line: int, column: int) -> bool:
    return span.line == line and span.column <= column <= span.column + span.width


def _said_of(tree: Tree, name: Text) -> Tree | None:
    if isinstance(tree, Text):
        return None
    if isinstance(tree, Fields):
        for word, value in tree.items():
            if word is name:
                return value
            if value is name:
                return tree
    for inner in tree.values() if isinstance(tree, Fields) else tree:
        found = _said_of(inner, name)
        if found is not None:
            return found
    return None
