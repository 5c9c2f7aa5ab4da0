"""Sets of points: what the diagram says of them is what counting them one by one says."""

from __future__ import annotations

from collections import Counter
from itertools import product
from math import prod
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plan_rules.analysis.diagram import Diagram, Dimension, OverBudget, Points

WEIGHTS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@st.composite
def spaces(draw: st.DrawFn) -> tuple[list[Dimension], list[frozenset[tuple[int, ...]]]]:
    """A few dimensions, and two sets of points of their space written out."""
    dimensions = [
        Dimension(f"d{number}", tuple(weights), draw(st.integers(0, len(weights) - 1)))
        for number, weights in enumerate(draw(st.lists(WEIGHTS, min_size=1, max_size=4)))
    ]
    every = list(product(*(range(dimension.size) for dimension in dimensions)))
    return dimensions, [frozenset(draw(st.lists(st.sampled_from(every), max_size=12))) for _ in range(2)]


def drawn(diagram: Diagram, points: frozenset[tuple[int, ...]]) -> Points:
    names = [dimension.name for dimension in diagram.dimensions]
    return diagram.any(
        diagram.cube({name: (value,) for name, value in zip(names, point, strict=True)}) for point in sorted(points)
    )


def weight(dimensions: list[Dimension], point: tuple[int, ...]) -> int:
    return prod(dimension.weights[value] for dimension, value in zip(dimensions, point, strict=True))


def distance(dimensions: list[Dimension], point: tuple[int, ...]) -> int:
    return sum(value != dimension.usual for dimension, value in zip(dimensions, point, strict=True))


def whole(diagram: Diagram, away: dict[str, int]) -> tuple[int, ...]:
    return tuple(away.get(dimension.name, dimension.usual) for dimension in diagram.dimensions)


@settings(max_examples=300, deadline=None)
@given(spaces())
def test_sets_are_combined_counted_and_compared_as_if_written_out(
    space: tuple[list[Dimension], list[frozenset[tuple[int, ...]]]],
) -> None:
    dimensions, (one, other) = space
    diagram = Diagram(dimensions)
    first, second = drawn(diagram, one), drawn(diagram, other)
    every = frozenset(product(*(range(dimension.size) for dimension in dimensions)))
    for points, written in (
        (first, one),
        (first & second, one & other),
        (first | second, one | other),
        (~first, every - one),
        (first ^ second, one ^ other),
    ):
        assert points == drawn(diagram, written)
        assert diagram.count(points) == sum(weight(dimensions, point) for point in written)
        assert diagram.count(points, plain=True) == len(written)


@settings(max_examples=200, deadline=None)
@given(spaces())
def test_the_smallest_point_is_in_the_set_and_none_is_nearer(
    space: tuple[list[Dimension], list[frozenset[tuple[int, ...]]]],
) -> None:
    dimensions, (points, _) = space
    diagram = Diagram(dimensions)
    found = diagram.smallest(drawn(diagram, points))
    if not points:
        assert found is None
        return
    assert found is not None
    assert whole(diagram, found) in points
    assert len(found) == min(distance(dimensions, point) for point in points)
    assert diagram.holds_at(drawn(diagram, points), found)


@settings(max_examples=200, deadline=None)
@given(spaces())
def test_regions_cover_the_set_and_touch_nothing_else_that_can_be(
    space: tuple[list[Dimension], list[frozenset[tuple[int, ...]]]],
) -> None:
    dimensions, (one, other) = space
    diagram = Diagram(dimensions)
    points, within = drawn(diagram, one), drawn(diagram, one | other)
    regions, left = diagram.regions(points, within, 100)
    covered = diagram.any(diagram.cube(region) for region in regions)
    assert left == diagram.nothing
    assert covered & within == points
    for region in regions:  # prime: no value more of any dimension
        for name, values in region.items():
            size = next(dimension.size for dimension in dimensions if dimension.name == name)
            for value in set(range(size)) - {*values}:
                wider = diagram.cube({**region, name: (*values, value)})
                assert wider & within & ~points != diagram.nothing


@settings(max_examples=60, deadline=None)
@given(spaces())
def test_quantifying_over_a_dimension_is_what_some_and_every_value_say(
    space: tuple[list[Dimension], list[frozenset[tuple[int, ...]]]],
) -> None:
    dimensions, (points, _) = space
    diagram = Diagram(dimensions)
    drawn_points = drawn(diagram, points)
    for place, dimension in enumerate(dimensions):
        parts = [diagram.at(drawn_points, dimension.name, value) for value in range(dimension.size)]
        assert diagram.some(drawn_points, (dimension.name,)) == diagram.any(parts)
        assert diagram.every(drawn_points, (dimension.name,)) == diagram.all(parts)
        rest = {point[:place] + point[place + 1 :] for point in points}
        assert diagram.count(diagram.some(drawn_points, (dimension.name,)), plain=True) == len(rest) * dimension.size


def test_samples_are_drawn_as_often_as_they_weigh() -> None:
    dimensions = [Dimension("a", (1, 3)), Dimension("b", (2, 1, 5)), Dimension("c", (1, 1))]
    diagram = Diagram(dimensions)
    points = diagram.where("a", (1,)) | diagram.where("b", (2,))
    total, many = diagram.count(points), 20_000
    seen = Counter(tuple(sample.values()) for sample in diagram.samples(points, Random(7), many))
    for point in product(range(2), range(3), range(2)):
        expected = many * weight(dimensions, point) / total if point[0] == 1 or point[1] == 2 else 0
        assert abs(seen[point] - expected) <= 5 * expected**0.5


def test_counts_are_exact_beyond_what_a_float_holds() -> None:
    diagram = Diagram([Dimension(f"n{number}", (10**6 - 1, 2)) for number in range(12)])
    points = diagram.where("n3", (1,)) & diagram.where("n7", (0,))
    assert diagram.count(points) == 2 * (10**6 - 1) * (10**6 + 1) ** 10
    assert diagram.count(diagram.everything) == (10**6 + 1) ** 12


def test_an_empty_set_has_no_sample_and_no_smallest_point() -> None:
    diagram = Diagram([Dimension("a", (1, 1))])
    assert list(diagram.samples(diagram.nothing, Random(1), 3)) == []
    assert diagram.smallest(diagram.nothing) is None
    assert diagram.smallest(diagram.everything) == {}


def test_past_its_budget_the_diagram_says_so() -> None:
    diagram = Diagram([Dimension(f"d{number}", (1, 1)) for number in range(40)], budget=200)
    with pytest.raises(OverBudget):
        diagram.any(diagram.where(f"d{n}", (1,)) & diagram.where(f"d{n + 20}", (1,)) for n in range(20))
