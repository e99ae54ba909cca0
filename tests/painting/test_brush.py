from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.painting.brush import Brush, Stroke, length_px
from segstudio.painting.points import Points, Position
from segstudio.painting.region import Bitmap
from segstudio.painting.sweep import Shape, Tip

_SIZE = (48, 64)
_shapes = st.sampled_from(["round", "square"])
_positions = st.tuples(st.floats(-30, 94, width=32), st.floats(-30, 78, width=32))


def _drawn(brush: Brush, *way: Position, size: tuple[int, int] = _SIZE) -> Bitmap:
    stroke, covered = Stroke(brush, size), np.zeros(size, dtype=np.bool_)
    for position in way:
        for region in stroke.to(position):
            covered[region.rect.slices] |= region.bitmap
    return covered


def _reach(shape: Shape, start: Tip, end: Tip, size: tuple[int, int]) -> Points:
    """For each pixel's centre, how far it lies outside the nearest of very many tips on the way (slowly)."""
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    nearest = np.full(size, np.inf)
    for share in np.linspace(0, 1, 1500):
        tip = start.towards(end, float(share))
        dx, dy = x - tip.x, y - tip.y
        away = np.hypot(dx, dy) if shape == "round" else np.maximum(abs(dx), abs(dy))
        nearest = np.minimum(nearest, away - tip.radius)
    return nearest


@given(_shapes, st.integers(1, 40), st.integers(1, 40), _positions, _positions)
@settings(max_examples=60, deadline=None)
def test_a_sweep_equals_a_slow_reference(
    shape: Shape, first_px: int, second_px: int, start: Position, end: Position
) -> None:
    first, second = Brush(first_px, shape).tip(start), Brush(second_px, shape).tip(end)
    covered = np.zeros(_SIZE, dtype=np.bool_)
    for region in Brush(first_px, shape).sweep(first, second, _SIZE):
        covered[region.rect.slices] |= region.bitmap
    outside = _reach(shape, first, second, _SIZE)
    # The reference stands still 1500 times: what it misses lies within the way between two of these.
    coarse = (length_px((first.x, first.y), (second.x, second.y)) + abs(first_px - second_px)) / 1499
    assert covered[outside <= 0].all()
    assert not covered[outside > coarse + 1e-6].any()


@given(_shapes, st.integers(1, 9), st.lists(_positions, min_size=2, max_size=5))
@settings(max_examples=150, deadline=None)
def test_there_are_no_gaps_at_any_speed(shape: Shape, diameter_px: int, way: list[Position]) -> None:
    size = (120, 140)
    moved = [(x + 40, y + 40) for x, y in way]
    covered = _drawn(Brush(diameter_px, shape), *moved, size=size)
    pieces, _ = cv2.connectedComponents(covered.view(np.uint8), connectivity=8)
    assert pieces == 2  # what is not covered, and one stroke
    assert all(covered[int(y), int(x)] for x, y in moved)


@pytest.mark.parametrize("diameter_px", [1, 2, 3, 4, 7, 10, 51, 250, 1000])
@pytest.mark.parametrize("shape", ["round", "square"])
def test_a_tip_has_its_diameter_and_looks_the_same_everywhere(shape: Shape, diameter_px: int) -> None:
    size, brush = (1200, 1210), Brush(diameter_px, shape)
    first = _drawn(brush, (600.2, 601.9), size=size)
    rows, columns = np.flatnonzero(first.any(axis=1)), np.flatnonzero(first.any(axis=0))
    assert (rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1) == (diameter_px, diameter_px)
    bitmap = first[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert (bitmap == bitmap[::-1]).all()
    assert (bitmap == bitmap.T).all()
    other = _drawn(brush, (606.7, 598.5), size=size)
    assert other.sum() == first.sum()
    area = np.pi / 4 if shape == "round" else 1.0
    if diameter_px > 40 or shape == "square":
        assert first.sum() == pytest.approx(area * diameter_px**2, rel=0.01)


def test_small_round_tips_are_the_familiar_ones() -> None:
    def rows(diameter_px: int) -> list[int]:
        covered = _drawn(Brush(diameter_px), (20.5, 20.5))
        return [int(count) for count in covered.sum(axis=1) if count]

    assert [rows(d) for d in (1, 2, 3, 4, 5)] == [[1], [2, 2], [3, 3, 3], [2, 4, 4, 2], [3, 5, 5, 5, 3]]


@given(_shapes, st.integers(1, 60), _positions)
@settings(max_examples=100, deadline=None)
def test_the_outline_is_the_border_of_what_a_click_covers(
    shape: Shape, diameter_px: int, position: Position
) -> None:
    size = (200, 220)
    brush, moved = Brush(diameter_px, shape), (position[0] + 60, position[1] + 60)
    outline = brush.outline(moved)
    covered = _drawn(brush, moved, size=size)
    y, x = np.mgrid[: size[0], : size[1]] + 0.5
    inside = np.zeros(size, dtype=np.bool_)  # by crossings of the outline's upright edges, left of the pixel
    for (x0, y0), (x1, y1) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        assert x0 == x1 or y0 == y1
        inside ^= (x > x0) & (y > min(y0, y1)) & (y < max(y0, y1))
    assert (inside == covered).all()


def test_pressure_makes_the_tip_smaller_and_the_stroke_taper() -> None:
    brush = Brush(21, softest=0.2)
    assert brush.tip((5, 5)).radius == 10.5
    assert brush.tip((5, 5), 0.0).radius == 2
    assert brush.tip((5, 5), 7.0).radius == 10.5
    stroke, covered = Stroke(brush, _SIZE), np.zeros(_SIZE, dtype=np.bool_)
    for position, pressure in (((12.0, 24.0), 1.0), ((50.0, 24.0), 0.0)):
        for region in stroke.to(position, pressure=pressure):
            covered[region.rect.slices] |= region.bitmap
    heights = covered[:, 12:50].sum(axis=0)
    assert heights[0] == 21
    assert heights[-1] <= 5
    assert (np.diff(heights) <= 0).all()


def test_a_straight_line_from_an_earlier_end_does_not_stamp_there_first() -> None:
    stroke = Stroke(Brush(3), _SIZE)
    stroke.start_at((5.5, 5.5))
    (region,) = stroke.to((30.5, 5.5))
    assert region.rect.size == (3, 28)
    assert region.bitmap[1].all()


def test_far_away_costs_nothing_and_what_crosses_the_photo_is_there() -> None:
    brush = Brush(5)
    assert not list(brush.sweep(brush.tip((-1e7, -9e6)), brush.tip((1e7, -9e6)), _SIZE))
    regions = list(brush.sweep(brush.tip((-1e7, 20.5)), brush.tip((1e7, 20.5)), _SIZE))
    covered = np.zeros(_SIZE, dtype=np.bool_)
    for region in regions:
        covered[region.rect.slices] |= region.bitmap
    assert covered[18:23].all()
    assert covered.sum() == 5 * _SIZE[1]


def test_a_long_slanting_line_is_made_of_small_rectangles() -> None:
    brush, size = Brush(5), (8192, 8192)
    regions = list(brush.sweep(brush.tip((0, 0)), brush.tip((8191, 8000)), size))
    assert sum(region.bitmap.size for region in regions) < 3_000_000  # the whole rectangle has 65 million


def test_impossible_brushes_are_refused() -> None:
    for wrong in (0, 1001, -3):
        with pytest.raises(ValueError, match="1 to 1000"):
            Brush(wrong)
    with pytest.raises(ValueError, match="share"):
        Brush(5, softest=1.5)
