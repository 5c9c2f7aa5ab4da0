"""Finite dimensions -> decision diagrams over them: sets of points, counted, sampled and described exactly.

The one module that knows the diagram engine (oxidd).  A *point* takes one value of every dimension; a set of points is
a binary decision diagram over the bits that encode the values.  Codes beyond the last value stand for the last value
too, so every diagram is a set of points and equal sets are equal diagrams.  Counts are exact integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from gc import collect
from itertools import accumulate
from operator import and_, mul, or_
from random import Random
from typing import TypeAlias

from oxidd.bdd import BDDFunction, BDDManager
from oxidd.util import DDMemoryError

from plan_rules.errors import Message, ToldError

Points: TypeAlias = BDDFunction  # a set of points; & | ~ ^ are intersection, union, complement, difference both ways
OverBudget = DDMemoryError  # raised by every operation on Points that would need more nodes than the budget


class OutOfBudget(ToldError):
    """The plan is too large for the budget of its decision diagram, and what was asked has no part of an answer."""

    def __init__(self) -> None:
        super().__init__(
            Message(
                "预案太大, 在决策图的限度以内算不完; 用“情形”归并条件, 或把不相干的条款分成几份预案",
                "the plan is too large for the budget of its decision diagram; "
                "name conditions once, or split clauses that have nothing in common",
            )
        )


BUDGET = 1 << 20  # nodes; 16 bytes each
_CACHE = 1 << 16


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something that takes one of `weights` many values, numbered from 0; a value counts as often as its weight.

    `usual` is the value from which distance is measured.
    """

    name: str
    weights: tuple[int, ...]
    usual: int = 0

    @property
    def size(self) -> int:
        """How many values there are."""
        return len(self.weights)


Cube: TypeAlias = Mapping[str, tuple[int, ...]]  # dimension -> the values it may take; any value where not named

_Parts: TypeAlias = tuple[list[Points], list[int]]  # what each value of a node's dimension leaves, and how much that is


