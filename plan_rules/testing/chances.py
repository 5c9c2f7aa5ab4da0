"""(Diagram, a set of points) -> Chances: points drawn one dimension after the other, never outside the set.

At each step only values are on offer that some point of the set still has, each as likely as the points (or their
weight) that it leaves.  The usual value comes first, so that a smaller number picked means a more usual point; and
every point takes the same numbers, of the same ranges, so that making one smaller leaves the others what they are: that
is what lets Hypothesis shrink.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from typing import TypeAlias

from plan_rules.analysis.diagram import Diagram, Dimension, Points

Pick: TypeAlias = Callable[[int], int]  # how many there are -> the number of one of them, from 0; 0 is the simplest
Weigh: TypeAlias = Callable[[Dimension, int], int]  # how much a value of a dimension counts

DIGIT = 128  # Hypothesis draws numbers below this evenly, and of larger ones mostly small or special ones
_MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class _Step:
    """The values on offer at one dimension, what each leaves, and where each ends among the numbers to pick."""

    values: tuple[int, ...]
    left: tuple[Points, ...]
    ends: tuple[int, ...]


class Chances:
    """Draws points of one set over the dimensions `names`, which decide alone whether a point is in the set."""

    def __init__(
        self, diagram: Diagram, points: Points, names: Collection[str], weigh: Weigh = lambda _dimension, _value: 1
    ) -> None:
        self._points = points
        self._dimensions = [dimension for dimension in diagram.dimensions if dimension.name in names]
        self._steps = self._prepared(diagram, points, weigh)

    def _prepared(self, diagram: Diagram, points: Points, weigh: Weigh) -> list[tuple[int, dict[Points, _Step]]]:
        """Of each dimension, a step for every set that the draws before it may leave, and how many digits to pick."""
        layers: list[dict[Points, list[tuple[int, Points]]]] = []
        nodes = {points: None}
        for dimension in self._dimensions:
            layer = {node: _offered(diagram, dimension, node) for node in nodes}
            nodes = {left: None for offered in layer.values() for _, left in offered}
            layers.append(layer)
        counts = dict.fromkeys(nodes, 1)
        steps: list[tuple[int, dict[Points, _Step]]] = []
        for dimension, layer in zip(reversed(self._dimensions), reversed(layers), strict=True):
            weights = {
                node: [weigh(dimension, value) * counts[left] for value, left in offered]
                for node, offered in layer.items()
            }
            digits = max(_digits(each) for each in weights.values())
            steps.append((digits, {node: _step(offered, weights[node], digits) for node, offered in layer.items()}))
            counts = {node: sum(each) for node, each in weights.items()}
        return steps[::-1]

    def point(self, pick: Pick) -> dict[str, int]:
        """One point of the set."""
        found: dict[str, int] = {}
        node = self._points
        for dimension, (digits, steps) in zip(self._dimensions, self._steps, strict=True):
            step = steps[node]
            chosen = bisect_right(step.ends, number_of(pick(DIGIT) for _ in range(digits))) if digits else 0
            found[dimension.name], node = step.values[chosen], step.left[chosen]
        return found


def _offered(diagram: Diagram, dimension: Dimension, node: Points) -> list[tuple[int, Points]]:
    """The values that leave something of the set, the usual one first, then those nearest to it."""
    order = sorted(range(dimension.size), key=lambda value: (abs(value - dimension.usual), value))
    left: Mapping[int, Points] = {value: diagram.at(node, dimension.name, value) for value in order}
    return [(value, points) for value, points in left.items() if points != diagram.nothing]


def number_of(digits: Iterable[int]) -> int:
    """The number that has these digits."""
    return reduce(lambda number, digit: number * DIGIT + digit, digits, 0)


def _digits(weights: list[int]) -> int:
    """How many digits it takes to be within a hundredth of every chance; none where there is nothing to choose."""
    if len(weights) == 1:
        return 0
    total = sum(weights)
    for digits in range(1, _MOST_DIGITS):
        fine = DIGIT**digits
        shared = zip(_parts(weights, fine), weights, strict=True)
        if all(abs(part * total - weight * fine) * 100 <= weight * fine for part, weight in shared):
            return digits
    return _MOST_DIGITS


def _parts(weights: list[int], fine: int) -> list[int]:
    """So many parts shared out by weight, at least one to each."""
    total = sum(weights)
    parts = [max(1, (weight * fine + total // 2) // total) for weight in weights]
    parts[parts.index(max(parts))] += fine - sum(parts)
    return parts


def _step(offered: list[tuple[int, Points]], weights: list[int], digits: int) -> _Step:
    ends = accumulate(_parts(weights, DIGIT**digits))
    return _Step(tuple(value for value, _ in offered), tuple(left for _, left in offered), tuple(ends))
