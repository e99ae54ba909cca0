from __future__ import annotations

import numpy as np
import pytest

from segstudio.painting.rect import Rect
from segstudio.painting.sweep import Tip, clipped_sweep, round_spans, square_spans


def test_a_disc_that_swallows_the_other_is_all_there_is() -> None:
    ys = np.arange(-12.0, 13.0)
    big, small = Tip(0, 0, 10), Tip(3, 2, 1)
    alone = round_spans(big, big, ys)
    for both in (round_spans(big, small, ys), round_spans(small, big, ys)):
        np.testing.assert_allclose(both, alone)


def test_between_two_discs_runs_the_outer_tangent() -> None:
    left, right = round_spans(Tip(0, 0, 5), Tip(20, 0, 5), np.array([-5.0, 0.0, 5.0, 5.5]))
    np.testing.assert_allclose(left[:3], [0, -5, 0], atol=1e-6)
    np.testing.assert_allclose(right[:3], [20, 25, 20], atol=1e-6)
    assert np.isnan([left[3], right[3]]).all()


def test_a_square_on_a_slant_covers_a_hexagon() -> None:
    left, right = square_spans(Tip(0, 0, 1), Tip(10, 10, 1), np.array([-1.0, 0.0, 5.0, 11.0, 11.5]))
    np.testing.assert_allclose(left[:4], [-1, -1, 3, 9], atol=1e-6)
    np.testing.assert_allclose(right[:4], [1, 2, 7, 11], atol=1e-6)
    assert np.isnan(left[4])


def test_a_sweep_is_clipped_with_its_size() -> None:
    rect = Rect(0, 0, 10, 10)
    clipped = clipped_sweep(Tip(-100, 5, 0), Tip(100, 5, 20), rect, 20)
    assert clipped is not None
    start, end = clipped
    assert (start.x, start.y, start.radius) == pytest.approx((-20, 5, 8))
    assert (end.x, end.y, end.radius) == pytest.approx((30, 5, 13))
    assert clipped_sweep(Tip(-100, 50, 3), Tip(100, 50, 3), rect, 4) is None
    assert clipped_sweep(Tip(50, 50, 3), Tip(50, 50, 3), rect, 4) is None
    assert clipped_sweep(Tip(-40, 0, 1), Tip(0, -40, 1), rect, 2) is None