class Diagram:
    """All sets of points over some dimensions, of which the first is decided first."""

    def __init__(self, dimensions: Sequence[Dimension], budget: int = BUDGET) -> None:
        self.dimensions = tuple(dimensions)
        self._manager = BDDManager(budget, min(_CACHE, max(budget, 1024)), 1)
        self._level = {dimension.name: level for level, dimension in enumerate(self.dimensions)}
        self._bits: list[tuple[int, ...]] = []
        self._of_bit: list[int] = []
        for level, dimension in enumerate(self.dimensions):
            bits = self._manager.add_vars(max(dimension.size - 1, 0).bit_length())
            self._bits.append(tuple(bits))
            self._of_bit += [level] * len(bits)
        self.everything: Points = self._manager.true()
        self.nothing: Points = self._manager.false()
        self._where: dict[tuple[str, tuple[int, ...]], Points] = {}

    def forget(self) -> None:
        """Free the nodes of sets that nothing refers to any more."""
        collect()
        self._manager.gc()

    # ----------------------------------------------------------------- making sets

    def where(self, name: str, values: Iterable[int]) -> Points:
        """The points at which the dimension has one of these values."""
        key = (name, tuple(sorted(set(values))))
        if key not in self._where:
            self._where[key] = self._coded(self._level[name], frozenset(key[1]))
        return self._where[key]

    def _coded(self, level: int, values: frozenset[int]) -> Points:
        last = self.dimensions[level].size - 1
        layer = [
            self.everything if min(code, last) in values else self.nothing
            for code in range(1 << len(self._bits[level]))
        ]
        for bit in reversed(self._bits[level]):
            one = self._manager.var(bit)
            layer = [one.ite(high, low) for low, high in zip(layer[::2], layer[1::2], strict=True)]
        return layer[0]

    def cube(self, cube: Cube) -> Points:
        """The points of a cube."""
        return self.all(self.where(name, values) for name, values in cube.items())

    def all(self, sets: Iterable[Points]) -> Points:
        """The points in every one of the sets."""
        return reduce(and_, sets, self.everything)

    def any(self, sets: Iterable[Points]) -> Points:
        """The points in at least one of the sets."""
        return reduce(or_, sets, self.nothing)

    def some(self, points: Points, names: Iterable[str]) -> Points:
        """The points that are in the set for some value of these dimensions."""
        return points.exists(self._named(names))

    def every(self, points: Points, names: Iterable[str]) -> Points:
        """The points that are in the set for every value of these dimensions."""
        return points.forall(self._named(names))

    def _named(self, names: Iterable[str]) -> Points:
        return self.all(self._manager.var(bit) for name in names for bit in self._bits[self._level[name]])

    def at(self, points: Points, name: str, value: int) -> Points:
        """The set as it is where the dimension has this value, whatever value it has."""
        return self.some(points & self.where(name, (value,)), (name,))

    # ----------------------------------------------------------------- looking into sets

    def support(self, points: Points) -> tuple[str, ...]:
        """The dimensions that decide whether a point is in the set, in order."""
        levels = {self._dimension_of(node) for node in self._nodes(points)}
        return tuple(self.dimensions[level].name for level in sorted(levels))

    def _dimension_of(self, node: Points) -> int:
        bit = node.node_var()
        return len(self.dimensions) if bit is None else self._of_bit[bit]

    def _children(self, node: Points) -> list[Points]:
        """The set left for each value of the node's dimension."""
        level = self._dimension_of(node)
        layer = [node]
        for bit in self._bits[level]:
            below: list[Points] = []
            for each in layer:
                parts = each.cofactors() if each.node_var() == bit else None
                below += (each, each) if parts is None else (parts[1], parts[0])
            layer = below
        return layer[: self.dimensions[level].size]

    def _nodes(self, points: Points) -> list[Points]:
        """The inner nodes of the set, one for each dimension on a path, those decided last first."""
        seen: dict[Points, list[Points]] = {}
        pending = [points]
        while pending:
            node = pending.pop()
            if node in seen or node.node_var() is None:
                continue
            seen[node] = self._children(node)
            pending += seen[node]
        return sorted(seen, key=self._dimension_of, reverse=True)

    def holds_at(self, points: Points, point: Mapping[str, int]) -> bool:
        """Is the point in the set?  It has the usual value of every dimension that it does not name."""
        return self.contains(point)(points)

    def contains(self, point: Mapping[str, int]) -> Callable[[Points], bool]:
        """Tells of sets whether the point is in them."""
        taken: dict[int, int] = {}
        for bits, dimension in zip(self._bits, self.dimensions, strict=True):
            value = point.get(dimension.name, dimension.usual)
            taken |= {bit: value >> shift & 1 for shift, bit in enumerate(reversed(bits))}

        def contained(points: Points) -> bool:
            node = points
            while (parts := node.cofactors()) is not None:
                bit = node.node_var()
                assert bit is not None
                node = parts[1 - taken[bit]]
            return node.satisfiable()

        return contained

    # ----------------------------------------------------------------- counting and sampling

    def count(self, points: Points, *, plain: bool = False) -> int:
        """How many points are in the set, each as often as its weight; `plain` counts every point once."""
        weights, totals = self._weights(plain)
        counts, _ = self._counts(points, weights, totals)
        return counts[points] * _product(totals[: self._dimension_of(points)])

    def _weights(self, plain: bool) -> tuple[list[tuple[int, ...]], list[int]]:
        weights = [(1,) * d.size if plain else d.weights for d in self.dimensions]
        return weights, [sum(each) for each in weights]

    def _counts(
        self, points: Points, weights: list[tuple[int, ...]], totals: list[int]
    ) -> tuple[dict[Points, int], dict[Points, _Parts]]:
        """Of every node, the count over the dimensions from its own on; and how it is made up."""
        below = [*accumulate(reversed(totals), mul, initial=1)][::-1]  # the product of all totals from a level on
        counts: dict[Points, int] = {self.everything: 1, self.nothing: 0}
        parts: dict[Points, _Parts] = {}
        for node in self._nodes(points):
            level, children = self._dimension_of(node), self._children(node)
            shares = [
                weight * counts[child] * (below[level + 1] // below[self._dimension_of(child)])
                for weight, child in zip(weights[level], children, strict=True)
            ]
            counts[node], parts[node] = sum(shares), (children, shares)
        return counts, parts

    def samples(self, points: Points, random: Random, how_many: int) -> Iterator[dict[str, int]]:
        """Points of the set, every one as likely as its weight; nothing where the set is empty."""
        if points == self.nothing:
            return
        weights, totals = self._weights(False)
        _, parts = self._counts(points, weights, totals)
        for _ in range(how_many):
            yield self._sample(points, random, parts, weights)

    def _sample(
        self,
        points: Points,
        random: Random,
        parts: Mapping[Points, _Parts],
        weights: list[tuple[int, ...]],
    ) -> dict[str, int]:
        found: dict[str, int] = {}
        node = points
        for level, dimension in enumerate(self.dimensions):
            here = self._dimension_of(node) == level
            chosen = _drawn(random, parts[node][1] if here else weights[level])
            found[dimension.name] = chosen
            if here:
                node = parts[node][0][chosen]
        return found

    # ----------------------------------------------------------------- describing

    def smallest(self, points: Points) -> dict[str, int] | None:
        """A point of the set that differs from the usual values in as few dimensions as can be: where it differs.

        None where the set is empty.  Of several such points the one that differs in the dimensions decided last.
        """
        if points == self.nothing:
            return None
        out_of_reach = len(self.dimensions) + 1  # no point differs in more dimensions than there are
        costs: dict[Points, int] = {self.everything: 0, self.nothing: out_of_reach}
        choice: dict[Points, tuple[int, Points]] = {}
        for node in self._nodes(points):
            usual = self.dimensions[self._dimension_of(node)].usual
            costs[node], _, value, child = min(
                (costs[child] + (value != usual), value != usual, value, _Unordered(child))
                for value, child in enumerate(self._children(node))
            )
            choice[node] = value, child.points
        found: dict[str, int] = {}
        node = points
        while node in choice:
            dimension = self.dimensions[self._dimension_of(node)]
            value, node = choice[node]
            if value != dimension.usual:
                found[dimension.name] = value
        return found

    def regions(self, points: Points, within: Points, limit: int) -> tuple[list[Cube], Points]:
        """Cubes that cover the set, as wide as can be, of at most so many; and what they leave uncovered.

        A cube may reach over points that are not `within`.  The first is about the set's smallest point.
        """
        outside = within & ~points
        left = points & within
        found: list[Cube] = []
        while left != self.nothing and len(found) < limit:
            cube = self._widened(self._around(left), outside)
            found.append(cube)
            left = left & ~self.cube(cube)
        return found, left

    def _around(self, points: Points) -> dict[str, tuple[int, ...]]:
        away = self.smallest(points) or {}
        usual = {dimension.name: dimension.usual for dimension in self.dimensions}
        return {name: (away.get(name, usual[name]),) for name in self.support(points)}

    def _widened(self, cube: dict[str, tuple[int, ...]], outside: Points) -> Cube:
        """The cube with every dimension as wide as it can be without touching `outside`, one after the other."""
        for name in self.support(outside):
            cube.setdefault(name, (self.dimensions[self._level[name]].usual,))
        fixed = {name: self.where(name, values) for name, values in cube.items()}
        for name in list(cube):
            rest = self.all(each for other, each in fixed.items() if other != name) & outside
            hit = self.some(rest, (other for other in fixed if other != name))
            free = tuple(
                value
                for value in range(self.dimensions[self._level[name]].size)
                if value in cube[name] or self.at(hit, name, value) == self.nothing
            )
            fixed[name] = self.where(name, free)
            cube[name] = free
        return {name: values for name, values in cube.items() if len(values) < self.dimensions[self._level[name]].size}


@dataclass(frozen=True, slots=True)
class _Unordered:
    """Diagrams beside values that are compared: all the same."""

    points: Points

    def __lt__(self, other: object) -> bool:
        return False


def _product(numbers: Iterable[int]) -> int:
    return reduce(mul, numbers, 1)


def _drawn(random: Random, chances: Sequence[int]) -> int:
    """An index, each as likely as its number; exact for numbers of any size."""
    rest = random.randrange(sum(chances))
    for index, chance in enumerate(chances):
        rest -= chance
        if rest < 0:
            return index
    raise AssertionError("the chances add up")
