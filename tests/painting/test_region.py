from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from segstudio.painting.rect import Rect
from segstudio.painting.region import NOTHING, Bitmap, Region, everything, trimmed


@given(hnp.arrays(np.bool_, hnp.array_shapes(min_dims=2, max_dims=2, max_side=12)))
def test_trimming_loses_no_pixel_and_keeps_no_empty_border(bitmap: Bitmap) -> None:
    rows, columns = bitmap.shape
    region = trimmed(Rect(3, 4, 3 + rows, 4 + columns), bitmap)
    whole = np.zeros((20, 20), dtype=np.bool_)
    whole[3 : 3 + rows, 4 : 4 + columns] = bitmap
    assert (region.spread((20, 20)) == whole).all()
    assert bool(region) == bool(bitmap.any())
    if region:
        edges = (region.bitmap[0], region.bitmap[-1], region.bitmap[:, 0], region.bitmap[:, -1])
        assert all(edge.any() for edge in edges)


def test_a_bitmap_of_another_size_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="does not fill"):
        Region(Rect(0, 0, 2, 2), np.ones((2, 3), dtype=np.bool_))
    with pytest.raises(ValueError, match="does not fill"):
        Region(Rect(0, 0, 2, 2), np.ones((2, 2), dtype=np.uint8))


def test_everything_and_nothing() -> None:
    assert everything((3, 4)).bitmap.sum() == 12
    assert not NOTHING
    assert not NOTHING.spread((3, 4)).any()
