"""Polygons that touch or cross themselves, against all pairs of edges compared one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from segstudio.formats.shapes import Points
from segstudio.formats.writing.crossing import crosses_itself, crossing

SQUARE = np.array([(0, 0), (4, 0), (4, 4), (0, 4)], dtype=np.float64)


@pytest.mark.parametrize(
    ("points", "crosses"),
    [
        (SQUARE, False),
        (SQUARE[[0, 2, 1, 3]], True),
        ([(0, 0), (4, 0), (0, 0)], True),
        ([(0, 0), (9, 0), (9, 9), (4, 0), (0, 9)], True),  # a corner on an edge
        ([(0, 0), (900, 1), (900, 900), (450, 2), (0, 900)], False),
        ([(0, 0), (900, 1), (900, 900), (450, 0.5), (0, 900)], True),
        ([(0, 0), (0, 900), (1, 900), (1, 0.3)], False),
    ],
)
def test_a_polygon(points: Points, crosses: bool) -> None:
    assert crosses_itself(np.asarray(points, dtype=np.float64)) == crosses


def test_many_at_a_time_as_one_by_one() -> None:
    chance = np.random.default_rng(0)
    polygons = []
    for number in range(150):
        count, wide = int(chance.integers(3, 9)), int(chance.choice([6, 60, 700]))
        angle = np.sort(chance.uniform(0, 2 * np.pi, count))
        star = np.stack((np.cos(angle), np.sin(angle)), axis=1) * chance.uniform(0.2, 1, (count, 1))
        wild = chance.integers(0, wide, (count, 2))
        polygons.append(np.round((star + 1) * wide, 2) if number % 3 else wild.astype(np.float64))
    starts = np.concatenate(([0], np.cumsum([len(points) for points in polygons])))
    found = crossing(np.concatenate(polygons), starts).tolist()
    assert found == [_crosses(points) for points in polygons]
    assert 20 < sum(found) < 130


def _crosses(points: Points) -> bool:
    exact = [(Fraction(x), Fraction(y)) for x, y in points.tolist()]
    edges = list(zip(exact, exact[1:] + exact[:1], strict=True))
    for (a, b), (_, c) in zip(edges, edges[1:] + edges[:1], strict=True):
        if abs(_area(a, b, c)) < 5e-5 and (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) <= 0:
            return True
    return any(
        second - first not in (1, len(edges) - 1) and _meet(*edges[first], *edges[second])
        for first, second in combinations(range(len(edges)), 2)
    )


_Point = tuple[Fraction, Fraction]


def _area(a: _Point, b: _Point, c: _Point) -> Fraction:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meet(a: _Point, b: _Point, c: _Point, d: _Point) -> bool:
    beside = all(
        min(a[axis], b[axis]) <= max(c[axis], d[axis]) and min(c[axis], d[axis]) <= max(a[axis], b[axis])
        for axis in (0, 1)
    )
    return beside and _area(a, b, c) * _area(a, b, d) <= 0 and _area(c, d, a) * _area(c, d, b) <= 0
