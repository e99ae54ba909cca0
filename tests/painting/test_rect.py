from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segstudio.painting.rect import EMPTY, Rect, tile_rect

_SIDE = 40
_rects = st.builds(Rect, *[st.integers(-5, _SIDE)] * 4)


def _pixels(rect: Rect) -> set[tuple[int, int]]:
    return {(r, c) for r in range(rect.top, rect.bottom) for c in range(rect.left, rect.right)}


@given(_rects, _rects)
def test_both_holds_exactly_the_pixels_of_both(one: Rect, other: Rect) -> None:
    assert _pixels(one & other) == _pixels(one) & _pixels(other)
    assert bool(one) == bool(_pixels(one))


@given(_rects, _rects)
def test_either_is_the_smallest_rectangle_around(one: Rect, other: Rect) -> None:
    pixels = _pixels(one) | _pixels(other)
    if not pixels:
        assert (one | other) == EMPTY
        return
    rows, columns = np.array(sorted(pixels)).T
    assert (one | other) == Rect(
        int(rows.min()), int(columns.min()), int(rows.max()) + 1, int(columns.max()) + 1
    )


@given(_rects, _rects)
def test_holding_is_having_every_pixel(one: Rect, other: Rect) -> None:
    assert one.holds(other) == (_pixels(other) <= _pixels(one))


@given(_rects.map(lambda rect: rect & Rect.whole((_SIDE, _SIDE))), st.integers(1, 17))
def test_tiles_are_those_that_share_a_pixel(rect: Rect, side_px: int) -> None:
    touched = {(r // side_px, c // side_px) for r, c in _pixels(rect)}
    assert set(rect.tiles(side_px)) == touched
    assert all(tile_rect(tile, (_SIDE, _SIDE), side_px) & rect for tile in touched)


def test_the_last_tiles_end_with_the_picture() -> None:
    assert tile_rect((1, 2), (300, 520)) == Rect(256, 512, 300, 520)
    assert tile_rect((1, 2), (300, 520)).size == (44, 8)
    assert not tile_rect((2, 0), (300, 520))


def test_counted_from_another_corner() -> None:
    assert Rect(10, 20, 30, 40).within(Rect(5, 15, 50, 60)) == Rect(5, 5, 25, 25)
    assert Rect(10, 20, 30, 40).grown(3) == Rect(7, 17, 33, 43)
