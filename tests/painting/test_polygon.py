from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.formats.rasterise import stamp_of
from segstudio.formats.shapes import Box, Ellipse, Polygon
from segstudio.painting.points import Points, Position
from segstudio.painting.polygon import (
    box_region,
    ellipse_region,
    nearest_corner,
    nearest_edge,
    polygon_region,
    regular_end,
    simplified,
)
from segstudio.painting.region import Bitmap, Region

_SIZE = (40, 60)
_numbers = st.floats(-20, 80, width=32)
_places = st.tuples(_numbers, _numbers)
_outlines = hnp.arrays(np.float64, st.tuples(st.integers(0, 9), st.just(2)), elements=_numbers)


def _imported(shape: Polygon | Box | Ellipse) -> Bitmap:
    """What the import makes of the shape: the two keep to one rule without knowing each other."""
    stamp, whole = stamp_of(shape, _SIZE), np.zeros(_SIZE, dtype=np.bool_)
    if stamp is not None:
        rows, columns = stamp.bitmap.shape
        whole[stamp.top : stamp.top + rows, stamp.left : stamp.left + columns] = stamp.bitmap
    return whole


def _same(region: Region, shape: Polygon | Box | Ellipse) -> bool:
    return bool((region.spread(_SIZE) == _imported(shape)).all())


@given(_outlines)
@settings(max_examples=200, deadline=None)
def test_a_polygon_is_filled_as_on_import(points: Points) -> None:
    assert _same(polygon_region(points, _SIZE), Polygon(label="a", points=points))


@given(_places, _places)
@settings(max_examples=100, deadline=None)
def test_box_and_ellipse_are_filled_as_on_import(start: Position, end: Position) -> None:
    (x0, y0), (x1, y1) = start, end
    assert _same(box_region(start, end, _SIZE), Box(label="a", x0=x0, y0=y0, x1=x1, y1=y1))
    shape = Ellipse(label="a", cx=(x0 + x1) / 2, cy=(y0 + y1) / 2, rx=abs(x1 - x0) / 2, ry=abs(y1 - y0) / 2)
    assert _same(ellipse_region(start, end, _SIZE), shape)


def test_a_box_has_both_border_pixels() -> None:
    region = box_region((5.9, 3.1), (45.0, 23.5), _SIZE)
    assert region.bitmap.sum() == 41 * 21
    assert (region.rect.top, region.rect.left) == (3, 5)


def test_lines_have_no_area_and_far_corners_do_no_harm() -> None:
    assert not polygon_region(np.array([(1.0, 1.0), (5.0, 5.0), (1.0, 1.0)]), _SIZE)
    assert not ellipse_region((3, 3), (3, 9), _SIZE)
    far = polygon_region(np.array([(-1e12, -1e12), (1e12, -1e12), (1e12, 1e12), (-1e12, 1e12)]), _SIZE)
    assert far.bitmap.sum() == _SIZE[0] * _SIZE[1]
    with pytest.raises(ValueError, match="finite"):
        polygon_region(np.array([(0, 0), (np.nan, 3), (5, 5)]), _SIZE)


@given(_places, _places)
def test_a_regular_box_is_square_and_goes_the_same_way(start: Position, end: Position) -> None:
    x, y = regular_end(start, end)
    width, height = x - start[0], y - start[1]
    assert abs(width) == pytest.approx(abs(height))
    assert max(abs(width), abs(height)) == pytest.approx(max(abs(end[0] - start[0]), abs(end[1] - start[1])))
    assert width * (end[0] - start[0]) >= 0


@given(st.floats(0.3, 4), st.integers(0, 1000))
@settings(max_examples=50, deadline=None)
def test_a_lasso_becomes_few_points_that_stay_near(tolerance_px: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    radius = 300 + 60 * np.sin(3 * angle) + rng.normal(0, 0.2, 400)
    points = np.column_stack((9000 + radius * np.cos(angle), 7000 + radius * np.sin(angle)))
    few = simplified(points, tolerance_px)
    assert len(few) < 200
    assert max(nearest_edge(few, (float(x), float(y)))[2] for x, y in points) <= tolerance_px + 1e-6


def test_a_lasso_of_three_points_stays() -> None:
    points = np.array([(0.0, 0.0), (5.0, 0.0), (0.0, 5.0)])
    assert simplified(points) is points
    assert len(simplified(np.repeat(points, 2, axis=0), 0)) == 6


def test_the_edge_and_the_corner_under_the_pointer() -> None:
    square = np.array([(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)])
    index, away = nearest_corner(square, (9, 2))
    assert index == 1
    assert away == pytest.approx(5**0.5)
    assert nearest_edge(square, (9, 5)) == (1, (10.0, 5.0), 1.0)
    assert nearest_edge(square, (-2, 5)) == (3, (0.0, 5.0), 2.0)
    assert nearest_edge(square[:1], (3, 4)) == (0, (0.0, 0.0), 5.0)
