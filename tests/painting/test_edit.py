from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp

from segstudio.painting.edit import Edit, OpenEdit, TileChange, pack, unpack
from segstudio.painting.rect import EMPTY, Rect
from segstudio.project.masks import Mask


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30)))
@settings(max_examples=60)
def test_a_tile_comes_back_untouched(pixels: Mask) -> None:
    assert (unpack(pack(pixels), (pixels.shape[0], pixels.shape[1])) == pixels).all()


def test_a_plain_tile_takes_two_bytes() -> None:
    assert len(pack(np.full((256, 256), 7, dtype=np.uint8))) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"u",
        b"u12",
        b"x12",
        b"zno",
        b"z" + zlib.compress(bytes(11)),
        b"z" + zlib.compress(bytes(13)),
        b"z" + zlib.compress(bytes(1 << 24)),
        b"z" + zlib.compress(bytes(12))[:-5],
    ],
)
def test_a_damaged_tile_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="tile"):
        unpack(data, (3, 4))


def test_an_edit_goes_back_and_forth(patchy: Mask) -> None:
    before = patchy.copy()
    under_way = OpenEdit(patchy, "fill sky")
    for rect, value in ((Rect(250, 100, 270, 300), 2), (Rect(0, 0, 5, 5), 1)):
        under_way.touch(rect)
        patchy[rect.slices] = value
    edit, after = under_way.closed(), patchy.copy()
    assert edit is not None
    assert (edit.label, edit.rect) == ("fill sky", Rect(0, 0, 270, 300))
    assert {change.tile for change in edit.tiles} == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert edit.revert(patchy) == edit.rect
    assert (patchy == before).all()
    assert edit.apply(patchy) == edit.rect
    assert (patchy == after).all()


def test_tiles_that_are_as_before_are_left_out(patchy: Mask) -> None:
    patchy[:] = 3
    under_way = OpenEdit(patchy, "brush")
    under_way.touch(Rect(0, 0, 300, 520))
    assert under_way.closed() is None
    patchy[299, 519] = 1
    under_way.touch(Rect(299, 519, 300, 520))
    edit = under_way.closed()
    assert edit is not None
    assert [change.tile for change in edit.tiles] == [(1, 2)]


def test_parts_tell_each_change_once_and_the_first_before(patchy: Mask) -> None:
    before = patchy.copy()
    under_way = OpenEdit(patchy, "brush")
    told_at_first = under_way.was_told
    under_way.touch(Rect(0, 0, 300, 10))
    patchy[:, :10] = 9
    assert [change.tile for change in under_way.part()] == [(0, 0), (1, 0)]
    assert (told_at_first, under_way.was_told) == (False, True)
    assert not list(under_way.part())
    under_way.touch(Rect(0, 0, 1, 300))
    patchy[0, :300] = 8
    told = {change.tile: change for change in under_way.part()}
    assert set(told) == {(0, 0), (0, 1)}
    assert (unpack(told[0, 0].before, (256, 256)) == before[:256, :256]).all()
    assert (unpack(told[0, 0].after, (256, 256)) == patchy[:256, :256]).all()
    edit = under_way.closed()
    assert edit is not None
    edit.revert(patchy)
    assert (patchy == before).all()


@pytest.mark.parametrize("told_between", [False, True])
def test_restoring_brings_back_every_pixel(patchy: Mask, told_between: bool) -> None:
    before = patchy.copy()
    under_way = OpenEdit(patchy, "brush")
    assert under_way.restore() == EMPTY
    under_way.touch(Rect(200, 0, 300, 520))
    patchy[200:] = 77
    if told_between:
        list(under_way.part())
    under_way.touch(Rect(0, 0, 256, 256))
    patchy[:256, :256] = 78
    assert under_way.restore() == Rect(0, 0, 300, 520)
    assert (patchy == before).all()


@pytest.mark.parametrize(
    "edit",
    [
        Edit("x", Rect(0, 0, 5, 5), (TileChange((9, 0), b"u1", b"u2"),)),
        Edit("x", Rect(0, 0, 5, 5000), (TileChange((0, 0), b"u1", b"u2"),)),
    ],
)
def test_an_edit_of_another_mask_is_refused(patchy: Mask, edit: Edit) -> None:
    before = patchy.copy()
    with pytest.raises(ValueError, match="outside"):
        edit.apply(patchy)
    assert (patchy == before).all()


def test_size_counts_the_bytes_kept() -> None:
    edit = Edit("x", Rect(0, 0, 5, 5), (TileChange((0, 0), bytes(1000), bytes(3000)),))
    assert 4000 < edit.size_bytes < 5000
