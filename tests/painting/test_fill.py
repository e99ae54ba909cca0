from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.painting import fill
from segstudio.painting.fill import Neighbours, flood_fill
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.rect import Rect
from segstudio.project.masks import Mask

_masks = hnp.arrays(
    np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=14), elements=st.integers(0, 2)
)


def _slowly(mask: Mask, seed: tuple[int, int], neighbours: int, area: Rect) -> set[tuple[int, int]]:
    steps = [(-1, 0), (1, 0), (0, -1), (0, 1)]
    steps += [(-1, -1), (-1, 1), (1, -1), (1, 1)] if neighbours == 8 else []
    found, waiting = {seed}, [seed]
    while waiting:
        row, column = waiting.pop()
        for down, right in steps:
            near = (row + down, column + right)
            inside = area.top <= near[0] < area.bottom and area.left <= near[1] < area.right
            if inside and near not in found and mask[near] == mask[seed]:
                found.add(near)
                waiting.append(near)
    return found


@given(_masks, st.data(), st.sampled_from([4, 8]), st.sampled_from([1, 2, 512]))
@settings(max_examples=200, deadline=None)
def test_a_fill_equals_a_slow_one_whatever_the_first_window(
    mask: Mask, data: st.DataObject, neighbours: Neighbours, window_px: int
) -> None:
    rows, columns = mask.shape
    row, column = data.draw(st.integers(0, rows - 1)), data.draw(st.integers(0, columns - 1))
    limit = Rect(
        data.draw(st.integers(0, row)),
        data.draw(st.integers(0, column)),
        data.draw(st.integers(row + 1, rows)),
        data.draw(st.integers(column + 1, columns)),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fill, "_FIRST_WINDOW_PX", window_px)
        region = flood_fill(mask, (column + 0.5, row + 0.5), neighbours=neighbours, limit=limit)
    found = {(int(r), int(c)) for r, c in np.argwhere(region.spread((rows, columns)))}
    assert found == _slowly(mask, (row, column), neighbours, limit)


def test_nothing_is_found_outside() -> None:
    mask = np.zeros((5, 5), dtype=np.uint8)
    assert not flood_fill(mask, (-1, 2))
    assert not flood_fill(mask, (2, 5))
    assert not flood_fill(mask, (2, 2), limit=Rect(0, 0, 2, 2))


def test_a_patch_larger_than_a_window_comes_whole_and_the_mask_may_be_read_only() -> None:
    mask = np.zeros((1500, 1700), dtype=np.uint8)
    mask[:, 900] = 1
    mask[700, 900] = 0  # a door
    mask.flags.writeable = False
    region = flood_fill(mask, (10, 10))
    assert region.rect == Rect(0, 0, 1500, 1700)
    assert region.bitmap.sum() == 1500 * 1699 + 1


def test_a_fill_of_the_mask_as_it_was_reads_no_more_than_it_needs() -> None:
    mask = np.zeros((1500, 1500), dtype=np.uint8)
    mask[100:140, 100:140] = 1
    copy = LazyCopy(mask)
    assert flood_fill(copy, (120, 120)).rect == Rect(100, 100, 140, 140)
    assert not copy.complete
    copy.keep([(5, 5)])
    mask[1400:, 1400:] = 7  # in the tile that was kept
    region = flood_fill(copy, (0, 0))
    assert region.rect == Rect(0, 0, 1500, 1500)
    assert not region.bitmap[120, 120]
    assert region.bitmap[1450, 1450]
